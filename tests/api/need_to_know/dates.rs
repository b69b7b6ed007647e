//! What follows from a date, or from more concerns than one change can go through, is seen to outside requests.

use std::time::Duration;

use serde_json::json;
use tutela::auth::issuers::Issuers;
use tutela::clock::{Clock, Timestamp};

use super::{at, has_task, raising, told, trust_b};
use crate::on_both;
use crate::support::made::{admin, appoint, person, school};
use crate::support::{Client, TestApp};

/// Waits until something is so.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..200 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("never: {what}");
}

on_both! {
    fn the_concerns_of_a_school_that_has_left_are_taken_over_by_the_next_above(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[1];
        let id = school.id.to_string();
        let concern = at(&app, 1, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let path = format!("/v1/concerns/{concern}");
        let (lead, ceo) = (app.as_role("trust-b", "trust-safeguarding-lead"), app.as_role("trust-b", "ceo"));
        assert_eq!(lead.get(&path).problem(404), "not_found");
        let admin = app.as_role("trust-b", "trust-admin");
        let left = |on: serde_json::Value| {
            let school = format!("/v1/schools/{id}");
            let tag = admin.get(&school).etag();
            admin.patch(&school, &tag, json!({"left_on": on})).expect(200);
        };
        left(json!("2025-01-31"));
        until("the lead reads it", || lead.get(&path).status == 200);
        assert_eq!(lead.get(&path).expect(200)["view"], "full");
        assert!(lead.get(&format!("{path}/access-log")).expect(200).to_string().contains("concern.routed"));
        until("the lead is told", || told(&lead, "concerns_taken_over", &id) == 1);
        assert_eq!(told(&lead, "concern_raised", &concern), 0);
        assert_eq!(ceo.get(&path).problem(404), "not_found");
        assert!(!has_task(&admin, "school_readers", &id));
        // Nothing is done twice.
        left(json!("2025-01-30"));
        std::thread::sleep(Duration::from_millis(600));
        let shares = lead.get(&format!("{path}/shares")).expect(200);
        assert_eq!(shares["items"].as_array().unwrap().len(), 1);
        assert_eq!(told(&lead, "concerns_taken_over", &id), 1);
        left(json!(null));
        assert_eq!(lead.get(&path).problem(404), "not_found");
        until("the school reads again", || at(&app, 1, "dsl").get(&path).status == 200);
    }

    fn whoever_was_let_in_reads_no_more_from_the_day_on_which_somebody_else_begins(backend) {
        let clock = Clock::manual(Timestamp::parse("2026-03-02T10:00:00Z").unwrap());
        let app = TestApp::start_with(backend, clock.clone(), Issuers::empty());
        let place = school(&app, 100_001);
        let [dsl, new, head, staff, lead] = ["Ash", "Elm", "Oak", "Fir", "Yew"].map(|name| person(&app, name, Some(place)));
        for (who, role, at) in [(dsl, "dsl", Some(place)), (head, "headteacher", Some(place)), (lead, "trust-safeguarding-lead", None)] {
            appoint(&app, who, role, at);
        }
        let starts = json!({"person_id": new, "role": "dsl", "school_id": place, "starts_on": "2026-03-03"});
        admin(&app).post("/v1/appointments", starts).expect(201);
        let now = |who, role: &str| -> Client { app.person("trust-a", who, &[role]) };
        let pupil = json!({
            "given_name": "Amara", "family_name": "Fenwick", "birth_date": "2015-10-01",
            "enrolment": {"school_id": place, "starts_on": "2024-09-03"}
        });
        let pupil = now(dsl, "dsl:100001").post("/v1/pupils", pupil).id();
        let conflict = json!({"person_id": dsl, "pupil_id": pupil, "relationship": "parent"});
        now(lead, "trust-safeguarding-lead").post("/v1/conflicts", conflict).expect(201);
        let concern = json!({
            "school_id": place, "pupils": [{"pupil_id": pupil, "role": "subject"}], "place": "classroom",
            "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "Quiet."
        });
        let concern = now(staff, "staff:100001").post("/v1/concerns", concern).id();
        let share = || {
            let shares = now(lead, "trust-safeguarding-lead").get(&format!("/v1/concerns/{concern}/shares"));
            shares.expect(200)["items"][0].clone()
        };
        assert_eq!((share()["person_id"].clone(), share()["ended_at"].clone()), (json!(head), json!(null)));
        clock.advance(86_400);
        until("the head's share ends", || !share()["ended_at"].is_null());
        assert_eq!(now(new, "dsl:100001").get(&format!("/v1/concerns/{concern}")).expect(200)["view"], "full");
    }
}
