//! What the agency decides is an external decision of the pupil's record, which the referral names (B-55, B-56).

use serde_json::{Value, json};

use super::*;
use crate::meetings::as_role;
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn a_referral_is_decided_when_every_pupil_of_it_is(backend) {
        let app = TestApp::start_demo(backend);
        let (case, one, other) = about_two(&app);
        let referral = case.record("referrals", asked(&case, 5, json!({"pupil_ids": [one, other]})));
        let (first, second) = (decision(&case, &one, 3), decision(&case, &other, 2));
        let half = name(&case, &referral, &first).expect(201);
        assert_eq!((&half["state"], &half["decisions"][0]["decision"]["outcome"]), (&json!("acknowledged"), &json!("begins")));
        assert_eq!(name(&case, &referral, &first).problem(409), "referral_decided");
        let withdrawal = json!({"withdrawn_at": ago(1), "reason": "So."});
        assert_eq!(step(&case, &referral, "withdrawal", withdrawal).problem(409), "referral_decided");
        let whole = name(&case, &referral, &second).expect(201);
        assert_eq!(whole["state"], "decided");
        assert_eq!(step(&case, &referral, "chases", chased(&case, 1)).problem(409), "referral_decided");
    }

    fn only_a_decision_that_can_be_meant_is_named(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 2);
        let referral = refer(&case, 5);
        let place = &app.demo.trusts[0].schools[0];
        let foreign = decision(&Case::raised(&app, 1, 0, 2), &json!(app.demo.trusts[1].schools[0].pupils[2]), 1);
        let of_another = decision(&case, &json!(place.pupils[3]), 1);
        for unknown in [&foreign, &of_another, &case.id] {
            let answer = name(&case, &referral, unknown);
            assert_eq!(answer.broken(), "/external_decision_id");
            assert_eq!(answer.json()["errors"][0]["code"], "unknown_reference");
        }
        let early = name(&case, &referral, &decision(&case, &json!(place.pupils[2]), 9));
        assert_eq!((early.broken(), early.json()["errors"][0]["code"].clone()), ("/external_decision_id".to_owned(), json!("range")));
        let withdrawn = decision(&case, &json!(place.pupils[2]), 1);
        undo(&case, &json!(place.pupils[2]), &withdrawn);
        assert_eq!(name(&case, &referral, &withdrawn).broken(), "/external_decision_id");
    }

    fn a_decision_whose_record_is_withdrawn_gives_way_to_another(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 2);
        let (referral, child) = (refer(&case, 5), pupil(&case));
        let wrong = decision(&case, &child, 3);
        name(&case, &referral, &wrong).expect(201);
        undo(&case, &child, &wrong);
        let shown = case.dsl.get(referral.header("location")).expect(200);
        assert_eq!((&shown["state"], &shown["decisions"][0]["decision"]["withdrawn"]), (&json!("made"), &json!(true)));
        let right = name(&case, &referral, &decision(&case, &child, 2)).expect(201);
        assert_eq!((&right["state"], right["decisions"].as_array().unwrap().len()), (&json!("decided"), 2));
    }

    fn agencies_are_counted_over_what_the_caller_reads(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 2);
        let body = json!({"kind": "early_help", "name": "Council D", "used_from": "2020-01-01"});
        let agency = json!(case.dsl.post("/v1/agencies", body).id());
        let to = |days: i64| case.record("referrals", asked(&case, days, json!({"agency_id": agency})));
        let (decided, heard, taken_back, undone) = (to(9), to(8), to(7), to(6));
        name(&case, &decided, &decision(&case, &pupil(&case), 5)).expect(201);
        let wrong = decision(&case, &pupil(&case), 4);
        name(&case, &undone, &wrong).expect(201);
        undo(&case, &pupil(&case), &wrong);
        step(&case, &heard, "acknowledgement", acknowledged(5)).expect(201);
        step(&case, &taken_back, "withdrawal", json!({"withdrawn_at": ago(1), "reason": "So."})).expect(201);
        let usage = |client: &Client, query: &str| -> Vec<Value> {
            let page = client.get(&format!("/v1/agency-usage?limit=200&agency_id={}{query}", agency.as_str().unwrap())).expect(200);
            page["items"].as_array().unwrap().clone()
        };
        let counted = json!({
            "agency_id": agency, "referrals": 4, "unanswered": 1, "acknowledged": 1, "decided": 1, "withdrawn": 1,
            "outcomes": [{"outcome": "begins", "count": 1}]
        });
        for role in ["dsl", "deputy-dsl", "headteacher", "trust-safeguarding-lead"] {
            assert_eq!(json!(usage(&case.caller(role), "")), json!([counted]), "{role}");
        }
        assert!(usage(&as_role(&app, 0, 1, "dsl"), "").is_empty());
        assert!(usage(&case.caller("welfare-lap"), "").is_empty());
        assert_eq!(case.caller("governor").get("/v1/agency-usage").problem(403), "forbidden");
        let first = case.dsl.get("/v1/agency-usage?limit=1&count=true").expect(200);
        let whole = case.dsl.get("/v1/agency-usage?limit=200&count=true").expect(200);
        assert_eq!((first["items"].as_array().unwrap(), &first["count"]), (&vec![whole["items"][0].clone()], &whole["count"]));
        let (from, to) = (ago(8).london_date(), ago(7).london_date());
        assert_eq!(usage(&case.dsl, &format!("&from={from}&to={to}"))[0]["referrals"], 2);
        let school = app.demo.trusts[0].schools[1].id;
        assert!(usage(&case.caller("trust-safeguarding-lead"), &format!("&school_id={school}")).is_empty());
    }
}
