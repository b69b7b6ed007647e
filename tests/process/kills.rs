//! `kill -9` at random moments under load: no acknowledged write is lost, none is half there, and what somebody was
//! shown is written down.

use std::time::Duration;

use super::load::{Ground, Ledger, count_establishments, whole_or_short};
use super::program::{Program, serve, until};
use crate::on_both;
use crate::support::Database;

/// Rows of the register that is imported.
const ROWS: usize = 20_000;

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
        crate::say!("kill -9, {backend:?}: {kills} kills; {}; {in_doubt} in doubt after the last; nothing lost, nothing half", books.words());
    }

    fn an_import_that_was_killed_is_finished_by_the_next(backend) {
        let database = Database::migrated(backend);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("register.csv");
        let rows: String = (0..ROWS).map(|row| format!("{},Example School {row},01-09-2014,Example Town,ZZ1 9ZZ\n", 800_000 + row)).collect();
        std::fs::write(&file, format!("urn,name,open_date,town,postcode\n{rows}")).unwrap();
        let import = || Program::new(&["import", "establishments", file.to_str().unwrap()]).over(&database.target);
        let stored = || count_establishments(&database.target);
        let mut killed = import().start();
        let some = until("some rows are in", || Some(stored()).filter(|rows| *rows > 0));
        killed.kill();
        let after = stored();
        assert_eq!(after % 500, 0, "a piece is half there");
        let told = import().run();
        let expected = format!("{ROWS} rows, {} added, 0 changed, {after} unchanged, 0 refused", ROWS - after);
        assert!(told.done().contains(&expected), "{} after {some}", told.out);
        assert_eq!(stored(), ROWS);
        crate::say!("kill -9 of an import, {backend:?}: {after} of {ROWS} rows were in, the next run added the rest");
    }
}
