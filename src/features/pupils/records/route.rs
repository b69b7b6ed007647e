//! Who sees to an intervention from which those are shut out who took part, who are related to the pupil, or who are
//! linked to the concern in which it stands: the school's safeguarding team, then its headteacher, and where that leaves
//! nobody those above the school, as for a concern. It is asked anew each time, so that nobody is left out who came later.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{conflicts, enrolments};
use super::store::{self, Candidate};
use crate::access::{Role, Scope};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::{concerns, people};
use crate::ids::Id;

/// Those above a school, the nearest first.
const ABOVE: [Role; 3] = [Role::TrustSafeguardingLead, Role::Ceo, Role::ChairOfTrustees];

/// Those who see to a school's interventions by their role there.
const AT_SCHOOL: [Role; 3] = [Role::Dsl, Role::DeputyDsl, Role::Headteacher];

/// Whom a record is left to: the first level at which anybody is free. `staff` took part.
pub fn receivers(
    conn: &mut Conn,
    scope: &Scope,
    (pupil, school): (Id, Id),
    concern: Option<Id>,
    staff: &[Id],
) -> ApiResult<Vec<Id>> {
    let trust = scope.trust();
    let mut shut_out: BTreeSet<Id> = conflicts::persons_with(conn, trust, pupil)?.into_iter().collect();
    shut_out.extend(staff);
    if let Some(concern) = concern {
        shut_out
            .extend(concerns::linked_people(conn, trust, &[concern])?.remove(&concern).unwrap_or_default());
    }
    let here: [(&[Role], Option<Id>); 2] =
        [(&[Role::Dsl, Role::DeputyDsl], Some(school)), (&[Role::Headteacher], Some(school))];
    let above = ABOVE.iter().map(|role| (std::slice::from_ref(role), None));
    for (roles, place) in here.into_iter().chain(above) {
        let mut free = people::holders(conn, trust, roles, place, scope.today())?;
        free.retain(|person| !shut_out.contains(person));
        if !free.is_empty() {
            return Ok(free);
        }
    }
    Ok(Vec::new())
}

/// The interventions that are left to the caller, who stands above the schools: nobody at the school is free to see to
/// them, nor anybody between it and the caller.
pub fn left_to(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Id>> {
    let Some(rank) = ABOVE.iter().position(|role| scope.holds_in_trust(&[*role])) else {
        return Ok(Vec::new());
    };
    let (trust, today) = (scope.trust(), scope.today());
    let leads = people::holders_by_school(conn, trust, &AT_SCHOOL, today)?;
    let between: Vec<Role> = ABOVE.iter().take(rank).copied().collect();
    let between = people::holders(conn, trust, &between, None, today)?;
    let everybody: BTreeSet<Id> = leads.values().flatten().copied().collect();
    let everybody: Vec<Id> = everybody.into_iter().collect();
    let led: Vec<Id> = leads.keys().copied().collect();
    let candidates = store::candidates(conn, trust, &everybody, &led)?;
    let shut_out = shut_out_of(conn, trust, &candidates)?;
    let pupils: Vec<Id> = candidates.iter().map(|one| one.pupil).collect();
    let on_roll = enrolments::on_roll(conn, scope, &pupils)?;
    let is_left = |one: &&Candidate| {
        let schools = on_roll.get(&one.pupil).cloned().unwrap_or_else(|| vec![one.school]);
        let at_schools = schools.iter().filter_map(|school| leads.get(school)).flatten();
        let shut_out = shut_out.get(&one.id);
        let is_free = |person: &Id| !shut_out.is_some_and(|shut_out| shut_out.contains(person));
        !at_schools.chain(&between).any(is_free)
    };
    Ok(candidates.iter().filter(is_left).map(|one| one.id).collect())
}

/// Who is shut out of each of these.
fn shut_out_of(conn: &mut Conn, trust: Id, all: &[Candidate]) -> ApiResult<BTreeMap<Id, BTreeSet<Id>>> {
    let mut out: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    for some in all.chunks(500) {
        let ids: Vec<Id> = some.iter().map(|one| one.id).collect();
        for (record, person) in store::people_of(conn, trust, &ids)? {
            out.entry(record).or_default().insert(person);
        }
        let pupils: Vec<Id> = some.iter().map(|one| one.pupil).collect();
        let related = conflicts::persons_with_any(conn, trust, &pupils)?;
        let about: Vec<Id> = some.iter().filter_map(|one| one.concern).collect();
        let linked = concerns::linked_people(conn, trust, &about)?;
        for one in some {
            let shut_out = out.entry(one.id).or_default();
            shut_out
                .extend(related.iter().filter(|(pupil, _)| *pupil == one.pupil).map(|(_, person)| *person));
            shut_out.extend(one.concern.and_then(|concern| linked.get(&concern)).into_iter().flatten());
        }
    }
    Ok(out)
}
