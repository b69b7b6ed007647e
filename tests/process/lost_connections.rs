//! PostgreSQL goes and comes back under load: callers get 503 and when to come back, never anything else; then all goes
//! on without a restart, and no connection of before spoils a request.

use std::time::Instant;

use tutela::db::{Target, migrate};

use super::load::{Caller, Ledger, whole_or_short};
use super::program::{Service, serve, until};
use crate::support::{Client, Cluster, world};

fn readiness(service: &Service) -> u16 {
    Client::new(&service.base, None).get("/health/ready").status
}

/// Many requests at once, all of which are carried out: whatever is left of the connections of before is found out.
fn all_is_well(callers: &[Caller], run: &str) {
    let ledger = Ledger::default();
    std::thread::scope(|scope| {
        scope.spawn(|| ledger.load(callers, run, false));
        ledger.wait_for(60);
        ledger.end();
    });
    let books = ledger.books();
    assert!(books.wrong.is_empty() && books.unanswered == 0, "{:?}", books.wrong);
    assert!(books.statuses.keys().all(|status| matches!(status, 200 | 201)), "{:?}", books.statuses);
}

#[test]
fn only_503_while_postgres_is_away_and_then_service_again() {
    let Some(cluster) = Cluster::own() else { return };
    cluster.run("postgres", "CREATE DATABASE tutela OWNER tutela_owner TEMPLATE template0");
    cluster.run("tutela", "GRANT ALL ON SCHEMA public TO tutela_owner");
    let target = Target::Postgres(cluster.url("tutela_app", "tutela"));
    migrate::run(&target, Some(&cluster.url("tutela_owner", "tutela"))).unwrap();
    let demo = world::seeded(&target);
    let service = serve(&target);
    let callers: Vec<Caller> = (0..8).map(|number| Caller::new(&demo, &service.base, number)).collect();
    let (ledger, terminations, stops) = (Ledger::default(), whole_or_short(20, 3), whole_or_short(5, 1));
    let away = |ledger: &Ledger| ledger.books().statuses.get(&503).copied().unwrap_or_default();
    let mut slowest = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| ledger.load(&callers, "load-lost", true));
        for _ in 0..terminations {
            ledger.wait_for(20);
            cluster.run(
                "postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tutela_app'",
            );
        }
        ledger.wait_for(20);
        for _ in 0..stops {
            let before = away(&ledger);
            cluster.stop_at_once();
            until("callers are told to come back", || (away(&ledger) > before + 8).then_some(()));
            assert_eq!(readiness(&service), 503);
            cluster.start_again();
            let begun = Instant::now();
            until("it is ready again", || (readiness(&service) == 200).then_some(()));
            slowest = slowest.max(begun.elapsed().as_millis());
            ledger.wait_for(40);
        }
        ledger.end();
    });
    all_is_well(&callers, "load-after");
    // Whole connections that died while nothing was asked of them are replaced before anybody notices.
    cluster.run(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tutela_app'",
    );
    all_is_well(&callers, "load-idle");
    ledger.ask_again(&callers);
    assert_eq!(service.stop().code, Some(0));
    let mut books = ledger.books();
    assert_eq!(books.unanswered, 0);
    books.check(&Target::Postgres(cluster.url("super", "tutela")));
    crate::say!(
        "PostgreSQL lost: {terminations} times all back ends, {stops} times stopped at once; {}; ready again at most \
         {slowest} ms after it took connections",
        books.words()
    );
}
