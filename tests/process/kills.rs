//! `kill -9` at random moments under load: no acknowledged write is lost, none is half there, and what somebody was
//! shown is written down.

use std::time::Duration;

use super::load::{Ground, Ledger, whole_or_short};
use super::program::serve;
use crate::on_both;

/// A number below `bound`, another one each time.
fn random(bound: u64) -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % bound
}

on_both! {
    fn no_acknowledged_write_is_lost(backend) {
        let (ground, ledger, kills) = (Ground::new(backend), Ledger::default(), whole_or_short(50, 3));
        for round in 0..kills {
            let mut service = serve(&ground.database.target);
            let callers = ground.callers(&service.base, 6);
            ledger.ask_again(&callers);
            std::thread::scope(|scope| {
                let load = scope.spawn(|| ledger.load(&callers, &format!("load-{round}"), false));
                ledger.wait_for(usize::try_from(1 + random(40)).unwrap());
                std::thread::park_timeout(Duration::from_micros(random(20_000)));
                service.running.kill();
                load.join().unwrap();
            });
        }
        let service = serve(&ground.database.target);
        let in_doubt = ledger.books().in_doubt.len();
        ledger.ask_again(&ground.callers(&service.base, 6));
        assert_eq!(service.stop().code, Some(0));
        let mut books = ledger.books();
        books.check(&ground.books());
        println!("kill -9, {backend:?}: {kills} kills; {}; {in_doubt} in doubt after the last; nothing lost, nothing half", books.words());
    }
}
