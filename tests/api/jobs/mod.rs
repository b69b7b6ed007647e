//! What must happen once happens once: leases, tasks, and the threads that do them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use tutela::clock::{Clock, Timestamp};
use tutela::db::schema::tasks;
use tutela::db::{Db, Sizing};
use tutela::error::ApiResult;
use tutela::ids::Id;
use tutela::jobs::{self, Claim, Desk, Lease, Runner, Step, Worker};

use crate::on_both;
use crate::support::{Backend, Database};

struct Ground {
    db: Db,
    clock: Clock,
    _database: Database,
}

const KIND: &str = "count";

impl Ground {
    fn new(backend: Backend) -> Self {
        let database = Database::migrated(backend);
        let db = Db::open(&database.target, Sizing { connections: 4, ..Sizing::default() }).unwrap();
        let clock = Clock::manual(Timestamp::from_micros(1_763_000_000_000_000));
        Self { db, clock, _database: database }
    }

    fn id(&self) -> Id {
        Id::new(self.clock.now())
    }

    fn desk(&self) -> Desk {
        Desk::new(self.db.clone(), self.clock.clone())
    }

    fn acquire(&self, holder: Id) -> Option<Lease> {
        let now = self.clock.now();
        self.db.write_now(None, move |conn| jobs::acquire(conn, "seal", holder, now, 30)).unwrap()
    }

    fn hold(&self, lease: &Lease) -> ApiResult<()> {
        let (lease, now) = (lease.clone(), self.clock.now());
        self.db.write_now(None, move |conn| jobs::hold(conn, &lease, now, 30))
    }

    fn ask(&self, record: Id) {
        let now = self.clock.now();
        self.db.write_now(None, move |conn| jobs::enqueue(conn, KIND, record, record, now)).unwrap();
    }
}

on_both! {
    fn a_lease_has_one_holder_until_it_runs_out(backend) {
        let ground = Ground::new(backend);
        let (one, other) = (ground.id(), ground.id());
        let first = ground.acquire(one).unwrap();
        assert_eq!(ground.acquire(other), None);
        ground.clock.advance(20);
        ground.hold(&first).unwrap();
        ground.clock.advance(20);
        assert_eq!(ground.acquire(other), None, "it was made to last longer");
        ground.clock.advance(10);
        let second = ground.acquire(other).unwrap();
        assert!(second.token > first.token);
        assert!(ground.hold(&first).is_err(), "the first one is fenced off");
        ground.hold(&second).unwrap();
    }

    fn a_lease_that_is_given_back_is_free_at_once(backend) {
        let ground = Ground::new(backend);
        let first = ground.acquire(ground.id()).unwrap();
        let (lease, now) = (first.clone(), ground.clock.now());
        ground.db.write_now(None, move |conn| jobs::release(conn, &lease, now)).unwrap();
        assert_eq!(ground.acquire(ground.id()).unwrap().token, first.token + 1);
        assert!(ground.hold(&first).is_err());
    }

    fn of_many_who_want_a_lease_one_gets_it(backend) {
        let ground = Ground::new(backend);
        let got: Vec<Option<Lease>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| ground.acquire(ground.id()))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(got.into_iter().flatten().count(), 1);
    }

    fn work_whose_node_died_is_taken_over_and_the_dead_one_can_write_no_more(backend) {
        let ground = Ground::new(backend);
        let record = ground.id();
        ground.ask(record);
        let (dead, alive) = (ground.desk(), ground.desk());
        let lost = dead.claim(KIND).unwrap().unwrap();
        assert!(alive.claim(KIND).unwrap().is_none());
        ground.clock.advance(30);
        let claim = alive.claim(KIND).unwrap().unwrap();
        assert_eq!(claim.task.record_id, record);
        let (late, now) = (lost.clone(), ground.clock.now());
        assert!(ground.db.write_now(None, move |conn| late.hold(conn, now)).is_err());
        assert!(dead.finish(lost).is_err());
        alive.finish(claim).unwrap();
        assert!(alive.claim(KIND).unwrap().is_none());
    }

    fn work_that_is_asked_for_while_it_is_done_is_done_again(backend) {
        let ground = Ground::new(backend);
        let (desk, record) = (ground.desk(), ground.id());
        ground.ask(record);
        let claim = desk.claim(KIND).unwrap().unwrap();
        ground.ask(record);
        desk.finish(claim).unwrap();
        let claim = desk.claim(KIND).unwrap().unwrap();
        ground.ask(record);
        desk.postpone(claim, ground.clock.now().plus_seconds(3_600)).unwrap();
        let claim = desk.claim(KIND).unwrap().unwrap();
        desk.finish(claim).unwrap();
        assert!(desk.claim(KIND).unwrap().is_none());
    }

    fn what_failed_waits_and_is_tried_again(backend) {
        let ground = Ground::new(backend);
        let desk = ground.desk();
        ground.ask(ground.id());
        for wait in [2, 4, 8] {
            desk.fail(desk.claim(KIND).unwrap().unwrap()).unwrap();
            ground.clock.advance(wait - 1);
            assert!(desk.claim(KIND).unwrap().is_none());
            ground.clock.advance(1);
        }
        let claim = desk.claim(KIND).unwrap().unwrap();
        assert_eq!(claim.task.tries, 3);
    }

    fn two_nodes_do_every_piece_of_work_once(backend) {
        let ground = Ground::new(backend);
        let records: Vec<Id> = (0..20).map(|_| ground.id()).collect();
        records.iter().for_each(|record| ground.ask(*record));
        let counts = Arc::new(Counts { db: ground.db.clone(), clock: ground.clock.clone(), done: Mutex::default() });
        let start = || Runner::start(&ground.desk(), vec![Arc::clone(&counts) as Arc<dyn Worker>]).unwrap();
        let (one, other) = (start(), start());
        let begun = Instant::now();
        while counts.total() < 60 && begun.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(5));
        }
        drop((one, other));
        let done = counts.done.lock().unwrap().clone();
        assert_eq!(done, records.iter().map(|record| (*record, 3)).collect());
        assert!(ground.desk().claim(KIND).unwrap().is_none());
    }

    fn a_node_that_stops_hands_its_work_back_at_once(backend) {
        let ground = Ground::new(backend);
        ground.ask(ground.id());
        let endless = Arc::new(Endless { steps: Mutex::new(0) });
        let runner = Runner::start(&ground.desk(), vec![Arc::clone(&endless) as Arc<dyn Worker>]).unwrap();
        while *endless.steps.lock().unwrap() == 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
        drop(runner);
        assert!(ground.desk().claim(KIND).unwrap().is_some(), "without waiting for the lease to run out");
    }

    fn a_step_that_panics_is_a_failure(backend) {
        let ground = Ground::new(backend);
        ground.ask(ground.id());
        let runner = Runner::start(&ground.desk(), vec![Arc::new(Panics)]).unwrap();
        let begun = Instant::now();
        let tries = || {
            let read = |conn: &mut tutela::db::Conn| Ok(tasks::table.select(tasks::tries).first::<i64>(conn)?);
            ground.db.read_now(None, read).unwrap()
        };
        while tries() == 0 && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(runner);
        assert_eq!(tries(), 1);
    }
}

/// Does three steps on every record and counts them; a step that is done twice would show.
struct Counts {
    db: Db,
    clock: Clock,
    done: Mutex<BTreeMap<Id, u32>>,
}

impl Counts {
    fn total(&self) -> u32 {
        self.done.lock().unwrap().values().sum()
    }
}

impl Worker for Counts {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn step(&self, claim: &Claim) -> ApiResult<Step> {
        let (held, now) = (claim.clone(), self.clock.now());
        self.db.write_now(None, move |conn| held.hold(conn, now))?;
        let mut done = self.done.lock().unwrap();
        let count = done.entry(claim.task.record_id).or_default();
        *count += 1;
        Ok(if *count == 3 { Step::Done } else { Step::More })
    }
}

struct Endless {
    steps: Mutex<u32>,
}

impl Worker for Endless {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn step(&self, _: &Claim) -> ApiResult<Step> {
        *self.steps.lock().unwrap() += 1;
        Ok(Step::More)
    }
}

struct Panics;

impl Worker for Panics {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn step(&self, _: &Claim) -> ApiResult<Step> {
        panic!("on purpose")
    }
}
