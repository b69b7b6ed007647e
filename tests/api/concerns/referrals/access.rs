//! Who refers, who reads referrals, and who learns of neither.

use serde_json::{Value, json};

use super::*;
use crate::meetings::{as_role, on};
use crate::on_both;
use crate::support::TestApp;

/// Every operation on the referrals and escalations of a concern: method, address, body.
fn everything(
    case: &Case<'_>,
    referral: &str,
    escalation: &str,
) -> Vec<(&'static str, String, Option<Value>)> {
    let at = case.path();
    let person = holder(case.app, case.trust, case.school, "dsl").0;
    let owner = json!({"level": "headteacher", "owner_id": person, "raised_at": ago(1), "review_on": "2030-01-15", "reason": "So."});
    let with = |mut body: Value, more: Value| {
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let mut correction = asked(case, 1, json!({"correction_reason": "So."}));
    correction.as_object_mut().unwrap().remove("pupil_ids");
    let reads = [
        "referrals".to_owned(),
        format!("referrals/{referral}"),
        format!("referrals/{referral}/versions"),
        "escalations".to_owned(),
        format!("escalations/{escalation}"),
        format!("escalations/{escalation}/versions"),
    ];
    let of_referral = [
        ("corrections", correction),
        ("acknowledgement", acknowledged(0)),
        (
            "chases",
            json!({"chased_at": ago(0), "chased_by_id": person, "method": "telephone", "to_whom": "Desk"}),
        ),
        ("decisions", json!({"external_decision_id": person})),
        ("feedback", json!({"told_at": ago(0), "told_by_id": person})),
        ("withdrawal", json!({"withdrawn_at": ago(0), "reason": "So."})),
        (
            "challenges",
            json!({"step": "practitioner", "raised_at": ago(0), "raised_by_id": person, "to_whom": "Desk", "said": "So."}),
        ),
        ("challenge-answers", json!({"step": "practitioner", "answered_at": ago(0), "answer": "So."})),
    ];
    let of_escalation = [
        ("corrections", with(owner.clone(), json!({"correction_reason": "So."}))),
        ("reviews", json!({"found": "So.", "review_on": "2030-01-15"})),
        ("outcome", json!({"ended_at": ago(0), "outcome": "So."})),
    ];
    let mut all: Vec<(&'static str, String, Option<Value>)> =
        reads.into_iter().map(|part| ("GET", format!("{at}/{part}"), None)).collect();
    all.push(("POST", format!("{at}/referrals"), Some(asked(case, 1, json!({})))));
    all.push(("POST", format!("{at}/escalations"), Some(owner)));
    all.extend(
        of_referral
            .into_iter()
            .map(|(part, body)| ("POST", format!("{at}/referrals/{referral}/{part}"), Some(body))),
    );
    all.extend(
        of_escalation
            .into_iter()
            .map(|(part, body)| ("POST", format!("{at}/escalations/{escalation}/{part}"), Some(body))),
    );
    all
}

fn send(client: &Client, (_, path, body): &(&'static str, String, Option<Value>), tag: &str) -> u16 {
    match body {
        None => client.get(path).status,
        Some(body) => client.post_on(path, tag, body.clone()).status,
    }
}

fn escalated(case: &Case<'_>) -> String {
    let owner = holder(case.app, case.trust, case.school, "headteacher").0;
    let body = json!({"level": "headteacher", "owner_id": owner, "raised_at": ago(1), "review_on": "2030-01-15", "reason": "So."});
    case.record("escalations", body).id()
}

on_both! {
    fn the_team_and_the_casework_lead_refer_and_nobody_else(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        for role in ["dsl", "deputy-dsl", "trust-safeguarding-lead"] {
            let made = on(&case.dsl, &case.caller(role), &case.path(), "referrals", asked(&case, 1, json!({})));
            assert_eq!(made.status, 201, "{role}: {}", made.text);
        }
        let tag = case.dsl.get(&case.path()).etag();
        let path = format!("{}/referrals", case.path());
        for (role, status) in [
            ("headteacher", 404), ("welfare-lap", 403), ("family-liaison", 403), ("staff", 403), ("volunteer", 403),
            ("safeguarding-governor", 403), ("chair-of-governors", 404), ("ceo", 404), ("hr", 404), ("trust-admin", 403),
        ] {
            let answer = case.caller(role).post_on(&path, &tag, asked(&case, 1, json!({})));
            assert_eq!(answer.status, status, "{role}: {}", answer.text);
        }
        for role in ["dsl", "deputy-dsl", "trust-safeguarding-lead", "headteacher"] {
            assert_eq!(case.caller(role).get(&format!("{path}?count=true")).expect(200)["count"], 3, "{role}");
        }
        for (who, status) in [(as_role(&app, 0, 1, "dsl"), 404), (as_role(&app, 1, 0, "dsl"), 404), (case.caller("staff"), 403)] {
            assert_eq!(who.get(&path).status, status);
        }
        // In a trust whose lead sees aggregates, the lead is none of those who read.
        let other = Case::raised(&app, 1, 0, 1);
        let path = format!("{}/referrals", other.path());
        assert_eq!(as_role(&app, 1, 0, "trust-safeguarding-lead").get(&path).status, 404);
    }

    fn whoever_is_assigned_reads_referrals_by_their_role_and_not_by_the_share_alone(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let referral = refer(&case, 2);
        let path = format!("{}/referrals/{}", case.path(), referral.id());
        for (role, status) in [("welfare-lap", 200), ("family-liaison", 200), ("plan-lead", 403)] {
            let before = case.caller(role).get(&path).status;
            assert!(before == 404 || before == 403, "{role}");
            let share = json!({"person_id": holder(&app, 0, 0, role).0, "kind": "share", "reason": "Works with him."});
            on(&case.dsl, &case.dsl, &case.path(), "shares", share).expect(201);
            assert_eq!(case.caller(role).get(&case.path()).expect(200)["view"], "full", "{role}");
            assert_eq!(case.caller(role).get(&path).status, status, "{role}");
        }
        let tag = case.dsl.get(&case.path()).etag();
        assert_eq!(case.caller("welfare-lap").post_on(&format!("{path}/acknowledgement"), &tag, acknowledged(1)).status, 403);
    }

    fn a_relative_finds_nothing_by_any_operation(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let (referral, escalation) = (refer(&case, 2).id(), escalated(&case));
        let all = everything(&case, &referral, &escalation);
        let tag = case.dsl.get(&case.path()).etag();
        for role in ["deputy-dsl", "headteacher", "trust-safeguarding-lead"] {
            let person = holder(&app, 0, 0, role).0;
            let conflict = json!({"person_id": person, "pupil_id": pupil(&case), "relationship": "relative"});
            case.caller("hr").post("/v1/conflicts", conflict).expect(201);
            for operation in &all {
                let status = send(&case.caller(role), operation, &tag);
                assert_eq!(status, 404, "{role}: {} {}", operation.0, operation.1);
            }
            let told: Vec<String> = ["/v1/agency-usage?limit=200", "/v1/deadlines?limit=200", "/v1/me/tasks?limit=200", "/v1/me/notifications?limit=200"]
                .iter()
                .map(|path| case.caller(role).get(path).expect(200).to_string())
                .collect();
            assert!(told.iter().all(|text| !text.contains(&referral) && !text.contains(&escalation) && !text.contains(&case.id)), "{role}");
        }
        assert_eq!(case.dsl.get(&format!("{}/referrals", case.path())).expect(200)["items"].as_array().unwrap().len(), 1);
    }

    fn the_reporter_learns_nothing_of_a_referral(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        case.act(false).expect(201);
        let staff = case.caller("staff");
        let before = staff.get(&case.path());
        let referral = refer(&case, 2);
        let told = json!({"told_at": ago(0), "told_by_id": holder(&app, 0, 0, "dsl").0});
        step(&case, &referral, "feedback", told).expect(201);
        let after = staff.get(&case.path());
        assert_eq!((after.etag(), after.json()), (before.etag(), before.json()));
        for operation in everything(&case, &referral.id(), &escalated(&case)) {
            let status = send(&staff, &operation, "\"1\"");
            assert!(status == 403 || status == 404, "{} {}: {status}", operation.0, operation.1);
        }
    }

    fn what_hangs_on_a_restricted_concern_moves_nothing_that_others_see(backend) {
        let app = TestApp::start_demo(backend);
        let (open, hidden) = (Case::raised(&app, 0, 0, 1), Case::raised(&app, 0, 0, 1));
        refer(&open, 2);
        let lap = holder(&app, 0, 0, "welfare-lap").0;
        open.record("shares", json!({"person_id": lap, "kind": "share", "reason": "Works with him."})).expect(201);
        hidden.record("placements", json!({"log": "restricted", "reason": "It touches a colleague."})).expect(201);
        let seen = || -> Vec<(String, Value)> {
            let child = pupil(&open);
            ["/v1/agency-usage?count=true", "/v1/deadlines?count=true&limit=200", "/v1/me/tasks?count=true", "/v1/concerns?count=true"]
                .into_iter()
                .map(str::to_owned)
                .chain([format!("/v1/pupils/{}/chronology?count=true", child.as_str().unwrap())])
                .map(|path| (open.caller("welfare-lap").get(&path).header("etag").to_owned(), open.caller("welfare-lap").get(&path).json()))
                .collect()
        };
        let before = seen();
        let referral = refer(&hidden, 2);
        escalated(&hidden);
        assert_eq!(seen(), before);
        assert_eq!(open.caller("headteacher").get(referral.header("location")).status, 200);
        assert_eq!(open.caller("welfare-lap").get(referral.header("location")).status, 404);
        let record = json!({"acknowledged_at": ago(1), "acknowledged_by": "Desk"});
        let path = format!("{}/acknowledgement", referral.header("location"));
        let tag = hidden.dsl.get(&hidden.path()).etag();
        assert_eq!(open.caller("headteacher").post_on(&path, &tag, record).status, 404);
    }
}
