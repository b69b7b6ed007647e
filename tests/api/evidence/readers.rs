//! Who may and who may not: by role, by name, by route; never who is linked to the case, and a reporter what they gave.

use serde_json::json;

use super::{add, child, items, mark, put};
use crate::meetings::{Case, as_role, holder, on, told};
use crate::on_both;
use crate::support::{Client, TestApp};

/// What a caller is answered who lists marks and files, reads one of each, downloads, adds both, and corrects.
fn answers(client: &Client, case: &Case<'_>, mark_id: &str, file: &str) -> [u16; 8] {
    let path = case.path();
    let read = |part: String| client.get(&format!("{path}/{part}")).status;
    let correction = json!({
        "view": "right", "x": 0.5, "y": 0.25, "size_mm": 28, "shape": "oval", "colour": "red", "skin_broken": false,
        "seen_at": "2026-01-15T12:45:00Z", "correction_reason": "Seen again."
    });
    [
        read("body-map".to_owned()),
        read(format!("body-map/{mark_id}")),
        read("attachments".to_owned()),
        read(format!("attachments/{file}")),
        read(format!("attachments/{file}/content")),
        put(client, case, mark(child(case, 1), json!({}))).status,
        add(client, case, "More.").status,
        on(&case.dsl, client, &path, &format!("body-map/{mark_id}/corrections"), correction).status,
    ]
}

const ALL: [u16; 8] = [200, 200, 200, 200, 200, 201, 201, 201];
const READS: [u16; 8] = [200, 200, 200, 200, 200, 404, 404, 403];
/// May add to what they raised, and this they did not.
const NOTHING: [u16; 8] = [404, 404, 404, 404, 404, 404, 404, 403];

on_both! {
    fn each_role_may_what_the_matrix_says_and_no_more(backend) {
        let app = TestApp::start_demo(backend);
        for (role, expected) in [
            ("dsl", ALL), ("deputy-dsl", ALL),
            ("headteacher", [200, 200, 200, 200, 200, 404, 404, 404]),
            ("trust-safeguarding-lead", [200, 200, 200, 200, 200, 404, 404, 404]),
            ("welfare-lap", NOTHING), ("family-liaison", NOTHING), ("volunteer", NOTHING), ("governor", NOTHING),
            ("safeguarding-governor", NOTHING), ("mis-admin", NOTHING), ("trustee", NOTHING), ("trust-admin", NOTHING),
            ("hr", [404; 8]), ("ceo", [404; 8]), ("chair-of-governors", [404; 8]),
        ] {
            let case = Case::raised(&app, 0, 0, 1);
            let mark_id = put(&case.dsl, &case, mark(child(&case, 1), json!({}))).id();
            let file = add(&case.dsl, &case, "A letter.").id();
            assert_eq!(answers(&as_role(&app, 0, 0, role), &case, &mark_id, &file), expected, "{role}");
        }
        let case = Case::raised(&app, 0, 0, 1);
        let (mark_id, file) = (put(&case.dsl, &case, mark(child(&case, 1), json!({}))).id(), add(&case.dsl, &case, "A letter.").id());
        for stranger in [as_role(&app, 0, 1, "dsl"), as_role(&app, 1, 0, "dsl")] {
            assert_eq!(answers(&stranger, &case, &mark_id, &file), [404; 8]);
        }
        let auditor = app.bearer(&app.demo.trusts[0].auditor_key);
        assert_eq!(answers(&auditor, &case, &mark_id, &file), [403; 8]);
        // The trust lead of Trust B sees cases where asked, and so their evidence.
        let there = Case::raised(&app, 1, 0, 1);
        let (mark_id, file) = (put(&there.dsl, &there, mark(child(&there, 1), json!({}))).id(), add(&there.dsl, &there, "A letter.").id());
        let lead = as_role(&app, 1, 0, "trust-safeguarding-lead");
        assert_eq!(answers(&lead, &there, &mark_id, &file), [404; 8]);
        let person = holder(&app, 1, 0, "trust-safeguarding-lead").0;
        there.record("shares", json!({"person_id": person, "kind": "share", "reason": "Support is asked for."})).expect(201);
        assert_eq!(answers(&lead, &there, &mark_id, &file), [200, 200, 200, 200, 200, 404, 404, 404]);
    }

    fn who_is_let_in_by_name_reads_as_their_role_allows(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let mark_id = put(&case.dsl, &case, mark(child(&case, 1), json!({}))).id();
        let file = add(&case.dsl, &case, "A letter.").id();
        for (role, expected) in [("welfare-lap", READS), ("family-liaison", NOTHING), ("plan-lead", NOTHING)] {
            let person = holder(&app, 0, 0, role).0;
            let share = json!({"person_id": person, "kind": "assignment", "reason": "Works with him."});
            case.record("shares", share).expect(201);
            let client = as_role(&app, 0, 0, role);
            client.get(&case.path()).expect(200);
            assert_eq!(answers(&client, &case, &mark_id, &file), expected, "{role}");
        }
    }

    fn a_reporter_reads_what_they_gave_and_nothing_that_came_later(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let staff = case.caller("staff");
        let tag = staff.get(&case.path()).etag();
        let waiting = told(&case.dsl, "concern_updated", &case.id);
        let own = put(&staff, &case, mark(child(&case, 1), json!({"description": "A dark patch."})));
        let file = add(&staff, &case, "What he said.");
        assert!(own.header("record-etag").is_empty() && file.header("record-etag").is_empty());
        assert!(told(&case.dsl, "concern_updated", &case.id) > waiting);
        let theirs = put(&case.dsl, &case, mark(child(&case, 1), json!({"description": "Another one."}))).id();
        let letter = add(&case.dsl, &case, "What the family said.").id();
        let correction = json!({
            "view": "back", "x": 0.5, "y": 0.25, "size_mm": 28, "shape": "oval", "colour": "red", "skin_broken": false,
            "seen_at": "2026-01-15T12:45:00Z", "correction_reason": "It is on his back."
        });
        case.record(&format!("body-map/{}/corrections", own.id()), correction).expect(201);
        let path = case.path();
        assert_eq!(items(&staff, &format!("{path}/body-map")), [own.json()]);
        assert_eq!(items(&staff, &format!("{path}/attachments")), [file.json()]);
        assert_eq!(staff.get(own.header("location")).expect(200), own.json());
        assert_eq!(staff.get(&format!("{}/content", file.header("location"))).text, "What he said.");
        for hidden in [
            format!("body-map/{theirs}"), format!("attachments/{letter}"), format!("attachments/{letter}/content"),
            format!("body-map/{}/versions", own.id()), format!("body-map/{theirs}/versions"),
        ] {
            assert_eq!(staff.get(&format!("{path}/{hidden}")).problem(404), "not_found", "{hidden}");
        }
        assert_eq!(staff.get(&path).etag(), tag, "nothing moves for what the team does");
        let shown = items(&case.dsl, &format!("{path}/body-map"));
        assert_eq!(shown.iter().filter(|item| item["by_reporter"] == true).count(), 1);
        assert_eq!(shown.len(), 2);
        // Somebody else of the same school never hears of it.
        let other = as_role(&app, 0, 0, "volunteer");
        assert_eq!(other.get(&format!("{path}/body-map")).problem(404), "not_found");
    }

    fn nobody_who_is_linked_to_the_case_reaches_its_evidence(backend) {
        let app = TestApp::start_demo(backend);
        for role in ["dsl", "staff"] {
            let case = Case::raised(&app, 0, 0, 2);
            let deputy = as_role(&app, 0, 0, "deputy-dsl");
            let case = Case { dsl: deputy, ..case };
            let giver = as_role(&app, 0, 0, "staff");
            let mark_id = put(&giver, &case, mark(child(&case, 2), json!({}))).id();
            let file = add(&giver, &case, "A letter.").id();
            let person = holder(&app, 0, 0, role).0;
            let conflict = json!({"person_id": person, "pupil_id": child(&case, 2), "relationship": "relative"});
            let made = as_role(&app, 0, 0, "hr").post("/v1/conflicts", conflict);
            assert!(matches!(made.status, 201 | 409), "{}", made.text);
            let got = answers(&as_role(&app, 0, 0, role), &case, &mark_id, &file);
            let expected = if role == "dsl" { [404; 8] } else { [404, 404, 404, 404, 404, 404, 404, 403] };
            assert_eq!(got, expected, "{role}");
            let path = format!("{}/body-map/{mark_id}/versions", case.path());
            assert_eq!(as_role(&app, 0, 0, role).get(&path).problem(404), "not_found");
        }
    }

    fn what_hangs_on_a_restricted_concern_is_as_hidden_as_it(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let mark_id = put(&case.dsl, &case, mark(child(&case, 1), json!({}))).id();
        let file = add(&case.dsl, &case, "A letter.").id();
        let lap = as_role(&app, 0, 0, "welfare-lap");
        let person = holder(&app, 0, 0, "welfare-lap").0;
        case.record("shares", json!({"person_id": person, "kind": "assignment", "reason": "Works with him."})).expect(201);
        assert_eq!(answers(&lap, &case, &mark_id, &file), READS);
        case.record("placements", json!({"log": "restricted", "reason": "It touches a colleague."})).expect(201);
        assert_eq!(answers(&lap, &case, &mark_id, &file), NOTHING);
        assert_eq!(answers(&as_role(&app, 0, 0, "deputy-dsl"), &case, &mark_id, &file), ALL);
        let head = answers(&as_role(&app, 0, 0, "headteacher"), &case, &mark_id, &file);
        assert_eq!(head, [200, 200, 200, 200, 200, 404, 404, 404]);
        // Its reporter goes on adding to it and reading what they gave.
        let staff = case.caller("staff");
        put(&staff, &case, mark(child(&case, 1), json!({}))).expect(201);
        assert_eq!(items(&staff, &format!("{}/body-map", case.path())).len(), 1);
    }

    fn a_protected_reporter_is_not_named_by_what_they_gave(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let body = json!({
            "school_id": school.id, "pupils": [{"pupil_id": school.pupils[1], "role": "subject"}], "place": "classroom",
            "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self", "protect_identity": true},
            "summary": "Would not say who."
        });
        let (staff, dsl) = (as_role(&app, 0, 0, "staff"), as_role(&app, 0, 0, "dsl"));
        let id = staff.post("/v1/concerns", body).id();
        let case = Case { app: &app, trust: 0, school: 0, id, dsl };
        let seen = put(&staff, &case, mark(child(&case, 1), json!({"seen_by": "The Reporter"})));
        add(&staff, &case, "What I saw.").expect(201);
        let reporter = holder(&app, 0, 0, "staff").0.to_string();
        for (role, knows) in [("dsl", true), ("headteacher", false)] {
            for part in ["body-map", "attachments"] {
                let shown = as_role(&app, 0, 0, role).get(&format!("{}/{part}", case.path()));
                shown.expect(200);
                assert_eq!(shown.text.contains(&reporter), knows, "{role}: {part}");
            }
        }
        let head = as_role(&app, 0, 0, "headteacher").get(&format!("{}/body-map", case.path()));
        assert!(!head.text.contains("The Reporter"), "{}", head.text);
        // Who corrects it repeats the name.
        let corrected = json!({
            "view": "right", "x": 0.5, "y": 0.25, "size_mm": 28, "shape": "oval", "colour": "yellow", "skin_broken": false,
            "seen_at": "2026-01-15T12:45:00Z", "seen_by": "The Reporter", "correction_reason": "It is the right arm."
        });
        case.record(&format!("body-map/{}/corrections", seen.id()), corrected).expect(201);
        let versions = as_role(&app, 0, 0, "headteacher").get(&format!("{}/versions", seen.header("location")));
        assert!(!versions.text.contains("The Reporter"), "{}", versions.text);
    }

    fn a_system_adds_to_what_it_has_fed_and_reads_none_of_it(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let in_a_month = tutela::clock::Clock::System.now().plus_seconds(30 * 86_400).to_string();
        let key = json!({
            "name": "Feed", "owner": {"kind": "service", "service": "System"}, "role": "integration",
            "scopes": ["concerns-create"], "school_ids": [school.id], "expires_at": in_a_month
        });
        let made = app.as_role("trust-a", "trust-admin").post("/v1/api-keys", key).expect(201);
        let feed = app.bearer(made["key"].as_str().unwrap());
        let body = json!({
            "school_id": school.id, "pupils": [{"pupil_id": school.pupils[1], "role": "subject"}], "place": "online",
            "time_slot": "lesson", "source": "online_monitoring", "reporter": {"kind": "professional"}, "summary": "A search."
        });
        let id = feed.post("/v1/concerns", body).id();
        let case = Case { app: &app, trust: 0, school: 0, id, dsl: as_role(&app, 0, 0, "dsl") };
        let made = add(&feed, &case, "The log of the search.");
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(feed.get(made.header("location")).problem(403), "forbidden");
        assert_eq!(feed.get(&format!("{}/content", made.header("location"))).problem(403), "forbidden");
        assert_eq!(items(&case.dsl, &format!("{}/attachments", case.path())).len(), 1);
        let others = Case::raised(&app, 0, 0, 1);
        assert_eq!(add(&feed, &others, "Not its own.").problem(404), "not_found");
    }
}
