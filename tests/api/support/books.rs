//! What stands in a database, read past the service: for tests that keep books of their own.

use std::collections::HashSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};
use tutela::db::Target;

use super::Database;

/// A connection that sees every trust's rows.
pub enum Reader {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = diesel::sql_types::Text)]
    word: String,
}

impl Database {
    /// Where everything can be counted: PostgreSQL's superuser is not held to row-level security.
    pub fn books(&self) -> Target {
        self.superuser().map_or_else(|| self.target.clone(), Target::Postgres)
    }
}

impl Reader {
    pub fn open(database: &Target) -> Self {
        match database {
            Target::Postgres(url) => Self::Postgres(PgConnection::establish(url).unwrap()),
            Target::Sqlite(file) => {
                let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 30000").unwrap();
                Self::Sqlite(conn)
            }
        }
    }

    pub const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// The column `word` of each row, sorted.
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        let query = diesel::sql_query(sql);
        let words: Vec<Word> = match self {
            Self::Postgres(conn) => query.load(conn).unwrap(),
            Self::Sqlite(conn) => query.load(conn).unwrap(),
        };
        let mut rows: Vec<String> = words.into_iter().map(|row| row.word).collect();
        rows.sort_unstable();
        rows
    }

    /// The same, each once.
    pub fn texts(&mut self, sql: &str) -> HashSet<String> {
        self.rows(sql).into_iter().collect()
    }
}
