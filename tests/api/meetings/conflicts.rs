//! Conflicts of interest: who is not asked, and who stands in for the trust lead.

use serde_json::json;

use super::*;
use crate::on_both;
use crate::support::TestApp;

/// Records that the holder of a role is a relative of the case's pupil.
fn relative(app: &DemoApp, pupil: usize, role: &str) {
    let pupil = app.demo.trusts[0].schools[0].pupils[pupil];
    let person = holder(app, 0, 0, role).0;
    let body = json!({"person_id": person, "pupil_id": pupil, "relationship": "relative"});
    as_role(app, 0, 0, "hr").post("/v1/conflicts", body).expect(201);
}

fn deputise(case: &Case<'_>, by: &str, role: &str) -> Answer {
    let person = holder(case.app, 0, 0, role).0;
    let body = json!({"person_id": person, "reason": "The lead is an aunt."});
    case.caller(by).post(&format!("{}/trust-lead-deputy", case.path()), body)
}

on_both! {
    fn a_relative_is_not_asked_and_learns_of_nothing(backend) {
        let app = TestApp::start_demo(backend);
        relative(&app, 1, "deputy-dsl");
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        let others: Vec<&str> = VOTERS.into_iter().filter(|role| *role != "deputy-dsl").collect();
        case.agree(&panel, &others);
        let vain = case.answer(&panel, "deputy-dsl", "disagree");
        assert_eq!((vain.problem(409), vain.broken()), ("rule_broken".to_owned(), "/concern_id".to_owned()));
        let deputy = case.caller("deputy-dsl");
        let agenda = deputy.get(&format!("/v1/panels/{panel}/agenda?limit=200&count=true"));
        assert!(!agenda.text.contains(&case.id), "{}", agenda.text);
        let minutes = json!({"concern_id": case.id, "text": "About his aunt."});
        on(&case.dsl, &case.dsl, &format!("/v1/panels/{panel}"), "minutes", minutes).expect(201);
        for part in ["minutes", "agreements", "decisions"] {
            let shown = deputy.get(&format!("/v1/panels/{panel}/{part}?limit=200"));
            assert!(!shown.text.contains(&case.id), "{part}: {}", shown.text);
        }
        assert!(tasks(&deputy, &case.id).is_empty());
        case.close_in("dsl", &panel).expect(201);
        assert_eq!(told(&deputy, "concern_closed", &case.id), 0);
    }

    fn an_answer_is_not_shown_again_to_whoever_turns_out_to_be_a_relative(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let path = format!("/v1/panels/{}/agreements", held(&app, 0, 0, &VOTERS));
        let seen: i64 = case.dsl.get(&case.path()).version();
        let body = json!({"concern_id": case.id, "concern_version": seen, "answer": "disagree", "comment": "Not yet."});
        let deputy = case.caller("deputy-dsl");
        let again = || deputy.post_keyed(&path, "once", body.clone());
        let first = again().expect(201);
        assert_eq!(again().expect(201), first);
        relative(&app, 1, "deputy-dsl");
        assert_eq!(again().problem(404), "not_found");
    }

    fn a_stamp_of_who_turns_out_to_be_a_relative_no_longer_counts(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        case.act(false).expect(201);
        case.stamp("deputy-dsl", "team").expect(201);
        case.stamp("trust-safeguarding-lead", "trust_lead").expect(201);
        relative(&app, 1, "deputy-dsl");
        let roles = ["dsl", "trust-safeguarding-lead"];
        let panel = held(&app, 0, 0, &roles);
        case.agree(&panel, &roles);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "scrutiny_incomplete");
        case.stamp("dsl", "team").expect(201);
        case.close_in("dsl", &panel).expect(201);
    }

    fn the_ceos_deputy_stands_in_for_a_lead_who_is_a_relative(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        case.act(false).expect(201);
        case.stamp("dsl", "team").expect(201);
        let nowhere = case.caller("ceo").post(
            &format!("/v1/concerns/{}/trust-lead-deputy", holder(&app, 0, 0, "hr").0),
            json!({"person_id": holder(&app, 0, 0, "hr").0, "reason": "The lead is an aunt."}),
        );
        let here = deputise(&case, "ceo", "hr");
        assert_eq!((here.problem(404), here.json()["detail"].clone()), (nowhere.problem(404), nowhere.json()["detail"].clone()));
        let explain = || {
            let path = format!("/v1/access/explain?action=concern.deputise&record_id={}", case.id);
            case.caller("ceo").get(&path).expect(200)["allowed"].clone()
        };
        assert_eq!(explain(), false);
        relative(&app, 1, "trust-safeguarding-lead");
        assert_eq!(tasks(&case.caller("ceo"), &case.id), ["trust_lead_deputy"]);
        assert_eq!(case.stamp("hr", "trust_lead").status, 404);
        let without = held(&app, 0, 0, &["dsl", "trust-safeguarding-lead"]);
        case.agree(&without, &["dsl"]);
        assert_eq!(case.stamp("trust-safeguarding-lead", "trust_lead").status, 404);
        assert_eq!(deputise(&case, "dsl", "hr").status, 403);
        assert_eq!(deputise(&case, "ceo", "ceo").broken(), "/person_id");
        assert_eq!(deputise(&case, "ceo", "trustee").broken(), "/person_id");
        assert_eq!(explain(), true);
        let (linked, roleless) = (deputise(&case, "ceo", "trust-safeguarding-lead"), deputise(&case, "ceo", "trustee"));
        assert_eq!(linked.json()["errors"], roleless.json()["errors"]);
        assert_eq!(linked.problem(409), "rule_broken");
        let made = deputise(&case, "ceo", "hr").expect(201);
        assert_eq!(made["concern_id"], json!(case.id));
        assert!(tasks(&case.caller("ceo"), &case.id).is_empty());
        assert_eq!(case.caller("ceo").get(&case.path()).status, 404);
        let hr = case.caller("hr");
        assert_eq!(told(&hr, "trust_lead_deputised", &case.id), 1);
        assert_eq!(tasks(&hr, &case.id), ["concern_scrutiny"]);
        hr.get(&case.path()).expect(200);
        assert_eq!(case.close_in("dsl", &without).problem(409), "scrutiny_incomplete");
        case.stamp("hr", "trust_lead").expect(201);
        assert_eq!(case.close_in("dsl", &without).problem(409), "panel_without_trust_lead");
        let person = holder(&app, 0, 0, "hr").0;
        let body = json!({"person_id": person, "role": "trust-lead-deputy", "present": true});
        on(&case.dsl, &case.dsl, &format!("/v1/panels/{without}"), "attendance", body).expect(201);
        assert_eq!(case.close_in("dsl", &without).problem(409), "agreement_missing");
        case.answer(&without, "hr", "agree").expect(201);
        case.close_in("dsl", &without).expect(201);
    }

    fn a_deputy_is_asked_on_their_concern_alone_and_replaced_by_the_ceo_alone(backend) {
        let app = TestApp::start_demo(backend);
        relative(&app, 1, "trust-safeguarding-lead");
        let case = Case::raised(&app, 0, 0, 1);
        let other = Case::raised(&app, 0, 0, 2);
        deputise(&case, "ceo", "hr").expect(201);
        let panel = called(&app, 0, 0, today());
        attends(&app, 0, 0, &panel, "dsl").expect(201);
        let person = holder(&app, 0, 0, "hr").0;
        let body = json!({"person_id": person, "role": "trust-lead-deputy", "present": true});
        on(&case.dsl, &case.dsl, &format!("/v1/panels/{panel}"), "attendance", body).expect(201);
        hold(&app, 0, 0, &panel).expect(201);
        case.answer(&panel, "hr", "agree").expect(201);
        assert_eq!(other.answer(&panel, "hr", "agree").broken(), "/concern_id");
        let shares = case.dsl.get(&format!("{}/shares", case.path())).expect(200);
        let share = shares["items"].as_array().unwrap().iter().find(|one| one["kind"] == "trust_lead_deputy");
        let path = format!("shares/{}/revocation", share.unwrap()["id"].as_str().unwrap());
        assert_eq!(case.record(&path, json!({"reason": "No."})).problem(409), "state_conflict");
        deputise(&case, "ceo", "shared-services").expect(201);
        assert_eq!(case.caller("hr").get(&case.path()).status, 404);
        case.caller("shared-services").get(&case.path()).expect(200);
    }

    fn restricted_concerns_are_no_business_of_a_lap(backend) {
        let app = TestApp::start_demo(backend);
        let place = &app.demo.trusts[0].schools[0];
        let body = json!({
            "school_id": place.id, "log": "restricted", "pupils": [{"pupil_id": place.pupils[1], "role": "subject"}],
            "place": "home", "time_slot": "evening", "source": "observation", "reporter": {"kind": "self"},
            "summary": "Restricted."
        });
        let id = as_role(&app, 0, 0, "staff").post("/v1/concerns", body).id();
        let case = Case { app: &app, trust: 0, school: 0, id, dsl: as_role(&app, 0, 0, "dsl") };
        case.act(false).expect(201);
        case.stamp("dsl", "team").expect(201);
        case.stamp("trust-safeguarding-lead", "trust_lead").expect(201);
        let panel = held(&app, 0, 0, &["dsl", "welfare-lap", "trust-safeguarding-lead"]);
        assert_eq!(case.answer(&panel, "welfare-lap", "disagree").broken(), "/concern_id");
        let agenda = case.caller("welfare-lap").get(&format!("/v1/panels/{panel}/agenda?limit=200"));
        assert!(!agenda.text.contains(&case.id));
        case.agree(&panel, &["dsl", "trust-safeguarding-lead"]);
        case.close_in("dsl", &panel).expect(201);
    }
}
