//! What concerns the caller, and their rights.

use serde_json::json;
use tutela::clock::Clock;
use tutela::events::{NotificationKind, notify};
use tutela::ids::Id;

use crate::on_both;
use crate::support::TestApp;
use crate::support::made::{person, school};

on_both! {
    fn i_am_told_who_i_am(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let who = person(&app, "Lead", Some(one));
        let me = app.person("trust-a", who, &["dsl:100001", "dsl:999999"]).get("/v1/me").expect(200);
        assert_eq!(me["person_id"], who.to_string());
        assert_eq!(me["roles"], json!([
            {"role": "dsl", "school_id": one, "urn": 100_001, "school_name": "School 100001"}
        ]));
        let work = me["rights"].as_array().unwrap().iter().find(|right| right["action"] == "concern.work");
        assert_eq!(work.unwrap()["school_ids"], json!([one]));
    }

    fn notifications_are_mine_newest_first_and_marked_once(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (person(&app, "One", None), person(&app, "Two", None));
        let (trust, record) = (app.world.trust_a, Id::new(Clock::System.now()));
        for (persons, kind) in [
            (vec![one, two, one], NotificationKind::ConcernRaised),
            (vec![one], NotificationKind::ActionAssigned),
            (vec![], NotificationKind::ConcernUpdated),
        ] {
            std::thread::sleep(std::time::Duration::from_millis(2));
            let now = Clock::System.now();
            app.services.db.write_now(Some(trust), move |conn| {
                notify(conn, trust, &persons, kind, record, now)
            }).unwrap();
        }
        let client = app.person("trust-a", one, &["ceo"]);
        let list = client.get("/v1/me/notifications").expect(200);
        let kinds: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
        assert_eq!(kinds, ["action_assigned", "concern_raised"]);
        let path = format!("/v1/me/notifications/{}/reading", list["items"][0]["id"].as_str().unwrap());
        let first = client.post(&path, json!({})).expect(200);
        assert_eq!(client.post(&path, json!({})).expect(200)["read_at"], first["read_at"]);
        assert_eq!(client.get("/v1/me/notifications?unread=true&count=true").expect(200)["count"], 1);
        assert_eq!(app.person("trust-a", two, &["ceo"]).post(&path, json!({})).problem(404), "not_found");
        assert_eq!(client.get("/v1/me/tasks?count=true").expect(200)["count"], 0);
    }

    fn a_right_is_explained(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let client = app.faceless("trust-a", &["dsl:100001"]);
        let explain = |school| {
            client.get(&format!("/v1/access/explain?action=concern.work&school_id={school}")).expect(200)
        };
        assert_eq!((explain(one)["reach"].clone(), explain(one)["role"].clone()), (json!("school"), json!("dsl")));
        let (mut foreign, mut mine) = (explain(app.world.trust_b), explain(school(&app, 100_002)));
        foreign["school_id"] = json!(null);
        mine["school_id"] = json!(null);
        assert_eq!(foreign, mine);
        assert_eq!(foreign["allowed"], false);
        assert_eq!(client.get("/v1/access/explain?action=nonsense").invalid(), "?action");
        let matrix = client.get("/v1/access/matrix").expect(200);
        assert!(matrix["actions"].as_array().unwrap().len() > 30);
    }
}
