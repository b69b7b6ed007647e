//! The threads of a process that do the work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::desk::{Claim, Desk};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult};

/// How long a thread that found nothing to do waits before it looks again.
const PACE: Duration = Duration::from_millis(200);
/// After how many steps a task makes way for others that wait.
const STEPS: usize = 16;

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to do at once.
    More,
    /// There is more to do at this time.
    Later(Timestamp),
    /// All is done.
    Done,
}

/// A kind of work, cut into steps. A step is short (a second at most), each of its transactions begins with
/// [`Claim::hold`], and a step that was begun and not finished can be begun again.
pub trait Worker: Send + Sync + 'static {
    /// The kind, as tasks name it.
    fn kind(&self) -> &'static str;

    /// Whether there is always a task of this kind, one for all trusts.
    fn stands(&self) -> bool {
        false
    }

    /// Does a piece of a task.
    fn step(&self, claim: &Claim) -> ApiResult<Step>;
}

/// The threads of this process, one a kind of work. They stop when it is dropped, each after the step it is at.
pub struct Runner {
    bell: Arc<Bell>,
    threads: Vec<JoinHandle<()>>,
}

/// Tells the threads to stop; cloning it is cheap.
#[derive(Default)]
struct Bell {
    stopping: Mutex<bool>,
    rung: Condvar,
}

impl Bell {
    fn stop(&self) {
        *self.stopping.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.rung.notify_all();
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, but not once it is to stop.
    fn wait(&self, time: Duration) {
        let stopping = self.stopping.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.rung.wait_timeout_while(stopping, time, |stopping| !*stopping));
    }
}

impl Runner {
    /// Starts a thread for every worker.
    pub fn start(desk: &Desk, workers: Vec<Arc<dyn Worker>>) -> Result<Self, String> {
        let bell = Arc::new(Bell::default());
        let mut threads = Vec::with_capacity(workers.len());
        for worker in workers {
            let (desk, bell) = (desk.clone(), Arc::clone(&bell));
            let thread = std::thread::Builder::new()
                .name(format!("job-{}", worker.kind()))
                .spawn(move || run(&desk, worker.as_ref(), &bell))
                .map_err(|error| format!("a thread for work cannot start: {error}"))?;
            threads.push(thread);
        }
        Ok(Self { bell, threads })
    }

    /// Something that tells the threads to stop, without waiting for them.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let bell = Arc::clone(&self.bell);
        move || bell.stop()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.bell.stop();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                log::error!("a thread for work panicked");
            }
        }
    }
}

fn run(desk: &Desk, worker: &dyn Worker, bell: &Bell) {
    let mut is_ready = !worker.stands();
    while !bell.is_stopping() {
        let claimed =
            if is_ready { desk.claim(worker.kind()) } else { desk.stand(worker.kind()).map(|()| None) };
        match claimed {
            Ok(Some(claim)) => work(desk, worker, claim, bell),
            Ok(None) if !is_ready => is_ready = true,
            Ok(None) => bell.wait(PACE),
            Err(error) => {
                log::warn!("no work of kind {} can be taken: {error}", worker.kind());
                bell.wait(PACE * 5);
            }
        }
    }
}

/// Does a task's steps until it is done, has to wait, or has to make way.
fn work(desk: &Desk, worker: &dyn Worker, claim: Claim, bell: &Bell) {
    let mut step = Ok(Step::More);
    for _ in 0..STEPS {
        step = catch_unwind(AssertUnwindSafe(|| worker.step(&claim)))
            .unwrap_or_else(|_| Err(ApiError::internal("a step panicked")));
        if step != Ok(Step::More) || bell.is_stopping() {
            break;
        }
    }
    let (kind, record) = (claim.task.kind.clone(), claim.task.record_id);
    let handed_back = match step {
        Ok(Step::Done) => desk.finish(claim),
        Ok(Step::Later(at)) => desk.postpone(claim, at),
        Ok(Step::More) => desk.postpone(claim, desk.now()),
        Err(error) => {
            log::warn!("{kind} {record}: a step failed: {error}");
            desk.fail(claim)
        }
    };
    if let Err(error) = handed_back {
        log::warn!("{kind} {record} could not be handed back: {error}");
    }
}
