//! SQLite's one writer: a thread that runs each change in a savepoint of its own and commits what has queued up
//! together. A change is acknowledged after the commit. It waits for nobody: the batch grows by itself under load.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::connect::Manager;
use super::health::{Health, Pulse};
use super::session::{Kind, Session};
use super::work::Work;
use crate::error::{ApiError, ApiResult};

/// Changes that may wait; beyond it the answer is 503.
const QUEUE: usize = 1024;
/// Changes in one commit.
const BATCH: usize = 128;

/// Tells the caller how its change ended, once the commit is known: `None` is success.
type Finish = Box<dyn FnOnce(Option<ApiError>) + Send>;
/// A change: runs in the session's transaction, or is told why there is none.
type Job = Box<dyn FnOnce(ApiResult<&mut Session>) -> Finish + Send>;

pub(super) struct Writer {
    queue: SyncSender<Job>,
    health: Health,
}

impl Writer {
    pub(super) fn start(manager: Manager) -> Result<Self, String> {
        let session = manager.open().map_err(|error| format!("the database cannot be opened: {error}"))?;
        let (queue, jobs) = sync_channel::<Job>(QUEUE);
        let health = Health::default();
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn({
                let pulse = health.pulse();
                move || run(session, &manager, &jobs, &pulse)
            })
            .map_err(|error| format!("the writer thread cannot start: {error}"))?;
        Ok(Self { queue, health })
    }

    /// Whether the thread is there, and its last commit was stored.
    pub(super) fn is_well(&self) -> bool {
        self.health.is_well()
    }

    pub(super) fn submit(&self, work: Work) -> ApiResult<oneshot::Receiver<ApiResult<()>>> {
        let (answer, receiver) = oneshot::channel();
        let job: Job = Box::new(move |session| {
            let result = session.and_then(|session| session.savepoint(work));
            Box::new(move |failure| {
                // The caller may have gone away; its change stands all the same.
                let _ = answer.send(match failure {
                    Some(error) => result.and(Err(error)),
                    None => result,
                });
            })
        });
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => ApiError::unavailable("the writer's queue is full"),
            TrySendError::Disconnected(_) => super::stopped(),
        })?;
        Ok(receiver)
    }
}

fn run(mut session: Session, manager: &Manager, jobs: &Receiver<Job>, pulse: &Pulse) {
    while let Ok(first) = jobs.recv() {
        let mut finished = Vec::new();
        let outcome = match begin(&mut session, manager) {
            Ok(()) => batch(&mut session, first, jobs, &mut finished),
            Err(error) => {
                finished.push(first(Err(error.clone())));
                Err(error)
            }
        };
        let failure = outcome.err();
        pulse.committed(failure.is_none());
        if failure.is_some() {
            session.rollback();
        }
        for finish in finished {
            finish(failure.clone());
        }
    }
}

/// Begins a transaction; a connection that is of no more use is opened anew first.
fn begin(session: &mut Session, manager: &Manager) -> ApiResult<()> {
    if session.is_broken() {
        *session = manager
            .open()
            .map_err(|error| ApiError::unavailable(format!("the database cannot be opened: {error}")))?;
    }
    session.begin(None, Kind::Write)
}

/// Runs what has queued up and commits it. Where a change takes the transaction with it, none of the batch is stored,
/// and nothing more may run: outside a transaction each statement would stay by itself.
fn batch(
    session: &mut Session,
    first: Job,
    jobs: &Receiver<Job>,
    finished: &mut Vec<Finish>,
) -> ApiResult<()> {
    let mut next = Some(first);
    while let Some(job) = next.take() {
        finished.push(job(Ok(&mut *session)));
        if let Some(error) = &session.lost {
            return Err(error.clone());
        }
        if finished.len() < BATCH {
            next = jobs.try_recv().ok();
        }
    }
    session.commit()
}
