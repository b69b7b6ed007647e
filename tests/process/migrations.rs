//! One migrator at a time, and never an older binary on a newer schema.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use tutela::db::Target;

use super::program::{Finished, Program};
use crate::on_both;
use crate::support::{Backend, Database};

fn migrate(database: &Database) -> Finished {
    Program::new(&["migrate"]).over_as_owner(database).run()
}

/// How many migrations a run says it has made.
#[track_caller]
fn ran(finished: &Finished) -> usize {
    finished.done().split(' ').next().unwrap().parse().unwrap()
}

/// Changes the list of migrations by hand.
fn sql(database: &Database, sql: &str) {
    match database.owner() {
        Target::Postgres(url) => PgConnection::establish(&url).unwrap().batch_execute(sql).unwrap(),
        Target::Sqlite(file) => {
            SqliteConnection::establish(file.to_str().unwrap()).unwrap().batch_execute(sql).unwrap();
        }
    }
}

on_both! {
    fn of_two_who_migrate_an_empty_database_at_once_one_does_it(backend) {
        for _ in 0..5 {
            let database = Database::empty(backend);
            let (a, b) = std::thread::scope(|scope| {
                let other = scope.spawn(|| migrate(&database));
                (migrate(&database), other.join().unwrap())
            });
            let (a, b) = (ran(&a), ran(&b));
            assert!(a.min(b) == 0 && a.max(b) > 0, "{a} and {b}");
            assert_eq!(ran(&migrate(&database)), 0);
        }
    }

    fn a_newer_schema_is_refused(backend) {
        let database = Database::migrated(backend);
        sql(&database, "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231235959')");
        for command in ["serve", "migrate"] {
            let refused = Program::new(&[command]).over_as_owner(&database).run();
            let line = refused.complaint(1);
            assert!(line.contains("99991231235959") && line.contains("newer"), "{line}");
        }
        let checked = Program::new(&["serve"]).over(&database.target).run();
        assert!(checked.complaint(1).contains("newer"), "{checked:?}");
    }
}

#[test]
fn without_the_owners_url_the_schema_is_only_checked() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let database = Database::empty(Backend::Postgres);
    let serve = || Program::new(&["serve"]).over(&database.target).run();
    assert!(serve().complaint(1).contains("tutela migrate"));
    migrate(&database).done();
    sql(
        &database,
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
    );
    assert!(serve().complaint(1).contains("lacks 1 migration"), "{:?}", serve());
}
