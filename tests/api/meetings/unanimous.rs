//! Closure by a unanimous panel: every condition of its own.

use serde_json::json;

use super::*;
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn a_panel_in_which_everybody_agrees_closes(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        case.agree(&panel, &VOTERS);
        assert_eq!(case.view()["state"], "proposed_closure");
        let closed = case.close_in("deputy-dsl", &panel).expect(201);
        assert_eq!((&closed["way"], &closed["panel_id"]), (&json!("unanimous_panel"), &json!(panel)));
        let view = case.view();
        assert_eq!((&view["state"], &view["progress"]), (&json!("closed"), &json!("closed")));
        assert_eq!(view["closure"]["closure_rationale"], "Nothing is left to do.");
        let reporter = case.caller("staff").get(&case.path()).expect(200);
        assert_eq!((&reporter["view"], &reporter["progress"]), (&json!("submission"), &json!("closed")));
        assert!(reporter.get("closure").is_none() && reporter.get("scrutiny").is_none());
        for role in ["staff", "dsl"] {
            assert_eq!(told(&case.caller(role), "concern_closed", &case.id), 1, "{role}");
        }
    }

    fn scrutiny_of_both_is_asked_for(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        case.act(false).expect(201);
        let panel = held(&app, 0, 0, &VOTERS);
        case.agree(&panel, &VOTERS);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "scrutiny_incomplete");
        case.stamp("dsl", "team").expect(201);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "scrutiny_incomplete");
        case.stamp("trust-safeguarding-lead", "trust_lead").expect(201);
        case.close_in("dsl", &panel).expect(201);
    }

    fn stamps_are_different_peoples_and_of_who_has_the_capacity(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        assert_eq!(case.stamp("dsl", "trust_lead").problem(409), "not_your_capacity");
        assert_eq!(case.stamp("trust-safeguarding-lead", "team").problem(409), "not_your_capacity");
        let (person, claim) = holder(&app, 0, 0, "dsl");
        let both = app.person("trust-a", person, &[&claim, "trust-safeguarding-lead"]);
        on(&case.dsl, &both, &case.path(), "scrutiny", json!({"as": "team", "comment": "Seen."})).expect(201);
        let second = on(&case.dsl, &both, &case.path(), "scrutiny", json!({"as": "trust_lead"}));
        assert_eq!(second.problem(409), "same_person_scrutiny");
        assert_eq!(case.stamp("dsl", "team").problem(409), "already_exists");
        case.stamp("deputy-dsl", "team").expect(201);
        let stamps = case.dsl.get(&format!("{}/scrutiny", case.path())).expect(200);
        assert_eq!((stamps["items"].as_array().unwrap().len(), &stamps["items"][0]["comment"]), (2, &json!("Seen.")));
        assert_eq!(case.view()["scrutiny"].as_array().unwrap().len(), 2);
    }

    fn a_stamp_waits_for_nobodys_stamp_and_is_not_given_unseen(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let seen = case.dsl.get(&case.path()).etag();
        let path = format!("{}/scrutiny", case.path());
        case.dsl.post_on(&path, &seen, json!({"as": "team"})).expect(201);
        let lead = case.caller("trust-safeguarding-lead");
        lead.post_on(&path, &seen, json!({"as": "trust_lead"})).expect(201);
        case.act(false).expect(201);
        let deputy = case.caller("deputy-dsl").post_on(&path, &seen, json!({"as": "team"}));
        assert_eq!(deputy.problem(412), "version_stale");
    }

    fn required_actions_are_done_first(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let action = case.act(true).id();
        let panel = held(&app, 0, 0, &VOTERS);
        case.agree(&panel, &VOTERS);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "required_action_open");
        let done = json!({"done_on": "2025-01-15", "outcome": "Done."});
        case.record(&format!("actions/{action}/outcome"), done).expect(201);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "agreement_missing");
        case.agree(&panel, &VOTERS);
        case.close_in("dsl", &panel).expect(201);
    }

    fn an_action_or_the_reason_for_none_is_recorded(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        case.stamp("dsl", "team").expect(201);
        case.stamp("trust-safeguarding-lead", "trust_lead").expect(201);
        let panel = held(&app, 0, 0, &VOTERS);
        case.agree(&panel, &VOTERS);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "no_action_or_reason");
        let none = json!({"kind": "no_action", "decision": "None.", "reason": "A game.", "decided_at": "2025-01-15T15:00:00Z"});
        case.record("decisions", none).expect(201);
        case.agree(&panel, &VOTERS);
        case.close_in("dsl", &panel).expect(201);
    }

    fn the_panel_is_named_and_held_and_the_schools_last(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let without = json!({"outcome": "Settled.", "closure_rationale": "So.", "safety_statement": "He is safe."});
        assert_eq!(case.record("closure", without).problem(409), "panel_required");
        let planned = called(&app, 0, 0, today().plus_days(7));
        assert_eq!(case.close_in("dsl", &planned).problem(409), "panel_not_held");
        assert_eq!(case.answer(&planned, "dsl", "agree").status, 404);
        let other = held(&app, 0, 1, &["dsl", "trust-safeguarding-lead"]);
        assert_eq!(case.close_in("trust-safeguarding-lead", &other).problem(409), "panel_wrong_school");
        let unknown = case.close_in("dsl", &other);
        assert_eq!((unknown.problem(409), unknown.broken()), ("rule_broken".to_owned(), "/panel_id".to_owned()));
        let early = called(&app, 0, 0, today().plus_days(-14));
        attends(&app, 0, 0, &early, "dsl").expect(201);
        hold(&app, 0, 0, &early).expect(201);
        let later = held(&app, 0, 0, &VOTERS);
        assert_eq!(case.close_in("dsl", &early).problem(409), "panel_over");
        assert_eq!(case.answer(&early, "dsl", "agree").problem(409), "panel_over");
        case.agree(&later, &VOTERS);
        case.close_in("dsl", &later).expect(201);
    }

    fn what_came_after_the_panel_waits_for_the_next(backend) {
        let app = TestApp::start_demo(backend);
        let panel = held(&app, 0, 0, &VOTERS);
        let case = Case::worked(&app, 0, 0, 1);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "not_on_agenda");
        assert_eq!(case.answer(&panel, "dsl", "agree").broken(), "/concern_id");
    }

    fn a_dsl_and_the_trust_lead_are_there(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let roles = ["headteacher", "trust-safeguarding-lead"];
        let panel = held(&app, 0, 0, &roles);
        case.agree(&panel, &roles);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "panel_without_dsl");
        let case = Case::worked(&app, 0, 1, 1);
        let panel = held(&app, 0, 1, &["dsl", "headteacher"]);
        case.agree(&panel, &["dsl", "headteacher"]);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "panel_without_trust_lead");
    }

    fn a_missing_answer_an_abstention_or_a_disagreement_keeps_it_open(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        for role in VOTERS {
            let others: Vec<&str> = VOTERS.into_iter().filter(|other| *other != role).collect();
            case.agree(&panel, &others);
            let close = || case.close_in("dsl", &panel).problem(409);
            assert_eq!(close(), "agreement_missing", "{role}");
            case.answer(&panel, role, "disagree").expect(201);
            assert_eq!(close(), "panel_not_unanimous", "{role}");
            assert_eq!(case.view()["state"], "in_action");
            case.answer(&panel, role, "abstain").expect(201);
            assert_eq!(close(), "agreement_abstained", "{role}");
            case.note().expect(201);
        }
        case.agree(&panel, &VOTERS);
        case.close_in("dsl", &panel).expect(201);
    }

    fn who_did_not_come_or_has_no_vote_does_not_count(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = called(&app, 0, 0, today());
        let path = format!("/v1/panels/{panel}");
        for role in ["dsl", "trust-safeguarding-lead", "family-liaison"] {
            attends(&app, 0, 0, &panel, role).expect(201);
        }
        let head = holder(&app, 0, 0, "headteacher").0;
        let absent = json!({"person_id": head, "role": "headteacher", "present": false, "absence_reason": "Ill."});
        on(&case.dsl, &case.dsl, &path, "attendance", absent).expect(201);
        let guest = json!({"guest": {"name": "Robin Example"}, "role": "guest", "present": true});
        on(&case.dsl, &case.dsl, &path, "attendance", guest).expect(201);
        hold(&app, 0, 0, &panel).expect(201);
        case.agree(&panel, &["dsl", "trust-safeguarding-lead"]);
        assert_eq!(case.answer(&panel, "headteacher", "disagree").status, 404);
        assert_eq!(case.answer(&panel, "family-liaison", "disagree").status, 403);
        case.close_in("dsl", &panel).expect(201);
    }

    fn what_is_recorded_after_an_answer_asks_for_it_anew(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        case.agree(&panel, &VOTERS);
        case.add().expect(201);
        assert_eq!(case.view()["state"], "in_action");
        assert_eq!(case.close_in("dsl", &panel).problem(409), "agreement_missing");
        let unseen = json!({"concern_id": case.id, "concern_version": 1, "answer": "agree"});
        let answer = case.dsl.post(&format!("/v1/panels/{panel}/agreements"), unseen);
        assert_eq!(answer.problem(412), "version_stale");
        case.agree(&panel, &VOTERS);
        case.close_in("dsl", &panel).expect(201);
        let path = format!("/v1/panels/{panel}/agreements?limit=200&concern_id={}", case.id);
        let all = case.dsl.get(&path).expect(200);
        let lapsed = all["items"].as_array().unwrap().iter().filter(|one| one.get("lapsed_at").is_some()).count();
        assert_eq!((all["items"].as_array().unwrap().len(), lapsed), (10, 5));
    }

    fn a_closed_concern_takes_additions_and_reopening_and_nothing_else(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        case.agree(&panel, &VOTERS);
        let kept = case.reopen();
        assert_eq!(kept.problem(409), "concern_open");
        case.close_in("dsl", &panel).expect(201);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "already_closed");
        let triage = json!({"severity": "routine", "monitor": false, "parent_informed": "yes"});
        let decision = json!({"kind": "decision", "decision": "x", "reason": "x", "decided_at": "2025-01-15T15:00:00Z"});
        let corrected = json!({"reason": "Wrong.", "facts": "None."});
        for (part, body) in [
            ("triage", triage),
            ("decisions", decision),
            ("corrections", corrected),
            ("notes", json!({"text": "x"})),
            ("scrutiny", json!({"as": "team"})),
        ] {
            assert_eq!(case.record(part, body).problem(409), "concern_closed", "{part}");
        }
        assert_eq!(case.act(false).problem(409), "concern_closed");
        assert_eq!(case.answer(&panel, "dsl", "disagree").problem(409), "concern_closed");
        let person = holder(&app, 0, 0, "plan-lead").0;
        case.record("shares", json!({"person_id": person, "kind": "share", "reason": "Needs to know."})).expect(201);
        case.add().expect(201);
        let view = case.view();
        assert_eq!((&view["state"], &view["added_since_closure"]), (&json!("closed"), &json!(true)));
        assert_eq!(view["addenda"][0]["text"], "His brother said the same.");
        assert_eq!(told(&case.dsl, "concern_added_since_closure", &case.id), 1);
        assert_eq!(tasks(&case.dsl, &case.id), ["concern_added_since_closure"]);
        let found = case.dsl.get("/v1/concerns?added_since_closure=true&count=true").expect(200);
        assert_eq!(found["count"], 1);
    }

    fn a_reopened_concern_is_scrutinised_and_agreed_on_anew(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        case.agree(&panel, &VOTERS);
        case.close_in("dsl", &panel).expect(201);
        case.add().expect(201);
        assert_eq!(case.reopen().expect(201)["round"], 2);
        let view = case.view();
        assert_eq!((&view["state"], &view["round"], &view["scrutiny"]), (&json!("submitted"), &json!(2), &json!([])));
        assert_eq!((&view["added_since_closure"], view.get("closure")), (&json!(false), None));
        assert_eq!(told(&case.caller("staff"), "concern_reopened", &case.id), 1);
        case.act(false).expect(201);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "scrutiny_incomplete");
        case.stamp("dsl", "team").expect(201);
        case.stamp("trust-safeguarding-lead", "trust_lead").expect(201);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "agreement_missing");
        case.agree(&panel, &VOTERS);
        case.close_in("dsl", &panel).expect(201);
        let closures = case.dsl.get(&format!("{}/closures", case.path())).expect(200);
        assert_eq!(closures["items"][0]["reopening"]["reason"], "It has begun again.");
        assert_eq!((&closures["items"][1]["round"], closures["items"][1].get("reopening")), (&json!(2), None));
        let stamps = case.dsl.get(&format!("{}/scrutiny", case.path())).expect(200);
        assert_eq!(stamps["items"].as_array().unwrap().len(), 4);
    }

    fn a_deputy_is_as_good_as_a_dsl_there(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let roles = ["deputy-dsl", "trust-safeguarding-lead"];
        let panel = held(&app, 0, 0, &roles);
        case.agree(&panel, &roles);
        case.close_in("trust-safeguarding-lead", &panel).expect(201);
    }

    fn the_setting_says_whose_stamps_are_asked_for(backend) {
        let app = TestApp::start_demo(backend);
        let admin = as_role(&app, 0, 0, "trust-admin");
        let tag = admin.get("/v1/trust").etag();
        admin.patch("/v1/trust", &tag, json!({"scrutiny": "dsl_team"})).expect(200);
        let case = Case::raised(&app, 0, 0, 1);
        case.act(false).expect(201);
        let panel = held(&app, 0, 0, &VOTERS);
        case.agree(&panel, &VOTERS);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "scrutiny_incomplete");
        case.stamp("deputy-dsl", "team").expect(201);
        case.close_in("dsl", &panel).expect(201);
    }

    fn nobody_answers_for_another(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        let (head, path) = (holder(&app, 0, 0, "headteacher").0, format!("/v1/panels/{panel}/agreements"));
        let seen: i64 = case.dsl.get(&case.path()).version();
        let proxy = json!({"concern_id": case.id, "concern_version": seen, "answer": "agree", "person_id": head});
        assert_eq!(case.dsl.post(&path, proxy).status, 422);
        case.agree(&panel, &["dsl", "dsl", "deputy-dsl", "welfare-lap", "trust-safeguarding-lead"]);
        assert_eq!(case.close_in("dsl", &panel).problem(409), "agreement_missing");
        let given = case.dsl.get(&format!("{path}?concern_id={}", case.id)).expect(200);
        let given = given["items"].as_array().unwrap();
        assert!(given.iter().all(|one| one["person_id"] != json!(head)));
        case.answer(&panel, "headteacher", "agree").expect(201);
        case.close_in("dsl", &panel).expect(201);
    }

    fn no_child_waits_for_a_stamp(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let action = case.act(true).id();
        let done = json!({"done_on": "2025-01-15", "outcome": "Done."});
        case.record(&format!("actions/{action}/outcome"), done).expect(201);
        assert_eq!((case.view()["state"].clone(), case.view()["scrutiny"].clone()), (json!("in_action"), json!([])));
        case.stamp("trust-safeguarding-lead", "trust_lead").expect(201);
        case.note().expect(201);
        case.stamp("dsl", "team").expect(201);
        assert_eq!(case.view()["scrutiny"].as_array().unwrap().len(), 2);
    }

    fn a_reopening_has_a_reason_and_is_by_those_who_may(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        case.agree(&panel, &VOTERS);
        case.close_in("dsl", &panel).expect(201);
        for nothing in [json!({}), json!({"reason": ""}), json!({"reason": "  "})] {
            assert_eq!(case.record("reopening", nothing).status, 422);
        }
        for role in ["staff", "welfare-lap", "ceo", "hr"] {
            let refused = on(&case.dsl, &case.caller(role), &case.path(), "reopening", json!({"reason": "Anew."}));
            assert_eq!(refused.status, 403, "{role}");
        }
        let lead = case.caller("trust-safeguarding-lead");
        let made = on(&case.dsl, &lead, &case.path(), "reopening", json!({"reason": "Anew."})).expect(201);
        assert_eq!((&made["round"], &made["reason"]), (&json!(2), &json!("Anew.")));
        assert_eq!(case.reopen().problem(409), "concern_open");
    }
}
