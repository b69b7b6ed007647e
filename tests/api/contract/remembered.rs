//! How long a request is remembered by its key.

use std::sync::Arc;

use diesel::prelude::*;
use serde_json::json;
use tutela::access::remembered::{Forgetting, KIND};
use tutela::clock::{Clock, Timestamp};
use tutela::db::schema::idempotency_keys as keys;
use tutela::ids::Id;
use tutela::jobs::{Desk, Step, Worker};

use crate::on_both;
use crate::support::TestApp;
use crate::support::made::admin;

fn stored(app: &TestApp) -> i64 {
    let trust = app.world.trust_a;
    let of_trust = move |conn: &mut tutela::db::Conn| {
        Ok(keys::table.filter(keys::trust_id.eq(trust)).count().get_result(conn)?)
    };
    app.services.db.read_now(Some(trust), of_trust).unwrap()
}

/// Requests of a moment, as they are remembered.
fn remember(app: &TestApp, count: i64, at: Timestamp) {
    let trust = app.world.trust_a;
    app.services
        .db
        .write_now(Some(trust), move |conn| {
            for number in 0..count {
                let at = at.plus_seconds(number % 60);
                diesel::insert_into(keys::table)
                    .values((
                        keys::trust_id.eq(trust),
                        keys::principal.eq("key:test"),
                        keys::key.eq(format!("{at}-{number}")),
                        keys::digest.eq(vec![0_u8; 32]),
                        keys::created_id.eq(Some(Id::new(at))),
                        keys::created_at.eq(at),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .unwrap();
}

on_both! {
    fn a_key_is_remembered_for_24_hours(backend) {
        let app = TestApp::start_idle_at(backend, Clock::System.now());
        let make = || admin(&app).post_keyed("/v1/people", "a-day", json!({"given_name": "Robin", "family_name": "Day"})).id();
        let first = make();
        app.services.clock.advance(24 * 3600 - 60);
        assert_eq!(make(), first);
        app.services.clock.advance(120);
        let second = make();
        assert_ne!(second, first);
        assert_eq!(make(), second);
    }

    fn what_is_older_is_deleted_in_small_pieces_by_one_node(backend) {
        let app = TestApp::start_idle_at(backend, Clock::System.now());
        let now = app.services.clock.now();
        let before = stored(&app);
        remember(&app, 1_200, now.plus_seconds(-25 * 3600));
        remember(&app, 7, now.plus_seconds(-3600));
        let desks = [0, 1].map(|_| Desk::new(app.services.db.clone(), app.services.clock.clone()));
        let worker: Arc<dyn Worker> = Arc::new(Forgetting::new(app.services.clone()));
        assert!(worker.stands());
        desks[0].stand(KIND).unwrap();
        let claim = desks[0].claim(KIND).unwrap().unwrap();
        assert!(desks[1].claim(KIND).unwrap().is_none());
        let (mut steps, mut last) = (0, Step::More);
        while last == Step::More {
            let there = stored(&app);
            last = worker.step(&claim).unwrap();
            assert!(there - stored(&app) <= 600, "many at once");
            steps += 1;
        }
        assert!(steps >= 3, "{steps}");
        assert_eq!(last, Step::Later(now.plus_seconds(3600)));
        assert_eq!(stored(&app), before + 7);
    }
}
