//! What looks at case records leave behind, whether they succeed or not.

use diesel::prelude::*;
use serde_json::{Value, json};
use tutela::db::schema::audit_entries as entries;
use tutela::ids::Id;

use crate::on_both;
use crate::support::{Backend, DemoApp, TestApp};

const NOWHERE: &str = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";

/// The entries about a record: rule, class and outcome.
fn about(app: &DemoApp, record: &str) -> Vec<(String, String, String)> {
    let (trust, record) = (app.world.trust_a, Id::parse(record).unwrap());
    app.services
        .db
        .read_now(Some(trust), move |conn| {
            Ok(entries::table
                .filter(entries::trust_id.eq(trust))
                .filter(entries::record_id.eq(Some(record)))
                .order(entries::id)
                .select((entries::rule, entries::class, entries::outcome))
                .load::<(String, String, tutela::audit::Outcome)>(conn)?
                .into_iter()
                .map(|(rule, class, outcome)| (rule, class, outcome.to_string()))
                .collect())
        })
        .unwrap()
}

fn concern(app: &DemoApp) -> Value {
    let school = &app.demo.trusts[0].schools[0];
    json!({
        "school_id": school.id, "pupils": [{"pupil_id": school.pupils[0], "role": "subject"}],
        "place": "classroom", "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"},
        "summary": "Arrived without a coat again."
    })
}

on_both! {
    fn a_replay_that_shows_a_case_record_is_written_down(backend) {
        let app = TestApp::start_demo(backend);
        let dsl = app.as_role("trust-a", "dsl");
        let id = dsl.post_keyed("/v1/concerns", "again", concern(&app)).id();
        let before = about(&app, &id).len();
        assert_eq!(dsl.post_keyed("/v1/concerns", "again", concern(&app)).id(), id);
        let after = about(&app, &id);
        assert_eq!(after.len(), before + 1);
        let last = after.last().unwrap();
        assert_eq!((last.0.as_str(), last.1.as_str(), last.2.as_str()), ("replayed", "concern", "done"));
    }

    fn trying_to_change_what_is_out_of_reach_is_written_down(backend) {
        let app = TestApp::start_demo(backend);
        let dsl = app.as_role("trust-a", "dsl");
        dsl.get(&format!("/v1/concerns/{NOWHERE}")).problem(404);
        dsl.post_on(&format!("/v1/concerns/{NOWHERE}/notes"), "\"1\"", json!({"text": "Walked."})).problem(404);
        let found = about(&app, NOWHERE);
        let outcomes: Vec<(&str, &str)> =
            found.iter().map(|(_, class, outcome)| (class.as_str(), outcome.as_str())).collect();
        assert_eq!(outcomes, [("concern", "not_found"), ("concern", "not_found")]);
    }
}

#[test]
fn a_refused_pupil_change_names_the_pupil() {
    let app = TestApp::start_demo(Backend::Sqlite);
    let dsl = app.as_role("trust-a", "dsl");
    let body = json!({"given_name": "Robin"});
    dsl.patch(&format!("/v1/pupils/{NOWHERE}"), "\"1\"", body).problem(404);
    let found = about(&app, NOWHERE);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].1.as_str(), found[0].2.as_str()), ("pupil", "not_found"));
}
