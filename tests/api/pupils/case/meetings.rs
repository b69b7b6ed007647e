//! Meetings of agencies: invitation, report, who went, what came of it, and what is due until then.

use super::*;
use crate::on_both;
use crate::support::made::person;

/// A meeting that is so many days from today.
fn in_days(lead: Id, days: i64) -> Value {
    let mut body = meeting(lead);
    body["invited_on"] = json!(today().plus_days(-20).to_string());
    body["meets_on"] = json!(today().plus_days(days).to_string());
    body
}

fn day(days: i64) -> String {
    today().plus_days(days).to_string()
}

on_both! {
    fn the_report_is_due_by_the_day_that_the_invitation_names_or_before_the_meeting(backend) {
        let place = Place::new(backend);
        let (dsl, lead, pupil) = (&place.north_dsl, place.north_dsl_person, pupil(&place));
        let made = dsl.post(&at(&pupil, "agency-meetings"), meeting(lead));
        let (path, id) = (made.header("location").to_owned(), made.id());
        // 28 January 2026 is a Wednesday.
        assert_eq!(made.json()["report_due_on"], "2026-01-27");
        let line = due(dsl, "agency_meeting_report", &id, "").remove(0);
        assert_eq!((&line["due_on"], &line["state"], &line["owner_id"]), (&json!("2026-01-27"), &json!("overdue"), &json!(lead)));
        assert_eq!(line["pupil_id"], json!(pupil));
        let mut named = meeting(lead);
        named["report_due_on"] = json!("2026-01-23");
        step(dsl, &path, "corrections", &json!({"invitation": named, "reason": "It says so."})).expect(201);
        assert_eq!(due(dsl, "agency_meeting_report", &id, "")[0]["due_on"], "2026-01-23");
        let written = json!({"written_on": "2026-01-20", "written_by_id": lead});
        let view = step(dsl, &path, "report", &written).expect(200);
        assert!(view["report_in_time"].is_null(), "{view}");
        let mut sent = written.clone();
        sent["sent_on"] = json!("2026-01-19");
        assert_eq!(step(dsl, &path, "report", &sent).broken(), "/sent_on");
        sent["sent_on"] = json!("2026-01-24");
        let view = step(dsl, &path, "report", &sent).expect(200);
        assert_eq!((&view["report_in_time"], &view["report"]["sent_on"]), (&json!(false), &json!("2026-01-24")));
        assert!(due(dsl, "agency_meeting_report", &id, "").is_empty());
        assert_eq!(due(dsl, "agency_meeting_report", &id, "&state=met")[0]["met_on"], "2026-01-24");
        assert_eq!(step(dsl, &path, "report", &sent).problem(409), "state_conflict");
    }

    fn who_went_or_why_nobody_did_is_recorded_once(backend) {
        let place = Place::new(backend);
        let (dsl, lead, pupil) = (&place.north_dsl, place.north_dsl_person, pupil(&place));
        let list = at(&pupil, "agency-meetings");
        let made = dsl.post(&list, meeting(lead));
        let (path, id) = (made.header("location").to_owned(), made.id());
        assert_eq!(due(dsl, "agency_meeting", &id, "").len(), 1);
        let other = person(&place.app, "Elder", Some(place.north));
        let outcome = |attended: Vec<Id>| json!({"took_place": true, "attended_ids": attended, "outcome": "The plan goes on."});
        assert_eq!(step(dsl, &path, "outcome", &outcome(vec![])).broken(), "/absence_reason");
        assert_eq!(step(dsl, &path, "outcome", &outcome(vec![other])).broken(), "/absence_reason");
        let mut called_off = outcome(vec![lead]);
        called_off["took_place"] = json!(false);
        assert_eq!(step(dsl, &path, "outcome", &called_off).broken(), "/attended_ids");
        let mut with_reason = outcome(vec![other]);
        with_reason["absence_reason"] = json!("The lead was ill.");
        with_reason["external_decision_id"] = json!(other);
        assert_eq!(step(dsl, &path, "outcome", &with_reason).broken(), "/external_decision_id");
        let decision = json!({
            "agency": "children_social_care", "decision_maker_name": "R. Holloway", "decision_maker_role": "Team manager",
            "decided_on": "2026-01-28", "outcome": "begins", "level": "L3"
        });
        let decision = dsl.post(&at(&pupil, "external-decisions"), decision).id();
        let status = json!({"kind": "child_in_need", "starts_on": "2026-01-28", "external_decision_id": decision});
        let status = dsl.post(&at(&pupil, "statuses"), status).id();
        with_reason["external_decision_id"] = json!(decision);
        with_reason["status_id"] = json!(decision);
        assert_eq!(step(dsl, &path, "outcome", &with_reason).broken(), "/status_id");
        with_reason["status_id"] = json!(status);
        let view = step(dsl, &path, "outcome", &with_reason).expect(200);
        assert_eq!((&view["outcome"], &view["outcome_recorded_on"]), (&with_reason, &json!(day(0))));
        assert_eq!(due(dsl, "agency_meeting", &id, "&state=met").len(), 1);
        assert!(due(dsl, "agency_meeting", &id, "").is_empty());
        assert_eq!(step(dsl, &path, "outcome", &with_reason).problem(409), "state_conflict");
        assert_eq!(chronology(dsl, &pupil, &id), [("agency_meeting".to_owned(), "core_group (children_social_care): The plan goes on.".to_owned())]);
        let early = dsl.post(&list, in_days(lead, 3));
        let early_path = early.header("location").to_owned();
        assert_eq!(step(dsl, &early_path, "outcome", &outcome(vec![lead])).broken(), "/took_place");
        assert!(chronology(dsl, &pupil, &early.id()).is_empty(), "what is to come has not happened");
        let off = json!({"took_place": false, "outcome": "The chair is ill."});
        step(dsl, &early_path, "outcome", &off).expect(200);
        assert!(due(dsl, "agency_meeting_report", &early.id(), "").is_empty(), "no report for a meeting that was not held");
        let held = dsl.get(&format!("{list}?kind=core_group&to=2026-02-01&count=true")).expect(200);
        assert_eq!(held["count"], 1);
    }

    fn the_next_meeting_is_due_until_its_invitation_comes(backend) {
        let place = Place::new(backend);
        let (dsl, lead, pupil) = (&place.north_dsl, place.north_dsl_person, pupil(&place));
        let list = at(&pupil, "agency-meetings");
        let made = dsl.post(&list, in_days(lead, -10));
        let (path, id) = (made.header("location").to_owned(), made.id());
        let mut outcome = json!({
            "took_place": true, "attended_ids": [lead], "outcome": "A conference.",
            "next_meeting": {"kind": "initial_conference", "meets_on": day(-10)}
        });
        assert_eq!(step(dsl, &path, "outcome", &outcome).broken(), "/next_meeting/meets_on");
        outcome["next_meeting"]["meets_on"] = json!(day(7));
        step(dsl, &path, "outcome", &outcome).expect(200);
        let line = due(dsl, "next_agency_meeting", &id, "").remove(0);
        assert_eq!((&line["due_on"], &line["state"]), (&json!(day(7)), &json!("due")));
        dsl.post(&list, in_days(lead, 6)).expect(201);
        assert_eq!(due(dsl, "next_agency_meeting", &id, "").len(), 1, "a core group is no conference");
        let mut next = in_days(lead, 6);
        next["kind"] = json!("initial_conference");
        let next = dsl.post(&list, next);
        assert!(due(dsl, "next_agency_meeting", &id, "").is_empty());
        assert_eq!(due(dsl, "next_agency_meeting", &id, "&state=met")[0]["met_on"], day(-20));
        let reason = json!({"reason": "Recorded for the wrong pupil."});
        step(dsl, next.header("location"), "withdrawal", &reason).expect(200);
        assert_eq!(due(dsl, "next_agency_meeting", &id, "").len(), 1);
    }

    fn mine_is_what_i_go_to(backend) {
        let place = Place::new(backend);
        let (lead, pupil) = (place.north_dsl_person, pupil(&place));
        let list = at(&pupil, "agency-meetings");
        let id = place.north_dsl.post(&list, in_days(lead, 5)).id();
        let mut nobodys = in_days(lead, 5);
        nobodys["attendees"] = json!([]);
        let nobodys = place.north_dsl.post(&list, nobodys).id();
        let deputy = person(&place.app, "Elder", Some(place.north));
        let deputy = place.app.person("trust-a", deputy, &["deputy-dsl:100001"]);
        let mine = |client: &Client, id: &str| due(client, "agency_meeting", id, "&owner=me").len();
        assert_eq!((mine(&place.north_dsl, &id), mine(&deputy, &id)), (1, 0));
        assert_eq!((mine(&place.north_dsl, &nobodys), mine(&deputy, &nobodys)), (1, 1));
        let shared = place.north_dsl.get("/v1/deadlines/rules?limit=200").expect(200);
        assert!(shared.to_string().contains("working_days_before"));
    }
}
