//! A school year of two trusts, driven over HTTP under a clock that the test moves: staff raise concerns each week, the
//! safeguarding teams work on them, panels are held, missed, and answered in; concerns are closed both ways and reopened.
//! Every answer is compared with a model that knows nothing of the code; at the end the audit log, the events, and what
//! every list shows agree with what was acknowledged, and with nothing else.

mod audit;
mod calendar;
mod closures;
mod lists;
mod panel;
mod school;
mod start;
mod week;

use std::collections::BTreeMap;
use std::time::Instant;

use tutela::clock::{Date, Timestamp};

use crate::on_both;
use crate::process::load::whole_or_short;
use crate::support::{Backend, TestApp};
use calendar::Week;
use school::{Ledger, School, Ways};

/// How many schools work at the same moment.
const AT_ONCE: usize = 4;

/// Two trusts in one service.
pub struct Year {
    pub app: TestApp,
    pub trusts: Vec<Trust>,
    pub weeks: Vec<Week>,
}

pub struct Trust {
    /// What was done to set it up.
    pub ledger: Ledger,
    pub schools: Vec<School>,
}

impl Year {
    fn new(backend: Backend, weeks: usize, schools: [usize; 2]) -> Self {
        let weeks: Vec<Week> = calendar::weeks().into_iter().take(weeks).collect();
        let app = TestApp::start_idle_at(backend, Timestamp::start_of(calendar::day(2025, 8, 26)));
        let trusts = [Ways::A, Ways::B]
            .into_iter()
            .zip(schools)
            .map(|(ways, schools)| start::trust(&app, ways, schools))
            .collect();
        Self { app, trusts, weeks }
    }

    fn now(&self) -> Timestamp {
        self.app.services.clock.now()
    }

    /// Moves the clock on to an hour of a day, where it is not past that.
    fn until(&self, day: Date, hour: i64) {
        let wanted = Timestamp::start_of(day).plus_seconds(hour * 3600);
        self.app.services.clock.advance((wanted.seconds() - self.now().seconds()).max(0));
    }

    /// All schools at it, some at the same moment.
    fn each(&mut self, work: impl Fn(&TestApp, &mut School) + Sync) {
        let (app, work) = (&self.app, &work);
        for trust in &mut self.trusts {
            let share = trust.schools.len().div_ceil(AT_ONCE);
            std::thread::scope(|scope| {
                for some in trust.schools.chunks_mut(share) {
                    scope.spawn(move || some.iter_mut().for_each(|school| work(app, school)));
                }
            });
        }
    }

    fn week(&mut self, week: &Week) {
        let (first, middle, last) = week.rhythm();
        self.until(first, 8);
        self.each(|app, school| school.raise(app, last));
        self.until(middle, 12);
        self.each(|app, school| school.work(app, middle));
        self.until(last, 15);
        self.each(|app, school| school.meet(app, week.monday, last));
    }

    /// What was done, by name.
    fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for ledger in self.trusts.iter().flat_map(|trust| trust.schools.iter().map(|school| &school.ledger)) {
            for (what, many) in &ledger.counts {
                *counts.entry(*what).or_default() += many;
            }
        }
        counts
    }
}

on_both! {
    fn a_year_leaves_audit_events_and_records_in_agreement(backend) {
        let begun = Instant::now();
        let (weeks, schools) = whole_or_short((usize::MAX, [30, 10]), (5, [3, 2]));
        let mut year = Year::new(backend, weeks, schools);
        for week in year.weeks.clone() {
            year.week(&week);
        }
        let after = year.weeks.last().unwrap().monday.plus_days(7);
        year.until(after, 9);
        let worked = begun.elapsed().as_secs_f64();
        let checked = [audit::check(&year), closures::check(&year), lists::check(&year)].join("; ");
        crate::say!(
            "a year, {backend:?}: {} weeks, {} + {} schools, {worked:.0} s and {:.0} s to check; {:?}; {checked}",
            year.weeks.len(), year.trusts[0].schools.len(), year.trusts[1].schools.len(),
            begun.elapsed().as_secs_f64() - worked, year.counts(),
        );
        for what in ["closed in a panel", "closed by a statement", "reopened", "missed weeks", "absences"] {
            assert!(year.counts().contains_key(what), "nothing was {what}: {:?}", year.counts());
        }
    }
}
