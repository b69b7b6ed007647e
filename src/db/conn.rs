//! The connection to either database. The derive writes the code that picks the dialect at run time.
#![expect(missing_docs, reason = "the derive writes public items without documentation")]

use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;

#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}
