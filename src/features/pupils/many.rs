//! Many pupils at once, as a file brings them in. One pupil that is made by hand goes the same way.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::dto::{PupilCreate, PupilView};
use super::enrolments::{self, EnrolmentCreate};
use super::service::enrolments_of;
use super::store::{self, PupilRow};
use super::upn::Upn;
use super::{rules, service};
use crate::access::{Scope, Tx};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// A pupil whom the trust knows by number.
#[derive(Clone, Debug)]
pub enum Known {
    /// Within the caller's reach.
    Seen(Box<PupilView>),
    /// At other schools of the trust: only the day of birth counts, and it is for no answer.
    Elsewhere {
        /// The day of birth.
        birth_date: Date,
    },
}

/// The pupils of these numbers. One whom the caller does not reach is no more than that.
pub fn known_by_upn(conn: &mut Conn, scope: &Scope, upns: &[Upn]) -> ApiResult<HashMap<Upn, Known>> {
    let rows = store::known_all(conn, scope.trust(), upns)?;
    let everywhere = scope.school_limit().is_none();
    let mut enrolments = enrolments_of(conn, scope, &rows)?;
    let known = rows.into_iter().filter_map(|row| {
        let upn = row.upn.clone()?;
        let birth_date = row.birth_date;
        let theirs = enrolments.remove(&row.id);
        Some((
            upn,
            match theirs {
                None if !everywhere => Known::Elsewhere { birth_date },
                theirs => Known::Seen(Box::new(row.view(theirs.unwrap_or_default(), scope.today()))),
            },
        ))
    });
    Ok(known.collect())
}

/// The pupils within reach who were born on one of these days.
pub fn born_on(conn: &mut Conn, scope: &Scope, days: &[Date]) -> ApiResult<Vec<PupilView>> {
    let rows = store::born_on(conn, scope, days)?;
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

/// Makes pupils with an enrolment each; those whom the trust knows by number get the enrolment only. What is wrong with
/// one of them stops the others not; a failure of the database stops all.
pub fn create_all(
    tx: &mut Tx<'_>,
    scope: &Scope,
    inputs: Vec<PupilCreate>,
) -> ApiResult<Vec<ApiResult<PupilRow>>> {
    let upns: Vec<Upn> = inputs.iter().filter_map(|input| input.upn.clone()).collect();
    let known = store::known_all(tx.conn, scope.trust(), &upns)?;
    let known: HashMap<Upn, PupilRow> =
        known.into_iter().filter_map(|row| Some((row.upn.clone()?, row))).collect();
    let schools: BTreeSet<Id> = inputs.iter().map(|input| input.enrolment.school_id).collect();
    let mut refused: HashMap<Id, ApiError> = HashMap::new();
    for school in schools {
        if let Err(error) = enrolments::check_school(tx.conn, scope, school, "/enrolment/school_id") {
            refused.insert(school, error);
        }
    }
    let (mut out, mut seen, mut old) = (Vec::new(), HashSet::new(), Vec::new());
    let mut new: Vec<PupilRow> = Vec::new();
    let mut enrolled: Vec<(Id, EnrolmentCreate)> = Vec::new();
    for (index, input) in inputs.into_iter().enumerate() {
        let twice = input.upn.as_ref().is_some_and(|upn| !seen.insert(upn.clone()));
        let judged = rules::check_birth_date(input.birth_date, scope.today())
            .and_then(|()| refused.get(&input.enrolment.school_id).map_or(Ok(()), |error| Err(error.clone())))
            .and_then(|()| if twice { Err(ApiError::of(Code::AlreadyExists)) } else { Ok(()) })
            .and_then(|()| same_child(input.upn.as_ref().and_then(|upn| known.get(upn)), &input));
        out.push(judged.map(|row| match row {
            Some(row) => {
                old.push((index, row.id, input.enrolment));
                row
            }
            None => {
                let row = new_row(tx, scope, &input);
                enrolled.push((row.id, input.enrolment));
                new.push(row.clone());
                row
            }
        }));
    }
    for (row, (_, enrolment)) in new.iter().zip(&enrolled) {
        tx.did("pupil.created", "pupil", row.id, Some(enrolment.school_id))?;
    }
    store::insert_all(tx.conn, &new)?;
    enrolments::enrol_new(tx, scope, enrolled)?;
    for (index, pupil, enrolment) in old {
        let enrolled = tx.attempt(|tx| enrolments::enrol(tx, scope, pupil, enrolment).map(drop));
        if let (Err(error), Some(slot)) = (enrolled, out.get_mut(index)) {
            *slot = Err(error);
        }
    }
    Ok(out)
}

/// The pupil of the number, where it is the same child.
fn same_child(known: Option<&PupilRow>, input: &PupilCreate) -> ApiResult<Option<PupilRow>> {
    match known {
        Some(row) if row.birth_date != input.birth_date => Err(ApiError::because(
            Code::AlreadyExists,
            "the UPN belongs to a pupil of this trust with other particulars: check them with the trust",
        )),
        known => Ok(known.cloned()),
    }
}

fn new_row(tx: &Tx<'_>, scope: &Scope, input: &PupilCreate) -> PupilRow {
    PupilRow {
        trust_id: scope.trust(),
        id: tx.new_id(),
        upn: input.upn.clone(),
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
    if let Some(enrolment) = enrolment {
        enrolments::amend(tx, scope, pupil, enrolment)?;
    }
    if let Some(patch) = patch {
        service::change(tx, scope, pupil, &crate::http::IfMatch::Versions(vec![version]), patch)?;
    }
    Ok(())
}
