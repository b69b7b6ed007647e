//! What a referral says, and how it is put right.

use serde_json::{Value, json};

use super::*;
use crate::meetings::{as_role, on};
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn a_referral_shows_what_became_of_it_and_what_was_known_before(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let referral = refer(&case, 3);
        let path = format!("{}/referrals/{}", case.path(), referral.id());
        assert_eq!(referral.header("location"), path);
        assert_eq!(case.dsl.get(&path).expect(200), referral.json());
        assert_eq!((&referral.json()["state"], &referral.json()["number"]), (&json!("made"), &json!(1)));
        assert_eq!(case.view()["state"], "in_action", "a referral is an action");
        let before = Clock::System.now();
        let chase = json!({
            "chased_at": ago(2), "chased_by_id": holder(&app, 0, 0, "deputy-dsl").0, "method": "telephone", "to_whom": "Duty desk"
        });
        step(&case, &referral, "chases", chase).expect(201);
        step(&case, &referral, "acknowledgement", acknowledged(1)).expect(201);
        let told = json!({"told_at": ago(0), "told_by_id": holder(&app, 0, 0, "dsl").0});
        let now = step(&case, &referral, "feedback", told).expect(201);
        assert_eq!(now["state"], "acknowledged");
        assert_eq!(now["acknowledgement"]["acknowledged_by"], "P. Elmer, duty desk");
        assert_eq!((now["chases"].as_array().unwrap().len(), &now["feedback"]["told_by_id"]), (1, &json!(holder(&app, 0, 0, "dsl").0)));
        let then = case.dsl.get(&format!("{}/referrals?as_of={before}", case.path())).expect(200);
        assert_eq!(then["items"][0], referral.json());
    }

    fn a_correction_is_a_version_and_what_followed_stays(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let referral = refer(&case, 3);
        step(&case, &referral, "acknowledgement", acknowledged(1)).expect(201);
        let mut body = asked(&case, 2, json!({"method": "web_form", "correction_reason": "It was the form."}));
        body.as_object_mut().unwrap().remove("pupil_ids");
        let corrected = step(&case, &referral, "corrections", body.clone()).expect(201);
        assert_eq!((&corrected["number"], &corrected["method"], &corrected["state"]), (&json!(2), &json!("web_form"), &json!("acknowledged")));
        body["made_at"] = json!(ago(0));
        assert_eq!(step(&case, &referral, "corrections", body).broken(), "/made_at");
        let versions = case.dsl.get(&format!("{}/referrals/{}/versions", case.path(), referral.id())).expect(200);
        let methods: Vec<&str> = versions["items"].as_array().unwrap().iter().map(|one| one["method"].as_str().unwrap()).collect();
        assert_eq!(methods, ["telephone", "web_form"]);
        let again = json!({"acknowledged_at": ago(1), "acknowledged_by": "R. Holloway"});
        assert_eq!(step(&case, &referral, "acknowledgement", again.clone()).problem(409), "superseded");
        let right = json!({"acknowledged_at": ago(1), "acknowledged_by": "R. Holloway", "correction_reason": "Misheard."});
        assert_eq!(step(&case, &referral, "acknowledgement", right).expect(201)["acknowledgement"]["acknowledged_by"], "R. Holloway");
    }

    fn a_referral_says_only_what_can_be_so(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let refused = |changes: serde_json::Value| case.record("referrals", asked(&case, 1, changes)).broken();
        let other = app.demo.trusts[0].schools[0].pupils[2];
        let foreign = front_door(&as_role(&app, 1, 0, "dsl"));
        let agency = |body: serde_json::Value| case.dsl.post("/v1/agencies", body).id();
        let gone = agency(json!({"kind": "other", "name": "Gone", "used_from": "2020-01-01", "used_until": "2020-12-31"}));
        let abroad = agency(json!({"kind": "mash", "name": "Council C", "la_code": "111", "used_from": "2020-01-01"}));
        let framework = case.dsl.get("/v1/threshold-frameworks").expect(200)["items"][0]["id"].clone();
        for (changes, pointer) in [
            (json!({"consent": "refused"}), "/consent_reason"),
            (json!({"framework_id": framework}), "/framework_level"),
            (json!({"framework_level": 2}), "/framework_id"),
            (json!({"framework_id": framework, "framework_level": 9}), "/framework_level"),
            (json!({"framework_id": framework, "framework_level": 2, "agency_id": abroad}), "/framework_id"),
            (json!({"framework_id": framework, "framework_level": 2, "made_at": "2021-01-15T12:00:00Z", "agency_id": abroad}), "/framework_id"),
            (json!({"agency_id": foreign}), "/agency_id"),
            (json!({"agency_id": gone}), "/agency_id"),
            (json!({"pupil_ids": [other]}), "/pupil_ids/0"),
            (json!({"pupil_ids": [pupil(&case), pupil(&case)]}), "/pupil_ids/1"),
            (json!({"made_at": ago(-1)}), "/made_at"),
            (json!({"made_by_id": app.demo.trusts[1].schools[0].staff["dsl"]}), "/made_by_id"),
        ] {
            assert_eq!(refused(changes.clone()), pointer, "{changes}");
        }
        let named = json!({"framework_id": framework, "framework_level": 3, "consent": "not_sought", "consent_reason": "Not safe."});
        let made = case.record("referrals", asked(&case, 1, named)).expect(201);
        assert_eq!((&made["framework_level"], &made["consent_reason"]), (&json!(3), &json!("Not safe.")));
        let deputy = holder(&app, 0, 0, "deputy-dsl").0;
        let conflict = json!({"person_id": deputy, "pupil_id": pupil(&case), "relationship": "relative"});
        case.caller("hr").post("/v1/conflicts", conflict).expect(201);
        let by = case.record("referrals", asked(&case, 1, json!({"made_by_id": deputy})));
        assert_eq!(by.problem(409), "conflict_of_interest");
    }

    fn a_correction_judges_only_what_it_says_anew(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let deputy = holder(&app, 0, 0, "deputy-dsl").0;
        let agency = json!({"kind": "early_help", "name": "Council E", "used_from": "2020-01-01"});
        let agency = case.dsl.post("/v1/agencies", agency);
        let said = json!({"made_by_id": deputy, "agency_id": agency.id(), "made_at": ago(6)});
        let referral = case.record("referrals", asked(&case, 6, said.clone()));
        let told = json!({"told_at": ago(2), "told_by_id": deputy});
        step(&case, &referral, "feedback", told.clone()).expect(201);
        relate(&case, "deputy-dsl", &pupil(&case));
        case.dsl.patch(agency.header("location"), &agency.etag(), json!({"used_until": "2024-12-31"})).expect(200);
        let correct = |changes: Value| {
            let mut body = asked(&case, 6, said.clone());
            body.as_object_mut().unwrap().remove("pupil_ids");
            body["correction_reason"] = json!("A slip.");
            body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            step(&case, &referral, "corrections", body)
        };
        assert_eq!(correct(json!({"reason": "Came without food twice."})).expect(201)["reason"], "Came without food twice.");
        assert_eq!(correct(json!({"made_at": ago(7)})).broken(), "/agency_id");
        let dsl = holder(&app, 0, 0, "dsl").0;
        correct(json!({"made_by_id": dsl})).expect(201);
        assert_eq!(correct(json!({"made_by_id": deputy})).problem(409), "conflict_of_interest");
        let mut again = told;
        again["correction_reason"] = json!("It was later.");
        step(&case, &referral, "feedback", again).expect(201);
    }

    fn nothing_is_put_right_that_is_not_there(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let (referral, by) = (refer(&case, 3), holder(&app, 0, 0, "dsl").0);
        let challenge = json!({"step": "practitioner", "raised_at": ago(2), "raised_by_id": by, "to_whom": "Desk", "said": "No."});
        step(&case, &referral, "challenges", challenge).expect(201);
        for (part, mut body) in [
            ("acknowledgement", acknowledged(1)),
            ("feedback", json!({"told_at": ago(1), "told_by_id": by})),
            ("challenge-answers", json!({"step": "practitioner", "answered_at": ago(1), "answer": "Yes."})),
        ] {
            body["correction_reason"] = json!("Misheard.");
            assert_eq!(step(&case, &referral, part, body.clone()).broken(), "/correction_reason", "{part}");
            body.as_object_mut().unwrap().remove("correction_reason");
            step(&case, &referral, part, body).expect(201);
        }
    }

    fn what_becomes_of_a_referral_follows_in_time(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let (referral, by) = (refer(&case, 9), holder(&app, 0, 0, "dsl").0);
        let challenge = |to: &str, days: i64| {
            let body = json!({"step": to, "raised_at": ago(days), "raised_by_id": by, "to_whom": "Desk", "said": "No."});
            step(&case, &referral, "challenges", body)
        };
        challenge("practitioner", 5).expect(201);
        assert_eq!(challenge("manager", 6).broken(), "/raised_at");
        challenge("manager", 4).expect(201);
        let withdraw = |days: i64| step(&case, &referral, "withdrawal", json!({"withdrawn_at": ago(days), "reason": "So."}));
        assert_eq!(withdraw(5).broken(), "/withdrawn_at");
        step(&case, &referral, "acknowledgement", acknowledged(3)).expect(201);
        assert_eq!(withdraw(4).broken(), "/withdrawn_at");
        step(&case, &referral, "chases", chased(&case, 2)).expect(201);
        assert_eq!(withdraw(3).broken(), "/withdrawn_at");
        withdraw(1).expect(201);
    }

    fn what_was_known_at_a_moment_does_not_move_for_a_withdrawal_that_is_dated_back(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let referral = refer(&case, 3);
        let before = Clock::System.now();
        step(&case, &referral, "withdrawal", json!({"withdrawn_at": ago(2), "reason": "So."})).expect(201);
        let state = |at: &str| case.dsl.get(&format!("{}{at}", case.path())).expect(200)["state"].clone();
        assert_eq!((state(""), state(&format!("?as_of={before}"))), (json!("submitted"), json!("in_action")));
        let then = case.dsl.get(&format!("{}/referrals?as_of={before}", case.path())).expect(200);
        assert_eq!(then["items"][0]["state"], "made");
    }

    fn whoever_reads_a_referral_reads_its_decisions_and_the_log_says_so(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let referral = refer(&case, 5);
        let decided = decision(&case, &pupil(&case), 3);
        let entries = |class: &str, record: &str| {
            let path = format!("/v1/audit/entries?count=true&class={class}&record_id={record}");
            case.caller("trust-safeguarding-lead").get(&path).expect(200)["count"].as_i64().unwrap()
        };
        let before = entries("external_decision", &decided);
        name(&case, &referral, &decided).expect(201);
        assert_eq!(entries("external_decision", &decided), before + 1);
        let one = entries("concern", &decided);
        case.dsl.get(referral.header("location")).expect(200);
        assert_eq!(entries("concern", &decided), one + 1);
        assert!(entries("concern", &referral.id()) > 0);
        let several = entries("concern_referral", &decided);
        case.dsl.get(&format!("{}/referrals", case.path())).expect(200);
        case.dsl.get(&format!("{}/versions", referral.header("location"))).expect(200);
        assert_eq!(entries("concern_referral", &decided), several + 2);
    }

    fn a_closed_concern_takes_none_and_an_unanswered_one_holds_nothing_up(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 3);
        let referral = refer(&case, 3);
        case.close_safely("deputy-dsl").expect(201);
        assert_eq!(case.record("referrals", asked(&case, 1, json!({}))).problem(409), "concern_closed");
        assert_eq!(step(&case, &referral, "acknowledgement", acknowledged(1)).problem(409), "concern_closed");
        let waiting = case.dsl.get("/v1/deadlines?rule=referral_response&limit=200").expect(200).to_string();
        assert!(!waiting.contains(&referral.id()), "nobody could record the answer");
        case.reopen().expect(201);
        step(&case, &referral, "acknowledgement", acknowledged(1)).expect(201);
    }

    fn a_challenge_goes_upward_step_by_step(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let referral = refer(&case, 5);
        let by = holder(&app, 0, 0, "dsl").0;
        let challenge = |to: &str, more: serde_json::Value| {
            let mut body = json!({
                "step": to, "raised_at": ago(3), "raised_by_id": by, "to_whom": "R. Holloway", "said": "We see the harm grow."
            });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            step(&case, &referral, "challenges", body)
        };
        assert_eq!(challenge("manager", json!({})).problem(409), "challenge_step_skipped");
        challenge("practitioner", json!({})).expect(201);
        assert_eq!(challenge("practitioner", json!({})).problem(409), "challenge_step_taken");
        challenge("manager", json!({})).expect(201);
        assert_eq!(challenge("safeguarding_partnership", json!({})).problem(409), "challenge_step_skipped");
        let skipped = challenge("safeguarding_partnership", json!({"skipped_because": "The senior manager is away for a month."}));
        assert_eq!(skipped.expect(201)["challenges"].as_array().unwrap().len(), 3);
        assert_eq!(challenge("senior_manager", json!({"skipped_because": "Late."})).problem(409), "challenge_step_taken");
        let answer = json!({"step": "manager", "answered_at": ago(1), "answer": "An assessment begins."});
        let answered = step(&case, &referral, "challenge-answers", answer.clone()).expect(201);
        assert_eq!(answered["challenges"][1]["answer"], "An assessment begins.");
        assert_eq!(step(&case, &referral, "challenge-answers", answer).problem(409), "superseded");
        let early = json!({"step": "practitioner", "answered_at": ago(4), "answer": "No."});
        assert_eq!(step(&case, &referral, "challenge-answers", early).broken(), "/answered_at");
        let none = json!({"step": "senior_manager", "answered_at": ago(1), "answer": "No."});
        assert_eq!(step(&case, &referral, "challenge-answers", none).broken(), "/step");
    }

    fn the_chronology_tells_of_it_where_it_happened(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 3);
        let referral = refer(&case, 4);
        step(&case, &referral, "acknowledgement", acknowledged(2)).expect(201);
        let owner = holder(&app, 0, 0, "headteacher").0;
        let raised = json!({"level": "headteacher", "owner_id": owner, "raised_at": ago(1), "review_on": ago(-7).london_date(), "reason": "Nobody rings back."});
        let escalation = case.record("escalations", raised).id();
        let end = json!({"ended_at": ago(0), "outcome": "They rang."});
        case.record(&format!("escalations/{escalation}/outcome"), end).expect(201);
        let path = format!("/v1/pupils/{}/chronology?limit=200", pupil(&case).as_str().unwrap());
        let lines = |client: &Client| -> Vec<(String, String)> {
            let page = client.get(&path).expect(200);
            let text = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap().to_owned();
            let about = |one: &&serde_json::Value| one["concern_id"] == *case.id;
            page["items"].as_array().unwrap().iter().filter(about).map(|one| (text(one, "kind"), text(one, "summary"))).collect()
        };
        let told = lines(&case.dsl);
        for wanted in [
            ("referral_made", "Came without food for the third time."), ("referral_step", "acknowledged: P. Elmer, duty desk"),
            ("escalation_raised", "headteacher: Nobody rings back."), ("escalation_ended", "headteacher: They rang."),
        ] {
            assert!(told.contains(&(wanted.0.to_owned(), wanted.1.to_owned())), "{wanted:?} in {told:?}");
        }
        assert_eq!(case.caller("welfare-lap").get(&path).status, 404);
        let lap = json!({"person_id": holder(&app, 0, 0, "welfare-lap").0, "kind": "share", "reason": "Works with him."});
        on(&case.dsl, &case.dsl, &case.path(), "shares", lap).expect(201);
        assert_eq!(lines(&case.caller("welfare-lap")), lines(&case.dsl));
    }
}
