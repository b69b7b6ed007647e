//! A word is found wherever the caller may read it, and nowhere else.

use serde_json::{Value, json};

use crate::meetings::{Case, VOTERS, as_role, attends, called, hold, on, today};
use crate::on_both;
use crate::support::{Client, DemoApp, TestApp};

/// The concerns that a word finds, page by page.
fn finds(client: &Client, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let mut body = json!({"words": [word], "limit": 200});
        if cursor.is_string() {
            body["cursor"] = cursor;
        }
        let page = client.search("/v1/concerns/searches", body).expect(200);
        assert!(page.get("count").is_none());
        let ids =
            page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
        found.extend(ids);
        cursor = page["next_cursor"].clone();
        if !cursor.is_string() {
            return found;
        }
    }
}

/// What the reporter wrote.
const SUBMITTED: [&str; 2] = ["his coat", "zqaddendum"];
/// What whoever reads the whole case reads in it alone.
const WORK: [&str; 18] = [
    "zqtriage",
    "zqnote",
    "zqnewnote",
    "zqmisnoted",
    "zqaction",
    "zqoutcome",
    "zqdecision",
    "zqbecause",
    "zqshare",
    "zqunshare",
    "zqopinion",
    "zqcorrection",
    "zqstamp",
    "zqclosure",
    "zqrationale",
    "zqreopening",
    "zqplacement",
    "zqoutof",
];
/// What stands with another concern too.
const LINKS: [&str; 2] = ["zqlink", "zqunlink"];
/// What panels wrote.
const PANEL: [&str; 3] = ["zqminutes", "zqpanel", "zqanswer"];

/// A case with a word in every text, and the one to which it was linked.
fn planted(app: &DemoApp) -> (Case<'_>, Case<'_>) {
    let (case, other) = (Case::raised(app, 0, 0, 1), Case::raised(app, 0, 0, 2));
    let staff = &app.demo.trusts[0].schools[0].staff;
    let path = format!("{}/addenda", case.path());
    case.caller("staff").post(&path, json!({"text": "zqaddendum"})).expect(201);
    let made =
        |part: &str, body: Value| case.record(part, body).expect(201)["id"].as_str().unwrap().to_owned();
    made(
        "triage",
        json!({"severity": "same_day", "parent_informed": "not_safe", "parent_informed_reason": "zqtriage"}),
    );
    let note = made("notes", json!({"text": "zqnote"}));
    made(&format!("notes/{note}/corrections"), json!({"text": "zqnewnote", "reason": "zqmisnoted"}));
    let action = made("actions", json!({"kind": "observe", "description": "zqaction"}));
    made(&format!("actions/{action}/outcome"), json!({"done_on": "2025-01-15", "outcome": "zqoutcome"}));
    let decided = "2025-01-15T15:00:00Z";
    made(
        "decisions",
        json!({"kind": "decision", "decision": "zqdecision", "reason": "zqbecause", "decided_at": decided}),
    );
    made("corrections", json!({"opinion": "zqopinion", "reason": "zqcorrection"}));
    let share =
        made("shares", json!({"person_id": staff["family-liaison"], "kind": "share", "reason": "zqshare"}));
    made(&format!("shares/{share}/revocation"), json!({"reason": "zqunshare"}));
    made("shares", json!({"person_id": staff["plan-lead"], "kind": "share", "reason": "zqshare"}));
    let link = made("links", json!({"concern_id": other.id, "reason": "zqlink"}));
    made(&format!("links/{link}/withdrawal"), json!({"reason": "zqunlink"}));
    made("placements", json!({"log": "restricted", "reason": "zqplacement"}));
    made("placements", json!({"log": "safeguarding", "reason": "zqoutof"}));
    made("scrutiny", json!({"as": "team", "comment": "zqstamp"}));
    case.stamp("trust-safeguarding-lead", "trust_lead").expect(201);
    in_panel(app, &case);
    (case, other)
}

/// The case is closed in a panel, and opened again.
fn in_panel(app: &DemoApp, case: &Case<'_>) {
    let panel = called(app, 0, 0, today());
    for role in VOTERS {
        attends(app, 0, 0, &panel, role).expect(201);
    }
    hold(app, 0, 0, &panel).expect(201);
    let path = format!("/v1/panels/{panel}");
    on(&case.dsl, &case.dsl, &path, "minutes", json!({"concern_id": case.id, "text": "zqminutes"}))
        .expect(201);
    let owner = app.demo.trusts[0].schools[0].staff["deputy-dsl"];
    let decision = json!({"kind": "concern", "concern_id": case.id, "text": "zqpanel", "owner_id": owner, "due_on": today()});
    on(&case.dsl, &case.dsl, &path, "decisions", decision).expect(201);
    let seen: i64 = case.dsl.get(&case.path()).version();
    let answer =
        json!({"concern_id": case.id, "concern_version": seen, "answer": "agree", "comment": "zqanswer"});
    case.dsl.post(&format!("{path}/agreements"), answer).expect(201);
    case.agree(&panel, &VOTERS[1..]);
    let closure = json!({"panel_id": panel, "outcome": "zqclosure", "closure_rationale": "zqrationale"});
    case.record("closure", closure).expect(201);
    case.record("reopening", json!({"reason": "zqreopening"})).expect(201);
}

on_both! {
    fn a_word_finds_what_the_caller_may_read_and_nothing_else(backend) {
        let app = TestApp::start_demo(backend);
        let (case, other) = planted(&app);
        let check = |caller: &Client, words: &[&str], may: bool| {
            for word in words {
                let found = finds(caller, word);
                assert_eq!(found.contains(&case.id), may, "{word}");
                assert!(LINKS.contains(word) || *word == "his coat" || found.len() <= 1, "{word}: {found:?}");
            }
        };
        for role in ["dsl", "deputy-dsl", "headteacher", "trust-safeguarding-lead"] {
            let caller = as_role(&app, 0, 0, role);
            [&SUBMITTED[..], &WORK, &LINKS, &PANEL].into_iter().for_each(|words| check(&caller, words, true));
            assert_eq!(finds(&caller, "zqlink").len(), 2, "both ends show the link");
            assert!(finds(&caller, "zqunlink").contains(&other.id));
        }
        let reporter = case.caller("staff");
        check(&reporter, &SUBMITTED, true);
        [&WORK[..], &LINKS, &PANEL].into_iter().for_each(|words| check(&reporter, words, false));
        // One with whom the case was shared: nothing of the other case, of panels, or of the restricted log.
        let named = as_role(&app, 0, 0, "plan-lead");
        let (work, log) = WORK.split_at(WORK.len() - 2);
        [&SUBMITTED[..], work].into_iter().for_each(|words| check(&named, words, true));
        [log, &LINKS, &PANEL].into_iter().for_each(|words| check(&named, words, false));
        for (trust, school, role) in [(0, 1, "dsl"), (0, 0, "family-liaison"), (1, 0, "dsl")] {
            let caller = as_role(&app, trust, school, role);
            [&WORK[..], &LINKS, &PANEL, &["zqaddendum"]].into_iter().for_each(|words| check(&caller, words, false));
        }
    }

    fn a_word_of_a_restricted_or_conflicted_case_is_not_found(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let case = Case::raised(&app, 0, 0, 1);
        case.record("notes", json!({"text": "zqnote"})).expect(201);
        let share = json!({"person_id": school.staff["plan-lead"], "kind": "share", "reason": "zqshare"});
        case.record("shares", share).expect(201);
        let named = as_role(&app, 0, 0, "plan-lead");
        assert_eq!(finds(&named, "zqnote"), std::slice::from_ref(&case.id));
        case.record("placements", json!({"log": "restricted", "reason": "zqplacement"})).expect(201);
        for word in ["zqnote", "zqshare", "zqplacement", "his coat"] {
            assert!(finds(&named, word).is_empty(), "{word}");
        }
        assert_eq!(finds(&case.caller("staff"), "his coat"), std::slice::from_ref(&case.id));
        assert!(finds(&case.caller("staff"), "zqnote").is_empty());
        let deputy = case.caller("deputy-dsl");
        assert_eq!(finds(&deputy, "zqnote"), std::slice::from_ref(&case.id));
        let conflict = json!({"person_id": school.staff["deputy-dsl"], "pupil_id": school.pupils[1], "relationship": "relative"});
        as_role(&app, 0, 0, "hr").post("/v1/conflicts", conflict).expect(201);
        for word in ["zqnote", "zqshare", "zqplacement", "his coat"] {
            assert!(finds(&deputy, word).is_empty(), "{word}");
        }
    }

    fn a_protected_reporter_is_not_found_by_name(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let changes = json!({"reporter": {"kind": "parent", "protect_identity": true, "name": "Zqname"}});
        let id = app.as_role_at(0, "staff").post("/v1/concerns", crate::need_to_know::raising(school, changes)).id();
        let dsl = app.as_role_at(0, "dsl");
        let share = json!({"person_id": school.staff["plan-lead"], "kind": "share", "reason": "Advice."});
        crate::need_to_know::work(&dsl, &id, "shares", share).expect(201);
        assert_eq!(finds(&dsl, "zqname"), std::slice::from_ref(&id));
        assert!(finds(&as_role(&app, 0, 0, "plan-lead"), "zqname").is_empty());
        assert_eq!(finds(&as_role(&app, 0, 0, "plan-lead"), "quiet all"), [id]);
    }
}
