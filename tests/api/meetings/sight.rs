//! Who may know what of a panel.

use serde_json::json;

use super::*;
use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn a_panel_is_for_its_school_and_for_who_attended(backend) {
        let app = TestApp::start_demo(backend);
        let panel = held(&app, 0, 0, &["dsl", "welfare-lap", "trust-safeguarding-lead", "family-liaison"]);
        let path = format!("/v1/panels/{panel}");
        let status = |trust: usize, school: usize, role: &str| as_role(&app, trust, school, role).get(&path).status;
        for role in ["dsl", "deputy-dsl", "headteacher", "welfare-lap", "trust-safeguarding-lead", "family-liaison"] {
            assert_eq!(status(0, 0, role), 200, "{role}");
        }
        for (trust, school, role) in [(0, 1, "dsl"), (0, 1, "headteacher"), (1, 0, "dsl"), (0, 0, "hr")] {
            assert_eq!(status(trust, school, role), 404, "{role}");
        }
        for role in ["staff", "governor", "safeguarding-governor", "ceo", "trustee", "trust-admin"] {
            assert_eq!(status(0, 0, role), 403, "{role}");
        }
        let count = |role: &str| as_role(&app, 0, 0, role).get("/v1/panels?count=true&held=true").expect(200)["count"].clone();
        // With the demo's own.
        assert_eq!(count("welfare-lap"), 2);
    }

    fn an_absence_reason_is_not_for_guests(backend) {
        let app = TestApp::start_demo(backend);
        let panel = called(&app, 0, 0, today());
        let dsl = as_role(&app, 0, 0, "dsl");
        attends(&app, 0, 0, &panel, "family-liaison").expect(201);
        let head = holder(&app, 0, 0, "headteacher").0;
        let absent = json!({"person_id": head, "role": "headteacher", "present": false, "absence_reason": "In hospital."});
        on(&dsl, &dsl, &format!("/v1/panels/{panel}"), "attendance", absent).expect(201);
        let list = |role: &str| as_role(&app, 0, 0, role).get(&format!("/v1/panels/{panel}/attendance")).text;
        assert!(list("dsl").contains("hospital"));
        assert!(!list("family-liaison").contains("hospital"));
    }

    fn what_is_recorded_of_a_restricted_concern_moves_no_tag_of_a_guest(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let restricted = json!({
            "school_id": school.id, "log": "restricted", "pupils": [{"pupil_id": school.pupils[2], "role": "subject"}],
            "place": "classroom", "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "Hers alone."
        });
        let concern = as_role(&app, 0, 0, "staff").post("/v1/concerns", restricted).id();
        let panel = held(&app, 0, 0, &["dsl", "family-liaison"]);
        let (path, dsl) = (format!("/v1/panels/{panel}"), as_role(&app, 0, 0, "dsl"));
        let guest = || {
            let shown = as_role(&app, 0, 0, "family-liaison").get(&path);
            (shown.expect(200), shown.etag())
        };
        let before = guest();
        let minuted = on(&dsl, &dsl, &path, "minutes", json!({"concern_id": concern, "text": "Spoke of her."}));
        minuted.expect(201);
        let corrected = json!({"text": "Spoke with her.", "reason": "A slip."});
        on(&dsl, &dsl, &path, &format!("minutes/{}/corrections", minuted.id()), corrected).expect(201);
        let body = json!({
            "kind": "concern", "concern_id": concern, "text": "Ring home.", "owner_id": holder(&app, 0, 0, "deputy-dsl").0,
            "due_on": today().plus_days(7)
        });
        let decided = on(&dsl, &dsl, &path, "decisions", body);
        decided.expect(201);
        let outcome = json!({"done_on": today(), "outcome": "Rang."});
        on(&dsl, &dsl, decided.header("location"), "outcome", outcome).expect(201);
        assert_eq!(guest(), before);
        on(&dsl, &dsl, &path, "minutes", json!({"text": "Lunch is quieter."})).expect(201);
        assert_ne!(guest(), before);
    }

    fn minutes_stand_sealed(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        let path = format!("/v1/panels/{panel}");
        for concern in [None, Some(case.id.clone())] {
            let body = json!({"concern_id": concern, "text": "zqminutes zqminutes"});
            on(&case.dsl, &case.dsl, &path, "minutes", body).expect(201);
        }
        case.agree(&panel, &VOTERS);
        let body = json!({"panel_id": panel, "outcome": "zqoutcome", "closure_rationale": "zqrationale"});
        case.record("closure", body).expect(201);
        case.record("reopening", json!({"reason": "zqreason"})).expect(201);
        if let tutela::db::Target::Sqlite(file) = &app.database.target {
            let mut bytes = std::fs::read(file).unwrap();
            bytes.extend(std::fs::read(format!("{}-wal", file.display())).unwrap());
            for word in ["zqminutes", "zqoutcome", "zqrationale", "zqreason"] {
                assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
            }
        }
    }

    fn a_replayed_request_is_carried_out_once(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 0, 0, 1);
        let panel = held(&app, 0, 0, &VOTERS);
        let seen: i64 = case.dsl.get(&case.path()).version();
        let body = json!({"concern_id": case.id, "concern_version": seen, "answer": "agree", "comment": "So."});
        let path = format!("/v1/panels/{panel}/agreements");
        let first = case.dsl.post_keyed(&path, "answer-1", body.clone());
        let second = case.dsl.post_keyed(&path, "answer-1", body);
        assert_eq!(first.expect(201), second.expect(201));
        let school = app.demo.trusts[0].schools[0].id;
        let call = json!({"school_id": school, "meets_on": today().plus_days(7)});
        let first = case.dsl.post_keyed("/v1/panels", "call-1", call.clone());
        assert_eq!(first.id(), case.dsl.post_keyed("/v1/panels", "call-1", call).id());
    }
}
