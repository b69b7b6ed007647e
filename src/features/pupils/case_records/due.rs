//! What is due, for the school that has the child, or had them last: it is the one that can still do it.

use std::collections::HashMap;

use super::super::{conflicts, enrolments};
use super::{CaseRecord, Wanted, WantedDue};
use crate::access::Scope;
use crate::clock::Date;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// What is asked for: due between two days, done or not, at one school only.
#[derive(Clone, Copy, Debug)]
pub struct DueAsked {
    /// Due on this day or later.
    pub from: Option<Date>,
    /// Due on this day or earlier.
    pub to: Date,
    /// What was done; otherwise what was not.
    pub is_met: bool,
    /// Of this school only.
    pub school: Option<Id>,
}

/// A record of which something may be due, with the school whose task it is.
pub struct InReach<R> {
    pub row: R,
    pub school: Id,
}

/// One thing that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The last day on which it is in time.
    pub due_on: Date,
    /// When it was done.
    pub met_on: Option<Date>,
    /// Who is named for it.
    pub owner: Option<Id>,
}

/// The same with what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseDue {
    /// The pupil.
    pub pupil: Id,
    /// The school whose task it is.
    pub school: Id,
    /// The record.
    pub record: Id,
    /// When, by whom, and whether it was done.
    pub line: Line,
}

impl DueAsked {
    /// Whether a line is among what is asked for.
    fn takes(&self, line: &Line) -> bool {
        line.met_on.is_some() == self.is_met
            && line.due_on <= self.to
            && self.from.is_none_or(|from| line.due_on >= from)
    }

    /// What of these records is asked for, where a line says what is due of one.
    pub fn lines<R: CaseRecord>(
        &self,
        rows: &[InReach<R>],
        line: impl Fn(&R) -> Option<Line>,
    ) -> Vec<CaseDue> {
        let of = |one: &InReach<R>| {
            let line = line(&one.row).filter(|line| self.takes(line))?;
            let head = one.row.head();
            Some(CaseDue { pupil: head.pupil, school: one.school, record: head.id, line })
        };
        rows.iter().filter_map(of).collect()
    }
}

/// The records of which something may be due, of pupils whom schools within reach have or had last and with whom the caller has
/// no conflict of interest.
pub fn due<R: CaseRecord>(conn: &mut Conn, scope: &Scope, asked: &DueAsked) -> ApiResult<Vec<InReach<R>>> {
    if !scope.extent().is_whole() {
        return Ok(Vec::new());
    }
    let wanted =
        WantedDue { from: asked.from, to: asked.to, with_settled: asked.is_met, at: scope.school_limit() };
    let mut rows = R::load(conn, &Wanted { due: Some(wanted), ..Wanted::of(scope.trust()) })?;
    let related = conflicts::conflicted_pupils(conn, scope.trust(), scope.person())?;
    rows.retain(|row| !related.contains(&row.head().pupil));
    let schools = schools_of(conn, scope, &rows)?;
    let place = |row: R| {
        let theirs = schools.get(&row.head().pupil)?;
        let is_here = |school: &&Id| {
            scope.extent().covers(**school) && asked.school.is_none_or(|wanted| wanted == **school)
        };
        Some(InReach { school: *theirs.iter().find(is_here)?, row })
    };
    Ok(rows.into_iter().filter_map(place).collect())
}

/// The schools that have the pupils of these records, or had them last.
fn schools_of<R: CaseRecord>(conn: &mut Conn, scope: &Scope, rows: &[R]) -> ApiResult<HashMap<Id, Vec<Id>>> {
    let mut pupils: Vec<Id> = rows.iter().map(|row| row.head().pupil).collect();
    pupils.sort_unstable();
    pupils.dedup();
    let mut schools = enrolments::on_roll(conn, scope, &pupils)?;
    for pupil in pupils {
        if let std::collections::hash_map::Entry::Vacant(nobody) = schools.entry(pupil) {
            let last = enrolments::schools_now_or_last(conn, scope.trust(), pupil, scope.today())?;
            nobody.insert(last);
        }
    }
    Ok(schools)
}
