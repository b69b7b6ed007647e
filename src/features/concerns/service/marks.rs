//! Marks on a child's body. The team sees all of them, each in the version that holds; a reporter those that they recorded,
//! as they entered them.

use super::super::content::committed;
use super::super::dto::{ConcernMarkCorrection, ConcernMarkCreate, ConcernMarkView, PupilNamed, PupilRole};
use super::super::store::{self, ConcernRow, MarkBody, MarkRow};
use super::adding::{self, Adding};
use super::case::{self, Case, Made};
use super::entries::{self, Entry};
use super::merging;
use super::read::knows_reporter;
use crate::access::versions::InVersions;
use crate::access::{Scope, Tx, refer};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// Records a mark.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    input: ConcernMarkCreate,
) -> ApiResult<ConcernMarkView> {
    let mut adding = adding::open(tx.conn, tx.vault, scope, concern)?;
    if let Some(id) = tx.replayed()? {
        let row = if adding.by_reporter {
            as_entered(tx.conn, &adding.row, id)?
        } else {
            MarkRow::newest(tx.conn, &adding.row, id)?
        };
        return entries::view(scope, &adding.into_case(), row);
    }
    let seen_at = input.seen_at.unwrap_or(tx.now());
    case::check_moment(scope, "/seen_at", seen_at)?;
    // Pupils are held before the concern, as whoever joins two records holds them: nobody waits for each other.
    let pupil_id = held(tx, input.pupil_id)?;
    adding.lock(tx)?;
    check_pupil(tx.conn, &adding.row, adding.account_number(), pupil_id)?;
    let id = tx.new_id();
    let body = MarkBody {
        view: input.view,
        x: input.x,
        y: input.y,
        size_mm: input.size_mm,
        shape: input.shape,
        colour: input.colour,
        skin_broken: input.skin_broken,
        description: input.description,
        seen_by: input.seen_by,
        correction_reason: None,
    };
    let row = MarkRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        concern_id: concern,
        pupil_id,
        author_id: scope.person(),
        by_reporter: adding.by_reporter,
        seen_at,
        recorded_at: tx.now(),
        superseded_at: None,
        body: adding.key.seal(MarkRow::TABLE, id, &body)?,
    };
    row.insert(tx.conn)?;
    let view = ConcernMarkView::shown(scope, &adding.row, row, body.clone());
    adding.finish(tx, scope, "concern.mark-recorded", id, &committed(&body)?)?;
    Ok(view)
}

/// The record in which a pupil stands today, held until the transaction ends.
fn held(tx: &mut Tx<'_>, pupil: Option<Id>) -> ApiResult<Option<Id>> {
    let Some(pupil_id) = pupil else { return Ok(None) };
    let named = vec![PupilNamed { pupil_id, role: PupilRole::Subject }];
    Ok(merging::hold(tx, named, |_, _| Ok(()))?.pop().map(|pupil| pupil.pupil_id))
}

/// A mark is on a child whom the concern names, as far as the caller knows that.
fn check_pupil(conn: &mut Conn, row: &ConcernRow, account: i32, pupil: Option<Id>) -> ApiResult<()> {
    let named = store::named(conn, row.trust_id, row.id, account)?.pupils;
    match pupil {
        Some(pupil) if named.iter().any(|known| known.pupil_id == pupil) => Ok(()),
        Some(_) => Err(refer::unknown("/pupil_id")),
        None if named.is_empty() => Ok(()),
        None => Err(ApiError::rule("/pupil_id", "required", "say whom of the concern's children it is on")),
    }
}

/// Records a corrected version of a mark.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    mark: Id,
    if_match: &IfMatch,
    input: ConcernMarkCorrection,
) -> ApiResult<Made<ConcernMarkView>> {
    case::open(tx.conn, tx.vault, scope, concern)?;
    let child = held(tx, input.pupil_id)?;
    let did = "concern.mark-corrected";
    entries::supersede(tx, scope, (concern, mark), if_match, did, |tx, case, old: MarkRow, _| {
        case::check_moment(scope, "/seen_at", input.seen_at)?;
        if child.is_some() {
            check_pupil(tx.conn, &case.row, case.row.account_number, child)?;
        }
        let body = MarkBody {
            view: input.view,
            x: input.x,
            y: input.y,
            size_mm: input.size_mm,
            shape: input.shape,
            colour: input.colour,
            skin_broken: input.skin_broken,
            description: input.description,
            seen_by: input.seen_by,
            correction_reason: Some(input.correction_reason),
        };
        Ok((MarkRow { seen_at: input.seen_at, pupil_id: child.or(old.pupil_id), ..old }, body))
    })
}

/// One mark: in the version that holds, or as its reporter entered it.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    mark: Id,
) -> ApiResult<ConcernMarkView> {
    let found = adding::open(conn, vault, scope, concern)?;
    let row = if found.by_reporter {
        as_entered(conn, &found.row, mark)?
    } else {
        MarkRow::newest(conn, &found.row, mark)?
    };
    entries::view(scope, &found.into_case(), row)
}

/// A page of marks as they stood at a moment, the oldest first; to their reporter, those that they recorded.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<ConcernMarkView>> {
    let found = adding::open(conn, vault, scope, concern)?;
    let (of_reporter, case) = (found.by_reporter, found.into_case());
    if !of_reporter {
        return entries::list_in(conn, scope, &case, as_of, paging);
    }
    let at = case::moment(scope, as_of);
    let rows = store::marks_of_reporter(conn, &case.row, at, paging.after_id()?, paging.rows())?;
    let all = || store::marks_of_reporter(conn, &case.row, at, None, i64::MAX);
    let count = paging.wants_count().then(all).transpose()?.map(|all| all.len());
    let views =
        rows.into_iter().map(|row| entries::view(scope, &case, row)).collect::<ApiResult<Vec<_>>>()?;
    let page = paging.page(views, |view: &ConcernMarkView| Cursor::id(view.id), |view| view);
    Ok(page.with_count(count.and_then(|count| i64::try_from(count).ok())))
}

/// The first version of a mark that the reporter recorded.
fn as_entered(conn: &mut Conn, concern: &ConcernRow, mark: Id) -> ApiResult<MarkRow> {
    let first = MarkRow::versions(conn, concern, mark, store::end_of_time(), 0, 1)?.pop();
    first.filter(|row| row.by_reporter).ok_or_else(ApiError::not_found)
}

impl Adding {
    /// What was found, for those who share how entries are shown.
    pub fn into_case(self) -> Case {
        Case { row: self.row, key: self.key }
    }
}

impl Entry for ConcernMarkView {
    type Row = MarkRow;

    fn shown(scope: &Scope, concern: &ConcernRow, row: MarkRow, body: MarkBody) -> Self {
        let (is_team, knows) = (!row.by_reporter, knows_reporter(scope, concern));
        Self {
            id: row.id,
            number: row.number,
            by_reporter: row.by_reporter,
            pupil_id: row.pupil_id,
            author_id: row.author_id.filter(|_| is_team || row.number > 1 || knows),
            recorded_at: row.recorded_at,
            seen_at: row.seen_at,
            // A correction repeats the name that the reporter gave.
            seen_by: body.seen_by.filter(|_| is_team || knows),
            view: body.view,
            x: body.x,
            y: body.y,
            size_mm: body.size_mm,
            shape: body.shape,
            colour: body.colour,
            skin_broken: body.skin_broken,
            description: body.description,
            correction_reason: body.correction_reason,
        }
    }
}
