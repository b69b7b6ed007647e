//! Sixteen who write to SQLite without a pause: it has one writer, and nobody is turned away.

use std::time::{Duration, Instant};

use super::load::{Ground, Ledger, whole_or_short};
use super::program::serve;
use super::start::make_trust;
use crate::on_both;
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
    crate::say!(
        "16 writers, SQLite: {seconds:.1} s, {:.0} requests a second; {}",
        answers as f64 / seconds,
        books.words()
    );
}

on_both! {
    /// The command line writes to the same database, on SQLite from another process than the one that has the writer.
    fn a_command_works_beside_a_service_under_load(backend) {
        let (ground, ledger) = (Ground::new(backend), Ledger::default());
        let service = serve(&ground.database.target);
        let callers = ground.callers(&service.base, 4);
        std::thread::scope(|scope| {
            scope.spawn(|| ledger.load(&callers, "load-beside", false));
            for number in 0..3 {
                ledger.wait_for(3);
                let slug = format!("trust-{number}");
                let (key, _) = make_trust(&ground.database, &slug);
                assert_eq!(service.bearer(&key).get("/v1/trust").expect(200)["slug"], slug);
            }
            ledger.end();
        });
        assert_eq!(service.stop().code, Some(0));
        let books = ledger.books();
        assert!(books.statuses.keys().all(|status| matches!(status, 200 | 201)), "{:?}", books.statuses);
        books.check(&ground.books());
    }
}
