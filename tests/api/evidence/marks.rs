//! Marks: what is taken, in versions, and on whom.

use serde_json::{Value, json};
use tutela::ids::Id;

use super::{add, child, items, mark, put};
use crate::meetings::{Case, as_role, on};
use crate::on_both;
use crate::support::{Client, TestApp};

fn correction(reason: &str) -> Value {
    json!({
        "view": "right", "x": 0.5, "y": 0.25, "size_mm": 28, "shape": "oval", "colour": "yellow", "skin_broken": false,
        "seen_at": "2026-01-15T12:45:00Z", "correction_reason": reason
    })
}

/// The first field at fault.
fn fault(client: &Client, case: &Case<'_>, body: Value) -> String {
    put(client, case, body).invalid()
}

on_both! {
    fn a_mark_is_corrected_and_every_version_is_kept(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let made = put(&case.dsl, &case, mark(child(&case, 1), json!({"seen_by": "Sam Example", "x": 0.123_456})));
        let (id, path) = (made.id(), made.header("location").to_owned());
        assert_eq!((path.as_str(), made.json()["x"].as_f64()), (format!("{}/body-map/{id}", case.path()).as_str(), Some(0.1235)));
        assert_eq!((case.dsl.get(&path).expect(200), case.dsl.get(&path).header("etag")), (made.json(), made.header("etag")));
        let before = case.dsl.get(&case.path()).version();
        let corrected = on(&case.dsl, &case.dsl, &case.path(), &format!("body-map/{id}/corrections"), correction("It is the right arm."));
        assert_eq!((corrected.status, corrected.header("location"), corrected.version()), (201, path.as_str(), before + 1));
        let now = case.dsl.get(&path).expect(200);
        assert_eq!((&now["number"], &now["view"], &now["pupil_id"]), (&json!(2), &json!("right"), &made.json()["pupil_id"]));
        let versions = items(&case.dsl, &format!("{path}/versions"));
        assert_eq!((versions.len(), &versions[0], &versions[1]), (2, &made.json(), &now));
        assert_eq!(items(&case.dsl, &format!("{}/body-map", case.path())), [now]);
        let then = made.json()["recorded_at"].as_str().unwrap().to_owned();
        let then = case.dsl.get(&format!("{}/body-map?as_of={then}", case.path())).expect(200);
        assert_eq!(then["items"][0]["view"], "left");
        let stale = case.dsl.post_on(&format!("{path}/corrections"), "\"1\"", correction("Again."));
        assert_eq!(stale.problem(412), "version_stale");
        assert_eq!(case.dsl.post(&format!("{path}/corrections"), correction("Again.")).problem(428), "precondition_required");
    }

    fn what_is_out_of_its_range_is_refused(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let on_him = |changes| mark(child(&case, 1), changes);
        for (changes, pointer) in [
            (json!({"x": 1.0001}), "/x"), (json!({"x": -0.1}), "/x"), (json!({"y": 2}), "/y"), (json!({"y": "0.5"}), "/y"),
            (json!({"size_mm": 0}), "/size_mm"), (json!({"size_mm": 2001}), "/size_mm"), (json!({"size_mm": 1.5}), "/size_mm"),
            (json!({"view": "inside"}), "/view"), (json!({"shape": "star"}), "/shape"), (json!({"colour": "pink"}), "/colour"),
            (json!({"skin_broken": null}), "/skin_broken"), (json!({"description": ""}), "/description"),
            (json!({"cause": "belt"}), "/cause"),
        ] {
            assert_eq!(fault(&case.dsl, &case, on_him(changes.clone())), pointer, "{changes}");
        }
        for seen_at in ["1989-12-31T12:00:00Z", "2099-01-01T12:00:00Z"] {
            assert_eq!(put(&case.dsl, &case, on_him(json!({"seen_at": seen_at}))).broken(), "/seen_at");
        }
        for edge in [json!({"x": 0, "y": 1}), json!({"x": 1.0, "y": 0.0, "size_mm": 2000})] {
            put(&case.dsl, &case, on_him(edge)).expect(201);
        }
        assert_eq!(items(&case.dsl, &format!("{}/body-map", case.path())).len(), 2);
    }

    fn a_mark_is_on_a_child_whom_the_concern_names(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let without = put(&case.dsl, &case, mark(child(&case, 1), json!({"pupil_id": null})));
        assert_eq!((without.problem(409), without.broken()), ("rule_broken".into(), "/pupil_id".into()));
        let other = put(&case.dsl, &case, mark(child(&case, 2), json!({})));
        let nobody = put(&case.dsl, &case, mark(app.demo.trusts[1].id, json!({})));
        for answer in [&other, &nobody] {
            assert_eq!(answer.json()["errors"], json!([{"pointer": "/pupil_id", "code": "unknown_reference", "detail": "there is no such record"}]));
        }
        let school = &app.demo.trusts[0].schools[0];
        let unnamed = json!({
            "school_id": school.id, "unnamed_pupils": "A boy of year 3.", "place": "playground", "time_slot": "lunch",
            "source": "observation", "reporter": {"kind": "self"}, "summary": "Ran off."
        });
        let unnamed = case.caller("staff").post("/v1/concerns", unnamed).id();
        let path = format!("/v1/concerns/{unnamed}/body-map");
        case.caller("staff").post(&path, mark(child(&case, 1), json!({"pupil_id": null}))).expect(201);
        assert_eq!(case.caller("staff").post(&path, mark(child(&case, 1), json!({}))).broken(), "/pupil_id");
    }

    fn a_child_whom_a_correction_names_has_marks_for_the_team_only(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let both = json!({
            "reason": "His sister was there.",
            "pupils": [{"pupil_id": child(&case, 1), "role": "subject"}, {"pupil_id": child(&case, 2), "role": "sibling"}]
        });
        case.record("corrections", both).expect(201);
        // One that was put on him by mistake is put on her, and stands in her chronology from then on.
        let mistaken = put(&case.dsl, &case, mark(child(&case, 1), json!({"size_mm": 41}))).id();
        let part = format!("body-map/{mistaken}/corrections");
        let with = |of: Id| {
            let mut body = correction("It was his sister.");
            body["pupil_id"] = json!(of);
            on(&case.dsl, &case.dsl, &case.path(), &part, body)
        };
        assert_eq!(with(child(&case, 3)).broken(), "/pupil_id");
        assert_eq!(with(child(&case, 2)).expect(201)["pupil_id"], json!(child(&case, 2)));
        let marks = |of: Id| {
            let events = items(&case.dsl, &format!("/v1/pupils/{of}/chronology"));
            events.iter().filter(|one| one["source_id"] == json!(mistaken)).count()
        };
        assert_eq!((marks(child(&case, 1)), marks(child(&case, 2))), (0, 1));
        let on_her = || mark(child(&case, 2), json!({}));
        assert_eq!(put(&case.caller("staff"), &case, on_her()).broken(), "/pupil_id");
        put(&case.dsl, &case, on_her()).expect(201);
    }

    fn a_repeated_request_makes_one_mark(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let (path, staff) = (format!("{}/body-map", case.path()), case.caller("staff"));
        let first = staff.post_keyed(&path, "once", mark(child(&case, 1), json!({})));
        let again = staff.post_keyed(&path, "once", mark(child(&case, 1), json!({})));
        assert_eq!((again.status, again.json()), (201, first.json()));
        let other = staff.post_keyed(&path, "once", mark(child(&case, 1), json!({"size_mm": 31})));
        assert_eq!(other.problem(422), "idempotency_mismatch");
        assert_eq!(items(&case.dsl, &path).len(), 1);
    }

    fn a_closed_concern_takes_what_its_reporter_saw(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        case.close_safely("dsl").expect(201);
        assert_eq!(put(&case.dsl, &case, mark(child(&case, 2), json!({}))).problem(409), "concern_closed");
        put(&case.caller("staff"), &case, mark(child(&case, 2), json!({}))).expect(201);
        assert_eq!((&case.view()["state"], &case.view()["added_since_closure"]), (&json!("closed"), &json!(true)));
    }

    fn a_chronology_has_the_childs_own_marks_and_files(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let both = json!({
            "reason": "His sister was there.",
            "pupils": [{"pupil_id": child(&case, 1), "role": "subject"}, {"pupil_id": child(&case, 2), "role": "sibling"}]
        });
        case.record("corrections", both).expect(201);
        let seen = json!({"seen_at": "2026-01-15T12:45:00Z"});
        let id = put(&case.dsl, &case, mark(child(&case, 1), seen)).id();
        put(&case.dsl, &case, mark(child(&case, 2), json!({"description": "On her knee."}))).expect(201);
        let file = add(&case.dsl, &case, "A letter.").id();
        let chronology = |pupil: usize, client: &Client| {
            let path = format!("/v1/pupils/{}/chronology", child(&case, pupil));
            let all = items(client, &path).into_iter();
            all.filter(|item| item["kind"] == "body_mark" || item["kind"] == "attachment").collect::<Vec<_>>()
        };
        let his = chronology(1, &case.dsl);
        let found = |kind: &str| his.iter().find(|item| item["kind"] == kind).unwrap().clone();
        assert_eq!(his.len(), 2);
        let (seen, added) = (found("body_mark"), found("attachment"));
        assert_eq!((&seen["source_id"], &seen["happened_on"], &seen["source"]), (&json!(id), &json!("2026-01-15"), &json!("concern_mark")));
        assert_eq!(seen["summary"], "body map, left, 30 mm, oval, purple: Outside of the upper arm.");
        assert_eq!((&added["source_id"], &added["summary"]), (&json!(file), &json!("file: note.txt")));
        assert!(!serde_json::to_string(&his).unwrap().contains("knee"));
        assert_eq!(chronology(2, &case.dsl).len(), 2);
        // The family liaison officer reads the case that is shared with them, and none of its evidence.
        let liaison = crate::meetings::holder(&app, 0, 0, "family-liaison").0;
        case.record("shares", json!({"person_id": liaison, "kind": "assignment", "reason": "Works with them."})).expect(201);
        let liaison = as_role(&app, 0, 0, "family-liaison");
        assert!(items(&liaison, &format!("/v1/pupils/{}/chronology", child(&case, 1))).iter().any(|item| item["kind"] == "concern_raised"));
        assert!(chronology(1, &liaison).is_empty());
    }
}
