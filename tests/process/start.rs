//! The service starts on a database that is empty, and keeps what a database holds.

use diesel::{Connection, RunQueryDsl, SqliteConnection};
use serde_json::json;
use tutela::db::Target;

use super::program::{Finished, Program, Service, serve, url};
use crate::on_both;
use crate::support::{Backend, Client, Database};

/// Makes Trust A from the command line and returns its administrator's API key.
pub fn make_trust(database: &Database, slug: &str) -> (String, Finished) {
    let made = Program::new(&[
        "trust",
        "create",
        "--slug",
        slug,
        "--name",
        "Trust A",
        "--admin-given-name",
        "Robin",
        "--admin-family-name",
        "Example",
    ])
    .over_as_owner(database)
    .run();
    let key = made.done().lines().find(|line| line.starts_with("tut_")).unwrap().to_owned();
    (key, made)
}

fn as_owner(database: &Database) -> Service {
    Program::new(&["serve"]).over_as_owner(database).listening().serve()
}

fn hubs(caller: &Client) -> Vec<String> {
    let items = caller.get("/v1/hubs").expect(200)["items"].as_array().unwrap().clone();
    items.iter().map(|hub| hub["name"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    fn it_serves_on_an_empty_database_and_a_second_start_keeps_the_data(backend) {
        let database = Database::empty(backend);
        let service = as_owner(&database);
        assert_eq!(Client::new(&service.base, None).get("/health/ready").expect(200)["status"], "ready");
        assert_eq!(service.stop().code, Some(0));

        let (key, _) = make_trust(&database, "trust-a");
        let service = serve(&database.target);
        service.bearer(&key).post("/v1/hubs", json!({"name": "North hub"})).expect(201);
        assert_eq!(service.stop().code, Some(0));

        let service = as_owner(&database);
        let admin = service.bearer(&key);
        assert_eq!(hubs(&admin), ["North hub"]);
        admin.post("/v1/hubs", json!({"name": "South hub"})).expect(201);
        assert_eq!(service.stop().code, Some(0));
    }

    fn a_service_without_a_place_for_files_says_so(backend) {
        let database = Database::migrated(backend);
        let told = serve(&database.target).stop();
        let says = told.err.lines().filter(|line| line.contains("TUTELA_FILE_STORE")).count();
        assert_eq!(says, usize::from(backend == Backend::Postgres), "{}", told.err);
    }

    fn health_asks_a_running_service(backend) {
        let database = Database::migrated(backend);
        let service = serve(&database.target);
        let ask = |base: &str| Program::new(&["health", "--url", base]).run();
        assert_eq!(ask(&service.base).done(), "ready\n");
        let base = service.base.clone();
        service.stop();
        assert!(ask(&base).complaint(1).contains("not ready"));
    }
}

/// Nodes are started at once, and none of them is alone.
#[test]
fn any_number_of_nodes_start_on_one_empty_database() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let database = Database::empty(Backend::Postgres);
    let nodes: Vec<Service> = std::thread::scope(|scope| {
        let starting: Vec<_> = (0..3).map(|_| scope.spawn(|| as_owner(&database))).collect();
        starting.into_iter().map(|node| node.join().unwrap()).collect()
    });
    let (key, _) = make_trust(&database, "trust-a");
    for (number, node) in nodes.iter().enumerate() {
        let admin = node.bearer(&key);
        admin.post("/v1/hubs", json!({"name": format!("Hub {number}")})).expect(201);
        assert_eq!(hubs(&admin).len(), number + 1);
    }
    for node in nodes {
        assert_eq!(node.stop().code, Some(0));
    }
}

#[test]
fn a_role_that_row_security_does_not_hold_is_refused() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let database = Database::migrated(Backend::Postgres);
    let superuser = Target::Postgres(database.superuser().unwrap());
    let serving = |target: &Target| Program::new(&["serve"]).over(target).listening();
    for (target, words) in [(database.owner(), "owns the tables"), (superuser, "is a superuser")] {
        let finished = serving(&target).run();
        let said = finished.complaint(2);
        assert!(said.contains(words) && !said.contains("postgres://"), "{said}");
        let excused = serving(&target).env("TUTELA_ONE_DATABASE_ROLE", "true");
        let both = excused.env("TUTELA_MIGRATION_URL", url(&database.owner())).run();
        assert!(both.complaint(2).contains(words));
    }
    let said = serving(&database.owner()).env("TUTELA_ONE_DATABASE_ROLE", "true").serve().stop().err;
    assert!(said.contains("row-level security"), "{said}");
    serve(&database.target).stop();
}

/// What the log has of signing keys.
fn logged(target: &Target) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Did {
        #[diesel(sql_type = diesel::sql_types::Text)]
        rule: String,
    }
    let Target::Sqlite(file) = target else { unreachable!() };
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let query = "SELECT rule FROM audit_entries WHERE class = 'signing_key' ORDER BY id";
    let found: Vec<Did> = diesel::sql_query(query).load(&mut conn).unwrap();
    found.into_iter().map(|did| did.rule).collect()
}

#[test]
fn keys_are_rotated_from_the_command_line_while_the_service_runs() {
    let database = Database::migrated(Backend::Sqlite);
    let (key, _) = make_trust(&database, "trust-a");
    let service = serve(&database.target);
    let run = |args: &[&str]| Program::new(args).over(&database.target).run();
    assert!(run(&["key", "rotate"]).done().contains("trust-a: 0 data keys"));
    assert!(run(&["key", "rotate", "--carry-on"]).done().contains("trust-a: 0 data keys"));
    assert!(run(&["key", "rewrap"]).done().starts_with("0 keys"));
    assert!(run(&["key", "rotate-signing", "checkpoints"]).done().contains("signs checkpoints in a day"));
    assert_eq!(run(&["key", "rotate-signing", "anything"]).code, Some(2));
    let published = service.bearer(&key).get("/.well-known/jwks.json").expect(200);
    let kid = published["keys"][0]["kid"].as_str().unwrap();
    assert!(run(&["key", "revoke-signing", kid]).done().contains("is revoked: it signs no more"));
    assert!(run(&["key", "revoke-signing", "nobody"]).complaint(1).contains("no signing key"));
    // Every trust's log has it.
    assert_eq!(logged(&database.target), ["signing-key.rotated", "signing-key.revoked"]);
    let second = run(&[
        "trust",
        "add-admin",
        "--slug",
        "trust-a",
        "--admin-given-name",
        "Ada",
        "--admin-family-name",
        "Ash",
    ]);
    let text = second.done().lines().last().unwrap().to_owned();
    for key in [&key, &text] {
        assert_eq!(service.bearer(key).get("/v1/me").expect(200)["roles"][0]["role"], "trust-admin");
    }
    assert_eq!(
        run(&[
            "trust",
            "add-admin",
            "--slug",
            "trust-z",
            "--admin-given-name",
            "Ada",
            "--admin-family-name",
            "Ash"
        ])
        .code,
        Some(1)
    );
    let keys = Client::new(&service.base, None).get("/.well-known/jwks.json").expect(200);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 4);
    service.stop();
}
