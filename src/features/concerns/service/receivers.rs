//! Who learns of a concern, who is let in because everybody before them is linked to the case, and that somebody is
//! left who reads it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::content::CaseKey;
use super::super::dto::{ConcernShareKind, ConcernShareScope};
use super::super::rules::Route;
use super::super::store::{self, ConcernRow, ShareBody, ShareRow};
use super::readers;
use super::roster::Roster;
use crate::access::{Role, Scope, Tx};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::events::{NotificationKind, notify};
use crate::features::people;
use crate::ids::Id;

/// What the route of a concern, and what it changes, rests on beside the concern itself.
#[derive(Debug, Default)]
struct Around {
    /// Who is linked to it.
    linked: BTreeSet<Id>,
    /// Those whom the service let in.
    let_in: Vec<ShareRow>,
}

impl Around {
    /// That of a handful of concerns of one trust, in as many statements as for one.
    fn all(conn: &mut Conn, trust: Id, rows: &[ConcernRow]) -> ApiResult<BTreeMap<Id, Self>> {
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let mut all: BTreeMap<Id, Self> = ids.iter().map(|id| (*id, Self::default())).collect();
        for (concern, linked) in store::linked_people(conn, trust, &ids)? {
            all.entry(concern).or_default().linked = linked;
        }
        for share in store::open_routes(conn, trust, &ids)? {
            all.entry(share.concern_id).or_default().let_in.push(share);
        }
        Ok(all)
    }

    fn of(conn: &mut Conn, row: &ConcernRow) -> ApiResult<Self> {
        Ok(Self::all(conn, row.trust_id, std::slice::from_ref(row))?.remove(&row.id).unwrap_or_default())
    }

    fn has_let_in(&self, person: Id) -> bool {
        self.let_in.iter().any(|share| share.person_id == person)
    }
}

/// Concerns that are looked at together.
const AT_ONCE: usize = 500;

/// Who is linked to a concern: by a pupil of it, or named in it.
pub fn linked(conn: &mut Conn, row: &ConcernRow) -> ApiResult<BTreeSet<Id>> {
    Ok(store::linked_people(conn, row.trust_id, &[row.id])?.remove(&row.id).unwrap_or_default())
}

/// The route of a concern as things stand today. Whoever acts is on it, where they read it.
pub fn route(conn: &mut Conn, scope: &Scope, row: &ConcernRow, actor: Option<Id>) -> ApiResult<Route> {
    let linked = linked(conn, row)?;
    Roster::of(conn, scope, row.school_id)?.route(conn, scope, row.school_id, &linked, actor)
}

/// Tells the people of a route, but not whoever is acting, and lets those in who must be: for whom that is new hear of
/// the concern itself. Whoever is only to know that somebody reads alone hears so of a new concern.
pub fn tell(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &ConcernRow,
    key: &CaseKey,
    kind: NotificationKind,
) -> ApiResult<()> {
    let route = route(tx.conn, scope, row, scope.person())?;
    let new = if route.by_grant.is_empty() {
        Vec::new()
    } else {
        let around = Around::of(tx.conn, row)?;
        let_in(tx, scope, row, key, &route, &around)?
    };
    let told: Vec<Id> =
        route.people().filter(|one| !new.contains(one) && Some(*one) != scope.person()).collect();
    let now = tx.now();
    notify(tx.conn, scope.trust(), &told, kind, row.id, now)?;
    if kind == NotificationKind::ConcernRaised {
        tell_above(tx, scope, row, &route)?;
    }
    Ok(())
}

/// Those above hear that one person alone reads a school's concerns, where whoever acts is that person.
fn tell_above(tx: &mut Tx<'_>, scope: &Scope, row: &ConcernRow, route: &Route) -> ApiResult<()> {
    if route.is_open {
        log::warn!("nobody on record reads a concern of school {}: {}", row.school_id, row.id);
    }
    let now = tx.now();
    notify(tx.conn, scope.trust(), &route.above, NotificationKind::ReadsAlone, row.school_id, now)
}

/// Tells the people of a route that a concern was put where they read it; those above hear of another school only:
/// nothing that they are told moves for what is done with a log.
pub fn tell_moved(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &ConcernRow,
    key: &CaseKey,
    to_school: bool,
) -> ApiResult<()> {
    tell(tx, scope, row, key, NotificationKind::ConcernMoved)?;
    if !to_school {
        return Ok(());
    }
    let route = route(tx.conn, scope, row, scope.person())?;
    tell_above(tx, scope, row, &route)
}

/// Tells those who read a concern by their role because one of the team is linked, and have not heard of it.
fn tell_new_readers(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &ConcernRow,
    route: &Route,
    told: &BTreeSet<(Id, Id)>,
) -> ApiResult<()> {
    let is_told = |one: &Id| told.contains(&(row.id, *one));
    let knows = |one: &Id| is_told(one) || Some(*one) == scope.person() || Some(*one) == row.raised_by;
    let new: Vec<Id> = route.by_role.iter().copied().filter(|one| !knows(one)).collect();
    let now = tx.now();
    notify(tx.conn, scope.trust(), &new, NotificationKind::ConcernRaised, row.id, now)
}

/// Lets the people of a route in where their roles do not reach, and tells those for whom that is new. Returns who
/// was let in.
fn let_in(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &ConcernRow,
    key: &CaseKey,
    route: &Route,
    around: &Around,
) -> ApiResult<Vec<Id>> {
    let new = grant(tx, row, key, route, around)?;
    let told: Vec<Id> = new.iter().copied().filter(|person| Some(*person) != scope.person()).collect();
    let now = tx.now();
    notify(tx.conn, scope.trust(), &told, NotificationKind::ConcernRaised, row.id, now)?;
    Ok(new)
}

/// Lets the people of a route in where their roles do not reach. Returns for whom that is new.
fn grant(
    tx: &mut Tx<'_>,
    row: &ConcernRow,
    key: &CaseKey,
    route: &Route,
    around: &Around,
) -> ApiResult<Vec<Id>> {
    let mut new = Vec::new();
    for person in route.by_grant.iter().filter(|person| !around.has_let_in(**person)) {
        let (now, id) = (tx.now(), tx.new_id());
        let share = ShareRow {
            trust_id: row.trust_id,
            id,
            concern_id: row.id,
            person_id: *person,
            kind: ConcernShareKind::ConflictRoute,
            granted_by: None,
            granted_at: now,
            ends_at: None,
            ended_at: None,
            ended_by: None,
            body: key.seal("concern_shares", id, &ShareBody::default())?,
            scope: ConcernShareScope::Record,
        };
        store::insert_share(tx.conn, &share)?;
        new.push(*person);
    }
    Ok(new)
}

/// Lets those in who read concerns of a school that has left from now on, and nobody else whom the service let in. The
/// caller tells them, once for all concerns.
pub fn take_over(
    tx: &mut Tx<'_>,
    scope: &Scope,
    rows: &[ConcernRow],
    roster: &mut Roster,
) -> ApiResult<BTreeSet<Id>> {
    let mut all_new = BTreeSet::new();
    let all = Around::all(tx.conn, scope.trust(), rows)?;
    for (row, around) in rows.iter().filter_map(|row| Some((row, all.get(&row.id)?))) {
        let route = roster.route(tx.conn, scope, row.school_id, &around.linked, None)?;
        end_routes(tx, row, &route, around)?;
        if route.by_grant.iter().all(|person| around.has_let_in(*person)) {
            continue;
        }
        let key = CaseKey::open(tx.vault, tx.conn, row)?;
        all_new.extend(grant(tx, row, &key, &route, around)?);
        tx.did("concern.routed", "concern", row.id, Some(row.school_id))?;
    }
    Ok(all_new)
}

/// Sees to it that somebody is left who reads one concern, and that those hear of it who read it from now on.
pub fn ensure_reader(tx: &mut Tx<'_>, scope: &Scope, row: &ConcernRow) -> ApiResult<()> {
    let mut rosters = BTreeMap::new();
    ensure_some(tx, scope, std::slice::from_ref(row), &mut rosters)
}

/// Sees to it that somebody is left who reads each concern of a pupil. To be called in the transaction in which a new
/// conflict of interest was recorded.
pub fn ensure_readers(tx: &mut Tx<'_>, scope: &Scope, pupil: Id) -> ApiResult<()> {
    let concerns = store::naming_pupil(tx.conn, scope.trust(), pupil)?;
    ensure_all(tx, scope, &concerns)
}

/// Sees to it that somebody is left who reads each concern of these schools, or of all. To be called in the transaction
/// of whatever can take a reader away or give one: an appointment, an engagement, a revocation, a school that leaves,
/// the way in which the trust uses its lead. What falls due by its date is seen to as the day begins ([`readers`]), which
/// also takes over what schools that have left leave behind.
pub fn ensure_readers_at(tx: &mut Tx<'_>, scope: &Scope, schools: Option<&[Id]>) -> ApiResult<()> {
    let left = store::left_schools(tx.conn, scope.trust(), schools, scope.today())?;
    readers::enqueue(tx.conn, scope, &left)?;
    let concerns = store::linked_concerns(tx.conn, scope.trust(), schools, &left)?;
    ensure_all(tx, scope, &concerns)?;
    let schools = match schools {
        Some(schools) => schools.to_vec(),
        None => store::schools_with_concerns(tx.conn, scope.trust())?,
    };
    for school in schools {
        tell_of_gap(tx, scope, school)?;
    }
    Ok(())
}

/// The same after a change to one person: at the schools where they hold or held a role, and everywhere where they hold
/// or held one in the trust.
pub fn ensure_readers_after(tx: &mut Tx<'_>, scope: &Scope, person: Id) -> ApiResult<()> {
    let places = people::places_of_roles(tx.conn, scope.trust(), person)?;
    let schools: Option<Vec<Id>> = places.into_iter().collect();
    match schools {
        Some(schools) if schools.is_empty() => Ok(()),
        Some(schools) => ensure_readers_at(tx, scope, Some(&schools)),
        None => ensure_readers_at(tx, scope, None),
    }
}

fn ensure_all(tx: &mut Tx<'_>, scope: &Scope, concerns: &[Id]) -> ApiResult<()> {
    let mut rosters = BTreeMap::new();
    for some in concerns.chunks(AT_ONCE) {
        let rows = store::by_ids(tx.conn, scope.trust(), some)?;
        ensure_some(tx, scope, &rows, &mut rosters)?;
    }
    Ok(())
}

fn ensure_some(
    tx: &mut Tx<'_>,
    scope: &Scope,
    rows: &[ConcernRow],
    rosters: &mut BTreeMap<Id, Roster>,
) -> ApiResult<()> {
    let all = Around::all(tx.conn, scope.trust(), rows)?;
    let told = store::told_of(tx.conn, scope.trust(), &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    for (row, around) in rows.iter().filter_map(|row| Some((row, all.get(&row.id)?))) {
        let mut roster = match rosters.remove(&row.school_id) {
            Some(roster) => roster,
            None => Roster::of(tx.conn, scope, row.school_id)?,
        };
        ensure(tx, scope, row, &mut roster, around, &told)?;
        rosters.insert(row.school_id, roster);
    }
    Ok(())
}

fn ensure(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &ConcernRow,
    roster: &mut Roster,
    around: &Around,
    told: &BTreeSet<(Id, Id)>,
) -> ApiResult<()> {
    let route = roster.route(tx.conn, scope, row.school_id, &around.linked, None)?;
    tell_new_readers(tx, scope, row, &route, told)?;
    end_routes(tx, row, &route, around)?;
    if route.by_grant.iter().all(|person| around.has_let_in(*person)) {
        return Ok(());
    }
    let key = CaseKey::open(tx.vault, tx.conn, row)?;
    let_in(tx, scope, row, &key, &route, around)?;
    tx.did("concern.routed", "concern", row.id, Some(row.school_id))
}

/// Whoever was let in because everybody before them was linked reads no more once somebody before them reads again. It
/// stays as it is where nobody on record would be left.
fn end_routes(tx: &mut Tx<'_>, row: &ConcernRow, route: &Route, around: &Around) -> ApiResult<()> {
    if route.is_open || route.people().next().is_none() {
        return Ok(());
    }
    let (mut is_ended, now) = (false, tx.now());
    for share in around.let_in.iter().filter(|share| !route.by_grant.contains(&share.person_id)) {
        store::end_share(tx.conn, &ShareRow { ended_at: Some(now), ..share.clone() })?;
        is_ended = true;
    }
    if is_ended {
        tx.did("concern.route-ended", "concern", row.id, Some(row.school_id))?;
    }
    Ok(())
}

/// A school with concerns and without a team on record: those hear of it who appoint, the headteacher and the trust's
/// lead, once until they have read it. It names the school and nothing else.
fn tell_of_gap(tx: &mut Tx<'_>, scope: &Scope, school: Id) -> ApiResult<()> {
    let (trust, now) = (scope.trust(), tx.now());
    if !store::has_concerns(tx.conn, trust, school)? {
        return Ok(());
    }
    let roster = Roster::of(tx.conn, scope, school)?;
    if roster.has_team() || roster.has_left() {
        return Ok(());
    }
    let roles = [Role::TrustAdmin, Role::Headteacher, Role::TrustSafeguardingLead];
    let people = people::holders(tx.conn, trust, &roles, Some(school), scope.today())?;
    let waiting = store::waiting_for(tx.conn, trust, NotificationKind::ReadersMissing, school)?;
    let new: Vec<Id> = people.into_iter().filter(|one| !waiting.contains(one)).collect();
    log::warn!("nobody is on record as safeguarding lead of school {school}");
    notify(tx.conn, trust, &new, NotificationKind::ReadersMissing, school, now)
}

/// The schools of which somebody must see to it that their concerns are read: those without a safeguarding team on
/// record, and those with a concern that nobody on record reads, such as after a day on which an appointment ended.
pub fn schools_without_readers(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Id>> {
    let mut found: BTreeSet<Id> = BTreeSet::new();
    let mut rosters: BTreeMap<Id, Roster> = BTreeMap::new();
    for school in store::schools_with_concerns(conn, scope.trust())? {
        let mut roster = Roster::of(conn, scope, school)?;
        let is_seen_to =
            if roster.has_left() { roster.finds_somebody(conn, scope, school)? } else { roster.has_team() };
        if !is_seen_to {
            found.insert(school);
        }
        rosters.insert(school, roster);
    }
    for some in store::linked_concerns(conn, scope.trust(), None, &[])?.chunks(AT_ONCE) {
        let rows = store::by_ids(conn, scope.trust(), some)?;
        let all = Around::all(conn, scope.trust(), &rows)?;
        for (row, around) in rows.iter().filter_map(|row| Some((row, all.get(&row.id)?))) {
            let Some(roster) = rosters.get_mut(&row.school_id).filter(|_| !found.contains(&row.school_id))
            else {
                continue;
            };
            let route = roster.route(conn, scope, row.school_id, &around.linked, None)?;
            if route.by_role.is_empty() && !route.by_grant.iter().any(|person| around.has_let_in(*person)) {
                found.insert(row.school_id);
            }
        }
    }
    Ok(found.into_iter().collect())
}
