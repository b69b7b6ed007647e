//! The same idempotency key at the same moment.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::json;

use super::{ROUNDS, concern, together};
use crate::on_both;
use crate::support::{Backend, TestApp};

on_both! {
    /// On PostgreSQL the two callers ask two nodes.
    fn the_same_key_at_once_makes_one_object(backend) {
        let app = TestApp::start_demo(backend);
        let other = if backend == Backend::Postgres { Some(app.second_node()) } else { None };
        let staff = app.as_role_at(0, "staff");
        let twin = other.as_ref().map_or_else(|| staff.clone(), |other| staff.at(other.base()));
        let school = &app.demo.trusts[0].schools[0];
        let dsl = app.as_role_at(0, "dsl");
        let count = || dsl.get("/v1/concerns?count=true").expect(200)["count"].as_u64().unwrap();
        let before = count();
        for round in 0..ROUNDS {
            let (key, body) = (format!("race-{round}"), concern(school.id, school.pupils[0]));
            let (a, b) = together(|| staff.post_keyed("/v1/concerns", &key, body.clone()), || twin.post_keyed("/v1/concerns", &key, body.clone()));
            for answer in [&a, &b] {
                match answer.status {
                    201 => {}
                    _ => assert_eq!(answer.problem(409), "idempotency_in_flight"),
                }
            }
            let made: Vec<String> = [&a, &b].iter().filter(|answer| answer.status == 201).map(|answer| answer.id()).collect();
            assert!(!made.is_empty(), "neither was carried out: {} {}", a.text, b.text);
            assert!(made.iter().all(|id| *id == made[0]), "{made:?}");
            assert_eq!(staff.post_keyed("/v1/concerns", &key, body).id(), made[0]);
        }
        assert_eq!(count(), before + ROUNDS as u64);
    }

    fn the_same_key_with_another_body_at_once_makes_one_object(backend) {
        let app = TestApp::start(backend);
        let admin = app.faceless("trust-a", &["trust-admin"]);
        for round in 0..ROUNDS {
            let key = format!("race-{round}");
            let post = |name: &str| admin.post_keyed("/v1/hubs", &key, json!({"name": format!("{name} {round}")}));
            let (a, b) = together(|| post("North"), || post("South"));
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert!(matches!(statuses, [201, 409 | 422]), "{} {}", a.text, b.text);
        }
        assert_eq!(admin.get("/v1/hubs?count=true").expect(200)["count"], ROUNDS);
    }
}

/// Another node that is still working on the key: its transaction is held open here.
#[test]
fn a_key_that_is_being_worked_on_is_409() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let app = TestApp::start(Backend::Postgres);
    let admin = app.faceless("trust-a", &["trust-admin"]);
    admin.post_keyed("/v1/hubs", "first", json!({"name": "North hub"})).expect(201);
    let mut node = PgConnection::establish(&app.database.superuser().unwrap()).unwrap();
    node.batch_execute(
        "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended(trust_id || '/' || principal || '/second', 7)) \
         FROM idempotency_keys",
    )
    .unwrap();
    let body = json!({"name": "South hub"});
    let refused = admin.post_keyed("/v1/hubs", "second", body.clone());
    assert_eq!(refused.problem(409), "idempotency_in_flight");
    node.batch_execute("ROLLBACK").unwrap();
    admin.post_keyed("/v1/hubs", "second", body).expect(201);
    assert_eq!(admin.get("/v1/hubs?count=true").expect(200)["count"], 2);
}
