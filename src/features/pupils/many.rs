//! Many pupils at once, as a file brings them in. One pupil that is made by hand goes the same way.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::dto::{PupilCreate, PupilView};
use super::enrolments::{self, EnrolmentCreate};
use super::numbers::{self, Holder};
use super::service::enrolments_of;
use super::store::{self, PupilRow};
use super::upn::Upn;
use super::{matches, rules, service};
use crate::access::{Scope, Tx};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::IfMatch;
use crate::ids::Id;

/// The pupils of these numbers whom the caller knows, and no school beyond reach has.
pub fn known_by_upn(conn: &mut Conn, scope: &Scope, upns: &[Upn]) -> ApiResult<HashMap<Upn, PupilView>> {
    let mut found: HashMap<Id, Upn> = HashMap::new();
    for (upn, holder) in numbers::holders(conn, scope, upns)? {
        if let Holder::Own(row) | Holder::Left(row) = holder {
            found.insert(row.id, upn);
        }
    }
    let ids: Vec<Id> = found.keys().copied().collect();
    let rows = store::known(conn, scope, &ids)?;
    let mut enrolments = enrolments_of(conn, scope, &rows)?;
    let known = rows.into_iter().filter_map(|row| {
        let theirs = enrolments.remove(&row.id).unwrap_or_default();
        Some((found.remove(&row.id)?, row.view(theirs, scope.today())))
    });
    Ok(known.collect())
}

/// The pupils within reach who were born on one of these days, without those whom schools beyond reach have now.
pub fn born_on(conn: &mut Conn, scope: &Scope, days: &[Date]) -> ApiResult<Vec<PupilView>> {
    let mut rows = store::born_on(conn, scope, days)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let gone = enrolments::held_elsewhere(conn, scope, &ids)?;
    rows.retain(|row| !gone.contains(&row.id));
    let mut enrolments = enrolments_of(conn, scope, &rows)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let theirs = enrolments.remove(&row.id).unwrap_or_default();
            row.view(theirs, scope.today())
        })
        .collect())
}

/// Whether two names are the same person's, however they are spelt.
pub fn same_names(view: &PupilView, given: &str, family: &str) -> bool {
    rules::folded_name(&view.given_name, &view.family_name, None) == rules::folded_name(given, family, None)
}

/// Whether the caller may change a pupil's own fields: while one of the schools within reach has or will have them.
pub fn is_current(view: &PupilView, scope: &Scope) -> bool {
    scope.school_limit().is_none()
        || view.enrolments.iter().any(|enrolment| enrolment.ends_on.is_none_or(|end| end >= scope.today()))
}

/// Makes pupils with an enrolment each. Those whom the caller's schools have, or who have left every school, get the
/// enrolment only; where another school has a pupil of a number, the new record stands for itself until that school
/// confirms that they are one, and the answer is as if nobody had the number. What is wrong with one of them stops the
/// others not; a failure of the database stops all.
pub fn create_all(
    tx: &mut Tx<'_>,
    scope: &Scope,
    inputs: Vec<PupilCreate>,
) -> ApiResult<Vec<ApiResult<PupilRow>>> {
    let upns: Vec<Upn> = inputs.iter().filter_map(|input| input.upn.clone()).collect();
    numbers::hold(tx.conn, scope.trust(), upns.clone())?;
    let known = numbers::holders(tx.conn, scope, &upns)?;
    let schools: BTreeSet<Id> = inputs.iter().map(|input| input.enrolment.school_id).collect();
    let mut refused: HashMap<Id, ApiError> = HashMap::new();
    for school in schools {
        if let Err(error) = enrolments::check_school(tx.conn, scope, school, "/enrolment/school_id") {
            refused.insert(school, error);
        }
    }
    let (mut out, mut seen, mut old) = (Vec::new(), HashSet::new(), Vec::new());
    let mut new: Vec<New> = Vec::new();
    for (index, input) in inputs.into_iter().enumerate() {
        let twice = input.upn.as_ref().is_some_and(|upn| !seen.insert(upn.clone()));
        let judged = rules::check_birth_date(input.birth_date, scope.today())
            .and_then(|()| refused.get(&input.enrolment.school_id).map_or(Ok(()), |error| Err(error.clone())))
            .and_then(|()| if twice { Err(ApiError::of(Code::AlreadyExists)) } else { Ok(()) })
            .and_then(|()| place(input.upn.as_ref().and_then(|upn| known.get(upn)), &input));
        out.push(judged.map(|place| match place {
            Place::Known(row) => {
                old.push((index, row.id, input.enrolment));
                row
            }
            Place::New { held_by } => {
                let row = new_row(tx, scope, &input, held_by.is_some());
                new.push(New { row: row.clone(), enrolment: input.enrolment, held_by });
                row
            }
        }));
    }
    store_new(tx, scope, new)?;
    for (index, pupil, enrolment) in old {
        let enrolled = tx.attempt(|tx| enrolments::enrol(tx, scope, pupil, enrolment).map(drop));
        if let (Err(error), Some(slot)) = (enrolled, out.get_mut(index)) {
            *slot = Err(error);
        }
    }
    Ok(out)
}

/// A record to be made.
struct New {
    row: PupilRow,
    enrolment: EnrolmentCreate,
    /// Who holds the number that it claims.
    held_by: Option<Id>,
}

/// Where a child of an input belongs.
enum Place {
    /// In a record that is there.
    Known(PupilRow),
    /// In a new one, which claims its number where somebody holds it.
    New { held_by: Option<Id> },
}

fn place(holder: Option<&Holder>, input: &PupilCreate) -> ApiResult<Place> {
    match holder {
        None => Ok(Place::New { held_by: None }),
        Some(Holder::Own(row) | Holder::Left(row)) if row.birth_date == input.birth_date => {
            Ok(Place::Known(row.clone()))
        }
        Some(Holder::Own(_)) => Err(ApiError::because(
            Code::AlreadyExists,
            "the UPN belongs to a pupil of yours with other particulars",
        )),
        Some(Holder::Left(row) | Holder::Elsewhere(row)) => Ok(Place::New { held_by: Some(row.id) }),
    }
}

fn store_new(tx: &mut Tx<'_>, scope: &Scope, new: Vec<New>) -> ApiResult<()> {
    for one in &new {
        tx.did("pupil.created", "pupil", one.row.id, Some(one.enrolment.school_id))?;
    }
    let rows: Vec<PupilRow> = new.iter().map(|one| one.row.clone()).collect();
    store::insert_all(tx.conn, &rows)?;
    for one in &new {
        if let Some(held_by) = one.held_by {
            matches::open(tx, scope, one.row.id, held_by, one.enrolment.school_id)?;
        }
    }
    enrolments::enrol_new(tx, scope, new.into_iter().map(|one| (one.row.id, one.enrolment)).collect())
}

fn new_row(tx: &Tx<'_>, scope: &Scope, input: &PupilCreate, claims: bool) -> PupilRow {
    let (upn, claimed_upn) = if claims { (None, input.upn.clone()) } else { (input.upn.clone(), None) };
    PupilRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        upn,
        given_name: input.given_name.clone(),
        family_name: input.family_name.clone(),
        preferred_name: input.preferred_name.clone(),
        name_folded: rules::folded_name(
            &input.given_name,
            &input.family_name,
            input.preferred_name.as_deref(),
        ),
        birth_date: input.birth_date,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        claimed_upn,
        in_force_from: Date::FIRST,
    }
}

/// Changes a pupil whom the caller knows: what is new in the enrolments first, since it may be what lets the caller
/// change the rest.
pub fn amend(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, version): (Id, i64),
    enrolment: Option<enrolments::Amendment>,
    patch: Option<super::dto::PupilPatch>,
) -> ApiResult<()> {
    let seen = if patch.is_some() { Some(present_version(tx, scope, (pupil, version))?) } else { None };
    if let Some(enrolment) = enrolment {
        enrolments::amend(tx, scope, pupil, enrolment)?;
    }
    if let (Some(patch), Some(seen)) = (patch, seen) {
        service::change(tx, scope, pupil, &IfMatch::Versions(vec![seen]), patch)?;
    }
    Ok(())
}

/// The version that a pupil's record has now, where the caller still knows of it the one that they saw: a school that
/// the child has left and comes back to has seen an older one.
fn present_version(tx: &mut Tx<'_>, scope: &Scope, (pupil, seen): (Id, i64)) -> ApiResult<i64> {
    let known = store::get(tx.conn, scope, pupil)?;
    let now = store::named(tx.conn, scope.trust(), &[pupil])?.pop().map(|row| row.version);
    now.filter(|_| known.version == seen).ok_or_else(|| ApiError::of(Code::VersionStale))
}
