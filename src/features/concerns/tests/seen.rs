//! Who sees what of a concern.

use serde_json::json;

use super::super::store;
use super::*;
use crate::access::key_scopes::KeyScope;
use crate::access::visible::FieldSet;

#[test]
fn each_caller_sees_their_field_set_and_the_rest_see_nothing() {
    let world = World::new();
    let view = world.raise(TEACHER, json!({})).unwrap();
    assert_eq!((view.view, view.progress, view.state), (FieldSet::Submission, Progress::Received, None));
    let full = world.get(DSL, view.id).unwrap();
    assert_eq!((full.view, full.state), (FieldSet::Full, Some(ConcernState::Submitted)));
    assert_eq!(full.account.unwrap().categories[0].code.as_str(), "OTH-UNC");
    for person in [LAP, LEAD, CEO, OTHER_DSL] {
        assert_eq!(world.get(person, view.id).unwrap_err(), Code::NotFound, "person {person}");
        let page = world.list(person, json!({}));
        assert_eq!((page.items.len(), page.count), (0, Some(0)), "person {person}");
    }
}

#[test]
fn nobody_who_is_linked_sees_anything_and_the_next_is_told() {
    let world = World::new();
    world.link(DSL, 0);
    let concern = world.raised(TEACHER);
    assert_eq!(world.get(DSL, concern).unwrap_err(), Code::NotFound);
    assert_eq!(world.list(DSL, json!({})).count, Some(0));
    assert_eq!(world.search(DSL, &["lunch"]), 0);
    assert_eq!((world.told(DSL, "concern_raised"), world.told(DEPUTY, "concern_raised")), (0, 1));
    world.link(TEACHER, 0);
    assert_eq!(world.get(TEACHER, concern).unwrap_err(), Code::NotFound);
}

#[test]
fn a_linked_reporter_gets_a_receipt_and_no_more() {
    let world = World::new();
    world.link(TEACHER, 0);
    let view = world.raise(TEACHER, json!({})).unwrap();
    assert_eq!((view.view, view.progress), (FieldSet::Metadata, Progress::Received));
    assert!(view.account.is_none() && view.reporter.is_none());
    assert_eq!(world.get(TEACHER, view.id).unwrap_err(), Code::NotFound);
}

#[test]
fn where_everybody_at_the_school_is_linked_the_trust_lead_is_let_in_and_can_work() {
    let world = World::new();
    for person in [DSL, DEPUTY, HEAD] {
        world.link(person, 0);
    }
    let concern = world.raised(TEACHER);
    assert_eq!(world.get(LEAD, concern).unwrap().view, FieldSet::Full);
    assert_eq!(world.told(LEAD, "concern_raised"), 1);
    assert!(world.triage(LEAD, concern).is_ok());
    assert_eq!(world.get(CEO, concern).unwrap_err(), Code::NotFound);
}

#[test]
fn a_new_conflict_that_shuts_out_everybody_lets_the_next_one_in() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    for person in [DSL, DEPUTY, HEAD, LEAD] {
        world.link(person, 0);
    }
    assert_eq!(world.get(CEO, concern).unwrap_err(), Code::NotFound);
    let pupil = world.pupils[0];
    let ensure = move |tx: &mut Tx<'_>, scope: &Scope| service::ensure_readers(tx, scope, pupil);
    world.write(HEAD, Action::ConflictManage, ensure).unwrap();
    assert_eq!(world.get(CEO, concern).unwrap().view, FieldSet::Full);
    assert_eq!(world.told(CEO, "concern_raised"), 1);
}

#[test]
fn an_adult_of_the_concern_never_reads_it() {
    let world = World::new();
    let view = world.raise(TEACHER, json!({"adult_ids": [world.people[DSL], world.people[DEPUTY]]})).unwrap();
    assert_eq!(world.get(DSL, view.id).unwrap_err(), Code::NotFound);
    assert_eq!(world.told(HEAD, "concern_raised"), 1);
    assert_eq!(world.get(HEAD, view.id).unwrap().view, FieldSet::Full);
}

#[test]
fn a_protected_reporter_is_hidden_in_every_way() {
    let world = World::new();
    let reporter = json!({"kind": "parent", "name": "Robin Quillfeather", "protect_identity": true});
    let concern = world.raise(TEACHER, json!({"reporter": reporter})).unwrap().id;
    let name = |person| world.get(person, concern).unwrap().reporter.unwrap().name.map(String::from);
    assert_eq!(name(DSL).as_deref(), Some("Robin Quillfeather"));
    assert_eq!(name(TEACHER).as_deref(), Some("Robin Quillfeather"));
    let head = world.get(HEAD, concern).unwrap();
    let reporter = head.reporter.unwrap();
    assert!(reporter.is_protected && reporter.name.is_none() && reporter.raised_by.is_none());
    assert!(head.account.unwrap().author_id.is_none());
    assert_eq!(world.search(DSL, &["quillfeather"]), 1);
    assert_eq!(world.search(HEAD, &["quillfeather"]), 0);
}

#[test]
fn the_reporters_view_moves_only_when_what_they_see_does() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    let tag = || {
        world.read(TEACHER, |conn, vault, scope| service::get(conn, vault, scope, concern, None)).unwrap().tag
    };
    let before = tag();
    world.triage(DSL, concern).unwrap();
    let pupils = json!([{"pupil_id": world.pupils[1], "role": "subject"}]);
    world.correct(DSL, concern, json!({"pupils": pupils, "summary": "He hid it."})).unwrap();
    assert_eq!(tag(), before);
    let account = world.get(TEACHER, concern).unwrap().account.unwrap();
    assert_eq!((account.number, account.pupils[0].pupil_id), (1, world.pupils[0]));
    world.act(DSL, concern, None).unwrap();
    assert_ne!(tag(), before);
    assert_eq!(world.get(TEACHER, concern).unwrap().progress, Progress::Actioned);
}

#[test]
fn a_reporter_finds_nothing_by_what_they_cannot_see() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    world.triage(DSL, concern).unwrap();
    let pupils = json!([{"pupil_id": world.pupils[1], "role": "subject"}]);
    world.correct(DSL, concern, json!({"pupils": pupils})).unwrap();
    let found = |person, filter| {
        let page = world.list(person, filter);
        assert_eq!(page.count, Some(i64::try_from(page.items.len()).unwrap()));
        page.items.len()
    };
    for filter in [json!({"state": "triaged"}), json!({"severity": "same_day"}), json!({"monitor": true})] {
        assert_eq!((found(DSL, filter.clone()), found(TEACHER, filter)), (1, 0));
    }
    assert_eq!(found(TEACHER, json!({"pupil_id": world.pupils[0]})), 1);
    assert_eq!(found(TEACHER, json!({"pupil_id": world.pupils[1]})), 0);
    assert_eq!(found(DSL, json!({"pupil_id": world.pupils[1]})), 1);
    assert_eq!(
        (found(TEACHER, json!({"category": "OTH"})), found(TEACHER, json!({"category": "COC"}))),
        (1, 0)
    );
    assert_eq!(world.list(TEACHER, json!({})).items[0].pupil_ids, Some(vec![world.pupils[0]]));
}

#[test]
fn a_lead_who_raised_a_concern_sees_it_once_and_whole() {
    let world = World::new();
    world.raised(DSL);
    world.raised(TEACHER);
    let page = world.list(DSL, json!({}));
    assert_eq!((page.items.len(), page.count), (2, Some(2)));
    assert!(page.items.iter().all(|item| item.view == FieldSet::Full));
    assert_eq!(world.list(DSL, json!({"raised_by_me": true})).count, Some(1));
}

#[test]
fn the_restricted_log_is_read_by_fewer_and_its_reporter_keeps_their_own() {
    let world = World::new();
    let view = world.raise(TEACHER, json!({"log": "restricted"})).unwrap();
    assert_eq!(view.view, FieldSet::Submission);
    assert!(world.get(DSL, view.id).is_ok() && world.get(HEAD, view.id).is_ok());
    assert!(world.triage(DSL, view.id).is_ok());
    assert_eq!(world.triage(HEAD, view.id).unwrap_err().code, Code::NotFound);
}

#[test]
fn words_are_found_whatever_their_case_and_accents() {
    let world = World::new();
    world.raised(TEACHER);
    assert_eq!(world.search(DSL, &["ZOE", "lunch tin"]), 1);
    assert_eq!(world.search(TEACHER, &["zoe"]), 1);
    assert_eq!(world.search(DSL, &["zoe", "dinner"]), 0);
    assert_eq!(world.search(OTHER_DSL, &["zoe"]), 0);
}

#[test]
fn no_text_of_a_case_stands_in_the_file() {
    let world = World::new();
    world
        .raise(
            TEACHER,
            json!({"facts": "canary-marmalade", "reporter": {"kind": "parent", "name": "canary-robin"}}),
        )
        .unwrap();
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    assert!(has(b"concern_raised"), "the files that were read hold the concern");
    assert!(!has(b"canary") && !has(b"lunch tin"));
}

#[test]
fn what_is_referred_to_must_be_there() {
    let world = World::new();
    let stranger = Id::new(world.now());
    let fault = |changes| {
        let error = world.raise(TEACHER, changes).unwrap_err();
        assert_eq!(error.code, Code::RuleBroken, "{error:?}");
        error.errors[0].pointer.clone()
    };
    assert_eq!(fault(json!({"school_id": world.schools[1]})), "/school_id");
    assert_eq!(fault(json!({"pupils": [{"pupil_id": stranger, "role": "subject"}]})), "/pupils/0/pupil_id");
    assert_eq!(fault(json!({"adult_ids": [stranger]})), "/adult_ids/0");
    assert_eq!(fault(json!({"guidance_id": stranger})), "/guidance_id");
    assert_eq!(fault(json!({"occurred_at": "2026-01-15T13:30:00Z"})), "/occurred_at");
    assert_eq!(world.list(DSL, json!({})).count, Some(0));
}

#[test]
fn a_system_is_told_the_metadata_of_what_it_fed_and_no_more() {
    let world = World::new();
    let own = world.feed(&[KeyScope::ConcernsCreate, KeyScope::ConcernsMetadata]).unwrap();
    world.triage(DSL, own.id).unwrap();
    let other = world.raised(TEACHER);
    let scope = world.system(&[KeyScope::ConcernsMetadata], Action::ConcernRead);
    let get = |id| world.read_under(&scope, |conn, vault, scope| service::get(conn, vault, scope, id, None));
    let view = get(own.id).unwrap().view;
    assert_eq!((view.view, view.progress), (FieldSet::Metadata, Progress::Received));
    assert!(view.account.is_none() && view.log.is_none() && view.state.is_none());
    assert_eq!(get(other).map_err(code).unwrap_err(), Code::NotFound);
    let found = |filter| {
        let filter: ConcernFilter = serde_json::from_value(filter).unwrap();
        world.read_under(&scope, |conn, _, scope| store::count(conn, scope, &filter)).unwrap()
    };
    assert_eq!(found(json!({})), 1);
    assert_eq!(found(json!({"pupil_id": world.pupils[0]})), 0);
    assert_eq!(found(json!({"log": "safeguarding"})), 0);
}

#[test]
fn a_system_that_may_only_create_gets_a_receipt() {
    let world = World::new();
    let view = world.feed(&[KeyScope::ConcernsCreate]).unwrap();
    assert_eq!(view.view, FieldSet::Metadata);
    assert!(view.account.is_none());
    assert_eq!(world.told(DSL, "concern_raised"), 1);
}

#[test]
fn one_of_the_team_who_reports_another_is_not_the_only_one_who_knows() {
    let world = World::new();
    let concern = world.raise(DEPUTY, json!({"adult_ids": [world.people[DSL]]})).unwrap().id;
    assert_eq!((world.told(DSL, "concern_raised"), world.told(HEAD, "concern_raised")), (0, 1));
    assert_eq!(world.get(HEAD, concern).unwrap().view, FieldSet::Full);
}

#[test]
fn the_headteacher_hears_with_the_team_where_one_of_the_team_is_named() {
    let world = World::new();
    world.raise(TEACHER, json!({"adult_ids": [world.people[DSL]]})).unwrap();
    let told = |person| world.told(person, "concern_raised");
    assert_eq!((told(DSL), told(DEPUTY), told(HEAD), told(LEAD)), (0, 1, 1, 0));
}

#[test]
fn where_everybody_above_is_linked_too_another_school_is_let_in() {
    let world = World::new();
    let adults: Vec<Id> = [DSL, DEPUTY, HEAD, LEAD, CEO].iter().map(|person| world.people[*person]).collect();
    let concern = world.raise(TEACHER, json!({"adult_ids": adults})).unwrap().id;
    assert_eq!(world.told(OTHER_DSL, "concern_raised"), 1);
    assert_eq!(world.get(OTHER_DSL, concern).unwrap().view, FieldSet::Full);
    assert!(world.triage(OTHER_DSL, concern).is_ok());
}

#[test]
fn the_chair_of_governors_comes_before_another_school() {
    let world = World::new();
    world.appoint(LAP, Role::ChairOfGovernors, Some(0));
    let adults: Vec<Id> = [DSL, DEPUTY, HEAD, LEAD, CEO].iter().map(|person| world.people[*person]).collect();
    world.raise(TEACHER, json!({"adult_ids": adults})).unwrap();
    assert_eq!((world.told(LAP, "concern_raised"), world.told(OTHER_DSL, "concern_raised")), (1, 0));
}
