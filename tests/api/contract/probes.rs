//! What probes are answered: ready, or 503 without a reason, which stands in the log alone.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use tutela::db::Target;

use crate::on_both;
use crate::support::{Answer, Backend, Database, TestApp};

pub fn sql(target: &Target, sql: &str) {
    match target {
        Target::Postgres(url) => PgConnection::establish(url).unwrap().batch_execute(sql).unwrap(),
        Target::Sqlite(file) => {
            let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
            conn.batch_execute(&format!("PRAGMA busy_timeout = 5000; {sql}")).unwrap();
        }
    }
}

fn ready(app: &TestApp) {
    let answer = app.nobody().get("/health/ready");
    assert_eq!(
        (answer.expect(200), answer.header("cache-control")),
        (serde_json::json!({"status": "ready"}), "no-store")
    );
}

/// The answer that `docs/api.md` describes, and the process is alive all the same.
fn not_ready(app: &TestApp) {
    let answer: Answer = app.nobody().get("/health/ready");
    assert_eq!(answer.problem(503), "unavailable");
    assert_eq!(
        (answer.header("content-type"), answer.header("retry-after")),
        ("application/problem+json", "2")
    );
    let mut members: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["code", "instance", "request_id", "status", "title", "type"], "{}", answer.text);
    assert_eq!(app.nobody().get("/health/live").expect(200)["status"], "live");
}

#[test]
fn the_root_says_where_to_go() {
    let app = TestApp::start(Backend::Sqlite);
    let answer = app.nobody().get("/");
    let body = answer.expect(200);
    assert_eq!((&body["name"], &body["openapi"]), (&"Tutela".into(), &"/openapi.json".into()));
    assert_eq!(app.nobody().get(body["openapi"].as_str().unwrap()).status, 200);
    assert_eq!(app.nobody().get(body["health"].as_str().unwrap()).status, 200);
    let browser = app.nobody().send("GET", "/", &[("Accept", "text/html,*/*;q=0.8")], None);
    assert!(
        browser.status == 303 && browser.header("location") == "/docs/"
            || browser.header("content-type").contains("html")
    );
    assert_eq!(app.nobody().send("POST", "/", &[], None).status, 405);
}

on_both! {
    fn a_schema_that_is_not_this_versions_is_not_ready(backend) {
        let app = TestApp::start(backend);
        ready(&app);
        let owner = app.database.owner();
        for (before, after) in [
            (
                "CREATE TABLE kept AS SELECT * FROM __diesel_schema_migrations; DELETE FROM __diesel_schema_migrations \
                 WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
                "DELETE FROM __diesel_schema_migrations; INSERT INTO __diesel_schema_migrations SELECT * FROM kept",
            ),
            (
                "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231235959')",
                "DELETE FROM __diesel_schema_migrations WHERE version = '99991231235959'",
            ),
            (
                "ALTER TABLE __diesel_schema_migrations RENAME TO gone",
                "ALTER TABLE gone RENAME TO __diesel_schema_migrations",
            ),
        ] {
            sql(&owner, before);
            not_ready(&app);
            sql(&owner, after);
            ready(&app);
        }
    }
}

#[test]
fn without_its_database_a_service_is_not_ready_and_with_it_again_it_is() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let app = TestApp::start(Backend::Postgres);
    ready(&app);
    let database: &Database = &app.database;
    let url = database.superuser().unwrap();
    let (server, name) = url.rsplit_once('/').unwrap();
    let elsewhere = Target::Postgres(format!("{server}/postgres"));
    sql(&elsewhere, &format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"));
    sql(
        &elsewhere,
        &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
    );
    not_ready(&app);
    assert_eq!(app.faceless("trust-a", &["trust-admin"]).get("/v1/hubs").problem(503), "unavailable");
    sql(&elsewhere, &format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"));
    ready(&app);
}
