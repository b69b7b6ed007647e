//! Use cases on a migrated SQLite file, without HTTP: two schools, a few people, three pupils.

mod readers;
mod seen;
mod work;

use std::cell::Cell;
use std::sync::Arc;

use crate::db::prelude::*;

use super::dto::*;
use super::service::{self, Made};
use crate::access::change::write_now;
use crate::access::key_scopes::KeyScope;
use crate::access::matrix::TrustLeadColumn;
use crate::access::viewer::KeyRights;
use crate::access::{Action, Grant, Role, Scope, Services, Tx, Viewer};
use crate::audit::Recorder;
use crate::clock::{Clock, Date, Timestamp};
use crate::crypto::{MasterKeys, Vault};
use crate::db::{Conn, Db, Sizing, Target, migrate, schema};
use crate::error::{ApiError, ApiResult, Code};
use crate::http::page::{Caller, Page};
use crate::http::{IfMatch, PageQuery, Paging};
use crate::ids::Id;

const NOON: i64 = 1_768_478_400_000_000;

/// Who there is. The places in `World::people` are these numbers.
const TEACHER: usize = 0;
const DSL: usize = 1;
const DEPUTY: usize = 2;
const HEAD: usize = 3;
const LEAD: usize = 4;
const CEO: usize = 5;
const LAP: usize = 6;
const OTHER_DSL: usize = 7;

pub(super) struct World {
    services: Services,
    trust: Id,
    schools: Vec<Id>,
    people: Vec<Id>,
    pupils: Vec<Id>,
    lead: TrustLeadColumn,
    seconds: Cell<i64>,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Sqlite(folder.path().join("trust-a.db"));
        migrate::run(&target, None).unwrap();
        let db = Db::open(&target, Sizing::default()).unwrap();
        let keys = MasterKeys::open_or_create(&folder.path().join("keys")).unwrap();
        let recorder = Recorder::start(db.clone()).unwrap();
        let clock = Clock::manual(Timestamp::from_micros(NOON));
        let vault = Vault::new(keys);
        let services = Services { db, vault, recorder, clock, environment: "test".to_owned(), files: None };
        let some = |count| (0..count).map(|_| Id::new(Timestamp::from_micros(NOON))).collect::<Vec<_>>();
        let world = Self {
            services,
            trust: some(1)[0],
            schools: some(2),
            people: some(8),
            pupils: some(3),
            lead: TrustLeadColumn::Aggregate,
            seconds: Cell::new(0),
            folder,
        };
        world.fill();
        world
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_micros(NOON).plus_seconds(self.seconds.get())
    }

    /// Every change happens a second after the one before.
    fn tick(&self) -> Timestamp {
        self.seconds.set(self.seconds.get() + 1);
        self.now()
    }

    /// Stores something without a use case.
    fn put<T: Send + 'static>(&self, work: impl FnOnce(&mut Conn) -> ApiResult<T> + Send + 'static) -> T {
        self.services.db.write_now(Some(self.trust), work).unwrap()
    }

    fn fill(&self) {
        let (trust, schools, people, pupils) =
            (self.trust, self.schools.clone(), self.people.clone(), self.pupils.clone());
        let (vault, now) = (self.services.vault.clone(), self.now());
        self.put(move |conn| {
            use schema::{
                enrolments as e, people as p, pupils as c, schools as s, trust_settings as ts, trusts as t,
            };
            diesel::insert_into(t::table)
                .values((t::id.eq(trust), t::slug.eq("trust-a"), t::created_at.eq(now)))
                .execute(conn)?;
            diesel::insert_into(ts::table)
                .values((
                    (ts::trust_id.eq(trust), ts::name.eq("Trust A"), ts::trust_lead_column.eq("aggregate")),
                    (ts::closure_rule.eq("safety_statement"), ts::restricted_log.eq(true)),
                    (ts::version.eq(1), ts::updated_at.eq(now)),
                ))
                .execute(conn)?;
            vault.create_trust_key(conn, trust, now)?;
            for (urn, school) in schools.iter().enumerate() {
                diesel::insert_into(s::table)
                    .values((
                        (s::trust_id.eq(trust), s::id.eq(*school), s::urn.eq(i32::try_from(urn).unwrap())),
                        (s::name.eq("School"), s::phase.eq("primary"), s::tas.eq(false), s::version.eq(1)),
                        (s::created_at.eq(now), s::updated_at.eq(now)),
                    ))
                    .execute(conn)?;
            }
            for person in &people {
                diesel::insert_into(p::table)
                    .values((
                        (
                            p::trust_id.eq(trust),
                            p::id.eq(*person),
                            p::given_name.eq("A"),
                            p::family_name.eq("B"),
                        ),
                        (
                            p::name_folded.eq("a b"),
                            p::version.eq(1),
                            p::created_at.eq(now),
                            p::updated_at.eq(now),
                        ),
                    ))
                    .execute(conn)?;
            }
            for pupil in &pupils {
                diesel::insert_into(c::table)
                    .values((
                        (
                            c::trust_id.eq(trust),
                            c::id.eq(*pupil),
                            c::given_name.eq("C"),
                            c::family_name.eq("D"),
                        ),
                        (c::name_folded.eq("c d"), c::birth_date.eq(Date::ymd(2015, 5, 5).unwrap())),
                        (c::version.eq(1), c::created_at.eq(now), c::updated_at.eq(now)),
                    ))
                    .execute(conn)?;
                diesel::insert_into(e::table)
                    .values((
                        (e::trust_id.eq(trust), e::id.eq(Id::new(now)), e::pupil_id.eq(*pupil)),
                        (e::school_id.eq(schools[0]), e::starts_on.eq(Date::ymd(2024, 9, 1).unwrap())),
                        (e::version.eq(1), e::created_at.eq(now), e::updated_at.eq(now)),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        });
        for (person, role, school) in [
            (DSL, Role::Dsl, Some(0)),
            (DEPUTY, Role::DeputyDsl, Some(0)),
            (HEAD, Role::Headteacher, Some(0)),
            (LEAD, Role::TrustSafeguardingLead, None),
            (CEO, Role::Ceo, None),
            (OTHER_DSL, Role::Dsl, Some(1)),
        ] {
            self.appoint(person, role, school);
        }
    }

    fn appoint(&self, person: usize, role: Role, school: Option<usize>) {
        let (trust, person, now) = (self.trust, self.people[person], self.now());
        let school = school.map(|school| self.schools[school]);
        self.put(move |conn| {
            use schema::appointments as a;
            diesel::insert_into(a::table)
                .values((
                    (a::trust_id.eq(trust), a::id.eq(Id::new(now)), a::person_id.eq(person)),
                    (
                        a::school_id.eq(school),
                        a::role.eq(role),
                        a::starts_on.eq(Date::ymd(2025, 9, 1).unwrap()),
                    ),
                    (a::version.eq(1), a::created_at.eq(now), a::updated_at.eq(now)),
                ))
                .execute(conn)?;
            Ok(())
        });
    }

    /// Records that a person is linked to a pupil.
    fn link(&self, person: usize, pupil: usize) {
        let (trust, person, pupil, now) = (self.trust, self.people[person], self.pupils[pupil], self.now());
        self.put(move |conn| {
            use schema::conflicts as c;
            diesel::insert_into(c::table)
                .values((
                    (c::trust_id.eq(trust), c::id.eq(Id::new(now)), c::person_id.eq(person)),
                    (c::pupil_id.eq(pupil), c::relationship.eq("parent"), c::recorded_by.eq("x")),
                    (c::version.eq(1), c::created_at.eq(now), c::updated_at.eq(now)),
                ))
                .execute(conn)?;
            Ok(())
        });
    }

    fn role(&self, person: usize) -> Grant {
        let (role, school) = match person {
            DSL => (Role::Dsl, Some(0)),
            DEPUTY => (Role::DeputyDsl, Some(0)),
            HEAD => (Role::Headteacher, Some(0)),
            LEAD => (Role::TrustSafeguardingLead, None),
            CEO => (Role::Ceo, None),
            LAP => (Role::WelfareLap, Some(0)),
            OTHER_DSL => (Role::Dsl, Some(1)),
            _ => (Role::Staff, Some(0)),
        };
        Grant { role, school: school.map(|school| self.schools[school]) }
    }

    fn scope(&self, person: usize, action: Action) -> Scope {
        let viewer = Viewer {
            trust: self.trust,
            trust_slug: "trust-a".to_owned(),
            principal: format!("jwt:issuer#{person}"),
            person: Some(self.people[person]),
            grants: vec![self.role(person)],
            lead: self.lead,
            key: None,
        };
        Scope::permit(&Arc::new(viewer), action, self.now()).unwrap()
    }

    /// The scope of a system's key at the first school.
    fn system(&self, scopes: &[KeyScope], action: Action) -> Scope {
        let key = KeyRights {
            id: self.trust,
            scopes: scopes.to_vec(),
            schools: vec![self.schools[0]],
            before: Vec::new(),
        };
        let viewer = Viewer {
            trust: self.trust,
            trust_slug: "trust-a".to_owned(),
            principal: "key:system".to_owned(),
            person: None,
            grants: vec![Grant { role: Role::Integration, school: Some(self.schools[0]) }],
            lead: self.lead,
            key: Some(key),
        };
        Scope::permit(&Arc::new(viewer), action, self.now()).unwrap()
    }

    /// Raises a concern as a system.
    fn feed(&self, scopes: &[KeyScope]) -> ApiResult<ConcernView> {
        let (input, scope) = (self.input(serde_json::json!({})), self.system(scopes, Action::ConcernRaise));
        let inner = scope.clone();
        write_now(&self.services, &scope, move |tx| service::raise(tx, &inner, input)).map(|shown| shown.view)
    }

    /// Runs a change as a person.
    fn write<T: Send + 'static>(
        &self,
        person: usize,
        action: Action,
        work: impl FnOnce(&mut Tx<'_>, &Scope) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        self.tick();
        let scope = self.scope(person, action);
        let inner = scope.clone();
        write_now(&self.services, &scope, move |tx| work(tx, &inner))
    }

    /// Reads as a person.
    fn read<T>(
        &self,
        person: usize,
        work: impl FnOnce(&mut Conn, &Vault, &Scope) -> ApiResult<T>,
    ) -> ApiResult<T> {
        self.read_under(&self.scope(person, Action::ConcernRead), work)
    }

    /// Reads under a scope.
    fn read_under<T>(
        &self,
        scope: &Scope,
        work: impl FnOnce(&mut Conn, &Vault, &Scope) -> ApiResult<T>,
    ) -> ApiResult<T> {
        self.services.db.read_now(Some(self.trust), |conn| work(conn, &self.services.vault, scope))
    }

    /// A concern about the first pupil, with changes to what is sent.
    fn input(&self, changes: serde_json::Value) -> ConcernCreate {
        let mut whole = serde_json::json!({
            "school_id": self.schools[0], "pupils": [{"pupil_id": self.pupils[0], "role": "subject"}],
            "occurred_at": "2026-01-15T11:30:00Z", "place": "playground", "time_slot": "lunch",
            "source": "observation", "reporter": {"kind": "self"}, "summary": "Zoë hid her lunch tin again."
        });
        let changes = changes.as_object().cloned().unwrap_or_default();
        whole.as_object_mut().unwrap().extend(changes);
        serde_json::from_value(whole).unwrap()
    }

    fn raise(&self, person: usize, changes: serde_json::Value) -> ApiResult<ConcernView> {
        let input = self.input(changes);
        self.write(person, Action::ConcernRaise, |tx, scope| service::raise(tx, scope, input))
            .map(|shown| shown.view)
    }

    fn raised(&self, person: usize) -> Id {
        self.raise(person, serde_json::json!({})).unwrap().id
    }

    fn get(&self, person: usize, concern: Id) -> Result<ConcernView, Code> {
        self.get_as_of(person, concern, None)
    }

    fn get_as_of(&self, person: usize, concern: Id, at: Option<Timestamp>) -> Result<ConcernView, Code> {
        self.read(person, |conn, vault, scope| service::get(conn, vault, scope, concern, at))
            .map(|shown| shown.view)
            .map_err(code)
    }

    fn list(&self, person: usize, filter: serde_json::Value) -> Page<ConcernSummary> {
        let filter: ConcernFilter = serde_json::from_value(filter).unwrap();
        let query = PageQuery { limit: Some(50), cursor: None, count: Some(true) };
        let paging = Paging::bound(&Caller::nobody(), "", query, "").unwrap();
        self.read(person, |conn, _, scope| service::list(conn, scope, &filter, &paging)).unwrap()
    }

    fn search(&self, person: usize, words: &[&str]) -> usize {
        let input: ConcernSearch = serde_json::from_value(serde_json::json!({"words": words})).unwrap();
        let paging = Paging::bound(&Caller::nobody(), "", PageQuery::default(), "").unwrap();
        let page =
            self.read(person, |conn, vault, scope| service::search(conn, vault, scope, &paging, &input));
        page.unwrap().items.len()
    }

    fn triage(&self, person: usize, concern: Id) -> ApiResult<Made<ConcernTriageView>> {
        let input: ConcernTriageCreate = serde_json::from_value(serde_json::json!({
            "severity": "same_day", "school_view_level": 2, "monitor": true, "parent_informed": "yes"
        }))
        .unwrap();
        self.write(person, Action::ConcernWork, move |tx, scope| {
            let tag = tag(tx, concern);
            service::create_triage(tx, scope, concern, &tag, input)
        })
    }

    fn act(&self, person: usize, concern: Id, owner: Option<usize>) -> ApiResult<Made<ConcernActionView>> {
        let input: ConcernActionCreate = serde_json::from_value(serde_json::json!({
            "kind": "observe", "description": "Watch at lunch.", "owner_id": owner.map(|owner| self.people[owner]),
            "due_on": "2026-01-16"
        }))
        .unwrap();
        self.write(person, Action::ConcernWork, move |tx, scope| {
            let tag = tag(tx, concern);
            service::create_action(tx, scope, concern, &tag, input)
        })
    }

    fn correct(&self, person: usize, concern: Id, changes: serde_json::Value) -> ApiResult<ConcernView> {
        let mut whole = serde_json::json!({"reason": "Another child of that name."});
        whole.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
        let input: ConcernCorrection = serde_json::from_value(whole).unwrap();
        self.write(person, Action::ConcernWork, move |tx, scope| {
            let tag = tag(tx, concern);
            service::correct(tx, scope, concern, &tag, input)
        })
        .map(|shown| shown.view)
    }

    fn share(&self, by: usize, concern: Id, with: usize, kind: &str) -> ApiResult<Made<ConcernShareView>> {
        let input: ConcernShareCreate = serde_json::from_value(serde_json::json!({
            "person_id": self.people[with], "kind": kind, "reason": "Meets her every morning."
        }))
        .unwrap();
        self.write(by, Action::ConcernShare, move |tx, scope| {
            let tag = tag(tx, concern);
            service::create_share(tx, scope, concern, &tag, input)
        })
    }
}

/// What a writer names who has seen the newest version.
fn tag(tx: &mut Tx<'_>, concern: Id) -> IfMatch {
    use schema::concerns as c;
    let version = c::table.filter(c::id.eq(concern)).select(c::version).first(tx.conn).unwrap_or(0);
    IfMatch::Versions(vec![version])
}

fn code(error: ApiError) -> Code {
    error.code
}
