//! Recording statuses.

use super::super::case::{self, PupilKey, Sight, Window, committed};
use super::super::matches;
use super::dto::{StatusCorrection, StatusCreate, StatusEnding, StatusStep, StatusView, StatusWithdrawal};
use super::read::{Grounds, TABLE, grounds, is_recorded, view};
use super::rules::{self, Act, Ground};
use super::store::{self, StatusBody, StatusRow};
use super::words::{HarmCategory, StatusKind};
use crate::access::{Scope, Tx};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::IfMatch;
use crate::ids::Id;

/// Records that a status begins.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, pupil: Id, input: StatusCreate) -> ApiResult<StatusView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    case::known(tx.conn, scope, pupil)?;
    if let Some(id) = tx.replayed()? {
        return newest(tx, scope, pupil, id);
    }
    let school = case::recording_school(tx.conn, scope, pupil)?;
    check_form(scope, input.kind, input.category, input.starts_on)?;
    let key = PupilKey::lock(tx, pupil)?;
    let grounds = grounds(tx.conn, scope.trust(), pupil, tx.now())?;
    let ground = named(&grounds, input.external_decision_id, "/external_decision_id")?;
    require(input.kind, Act::Begin(input.starts_on), ground)?;
    let row = begun(tx, scope, &key, (pupil, school), &Beginning::from(&input))?;
    refuse_overlap(tx.conn, &row, &[])?;
    let body = StatusBody { note: input.note, reason: None };
    tx.created(row.id);
    start(tx, &key, row, body, &grounds)
}

/// Records a step up or down: the status ends on the day before, and another begins.
pub fn step(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
    input: StatusStep,
) -> ApiResult<StatusView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    let (old, key) = match begin(tx, scope, (pupil, id), if_match)? {
        Begun::First(old, key) => (*old, key),
        Begun::Again(made) => return newest(tx, scope, pupil, made),
    };
    require_open(&old)?;
    if !old.kind.is_rung() || !input.kind.is_rung() || old.kind == input.kind {
        return Err(ApiError::rule(
            "/kind",
            "not_allowed",
            "a step goes from one level of support to another",
        ));
    }
    check_form(scope, input.kind, input.category, input.starts_on)?;
    let last = input.starts_on.plus_days(-1);
    if last < old.starts_on {
        return Err(ApiError::rule(
            "/starts_on",
            "range",
            "must be after the first day of the status before",
        ));
    }
    let grounds = grounds(tx.conn, scope.trust(), pupil, tx.now())?;
    let ground = named(&grounds, input.external_decision_id, "/external_decision_id")?;
    require(old.kind, Act::End(last), ground)?;
    require(input.kind, Act::Begin(input.starts_on), ground)?;
    let school = case::recording_school(tx.conn, scope, pupil)?;
    let mut row = begun(tx, scope, &key, (pupil, school), &Beginning::from(&input))?;
    row.follows_id = Some(old.id);
    refuse_overlap(tx.conn, &row, &[old.id])?;
    let before: StatusBody = key.unseal(TABLE, old.id, &old.body)?;
    let ended = StatusRow { ends_on: Some(last), end_decision_id: input.external_decision_id, ..old };
    replace(tx, scope, &key, ended, StatusBody { reason: None, ..before }, "status.ended", &grounds)?;
    let body = StatusBody { note: input.note, reason: None };
    tx.created(row.id);
    start(tx, &key, row, body, &grounds)
}

/// Records the end of a status.
pub fn end(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
    input: StatusEnding,
) -> ApiResult<StatusView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    let (old, key) = match begin(tx, scope, (pupil, id), if_match)? {
        Begun::First(old, key) => (*old, key),
        Begun::Again(made) => return newest(tx, scope, pupil, made),
    };
    require_open(&old)?;
    check_end(scope, old.starts_on, input.ends_on)?;
    let grounds = grounds(tx.conn, scope.trust(), pupil, tx.now())?;
    let ground = named(&grounds, input.external_decision_id, "/external_decision_id")?;
    require(old.kind, Act::End(input.ends_on), ground)?;
    let before: StatusBody = key.unseal(TABLE, id, &old.body)?;
    let row = StatusRow { ends_on: Some(input.ends_on), end_decision_id: input.external_decision_id, ..old };
    tx.created(id);
    let body = StatusBody { reason: Some(input.reason), ..before };
    replace(tx, scope, &key, row, body, "status.ended", &grounds)
}

/// Records a corrected version, under the same rules as what it corrects.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
    input: StatusCorrection,
) -> ApiResult<StatusView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    let (old, key) = match begin(tx, scope, (pupil, id), if_match)? {
        Begun::First(old, key) => (*old, key),
        Begun::Again(made) => return newest(tx, scope, pupil, made),
    };
    check_form(scope, old.kind, input.category, input.starts_on)?;
    let grounds = grounds(tx.conn, scope.trust(), pupil, tx.now())?;
    let started = named(&grounds, input.start_decision_id, "/start_decision_id")?;
    let ended = named(&grounds, input.end_decision_id, "/end_decision_id")?;
    require(old.kind, Act::Begin(input.starts_on), started)?;
    if let Some(last) = input.ends_on {
        check_end(scope, input.starts_on, last)?;
        require(old.kind, Act::End(last), ended)?;
    }
    let row = StatusRow {
        category: input.category,
        starts_on: input.starts_on,
        ends_on: input.ends_on,
        start_decision_id: input.start_decision_id,
        end_decision_id: input.end_decision_id.filter(|_| input.ends_on.is_some()),
        ..old
    };
    refuse_overlap(tx.conn, &row, &[id])?;
    tx.created(id);
    let body = StatusBody { note: input.note, reason: Some(input.reason) };
    replace(tx, scope, &key, row, body, "status.corrected", &grounds)
}

/// Withdraws a status that should never have been recorded. What rests on a decision that stands is not taken back by
/// the school: the decision's record has to be withdrawn first.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
    input: StatusWithdrawal,
) -> ApiResult<StatusView> {
    let pupil = matches::present(tx.conn, scope.trust(), pupil)?;
    let (old, key) = match begin(tx, scope, (pupil, id), if_match)? {
        Begun::First(old, key) => (*old, key),
        Begun::Again(made) => return newest(tx, scope, pupil, made),
    };
    let grounds = grounds(tx.conn, scope.trust(), pupil, tx.now())?;
    if old.kind.needs_decision() && old.start_decision_id.is_some_and(|ground| grounds.contains_key(&ground))
    {
        return Err(ApiError::because(
            Code::ExternalDecisionRequired,
            "the decision by which the status began still stands: withdraw its record first",
        ));
    }
    let before: StatusBody = key.unseal(TABLE, id, &old.body)?;
    tx.created(id);
    let body = StatusBody { reason: Some(input.reason), ..before };
    replace(tx, scope, &key, StatusRow { withdrawn: true, ..old }, body, "status.withdrawn", &grounds)
}

/// Whether a request is carried out now, or was before: then with the status that it made or changed.
enum Begun {
    First(Box<StatusRow>, PupilKey),
    Again(Id),
}

/// The status in scope, then whether this request was carried out before, then its version.
fn begin(tx: &mut Tx<'_>, scope: &Scope, (pupil, id): (Id, Id), if_match: &IfMatch) -> ApiResult<Begun> {
    case::known(tx.conn, scope, pupil)?;
    let window = case::window(tx.conn, scope, pupil)?;
    let old = store::get(tx.conn, &window, id, tx.now())?;
    if let Some(made) = tx.replayed()? {
        return Ok(Begun::Again(made));
    }
    if_match.check_exact(i64::from(old.number))?;
    case::recording_school(tx.conn, scope, pupil)?;
    let key = PupilKey::lock(tx, pupil)?;
    if old.withdrawn {
        return Err(ApiError::because(Code::StateConflict, "the record was withdrawn"));
    }
    Ok(Begun::First(Box::new(old), key))
}

fn require_open(row: &StatusRow) -> ApiResult<()> {
    if row.ends_on.is_none() {
        return Ok(());
    }
    Err(ApiError::because(Code::StateConflict, "the status has ended"))
}

fn check_form(
    scope: &Scope,
    kind: StatusKind,
    category: Option<HarmCategory>,
    starts_on: Date,
) -> ApiResult<()> {
    if let Some(fault) = rules::category_fault(kind, category) {
        return Err(ApiError::rule("/category", "not_allowed", fault));
    }
    case::check_day(scope.today(), "/starts_on", starts_on)
}

fn check_end(scope: &Scope, starts_on: Date, ends_on: Date) -> ApiResult<()> {
    if ends_on < starts_on {
        return Err(ApiError::rule("/ends_on", "range", "must not be before the first day"));
    }
    case::check_day(scope.today(), "/ends_on", ends_on)
}

/// The decision that a request names, if it names one.
fn named(grounds: &Grounds, id: Option<Id>, pointer: &'static str) -> ApiResult<Option<Ground>> {
    let Some(id) = id else { return Ok(None) };
    let known = grounds.get(&id).copied();
    known.map(Some).ok_or_else(|| {
        ApiError::rule(pointer, "unknown_reference", "no such decision about this pupil, or it was withdrawn")
    })
}

fn require(kind: StatusKind, act: Act, ground: Option<Ground>) -> ApiResult<()> {
    match rules::refusal(kind, act, ground) {
        Some(why) => Err(ApiError::because(Code::ExternalDecisionRequired, why)),
        None => Ok(()),
    }
}

fn refuse_overlap(conn: &mut Conn, row: &StatusRow, but: &[Id]) -> ApiResult<()> {
    let others = store::current(conn, row.trust_id, &[row.pupil_id])?;
    let clashes = |other: &&StatusRow| {
        !but.contains(&other.id) && !row.kind.goes_with(other.kind) && other.period().overlaps(row.period())
    };
    if others.iter().any(|other| clashes(&other)) {
        return Err(ApiError::because(
            Code::StateConflict,
            "the pupil has this status, or one that it cannot stand beside, in that time: step or end that one",
        ));
    }
    Ok(())
}

/// What a request says of the beginning of a status.
struct Beginning {
    kind: StatusKind,
    category: Option<HarmCategory>,
    starts_on: Date,
    decision: Option<Id>,
}

impl From<&StatusCreate> for Beginning {
    fn from(input: &StatusCreate) -> Self {
        Self {
            kind: input.kind,
            category: input.category,
            starts_on: input.starts_on,
            decision: input.external_decision_id,
        }
    }
}

impl From<&StatusStep> for Beginning {
    fn from(input: &StatusStep) -> Self {
        Self {
            kind: input.kind,
            category: input.category,
            starts_on: input.starts_on,
            decision: input.external_decision_id,
        }
    }
}

fn begun(
    tx: &Tx<'_>,
    scope: &Scope,
    key: &PupilKey,
    (pupil, school): (Id, Id),
    given: &Beginning,
) -> ApiResult<StatusRow> {
    let id = tx.new_id();
    Ok(StatusRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        pupil_id: pupil,
        school_id: school,
        kind: given.kind,
        category: given.category,
        starts_on: given.starts_on,
        ends_on: None,
        start_decision_id: given.decision,
        end_decision_id: None,
        follows_id: None,
        withdrawn: false,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(TABLE, id, &StatusBody { note: None, reason: None })?,
    })
}

fn start(
    tx: &mut Tx<'_>,
    key: &PupilKey,
    row: StatusRow,
    body: StatusBody,
    grounds: &Grounds,
) -> ApiResult<StatusView> {
    let row = StatusRow { body: key.seal(TABLE, row.id, &body)?, ..row };
    store::insert(tx.conn, &row)?;
    tx.did_with("status.started", "status", row.id, Some(row.school_id), Some(&committed(&body)?))?;
    let recorded = is_recorded(&row, grounds);
    Ok(StatusView::new(row, body, recorded))
}

fn replace(
    tx: &mut Tx<'_>,
    scope: &Scope,
    key: &PupilKey,
    changed: StatusRow,
    body: StatusBody,
    kind: &'static str,
    grounds: &Grounds,
) -> ApiResult<StatusView> {
    let row = StatusRow {
        number: changed.number + 1,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(TABLE, changed.id, &body)?,
        ..changed
    };
    store::replace(tx.conn, &row)?;
    tx.did_with(kind, "status", row.id, Some(row.school_id), Some(&committed(&body)?))?;
    let recorded = is_recorded(&row, grounds);
    Ok(StatusView::new(row, body, recorded))
}

fn newest(tx: &mut Tx<'_>, scope: &Scope, pupil: Id, id: Id) -> ApiResult<StatusView> {
    let window = Window { trust: scope.trust(), pupil, sight: Sight::Whole };
    let now = tx.now();
    let row = store::get(tx.conn, &window, id, now)?;
    view(tx.conn, tx.vault, row, now)
}
