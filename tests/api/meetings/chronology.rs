//! The chronology of a pupil tells of panels, closures and what the authority decided: with its time, and to nobody who
//! does not see where it comes from. However long it is, a page asks for as much as any other.

use serde_json::json;

use super::*;
use crate::on_both;
use crate::process::load::whole_or_short;
use crate::support::{Statements, TestApp};

/// The tables of which a page of a chronology reads entries; each of them bounded.
const ENTRIES: [&str; 10] = [
    "FROM \"concern_notes\"",
    "FROM \"concern_triages\"",
    "FROM \"concern_decisions\"",
    "FROM \"concern_scrutiny\"",
    "FROM \"concern_closures\"",
    "FROM \"concern_reopenings\"",
    "FROM \"panel_agreements\"",
    "FROM \"concern_referrals\"",
    "FROM \"concern_referral_steps\"",
    "FROM \"concern_escalations\"",
];

fn pupil(case: &Case<'_>, pupil: usize) -> Id {
    case.app.demo.trusts[case.trust].schools[case.school].pupils[pupil]
}

/// All entries of a pupil's chronology.
fn entries(caller: &Client, pupil: Id) -> Vec<Value> {
    let page = caller.get(&format!("/v1/pupils/{pupil}/chronology?limit=200")).expect(200);
    page["items"].as_array().unwrap().clone()
}

/// When something of a kind happened that has this source.
fn at(entries: &[Value], kind: &str, source: &Value) -> Value {
    let found = entries.iter().find(|one| one["kind"] == kind && one["source_id"] == *source);
    found.unwrap_or_else(|| panic!("no {kind} of {source}"))["happened_at"].clone()
}

fn kinds(entries: &[Value], concern: &str) -> std::collections::BTreeMap<String, usize> {
    let mut kinds = std::collections::BTreeMap::new();
    for one in entries.iter().filter(|one| one["concern_id"] == concern) {
        *kinds.entry(one["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    kinds
}

on_both! {
    fn what_panels_decide_and_how_a_concern_ends_stands_there_with_its_time(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        let owner = holder(&app, 0, 0, "headteacher").0;
        let about = json!({"kind": "concern", "concern_id": case.id, "text": "Ring home.", "owner_id": owner, "due_on": "2026-12-01"});
        let decided = on(&case.dsl, &case.dsl, &format!("/v1/panels/{panel}"), "decisions", about).expect(201);
        let no = case.answer(&panel, "headteacher", "disagree").expect(201);
        let answers: Vec<Value> = VOTERS.iter().map(|role| case.answer(&panel, role, "agree").expect(201)).collect();
        let closed = case.close_in("dsl", &panel).expect(201);
        let reopened = case.reopen().expect(201);
        let all = entries(&case.dsl, pupil(&case, 1));
        assert_eq!(at(&all, "panel_decision", &decided["id"]), decided["recorded_at"]);
        for answer in answers.iter().chain([&no]) {
            assert_eq!(at(&all, "panel_agreement", &answer["id"]), answer["recorded_at"]);
        }
        assert_eq!(at(&all, "concern_closed", &closed["id"]), closed["closed_at"]);
        assert_eq!(at(&all, "concern_reopened", &reopened["id"]), reopened["recorded_at"]);
        let stamps = case.dsl.get(&format!("{}/scrutiny", case.path())).expect(200);
        for stamp in stamps["items"].as_array().unwrap() {
            assert_eq!(at(&all, "concern_scrutinised", &stamp["id"]), stamp["recorded_at"]);
        }
        let line = |id: &Value| all.iter().find(|one| one["source_id"] == *id).unwrap()["summary"].clone();
        assert_eq!((line(&decided["id"]), line(&no["id"]), line(&closed["id"])), (json!("Ring home."), json!("disagree"), json!("Settled.")));
        let times: Vec<&str> = all.iter().filter_map(|one| one["happened_at"].as_str()).collect();
        assert!(times.is_sorted_by(|one, next| one >= next), "{times:?}");
    }

    fn a_closure_by_a_statement_and_what_the_authority_decides_stand_there_with_their_time(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        let child = pupil(&case, 2);
        let path = format!("/v1/pupils/{child}");
        let decide = |day: &str, outcome: &str, level: &str| {
            let body = json!({
                "agency": "children_social_care", "decision_maker_name": "R. Holloway", "decision_maker_role": "Team manager",
                "decided_on": day, "outcome": outcome, "level": level
            });
            case.dsl.post(&format!("{path}/external-decisions"), body).id()
        };
        let began = decide("2026-01-12", "begins", "L3");
        let status = json!({"kind": "child_in_need", "starts_on": "2026-01-12", "external_decision_id": began});
        let status = case.dsl.post(&format!("{path}/statuses"), status);
        let over = decide("2026-02-20", "ends", "L1");
        let ending = json!({"ends_on": "2026-02-20", "external_decision_id": over, "reason": "The plan has done its work."});
        let ending = case.dsl.post_on(&format!("{}/ending", status.header("location")), &status.etag(), ending);
        ending.expect(200);
        let closed = case.close_safely("deputy-dsl").expect(201);
        let all = entries(&case.dsl, child);
        assert_eq!(at(&all, "concern_closed", &closed["id"]), closed["closed_at"]);
        let day = |kind: &str, source: &str| {
            let found = all.iter().find(|one| one["kind"] == kind && one["source_id"] == source);
            found.unwrap_or_else(|| panic!("no {kind}"))["happened_on"].as_str().unwrap().to_owned()
        };
        let status = status.id();
        assert_eq!((day("external_decision", &began), day("external_decision", &over)), ("2026-01-12".to_owned(), "2026-02-20".to_owned()));
        assert_eq!((day("status_started", &status), day("status_ended", &status)), ("2026-01-12".to_owned(), "2026-02-20".to_owned()));
        // Trust B's lead reads it by breaking the glass alone.
        assert_eq!(case.caller("trust-safeguarding-lead").get(&format!("{path}/chronology")).status, 404);
    }

    fn whoever_does_not_see_the_concern_or_the_panel_learns_of_neither(backend) {
        let app = TestApp::start_demo(backend);
        let (case, other) = (Case::worked(&app, 0, 0, 1), Case::worked(&app, 0, 0, 1));
        let lap = holder(&app, 0, 0, "welfare-lap").0;
        let roles = ["dsl", "headteacher", "trust-safeguarding-lead"];
        let panel = held(&app, 0, 0, &roles);
        for one in [&case, &other] {
            one.agree(&panel, &roles);
            one.close_in("dsl", &panel).expect(201);
        }
        let child = pupil(&case, 1);
        let whole = kinds(&entries(&case.dsl, child), &case.id);
        assert_eq!((whole["panel_agreement"], whole["concern_closed"]), (3, 1));
        for role in ["headteacher", "trust-safeguarding-lead"] {
            assert_eq!(kinds(&entries(&case.caller(role), child), &case.id), whole, "{role}");
        }
        assert_eq!(case.caller("welfare-lap").get(&format!("/v1/pupils/{child}/chronology")).status, 404);
        case.record("shares", json!({"person_id": lap, "kind": "share", "reason": "Works with him."})).expect(201);
        let shown = entries(&case.caller("welfare-lap"), child);
        // The panel that she did not attend is no business of hers, and the other concern neither.
        assert_eq!(kinds(&shown, &case.id).get("panel_agreement"), None);
        assert_eq!(kinds(&shown, &case.id)["concern_closed"], 1);
        assert!(kinds(&shown, &other.id).is_empty());
        let counted = case.caller("welfare-lap").get(&format!("/v1/pupils/{child}/chronology?count=true&limit=1")).expect(200);
        assert_eq!(counted["count"], shown.len());
        // The demo's own panel she attended.
        let place = &app.demo.trusts[0].schools[0];
        let closed = place.concerns.last().unwrap();
        let share = json!({"person_id": lap, "kind": "share", "reason": "Works with him."});
        on(&case.dsl, &case.dsl, &format!("/v1/concerns/{closed}"), "shares", share).expect(201);
        let shown = entries(&case.caller("welfare-lap"), place.pupils[0]);
        assert_eq!(kinds(&shown, &closed.to_string())["panel_agreement"], 5);
        let relative = holder(&app, 0, 0, "deputy-dsl").0;
        let conflict = json!({"person_id": relative, "pupil_id": child, "relationship": "relative"});
        case.caller("hr").post("/v1/conflicts", conflict).expect(201);
        assert_eq!(case.caller("deputy-dsl").get(&format!("/v1/pupils/{child}/chronology")).status, 404);
        assert_eq!(as_role(&app, 0, 1, "dsl").get(&format!("/v1/pupils/{child}/chronology")).status, 404);
    }

    fn a_page_of_a_long_file_asks_for_what_a_page_of_a_short_one_does(backend) {
        Statements::listen();
        let app = TestApp::start_demo(backend);
        let sent = Statements::of(&app.database.target);
        let concerns = whole_or_short(50, 13);
        let long = concerns * 20;
        let write = |child: usize, concerns: usize| {
            for _ in 0..concerns {
                let case = Case::raised(&app, 0, 0, child);
                for version in 1..20 {
                    let note = json!({"text": "Spoke with his tutor.", "happened_at": format!("2026-01-{version:02}T09:00:00Z")});
                    case.dsl.post_on(&format!("{}/notes", case.path()), &format!("\"{version}\""), note).expect(201);
                }
            }
        };
        write(4, concerns);
        write(5, 1);
        let dsl = as_role(&app, 0, 0, "dsl");
        let about = ["concern", "panel", "pupil", "enrolments", "external_decisions", "chronology"];
        let pages = |child: usize| -> (usize, Vec<usize>) {
            let path = format!("/v1/pupils/{}/chronology?limit=10", app.demo.trusts[0].schools[0].pupils[child]);
            let (mut entries, mut asked, mut cursor) = (0, Vec::new(), String::new());
            loop {
                sent.take(&about);
                let page = dsl.get(&format!("{path}{cursor}")).expect(200);
                let statements: Vec<String> = sent.take(&about).into_iter().filter(|sql| sql.contains("SELECT")).collect();
                for sql in statements.iter().filter(|sql| ENTRIES.iter().any(|table| sql.contains(table))) {
                    assert!(sql.contains("LIMIT"), "not bounded: {sql}");
                }
                asked.push(statements.len());
                entries += page["items"].as_array().unwrap().len();
                let Some(next) = page["next_cursor"].as_str() else { return (entries, asked) };
                cursor = format!("&cursor={next}");
            }
        };
        let ((many, asked), (few, asked_of_few)) = (pages(4), pages(5));
        let (most, least) = (*asked.iter().max().unwrap(), *asked.iter().min().unwrap());
        crate::say!("chronology, {backend:?}: {} pages of {many} entries ask {least} to {most} statements, of {few} entries {asked_of_few:?}", asked.len());
        assert!(many >= long && few >= 20 && least > 0);
        // What a page shows decides whether accounts and actions are read besides.
        assert!(most <= least + 2, "{asked:?}");
        assert!(most <= asked_of_few.iter().max().unwrap() + 1, "{asked:?} {asked_of_few:?}");
    }

    fn a_mark_is_not_told_again_to_whom_its_entry_is_closed(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let marks = format!("/v1/pupils/{}/chronology/marks", app.demo.trusts[0].schools[0].pupils[1]);
        let mark = json!({"kind": "concern_raised", "source_id": case.id, "significant": true, "reason": "The first sign."});
        case.dsl.post_keyed(&marks, "mark", mark.clone()).expect(201);
        case.dsl.post_keyed(&marks, "mark", mark.clone()).expect(201);
        let deputy = case.caller("deputy-dsl");
        let named = json!({"reason": "She was there.", "adult_ids": [holder(&app, 0, 0, "dsl").0]});
        on(&deputy, &deputy, &case.path(), "corrections", named).expect(201);
        assert_eq!(case.dsl.post_keyed(&marks, "mark", mark.clone()).problem(404), "not_found");
        assert_eq!(case.dsl.post_keyed(&marks, "new", mark).broken(), "/source_id");
    }
}
