//! One test for each trap in what is stored and asked: letters, order, fractions, many values, moments, and settings.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::json;
use tutela::clock::{Clock, Timestamp};
use tutela::db::schema::{hubs, trusts};
use tutela::db::{Conn, Db, Sizing, Target, migrate};
use tutela::error::{ApiResult, Code};
use tutela::features::exchange::imports::establishments as register;
use tutela::features::organisation::establishments::{EstablishmentRow, in_register_all, store_all};
use tutela::ids::Id;

use crate::on_both;
use crate::support::made::{admin, person};
use crate::support::{Backend, Database, TestApp};

fn open(database: &Database) -> Db {
    Db::open(&database.target, Sizing::default()).unwrap()
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

fn count(db: &Db, sql: &'static str) -> i64 {
    db.read_now(None, |conn| Ok(diesel::sql_query(sql).get_result::<Count>(conn)?.count)).unwrap()
}

/// The names of a list of the register, as it stands in the answer.
fn names(app: &TestApp, filter: &str) -> Vec<String> {
    let list = admin(app).get(&format!("/v1/establishments?limit=200{filter}")).expect(200);
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

fn registered(backend: Backend, names: &[&str]) -> TestApp {
    let app = TestApp::start(backend);
    let lines = names.iter().enumerate().map(|(at, name)| format!("{},{name}\n", 199_800 + at));
    let file = format!("urn,name\n{}", lines.collect::<String>());
    let now = Clock::System.now();
    let summary = register::run(
        &app.services.db,
        now,
        std::io::Cursor::new(file),
        register::Options::default(),
        &mut |_| {},
    );
    assert_eq!(summary.unwrap().added, u64::try_from(names.len()).unwrap());
    app
}

on_both! {
    fn a_broken_foreign_key_is_the_same_problem(backend) {
        let database = Database::migrated(backend);
        let now = Clock::System.now();
        let (nowhere, id) = (Id::new(now), Id::new(now));
        let work = move |conn: &mut Conn| -> ApiResult<()> {
            diesel::insert_into(hubs::table)
                .values((
                    hubs::trust_id.eq(nowhere), hubs::id.eq(id), hubs::name.eq("Hub"), hubs::version.eq(1_i64),
                    hubs::created_at.eq(now), hubs::updated_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        };
        let error = open(&database).write_now(Some(nowhere), work).unwrap_err();
        assert_eq!(error.code, Code::StateConflict, "{error}");
        let told = error.detail.unwrap().to_lowercase();
        assert!(!told.contains("constraint") && !told.contains("hubs"), "{told}");
    }

    fn letters_beyond_ascii_are_found_in_any_case_and_wildcards_are_letters(backend) {
        let app = registered(backend, &["Zqx Ångström Éxample", "Zqx 100% Example", "Zqx 50_50 Example", "Zqx 50x50 Example"]);
        for spelling in ["%C3%85NGSTR%C3%96M", "angstrom", "%C3%A5ngstr%C3%B6m", "EXAMPLE"] {
            assert!(names(&app, &format!("&name={spelling}")).contains(&"Zqx Ångström Éxample".to_owned()), "{spelling}");
        }
        assert_eq!(names(&app, "&name=100%25"), ["Zqx 100% Example"]);
        assert_eq!(names(&app, "&name=50_50"), ["Zqx 50_50 Example"]);
        assert_eq!(names(&app, "&name=%25"), Vec::<String>::new());
    }

    fn names_sort_by_their_bytes_page_by_page(backend) {
        let sorted = ["Zqx a b", "Zqx a-b", "Zqx ab", "Zqx b", "Zqx zz", "Zqx ægir"];
        let app = registered(backend, &[sorted[3], sorted[5], sorted[1], sorted[4], sorted[0], sorted[2]]);
        assert_eq!(names(&app, "&name=zqx"), sorted);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin(&app).get(&format!("/v1/establishments?limit=1&name=zqx{cursor}")).expect(200);
            seen.push(page["items"][0]["name"].as_str().unwrap().to_owned());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, sorted);
    }

    fn no_column_is_a_fraction(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        let fractions = match backend {
            Backend::Postgres => "SELECT count(*) AS count FROM information_schema.columns WHERE table_schema = 'public' \
                AND data_type IN ('numeric', 'real', 'double precision', 'money')",
            Backend::Sqlite => "SELECT count(*) AS count FROM sqlite_schema t, pragma_table_info(t.name) c \
                WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' \
                AND c.type NOT IN ('INTEGER', 'TEXT', 'BLOB')",
        };
        assert_eq!(count(&db, fractions), 0);
    }

    fn more_values_than_sqlite_has_variables_for_are_asked_in_pieces(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        let now = Clock::System.now();
        db.write_now(None, move |conn| {
            let row = |urn: i32| EstablishmentRow { name: "Example".to_owned(), ..EstablishmentRow::blank(urn, now) };
            store_all(conn, &[row(100_000), row(139_999)])
        })
        .unwrap();
        let urns: Vec<i32> = (100_000..140_000).collect();
        let found = db.read_now(None, |conn| in_register_all(conn, &urns)).unwrap();
        assert_eq!(found.iter().map(|row| row.urn).collect::<Vec<_>>(), [100_000, 139_999]);
    }

    fn a_moment_comes_back_as_it_was_stored(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        for (number, text) in ["2026-01-15T09:30:00.123456789Z", "1901-01-01T00:00:00Z", "2099-12-31T23:59:59.999999Z",
            "2026-07-01T00:00:00.000001+01:00"].into_iter().enumerate()
        {
            let at = Timestamp::parse(text).unwrap();
            let id = Id::new(Clock::System.now());
            let stored = db.write_now(None, move |conn| {
                diesel::insert_into(trusts::table)
                    .values((trusts::id.eq(id), trusts::slug.eq(format!("trust-{number}")), trusts::created_at.eq(at)))
                    .execute(conn)?;
                Ok(trusts::table.find(id).select(trusts::created_at).first::<Timestamp>(conn)?)
            });
            assert_eq!(stored.unwrap(), at, "{text}");
            let after = db.read_now(None, |conn| {
                Ok(trusts::table.filter(trusts::created_at.ge(at)).filter(trusts::id.eq(id)).count().get_result::<i64>(conn)?)
            });
            assert_eq!(after.unwrap(), 1, "{text}");
        }
    }

    fn an_empty_change_is_no_fault_of_the_database(backend) {
        let app = TestApp::start(backend);
        let admin = admin(&app);
        let hub = admin.post("/v1/hubs", json!({"name": "North hub"})).header("location").to_owned();
        let someone = format!("/v1/people/{}", person(&app, "Example", None));
        for path in [hub.as_str(), "/v1/trust", &someone] {
            let before = admin.get(path);
            let after = admin.patch(path, &before.etag(), json!({}));
            assert_eq!(after.expect(200)["name"], before.json()["name"], "{path}");
        }
    }

    fn a_zero_byte_is_refused_before_the_database_sees_it(backend) {
        let app = TestApp::start(backend);
        let refused = admin(&app).post("/v1/hubs", json!({"name": "North\u{0}hub"}));
        assert_eq!((refused.problem(422), refused.invalid()), ("invalid".to_owned(), "/name".to_owned()));
        assert_eq!(admin(&app).get("/v1/establishments?name=a%00b").problem(422), "invalid");
        let found = admin(&app).search("/v1/people/searches", json!({"words": "a\u{0}b"}));
        assert_eq!(found.problem(422), "invalid");
    }

    fn of_those_who_look_before_they_insert_one_makes_it(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        let look_and_make = || {
            let db = db.clone();
            std::thread::spawn(move || {
                db.write_now(None, |conn| {
                    let known: i64 = trusts::table.filter(trusts::slug.eq("trust-a")).count().get_result(conn)?;
                    if known > 0 { return Ok(false) }
                    let now = Clock::System.now();
                    diesel::insert_into(trusts::table)
                        .values((trusts::id.eq(Id::new(now)), trusts::slug.eq("trust-a"), trusts::created_at.eq(now)))
                        .execute(conn)?;
                    Ok(true)
                })
            })
        };
        let all: Vec<_> = (0..8).map(|_| look_and_make()).collect();
        let made: Vec<_> = all.into_iter().map(|one| one.join().unwrap()).collect();
        assert_eq!(made.iter().filter(|one| matches!(one, Ok(true))).count(), 1);
        for error in made.iter().filter_map(|one| one.as_ref().err()) {
            assert_eq!(error.code, Code::AlreadyExists, "{error}");
        }
    }

    fn connections_are_set_so_that_nothing_is_lost(backend) {
        let database = Database::migrated(backend);
        let db = open(&database);
        let settings: &[(&str, &str)] = match backend {
            Backend::Sqlite => &[("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("trusted_schema", "0")],
            Backend::Postgres => &[
                ("synchronous_commit", "on"), ("statement_timeout", "15s"), ("lock_timeout", "5s"),
                ("idle_in_transaction_session_timeout", "30s"), ("TimeZone", "UTC"),
            ],
        };
        for (name, value) in settings {
            let sql = match backend {
                Backend::Sqlite => format!("SELECT CAST({name} AS TEXT) AS value FROM pragma_{name}"),
                Backend::Postgres => format!("SELECT current_setting('{name}') AS value"),
            };
            let ask = sql.clone();
            let written = db.write_now(None, move |conn| Ok(diesel::sql_query(ask).get_result::<Setting>(conn)?.value));
            let read = db.read_now(None, move |conn| Ok(diesel::sql_query(sql).get_result::<Setting>(conn)?.value));
            assert_eq!((written.unwrap().as_str(), read.unwrap().as_str()), (*value, *value), "{name}");
        }
    }
}

/// The clusters of tests sort by bytes whatever a column says; one in production may not.
#[test]
fn every_column_that_pages_are_sorted_by_says_so_in_postgres() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let database = Database::migrated(Backend::Postgres);
    let db = open(&database);
    let sort_keys = "table_schema = 'public' AND data_type = 'text' AND (column_name LIKE '%folded' OR column_name IN \
        ('code', 'parent_code', 'slug', 'upn'))";
    let all: &'static str = Box::leak(
        format!("SELECT count(*) AS count FROM information_schema.columns WHERE {sort_keys}").into(),
    );
    let unsorted: &'static str = Box::leak(format!("{all} AND collation_name IS DISTINCT FROM 'C'").into());
    assert!(count(&db, all) >= 6);
    assert_eq!(count(&db, unsorted), 0);
}

/// The derived way to open a connection would go on with a file of this name.
#[test]
fn a_database_that_is_away_is_not_replaced_by_a_file() {
    let away = Target::Postgres("postgres://tutela_app@127.0.0.1:1/tutela".to_owned());
    let refused = migrate::check(&away).unwrap_err();
    assert!(refused.contains("cannot be opened"), "{refused}");
    let here = std::fs::read_dir(".").unwrap().flatten();
    assert!(here.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with("postgres")));
}
