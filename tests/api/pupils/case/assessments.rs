//! Assessments of risks and needs: reviews are versions, actions have an owner and a day.

use super::*;
use crate::on_both;

on_both! {
    fn a_review_is_the_next_version_and_moves_the_day(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let made = dsl.post(&at(&pupil, "risk-assessments"), assessment());
        let (path, id) = (made.header("location").to_owned(), made.id());
        assert_eq!(due(dsl, "risk_review", &id, "")[0]["due_on"], "2026-02-12");
        let review = |assessed_on: &str, review_on: &str| {
            let mut next = assessment();
            next["assessed_on"] = json!(assessed_on);
            next["review_on"] = json!(review_on);
            json!({"assessment": next, "found": "Comes in on time."})
        };
        assert_eq!(step(dsl, &path, "reviews", &review("2026-02-12", "2026-02-12")).broken(), "/assessment/review_on");
        assert_eq!(step(dsl, &path, "reviews", &review("2026-01-14", "2026-02-12")).broken(), "/assessment/assessed_on");
        let view = step(dsl, &path, "reviews", &review("2026-02-12", "2026-03-12")).expect(201);
        assert_eq!((&view["number"], &view["found"]), (&json!(2), &json!("Comes in on time.")));
        assert_eq!(due(dsl, "risk_review", &id, "")[0]["due_on"], "2026-03-12");
        assert_eq!(chronology(dsl, &pupil, &id), [("risk_assessed".to_owned(), "exploitation: At the gate.".to_owned())]);
        let ending = |day: &str| json!({"ended_on": day, "reason": "The risk has gone."});
        assert_eq!(step(dsl, &path, "ending", &ending("2026-02-11")).broken(), "/ended_on");
        let view = step(dsl, &path, "ending", &ending("2026-03-12")).expect(200);
        assert_eq!((&view["ended_on"], &view["review_on"]), (&json!("2026-03-12"), &Value::Null));
        assert!(due(dsl, "risk_review", &id, "").is_empty());
        assert_eq!(step(dsl, &path, "ending", &ending("2026-03-12")).problem(409), "state_conflict");
        assert_eq!(step(dsl, &path, "reviews", &review("2026-03-12", "2026-04-12")).problem(409), "state_conflict");
    }

    fn an_action_is_due_until_it_is_done_or_the_assessment_ends(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let made = dsl.post(&at(&pupil, "risk-assessments"), assessment());
        let (path, assessment) = (made.header("location").to_owned(), made.id());
        let actions = at(&pupil, "risk-actions");
        let action = |due_on: &str| json!({
            "assessment_id": assessment, "description": "Walk with him.", "owner_id": place.staff_person, "due_on": due_on
        });
        assert_eq!(dsl.post(&actions, action("2026-01-14")).broken(), "/due_on");
        let mut nowhere = action("2026-01-23");
        nowhere["assessment_id"] = json!(place.north);
        assert_eq!(dsl.post(&actions, nowhere).broken(), "/assessment_id");
        let first = dsl.post(&actions, action("2026-01-23"));
        let second = dsl.post(&actions, action("2026-01-24")).id();
        let line = due(dsl, "risk_action", &first.id(), "").remove(0);
        assert_eq!((&line["due_on"], &line["owner_id"]), (&json!("2026-01-23"), &json!(place.staff_person)));
        let done = json!({"done_on": "2026-01-22", "outcome": "Walks with his cousin."});
        let at_first = first.header("location").to_owned();
        assert_eq!(step(dsl, &at_first, "outcome", &done).expect(200)["outcome"], done);
        assert_eq!(step(dsl, &at_first, "outcome", &done).problem(409), "state_conflict");
        let correction = json!({"action": action("2026-01-25"), "outcome": done, "reason": "Later."});
        assert_eq!(step(dsl, &at_first, "corrections", &correction).expect(201)["due_on"], "2026-01-25");
        assert_eq!(due(dsl, "risk_action", &first.id(), "&state=met")[0]["met_on"], "2026-01-22");
        assert_eq!(due(dsl, "risk_action", &second, "").len(), 1);
        step(dsl, &path, "ending", &json!({"ended_on": "2026-03-12", "reason": "Gone."})).expect(200);
        assert!(due(dsl, "risk_action", &second, "").is_empty());
        assert_eq!(dsl.post(&actions, action("2026-03-23")).broken(), "/assessment_id");
        let listed = dsl.get(&format!("{actions}?assessment_id={assessment}&count=true")).expect(200);
        assert_eq!(listed["count"], 2);
        let at_second = format!("{actions}/{second}");
        let reason = json!({"reason": "Recorded for the wrong pupil."});
        assert_eq!(step(dsl, &at_second, "withdrawal", &reason).expect(200)["withdrawn"], true);
        assert_eq!(place.south_dsl.get(&at_second).problem(404), "not_found");
        assert_eq!(place.north_staff.get(&at_second).problem(403), "forbidden");
    }
}
