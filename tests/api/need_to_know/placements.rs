//! A concern is put where it belongs: who reads it there is told, who does not finds nothing, its reporter notices
//! nothing.

use diesel::prelude::*;
use serde_json::{Value, json};
use tutela::db::schema::events;

use super::{at, dismiss, has_task, raising, told, trust_b, work};
use crate::meetings::{Case, VOTERS, as_role, held, tasks};
use crate::on_both;
use crate::support::{Answer, Client, DemoApp, TestApp};

const NOBODY: &str = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";

/// Moves a concern, as somebody who has read it.
fn place(client: &Client, concern: &str, changes: Value) -> Answer {
    let mut body = json!({"reason": "It touches a colleague."});
    body.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    work(client, concern, "placements", body)
}

fn restricted(client: &Client, concern: &str) -> Answer {
    place(client, concern, json!({"log": "restricted"}))
}

/// That a concern and all that hangs on it are for a caller what there is not.
#[track_caller]
fn is_absent(client: &Client, concern: &str) {
    let plain = |answer: &Answer| {
        let mut body = answer.json();
        for field in ["request_id", "instance"] {
            body.as_object_mut().unwrap().remove(field);
        }
        (answer.status, body, answer.etag())
    };
    for part in ["", "/accounts", "/notes", "/shares", "/placements", "/access-log"] {
        let [found, absent] = [concern, NOBODY].map(|id| client.get(&format!("/v1/concerns/{id}{part}")));
        assert!(matches!(found.status, 403 | 404), "{part}: {}", found.text);
        assert_eq!(plain(&found), plain(&absent), "{part}");
    }
    for part in ["notes", "placements"] {
        let body = json!({"text": "No.", "log": "restricted", "reason": "No."});
        let post = |id: &str| client.post_on(&format!("/v1/concerns/{id}/{part}"), "\"1\"", body.clone());
        assert_eq!(plain(&post(concern)), plain(&post(NOBODY)), "{part}");
    }
    let found = client.search("/v1/concerns/searches", json!({"words": ["quiet"], "limit": 200}));
    assert!(!found.text.contains(concern));
    assert!(!client.get("/v1/concerns?limit=200").text.contains(concern));
}

/// What a caller is shown of a concern, in every way that could give away that something was done with it.
fn seen_of(client: &Client, concern: &str) -> Vec<(u16, String, String)> {
    let paths = [
        format!("/v1/concerns/{concern}"),
        "/v1/concerns?count=true&log=safeguarding".to_owned(),
        "/v1/concerns?count=true&log=restricted".to_owned(),
        "/v1/concerns?count=true&limit=200".to_owned(),
        "/v1/me/notifications?count=true".to_owned(),
        "/v1/me/tasks?count=true".to_owned(),
    ];
    paths.iter().map(|path| client.get(path)).map(|seen| (seen.status, seen.etag(), seen.text)).collect()
}

fn count(client: &Client, filter: &str) -> i64 {
    client.get(&format!("/v1/concerns?count=true&{filter}")).expect(200)["count"].as_i64().unwrap()
}

/// The kinds of the events about a concern, with their schools.
fn happened(app: &DemoApp, concern: &str) -> Vec<(String, Option<tutela::ids::Id>)> {
    let (trust, concern) = (app.demo.trusts[0].id, tutela::ids::Id::parse(concern).unwrap());
    let load = move |conn: &mut tutela::db::Conn| {
        let theirs = events::table.filter(events::trust_id.eq(trust)).filter(events::record_id.eq(concern));
        Ok(theirs.order(events::id).select((events::kind, events::school_id)).load(conn)?)
    };
    app.services.db.read_now(Some(trust), load).unwrap()
}

/// A pupil of the first school of Trust A who has left it for the second.
fn moved_pupil(app: &DemoApp) -> tutela::ids::Id {
    let (schools, pupil) = (&app.demo.trusts[0].schools, app.demo.trusts[0].schools[0].pupils[1]);
    let dsl = app.as_role_at(0, "dsl");
    let known = dsl.get(&format!("/v1/pupils/{pupil}")).expect(200);
    let one = dsl.get(&format!("/v1/pupils/{pupil}/enrolments")).expect(200)["items"][0]["id"].clone();
    let one = format!("/v1/pupils/{pupil}/enrolments/{}", one.as_str().unwrap());
    dsl.patch(&one, &dsl.get(&one).etag(), json!({"ends_on": "2025-07-18"})).expect(200);
    let new = json!({
        "upn": known["upn"], "given_name": known["given_name"], "family_name": known["family_name"],
        "birth_date": known["birth_date"], "enrolment": {"school_id": schools[1].id, "starts_on": "2025-09-01"}
    });
    assert_eq!(app.as_role_at(1, "dsl").post("/v1/pupils", new).id(), pupil.to_string());
    pupil
}

on_both! {
    fn what_is_put_into_the_restricted_log_is_gone_for_who_does_not_read_it(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let roles = ["dsl", "deputy-dsl", "staff", "welfare-lap"];
        let [dsl, deputy, staff, lap] = roles.map(|role| app.as_role_at(0, role));
        let lead = app.as_role("trust-a", "trust-safeguarding-lead");
        let concern = staff.post("/v1/concerns", raising(school, json!({}))).id();
        let share = json!({"person_id": school.staff["welfare-lap"], "kind": "share", "reason": "Watches."});
        work(&dsl, &concern, "shares", share).expect(201);
        lap.get(&format!("/v1/concerns/{concern}")).expect(200);
        let (of_lap, of_staff) = (count(&lap, ""), seen_of(&staff, &concern));
        let there = count(&deputy, "log=restricted");
        let of_others = lead.get("/v1/me/notifications?count=true").text;
        let placed = restricted(&dsl, &concern);
        assert_eq!(placed.expect(201)["log"], "restricted");
        assert_eq!((placed.header("location"), placed.etag()), (format!("/v1/concerns/{concern}").as_str(), dsl.get(&format!("/v1/concerns/{concern}")).etag()));
        work(&dsl, &concern, "notes", json!({"text": "Quiet still."})).expect(201);
        is_absent(&lap, &concern);
        assert_eq!(count(&lap, ""), of_lap - 1);
        assert_eq!(seen_of(&staff, &concern), of_staff);
        assert_eq!(lead.get("/v1/me/notifications?count=true").text, of_others);
        assert_eq!((told(&deputy, "concern_moved", &concern), told(&dsl, "concern_moved", &concern)), (1, 0));
        assert_eq!((count(&deputy, "log=restricted"), count(&staff, "log=restricted")), (there + 1, 0));
    }

    fn only_who_works_in_the_restricted_log_moves_into_it_and_out(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let (dsl, head) = (app.as_role_at(0, "dsl"), app.as_role_at(0, "headteacher"));
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        assert_eq!(restricted(&head, &concern).problem(404), "not_found");
        for role in ["staff", "welfare-lap"] {
            assert_eq!(restricted(&app.as_role_at(0, role), &concern).problem(403), "forbidden", "{role}");
        }
        let path = format!("/v1/concerns/{concern}");
        let tag = dsl.get(&path).etag();
        let body = json!({"log": "restricted", "reason": "So."});
        dsl.post_on(&format!("{path}/placements"), &tag, body.clone()).expect(201);
        assert_eq!(dsl.post_on(&format!("{path}/placements"), &tag, body.clone()).problem(412), "version_stale");
        assert_eq!(dsl.post(&format!("{path}/placements"), body).problem(428), "precondition_required");
        assert_eq!(restricted(&dsl, &concern).problem(409), "state_conflict");
        assert_eq!(head.get(&path).expect(200)["log"], "restricted");
        assert_eq!(place(&head, &concern, json!({"log": "safeguarding"})).problem(404), "not_found");
        place(&app.as_role("trust-a", "trust-safeguarding-lead"), &concern, json!({"log": "safeguarding"})).expect(201);
        assert_eq!(work(&dsl, &concern, "placements", json!({"reason": "So."})).problem(409), "rule_broken");
    }

    fn a_trust_without_a_restricted_log_refuses_it(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[1];
        let concern = at(&app, 1, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let refused = restricted(&at(&app, 1, "dsl"), &concern);
        assert_eq!((refused.problem(409), &refused.json()["errors"][0]["pointer"]), ("rule_broken".into(), &json!("/log")));
    }

    fn what_came_out_of_the_restricted_log_does_not_tell_that_it_was_there(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let [dsl, lap] = ["dsl", "welfare-lap"].map(|role| app.as_role_at(0, role));
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let share = json!({"person_id": school.staff["welfare-lap"], "kind": "share", "reason": "Watches."});
        work(&dsl, &concern, "shares", share).expect(201);
        let then = restricted(&dsl, &concern).expect(201)["updated_at"].as_str().unwrap().to_owned();
        place(&dsl, &concern, json!({"log": "safeguarding"})).expect(201);
        let path = format!("/v1/concerns/{concern}");
        let placements = |client: &Client| client.get(&format!("{path}/placements?count=true")).expect(200);
        let log = |client: &Client| client.get(&format!("{path}?as_of={then}")).expect(200)["log"].clone();
        assert_eq!((log(&dsl), log(&lap)), (json!("restricted"), json!("safeguarding")));
        let all = placements(&dsl);
        assert_eq!((all["count"].as_i64(), &all["items"][0]["log_after"], &all["items"][1]["log_after"]), (Some(2), &json!("restricted"), &json!("safeguarding")));
        assert_eq!((&all["items"][0]["reason"], &all["items"][0]["placed_by"]), (&json!("It touches a colleague."), &json!(school.staff["dsl"])));
        let page = dsl.get(&format!("{path}/placements?limit=1")).expect(200);
        let next = format!("{path}/placements?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
        assert_eq!(dsl.get(&next).expect(200)["items"][0], all["items"][1]);
        assert_eq!((placements(&lap)["count"].as_i64(), placements(&lap)["items"].as_array().unwrap().len()), (Some(0), 0));
        let found = |client: &Client| {
            let words = json!({"words": ["touches a colleague"], "limit": 20});
            client.search("/v1/concerns/searches", words).expect(200)["items"].as_array().unwrap().len()
        };
        assert_eq!(found(&lap), 0);
    }

    fn a_concern_is_moved_to_the_school_where_the_child_is(backend) {
        let app = TestApp::start_demo(backend);
        let schools = &app.demo.trusts[0].schools;
        let [dsl, deputy, staff] = ["dsl", "deputy-dsl", "staff"].map(|role| app.as_role_at(0, role));
        let theirs = app.as_role_at(1, "dsl");
        let pupil = moved_pupil(&app);
        let about = json!({"pupils": [{"pupil_id": pupil, "role": "subject"}], "summary": "Quiet on the bus."});
        let concern = staff.post("/v1/concerns", raising(&schools[0], about)).id();
        let (of_dsl, of_staff) = (count(&dsl, ""), seen_of(&staff, &concern));
        is_absent(&theirs, &concern);
        let path = format!("/v1/concerns/{concern}");
        let tag = dsl.get(&path).etag();
        let body = json!({"school_id": schools[1].id, "reason": "She is at the other school."}).to_string();
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "\"move-1\""), ("If-Match", tag.as_str())];
        let send = || dsl.send("POST", &format!("{path}/placements"), &headers, Some(body.as_bytes()));
        let (placed, again) = (send(), send());
        assert_eq!((&placed.expect(201)["view"], &placed.json()["school_id"]), (&json!("metadata"), &json!(schools[1].id)));
        assert_eq!((placed.text, placed.headers["etag"].clone()), (again.text, again.headers["etag"].clone()));
        is_absent(&dsl, &concern);
        is_absent(&deputy, &concern);
        assert_eq!(count(&dsl, ""), of_dsl - 1);
        assert_eq!(seen_of(&staff, &concern), of_staff);
        let counted = |client: &Client, school: usize| count(client, &format!("school_id={}", schools[school].id));
        assert_eq!((counted(&staff, 0), counted(&staff, 1)), (counted(&staff, 0), 0));
        assert_eq!(staff.get(&path).expect(200)["school_id"], schools[0].id.to_string());
        assert_eq!((told(&theirs, "concern_moved", &concern), told(&deputy, "concern_moved", &concern)), (1, 0));
        assert!(has_task(&theirs, "concern_untriaged", &concern) && !has_task(&deputy, "concern_untriaged", &concern));
        assert_eq!(theirs.get(&path).expect(200)["school_id"], schools[1].id.to_string());
        let placements = theirs.get(&format!("{path}/placements")).expect(200);
        assert_eq!(placements["items"][0]["school_before"], schools[0].id.to_string());
        assert_eq!(theirs.get(&format!("{path}?as_of={}", theirs.get(&path).expect(200)["reported_at"].as_str().unwrap())).expect(200)["school_id"], schools[0].id.to_string());
        work(&theirs, &concern, "notes", json!({"text": "Met her."})).expect(201);
        assert_eq!(seen_of(&staff, &concern), of_staff);
    }

    fn a_move_stands_in_audit_and_events_of_both_schools(backend) {
        let app = TestApp::start_demo(backend);
        let schools = &app.demo.trusts[0].schools;
        let (dsl, theirs) = (app.as_role_at(0, "dsl"), app.as_role_at(1, "dsl"));
        let children = json!({"pupils": [], "unnamed_pupils": "Two girls at the gate."});
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", raising(&schools[0], children)).id();
        place(&dsl, &concern, json!({"school_id": schools[1].id, "log": "restricted"})).expect(201);
        let rules = |client: &Client| -> Vec<String> {
            let found = client.get(&format!("/v1/audit/entries?action=concern.place&record_id={concern}")).expect(200);
            found["items"].as_array().unwrap().iter().map(|entry| entry["rule"].as_str().unwrap().to_owned()).collect()
        };
        let deputy = app.as_role_at(0, "deputy-dsl");
        assert_eq!((rules(&deputy), rules(&theirs)), (vec!["concern.moved-away".to_owned()], vec!["concern.placed".to_owned()]));
        let kinds = happened(&app, &concern);
        assert!(kinds.contains(&("concern.placed".to_owned(), Some(schools[1].id))), "{kinds:?}");
        assert!(kinds.contains(&("concern.moved-away".to_owned(), Some(schools[0].id))), "{kinds:?}");
        let reads = app.as_role_at(0, "staff");
        reads.get(&format!("/v1/concerns/{concern}")).expect(200);
        let own = reads.get(&format!("/v1/audit/entries?action=concern.read&record_id={concern}")).expect(200);
        assert_eq!((&own["items"][0]["rule"], &own["items"][0]["school_id"]), (&json!("reporter"), &json!(null)));
        let seen = theirs.get(&format!("/v1/audit/entries?action=concern.read&record_id={concern}")).expect(200);
        assert_eq!(seen["items"][0]["school_id"], schools[1].id.to_string());
    }

    fn a_school_that_does_not_know_the_child_does_not_get_the_case(backend) {
        let app = TestApp::start_demo(backend);
        let (a, b) = (&app.demo.trusts[0].schools, &trust_b(&app).schools);
        let dsl = app.as_role_at(0, "dsl");
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", raising(&a[0], json!({}))).id();
        let refused = |school: String| {
            let answer = place(&dsl, &concern, json!({"school_id": school}));
            let error = &answer.json()["errors"][0];
            (answer.problem(409), error["pointer"].clone(), error["code"].clone(), error["detail"].clone())
        };
        let nowhere = refused(NOBODY.to_owned());
        assert_eq!((nowhere.0.as_str(), &nowhere.1, &nowhere.2), ("rule_broken", &json!("/school_id"), &json!("unknown_reference")));
        assert_eq!([refused(a[1].id.to_string()), refused(b[0].id.to_string())], [nowhere.clone(), nowhere]);
        dsl.get(&format!("/v1/concerns/{concern}")).expect(200);
    }

    fn somebody_is_left_who_reads_it_or_it_stays(backend) {
        let app = TestApp::start_demo(backend);
        let schools = &trust_b(&app).schools;
        let dsl = at(&app, 0, "dsl");
        let children = json!({"pupils": [], "unnamed_pupils": "Two girls at the gate."});
        let concern = at(&app, 0, "staff").post("/v1/concerns", raising(&schools[0], children)).id();
        for role in ["dsl", "headteacher"] {
            dismiss(&app, schools[1].staff[role], role);
        }
        let path = format!("/v1/concerns/{concern}");
        let before = dsl.get(&path);
        assert_eq!(place(&dsl, &concern, json!({"school_id": schools[1].id})).problem(409), "state_conflict");
        assert_eq!((dsl.get(&path).text, dsl.get(&path).etag()), (before.text.clone(), before.etag()));
        place(&dsl, &concern, json!({"school_id": schools[2].id})).expect(201);
        assert_eq!(at(&app, 2, "dsl").get(&path).expect(200)["view"], "full");
    }

    fn where_the_lead_there_is_linked_the_head_is_let_in(backend) {
        let app = TestApp::start_demo(backend);
        let schools = &trust_b(&app).schools;
        let changes = json!({"pupils": [], "unnamed_pupils": "A girl.", "adult_ids": [schools[1].staff["dsl"]]});
        let concern = at(&app, 0, "staff").post("/v1/concerns", raising(&schools[0], changes)).id();
        place(&at(&app, 0, "dsl"), &concern, json!({"school_id": schools[1].id})).expect(201);
        is_absent(&at(&app, 1, "dsl"), &concern);
        let head = at(&app, 1, "headteacher");
        assert_eq!(told(&head, "concern_raised", &concern), 1);
        assert_eq!(head.get(&format!("/v1/concerns/{concern}")).expect(200)["view"], "full");
        assert_eq!(told(&at(&app, 1, "dsl"), "concern_moved", &concern), 0);
    }

    fn who_was_let_in_for_want_of_others_reads_no_more_where_there_are_others(backend) {
        let app = TestApp::start_demo(backend);
        let schools = &trust_b(&app).schools;
        let team = json!([schools[0].staff["dsl"], schools[0].staff["deputy-dsl"]]);
        let changes = json!({"pupils": [], "unnamed_pupils": "A girl.", "adult_ids": team});
        let concern = at(&app, 0, "staff").post("/v1/concerns", raising(&schools[0], changes)).id();
        let head = at(&app, 0, "headteacher");
        assert_eq!(told(&head, "concern_raised", &concern), 1);
        let placed = place(&head, &concern, json!({"school_id": schools[1].id}));
        assert_eq!(placed.expect(201)["view"], "metadata");
        is_absent(&head, &concern);
        let theirs = at(&app, 1, "dsl");
        assert_eq!((told(&theirs, "concern_moved", &concern), told(&theirs, "concern_raised", &concern)), (1, 0));
        let shares = theirs.get(&format!("/v1/concerns/{concern}/shares")).expect(200);
        assert!(shares["items"].as_array().unwrap().iter().all(|share| share["ended_at"].is_string()), "{shares}");
    }

    fn a_panel_is_not_asked_on_what_was_moved_away(backend) {
        let app = TestApp::start_demo(backend);
        let schools = &app.demo.trusts[0].schools;
        let children = json!({"pupils": [], "unnamed_pupils": "Two girls at the gate."});
        let id = app.as_role_at(0, "staff").post("/v1/concerns", raising(&schools[0], children)).id();
        let case = Case { app: &app, trust: 0, school: 0, id, dsl: app.as_role_at(0, "dsl") };
        case.act(false).expect(201);
        let panel = held(&app, 0, 0, &VOTERS);
        case.answer(&panel, "dsl", "agree").expect(201);
        let lap = as_role(&app, 0, 0, "welfare-lap");
        case.answer(&panel, "welfare-lap", "agree").expect(201);
        let seen = |client: &Client, part: &str| client.get(&format!("/v1/panels/{panel}/{part}")).text.contains(&case.id);
        assert!(seen(&lap, "agenda") && seen(&lap, "agreements"));
        assert!(tasks(&case.caller("headteacher"), &case.id).contains(&"panel_agreement".to_owned()));
        place(&case.dsl, &case.id, json!({"school_id": schools[1].id})).expect(201);
        for role in ["welfare-lap", "dsl", "headteacher"] {
            let caller = case.caller(role);
            assert!(!seen(&caller, "agenda") && !seen(&caller, "agreements"), "{role}");
            assert!(tasks(&caller, &case.id).is_empty(), "{role}");
            let body = json!({"concern_id": case.id, "concern_version": 1, "answer": "agree"});
            let refused = caller.post(&format!("/v1/panels/{panel}/agreements"), body.clone());
            let mut other = body;
            other["concern_id"] = json!(NOBODY);
            let absent = caller.post(&format!("/v1/panels/{panel}/agreements"), other);
            assert_eq!((refused.problem(409), &refused.json()["errors"]), (absent.problem(409), &absent.json()["errors"]), "{role}");
        }
    }
}
