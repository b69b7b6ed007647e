//! SQLite's one writer: a thread that runs each change in a savepoint of its own and commits what has queued up
//! together. A change is acknowledged after the commit. It waits for nobody: the batch grows by itself under load.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::Conn;
use super::connect::Manager;
use super::session::{Kind, Session};
use crate::error::{ApiError, ApiResult};

/// Changes that may wait; beyond it the answer is 503.
const QUEUE: usize = 1024;
/// Changes in one commit.
const BATCH: usize = 128;

/// Tells the caller how its change ended, once the commit is known: `None` is success.
type Finish = Box<dyn FnOnce(Option<ApiError>) + Send>;
type Job = Box<dyn FnOnce(&mut Session) -> Finish + Send>;

pub(super) struct Writer {
    queue: SyncSender<Job>,
}

impl Writer {
    pub(super) fn start(manager: Manager) -> Result<Self, String> {
        let session = manager.open().map_err(|error| format!("the database cannot be opened: {error}"))?;
        let (queue, jobs) = sync_channel::<Job>(QUEUE);
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(session, &jobs))
            .map_err(|error| format!("the writer thread cannot start: {error}"))?;
        Ok(Self { queue })
    }

    pub(super) fn submit<T, F>(&self, work: F) -> ApiResult<oneshot::Receiver<ApiResult<T>>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static,
    {
        let (answer, receiver) = oneshot::channel();
        let job: Job = Box::new(move |session| {
            let result = session.savepoint(work);
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

fn run(mut session: Session, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let mut finished = Vec::new();
        let outcome = session.begin(None, Kind::Write).and_then(|()| {
            finished.push(first(&mut session));
            while finished.len() < BATCH
                && let Ok(next) = jobs.try_recv()
            {
                finished.push(next(&mut session));
            }
            session.commit()
        });
        let failure = outcome.err();
        if failure.is_some() {
            session.rollback();
        }
        for finish in finished {
            finish(failure.clone());
        }
    }
}
