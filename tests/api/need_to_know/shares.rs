//! Shares with a scope and an end, and each person's own list of them.

use serde_json::{Value, json};
use tutela::clock::Clock;

use super::{at, has_task, raising, told, trust_b, work};
use crate::on_both;
use crate::support::{Client, DemoApp, TestApp};

fn concern(app: &DemoApp, changes: Value) -> String {
    at(app, 0, "staff").post("/v1/concerns", raising(&trust_b(app).schools[0], changes)).id()
}

/// A share with the holder of a role of the first school.
fn sharing(app: &DemoApp, role: &str, scope: &str) -> Value {
    let person = trust_b(app).schools[0].staff[role];
    json!({"person_id": person, "kind": "share", "scope": scope, "reason": "Meets the child every morning."})
}

fn mine(client: &Client) -> Vec<Value> {
    client.get("/v1/me/shares?limit=200").expect(200)["items"].as_array().unwrap().clone()
}

on_both! {
    fn a_share_of_what_was_reported_shows_that_and_no_more(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, liaison) = (at(&app, 0, "dsl"), at(&app, 0, "family-liaison"));
        let protected = json!({"kind": "professional", "name": "Dr Penn", "protect_identity": true});
        let concern = concern(&app, json!({"reporter": protected, "facts": "Zebra crossing."}));
        let path = format!("/v1/concerns/{concern}");
        work(&dsl, &concern, "notes", json!({"text": "Quagga of the team."})).expect(201);
        let triage = json!({"severity": "immediate", "monitor": true, "parent_informed": "yes"});
        work(&dsl, &concern, "triage", triage).expect(201);
        assert_eq!(liaison.get(&path).problem(404), "not_found");
        let made = work(&dsl, &concern, "shares", sharing(&app, "family-liaison", "submission")).expect(201);
        assert_eq!(made["scope"], "submission");
        assert_eq!(told(&liaison, "concern_shared", &concern), 1);
        let shown = liaison.get(&path).expect(200);
        assert_eq!((&shown["view"], &shown["account"]["facts"]), (&json!("submission"), &json!("Zebra crossing.")));
        for hidden in ["state", "severity", "monitor", "updated_at", "scrutiny"] {
            assert!(shown.get(hidden).is_none_or(Value::is_null), "{hidden}");
        }
        assert!(!shown.to_string().contains("Dr Penn") && shown["reporter"].get("raised_by").is_none_or(Value::is_null));
        for part in ["notes", "triages", "accounts", "decisions", "shares", "actions", "support-requests", "links"] {
            assert_eq!(liaison.get(&format!("{path}/{part}")).problem(404), "not_found", "{part}");
        }
        let found = |word: &str| {
            let body = json!({"words": [word], "limit": 50});
            liaison.search("/v1/concerns/searches", body).expect(200).to_string().contains(&concern)
        };
        assert_eq!((found("zebra"), found("quagga"), found("Penn")), (true, false, false));
        let listed = |query: &str| liaison.get(&format!("/v1/concerns?{query}")).expect(200).to_string().contains(&concern);
        assert_eq!((listed("limit=200"), listed("severity=immediate"), listed("open=true")), (true, false, false));
        let explained = liaison.get(&format!("/v1/access/explain?action=concern.read&record_id={concern}")).expect(200);
        assert_eq!(explained["rule"], "named-part");
        let log = dsl.get(&format!("{path}/access-log")).expect(200);
        assert!(log.to_string().contains("named-part"));
        let tag = liaison.get(&path).etag();
        work(&dsl, &concern, "notes", json!({"text": "Another."})).expect(201);
        assert_eq!(liaison.get(&path).etag(), tag);
    }

    fn whoever_is_given_an_action_reads_that_one(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, liaison) = (at(&app, 0, "dsl"), at(&app, 0, "family-liaison"));
        let concern = concern(&app, json!({}));
        work(&dsl, &concern, "shares", sharing(&app, "family-liaison", "submission")).expect(201);
        let act = |owner: &str| {
            let body = json!({"kind": "speak_to_family", "description": "Ring home.", "owner_id": trust_b(&app).schools[0].staff[owner]});
            work(&dsl, &concern, "actions", body).id()
        };
        let (theirs, others) = (act("family-liaison"), act("dsl"));
        let path = format!("/v1/concerns/{concern}/actions");
        let listed = liaison.get(&format!("{path}?count=true")).expect(200);
        assert_eq!((&listed["count"], &listed["items"][0]["id"]), (&json!(1), &json!(theirs)));
        assert_eq!(liaison.get(&format!("{path}/{theirs}")).expect(200)["description"], "Ring home.");
        assert_eq!(liaison.get(&format!("{path}/{others}")).problem(404), "not_found");
        assert_eq!(liaison.get(&format!("{path}/{theirs}/versions")).problem(404), "not_found");
        assert_eq!(dsl.get(&format!("{path}?count=true")).expect(200)["count"], 2);
    }

    fn what_was_put_right_is_shared_as_it_was_put_right(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, liaison) = (at(&app, 0, "dsl"), at(&app, 0, "family-liaison"));
        let school = &trust_b(&app).schools[0];
        let concern = concern(&app, json!({"facts": "Zebra crossing."}));
        let path = format!("/v1/concerns/{concern}");
        let other = json!([{"pupil_id": school.pupils[2], "role": "subject"}]);
        let right = json!({"reason": "Okapi: it was her brother.", "facts": "Quagga.", "pupils": other});
        work(&dsl, &concern, "corrections", right).expect(201);
        let before = dsl.get(&path).expect(200)["reported_at"].as_str().unwrap().to_owned();
        work(&dsl, &concern, "shares", sharing(&app, "family-liaison", "submission")).expect(201);
        let shown = liaison.get(&path).expect(200);
        assert_eq!((&shown["account"]["number"], &shown["account"]["facts"]), (&json!(2), &json!("Quagga.")));
        assert_eq!(shown["account"]["pupils"][0]["pupil_id"], school.pupils[2].to_string());
        assert!(!shown.to_string().contains("Okapi") && !shown.to_string().contains("Zebra"), "{shown}");
        assert_eq!(liaison.get(&format!("{path}?as_of={before}")).problem(404), "not_found");
        let found = |word: &str| {
            let body = json!({"words": [word], "limit": 50});
            liaison.search("/v1/concerns/searches", body).expect(200).to_string().contains(&concern)
        };
        assert_eq!((found("zebra"), found("quagga"), found("okapi")), (false, true, false));
        let of = |pupil: usize| {
            let listed = liaison.get(&format!("/v1/concerns?limit=200&pupil_id={}", school.pupils[pupil]));
            let listed = listed.expect(200);
            let one = listed["items"].as_array().unwrap().iter().find(|item| item["id"] == *concern).cloned();
            one.map(|one| one["pupil_ids"].clone())
        };
        assert_eq!((of(1), of(2)), (None, Some(json!([school.pupils[2]]))));
        // Whoever reported it goes on seeing what they said.
        assert_eq!(at(&app, 0, "staff").get(&path).expect(200)["account"]["facts"], "Zebra crossing.");
    }

    fn whoever_is_given_an_action_says_what_came_of_it(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, liaison, reporter) = (at(&app, 0, "dsl"), at(&app, 0, "family-liaison"), at(&app, 0, "staff"));
        let concern = concern(&app, json!({}));
        work(&dsl, &concern, "shares", sharing(&app, "family-liaison", "submission")).expect(201);
        let day = Clock::System.now().london_date();
        let done = || json!({"done_on": day, "outcome": "Rang, and she comes."});
        for (client, owner) in [(&liaison, "family-liaison"), (&reporter, "staff")] {
            let body = json!({"kind": "speak_to_family", "description": "Ring home.", "owner_id": trust_b(&app).schools[0].staff[owner]});
            let action = work(&dsl, &concern, "actions", body).id();
            let path = format!("/v1/concerns/{concern}/actions/{action}");
            let read = client.get(&path);
            assert!(has_task(client, "concern_action", &action), "{owner}");
            let outcome = format!("{path}/outcome");
            assert_eq!(client.post(&outcome, done()).problem(428), "precondition_required");
            assert_eq!(client.post_on(&outcome, "\"7\"", done()).problem(412), "version_stale");
            assert_eq!(client.post_on(&outcome, "*", done()).problem(412), "version_stale");
            let made = client.post_on(&outcome, &read.etag(), done());
            assert_eq!(made.expect(201)["outcome"], "Rang, and she comes.");
            assert_eq!((made.header("record-etag"), made.header("etag")), ("\"2\"", client.get(&path).header("etag")), "{owner}");
            assert!(!has_task(client, "concern_action", &action), "{owner}");
            assert_eq!(client.post_on(&outcome, &made.etag(), done()).problem(409), "superseded");
            assert_eq!(dsl.get(&path).expect(200)["number"], 2);
        }
        let others = json!({"kind": "observe", "description": "Look."});
        let others = work(&dsl, &concern, "actions", others).id();
        let outcome = format!("/v1/concerns/{concern}/actions/{others}/outcome");
        assert_eq!(liaison.post_on(&outcome, "\"1\"", done()).problem(404), "not_found");
        assert_eq!(work(&dsl, &concern, &format!("actions/{others}/outcome"), done()).expect(201)["number"], 2);
    }

    fn a_share_ends_by_its_time_and_by_hand_and_the_other_one_stays(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, liaison) = (at(&app, 0, "dsl"), at(&app, 0, "family-liaison"));
        let concern = concern(&app, json!({}));
        let path = format!("/v1/concerns/{concern}");
        let view = || {
            let answer = liaison.get(&path);
            if answer.status == 200 { answer.json()["view"].as_str().unwrap().to_owned() } else { answer.status.to_string() }
        };
        let soon = Clock::System.now().plus_seconds(3);
        let mut short = sharing(&app, "family-liaison", "record");
        short["ends_at"] = json!(soon);
        work(&dsl, &concern, "shares", short).expect(201);
        let part = work(&dsl, &concern, "shares", sharing(&app, "family-liaison", "submission")).id();
        assert_eq!(work(&dsl, &concern, "shares", sharing(&app, "family-liaison", "submission")).problem(409), "already_exists");
        assert_eq!((view().as_str(), mine(&liaison).len()), ("full", 2));
        while Clock::System.now() <= soon {
            std::thread::yield_now();
        }
        assert_eq!((view().as_str(), mine(&liaison).len()), ("submission", 1));
        let end = json!({"reason": "Another class now."});
        work(&dsl, &concern, &format!("shares/{part}/revocation"), end).expect(201);
        assert_eq!((view().as_str(), mine(&liaison).len()), ("404", 0));
    }

    fn what_was_reported_alone_is_for_those_who_read_by_name_alone(backend) {
        let app = TestApp::start_demo(backend);
        let dsl = at(&app, 0, "dsl");
        let concern = concern(&app, json!({}));
        let mut other_dsl = sharing(&app, "deputy-dsl", "submission");
        other_dsl["person_id"] = json!(trust_b(&app).schools[1].staff["dsl"]);
        assert_eq!(work(&dsl, &concern, "shares", other_dsl).broken(), "/scope");
        let mut assigned = sharing(&app, "welfare-lap", "submission");
        assigned["kind"] = json!("assignment");
        assert_eq!(work(&dsl, &concern, "shares", assigned).broken(), "/scope");
        assert_eq!(work(&dsl, &concern, "shares", sharing(&app, "governor", "submission")).broken(), "/person_id");
    }

    fn nothing_of_the_restricted_log_is_shared_in_parts(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let dsl = app.as_role_at(0, "dsl");
        let restricted = app.as_role_at(0, "staff").post("/v1/concerns", raising(school, json!({"log": "restricted"}))).id();
        let ordinary = app.as_role_at(0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let share = json!({
            "person_id": school.staff["family-liaison"], "kind": "share", "scope": "submission", "reason": "Visits."
        });
        assert_eq!(work(&dsl, &restricted, "shares", share.clone()).broken(), "/person_id");
        work(&dsl, &ordinary, "shares", share).expect(201);
        let liaison = app.as_role_at(0, "family-liaison");
        liaison.get(&format!("/v1/concerns/{ordinary}")).expect(200);
        work(&dsl, &ordinary, "placements", json!({"log": "restricted", "reason": "Touches a colleague."})).expect(201);
        assert_eq!(liaison.get(&format!("/v1/concerns/{ordinary}")).problem(404), "not_found");
        assert!(mine(&liaison).is_empty());
    }

    fn everybody_lists_what_is_open_to_them_by_name(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[0];
        let (dsl, lap) = (at(&app, 0, "dsl"), at(&app, 0, "welfare-lap"));
        let [first, second] = [1, 2].map(|pupil: usize| {
            concern(&app, json!({"pupils": [{"pupil_id": school.pupils[pupil], "role": "subject"}]}))
        });
        work(&dsl, &first, "shares", sharing(&app, "welfare-lap", "record")).expect(201);
        let mut assigned = sharing(&app, "welfare-lap", "record");
        assigned["kind"] = json!("assignment");
        work(&dsl, &second, "shares", assigned).expect(201);
        let kinds: Vec<Value> = mine(&lap).iter().map(|share| share["kind"].clone()).collect();
        assert_eq!(kinds, ["share", "assignment"]);
        let page = lap.get("/v1/me/shares?kind=assignment&count=true").expect(200);
        assert_eq!((&page["count"], &page["items"][0]["concern_id"]), (&json!(1), &json!(second)));
        let paged = lap.get("/v1/me/shares?limit=1").expect(200);
        let next = paged["next_cursor"].as_str().unwrap();
        let rest = lap.get(&format!("/v1/me/shares?limit=1&cursor={next}")).expect(200);
        assert_eq!((&paged["items"][0]["concern_id"], &rest["items"][0]["concern_id"]), (&json!(first), &json!(second)));
        let conflict = json!({"person_id": school.staff["welfare-lap"], "pupil_id": school.pupils[1], "relationship": "relative"});
        app.as_role("trust-b", "hr").post("/v1/conflicts", conflict).expect(201);
        let left: Vec<Value> = mine(&lap).iter().map(|share| share["concern_id"].clone()).collect();
        assert_eq!(left, [json!(second)]);
        assert!(mine(&at(&app, 0, "staff")).is_empty());
    }
}
