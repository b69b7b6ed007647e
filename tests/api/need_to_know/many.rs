//! The list of tasks with more than a page of what is hidden in front of it.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use serde_json::json;
use tutela::clock::Clock;
use tutela::db::Target;
use tutela::ids::Id;

use super::{at, has_task, raising, trust_b, work};
use crate::on_both;
use crate::support::{DemoApp, Statements, TestApp};

/// Stores an open action once more, many times.
fn multiply(app: &DemoApp, action: &str, times: usize) {
    let now = Clock::System.now();
    let copies: Vec<String> = (0..times)
        .map(|_| {
            let id = match app.database.owner() {
                Target::Postgres(_) => format!("'{}'::uuid", Id::new(now)),
                Target::Sqlite(_) => format!("'{}'", Id::new(now)),
            };
            format!(
                "INSERT INTO concern_actions (trust_id, id, number, concern_id, kind, author_id, owner_id, due_on, \
                 is_required, done_on, recorded_at, superseded_at, body) SELECT trust_id, {id}, number, concern_id, kind, \
                 author_id, owner_id, due_on, is_required, done_on, recorded_at, superseded_at, body \
                 FROM concern_actions WHERE id = '{action}'"
            )
        })
        .collect();
    let sql = format!("BEGIN; {}; COMMIT", copies.join("; "));
    match app.database.owner() {
        Target::Sqlite(file) => {
            let mut conn = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
            conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
            conn.batch_execute(&sql).unwrap();
        }
        Target::Postgres(_) => {
            PgConnection::establish(&app.database.superuser().unwrap()).unwrap().batch_execute(&sql).unwrap();
        }
    }
}

on_both! {
    fn hidden_actions_do_not_crowd_out_what_is_to_be_done(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[0];
        let (dsl, head) = (at(&app, 0, "dsl"), at(&app, 0, "headteacher"));
        let owner = school.staff["headteacher"];
        let act = json!({"kind": "observe", "description": "Watch.", "owner_id": owner});
        // The first concern is hidden from the lead, with many actions that they gave.
        let hidden = at(&app, 0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let given = work(&dsl, &hidden, "actions", act.clone()).id();
        multiply(&app, &given, 600);
        let lead = school.staff["dsl"];
        let conflict = json!({"person_id": lead, "pupil_id": school.pupils[1], "relationship": "relative"});
        app.as_role("trust-b", "hr").post("/v1/conflicts", conflict).expect(201);
        // In the second one the owner can do nothing any more.
        let other = json!({"pupils": [{"pupil_id": school.pupils[2], "role": "subject"}]});
        let open = at(&app, 0, "staff").post("/v1/concerns", raising(school, other)).id();
        let action = work(&dsl, &open, "actions", act).id();
        let conflict = json!({"person_id": owner, "pupil_id": school.pupils[2], "relationship": "relative"});
        app.as_role("trust-b", "hr").post("/v1/conflicts", conflict).expect(201);
        assert!(has_task(&dsl, "concern_action", &action));
        let tasks = |count: &str| dsl.get(&format!("/v1/me/tasks?limit=200{count}")).expect(200);
        assert_eq!(tasks("&count=true")["count"], tasks("")["items"].as_array().unwrap().len());
        // Whoever sees them all is told of all of them.
        let all = head.get("/v1/me/tasks?count=true").expect(200)["count"].as_i64().unwrap();
        assert!(all >= 601, "{all}");
    }

    /// A trust has thousands of concerns to which somebody is linked: neither the list of tasks of who sees to readers nor
    /// an appointment asks for them one by one.
    fn what_readers_rest_on_is_not_asked_one_by_one(backend) {
        Statements::listen();
        let app = TestApp::start_demo(backend);
        let (slug, school) = (&app.demo.trusts[1].slug, &trust_b(&app).schools[0]);
        let sent = Statements::of(&app.database.target);
        let (lead, admin) = (app.as_role(slug, "trust-safeguarding-lead"), app.as_role(slug, "trust-admin"));
        let relative = json!({"person_id": school.staff["deputy-dsl"], "pupil_id": school.pupils[1], "relationship": "relative"});
        app.as_role(slug, "hr").post("/v1/conflicts", relative).expect(201);
        let raise = |times: usize| {
            for _ in 0..times {
                at(&app, 0, "staff").post("/v1/concerns", raising(school, json!({}))).expect(201);
            }
        };
        let about = ["SELECT"];
        let asked = |first: &str| {
            sent.take(&about);
            lead.get("/v1/me/tasks").expect(200);
            let tasks = sent.take(&about).len();
            let post = json!({"person_id": school.staff["staff"], "role": "welfare-lap", "school_id": school.id, "starts_on": first, "ends_on": first});
            admin.post("/v1/appointments", post).expect(201);
            (tasks, sent.take(&about).len())
        };
        raise(1);
        asked("2025-01-06");
        let few = asked("2025-01-07");
        raise(20);
        let many = asked("2025-01-08");
        crate::say!("readers, {backend:?}: tasks and an appointment ask {few:?} statements with few linked concerns, {many:?} with many");
        assert!(few.0 > 0 && few.1 > 0);
        assert!(many.0 <= few.0 + 2 && many.1 <= few.1 + 2, "{few:?} {many:?}");
    }
}
