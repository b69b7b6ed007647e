//! The disk that holds the database is full: 507 and nothing stored, never a false 201; what can be read is read; and
//! when there is room again, all goes on without a restart.
//!
//! Readings of case records need an audit entry, which needs room: without it there is no answer (503).

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::{Value, json};
use tutela::db::Conn;

use crate::support::{Answer, Backend, Client, DemoApp, TestApp};

/// A concern that takes several pages to store.
fn long_concern(app: &DemoApp) -> Value {
    let school = &app.demo.trusts[0].schools[0];
    json!({
        "school_id": school.id, "pupils": [{"pupil_id": school.pupils[0], "role": "subject"}], "place": "classroom",
        "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"},
        "summary": "Arrived without a coat again.", "facts": "It was raining. ".repeat(500)
    })
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

fn number(conn: &mut Conn, sql: &str) -> i64 {
    diesel::sql_query(sql).get_result::<Number>(conn).unwrap().number
}

/// How many pages the file may have: on the connection that writes.
fn limit_pages(app: &DemoApp, pages: i64) {
    app.services
        .db
        .write_now(None, move |conn| {
            conn.batch_execute(&format!("PRAGMA max_page_count = {pages}"))?;
            Ok(())
        })
        .unwrap();
}

fn pages(app: &DemoApp) -> i64 {
    app.services
        .db
        .read_now(None, |conn| Ok(number(conn, "SELECT page_count AS number FROM pragma_page_count()")))
        .unwrap()
}

/// What is stored for sure: concerns, what belongs to them, and the keys of the requests that made them.
fn stored(app: &DemoApp) -> [i64; 5] {
    [
        "SELECT count(*) AS number FROM concerns",
        "SELECT count(*) AS number FROM concern_accounts",
        "SELECT count(*) AS number FROM audit_entries WHERE rule = 'concern.raised'",
        "SELECT count(*) AS number FROM events WHERE kind = 'concern.raised'",
        "SELECT count(DISTINCT created_id) AS number FROM idempotency_keys WHERE created_id IN (SELECT id FROM concerns)",
    ]
    .map(|sql| app.services.db.read_now(None, |conn| Ok(number(conn, sql))).unwrap())
}

/// Eight callers at once, so that changes share commits.
fn raise_at_once(staff: &Client, body: &Value) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let raising: Vec<_> =
            (0..8).map(|_| scope.spawn(|| staff.post("/v1/concerns", body.clone()))).collect();
        raising.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

#[test]
fn a_full_disk_of_sqlite_is_507_and_passes() {
    let app = TestApp::start_demo(Backend::Sqlite);
    let (staff, dsl, admin) =
        (app.as_role_at(0, "staff"), app.as_role_at(0, "dsl"), app.as_role("trust-a", "trust-admin"));
    let (body, before) = (long_concern(&app), stored(&app));
    limit_pages(&app, pages(&app) + 60);
    let (mut made, mut refused) = (Vec::new(), 0);
    while refused < 40 {
        for answer in raise_at_once(&staff, &body) {
            match answer.status {
                201 => made.push(answer.id()),
                _ => {
                    assert_eq!(answer.problem(507), "storage_full");
                    refused += 1;
                }
            }
        }
    }
    let count = i64::try_from(made.len()).unwrap();
    assert_eq!(stored(&app), before.map(|number| number + count), "acknowledged and stored are not the same");

    // What needs no entry is read; a case record is shown with its entry or not at all.
    admin.get("/v1/hubs").expect(200);
    Client::new(app.base(), None).get("/health/live").expect(200);
    let mut shown = 0;
    for id in &made {
        let answer = dsl.get(&format!("/v1/concerns/{id}"));
        match answer.status {
            200 => shown += 1,
            _ => assert_eq!(answer.problem(503), "unavailable"),
        }
    }
    let entries = "SELECT count(*) AS number FROM audit_entries WHERE action = 'concern.read' AND record_id IS NOT NULL";
    let entries = app.services.db.read_now(None, |conn| Ok(number(conn, entries))).unwrap();
    assert!(entries >= shown, "{shown} were shown, {entries} are written down");

    limit_pages(&app, 1_000_000);
    for answer in raise_at_once(&staff, &body) {
        made.push(answer.id());
    }
    dsl.get(&format!("/v1/concerns/{}", made[0])).expect(200);
    Client::new(app.base(), None).get("/health/ready").expect(200);
    for id in &made {
        assert_eq!(
            dsl.get(&format!("/v1/concerns/{id}")).expect(200)["account"]["facts"],
            body["facts"].as_str().unwrap()
        );
    }
    crate::say!(
        "disk full, SQLite: {count} stored before it was full, {refused} refused with 507, {shown} of {count} still shown"
    );
}

/// Runs SQL as the superuser.
fn sql(app: &DemoApp, sql: &str) {
    PgConnection::establish(&app.database.superuser().unwrap()).unwrap().batch_execute(sql).unwrap();
}

/// From here on every insert into a table fails as PostgreSQL's own does where the disk is full.
fn fill_disk(app: &DemoApp, table: &str) {
    sql(
        app,
        &format!(
            "CREATE OR REPLACE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'could not extend file \"base/16384/16385\": No space left on device'
                USING ERRCODE = '53100', HINT = 'Check free disk space.';
            END $$;
            CREATE TRIGGER disk_full BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION disk_full()"
        ),
    );
}

/// There is room again.
fn free_disk(app: &DemoApp, table: &str) {
    sql(app, &format!("DROP TRIGGER disk_full ON {table}"));
}

#[test]
fn a_full_disk_of_postgres_is_507_and_passes() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let app = TestApp::start_demo(Backend::Postgres);
    let (staff, dsl, admin) =
        (app.as_role_at(0, "staff"), app.as_role_at(0, "dsl"), app.as_role("trust-a", "trust-admin"));
    let body = long_concern(&app);
    let concern = format!("/v1/concerns/{}", app.demo.trusts[0].schools[0].concerns[0]);
    let books = || {
        let mut conn = PgConnection::establish(&app.database.superuser().unwrap()).unwrap();
        ["concerns", "concern_accounts", "concern_pupils", "events", "idempotency_keys", "notifications"].map(
            |table| {
                let sql = format!("SELECT count(*) AS number FROM {table}");
                diesel::sql_query(sql).get_result::<Number>(&mut conn).unwrap().number
            },
        )
    };

    // Wherever in the change the disk is full: 507, and nothing of it is stored.
    for table in
        ["concerns", "concern_accounts", "concern_pupils", "events", "idempotency_keys", "audit_entries"]
    {
        let before = books();
        fill_disk(&app, table);
        for answer in raise_at_once(&staff, &body) {
            assert_eq!(answer.problem(507), "storage_full", "{table}");
        }
        assert_eq!(books(), before, "{table}");
        admin.get("/v1/hubs").expect(200);
        let read = dsl.get(&concern);
        if table == "audit_entries" {
            assert_eq!((read.problem(503).as_str(), read.header("retry-after")), ("unavailable", "2"));
        } else {
            read.expect(200);
        }
        free_disk(&app, table);
        for answer in raise_at_once(&staff, &body) {
            answer.expect(201);
        }
        dsl.get(&concern).expect(200);
    }
    crate::say!(
        "disk full, PostgreSQL: 507 at each of 6 tables, nothing half stored, readings 200 (503 without their entry)"
    );
}
