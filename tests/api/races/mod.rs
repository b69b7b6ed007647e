//! What happens at the same moment: two callers, two nodes, one database. Each race is run several times over; whoever
//! is faster, the outcome is one of those that are allowed.

mod idempotency;
mod interests;
mod pupils;
mod versions;

use std::sync::Barrier;

use serde_json::{Value, json};
use tutela::ids::Id;

/// How often a race is run.
const ROUNDS: usize = 12;

/// Runs both at once and returns what both returned.
pub fn together<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            start.wait();
            b()
        });
        start.wait();
        (a(), other.join().unwrap())
    })
}

/// A concern about a pupil.
fn concern(school: Id, pupil: Id) -> Value {
    json!({
        "school_id": school, "pupils": [{"pupil_id": pupil, "role": "subject"}], "place": "classroom",
        "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"},
        "summary": "Arrived without a coat again."
    })
}
