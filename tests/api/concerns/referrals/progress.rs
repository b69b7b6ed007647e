//! From when on an agency has answered, and what happens where it turns out that it has not.

use serde_json::json;

use super::*;
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn a_decision_about_one_of_two_children_is_an_answer(backend) {
        let app = TestApp::start_demo(backend);
        let (case, one, other) = about_two(&app);
        let body = json!({"kind": "early_help", "name": "Council F", "used_from": "2020-01-01"});
        let agency = json!(case.dsl.post("/v1/agencies", body).id());
        let asked_about = json!({"pupil_ids": [one, other], "agency_id": agency});
        let referral = case.record("referrals", asked(&case, 9, asked_about));
        assert!(task(&case.dsl, &referral.id()).is_some());
        name(&case, &referral, &decision(&case, &one, 7)).expect(201);
        assert_eq!((deadline(&case.dsl, &referral.id(), ""), task(&case.dsl, &referral.id())), (None, None));
        let met = deadline(&case.dsl, &referral.id(), "&state=met").unwrap();
        assert_eq!(met["met_on"], json!(ago(7).london_date()));
        let usage = case.dsl.get(&format!("/v1/agency-usage?agency_id={}", agency.as_str().unwrap())).expect(200);
        let counted = &usage["items"][0];
        assert_eq!((&counted["unanswered"], &counted["acknowledged"], &counted["decided"]), (&json!(0), &json!(1), &json!(0)));
        // Whoever still waits for the other one may ask.
        step(&case, &referral, "chases", chased(&case, 1)).expect(201);
        let whole = name(&case, &referral, &decision(&case, &other, 5)).expect(201);
        assert_eq!(whole["state"], "decided");
        assert_eq!(deadline(&case.dsl, &referral.id(), "&state=met").unwrap()["met_on"], json!(ago(7).london_date()));
    }

    fn where_the_record_of_a_decision_is_withdrawn_nobody_has_answered(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 2);
        let (referral, child) = (refer(&case, 5), pupil(&case));
        let wrong = decision(&case, &child, 3);
        name(&case, &referral, &wrong).expect(201);
        let decided_at = Clock::System.now();
        assert_eq!(task(&case.dsl, &referral.id()), None);
        let seen = case.dsl.get(&case.path()).etag();
        undo(&case, &child, &wrong);
        assert_eq!(task(&case.dsl, &referral.id()).unwrap()["overdue"], true);
        assert_eq!(deadline(&case.dsl, &referral.id(), "").unwrap()["state"], "overdue");
        assert_eq!(deadline(&case.dsl, &referral.id(), "&state=met"), None);
        // What somebody saw before is not what they write on.
        let path = format!("{}/chases", referral.header("location"));
        assert_eq!(case.dsl.post_on(&path, &seen, chased(&case, 1)).problem(412), "version_stale");
        step(&case, &referral, "chases", chased(&case, 1)).expect(201);
        let then = case.dsl.get(&format!("{}/referrals?as_of={decided_at}", case.path())).expect(200);
        assert_eq!(then["items"][0]["state"], "decided");
        let withdrawal = json!({"withdrawn_at": ago(0), "reason": "It was about another child."});
        let taken_back = step(&case, &referral, "withdrawal", withdrawal).expect(201);
        assert_eq!(taken_back["state"], "withdrawn");
        assert_eq!(task(&case.dsl, &referral.id()), None);
    }

    fn who_does_not_see_a_decision_sees_how_far_the_referral_has_come(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 2);
        let (referral, child) = (refer(&case, 5), pupil(&case));
        let decided = decision(&case, &child, 3);
        name(&case, &referral, &decided).expect(201);
        let shown = |role: &str| case.caller(role).get(referral.header("location")).expect(200)["state"].clone();
        let share = json!({"person_id": holder(&app, 0, 0, "welfare-lap").0, "kind": "share", "reason": "Works with him."});
        case.record("shares", share).expect(201);
        let roles = ["dsl", "headteacher", "welfare-lap", "trust-safeguarding-lead"];
        assert_eq!(roles.map(shown), ["decided"; 4].map(|word| json!(word)));
        undo(&case, &child, &decided);
        assert_eq!(roles.map(shown), ["made"; 4].map(|word| json!(word)));
    }

    fn a_referral_of_a_closed_concern_follows_its_decision_too(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 3);
        let (referral, child) = (refer(&case, 5), pupil(&case));
        let decided = decision(&case, &child, 3);
        name(&case, &referral, &decided).expect(201);
        case.close_safely("deputy-dsl").expect(201);
        undo(&case, &child, &decided);
        assert_eq!(case.view()["state"], "closed");
        assert_eq!(case.dsl.get(referral.header("location")).expect(200)["state"], "made");
        assert_eq!(deadline(&case.dsl, &referral.id(), ""), None);
        case.reopen().expect(201);
        assert!(deadline(&case.dsl, &referral.id(), "").is_some());
    }
}
