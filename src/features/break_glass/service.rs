//! Use cases of broken glass.

use std::collections::{BTreeMap, BTreeSet};

use super::behind::{Behind, left_above, told};
use super::dto::{
    BreakGlassCreate, BreakGlassFilter, BreakGlassReviewCreate, BreakGlassReviewView, BreakGlassView,
};
use super::store::{self, GlassBody, GlassRow, Sight};
use crate::access::visible::BY_GLASS;
use crate::access::{Action, Scope, Tx, exclusions};
use crate::clock::{Date, Timestamp};
use crate::crypto::{Sealed, Vault};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::concerns::panels as cases;
use crate::features::concerns::{CaseKey, committed};
use crate::features::deadlines::{self, DeadlineRule};
use crate::features::pupils::PupilKey;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// The table, as sealed text is bound to it.
pub const TABLE: &str = "break_glass";

/// Breaks the glass, and tells the school's leads.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: BreakGlassCreate) -> ApiResult<(BreakGlassView, i64)> {
    let person = scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))?;
    let behind = Behind::find(tx.conn, scope, person, &input)?;
    if let Some(id) = tx.replayed()? {
        return own(tx, scope, id);
    }
    behind.refuse_read(tx.conn, scope, person)?;
    let (id, now, school) = (tx.new_id(), tx.now(), behind.school());
    let (told, goes_above) = told(tx.conn, scope, &behind, person)?;
    let (concern_id, pupil_id) = match &behind {
        Behind::Concern(concern) => (Some(concern.id()), None),
        Behind::Pupil { pupil, .. } => (None, Some(*pupil)),
    };
    let body = GlassBody { reason: input.reason, words: None };
    let row = GlassRow {
        trust_id: scope.trust(),
        id,
        person_id: person,
        school_id: school,
        concern_id,
        pupil_id,
        broken_at: now,
        ends_at: now.plus_seconds(i64::from(input.minutes) * 60),
        ended_at: None,
        ended_by: None,
        goes_above,
        outcome: None,
        reviewed_by: None,
        reviewed_at: None,
        body: behind.seal(tx, id, &body)?,
        version: 1,
    };
    store::insert(tx.conn, &row)?;
    notify(tx.conn, scope.trust(), &told, NotificationKind::GlassBroken, id, now)?;
    tx.created(id);
    tx.did_with("break-glass.broken", "break_glass", id, Some(school), Some(&committed(&body)?))?;
    match (concern_id, pupil_id) {
        (Some(concern), _) => tx.did("concern.glass-broken", "concern", concern, Some(school))?,
        (None, Some(pupil)) => tx.did("pupil.glass-broken", "pupil", pupil, Some(school))?,
        (None, None) => {}
    }
    own(tx, scope, id)
}

fn own(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> ApiResult<(BreakGlassView, i64)> {
    let reading = scope.under(Action::BreakGlassRead)?;
    get(tx.conn, tx.vault, &reading, id)
}

/// One entry, with its version.
pub fn get(conn: &mut Conn, vault: &Vault, scope: &Scope, id: Id) -> ApiResult<(BreakGlassView, i64)> {
    let row = found(conn, scope, id)?;
    shown(conn, vault, scope, row)
}

fn found(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<GlassRow> {
    let sight = sight(conn, scope)?;
    store::get(conn, scope, &sight, id)
}

fn sight(conn: &mut Conn, scope: &Scope) -> ApiResult<Sight> {
    let is_above = scope.extent().routed && scope.key_schools().is_none();
    let left = if is_above { left_above(conn, scope)? } else { Vec::new() };
    Ok(Sight { hidden: exclusions::hidden(conn, scope)?, left })
}

fn shown(conn: &mut Conn, vault: &Vault, scope: &Scope, row: GlassRow) -> ApiResult<(BreakGlassView, i64)> {
    let version = row.version;
    let view = views(conn, vault, scope, vec![row])?.pop().ok_or_else(ApiError::not_found)?;
    Ok((view, version))
}

/// A page of entries, the oldest first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    filter: &BreakGlassFilter,
    paging: &Paging,
) -> ApiResult<Page<BreakGlassView>> {
    let sight = sight(conn, scope)?;
    let rows = store::list(conn, scope, &sight, filter, paging.after_id()?, paging.rows())?;
    let mut all = || store::list(conn, scope, &sight, filter, None, i64::from(i32::MAX));
    let count = paging.wants_count().then(|| all().map(|all| i64::try_from(all.len()).unwrap_or(i64::MAX)));
    let count = count.transpose()?;
    let views = views(conn, vault, scope, rows)?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// Ends it before its time: whoever broke the glass, or those who review it.
pub fn end(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch) -> ApiResult<(BreakGlassView, i64)> {
    let old = found(tx.conn, scope, id)?;
    if tx.replayed()?.is_some() {
        return shown(tx.conn, tx.vault, scope, old);
    }
    if_match.check_exact(old.version)?;
    if !old.is_open(tx.now()) {
        return Err(ApiError::because(Code::StateConflict, "it is over already"));
    }
    let row =
        GlassRow { ended_at: Some(tx.now()), ended_by: scope.person(), version: old.version + 1, ..old };
    store::update(tx.conn, &row)?;
    tx.created(id);
    tx.did("break-glass.ended", "break_glass", id, Some(row.school_id))?;
    shown(tx.conn, tx.vault, scope, row)
}

/// Says whether it was right, as a second person; what lasts ends with it. Whoever broke the glass hears.
pub fn review(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: BreakGlassReviewCreate,
) -> ApiResult<(BreakGlassView, i64)> {
    let old = found(tx.conn, scope, id)?;
    if tx.replayed()?.is_some() {
        return shown(tx.conn, tx.vault, scope, old);
    }
    if_match.check_exact(old.version)?;
    let person = scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))?;
    if person == old.person_id {
        return Err(ApiError::rule("/outcome", "own_review", "nobody reviews what they did themselves"));
    }
    if old.reviewed_at.is_some() {
        return Err(ApiError::because(Code::StateConflict, "it was reviewed already"));
    }
    let now = tx.now();
    let key = Keys::open(tx.conn, tx.vault, scope.trust(), std::slice::from_ref(&old))?;
    let body = GlassBody { words: Some(input.words), ..key.body(&old)?.ok_or_else(keyless)? };
    let is_open = old.is_open(now);
    let row = GlassRow {
        ended_at: if is_open { Some(now) } else { old.ended_at },
        ended_by: if is_open { Some(person) } else { old.ended_by },
        outcome: Some(input.outcome),
        reviewed_by: Some(person),
        reviewed_at: Some(now),
        body: key.seal(&old, &body)?,
        version: old.version + 1,
        ..old
    };
    store::update(tx.conn, &row)?;
    notify(tx.conn, scope.trust(), &[row.person_id], NotificationKind::GlassReviewed, id, now)?;
    tx.created(id);
    tx.did_with("break-glass.reviewed", "break_glass", id, Some(row.school_id), Some(&committed(&body)?))?;
    shown(tx.conn, tx.vault, scope, row)
}

/// The keys of the cases that entries are about.
struct Keys {
    concerns: BTreeMap<Id, CaseKey>,
    pupils: BTreeMap<Id, PupilKey>,
}

impl Keys {
    fn open(conn: &mut Conn, vault: &Vault, trust: Id, rows: &[GlassRow]) -> ApiResult<Self> {
        let mut keys = Self { concerns: BTreeMap::new(), pupils: BTreeMap::new() };
        let mut concerns: Vec<Id> = rows.iter().filter_map(|row| row.concern_id).collect();
        concerns.sort_unstable();
        concerns.dedup();
        for concern in cases::on_agenda(conn, trust, &concerns)? {
            let key = concern.key(conn, vault)?;
            keys.concerns.insert(concern.id(), key);
        }
        let pupils: BTreeSet<Id> = rows.iter().filter_map(|row| row.pupil_id).collect();
        for pupil in pupils {
            if let Some(key) = PupilKey::open(vault, conn, trust, pupil)? {
                keys.pupils.insert(pupil, key);
            }
        }
        Ok(keys)
    }

    /// The text of an entry; none where the key of its case was destroyed.
    fn body(&self, row: &GlassRow) -> ApiResult<Option<GlassBody>> {
        if let Some(key) = row.concern_id.and_then(|concern| self.concerns.get(&concern)) {
            return key.unseal(TABLE, row.id, &row.body).map(Some);
        }
        let key = row.pupil_id.and_then(|pupil| self.pupils.get(&pupil));
        key.map(|key| key.unseal(TABLE, row.id, &row.body)).transpose()
    }

    fn seal(&self, row: &GlassRow, body: &GlassBody) -> ApiResult<Sealed> {
        if let Some(key) = row.concern_id.and_then(|concern| self.concerns.get(&concern)) {
            return key.seal(TABLE, row.id, body);
        }
        let key = row.pupil_id.and_then(|pupil| self.pupils.get(&pupil));
        key.ok_or_else(keyless)?.seal(TABLE, row.id, body)
    }
}

fn keyless() -> ApiError {
    ApiError::because(Code::StateConflict, "the case was disposed of")
}

fn views(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    rows: Vec<GlassRow>,
) -> ApiResult<Vec<BreakGlassView>> {
    let keys = Keys::open(conn, vault, scope.trust(), &rows)?;
    let (mut views, mut days) = (Vec::new(), Days::default());
    for row in rows {
        let due = days.due_on(conn, scope, &row)?;
        views.push(view(scope.now(), keys.body(&row)?, row, due));
    }
    Ok(views)
}

fn view(
    now: Timestamp,
    body: Option<GlassBody>,
    row: GlassRow,
    review_due_on: Option<Date>,
) -> BreakGlassView {
    let open = row.is_open(now);
    let (reason, words) = body.map_or((None, None), |body| (Some(body.reason), body.words));
    let review = match (row.outcome, row.reviewed_by, row.reviewed_at) {
        (Some(outcome), Some(reviewed_by), Some(reviewed_at)) => {
            Some(BreakGlassReviewView { outcome, words, reviewed_by, reviewed_at })
        }
        _ => None,
    };
    BreakGlassView {
        id: row.id,
        person_id: row.person_id,
        school_id: row.school_id,
        concern_id: row.concern_id,
        pupil_id: row.pupil_id,
        reason,
        broken_at: row.broken_at,
        ends_at: row.ends_at,
        ended_at: row.ended_at,
        ended_by: row.ended_by,
        open,
        review_due_on,
        review,
    }
}

/// By when entries are to be reviewed: each school's calendar is read once a day on which the glass was broken there.
#[derive(Debug, Default)]
struct Days(BTreeMap<(Id, Date), Option<Date>>);

impl Days {
    fn due_on(&mut self, conn: &mut Conn, scope: &Scope, row: &GlassRow) -> ApiResult<Option<Date>> {
        let (school, began) = (row.school_id, row.broken_at.london_date());
        if let Some(known) = self.0.get(&(school, began)) {
            return Ok(*known);
        }
        let rule = DeadlineRule::BreakGlassReview;
        let due = deadlines::due_after(conn, scope.trust(), rule, school, began)?;
        self.0.insert((school, began), due);
        Ok(due)
    }
}

/// Something that a second person is to review, or has.
#[derive(Clone, Copy, Debug)]
pub struct Review {
    /// The entry.
    pub id: Id,
    /// Its school.
    pub school_id: Id,
    /// The concern that was opened.
    pub concern_id: Option<Id>,
    /// By when; none where the school's calendar does not say.
    pub due_on: Option<Date>,
    /// When it was reviewed.
    pub reviewed_on: Option<Date>,
}

/// What the caller is to review, or what of theirs to review was: nothing that they did themselves.
pub fn reviews(
    conn: &mut Conn,
    scope: &Scope,
    school: Option<Id>,
    is_reviewed: bool,
) -> ApiResult<Vec<Review>> {
    let Ok(reviewing) = scope.under(Action::BreakGlassReview) else { return Ok(Vec::new()) };
    let sight = sight(conn, &reviewing)?;
    let filter = BreakGlassFilter { unreviewed: Some(!is_reviewed), school_id: school };
    let rows = store::list(conn, &reviewing, &sight, &filter, None, i64::from(i32::MAX))?;
    let others = rows.into_iter().filter(|row| Some(row.person_id) != scope.person());
    let mut days = Days::default();
    others
        .map(|row| {
            Ok(Review {
                due_on: days.due_on(conn, scope, &row)?,
                id: row.id,
                school_id: row.school_id,
                concern_id: row.concern_id,
                reviewed_on: row.reviewed_at.map(Timestamp::london_date),
            })
        })
        .collect()
}

/// What the person behind the caller is to review: entry and day.
pub fn tasks_of(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<(Id, Option<Date>)>> {
    if scope.person().is_none() {
        return Ok(Vec::new());
    }
    let waiting = reviews(conn, scope, None, false)?;
    Ok(waiting.into_iter().map(|review| (review.id, review.due_on)).collect())
}

/// The schools whose file of a pupil the caller has opened by breaking the glass, as long as that lasts: under a right that
/// reaches so far.
pub fn schools_opened(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Vec<Id>> {
    let Some(person) = scope.person().filter(|_| scope.extent().glass) else { return Ok(Vec::new()) };
    let open = store::open_for_pupil(conn, scope, person, pupil)?;
    let schools: Vec<Id> = open.into_iter().map(|row| row.school_id).collect();
    if let Some(school) = schools.first() {
        scope.reached(BY_GLASS, Some(*school));
    }
    Ok(schools)
}
