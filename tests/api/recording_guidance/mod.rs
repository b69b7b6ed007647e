//! What everybody reads before they record.

use serde_json::json;

use crate::on_both;
use crate::support::TestApp;

on_both! {
    fn the_newest_version_is_current_and_the_older_ones_stay(backend) {
        let app = TestApp::start(backend);
        let (lead, reader) = (app.faceless("trust-a", &["trust-safeguarding-lead"]), app.faceless("trust-a", &["trustee"]));
        assert_eq!(reader.get("/v1/recording-guidance/current").problem(404), "not_found");
        let publish = |title| lead.post("/v1/recording-guidance", json!({"title": title, "body": "Same day."}));
        let first = publish("One").header("location").to_owned();
        publish("Two").expect(201);
        let current = reader.get("/v1/recording-guidance/current").expect(200);
        assert_eq!((current["number"].clone(), current["title"].clone()), (json!(2), json!("Two")));
        assert_eq!(reader.get(&first).expect(200)["number"], 1);
        assert_eq!(reader.get("/v1/recording-guidance").expect(200)["items"][0]["number"], 2);
        assert_eq!(reader.post("/v1/recording-guidance", json!({"title": "X", "body": "X"})).problem(403), "forbidden");
        assert_eq!(app.faceless("trust-b", &["trustee"]).get(&first).problem(404), "not_found");
    }

    fn the_register_says_what_is_in_force_on_a_day(backend) {
        let app = TestApp::start(backend);
        let path = "/v1/guidance-register?code=KCSIE&in_force=true&on=2024-09-01";
        let page = app.faceless("trust-a", &["trustee"]).get(path).expect(200);
        assert_eq!((page["items"].as_array().unwrap().len(), page["items"][0]["version"].clone()), (1, json!("2024")));
    }
}
