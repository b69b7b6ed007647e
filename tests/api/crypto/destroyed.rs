//! Where a record's data key is overwritten, nothing of it is left in SQLite's files and its text opens no more.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tutela::crypto::Sealed;
use tutela::db::Target;
use tutela::db::schema::concerns;

use crate::support::{Backend, TestApp};

#[test]
fn an_overwritten_data_key_is_gone_from_the_files() {
    let app = TestApp::start_demo(Backend::Sqlite);
    let (trust, concern) = (app.demo.trusts[0].id, app.demo.trusts[0].schools[0].concerns[0]);
    let Target::Sqlite(file) = app.database.target.clone() else { return };
    let (hex, other): (String, Sealed) = app
        .services
        .db
        .read_now(Some(trust), move |conn| {
            #[derive(QueryableByName)]
            struct Hex {
                #[diesel(sql_type = diesel::sql_types::Text)]
                hex: String,
            }
            let row: Hex = diesel::sql_query(format!(
                "SELECT hex(data_key) AS hex FROM concerns WHERE id = '{concern}'"
            ))
            .get_result(conn)?;
            let other =
                concerns::table.filter(concerns::id.ne(concern)).select(concerns::data_key).first(conn)?;
            Ok((row.hex, other))
        })
        .unwrap();
    let key: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    let stands = || {
        let mut bytes = std::fs::read(&file).unwrap();
        bytes.extend(std::fs::read(format!("{}-wal", file.display())).unwrap_or_default());
        bytes.windows(key.len()).any(|window| window == key)
    };
    assert!(stands());
    let dsl = {
        let (person, claim) = app.demo.trusts[0].schools[0].holder("dsl").unwrap();
        app.person("trust-a", person, &[&claim])
    };
    let path = format!("/v1/concerns/{concern}");
    dsl.get(&path).expect(200);
    app.services
        .db
        .write_now(Some(trust), move |conn| {
            diesel::update(concerns::table.find((trust, concern)))
                .set(concerns::data_key.eq(other))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    assert_eq!(dsl.get(&path).status, 500, "another record's key opens nothing here");
    let mut conn = diesel::SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    assert!(!stands(), "the wrapped key is still in the database's files");
}
