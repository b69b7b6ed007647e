//! The only place that knows that there are two databases.
//!
//! A use case is a synchronous function on one [`Conn`]. [`Db::read`] and [`Db::write`] run it on a blocking thread
//! in one transaction that is bound to one trust; on SQLite every write goes through one writer thread, which
//! commits what has queued up in one go (see `writer.rs`).

mod conn;
mod connect;
pub mod health;
pub mod migrate;
pub mod portable;
pub mod prelude;
mod query;
pub mod schema;
mod session;
pub mod types;
pub mod violations;
mod work;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::{Pool, PooledConnection};

use crate::error::{ApiError, ApiResult};
use crate::ids::Id;
pub(crate) use conn::MultiRawValue;
pub use conn::{Conn, MultiBackend};
use connect::{Manager, Mode};
pub use session::nested;
pub use work::Slot;
use work::{Work, answered};
use writer::Writer;

/// The type that a diesel query must be valid for: both databases.
pub type Backend = MultiBackend;

/// Runs an expression on the connection inside, for the few statements that cannot be written for both at once.
#[macro_export]
macro_rules! on_backend {
    ($conn:expr, $inner:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Postgres($inner) => $body,
            $crate::db::Conn::Sqlite($inner) => $body,
        }
    };
}

/// Where the data lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file of the bundled SQLite.
    Sqlite(PathBuf),
    /// A `PostgreSQL` connection URL.
    Postgres(String),
}

impl Target {
    /// Reads a database URL; any scheme but the two is refused by name.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once(':').ok_or_else(|| {
            "the database URL has no scheme: sqlite:FILE or postgres://… is expected".to_owned()
        })?;
        match scheme {
            "sqlite" => {
                let file = rest.strip_prefix("//").unwrap_or(rest);
                if file.is_empty() || file == ":memory:" {
                    return Err("sqlite: needs the path of a file, for example sqlite:tutela.db".to_owned());
                }
                Ok(Self::Sqlite(PathBuf::from(file)))
            }
            "postgres" | "postgresql" => {
                let rest = rest.strip_prefix("//").ok_or("postgres: is followed by //HOST/DATABASE")?;
                let place = rest.split(['/', '?']).next().unwrap_or_default();
                let hosts = place.rsplit('@').next().unwrap_or_default();
                hosts.split(',').try_for_each(Self::check_port)?;
                Ok(Self::Postgres(url.to_owned()))
            }
            other => Err(format!(
                "the database scheme {other:?} is not known: sqlite:FILE or postgres://… is expected"
            )),
        }
    }

    /// Whether what follows a host's colon is a port. It is not repeated: it could be part of a password.
    pub fn check_port(host: &str) -> Result<(), String> {
        match host.rsplit_once(']').map_or(host, |(_, port)| port).split_once(':') {
            Some((_, port)) if port.parse::<u16>().is_err() => {
                Err("a port is a number up to 65535".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// How many connections, and how long to wait for one.
#[derive(Clone, Copy, Debug)]
pub struct Sizing {
    /// Connections in the pool (on SQLite: readers beside the one writer).
    pub connections: u32,
    /// The longest wait for a free connection before the answer is 503.
    pub checkout: Duration,
}

impl Default for Sizing {
    fn default() -> Self {
        Self { connections: 8, checkout: Duration::from_secs(2) }
    }
}

/// The handle to the database; cloning it is cheap.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    target: Target,
    pool: Pool<Manager>,
    writer: Option<Writer>,
}

impl Db {
    /// Opens the database and checks that its version is one that we trust; it migrates nothing.
    pub fn open(target: &Target, sizing: Sizing) -> Result<Self, String> {
        let readers = Manager::new(target.clone(), Mode::Shared);
        let writer = match target {
            Target::Sqlite(_) => Some(Writer::start(Manager::new(target.clone(), Mode::Writer))?),
            Target::Postgres(_) => None,
        };
        let pool = Pool::builder()
            .max_size(sizing.connections)
            .min_idle(Some(1))
            .connection_timeout(sizing.checkout)
            .test_on_check_out(false)
            .build(readers)
            .map_err(|error| format!("the database cannot be opened: {error}"))?;
        Ok(Self { inner: Arc::new(Inner { target: target.clone(), pool, writer }) })
    }

    /// Where the data lives.
    pub fn target(&self) -> &Target {
        &self.inner.target
    }

    /// Runs reads of one trust in one snapshot.
    pub async fn read<T, F>(&self, trust: Id, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        let (work, answer) = answered(work);
        self.read_work(Some(trust), work).await?;
        answer.take()
    }

    /// Runs reads of what belongs to no trust: the register of establishments, the directory of trusts.
    pub async fn read_shared<T, F>(&self, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        let (work, answer) = answered(work);
        self.read_work(None, work).await?;
        answer.take()
    }

    /// Runs a change of one trust in one transaction: all of it is stored, or none.
    pub async fn write<T, F>(&self, trust: Id, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        let (work, answer) = answered(work);
        self.write_work(trust, work).await?;
        answer.take()
    }

    async fn read_work(&self, trust: Option<Id>, work: Work) -> ApiResult<()> {
        let db = self.clone();
        blocking(Box::new(move || db.read_now(trust, work))).await
    }

    async fn write_work(&self, trust: Id, work: Work) -> ApiResult<()> {
        match &self.inner.writer {
            Some(writer) => writer.submit(work)?.await.unwrap_or_else(|_| Err(stopped())),
            None => {
                let db = self.clone();
                blocking(Box::new(move || db.change_now(Some(trust), work))).await
            }
        }
    }

    /// [`Db::read`] for callers that are on a blocking thread already.
    pub fn read_now<T>(
        &self,
        trust: Option<Id>,
        work: impl FnOnce(&mut Conn) -> ApiResult<T>,
    ) -> ApiResult<T> {
        self.begin(trust, session::Kind::Read)?.run(work)
    }

    /// [`Db::write`] for callers that are on a blocking thread already.
    pub fn write_now<T, F>(&self, trust: Option<Id>, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        let (work, answer) = answered(work);
        self.change_now(trust, work)?;
        answer.take()
    }

    fn change_now(&self, trust: Option<Id>, work: Work) -> ApiResult<()> {
        match &self.inner.writer {
            Some(writer) => writer.submit(work)?.blocking_recv().unwrap_or_else(|_| Err(stopped())),
            None => self.begin(trust, session::Kind::Write)?.run(work),
        }
    }

    /// Whether a connection can be had, the schema is this binary's, and the last change could be stored.
    pub async fn check(&self) -> ApiResult<()> {
        self.read_shared(|conn| migrate::check_on(conn).map_err(ApiError::unavailable)).await?;
        match &self.inner.writer {
            Some(writer) if !writer.is_well() => Err(ApiError::unavailable("the last change was not stored")),
            _ => Ok(()),
        }
    }

    /// A connection with a transaction. One that has died in the pool is found here, where nothing was asked of it yet,
    /// and another takes its place.
    fn begin(&self, trust: Option<Id>, kind: session::Kind) -> ApiResult<PooledConnection<Manager>> {
        let mut dead = 0;
        loop {
            let mut session = self.session()?;
            match session.begin(trust, kind) {
                Err(_) if session.is_broken() && dead < self.inner.pool.max_size() => dead += 1,
                begun => return begun.map(|()| session),
            }
        }
    }

    fn session(&self) -> ApiResult<PooledConnection<Manager>> {
        self.inner
            .pool
            .get()
            .map_err(|error| ApiError::unavailable(format!("no database connection: {error}")))
    }
}

/// Binds what follows in this transaction to one trust, for row-level security. The identifier is typed, so it
/// needs no quoting; it is `SET LOCAL` and not `set_config()`, which does not reach the workers of a distributed
/// `PostgreSQL`.
pub fn bind_trust(conn: &mut Conn, trust: Id) -> diesel::QueryResult<()> {
    use diesel::connection::SimpleConnection;
    match conn {
        Conn::Postgres(conn) => conn.batch_execute(&format!("SET LOCAL tutela.trust_id = '{trust}'")),
        Conn::Sqlite(_) => Ok(()),
    }
}

fn stopped() -> ApiError {
    ApiError::unavailable("the database writer has stopped")
}

async fn blocking(work: Box<dyn FnOnce() -> ApiResult<()> + Send>) -> ApiResult<()> {
    actix_web::web::block(work)
        .await
        .unwrap_or_else(|_| Err(ApiError::internal("a use case panicked on its blocking thread")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_that_is_not_ours_is_refused_by_name() {
        assert_eq!(Target::parse("sqlite:a.db"), Ok(Target::Sqlite("a.db".into())));
        assert_eq!(Target::parse("sqlite:///var/a.db"), Ok(Target::Sqlite("/var/a.db".into())));
        let refusal = Target::parse("mysql://host/db").unwrap_err();
        assert!(refusal.contains("\"mysql\""), "{refusal}");
        assert!(Target::parse("sqlite::memory:").is_err());
        for right in
            ["postgres://h/d", "postgresql://u:p@h:5432/d?x=1", "postgres:///d", "postgres://[::1]:5432,h/d"]
        {
            assert_eq!(Target::parse(right), Ok(Target::Postgres(right.to_owned())));
        }
        for wrong in
            ["postgres:h", "postgres://u:secret@h:54320000/d", "postgres://h:/d", "postgres://a,b:x/d"]
        {
            let refusal = Target::parse(wrong).unwrap_err();
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }
}
