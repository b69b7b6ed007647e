//! A case is taken to a higher level, and somebody there sees to it.

use serde_json::{Value, json};

use super::*;
use crate::meetings::{as_role, on, tasks, told};
use crate::on_both;
use crate::support::TestApp;

fn raised(case: &Case<'_>, role: &str, review_in: i64) -> Value {
    json!({
        "level": "headteacher", "owner_id": holder(case.app, case.trust, case.school, role).0, "raised_at": ago(3),
        "review_on": ago(-review_in).london_date(), "reason": "Two referrals without an answer."
    })
}

on_both! {
    fn an_escalation_is_its_owners_until_it_ends(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let head = case.caller("headteacher");
        let before = told(&head, "escalation_assigned", &case.id);
        let made = case.record("escalations", raised(&case, "headteacher", -1));
        let id = made.id();
        assert_eq!(told(&head, "escalation_assigned", &case.id), before + 1);
        assert!(tasks(&head, &case.id).contains(&"escalation_review".to_owned()));
        assert_eq!(deadline(&head, &id, "&owner=me").unwrap()["state"], "overdue");
        assert_eq!(deadline(&case.dsl, &id, "&owner=me"), None);
        let path = format!("escalations/{id}");
        let review = json!({"found": "They rang.", "review_on": ago(-7).london_date()});
        let reviewed = on(&case.dsl, &head, &case.path(), &format!("{path}/reviews"), review.clone()).expect(201);
        assert_eq!((&reviewed["number"], &reviewed["found"]), (&json!(2), &json!("They rang.")));
        assert_eq!(deadline(&head, &id, "").unwrap()["state"], "due");
        let early = json!({"ended_at": ago(5), "outcome": "Done."});
        assert_eq!(case.record(&format!("{path}/outcome"), early).broken(), "/ended_at");
        let end = json!({"ended_at": ago(0), "outcome": "The plan began."});
        case.record(&format!("{path}/outcome"), end.clone()).expect(201);
        assert_eq!(case.record(&format!("{path}/outcome"), end).problem(409), "escalation_ended");
        assert_eq!(case.record(&format!("{path}/reviews"), review).problem(409), "escalation_ended");
        assert!(!tasks(&head, &case.id).contains(&"escalation_review".to_owned()));
        assert_eq!(deadline(&head, &id, ""), None);
        assert_eq!(deadline(&head, &id, "&state=met").unwrap()["met_on"], json!(ago(0).london_date()));
        let versions = case.dsl.get(&format!("{}/{path}/versions?count=true", case.path())).expect(200);
        assert_eq!(versions["count"], 3);
    }

    fn its_owner_is_somebody_who_can_read_the_case(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let refused = case.record("escalations", raised(&case, "governor", 7));
        assert_eq!((refused.broken(), refused.json()["errors"][0]["code"].clone()), ("/owner_id".to_owned(), json!("cannot_be_let_in")));
        let mut nobody = raised(&case, "headteacher", 7);
        nobody["owner_id"] = json!(app.demo.trusts[1].schools[0].staff["dsl"]);
        assert_eq!(case.record("escalations", nobody).broken(), "/owner_id");
        let head = holder(&app, 0, 0, "headteacher").0;
        let conflict = json!({"person_id": head, "pupil_id": pupil(&case), "relationship": "relative"});
        case.caller("hr").post("/v1/conflicts", conflict).expect(201);
        assert_eq!(case.record("escalations", raised(&case, "headteacher", 7)).problem(409), "conflict_of_interest");
        assert_eq!(case.record("escalations", raised(&case, "deputy-dsl", -4)).broken(), "/review_on");
        let made = case.record("escalations", raised(&case, "deputy-dsl", 7)).id();
        let mut correction = raised(&case, "headteacher", 7);
        correction["correction_reason"] = json!("The head has it.");
        assert_eq!(case.record(&format!("escalations/{made}/corrections"), correction).problem(409), "conflict_of_interest");
    }

    fn one_whose_owner_does_not_read_the_case_is_a_task_of_who_raised_it(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let (lead, deputy) = (case.caller("trust-safeguarding-lead"), case.caller("deputy-dsl"));
        let other = as_role(&app, 0, 1, "dsl");
        let mut body = raised(&case, "dsl", 7);
        body["owner_id"] = json!(holder(&app, 0, 1, "dsl").0);
        let made = on(&case.dsl, &lead, &case.path(), "escalations", body).id();
        assert_eq!(task(&lead, &made).unwrap()["kind"], "escalation_review");
        assert!(task(&case.dsl, &made).is_some() && task(&deputy, &made).is_some());
        assert_eq!((task(&other, &made), task(&case.caller("headteacher"), &made)), (None, None));
        let share = json!({"person_id": holder(&app, 0, 1, "dsl").0, "kind": "share", "reason": "Sees to it."});
        let share = on(&case.dsl, &case.dsl, &case.path(), "shares", share).id();
        assert!(task(&other, &made).is_some());
        assert_eq!((task(&lead, &made), task(&case.dsl, &made), task(&deputy, &made)), (None, None, None));
        let ended = case.record(&format!("shares/{share}/revocation"), json!({"reason": "Done."}));
        assert!(ended.status < 300, "{}", ended.text);
        assert_eq!(task(&other, &made), None);
        assert!(task(&case.dsl, &made).is_some());
        // The same where the owner has a conflict of interest since, and where what they hold has ended.
        let of_head = case.record("escalations", raised(&case, "headteacher", 7)).id();
        assert_eq!(task(&case.dsl, &of_head), None);
        relate(&case, "headteacher", &pupil(&case));
        assert!(task(&case.dsl, &of_head).is_some());
        assert_eq!(task(&case.caller("headteacher"), &of_head), None);
        let end = json!({"ended_at": ago(0), "outcome": "Done."});
        case.record(&format!("escalations/{of_head}/outcome"), end).expect(201);
        assert_eq!(task(&case.dsl, &of_head), None);
    }

    fn a_correction_judges_the_owner_only_where_it_is_somebody_else(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let made = case.record("escalations", raised(&case, "deputy-dsl", 7)).id();
        relate(&case, "deputy-dsl", &pupil(&case));
        let mut body = raised(&case, "deputy-dsl", 7);
        body["correction_reason"] = json!("A slip of the pen.");
        body["reason"] = json!("Three referrals without an answer.");
        let corrected = case.record(&format!("escalations/{made}/corrections"), body).expect(201);
        assert_eq!(corrected["reason"], "Three referrals without an answer.");
    }

    fn who_works_a_case_escalates_it_and_who_reads_it_sees_that(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        for role in ["dsl", "deputy-dsl", "headteacher", "trust-safeguarding-lead"] {
            let made = on(&case.dsl, &case.caller(role), &case.path(), "escalations", raised(&case, "headteacher", 7));
            assert_eq!(made.status, 201, "{role}: {}", made.text);
        }
        let path = format!("{}/escalations", case.path());
        let tag = case.dsl.get(&case.path()).etag();
        for role in ["staff", "volunteer", "welfare-lap", "safeguarding-governor"] {
            assert_eq!(case.caller(role).post_on(&path, &tag, raised(&case, "headteacher", 7)).status, 403, "{role}");
            assert_eq!(case.caller(role).get(&path).status, 404, "{role}");
        }
        let share = json!({"person_id": holder(&app, 0, 0, "welfare-lap").0, "kind": "share", "reason": "Works with him."});
        on(&case.dsl, &case.dsl, &case.path(), "shares", share).expect(201);
        assert_eq!(case.caller("welfare-lap").get(&format!("{path}?count=true")).expect(200)["count"], 4);
        for stranger in [as_role(&app, 0, 1, "dsl"), as_role(&app, 1, 0, "dsl")] {
            assert_eq!(stranger.get(&path).problem(404), "not_found");
        }
        assert_eq!(case.record("escalations", json!({"level": "trustees"})).status, 422);
    }
}
