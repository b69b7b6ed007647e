//! Use cases of pupils.

use std::collections::HashMap;

use super::dto::{
    DirectoryEntry, DirectorySearch, PupilCreate, PupilFilter, PupilPatch, PupilSearch, PupilView,
};
use super::enrolments::{self, EnrolmentView};
use super::numbers::{self, Holder, holder};
use super::store::{self, PupilRow, Reach};
use super::writing;
use super::{Upn, many, matches, rules};
use crate::access::{Scope, Tx};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code, FieldError};
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging, Patch};
use crate::ids::Id;

/// Refuses pupils who were never on roll at the school of a record that names them: 409 at
/// `/pupils/{index}/pupil_id`, the same for those who do not exist.
pub fn check_named(conn: &mut Conn, scope: &Scope, ids: &[Id], school: Id) -> ApiResult<()> {
    let known = store::enrolled_at(conn, scope.trust(), ids, school)?;
    let unknown = ids.iter().enumerate().filter(|(_, id)| !known.contains(id));
    let errors: Vec<FieldError> = unknown
        .map(|(index, _)| {
            let pointer = format!("/pupils/{index}/pupil_id");
            FieldError::new(pointer, "unknown_reference", "no such pupil at this school")
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(ApiError::rule_all(errors)) }
}

/// The records in which pupils stand today, in their order: one that has gone into another is that one.
pub fn all_present(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<Vec<Id>> {
    matches::all_present(conn, trust, ids)
}

/// Makes whoever records a conflict of interest about these pupils wait until the transaction ends, and waits for
/// those who have begun: a concern and a conflict that are made at once see each other. Concerns that name one pupil do
/// not wait for each other.
pub fn lock_named(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<()> {
    store::share_lock(conn, trust, ids)
}

/// One pupil.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<PupilView> {
    let id = matches::present(conn, scope.trust(), id)?;
    let row = store::get(conn, scope, id)?;
    view(conn, scope, row)
}

/// A page of pupils.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &PupilFilter,
    paging: &Paging,
) -> ApiResult<Page<PupilView>> {
    let rows = store::list(conn, scope, filter.school_id, paging)?;
    let count = paging.wants_count().then(|| store::count(conn, scope, filter.school_id)).transpose()?;
    let mut enrolments = enrolments_of(conn, scope, &rows)?;
    let page = paging.page(
        rows,
        |row| Cursor::id(row.id),
        |row| {
            let theirs = enrolments.remove(&row.id).unwrap_or_default();
            row.view(theirs, scope.today())
        },
    );
    Ok(page.with_count(count))
}

/// A page of the pupils who fit a search, by name.
pub fn search(
    conn: &mut Conn,
    scope: &Scope,
    input: &PupilSearch,
    paging: &Paging,
) -> ApiResult<Page<PupilView>> {
    let words = input.words.as_deref().map(rules::search_words).transpose()?.unwrap_or_default();
    let reach = Reach::of(scope).at(input.school_id).on(input.on);
    let rows = store::search(conn, scope, &reach, &words, input.upn.as_ref(), paging)?;
    let mut enrolments = enrolments_of(conn, scope, &rows)?;
    Ok(paging.page(
        rows,
        |row| Cursor::id(row.id),
        |row| {
            let theirs = enrolments.remove(&row.id).unwrap_or_default();
            row.view(theirs, scope.today())
        },
    ))
}

/// A page of the pupils on roll today at a school, with no more than is needed to name one.
pub fn search_directory(
    conn: &mut Conn,
    scope: &Scope,
    input: &DirectorySearch,
    paging: &Paging,
) -> ApiResult<Page<DirectoryEntry>> {
    let words = rules::search_words(&input.words)?;
    let reach = Reach::of(scope).at(Some(input.school_id)).on(Some(scope.today()));
    let rows = store::search(conn, scope, &reach, &words, None, paging)?;
    let mut enrolments = enrolments_of(conn, scope, &rows)?;
    Ok(paging.page(
        rows,
        |row| Cursor::id(row.id),
        |row| {
            let theirs = enrolments.remove(&row.id).unwrap_or_default();
            DirectoryEntry {
                id: row.id,
                name: row.display_name(),
                national_curriculum_year: row.curriculum_year(&theirs, scope.today()),
            }
        },
    ))
}

/// Makes a pupil with an enrolment. One whom the caller's schools have, or who has left every school, gets the enrolment
/// only; where another school has a pupil of that number, the new record stands for itself until that school confirms
/// that they are one, and the answer is as if nobody had the number.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: PupilCreate) -> ApiResult<PupilView> {
    if let Some(id) = tx.replayed()? {
        return get(tx.conn, scope, id);
    }
    let made = many::create_all(tx, scope, vec![input])?.pop();
    let row = made.unwrap_or_else(|| Err(ApiError::internal("nothing was made of a pupil")))?;
    tx.created(row.id);
    get(tx.conn, scope, row.id)
}

/// Changes a pupil's own fields.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    patch: PupilPatch,
) -> ApiResult<PupilView> {
    let id = matches::present(tx.conn, scope.trust(), id)?;
    let old = held(tx, scope, id, if_match, &patch.upn)?;
    let before = old.clone();
    let (upn, claimed_upn, rival) = number_after(tx.conn, scope, &old, patch.upn)?;
    let reclaims = (&upn, &claimed_upn) != (&old.upn, &old.claimed_upn);
    let mut row = PupilRow {
        upn,
        claimed_upn,
        given_name: patch.given_name.unwrap_or(old.given_name),
        family_name: patch.family_name.unwrap_or(old.family_name),
        preferred_name: patch.preferred_name.apply(old.preferred_name),
        birth_date: patch.birth_date.unwrap_or(old.birth_date),
        ..old
    };
    rules::check_birth_date(row.birth_date, scope.today())?;
    row.name_folded = rules::folded_name(&row.given_name, &row.family_name, row.preferred_name.as_deref());
    let Some(row) = tx.renew(&before, row) else {
        let view = view(tx.conn, scope, before)?;
        tx.showed("pupil", id, school_of(&view))?;
        return Ok(view);
    };
    store::update(tx.conn, &before, &row, scope.today())?;
    let view = view(tx.conn, scope, row)?;
    if reclaims {
        matches::withdraw(tx, scope, id)?;
        if let Some(given_up) = &before.upn {
            matches::pass_on(tx, scope, id, given_up)?;
        }
    }
    if let (Some(rival), Some(school)) = (rival, school_of(&view)) {
        matches::open(tx, scope, id, rival, school)?;
    }
    tx.did("pupil.changed", "pupil", id, school_of(&view))?;
    Ok(view)
}

/// A record that the caller may change, held until the transaction ends; with the numbers of which a change speaks.
fn held(tx: &mut Tx<'_>, scope: &Scope, id: Id, if_match: &IfMatch, upn: &Patch<Upn>) -> ApiResult<PupilRow> {
    let seen = store::get(tx.conn, scope, id)?;
    if *upn == Patch::Keep {
        store::lock(tx.conn, scope.trust(), id)?;
    } else {
        let mut numbers: Vec<Upn> = seen.upn.into_iter().collect();
        if let Patch::Set(upn) = upn {
            numbers.push(upn.clone());
        }
        numbers::hold(tx.conn, scope.trust(), numbers)?;
        matches::hold(tx.conn, scope.trust(), id)?;
    }
    if_match.check(store::get(tx.conn, scope, id)?.version)?;
    writing::check_own_fields(tx.conn, scope, id)?;
    store::named(tx.conn, scope.trust(), &[id])?.pop().ok_or_else(ApiError::not_found)
}

/// The number that a record holds and the one that it claims after a change, and the pupil elsewhere who holds that one.
fn number_after(
    conn: &mut Conn,
    scope: &Scope,
    old: &PupilRow,
    change: Patch<Upn>,
) -> ApiResult<(Option<Upn>, Option<Upn>, Option<Id>)> {
    let kept = || (old.upn.clone(), old.claimed_upn.clone(), None);
    let upn = match change {
        Patch::Keep => return Ok(kept()),
        Patch::Clear => return Ok((None, None, None)),
        Patch::Set(upn) => upn,
    };
    if [&old.upn, &old.claimed_upn].contains(&&Some(upn.clone())) {
        return Ok(kept());
    }
    match holder(conn, scope, &upn)? {
        None => Ok((Some(upn), None, None)),
        Some(Holder::Own(_)) => Err(ApiError::of(Code::AlreadyExists)),
        Some(Holder::Left(other) | Holder::Elsewhere(other)) => Ok((None, Some(upn), Some(other.id))),
    }
}

/// The school by which the caller knows a pupil: that of the latest enrolment.
pub fn school_of(view: &PupilView) -> Option<Id> {
    view.enrolments.iter().max_by_key(|enrolment| enrolment.starts_on).map(|enrolment| enrolment.school_id)
}

fn view(conn: &mut Conn, scope: &Scope, row: PupilRow) -> ApiResult<PupilView> {
    let mut enrolments = enrolments_of(conn, scope, std::slice::from_ref(&row))?;
    let theirs = enrolments.remove(&row.id).unwrap_or_default();
    Ok(row.view(theirs, scope.today()))
}

pub(super) fn enrolments_of(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[PupilRow],
) -> ApiResult<HashMap<Id, Vec<EnrolmentView>>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut out: HashMap<Id, Vec<EnrolmentView>> = HashMap::new();
    for enrolment in enrolments::of_pupils(conn, scope, &ids)? {
        out.entry(enrolment.pupil_id).or_default().push(enrolment);
    }
    Ok(out)
}

impl PupilRow {
    fn display_name(&self) -> String {
        rules::display_name(&self.given_name, &self.family_name, self.preferred_name.as_deref())
    }

    /// As today's enrolment records it, else from the day of birth.
    fn curriculum_year(&self, enrolments: &[EnrolmentView], today: Date) -> i16 {
        let recorded = enrolments
            .iter()
            .filter(|enrolment| enrolment.period().holds(today))
            .max_by_key(|enrolment| enrolment.starts_on)
            .and_then(|enrolment| enrolment.year_group);
        recorded.unwrap_or_else(|| rules::curriculum_year(self.birth_date, today))
    }

    pub(super) fn view(self, enrolments: Vec<EnrolmentView>, today: Date) -> PupilView {
        let national_curriculum_year = self.curriculum_year(&enrolments, today);
        let upn = self.upn.or(self.claimed_upn);
        PupilView {
            id: self.id,
            is_temporary_upn: upn.as_ref().is_some_and(Upn::is_temporary),
            upn,
            given_name: self.given_name,
            family_name: self.family_name,
            preferred_name: self.preferred_name,
            birth_date: self.birth_date,
            national_curriculum_year,
            enrolments,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }
}
