//! The shared taxonomy, and what a trust adds.

use serde_json::json;
use tutela::clock::Clock;

use crate::on_both;
use crate::support::{Client, TestApp};

fn lead(app: &TestApp) -> Client {
    app.faceless("trust-a", &["trust-safeguarding-lead"])
}

on_both! {
    fn every_trust_reads_the_shared_ones_and_changes_none(backend) {
        let app = TestApp::start(backend);
        let shared = app.faceless("trust-a", &["trustee"]).get("/v1/categories/ABU-NEG");
        assert_eq!(shared.expect(200)["factors"][0]["code"], "16A");
        let refused = lead(&app).patch("/v1/categories/ABU-NEG", &shared.etag(), json!({"label": "X"}));
        assert_eq!(refused.problem(409), "state_conflict");
        for code in ["ABU-XXX", "abu-neg", "ABU-NEG-HOME", "x"] {
            assert_eq!(lead(&app).get(&format!("/v1/categories/{code}")).problem(404), "not_found");
        }
    }

    fn a_trust_adds_changes_and_retires_its_own(backend) {
        let app = TestApp::start(backend);
        let body = json!({"code": "ABU-NEG-HOME", "label": "Unsafe home", "guidance": "Text", "indicators": ["no heating"]});
        let made = lead(&app).post("/v1/categories", body.clone());
        assert_eq!(made.expect(201)["factors"][0]["code"], "16A");
        let path = made.header("location").to_owned();
        assert_eq!(lead(&app).post("/v1/categories", body).problem(409), "already_exists");
        let changed = lead(&app).patch(&path, &made.etag(), json!({"indicators": ["no heating", "no water"]}));
        assert_eq!(changed.expect(200)["indicators"][1], "no water");
        let today = Clock::System.now().london_date();
        let retirement = json!({"retired_on": today, "reason": "Not used."});
        let retired = lead(&app).post_on(&format!("{path}/retirement"), &changed.etag(), retirement);
        assert_eq!(retired.expect(200)["retired_on"], json!(today));
        assert_eq!(lead(&app).get("/v1/categories?retired=true&count=true").expect(200)["count"], 1);
        assert_eq!(app.faceless("trust-b", &["trustee"]).get(&path).problem(404), "not_found");
    }

    fn a_code_stands_below_a_shared_one(backend) {
        let app = TestApp::start(backend);
        for code in ["ABU-XXX-HOME", "ABU-NEG"] {
            let body = json!({"code": code, "label": "X", "guidance": "X"});
            assert_eq!(lead(&app).post("/v1/categories", body).broken(), "/code");
        }
    }

    fn the_list_goes_on_to_its_end(backend) {
        let app = TestApp::start(backend);
        let (mut path, mut seen) = ("/v1/categories?limit=40".to_owned(), 0);
        loop {
            let page = lead(&app).get(&path).expect(200);
            seen += page["items"].as_array().unwrap().len();
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/categories?limit=40&cursor={cursor}");
        }
        assert_eq!(seen, 99);
        assert_eq!(lead(&app).get("/v1/categories?group=OTH&count=true").expect(200)["count"], 1);
        assert_eq!(lead(&app).get("/v1/factors?count=true").expect(200)["count"], 44);
    }
}
