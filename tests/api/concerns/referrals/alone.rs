//! Whoever the service leaves alone with a case refers the child, and records what the agency decides.

use serde_json::json;

use super::*;
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn whoever_is_left_alone_with_a_case_records_what_is_decided(backend) {
        let app = TestApp::start_demo(backend);
        let raised = Case::raised(&app, 0, 0, 1);
        let (child, ceo) = (pupil(&raised), raised.caller("ceo"));
        let records = format!("/v1/pupils/{}/external-decisions", child.as_str().unwrap());
        let statuses = format!("/v1/pupils/{}/statuses", child.as_str().unwrap());
        let body = json!({
            "agency": "mash", "decision_maker_name": "P. Elmer", "decision_maker_role": "Duty manager",
            "decided_on": ago(1).london_date(), "outcome": "begins", "level": "L3"
        });
        // To be let in by name is to read the case, and nothing of the child beside it.
        let share = json!({"person_id": holder(&app, 0, 0, "ceo").0, "kind": "share", "reason": "Asked for advice."});
        raised.record("shares", share).expect(201);
        assert_eq!(ceo.get(&raised.path()).expect(200)["view"], "full");
        assert_eq!((ceo.post(&records, body.clone()).status, ceo.get(&statuses).status), (404, 404));
        for role in ["dsl", "deputy-dsl", "headteacher", "trust-safeguarding-lead"] {
            relate(&raised, role, &child);
        }
        let case = Case { app: &app, trust: 0, school: 0, id: raised.id.clone(), dsl: raised.caller("ceo") };
        let known = || case.dsl.get(&records).expect(200)["items"].as_array().unwrap().len();
        let before = known();
        let by = json!({"made_by_id": holder(&app, 0, 0, "ceo").0});
        let referral = case.record("referrals", asked(&case, 3, by));
        let decided = case.dsl.post(&records, body.clone());
        assert_eq!(decided.expect(201)["school_id"], app.demo.trusts[0].schools[0].id.to_string());
        let named = name(&case, &referral, &decided.id()).expect(201);
        assert_eq!((&named["state"], &named["decisions"][0]["decision"]["outcome"]), (&json!("decided"), &json!("begins")));
        assert_eq!(known(), before + 1);
        case.dsl.get(&statuses).expect(200);
        undo(&case, &child, &decided.id());
        // Of the child's brothers they know nothing, and others in their post elsewhere nothing of the child.
        let other = app.demo.trusts[0].schools[0].pupils[2];
        assert_eq!(case.dsl.post(&format!("/v1/pupils/{other}/external-decisions"), body.clone()).status, 404);
        assert_eq!(case.dsl.get(&format!("/v1/pupils/{other}/statuses")).status, 404);
        assert_eq!(case.dsl.get(&format!("/v1/pupils/{}/chronology", child.as_str().unwrap())).status, 403);
        assert_eq!(as_role(&app, 1, 0, "ceo").post(&records, body).status, 404);
    }

    fn the_trusts_lead_who_is_left_alone_reads_what_the_work_takes_and_no_more(backend) {
        let app = TestApp::start_demo(backend);
        let raised = Case::raised(&app, 1, 0, 1);
        let (child, lead) = (pupil(&raised), raised.caller("trust-safeguarding-lead"));
        let part = |part: &str| format!("/v1/pupils/{}/{part}", child.as_str().unwrap());
        assert_eq!(lead.get(&part("statuses")).problem(404), "not_found");
        for role in ["dsl", "deputy-dsl", "headteacher"] {
            relate(&raised, role, &child);
        }
        assert_eq!(lead.get(&raised.path()).expect(200)["view"], "full");
        let body = json!({
            "agency": "mash", "decision_maker_name": "P. Elmer", "decision_maker_role": "Duty manager",
            "decided_on": ago(1).london_date(), "outcome": "begins", "level": "L3"
        });
        lead.post(&part("external-decisions"), body).expect(201);
        lead.get(&part("statuses")).expect(200);
        // The rest of the child's file opens by breaking the glass alone.
        for rest in ["chronology", "agency-meetings", "ap-placements", "fgm-reports", "risk-assessments"] {
            assert_eq!(lead.get(&part(rest)).problem(404), "not_found", "{rest}");
        }
    }
}
