//! The work on imports: rehearsing, applying, destroying; a block of rows a step, each in one transaction under a lease.

use std::sync::{Arc, Mutex, PoisonError};

use super::dto::ImportState;
use super::map::Map;
use super::plan::{self, Counts};
use super::rehearse::{Planned, Seen};
use super::store::{self, BlockRow, ImportRow};
use super::targets::{self, Target};
use super::{apply, rehearse, service};
use crate::access::change::write_under;
use crate::access::{Action, Mandate, Scope, Services, Tx};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::jobs::{Claim, Step, Worker};

/// The kind of the tasks.
pub const KIND: &str = "import";
/// When an upload that was not completed is given up.
pub const ABANDONED_SECONDS: i64 = 3_600;
/// How long a plan and its report are kept: a week.
const KEPT_SECONDS: i64 = 7 * 86_400;
/// The most rows of an import.
const MOST_ROWS: i64 = 250_000;

/// Does the work on imports.
pub struct Imports {
    services: Services,
    seen: Mutex<Option<Seen>>,
}

/// Why an import cannot go on: the word that it is shown with.
pub enum Halt {
    /// For good, for this reason.
    Over(&'static str),
    /// For now.
    Error(ApiError),
}

impl From<ApiError> for Halt {
    fn from(error: ApiError) -> Self {
        match error.code {
            Code::Unauthenticated | Code::Forbidden | Code::PersonUnknown => Self::Over("rights_ended"),
            _ => Self::Error(error),
        }
    }
}

impl Worker for Imports {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn step(&self, claim: &Claim) -> ApiResult<Step> {
        let (trust, id, now) = (claim.task.trust_id, claim.task.record_id, self.services.clock.now());
        let row = self.services.db.read_now(Some(trust), |conn| store::load(conn, trust, id))?;
        let Some(row) = row else { return Ok(Step::Done) };
        match row.state {
            ImportState::Receiving => self.give_up(claim, &row, now),
            ImportState::Rehearsing => self.or_fail(claim, &row, now, Self::rehearse),
            ImportState::Applying => self.or_fail(claim, &row, now, Self::apply),
            _ if row.wrapped.is_none() => Ok(Step::Done),
            _ if row.expires_at > now => Ok(Step::Later(row.expires_at)),
            _ => self.expire(claim, row, now),
        }
    }
}

impl Imports {
    /// With what the service is made of.
    pub const fn new(services: Services) -> Self {
        Self { services, seen: Mutex::new(None) }
    }

    fn give_up(&self, claim: &Claim, row: &ImportRow, now: Timestamp) -> ApiResult<Step> {
        if row.expires_at > now {
            return Ok(Step::Later(row.expires_at));
        }
        let (claim, trust, id) = (claim.clone(), row.trust_id, row.id);
        self.services.db.write_now(Some(trust), move |conn| {
            claim.hold(conn, now)?;
            store::delete(conn, trust, id)
        })?;
        Ok(Step::Done)
    }

    fn or_fail(
        &self,
        claim: &Claim,
        row: &ImportRow,
        now: Timestamp,
        work: impl FnOnce(&Self, &Claim, &ImportRow, Timestamp) -> Result<Step, Halt>,
    ) -> ApiResult<Step> {
        match work(self, claim, row, now) {
            Ok(step) => Ok(step),
            Err(Halt::Error(error)) => Err(error),
            Err(Halt::Over(problem)) => self.fail(claim, row.clone(), now, problem),
        }
    }

    /// The service's own change of an import: in the name of who asked for it, with no right of theirs.
    fn change(
        &self,
        claim: &Claim,
        row: ImportRow,
        now: Timestamp,
        kind: &'static str,
        change: impl FnOnce(&mut Tx<'_>, ImportRow) -> ApiResult<ImportRow> + Send + 'static,
    ) -> ApiResult<()> {
        let viewer = Mandate::parse(&row.mandate)?.without_rights(row.trust_id);
        let scope = Scope::system(&Arc::new(viewer), Action::ImportRun, now);
        let claim = claim.clone();
        write_under(&self.services, &scope, format!("import-{}", row.id), move |tx| {
            claim.hold(tx.conn, now)?;
            let (id, school) = (row.id, row.school_id);
            let row = change(tx, row)?;
            store::update(tx.conn, &row)?;
            tx.did(kind, "import", id, school)
        })
    }

    fn fail(&self, claim: &Claim, row: ImportRow, now: Timestamp, problem: &'static str) -> ApiResult<Step> {
        self.change(claim, row, now, "import.failed", move |tx, row| {
            let row = service::ended_early(row, tx)?;
            Ok(ImportRow { state: ImportState::Failed, problem: Some(problem.to_owned()), ..row })
        })?;
        Ok(Step::More)
    }

    fn expire(&self, claim: &Claim, row: ImportRow, now: Timestamp) -> ApiResult<Step> {
        self.change(claim, row, now, "import.destroyed", |tx, row| {
            let state = if row.state == ImportState::Rehearsed { ImportState::Expired } else { row.state };
            Ok(ImportRow { state, ..service::destroyed(row, tx)? })
        })?;
        Ok(Step::Done)
    }

    /// Plans the next block, or says that the plan stands.
    fn rehearse(&self, claim: &Claim, row: &ImportRow, now: Timestamp) -> Result<Step, Halt> {
        let planned = self.plan(row, now)?;
        let total = row.creates + row.changes + row.skips + row.conflicts + row.refusals;
        if planned.rows.is_empty() {
            return if total == 0 { Err(Halt::Over("empty")) } else { Ok(self.stand(claim, row, now)?) };
        }
        let count = i64::try_from(planned.rows.len()).unwrap_or_default();
        if total + count > MOST_ROWS {
            return Err(Halt::Over("too_many_rows"));
        }
        let seen = Seen { blocks: row.blocks + 1, ..planned.seen };
        let counts = Counts::of(&planned.rows);
        let body = planned.content.seal_block(row.blocks, &planned.rows)?;
        let block = BlockRow::next(row, total, count, &counts, body);
        let new = ImportRow {
            read_to: planned.read_to,
            next_line: planned.next_line,
            plan_hash: Some(plan::hash(&rehearse::first_hash(row), &planned.rows)?),
            updated_at: now,
            ..row.clone().with_block(&counts)
        };
        let (claim, schools) = (claim.clone(), planned.schools);
        self.services.db.write_now(Some(row.trust_id), move |conn| {
            claim.hold(conn, now)?;
            store::insert_block(conn, &block)?;
            store::note_schools(conn, block.trust_id, block.import_id, schools)?;
            store::update(conn, &new)
        })?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        Ok(Step::More)
    }

    /// The next block of the plan, in a transaction that stores nothing.
    fn plan(&self, row: &ImportRow, now: Timestamp) -> Result<Planned, Halt> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut planned = None;
        self.services.db.read_now(Some(row.trust_id), |conn| {
            planned = Some(rehearse::plan(conn, &self.services.vault, row, seen, now));
            Ok(())
        })?;
        planned.ok_or_else(|| ApiError::internal("a block was not planned"))?
    }

    /// The plan stands: the file itself is needed no longer.
    fn stand(&self, claim: &Claim, row: &ImportRow, now: Timestamp) -> ApiResult<Step> {
        let expires_at = now.plus_seconds(KEPT_SECONDS);
        self.change(claim, row.clone(), now, "import.rehearsed", move |tx, row| {
            store::delete_parts(tx.conn, row.trust_id, row.id)?;
            let (version, updated_at) = (row.version + 1, tx.now());
            Ok(ImportRow { state: ImportState::Rehearsed, expires_at, version, updated_at, ..row })
        })?;
        Ok(Step::Later(expires_at))
    }

    /// Applies the next block.
    fn apply(&self, claim: &Claim, row: &ImportRow, now: Timestamp) -> Result<Step, Halt> {
        let (target, _, rights) = {
            let mut found = None;
            self.services.db.read_now(Some(row.trust_id), |conn| {
                found = Some(rights(conn, row, now));
                Ok(())
            })?;
            found.ok_or_else(|| ApiError::internal("the rights of an import were not read"))??
        };
        let (claim, row, scope) = (claim.clone(), row.clone(), rights.clone());
        let expires_at = now.plus_seconds(KEPT_SECONDS);
        let is_over = write_under(&self.services, &rights, format!("import-{}", row.id), move |tx| {
            claim.hold(tx.conn, now)?;
            apply::block(tx, &scope, target, row, expires_at)
        })?;
        Ok(if is_over { Step::Later(expires_at) } else { Step::More })
    }
}

/// What is left of the rights of who asked for it.
pub fn rights(
    conn: &mut Conn,
    row: &ImportRow,
    now: Timestamp,
) -> Result<(&'static dyn Target, &'static Map, Scope), Halt> {
    let (target, map) = targets::named(&row.map)?;
    if map.version != row.map_version {
        return Err(Halt::Over("map_changed"));
    }
    let viewer = Arc::new(Mandate::parse(&row.mandate)?.resume(conn, row.trust_id, now)?);
    Scope::permit(&viewer, Action::ImportRun, now)?;
    Ok((target, map, Scope::permit(&viewer, target.action(), now)?))
}
