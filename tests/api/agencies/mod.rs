//! The directory of agencies and the local authorities' threshold documents.

use serde_json::{Value, json};

use crate::on_both;
use crate::support::{Client, DemoApp, TestApp};

/// Who keeps the directory, and who only reads it.
const KEEPERS: [&str; 4] = ["dsl", "deputy-dsl", "trust-safeguarding-lead", "trust-admin"];
const READERS: [&str; 8] =
    ["staff", "volunteer", "welfare-lap", "family-liaison", "headteacher", "governor", "ceo", "hr"];

fn agency(name: &str) -> Value {
    json!({"kind": "police", "name": name, "telephone": "01632 960 009", "used_from": "2025-09-01"})
}

fn framework(la_code: &str, starts_on: &str) -> Value {
    json!({
        "la_code": la_code, "name": "Thresholds", "starts_on": starts_on,
        "levels": [
            {"number": 1, "name": "Universal", "support_level": "L1"},
            {"number": 2, "name": "More", "support_level": "L3"}
        ]
    })
}

fn names(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/v1/agencies?limit=200{query}")).expect(200);
    page["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

fn caller(app: &DemoApp, role: &str) -> Client {
    app.as_role("trust-a", role)
}

on_both! {
    fn whoever_refers_keeps_the_directory_and_everybody_reads_it(backend) {
        let app = TestApp::start_demo(backend);
        for (number, role) in KEEPERS.iter().enumerate() {
            let made = caller(&app, role).post("/v1/agencies", agency(&format!("Force {number}")));
            assert_eq!(made.status, 201, "{role}: {}", made.text);
            let changed = caller(&app, role).patch(made.header("location"), &made.etag(), json!({"telephone": null}));
            assert!(changed.expect(200)["telephone"].is_null(), "{role}");
        }
        for role in READERS {
            assert_eq!(caller(&app, role).post("/v1/agencies", agency("Another")).problem(403), "forbidden", "{role}");
            assert!(names(&caller(&app, role), "").contains(&"Force 0".to_owned()), "{role}");
        }
        assert!(!names(&app.as_role("trust-b", "dsl"), "").contains(&"Force 0".to_owned()));
    }

    fn an_entry_is_found_by_kind_authority_and_day(backend) {
        let app = TestApp::start_demo(backend);
        let dsl = caller(&app, "dsl");
        let mut old = agency("Old force");
        old["used_from"] = json!("2020-01-01");
        old["used_until"] = json!("2024-12-31");
        old["la_code"] = json!("123");
        let made = dsl.post("/v1/agencies", old.clone());
        assert_eq!(names(&dsl, "&kind=police"), ["Old force"]);
        assert_eq!(names(&dsl, "&la_code=123"), ["Old force"]);
        assert_eq!(names(&dsl, "&kind=police&used_on=2024-12-31"), ["Old force"]);
        assert!(names(&dsl, "&kind=police&used_on=2025-01-01").is_empty());
        assert_eq!(dsl.post("/v1/agencies", old.clone()).problem(409), "already_exists");
        old["name"] = json!("Backwards");
        old["used_until"] = json!("2019-12-31");
        assert_eq!(dsl.post("/v1/agencies", old.clone()).broken(), "/used_until");
        let stale = dsl.patch(made.header("location"), "\"9\"", json!({"name": "New"}));
        assert_eq!(stale.problem(412), "version_stale");
        old["web_form"] = json!("http://council.example");
        assert_eq!(dsl.post("/v1/agencies", old).invalid(), "/web_form");
    }

    fn a_threshold_document_holds_until_the_next_one(backend) {
        let app = TestApp::start_demo(backend);
        let lead = caller(&app, "trust-safeguarding-lead");
        let first = lead.post("/v1/threshold-frameworks", framework("123", "2023-04-01"));
        let second = lead.post("/v1/threshold-frameworks", framework("123", "2025-09-01")).id();
        lead.post("/v1/threshold-frameworks", framework("456", "2024-01-01")).expect(201);
        let on = |day: &str| {
            let page = lead.get(&format!("/v1/threshold-frameworks?la_code=123&on={day}&count=true")).expect(200);
            let ids: Vec<Value> = page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
            assert_eq!(page["count"], ids.len());
            ids
        };
        assert!(on("2023-03-31").is_empty());
        assert_eq!(on("2025-08-31"), [json!(first.id())]);
        assert_eq!(on("2025-09-01"), [json!(second)]);
        let read = caller(&app, "staff").get(first.header("location"));
        assert_eq!(read.expect(200)["ends_on"], "2025-08-31");
        assert_ne!(read.etag(), first.etag(), "another version says until when it holds");
        let held = |tag: &str| lead.send("GET", first.header("location"), &[("If-None-Match", tag)], None).status;
        assert_eq!((held(&first.etag()), held(&read.etag())), (200, 304));
        assert_eq!(lead.post("/v1/threshold-frameworks", framework("123", "2025-09-01")).problem(409), "already_exists");
        let mut falling = framework("123", "2026-09-01");
        falling["levels"][1]["support_level"] = json!("L1");
        falling["levels"][0]["support_level"] = json!("L2");
        assert_eq!(lead.post("/v1/threshold-frameworks", falling).broken(), "/levels/1");
        for role in ["dsl", "headteacher", "staff"] {
            assert_eq!(caller(&app, role).post("/v1/threshold-frameworks", framework("789", "2026-01-01")).status, 403, "{role}");
        }
        let renamed = lead.patch(first.header("location"), &read.etag(), json!({"name": "Thresholds, first edition"}));
        assert_eq!(renamed.expect(200)["name"], "Thresholds, first edition");
        assert_eq!(app.as_role("trust-b", "dsl").get(first.header("location")).problem(404), "not_found");
    }
}
