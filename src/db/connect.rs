//! Opens connections, with the settings that make "nothing lost" true on each database.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::ManageConnection;
use diesel::sqlite::SqliteConnection;

use super::session::{Session, Watch};
use super::{Conn, Target};

/// SQLite before this version can corrupt a database when its write-ahead log is reset.
const SQLITE_FLOOR: (u32, u32, u32) = (3, 51, 3);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// On SQLite it reads only; on `PostgreSQL` it does everything.
    Shared,
    /// The one connection that writes to a SQLite file.
    Writer,
}

/// Makes sessions for the pool and for the writer thread. The variant is chosen by the URL's scheme: the derived
/// `establish` would try each in turn and could end on a throw-away SQLite file while `PostgreSQL` is down.
#[derive(Clone, Debug)]
pub(super) struct Manager {
    target: Target,
    mode: Mode,
}

impl Manager {
    pub(super) const fn new(target: Target, mode: Mode) -> Self {
        Self { target, mode }
    }

    pub(super) fn open(&self) -> Result<Session, diesel::r2d2::Error> {
        let mut conn = match &self.target {
            Target::Postgres(url) => Conn::Postgres(postgres(url)?),
            Target::Sqlite(file) => Conn::Sqlite(sqlite(&file.to_string_lossy(), self.mode)?),
        };
        let failed = Arc::new(AtomicBool::new(false));
        conn.set_instrumentation(Watch::new(&failed));
        Ok(Session { conn, failed, lost: None })
    }
}

impl ManageConnection for Manager {
    type Connection = Session;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Session, Self::Error> {
        self.open()
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), Self::Error> {
        session.conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        session.is_broken()
    }
}

/// A connection for migrations, without a pool.
pub(super) fn single(target: &Target) -> Result<Conn, String> {
    Manager::new(target.clone(), Mode::Writer)
        .open()
        .map(|session| session.conn)
        .map_err(|error| format!("the database cannot be opened: {error}"))
}

/// `violations` knows some errors by their words alone, so they are to be English where the role may ask for that.
fn postgres(url: &str) -> Result<PgConnection, diesel::r2d2::Error> {
    let mut conn = PgConnection::establish(url).map_err(diesel::r2d2::Error::ConnectionError)?;
    conn.batch_execute(
        "SET synchronous_commit = on; SET statement_timeout = '15s'; SET lock_timeout = '5s'; \
         SET idle_in_transaction_session_timeout = '30s'; SET timezone = 'UTC'; \
         SET application_name = 'tutela'; \
         DO $$ BEGIN SET lc_messages = 'C'; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$",
    )
    .map_err(diesel::r2d2::Error::QueryError)?;
    Ok(conn)
}

fn sqlite(file: &str, mode: Mode) -> Result<SqliteConnection, diesel::r2d2::Error> {
    keep_private(std::path::Path::new(file)).map_err(|error| {
        let words = format!("{file}: {error}");
        diesel::r2d2::Error::ConnectionError(diesel::ConnectionError::BadConnection(words))
    })?;
    let mut conn = SqliteConnection::establish(file).map_err(diesel::r2d2::Error::ConnectionError)?;
    conn.batch_execute("PRAGMA busy_timeout = 5000").map_err(diesel::r2d2::Error::QueryError)?;
    write_ahead(&mut conn).map_err(diesel::r2d2::Error::QueryError)?;
    conn.batch_execute(
        "PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON; \
         PRAGMA temp_store = MEMORY",
    )
    .map_err(diesel::r2d2::Error::QueryError)?;
    if mode == Mode::Shared {
        conn.batch_execute("PRAGMA query_only = ON").map_err(diesel::r2d2::Error::QueryError)?;
    }
    check_sqlite(&mut conn).map_err(|reason| {
        diesel::r2d2::Error::ConnectionError(diesel::ConnectionError::BadConnection(reason))
    })?;
    Ok(conn)
}

/// Switches a new file to its write-ahead log. Of two who do so at once one is told that the file is locked, without
/// the wait that `busy_timeout` gives to everything else.
fn write_ahead(conn: &mut SqliteConnection) -> diesel::QueryResult<()> {
    let mut tries = 250;
    loop {
        let outcome = conn.batch_execute("PRAGMA journal_mode = WAL");
        match &outcome {
            Err(diesel::result::Error::DatabaseError(_, said))
                if said.message().contains("locked") && tries > 0 =>
            {
                tries -= 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            _ => return outcome,
        }
    }
}

/// A new file is for its owner only; SQLite gives its log and its shared memory the file's own rights. Rights that
/// somebody has given are left as they are, and told in the log. A file that is there is never opened here: closing it
/// would take away the locks that SQLite holds in this process.
#[cfg(unix)]
fn keep_private(file: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    static TOLD: std::sync::Once = std::sync::Once::new();
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _held = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if std::fs::metadata(file)?.permissions().mode() & 0o077 != 0 {
        TOLD.call_once(|| log::warn!("the database file can be read by others than its owner: chmod 600 it"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_private(_: &std::path::Path) -> std::io::Result<()> {
    Ok(())
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

fn check_sqlite(conn: &mut SqliteConnection) -> Result<(), String> {
    let found: Version = diesel::sql_query("SELECT sqlite_version() AS version")
        .get_result(conn)
        .map_err(|error| error.to_string())?;
    let mut parts = found.version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let version = (next(), next(), next());
    if version < SQLITE_FLOOR {
        return Err(format!("SQLite {} is too old: its write-ahead log can corrupt the file", found.version));
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_file_is_for_its_owner_only() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("t.db");
        let mut conn = sqlite(&file.to_string_lossy(), Mode::Writer).unwrap();
        conn.batch_execute("CREATE TABLE t (x INTEGER) STRICT; INSERT INTO t VALUES (1)").unwrap();
        let found: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().collect();
        assert_eq!(found.len(), 3, "{found:?}");
        for entry in found {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        }
    }
}
