//! Random worlds: what the SQL shows is what `decide` allows, for every viewer, action and concern.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use diesel::prelude::*;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tutela::access::decide::{ConcernFacts, decide};
use tutela::access::key_scopes::KeyScope;
use tutela::access::matrix::TrustLeadColumn;
use tutela::access::viewer::KeyRights;
use tutela::access::visible::{FieldSet, branches, condition};
use tutela::access::{Action, Grant, Role, Scope, Viewer, branches_with_any};
use tutela::clock::Timestamp;
use tutela::crypto::{Place, RecordKey, Sealed};
use tutela::db::schema::{self as t, concerns};
use tutela::db::{Conn, Db, Sizing};
use tutela::ids::Id;

use crate::on_both;
use crate::process::load::whole_or_short;
use crate::support::Database;

const NOW: i64 = 1_790_000_000_000_000;
const PEOPLE: usize = 4;
const PUPILS: usize = 3;
const SCHOOLS: usize = 3;
const PRINCIPALS: [&str; 2] = ["jwt:issuer#one", "key:0192f0c1-8a2b-7c3d-9e4f-0123456789ab"];
const ACTIONS: [Action; 17] = [
    Action::ConcernRead,
    Action::ConcernReadRestricted,
    Action::ConcernReadReferrals,
    Action::ConcernAskSupport,
    Action::ConcernWork,
    Action::ConcernRefer,
    Action::ConcernAdd,
    Action::ConcernReadEvidence,
    Action::ConcernAddEvidence,
    Action::ConcernCorrectEvidence,
    Action::ConcernShare,
    Action::ConcernPlace,
    Action::ConcernAccessLog,
    Action::ConcernScrutinise,
    Action::ConcernClose,
    Action::ConcernReopen,
    Action::ConcernDeputise,
];

#[derive(Clone, Debug)]
struct ConcernSpec {
    school: usize,
    is_restricted: bool,
    raised_by: Option<usize>,
    principal: usize,
    account_number: i32,
    pupils: BTreeSet<(i32, usize)>,
    adults: BTreeSet<(i32, usize)>,
    /// Who has a grant, whether it has ended (none: it has no end), whether the service made it, and whether it is for
    /// support that they give.
    grants: BTreeMap<usize, (Option<bool>, bool, bool)>,
    /// With whom what was reported alone was shared, and whether that has ended (none: it has no end).
    parts: BTreeMap<usize, Option<bool>>,
    /// Who broke the glass for it, and what has become of that.
    glass: BTreeMap<usize, Glass>,
}

/// What has become of broken glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Glass {
    Lasts,
    Ended,
    Expired,
    /// It lasts, and the concern was placed at another school since.
    Elsewhere,
}

fn glass() -> impl Strategy<Value = Glass> {
    prop_oneof![3 => Just(Glass::Lasts), 1 => Just(Glass::Ended), 1 => Just(Glass::Expired)]
}

#[derive(Clone, Debug)]
struct ViewerSpec {
    person: Option<usize>,
    grants: Vec<(usize, Option<usize>)>,
    lead: bool,
    principal: usize,
    key: Option<(BTreeSet<usize>, BTreeSet<usize>, bool)>,
}

#[derive(Clone, Debug)]
struct World {
    concerns: Vec<ConcernSpec>,
    /// Person, pupil, and whether the conflict has ended.
    conflicts: BTreeMap<(usize, usize), bool>,
    /// Person, pupil and school for which the glass was broken, and what has become of that.
    glass: BTreeMap<(usize, usize, usize), Glass>,
    viewers: Vec<ViewerSpec>,
}

fn concern_specs() -> impl Strategy<Value = ConcernSpec> {
    (
        (0..SCHOOLS, any::<bool>(), proptest::option::of(0..PEOPLE), 0..PRINCIPALS.len(), 1..=2i32),
        btree_set((1..=2i32, 0..PUPILS), 0..3),
        prop_oneof![3 => Just(BTreeSet::new()), 1 => btree_set((1..=2i32, 0..PEOPLE), 1..3)],
        btree_map(
            0..PEOPLE,
            (proptest::option::of(any::<bool>()), any::<bool>(), proptest::bool::weighted(0.3)),
            0..3,
        ),
        btree_map(0..PEOPLE, proptest::option::of(any::<bool>()), 0..2),
        btree_map(0..PEOPLE, prop_oneof![4 => glass(), 1 => Just(Glass::Elsewhere)], 0..2),
    )
        .prop_map(
            |(
                (school, is_restricted, raised_by, principal, account_number),
                pupils,
                adults,
                grants,
                parts,
                glass,
            )| {
                ConcernSpec {
                    school,
                    is_restricted,
                    raised_by,
                    principal,
                    account_number,
                    pupils,
                    adults,
                    grants,
                    parts,
                    glass,
                }
            },
        )
}

/// Roles, and one more often than the others: the one that may break the glass.
fn roles() -> impl Strategy<Value = usize> {
    let lead = Role::ALL.iter().position(|role| *role == Role::TrustSafeguardingLead).unwrap();
    prop_oneof![5 => 0..Role::ALL.len(), 1 => Just(lead)]
}

fn viewer_specs() -> impl Strategy<Value = ViewerSpec> {
    let key = (btree_set(0..KeyScope::ALL.len(), 1..4), btree_set(0..SCHOOLS, 0..3), any::<bool>());
    (
        proptest::option::weighted(0.85, 0..PEOPLE),
        vec((roles(), proptest::option::weighted(0.75, 0..SCHOOLS)), 0..4),
        any::<bool>(),
        0..PRINCIPALS.len(),
        proptest::option::weighted(0.3, key),
    )
        .prop_map(|(person, grants, lead, principal, key)| ViewerSpec {
            person,
            grants,
            lead,
            principal,
            key,
        })
}

fn worlds() -> impl Strategy<Value = World> {
    (
        vec(concern_specs(), 6),
        btree_map((0..PEOPLE, 0..PUPILS), any::<bool>(), 0..5),
        btree_map((0..PEOPLE, 0..PUPILS, 0..SCHOOLS), glass(), 0..4),
        vec(viewer_specs(), 5),
    )
        .prop_map(|(concerns, conflicts, glass, viewers)| World { concerns, conflicts, glass, viewers })
}

/// The identifiers of a world, of which no other has any.
struct Ids {
    trust: Id,
    schools: Vec<Id>,
    people: Vec<Id>,
    pupils: Vec<Id>,
    concerns: Vec<Id>,
}

fn now() -> Timestamp {
    Timestamp::from_micros(NOW)
}

fn some_ids(count: usize) -> Vec<Id> {
    (0..count).map(|_| Id::new(now())).collect()
}

impl Ids {
    fn new(world: &World) -> Self {
        Self {
            trust: Id::new(now()),
            schools: some_ids(SCHOOLS),
            people: some_ids(PEOPLE),
            pupils: some_ids(PUPILS),
            concerns: some_ids(world.concerns.len()),
        }
    }

    fn viewer(&self, spec: &ViewerSpec) -> Viewer {
        let grants = spec.grants.iter().map(|(role, school)| Grant {
            role: Role::ALL[*role],
            school: school.map(|school| self.schools[school]),
        });
        Viewer {
            trust: self.trust,
            trust_slug: "trust-a".to_owned(),
            principal: PRINCIPALS[spec.principal].to_owned(),
            person: spec.person.map(|person| self.people[person]),
            grants: grants.collect(),
            lead: if spec.lead { TrustLeadColumn::Casework } else { TrustLeadColumn::Aggregate },
            key: spec.key.as_ref().map(|(scopes, schools, follows)| KeyRights {
                id: Id::new(now()),
                scopes: scopes.iter().map(|scope| KeyScope::ALL[*scope]).collect(),
                schools: schools.iter().map(|school| self.schools[*school]).collect(),
                before: Id::parse(PRINCIPALS[1].trim_start_matches("key:"))
                    .filter(|_| *follows)
                    .into_iter()
                    .collect(),
            }),
        }
    }

    fn facts(&self, world: &World, spec: &ConcernSpec, person: Option<usize>) -> ConcernFacts {
        let is_linked = |person: usize| {
            let mut pupils = spec.pupils.iter();
            pupils.any(|(_, pupil)| world.conflicts.get(&(person, *pupil)) == Some(&false))
                || spec.adults.iter().any(|(_, adult)| *adult == person)
        };
        let open =
            |(ended, routed, _): &(Option<bool>, bool, bool)| (*ended != Some(true)).then_some(*routed);
        let for_support = person.and_then(|person| spec.grants.get(&person)).is_some_and(|grant| grant.2);
        let grant = person.and_then(|person| spec.grants.get(&person)).and_then(open);
        let part =
            person.and_then(|person| spec.parts.get(&person)).is_some_and(|ended| *ended != Some(true));
        let by_glass = |person: usize| {
            let now = spec.pupils.iter().filter(|(number, _)| *number == spec.account_number);
            let mut of_pupils = now.map(|(_, pupil)| world.glass.get(&(person, *pupil, spec.school)));
            spec.glass.get(&person) == Some(&Glass::Lasts)
                || of_pupils.any(|glass| glass == Some(&Glass::Lasts))
        };
        ConcernFacts {
            trust: self.trust,
            school: self.schools[spec.school],
            is_restricted: spec.is_restricted,
            raised_by: spec.raised_by.map(|person| self.people[person]),
            raised_by_principal: PRINCIPALS[spec.principal].to_owned(),
            is_linked: person.is_some_and(is_linked),
            is_granted: grant.is_some(),
            is_for_support: for_support,
            is_routed: grant == Some(true),
            is_opened_by_glass: person.is_some_and(by_glass),
            is_granted_part: part,
        }
    }
}

fn store(conn: &mut Conn, world: &World, ids: &Ids, sealed: &Sealed) -> QueryResult<()> {
    tutela::db::bind_trust(conn, ids.trust)?;
    let trust = ids.trust;
    diesel::insert_into(t::trusts::table)
        .values((
            t::trusts::id.eq(trust),
            t::trusts::slug.eq(trust.to_string()),
            t::trusts::created_at.eq(now()),
        ))
        .execute(conn)?;
    for (urn, school) in ids.schools.iter().enumerate() {
        use t::schools as s;
        diesel::insert_into(s::table)
            .values((
                (s::trust_id.eq(trust), s::id.eq(*school), s::urn.eq(i32::try_from(urn).unwrap())),
                (s::name.eq("School"), s::phase.eq("primary"), s::tas.eq(false), s::version.eq(1)),
                (s::created_at.eq(now()), s::updated_at.eq(now())),
            ))
            .execute(conn)?;
    }
    for person in &ids.people {
        use t::people as p;
        diesel::insert_into(p::table)
            .values((
                (p::trust_id.eq(trust), p::id.eq(*person), p::given_name.eq("A"), p::family_name.eq("B")),
                (
                    p::name_folded.eq("a b"),
                    p::version.eq(1),
                    p::created_at.eq(now()),
                    p::updated_at.eq(now()),
                ),
            ))
            .execute(conn)?;
    }
    for pupil in &ids.pupils {
        use t::pupils as p;
        let born = tutela::clock::Date::ymd(2015, 5, 5).unwrap();
        diesel::insert_into(p::table)
            .values((
                (p::trust_id.eq(trust), p::id.eq(*pupil), p::given_name.eq("C"), p::family_name.eq("D")),
                (p::name_folded.eq("c d"), p::birth_date.eq(born), p::version.eq(1)),
                (p::created_at.eq(now()), p::updated_at.eq(now())),
            ))
            .execute(conn)?;
    }
    for ((person, pupil), ended) in &world.conflicts {
        use t::conflicts as c;
        diesel::insert_into(c::table)
            .values((
                (c::trust_id.eq(trust), c::id.eq(Id::new(now())), c::person_id.eq(ids.people[*person])),
                (c::pupil_id.eq(ids.pupils[*pupil]), c::relationship.eq("parent"), c::recorded_by.eq("x")),
                (c::ended_at.eq(ended.then(now)), c::version.eq(1)),
                (c::created_at.eq(now()), c::updated_at.eq(now())),
            ))
            .execute(conn)?;
    }
    for (spec, id) in world.concerns.iter().zip(&ids.concerns) {
        store_concern(conn, ids, spec, *id, sealed)?;
        for (person, glass) in &spec.glass {
            let moved = usize::from(*glass == Glass::Elsewhere);
            let school = (spec.school + moved) % SCHOOLS;
            store_glass(conn, ids, (*person, school), (Some(*id), None), *glass, sealed)?;
        }
    }
    for ((person, pupil, school), glass) in &world.glass {
        store_glass(conn, ids, (*person, *school), (None, Some(ids.pupils[*pupil])), *glass, sealed)?;
    }
    Ok(())
}

fn store_concern(conn: &mut Conn, ids: &Ids, spec: &ConcernSpec, id: Id, sealed: &Sealed) -> QueryResult<()> {
    use t::concerns as c;
    diesel::insert_into(c::table)
        .values((
            (c::trust_id.eq(ids.trust), c::id.eq(id), c::school_id.eq(ids.schools[spec.school])),
            c::log.eq(if spec.is_restricted { "restricted" } else { "safeguarding" }),
            c::raised_by.eq(spec.raised_by.map(|person| ids.people[person])),
            c::raised_by_principal.eq(PRINCIPALS[spec.principal]),
            (c::reporter_kind.eq("self"), c::reporter_protected.eq(false), c::reported_at.eq(now())),
            (c::account_number.eq(spec.account_number), c::state.eq("submitted"), c::monitor.eq(false)),
            (c::data_key.eq(sealed), c::version.eq(1), c::updated_at.eq(now())),
        ))
        .execute(conn)?;
    for (number, pupil) in &spec.pupils {
        use t::concern_pupils as p;
        diesel::insert_into(p::table)
            .values((
                (p::trust_id.eq(ids.trust), p::concern_id.eq(id), p::number.eq(*number)),
                (p::pupil_id.eq(ids.pupils[*pupil]), p::role.eq("subject")),
            ))
            .execute(conn)?;
    }
    for (number, person) in &spec.adults {
        use t::concern_adults as a;
        diesel::insert_into(a::table)
            .values((
                (a::trust_id.eq(ids.trust), a::concern_id.eq(id), a::number.eq(*number)),
                a::person_id.eq(ids.people[*person]),
            ))
            .execute(conn)?;
    }
    for (person, (ended, routed, for_support)) in &spec.grants {
        use t::concern_grants as g;
        let ends_at = ended.map(|ended| now().plus_seconds(if ended { 0 } else { 60 }));
        diesel::insert_into(g::table)
            .values((
                (g::trust_id.eq(ids.trust), g::person_id.eq(ids.people[*person]), g::concern_id.eq(id)),
                (g::ends_at.eq(ends_at), g::by_route.eq(*routed), g::school_id.eq(ids.schools[spec.school])),
            ))
            .execute(conn)?;
        if *for_support {
            use t::concern_support_grants as s;
            let mark =
                (s::trust_id.eq(ids.trust), s::person_id.eq(ids.people[*person]), s::concern_id.eq(id));
            diesel::insert_into(s::table).values(mark).execute(conn)?;
        }
    }
    for (person, ended) in &spec.parts {
        use t::concern_part_grants as g;
        let ends_at = ended.map(|ended| now().plus_seconds(if ended { 0 } else { 60 }));
        diesel::insert_into(g::table)
            .values((
                (g::trust_id.eq(ids.trust), g::person_id.eq(ids.people[*person]), g::concern_id.eq(id)),
                g::ends_at.eq(ends_at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn store_glass(
    conn: &mut Conn,
    ids: &Ids,
    (person, school): (usize, usize),
    (concern, pupil): (Option<Id>, Option<Id>),
    glass: Glass,
    sealed: &Sealed,
) -> QueryResult<()> {
    use t::break_glass as g;
    let ends_at = now().plus_seconds(if glass == Glass::Expired { 0 } else { 60 });
    diesel::insert_into(g::table)
        .values((
            (g::trust_id.eq(ids.trust), g::id.eq(Id::new(now())), g::person_id.eq(ids.people[person])),
            (g::school_id.eq(ids.schools[school]), g::concern_id.eq(concern), g::pupil_id.eq(pupil)),
            (g::broken_at.eq(now()), g::ends_at.eq(ends_at)),
            g::ended_at.eq((glass == Glass::Ended).then(now)),
            (g::goes_above.eq(false), g::body.eq(sealed), g::version.eq(1_i64)),
        ))
        .execute(conn)?;
    Ok(())
}

/// What the SQL shows a viewer under an action: each concern with its field set, and by one way only.
fn shown(conn: &mut Conn, viewer: &Arc<Viewer>, action: Action) -> BTreeMap<Id, FieldSet> {
    let Ok(scope) = Scope::permit(viewer, action, now()) else { return BTreeMap::new() };
    let mut all = BTreeMap::new();
    let with_any = branches_with_any(conn, &scope).unwrap();
    for (branch, fields) in branches(&scope) {
        let ids: Vec<Id> =
            concerns::table.filter(condition(&scope, branch)).select(concerns::id).load(conn).unwrap();
        assert!(ids.is_empty() || with_any.contains(&(branch, fields)), "{branch:?} is passed over");
        for id in ids {
            let before = all.insert(id, fields);
            assert!(before.is_none(), "{branch:?} doubles another way");
        }
    }
    all
}

/// Compares SQL and `decide` over random worlds on a migrated database; returns how many pairs were compared and how
/// many of them were allowed.
fn compare(db: &Db, cases: u32) -> (usize, usize) {
    let place = Place::new(Id::from_bytes([1; 16]), "concerns", "data_key", Id::from_bytes([2; 16]));
    let sealed = RecordKey::generate().unwrap().seal(place, b"key").unwrap();
    let counts = std::cell::Cell::new((0, 0));
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&worlds(), |world| {
        let ids = Ids::new(&world);
        let trust = ids.trust;
        let (made, row) = ((world.clone(), Ids { ..ids }), sealed.clone());
        let (world, ids) = db
            .write_now(Some(trust), move |conn| {
                let (world, ids) = made;
                store(conn, &world, &ids, &row)?;
                Ok((world, ids))
            })
            .unwrap();
        db.read_now(Some(trust), |conn| {
            for spec in &world.viewers {
                let viewer = Arc::new(ids.viewer(spec));
                for action in ACTIONS {
                    let shown = shown(conn, &viewer, action);
                    assert!(shown.keys().all(|id| ids.concerns.contains(id)), "another trust's concern");
                    for (concern, id) in world.concerns.iter().zip(&ids.concerns) {
                        let facts = ids.facts(&world, concern, spec.person);
                        let decision = decide(&viewer, action, &facts);
                        let (pairs, allowed) = counts.get();
                        counts.set((pairs + 1, allowed + usize::from(decision.allow.is_some())));
                        assert_eq!(
                            shown.get(id).copied(),
                            decision.allow,
                            "{action}: {} ({})\n{viewer:?}\n{facts:?}",
                            decision.rule,
                            decision.because
                        );
                    }
                }
            }
            Ok(())
        })
        .unwrap();
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    counts.get()
}

on_both! {
    fn sql_shows_what_decide_allows(backend) {
        let database = Database::migrated(backend);
        let db = Db::open(&database.target, Sizing::default()).unwrap();
        let (pairs, allowed) = compare(&db, whole_or_short(3_000, 300));
        crate::say!("SQL and decide, {backend:?}: they agree on {pairs} pairs, of which {allowed} are allowed");
        assert!(allowed * 20 > pairs, "too few are allowed for it to mean much: {allowed} of {pairs}");
    }
}

#[test]
fn nobody_who_is_linked_is_ever_let_in() {
    let viewer = |person| Viewer {
        trust: Id::from_bytes([9; 16]),
        trust_slug: "trust-a".to_owned(),
        principal: PRINCIPALS[0].to_owned(),
        person,
        grants: Role::ALL.iter().map(|role| Grant { role: *role, school: None }).collect(),
        lead: TrustLeadColumn::Casework,
        key: None,
    };
    let facts = |is_linked| ConcernFacts {
        trust: Id::from_bytes([9; 16]),
        school: Id::from_bytes([8; 16]),
        is_restricted: false,
        raised_by: Some(Id::from_bytes([7; 16])),
        raised_by_principal: PRINCIPALS[0].to_owned(),
        is_linked,
        is_granted: true,
        is_for_support: false,
        is_routed: false,
        is_opened_by_glass: true,
        is_granted_part: true,
    };
    let everything = viewer(Some(Id::from_bytes([7; 16])));
    assert_eq!(decide(&everything, Action::ConcernRead, &facts(false)).allow, Some(FieldSet::Full));
    let refused = decide(&everything, Action::ConcernRead, &facts(true));
    assert_eq!((refused.allow, refused.rule), (None, "conflict-of-interest"));
}
