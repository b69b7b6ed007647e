//! One test for each trap in transactions and in what stands before them: the same code, the same behaviour on two
//! databases. The traps in values are in `values.rs`.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tutela::db::{Conn, Db, Sizing, Target, migrate, nested};
use tutela::error::{ApiError, Code};

use crate::on_both;
use crate::support::{Backend, Cluster, Database};

fn open(database: &Database) -> Db {
    Db::open(&database.target, Sizing::default()).unwrap()
}

/// Adds a row to the directory of trusts, which belongs to no trust.
fn add(conn: &mut Conn, slug: &str) -> Result<(), ApiError> {
    use tutela::db::schema::trusts;
    let now = tutela::clock::Clock::System.now();
    diesel::insert_into(trusts::table)
        .values((trusts::id.eq(tutela::ids::Id::new(now)), trusts::slug.eq(slug), trusts::created_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

fn count(db: &Db) -> i64 {
    use tutela::db::schema::trusts;
    db.read_now(None, |conn| Ok(trusts::table.count().get_result(conn)?)).unwrap()
}

on_both! {
    fn a_swallowed_error_never_commits(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        let outcome = db.write_now(None, |conn| {
            add(conn, "trust-a")?;
            let _ = add(conn, "trust-a");
            Ok(())
        });
        // PostgreSQL has rolled back by itself: that must not look like success. SQLite keeps the first row.
        match backend {
            Backend::Postgres => assert_eq!((outcome.unwrap_err().code, count(&db)), (Code::Internal, 0)),
            Backend::Sqlite => assert_eq!((outcome.is_ok(), count(&db)), (true, 1)),
        }
    }

    fn an_error_inside_a_savepoint_may_be_caught(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        let outcome = db.write_now(None, |conn| {
            add(conn, "trust-a")?;
            assert!(nested(conn, |conn| add(conn, "trust-a")).is_err());
            add(conn, "trust-b")
        });
        assert_eq!(outcome.map_err(|error| error.to_string()), Ok(()));
        assert_eq!(count(&db), 2);
    }

    fn an_error_rolls_back_everything(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        let outcome = db.write_now(None, |conn| {
            add(conn, "trust-a")?;
            Err::<(), _>(ApiError::of(Code::StateConflict))
        });
        assert_eq!(outcome.unwrap_err().code, Code::StateConflict);
        assert_eq!(count(&db), 0);
    }

    fn a_unique_key_is_the_same_problem(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        db.write_now(None, |conn| add(conn, "trust-a")).unwrap();
        let error = db.write_now(None, |conn| add(conn, "trust-a")).unwrap_err();
        assert_eq!(error.code, Code::AlreadyExists);
    }

    fn reading_then_writing_never_meets_a_lock_upgrade(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        let threads: Vec<_> = (0..8)
            .map(|n| {
                let db = db.clone();
                std::thread::spawn(move || {
                    db.write_now(None, move |conn| {
                        use tutela::db::schema::trusts;
                        let _: i64 = trusts::table.count().get_result(conn)?;
                        add(conn, &format!("trust-{n}"))
                    })
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
        assert_eq!(count(&db), 8);
    }

    fn a_panic_in_a_use_case_leaves_the_database_in_service(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            db.write_now(None, |conn| {
                add(conn, "trust-a")?;
                if count_inside(conn) == 1 { panic!("on purpose") }
                Ok(())
            })
        }));
        assert!(asked.is_err() || asked.unwrap().is_err());
        db.write_now(None, |conn| add(conn, "trust-b")).unwrap();
        assert_eq!(count(&db), 1);
    }

    fn a_newer_schema_is_refused(backend) {
        let database = Database::migrated(backend);
        let sql = "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('99999999999999', CURRENT_TIMESTAMP)";
        run_as_owner(&database, sql);
        let refusal = migrate::check(&database.target).unwrap_err();
        assert!(refusal.contains("newer version"), "{refusal}");
    }

    fn a_role_that_may_more_than_it_should_is_noticed(backend) {
        let database = Database::migrated(backend);
        assert_eq!(migrate::excess_rights(&database.target), Ok(None));
        let Some(superuser) = database.superuser() else { return };
        let of = |target: &Target| migrate::excess_rights(target).unwrap();
        assert_eq!(of(&database.owner()), Some(migrate::Excess::OwnsTables));
        assert_eq!(of(&Target::Postgres(superuser.clone())), Some(migrate::Excess::Superuser));
        let Target::Postgres(app) = &database.target else { return };
        let member = format!("tutela_member_{}", std::process::id());
        let mut conn = PgConnection::establish(&superuser).unwrap();
        let as_member = Target::Postgres(app.replace("tutela_app", &member));
        for (attribute, group, excess) in [
            ("BYPASSRLS", None, Some(migrate::Excess::BypassesRowSecurity)),
            ("", Some("tutela_owner"), Some(migrate::Excess::OwnsTables)),
            ("", Some("tutela_app"), None),
        ] {
            let group = group.map(|group| format!("GRANT {group} TO {member}")).unwrap_or_default();
            conn.batch_execute(&format!("CREATE ROLE {member} LOGIN {attribute}; {group}")).unwrap();
            let found = migrate::excess_rights(&as_member);
            conn.batch_execute(&format!("DROP ROLE {member}")).unwrap();
            assert_eq!(found.unwrap(), excess, "{attribute}{group}");
        }
    }

    fn a_missing_migration_is_noticed(backend) {
        let database = Database::migrated(backend);
        run_as_owner(&database, "DELETE FROM __diesel_schema_migrations WHERE version = '00000000000005'");
        assert!(migrate::check(&database.target).unwrap_err().contains("lacks 1"));
    }
}

fn count_inside(conn: &mut Conn) -> i64 {
    use tutela::db::schema::trusts;
    trusts::table.count().get_result(conn).unwrap()
}

fn run_as_owner(database: &Database, sql: &str) {
    match database.owner() {
        Target::Sqlite(file) => {
            SqliteConnection::establish(&file.to_string_lossy()).unwrap().batch_execute(sql).unwrap();
        }
        Target::Postgres(url) => PgConnection::establish(&url).unwrap().batch_execute(sql).unwrap(),
    }
}

/// `violations` knows a timeout, a deadlock and a full disk by their English words: a server that speaks German is asked
/// for English by whoever migrates as a superuser, and `serve` knows where nobody could.
#[test]
fn a_server_that_speaks_german_is_asked_for_english() {
    let Some(cluster) = Cluster::own_in_german() else {
        eprintln!("PostgreSQL in German: NOT tested, the server has no German");
        return;
    };
    cluster.run("postgres", "CREATE DATABASE tutela OWNER tutela_owner");
    cluster.run("tutela", "GRANT ALL ON SCHEMA public TO tutela_owner");
    let target = Target::Postgres(cluster.url("tutela_app", "tutela"));
    let waits = || {
        let db = Db::open(&target, Sizing { connections: 1, ..Sizing::default() }).unwrap();
        db.write_now(None, |conn| {
            conn.batch_execute("SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(5)")?;
            Ok(())
        })
        .unwrap_err()
        .code
    };
    migrate::run(&target, Some(&cluster.url("tutela_owner", "tutela"))).unwrap();
    assert_eq!(migrate::is_told_in_english(&target), Ok(false), "an owner may not ask for it");
    assert_eq!(waits(), Code::Internal);
    migrate::run(&target, Some(&cluster.url("super", "tutela"))).unwrap();
    assert_eq!(migrate::is_told_in_english(&target), Ok(true));
    assert_eq!(waits(), Code::Unavailable);
}
