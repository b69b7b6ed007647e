//! Placements with alternative providers: confirmation, reviews by the trust's half-terms, checks.

use super::*;
use crate::on_both;
use crate::support::made::endless_school;

on_both! {
    fn the_providers_confirmation_is_due_before_the_child_is_there(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let made = dsl.post(&at(&pupil, "ap-placements"), placement());
        let (path, id) = (made.header("location").to_owned(), made.id());
        let line = due(dsl, "ap_confirmation", &id, "").remove(0);
        assert_eq!((&line["due_on"], &line["state"]), (&json!("2026-01-13"), &json!("overdue")));
        let confirmation = json!({
            "confirmed_on": "2026-01-14", "confirmed_by": "Kim Example", "confirmed_by_role": "Manager", "tells_of_changes": true,
            "reference": "Letter of the 14th."
        });
        let mut late = confirmation.clone();
        late["confirmed_on"] = json!(today().plus_days(1).to_string());
        assert_eq!(step(dsl, &path, "confirmation", &late).broken(), "/confirmed_on");
        let view = step(dsl, &path, "confirmation", &confirmation).expect(200);
        assert_eq!(view["confirmation"], confirmation);
        assert!(due(dsl, "ap_confirmation", &id, "").is_empty());
        assert_eq!(due(dsl, "ap_confirmation", &id, "&state=met")[0]["met_on"], "2026-01-14");
        let ending = json!({"ends_on": "2026-03-26", "reason": "Back in lessons."});
        let view = step(dsl, &path, "ending", &ending).expect(200);
        assert_eq!((&view["ending"], &view["ends_on"]), (&ending, &json!("2026-03-26")));
        assert_eq!(step(dsl, &path, "ending", &ending).problem(409), "state_conflict");
        assert_eq!(step(dsl, &path, "confirmation", &confirmation).problem(409), "state_conflict");
        let lines = chronology(dsl, &pupil, &id);
        let expected = [("ap_placement_ended", "Boats: Back in lessons."), ("ap_placement_started", "Boats: By hand.")];
        assert_eq!(lines, expected.map(|(kind, line)| (kind.to_owned(), line.to_owned())));
        let on = |day: &str| dsl.get(&format!("{}?on={day}&count=true", at(&pupil, "ap-placements"))).expect(200)["count"].clone();
        assert_eq!((on("2026-01-12"), on("2026-03-26"), on("2026-03-27")), (json!(0), json!(1), json!(0)));
    }

    fn a_provider_is_in_the_register_or_named(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let list = at(&pupil, "ap-placements");
        let mut body = placement();
        body["provider_urn"] = json!(137_089);
        assert_eq!(dsl.post(&list, body.clone()).broken(), "/unregistered_provider");
        body["unregistered_provider"] = Value::Null;
        assert_eq!(dsl.post(&list, body.clone()).broken(), "/provider_urn", "not in this register");
        body["provider_urn"] = Value::Null;
        assert_eq!(dsl.post(&list, body).broken(), "/provider_urn");
        let mut twice = placement();
        twice["timetable"] = json!([{"day": "tuesday", "sessions": "morning"}, {"day": "tuesday", "sessions": "afternoon"}]);
        assert_eq!(dsl.post(&list, twice).broken(), "/timetable");
        let mut ended = placement();
        ended["ends_on"] = json!("2026-01-12");
        assert_eq!(dsl.post(&list, ended).broken(), "/ends_on");
    }

    fn each_half_term_asks_for_a_review_until_there_is_one(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let mut body = placement();
        body["starts_on"] = json!(Date::ymd(today().academic_year(), 9, 1).unwrap().to_string());
        let made = dsl.post(&at(&pupil, "ap-placements"), body.clone());
        let id = made.id();
        let unknown = due(dsl, "ap_review", &id, "");
        assert_eq!(unknown.len(), 1);
        assert_eq!(unknown[0]["undecided_because"], "calendar_unknown");
        let to = format!("&to={}", endless_school(&place.app));
        let lines = due(dsl, "ap_review", &id, &to);
        assert_eq!(lines.len(), 6, "{lines:?}");
        let checks = at(&pupil, "ap-checks");
        let check = |kind: &str, day: Date| json!({
            "placement_id": id, "kind": kind, "done_on": day.to_string(), "outcome": "goes_on", "child_seen": true,
            "sessions_possible": 12, "sessions_attended": 11, "summary": "Likes it."
        });
        dsl.post(&checks, check("safety", today())).expect(201);
        assert_eq!(due(dsl, "ap_review", &id, &to).len(), 6, "a visit is no review");
        let review = dsl.post(&checks, check("review", today()));
        review.expect(201);
        // It is the review of this half-term and, late, of those before it.
        let (open, met) = (due(dsl, "ap_review", &id, &to), due(dsl, "ap_review", &id, &format!("{to}&state=met")));
        assert_eq!((open.len() + met.len(), met.is_empty()), (6, false));
        assert!(open.iter().all(|line| line["state"] == "due"), "{open:?}");
        assert!(met.iter().all(|line| line["met_on"] == today().to_string()), "{met:?}");
        let first_open = open.first().map(|line| line["due_on"].as_str().unwrap().to_owned());
        assert!(met.iter().all(|line| first_open.as_deref().is_none_or(|day| line["due_on"].as_str().unwrap() < day)));
        let withdrawn = step(dsl, review.header("location"), "withdrawal", &json!({"reason": "Another child's."}));
        withdrawn.expect(200);
        assert_eq!(due(dsl, "ap_review", &id, &to).len(), 6);
        let far = "/v1/deadlines?rule=ap_review&to=2100-01-01";
        assert_eq!(dsl.get(far).problem(409), "rule_broken");
        // What was missed of a placement that is over is due no more.
        let ending = json!({"ends_on": today().plus_days(-1).to_string(), "reason": "Back in lessons."});
        let ended = step(dsl, made.header("location"), "ending", &ending);
        if ended.status == 200 {
            assert!(due(dsl, "ap_review", &id, &to).is_empty());
        }
    }

    fn a_check_is_of_the_pupils_own_placement_and_within_it(backend) {
        let place = Place::new(backend);
        let (dsl, one) = (&place.north_dsl, pupil(&place));
        let other = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        let mut body = placement();
        body["ends_on"] = json!("2026-03-26");
        let theirs = dsl.post(&at(&other, "ap-placements"), placement()).id();
        let own = dsl.post(&at(&one, "ap-placements"), body).id();
        let checks = at(&one, "ap-checks");
        let check = |placement: &str, day: &str| json!({
            "placement_id": placement, "kind": "review", "done_on": day, "outcome": "action_needed", "child_seen": false,
            "summary": "Not there when we came."
        });
        assert_eq!(dsl.post(&checks, check(&theirs, "2026-02-10")).broken(), "/placement_id");
        for day in ["2026-01-12", "2026-03-27"] {
            assert_eq!(dsl.post(&checks, check(&own, day)).broken(), "/done_on");
        }
        let mut sessions = check(&own, "2026-02-10");
        sessions["sessions_possible"] = json!(3);
        assert_eq!(dsl.post(&checks, sessions.clone()).broken(), "/sessions_attended");
        sessions["sessions_attended"] = json!(4);
        assert_eq!(dsl.post(&checks, sessions).broken(), "/sessions_attended");
        let made = dsl.post(&checks, check(&own, "2026-02-10"));
        let path = made.header("location").to_owned();
        assert_eq!(chronology(dsl, &one, &made.id()), [("ap_checked".to_owned(), "review: Not there when we came.".to_owned())]);
        let correction = json!({"check": check(&own, "2026-02-11"), "reason": "A day later."});
        assert_eq!(step(dsl, &path, "corrections", &correction).expect(201)["done_on"], "2026-02-11");
        let listed = |placement: &str| dsl.get(&format!("{checks}?placement_id={placement}&count=true")).expect(200)["count"].clone();
        assert_eq!((listed(&own), listed(&theirs)), (json!(1), json!(0)));
        assert_eq!(place.south_dsl.get(&path).problem(404), "not_found");
        assert_eq!(place.north_staff.get(&path).problem(403), "forbidden");
    }
}
