//! What the audit log says of reading: by which rule, in which role, at which school; and to whom it says so.

use serde_json::{Value, json};

use super::{raising, work};
use crate::on_both;
use crate::support::{Client, TestApp};

/// The newest entry of a class about a record.
fn newest(client: &Client, class: &str, record: &str) -> Value {
    let found = client.get(&format!("/v1/audit/entries?class={class}&record_id={record}")).expect(200);
    found["items"][0].clone()
}

on_both! {
    fn a_reading_says_by_which_rule_and_in_which_role(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let path = format!("/v1/concerns/{concern}");
        let dsl = app.as_role_at(0, "dsl");
        let share = json!({"person_id": school.staff["welfare-lap"], "kind": "share", "reason": "Watches."});
        work(&dsl, &concern, "shares", share).expect(201);
        for (role, rule) in [
            ("headteacher", "within-reach"), ("welfare-lap", "named-grant"), ("staff", "reporter"),
        ] {
            app.as_role_at(0, role).get(&path).expect(200);
            let entry = newest(&dsl, "concern", &concern);
            assert_eq!((entry["rule"].as_str(), entry["role"].as_str()), (Some(rule), Some(role)));
            assert_eq!(entry["school_id"], school.id.to_string());
        }
        let explained = |client: &Client, action: &str| {
            client.get(&format!("/v1/access/explain?action={action}&record_id={concern}")).expect(200)
        };
        let lap = app.as_role_at(0, "welfare-lap");
        assert_eq!(explained(&lap, "concern.read")["rule"], "named-grant");
        assert_eq!(explained(&lap, "concern.work")["allowed"], false);
        assert_eq!(explained(&dsl, "concern.work")["rule"], "within-reach");
        let stranger = app.as_role_at(1, "dsl");
        let mut unknown = explained(&stranger, "concern.read");
        let nobody = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";
        let mut nothing =
            stranger.get(&format!("/v1/access/explain?action=concern.read&record_id={nobody}")).expect(200);
        unknown["record_id"] = json!(null);
        nothing["record_id"] = json!(null);
        assert_eq!(unknown, nothing);
        // A pupil's record is not explained by itself: an answer about concerns would be a wrong one about pupils.
        let pupil = format!("/v1/access/explain?action=pupil.read&record_id={}", school.pupils[0]);
        assert_eq!((dsl.get(&pupil).problem(409), dsl.get(&pupil).broken()), ("rule_broken".into(), "?record_id".into()));
    }

    fn a_relative_finds_no_entry_about_others_conflicts_with_the_child(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let relate = |role: &str| {
            let body = json!({
                "person_id": school.staff[role], "pupil_id": school.pupils[1], "relationship": "relative"
            });
            app.as_role("trust-a", "hr").post("/v1/conflicts", body).id()
        };
        let found = |role: &str, conflict: &str| {
            let path = format!("/v1/audit/entries?record_id={conflict}&count=true");
            app.as_role_at(0, role).get(&path).expect(200)["count"].as_i64().unwrap()
        };
        let others = relate("staff");
        assert_eq!((found("deputy-dsl", &others), found("dsl", &others)), (1, 1));
        relate("deputy-dsl");
        assert_eq!((found("deputy-dsl", &others), found("dsl", &others)), (0, 1));
    }

    fn a_schools_leads_see_every_reading_of_their_records(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let path = format!("/v1/concerns/{concern}");
        let (dsl, lead) = (app.as_role_at(0, "deputy-dsl"), app.as_role("trust-a", "trust-safeguarding-lead"));
        for (part, class) in [
            ("notes", "concern_note"), ("actions", "concern_action"), ("decisions", "concern_decision"),
            ("links", "concern_link"), ("shares", "concern_share"), ("triages", "concern_triage"),
            ("access-log", "concern_access_log"), ("referrals", "concern_referral"), ("escalations", "concern_escalation"),
            ("access-log", "concern_access_log"),
            ("body-map", "concern_mark"), ("attachments", "concern_attachment"),
        ] {
            lead.get(&format!("{path}/{part}")).expect(200);
            let entry = newest(&dsl, class, &concern);
            assert_eq!(entry["school_id"], school.id.to_string(), "{part}");
            assert_eq!(entry["role"], "trust-safeguarding-lead", "{part}");
        }
        lead.get("/v1/concerns?limit=200").expect(200);
        let listed = newest(&dsl, "concern", &concern);
        assert!(listed["record_id"].is_null() && listed["school_id"].is_null());
        assert!(listed["record_ids"].as_array().unwrap().contains(&json!(concern)));
        assert!(listed["person_id"].is_string());
        let stranger = app.as_role_at(1, "dsl");
        assert_eq!(stranger.get(&path).problem(404), "not_found");
        let refused = dsl.get(&format!("/v1/audit/entries?outcome=not_found&record_id={concern}")).expect(200);
        assert_eq!(refused["items"][0]["person_id"], app.demo.trusts[0].schools[1].staff["dsl"].to_string());
        assert_eq!(refused["items"][0]["rule"], "out-of-reach");
        let seen = stranger.get(&format!("/v1/audit/entries?record_id={concern}&person_id={}", app.demo.trusts[0].central["trust-safeguarding-lead"]));
        assert!(seen.expect(200)["items"].as_array().unwrap().is_empty());
    }
}
