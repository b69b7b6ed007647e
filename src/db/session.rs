//! One connection and its transactions: how each database begins one, and when a commit may be believed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::QueryResult;
use diesel::connection::{
    AnsiTransactionManager, Instrumentation, InstrumentationEvent, TransactionManager,
    get_default_instrumentation,
};
use diesel::r2d2::R2D2Connection;

use super::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;
use crate::on_backend;

/// Reads may share a snapshot with a writer at work; a write takes SQLite's write lock at its beginning, since a
/// lock that is upgraded later fails at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
}

/// A connection that knows whether a statement of the running transaction has failed.
pub(super) struct Session {
    pub(super) conn: Conn,
    pub(super) failed: Arc<AtomicBool>,
    /// Why the running transaction is no more, where a savepoint in it could not be ended.
    pub(super) lost: Option<ApiError>,
}

/// Notes failed statements. `PostgreSQL` answers the COMMIT of a failed transaction with a rollback, which diesel
/// reports as success: code that swallowed the error would believe in a change that is gone.
pub(super) struct Watch {
    failed: Arc<AtomicBool>,
    /// What the process listens with besides: nothing but in tests.
    beside: Option<Box<dyn Instrumentation>>,
}

impl Watch {
    pub(super) fn new(failed: &Arc<AtomicBool>) -> Self {
        Self { failed: Arc::clone(failed), beside: get_default_instrumentation() }
    }
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match &event {
            InstrumentationEvent::FinishQuery { error: Some(_), .. } => {
                self.failed.store(true, Ordering::Relaxed);
            }
            // Back at a savepoint the transaction is whole again.
            InstrumentationEvent::RollbackTransaction { depth, .. } if depth.get() > 1 => {
                self.failed.store(false, Ordering::Relaxed);
            }
            _ => {}
        }
        if let Some(beside) = &mut self.beside {
            beside.on_connection_event(event);
        }
    }
}

impl Session {
    /// Runs work in the transaction that was begun, and ends it; an error or a swallowed failure rolls all of it back.
    pub(super) fn run<T>(&mut self, work: impl FnOnce(&mut Conn) -> ApiResult<T>) -> ApiResult<T> {
        match work(&mut self.conn) {
            Ok(value) => self.commit().map(|()| value),
            Err(error) => {
                self.rollback();
                Err(error)
            }
        }
    }

    pub(super) fn begin(&mut self, trust: Option<Id>, kind: Kind) -> ApiResult<()> {
        self.failed.store(false, Ordering::Relaxed);
        self.lost = None;
        begin(&mut self.conn, trust, kind).map_err(ApiError::from)
    }

    pub(super) fn commit(&mut self) -> ApiResult<()> {
        if matches!(self.conn, Conn::Postgres(_)) && self.failed.load(Ordering::Relaxed) {
            self.rollback();
            return Err(ApiError::internal("a failed statement was swallowed inside a transaction"));
        }
        on_backend!(&mut self.conn, conn => AnsiTransactionManager::commit_transaction(conn)).map_err(
            |error| {
                self.rollback();
                ApiError::from(error)
            },
        )
    }

    pub(super) fn rollback(&mut self) {
        let open = on_backend!(&mut self.conn, conn => {
            AnsiTransactionManager::transaction_manager_status_mut(conn)
                .transaction_depth()
                .is_ok_and(|depth| depth.is_some())
        });
        if open
            && let Err(error) =
                on_backend!(&mut self.conn, conn => AnsiTransactionManager::rollback_transaction(conn))
        {
            log::warn!("a transaction could not be rolled back: {error}");
        }
    }

    /// Runs work inside a savepoint of the transaction that is open; a panic undoes it as an error does. Where the
    /// savepoint cannot be ended, the transaction is `lost`.
    pub(super) fn savepoint<T>(&mut self, work: impl FnOnce(&mut Conn) -> ApiResult<T>) -> ApiResult<T> {
        let (result, is_whole) = in_savepoint(&mut self.conn, |conn| {
            catch_unwind(AssertUnwindSafe(|| work(conn)))
                .unwrap_or_else(|_| Err(ApiError::internal("a use case panicked on the writer thread")))
        });
        if !is_whole {
            self.lost = Some(match &result {
                Err(error) if error.code == Code::StorageFull => error.clone(),
                _ => ApiError::unavailable("SQLite has ended the transaction by itself"),
            });
        }
        result
    }

    pub(super) fn is_broken(&mut self) -> bool {
        let open = on_backend!(&mut self.conn, conn => {
            !AnsiTransactionManager::transaction_manager_status_mut(conn)
                .transaction_depth()
                .is_ok_and(|depth| depth.is_none())
        });
        open || self.conn.is_broken()
    }
}

fn begin(conn: &mut Conn, trust: Option<Id>, kind: Kind) -> QueryResult<()> {
    match conn {
        Conn::Postgres(conn) => {
            let mut sql = match kind {
                Kind::Read => "BEGIN READ ONLY".to_owned(),
                Kind::Write => "BEGIN".to_owned(),
            };
            if let Some(trust) = trust {
                sql.push_str(&format!("; SET LOCAL tutela.trust_id = '{trust}'"));
            }
            AnsiTransactionManager::begin_transaction_sql(conn, &sql)
        }
        Conn::Sqlite(conn) => {
            let sql = match kind {
                Kind::Read => "BEGIN",
                Kind::Write => "BEGIN IMMEDIATE",
            };
            AnsiTransactionManager::begin_transaction_sql(conn, sql)
        }
    }
}

/// Runs work in a savepoint: the only place inside a transaction where a database error may be caught.
pub fn nested<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> ApiResult<T>) -> ApiResult<T> {
    in_savepoint(conn, work).0
}

/// The same, and whether the transaction around it is still there. The work's own error is the one that counts: after
/// a full disk SQLite has no savepoint left to go back to, and says so.
fn in_savepoint<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> ApiResult<T>) -> (ApiResult<T>, bool) {
    if let Err(error) = on_backend!(conn, conn => AnsiTransactionManager::begin_transaction(conn)) {
        return (Err(error.into()), false);
    }
    let result = work(conn).and_then(|value| {
        on_backend!(conn, conn => AnsiTransactionManager::commit_transaction(conn))?;
        Ok(value)
    });
    if result.is_ok() {
        return (result, true);
    }
    let undone = on_backend!(conn, conn => AnsiTransactionManager::rollback_transaction(conn));
    if let Err(error) = &undone {
        log::warn!("a savepoint could not be rolled back: {error}");
    }
    (result, undone.is_ok())
}
