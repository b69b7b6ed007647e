//! That somebody is left who reads a concern, and nobody more.

use serde_json::json;

use super::super::service::TaskKind;
use super::*;
use crate::access::visible::FieldSet;

impl World {
    /// What a person has to do.
    pub(super) fn tasks(&self, person: usize) -> Vec<service::Task> {
        let scope = self.scope(person, Action::MeInbox);
        self.read_under(&scope, |conn, _, scope| service::tasks_of(conn, scope)).unwrap()
    }

    /// How many notifications of a kind a person has.
    pub(super) fn told(&self, person: usize, kind: &'static str) -> i64 {
        use schema::notifications as n;
        let (trust, person) = (self.trust, self.people[person]);
        self.put(move |conn| {
            let mine = n::table.filter(n::trust_id.eq(trust)).filter(n::person_id.eq(person));
            Ok(mine.filter(n::kind.eq(kind)).count().get_result(conn)?)
        })
    }
}

/// Ends a person's appointments yesterday.
fn dismiss(world: &World, person: usize) {
    let (trust, person) = (world.trust, world.people[person]);
    world.put(move |conn| {
        use schema::appointments as a;
        diesel::update(a::table.filter(a::trust_id.eq(trust)).filter(a::person_id.eq(person)))
            .set(a::ends_on.eq(Date::ymd(2026, 1, 14)))
            .execute(conn)?;
        Ok(())
    });
}

fn ensure(world: &World) {
    let ensure = |tx: &mut Tx<'_>, scope: &Scope| {
        service::ensure_readers_at(tx, scope, None)?;
        tx.did("appointment.changed", "appointment", scope.trust(), None)
    };
    world.write(HEAD, Action::ConflictManage, ensure).unwrap();
}

#[test]
fn a_school_whose_team_is_not_on_record_lets_nobody_in() {
    let world = World::new();
    for person in [DSL, DEPUTY, HEAD] {
        dismiss(&world, person);
    }
    let concern = world.raised(TEACHER);
    for person in [LEAD, CEO] {
        assert_eq!(world.get(person, concern).unwrap_err(), Code::NotFound);
        assert_eq!(world.told(person, "concern_raised"), 0);
    }
    assert!(world.get(DSL, concern).is_ok());
    let kinds: Vec<TaskKind> = world.tasks(LEAD).iter().map(|task| task.kind).collect();
    assert_eq!(kinds, [TaskKind::SchoolReaders]);
    assert!(world.tasks(DSL).iter().any(|task| task.kind == TaskKind::Untriaged));
}

#[test]
fn the_only_reader_who_raises_a_concern_keeps_it_and_those_above_hear_that_she_reads_alone() {
    let world = World::new();
    for person in [DEPUTY, HEAD] {
        dismiss(&world, person);
    }
    let concern = world.raised(DSL);
    assert_eq!(world.get(LEAD, concern).unwrap_err(), Code::NotFound);
    assert_eq!((world.told(LEAD, "reads_alone"), world.told(LEAD, "concern_raised")), (1, 0));
    assert_eq!(world.told(CEO, "reads_alone"), 0);
}

#[test]
fn a_reader_whose_appointment_ends_is_followed_by_the_next() {
    let world = World::new();
    world.link(DEPUTY, 0);
    let concern = world.raised(TEACHER);
    dismiss(&world, DSL);
    dismiss(&world, HEAD);
    assert_eq!(world.tasks(LEAD)[0].kind, TaskKind::SchoolReaders);
    ensure(&world);
    assert_eq!(world.get(LEAD, concern).unwrap().view, FieldSet::Full);
    assert_eq!(world.told(LEAD, "concern_raised"), 1);
    ensure(&world);
    assert_eq!(world.told(LEAD, "concern_raised"), 1);
    assert!(world.tasks(LEAD).iter().all(|task| task.kind != TaskKind::SchoolReaders));
}

#[test]
fn a_correction_that_names_one_of_the_team_tells_the_head() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    assert_eq!(world.told(HEAD, "concern_raised"), 0);
    world.correct(DEPUTY, concern, json!({"adult_ids": [world.people[DSL]]})).unwrap();
    assert_eq!(world.told(HEAD, "concern_raised"), 1);
}

#[test]
fn whoever_is_let_in_is_left_alone_with_all_that_the_work_takes() {
    let world = World::new();
    for person in [DSL, DEPUTY] {
        world.link(person, 0);
    }
    let reporter = json!({"kind": "parent", "name": "Robin Quillfeather", "protect_identity": true});
    let restricted = json!({"log": "restricted", "reporter": reporter});
    let concern = world.raise(TEACHER, restricted.clone()).unwrap().id;
    assert!(world.triage(HEAD, concern).is_ok());
    assert_eq!(
        world.get(HEAD, concern).unwrap().reporter.unwrap().name.as_deref(),
        Some("Robin Quillfeather")
    );
    world.link(HEAD, 0);
    let concern = world.raise(TEACHER, restricted).unwrap().id;
    assert!(world.tasks(LEAD).iter().any(|task| task.kind == TaskKind::Untriaged));
    assert!(world.triage(LEAD, concern).is_ok());
    assert!(world.get(LEAD, concern).unwrap().reporter.unwrap().name.is_some());
    assert!(world.share(LEAD, concern, OTHER_DSL, "share").is_ok());
    assert!(world.get(OTHER_DSL, concern).is_ok());
    let paging = Paging::bound(&Caller::nobody(), "", PageQuery::default(), "").unwrap();
    let log = |person| {
        let scope = world.scope(person, Action::ConcernAccessLog);
        world.read_under(&scope, |conn, _, scope| service::access_log(conn, scope, concern, &paging))
    };
    assert!(!log(LEAD).unwrap().items.is_empty());
    assert!(log(OTHER_DSL).is_err());
}

#[test]
fn the_share_of_the_last_reader_does_not_end() {
    let world = World::new();
    for person in [DSL, DEPUTY, HEAD] {
        world.link(person, 0);
    }
    let concern = world.raised(TEACHER);
    let share = {
        let paging = Paging::bound(&Caller::nobody(), "", PageQuery::default(), "").unwrap();
        let page = world.read(LEAD, |conn, vault, scope| {
            service::list_shares(conn, vault, scope, concern, None, &paging)
        });
        page.unwrap().items[0].id
    };
    let input: ConcernShareRevocation = serde_json::from_value(json!({"reason": "Not mine."})).unwrap();
    let revoke = move |tx: &mut Tx<'_>, scope: &Scope| {
        let tag = tag(tx, concern);
        service::revoke_share(tx, scope, concern, share, &tag, input)
    };
    assert_eq!(world.write(LEAD, Action::ConcernShare, revoke).unwrap_err().code, Code::StateConflict);
}

#[test]
fn nobody_is_let_in_who_could_never_read() {
    let world = World::new();
    let (concern, restricted) =
        (world.raised(TEACHER), world.raise(TEACHER, json!({"log": "restricted"})).unwrap().id);
    let fault = |refused: ApiError| refused.errors[0].code.to_string();
    assert_eq!(fault(world.share(DSL, restricted, LAP, "share").unwrap_err()), "cannot_be_let_in");
    assert!(world.share(DSL, concern, LAP, "share").is_ok());
    for (person, role) in [(TEACHER, Role::Volunteer), (LAP, Role::Governor)] {
        world.appoint(person, role, Some(0));
        assert_eq!(fault(world.share(DSL, concern, person, "assignment").unwrap_err()), "cannot_be_let_in");
        assert_eq!(fault(world.act(DSL, concern, Some(person)).unwrap_err()), "cannot_be_let_in");
    }
}

#[test]
fn the_owner_of_an_action_records_its_outcome_and_nothing_else() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    world.share(DSL, concern, LAP, "share").unwrap();
    let mine = world.act(DSL, concern, Some(LAP)).unwrap().view.id;
    let other = world.act(DSL, concern, None).unwrap().view.id;
    let done = |action: Id| {
        let input: ConcernActionOutcome =
            serde_json::from_value(json!({"done_on": "2026-01-15", "outcome": "Ate well."})).unwrap();
        let work = move |tx: &mut Tx<'_>, scope: &Scope| {
            let tag = tag(tx, concern);
            service::record_outcome(tx, scope, concern, action, &tag, input)
        };
        world.write(LAP, Action::ConcernRecordOutcome, work).map(|(made, _)| made.view.done_on)
    };
    assert_eq!(done(other).unwrap_err().code, Code::NotFound);
    assert!(done(mine).unwrap().is_some());
}

#[test]
fn an_action_whose_owner_can_no_longer_read_goes_back() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    let action = world.act(DSL, concern, Some(LAP)).unwrap().view.id;
    let has = |person: usize| world.tasks(person).iter().any(|task| task.record_id == action);
    assert!(has(DSL) && !has(LAP));
    world.share(DSL, concern, LAP, "share").unwrap();
    assert!(!has(DSL) && has(LAP));
    world.link(LAP, 0);
    assert!(has(DSL) && has(DEPUTY) && !has(LAP));
}

#[test]
fn a_name_given_by_mistake_is_lifted_by_another_lead_after_a_correction() {
    let world = World::new();
    let concern = world.raise(TEACHER, json!({"adult_ids": [world.people[DEPUTY]]})).unwrap().id;
    world.correct(DSL, concern, json!({"adult_ids": [world.people[HEAD]]})).unwrap();
    let lift = |by: usize, person: usize| {
        let input: NamingLiftingCreate =
            serde_json::from_value(json!({"person_id": world.people[person], "reason": "Another Robin."}))
                .unwrap();
        let work = move |tx: &mut Tx<'_>, scope: &Scope| {
            let tag = tag(tx, concern);
            service::lift_naming(tx, scope, concern, &tag, input)
        };
        world.write(by, Action::ConcernWork, work).map(|made| made.view.lifted_by)
    };
    assert_eq!(world.get(DEPUTY, concern).unwrap_err(), Code::NotFound);
    assert_eq!(lift(DSL, DEPUTY).unwrap(), world.people[DSL]);
    assert_eq!(lift(DSL, DEPUTY).unwrap_err().code, Code::RuleBroken);
    assert!(world.get(DEPUTY, concern).is_ok());
    assert_eq!(lift(DEPUTY, HEAD).unwrap_err().code, Code::StateConflict);
    world.correct(DEPUTY, concern, json!({"adult_ids": []})).unwrap();
    assert_eq!(lift(DSL, HEAD).unwrap_err().code, Code::StateConflict);
    assert_eq!(world.get(HEAD, concern).unwrap_err(), Code::NotFound);
    let told = world.told(HEAD, "concern_raised");
    lift(DEPUTY, HEAD).unwrap();
    assert!(world.get(HEAD, concern).is_ok());
    assert_eq!(world.told(HEAD, "concern_raised"), told);
}
