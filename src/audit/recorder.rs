//! Writes the entries of reads: requests hand them to one thread a process, which commits what has queued up in one
//! transaction. It waits for nobody, so the batch grows by itself under load.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::entry::{Entry, EntryRow, insert};
use crate::db::health::{Health, Pulse};
use crate::db::{Db, bind_trust};
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// Entries that may wait; beyond it the answer is 503.
const QUEUE: usize = 4096;
/// Entries in one commit.
const BATCH: usize = 512;

struct Waiting {
    row: EntryRow,
    done: oneshot::Sender<ApiResult<()>>,
}

/// The handle by which requests hand over entries; cloning it is cheap.
#[derive(Clone)]
pub struct Recorder {
    queue: SyncSender<Waiting>,
    health: Health,
}

impl Recorder {
    /// Starts the thread.
    pub fn start(db: Db) -> Result<Self, String> {
        let (queue, waiting) = sync_channel(QUEUE);
        let health = Health::default();
        std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn({
                let pulse = health.pulse();
                move || run(&db, &waiting, &pulse)
            })
            .map_err(|error| format!("the audit thread cannot start: {error}"))?;
        Ok(Self { queue, health })
    }

    /// Whether the thread is there, and its last commit was stored.
    pub fn is_well(&self) -> bool {
        self.health.is_well()
    }

    /// Returns when the entry is stored for good; an error means that what it is about must not be shown.
    pub async fn record(&self, entry: Entry) -> ApiResult<()> {
        let (done, stored) = oneshot::channel();
        let waiting = Waiting { row: entry.try_into()?, done };
        self.queue.try_send(waiting).map_err(|error| match error {
            TrySendError::Full(_) => ApiError::unavailable("the audit queue is full"),
            TrySendError::Disconnected(_) => stopped(),
        })?;
        stored.await.unwrap_or_else(|_| Err(stopped()))
    }
}

fn stopped() -> ApiError {
    ApiError::unavailable("the audit thread has stopped")
}

fn run(db: &Db, queue: &Receiver<Waiting>, pulse: &Pulse) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = queue.try_recv()
        {
            batch.push(next);
        }
        let (rows, waiting): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|entry| (entry.row, entry.done)).unzip();
        let outcome = db
            .write_now(None, move |conn| store(conn, rows))
            .map_err(|error| ApiError::unavailable(format!("the audit log cannot be written: {error}")));
        pulse.committed(outcome.is_ok());
        for done in waiting {
            // A caller that has gone away needs no answer; its entry stands.
            let _ = done.send(outcome.clone());
        }
    }
}

/// A batch holds entries of several trusts; each trust's rows are written under its own row-level security.
fn store(conn: &mut crate::db::Conn, rows: Vec<EntryRow>) -> ApiResult<()> {
    let mut by_trust: BTreeMap<Id, Vec<EntryRow>> = BTreeMap::new();
    for row in rows {
        by_trust.entry(row.trust_id).or_default().push(row);
    }
    for (trust, rows) in by_trust {
        bind_trust(conn, trust)?;
        insert(conn, &rows)?;
    }
    Ok(())
}
