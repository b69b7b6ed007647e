//! Sixteen who write to SQLite without a pause: it has one writer, and nobody is turned away.

use std::time::{Duration, Instant};

use super::load::{Ground, Ledger, whole_or_short};
use super::program::serve;
use crate::support::Backend;

#[test]
fn sixteen_writers_on_sqlite_get_no_5xx() {
    let (ground, ledger) = (Ground::new(Backend::Sqlite), Ledger::default());
    let service = serve(&ground.database.target);
    let callers = ground.callers(&service.base, 16);
    let (begun, long) = (Instant::now(), Duration::from_secs(whole_or_short(60, 3)));
    std::thread::scope(|scope| {
        scope.spawn(|| ledger.load(&callers, "load-16", false));
        while begun.elapsed() < long {
            ledger.wait_for(1);
        }
        ledger.end();
    });
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(service.stop().code, Some(0));
    let mut books = ledger.books();
    assert!(books.statuses.keys().all(|status| matches!(status, 200 | 201)), "{:?}", books.statuses);
    assert_eq!(books.unanswered, 0);
    books.check(&ground.books());
    let answers: usize = books.statuses.values().sum();
    println!(
        "16 writers, SQLite: {seconds:.1} s, {:.0} requests a second; {}",
        answers as f64 / seconds,
        books.words()
    );
}
