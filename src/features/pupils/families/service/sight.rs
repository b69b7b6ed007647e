//! What a caller is shown of families. Each place in a family is asked through the pupil in it, so nobody learns of a
//! child by a brother or sister: not how many others there are, and not what the family is called elsewhere.

use std::collections::{BTreeSet, HashMap};

use super::super::super::case::{self, Former, Window};
use super::super::super::{conflicts, matches};
use super::super::store::{self, FamilyRow, MemberRow};
use super::moment;
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// A family as a caller sees it.
pub struct Shown {
    pub family: FamilyRow,
    /// The places that are shown, one version of each.
    pub members: Vec<MemberRow>,
    /// As of when its name is shown; none where it is not.
    pub named_at: Option<Timestamp>,
}

/// How a caller knows a pupil.
struct Known {
    window: Window,
    former: Option<Former>,
}

impl Known {
    /// As far as the caller knows the pupil; none where not at all.
    fn of(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Option<Self>> {
        let window = match case::window(conn, scope, pupil) {
            Err(error) if error.code == Code::NotFound => return Ok(None),
            other => other?,
        };
        let former = if window.schools().is_some() { case::former(conn, scope, pupil)? } else { None };
        Ok(Some(Self { window, former }))
    }

    /// Whether the caller knows all of the pupil's case.
    fn is_whole(&self) -> bool {
        self.window.schools().is_none()
    }

    /// Whether a version is what the caller knew at a moment.
    fn shows(&self, row: &MemberRow, at: Timestamp) -> bool {
        let at = self.former.as_ref().map_or(at, |former| at.min(former.until));
        let recorded_here = |schools: &[Id]| schools.contains(&row.school_id);
        row.held_at(at) && self.window.schools().is_none_or(recorded_here)
    }
}

/// One family; 404 where the caller sees nobody in it, or has a conflict of interest with anybody in it.
pub fn shown(conn: &mut Conn, scope: &Scope, id: Id, as_of: Option<Timestamp>) -> ApiResult<Shown> {
    let family = store::get(conn, scope.trust(), id)?;
    let rows = store::members(conn, scope.trust(), id)?;
    refuse_conflicted(conn, scope, &rows)?;
    let pupils: BTreeSet<Id> = rows.iter().map(|row| row.pupil_id).collect();
    let mut known: HashMap<Id, Known> = HashMap::new();
    for pupil in pupils {
        if let Some(one) = Known::of(conn, scope, pupil)? {
            known.insert(pupil, one);
        }
    }
    let at = moment(as_of);
    let mut members = rows;
    members.retain(|row| known.get(&row.pupil_id).is_some_and(|known| known.shows(row, at)));
    if members.is_empty() {
        return Err(ApiError::not_found());
    }
    let stands = members.iter().filter(|row| !row.withdrawn);
    let is_here = stands.filter_map(|row| known.get(&row.pupil_id)).any(Known::is_whole);
    let is_named = is_here && scope.extent().covers(family.school_id);
    Ok(Shown { family, members, named_at: is_named.then_some(at) })
}

/// Whether the caller sees anybody in a family; 404 where there is none, or where they have a conflict of interest with
/// anybody in it.
pub fn is_seen(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<bool> {
    store::get(conn, scope.trust(), id)?;
    let rows = store::members(conn, scope.trust(), id)?;
    refuse_conflicted(conn, scope, &rows)?;
    match shown(conn, scope, id, None) {
        Ok(_) => Ok(true),
        Err(error) if error.code == Code::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn refuse_conflicted(conn: &mut Conn, scope: &Scope, rows: &[MemberRow]) -> ApiResult<()> {
    let related = conflicts::conflicted_pupils(conn, scope.trust(), scope.person())?;
    if rows.iter().any(|row| row.stands() && related.contains(&row.pupil_id)) {
        return Err(ApiError::not_found());
    }
    Ok(())
}

/// One place in a family.
pub fn member(
    conn: &mut Conn,
    scope: &Scope,
    (family, id): (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<MemberRow> {
    let shown = shown(conn, scope, family, as_of)?;
    shown.members.into_iter().find(|row| row.id == id).ok_or_else(ApiError::not_found)
}

/// The families in which a pupil's place is shown, the oldest first.
pub fn of_pupil(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
    as_of: Option<Timestamp>,
) -> ApiResult<Vec<Shown>> {
    let places = store::places(conn, scope.trust(), &[pupil])?;
    let families: BTreeSet<Id> = places.into_iter().map(|row| row.family_id).collect();
    let mut out = Vec::with_capacity(families.len());
    for family in families {
        match shown(conn, scope, family, as_of) {
            Ok(shown) if shown.members.iter().any(|row| row.pupil_id == pupil) => out.push(shown),
            Ok(_) => {}
            Err(error) if error.code == Code::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(out)
}

/// A pupil's places in families, for the chronology: those that stand.
pub fn rows_of(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Vec<MemberRow>> {
    let families = of_pupil(conn, scope, pupil, None)?;
    let members = families.into_iter().flat_map(|shown| shown.members);
    Ok(members.filter(|row| row.pupil_id == pupil && !row.withdrawn).collect())
}

/// Whether the caller sees a family with a place of this pupil that stands.
pub fn has(conn: &mut Conn, scope: &Scope, family: Id, pupil: Id) -> ApiResult<bool> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    match shown(conn, scope, family, None) {
        Ok(shown) => Ok(shown.members.iter().any(|row| row.pupil_id == pupil && row.stands())),
        Err(error) if error.code == Code::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The families that are closed to a person, who has a conflict of interest with a pupil in each.
pub fn closed(conn: &mut Conn, trust: Id, person: Option<Id>) -> ApiResult<Vec<Id>> {
    let related = conflicts::conflicted_pupils(conn, trust, person)?;
    if related.is_empty() {
        return Ok(Vec::new());
    }
    let places = store::places(conn, trust, &related)?;
    let families: BTreeSet<Id> =
        places.into_iter().filter(MemberRow::stands).map(|row| row.family_id).collect();
    Ok(families.into_iter().collect())
}
