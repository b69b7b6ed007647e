//! The work on a concern.

use serde_json::json;

use super::*;

#[test]
fn the_state_follows_the_work_and_the_past_stays_as_it_was_known() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    let raised = world.now();
    world.triage(DSL, concern).unwrap();
    let triaged = world.now();
    world.correct(DSL, concern, json!({"summary": "He hid it.", "opinion": null})).unwrap();
    world.act(DSL, concern, None).unwrap();
    let view = |at| world.get_as_of(DSL, concern, at).unwrap();
    let (first, second, now) = (view(Some(raised)), view(Some(triaged)), view(None));
    assert_eq!(
        (first.state, first.severity, first.account.unwrap().number),
        (Some(ConcernState::Submitted), None, 1)
    );
    assert_eq!(
        (second.state, second.severity),
        (Some(ConcernState::Triaged), Some(ConcernSeverity::SameDay))
    );
    assert_eq!(now.state, Some(ConcernState::InAction));
    let account = now.account.unwrap();
    assert_eq!((account.number, account.summary.as_str()), (2, "He hid it."));
    let early = world.get_as_of(DSL, concern, Some(raised.plus_seconds(-5)));
    assert_eq!(early.unwrap_err(), Code::NotFound);
}

#[test]
fn the_decision_that_nothing_is_needed_counts_as_acted_on_until_it_is_corrected() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    let input: ConcernDecisionCreate = serde_json::from_value(json!({
        "kind": "no_action", "decision": "Nothing.", "reason": "Settled.", "decided_at": "2026-01-15T12:00:00Z"
    }))
    .unwrap();
    let create = move |tx: &mut Tx<'_>, scope: &Scope| {
        let tag = tag(tx, concern);
        service::create_decision(tx, scope, concern, &tag, input)
    };
    let made = world.write(DSL, Action::ConcernWork, create).unwrap();
    assert_eq!(world.get(DSL, concern).unwrap().state, Some(ConcernState::InAction));
    let correction: ConcernDecisionCorrection = serde_json::from_value(json!({
        "kind": "decision", "decision": "Ask.", "reason": "Not settled.", "decided_at": "2026-01-15T12:00:00Z",
        "correction_reason": "Wrong concern."
    }))
    .unwrap();
    let correct = move |tx: &mut Tx<'_>, scope: &Scope| {
        let tag = tag(tx, concern);
        service::correct_decision(tx, scope, concern, made.view.id, &tag, correction)
    };
    assert_eq!(world.write(DSL, Action::ConcernWork, correct).unwrap().view.number, 2);
    assert_eq!(world.get(DSL, concern).unwrap().state, Some(ConcernState::Submitted));
}

#[test]
fn a_stale_version_is_refused_and_stores_nothing() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    world.triage(DSL, concern).unwrap();
    let note = || serde_json::from_value::<ConcernNoteCreate>(json!({"text": "Spoke with her."})).unwrap();
    let write = |if_match: IfMatch| {
        let input = note();
        let work =
            move |tx: &mut Tx<'_>, scope: &Scope| service::create_note(tx, scope, concern, &if_match, input);
        world.write(DSL, Action::ConcernWork, work).map(|made| made.version)
    };
    assert_eq!(write(IfMatch::Versions(vec![1])).unwrap_err().code, Code::VersionStale);
    assert_eq!(write(IfMatch::Any).unwrap_err().code, Code::VersionStale);
    assert_eq!(write(IfMatch::Missing).unwrap_err().code, Code::PreconditionRequired);
    assert_eq!(write(IfMatch::Versions(vec![2])).unwrap(), 3);
    assert_eq!(world.search(DSL, &["spoke"]), 1);
    assert_eq!(world.search(TEACHER, &["spoke"]), 0);
}

#[test]
fn an_addendum_reaches_the_team_and_moves_the_record() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    let input: AddendumCreate = serde_json::from_value(json!({"text": "Her brother too."})).unwrap();
    let add = move |tx: &mut Tx<'_>, scope: &Scope| service::add(tx, scope, concern, input);
    world.write(TEACHER, Action::ConcernAdd, add).unwrap();
    assert_eq!(world.told(DSL, "concern_updated"), 1);
    for person in [TEACHER, DSL] {
        let addenda = world.get(person, concern).unwrap().addenda.unwrap();
        assert_eq!(addenda[0].text.as_str(), "Her brother too.");
    }
    assert_eq!(world.search(TEACHER, &["brother"]), 1);
    let other: AddendumCreate = serde_json::from_value(json!({"text": "x"})).unwrap();
    let add = move |tx: &mut Tx<'_>, scope: &Scope| service::add(tx, scope, concern, other);
    assert_eq!(world.write(LAP, Action::ConcernAdd, add).unwrap_err().code, Code::NotFound);
}

#[test]
fn an_action_is_given_to_somebody_who_may_have_it_and_done_once() {
    let world = World::new();
    world.link(LAP, 0);
    let concern = world.raised(TEACHER);
    assert_eq!(world.act(DSL, concern, Some(LAP)).unwrap_err().code, Code::ConflictOfInterest);
    let made = world.act(DSL, concern, Some(TEACHER)).unwrap();
    assert_eq!(world.told(TEACHER, "action_assigned"), 1);
    let tasks = |person: usize| world.tasks(person);
    assert_eq!(tasks(TEACHER).len(), 1);
    let done = || {
        let input: ConcernActionOutcome =
            serde_json::from_value(json!({"done_on": "2026-01-15", "outcome": "Ate well."})).unwrap();
        let work = move |tx: &mut Tx<'_>, scope: &Scope| {
            let tag = tag(tx, concern);
            service::record_outcome(tx, scope, concern, made.view.id, &tag, input)
        };
        world.write(DSL, Action::ConcernWork, work)
    };
    assert_eq!(done().unwrap().0.view.number, 2);
    assert_eq!(done().unwrap_err().code, Code::Superseded);
    assert!(tasks(TEACHER).is_empty());
}

#[test]
fn a_share_opens_a_case_until_it_ends() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    let made = world.share(DSL, concern, LAP, "assignment").unwrap();
    assert!(world.get(LAP, concern).is_ok());
    assert_eq!(world.told(LAP, "concern_assigned"), 1);
    assert_eq!(world.list(LAP, json!({"assigned_to_me": true})).count, Some(1));
    assert_eq!(world.list(DSL, json!({"assigned_to_me": true})).count, Some(0));
    assert_eq!(world.share(DSL, concern, LAP, "assignment").unwrap_err().code, Code::AlreadyExists);
    let input: ConcernShareRevocation = serde_json::from_value(json!({"reason": "Moved."})).unwrap();
    let revoke = move |tx: &mut Tx<'_>, scope: &Scope| {
        let tag = tag(tx, concern);
        service::revoke_share(tx, scope, concern, made.view.id, &tag, input)
    };
    world.write(DSL, Action::ConcernShare, revoke).unwrap();
    assert_eq!(world.get(LAP, concern).unwrap_err(), Code::NotFound);
    world.link(LAP, 0);
    assert_eq!(world.share(DSL, concern, LAP, "share").unwrap_err().code, Code::ConflictOfInterest);
}

#[test]
fn a_link_shows_itself_to_those_who_see_both_ends() {
    let world = World::new();
    let (one, other) = (world.raised(TEACHER), world.raised(TEACHER));
    let link = |person: usize, to: Id| {
        let input: ConcernLinkCreate =
            serde_json::from_value(json!({"concern_id": to, "reason": "The same tin."})).unwrap();
        let work = move |tx: &mut Tx<'_>, scope: &Scope| {
            let tag = tag(tx, one);
            service::create_link(tx, scope, one, &tag, input)
        };
        world.write(person, Action::ConcernWork, work)
    };
    assert_eq!(link(DSL, Id::new(world.now())).unwrap_err().code, Code::RuleBroken);
    link(DSL, other).unwrap();
    assert_eq!(link(DSL, other).unwrap_err().code, Code::AlreadyExists);
    world.share(DSL, one, LAP, "share").unwrap();
    let links = |person: usize, concern: Id| {
        let paging = Paging::bound(&Caller::nobody(), "", PageQuery::default(), "").unwrap();
        let page = world.read(person, |conn, vault, scope| {
            service::list_links(conn, vault, scope, concern, None, &paging)
        });
        page.unwrap().items.into_iter().map(|link| (link.concern_id, link.reason)).collect::<Vec<_>>()
    };
    assert_eq!(links(DSL, one)[0].0, other);
    assert_eq!((links(DSL, other)[0].0, links(DSL, other)[0].1.as_str()), (one, "The same tin."));
    assert!(links(LAP, one).is_empty());
}

#[test]
fn a_correction_that_links_the_corrector_shuts_them_out_and_lets_the_next_one_in() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    for person in [DSL, DEPUTY, HEAD] {
        world.link(person, 1);
    }
    let pupils = json!([{"pupil_id": world.pupils[1], "role": "subject"}]);
    let view = world.correct(DSL, concern, json!({"pupils": pupils})).unwrap();
    assert!(view.account.is_none());
    assert_eq!(world.get(DSL, concern).unwrap_err(), Code::NotFound);
    assert!(world.get(LEAD, concern).is_ok());
    let back = json!([{"pupil_id": world.pupils[2], "role": "subject"}]);
    world.correct(LEAD, concern, json!({"pupils": back})).unwrap();
    assert_eq!(world.get(DSL, concern).unwrap_err(), Code::NotFound);
}

#[test]
fn a_correction_that_no_longer_names_an_adult_does_not_open_the_case_to_them() {
    let world = World::new();
    let concern = world.raise(TEACHER, json!({"adult_ids": [world.people[DSL]]})).unwrap().id;
    world.correct(DEPUTY, concern, json!({"adult_ids": []})).unwrap();
    assert_eq!(world.get(DSL, concern).unwrap_err(), Code::NotFound);
    assert_eq!(world.list(DSL, json!({})).count, Some(0));
    assert_eq!(world.search(DSL, &["lunch"]), 0);
    assert_eq!(world.share(DEPUTY, concern, DSL, "share").unwrap_err().code, Code::ConflictOfInterest);
}

#[test]
fn notes_are_kept_in_every_version() {
    let world = World::new();
    let concern = world.raised(TEACHER);
    let input: ConcernNoteCreate = serde_json::from_value(json!({"text": "Spoke with Ann."})).unwrap();
    let create = move |tx: &mut Tx<'_>, scope: &Scope| {
        let tag = tag(tx, concern);
        service::create_note(tx, scope, concern, &tag, input)
    };
    let note = world.write(DSL, Action::ConcernWork, create).unwrap().view.id;
    let first = world.now();
    let input: ConcernNoteCorrection =
        serde_json::from_value(json!({"text": "Spoke with Beth.", "reason": "Wrong name."})).unwrap();
    let correct = move |tx: &mut Tx<'_>, scope: &Scope| {
        let tag = tag(tx, concern);
        service::correct_note(tx, scope, concern, note, &tag, input)
    };
    world.write(DEPUTY, Action::ConcernWork, correct).unwrap();
    let text = |at| {
        let paging = Paging::bound(&Caller::nobody(), "", PageQuery::default(), "").unwrap();
        let page = world.read(HEAD, |conn, vault, scope| {
            service::list_entries::<ConcernNoteView>(conn, vault, scope, concern, at, &paging)
        });
        page.unwrap().items.into_iter().map(|note| note.text.into_string()).collect::<Vec<_>>()
    };
    assert_eq!(text(Some(first)), ["Spoke with Ann."]);
    assert_eq!(text(None), ["Spoke with Beth."]);
    let query = PageQuery { count: Some(true), ..PageQuery::default() };
    let paging = Paging::bound(&Caller::nobody(), "", query, "").unwrap();
    let page = world.read(HEAD, |conn, vault, scope| {
        service::list_entries::<ConcernNoteView>(conn, vault, scope, concern, None, &paging)
    });
    assert_eq!(page.unwrap().count, Some(1));
}

#[test]
fn nobody_lets_themselves_in_and_a_grant_does_not_work_the_restricted_log() {
    let world = World::new();
    let concern = world.raise(TEACHER, json!({"log": "restricted"})).unwrap().id;
    assert_eq!(world.share(HEAD, concern, DEPUTY, "share").unwrap_err().code, Code::NotFound);
    let refused = world.share(DSL, concern, DSL, "share").unwrap_err();
    assert_eq!((refused.code, refused.errors[0].code.as_ref()), (Code::RuleBroken, "own_grant"));
    world.share(DSL, concern, HEAD, "share").unwrap();
    assert!(world.get(HEAD, concern).is_ok());
    assert_eq!(world.triage(HEAD, concern).unwrap_err().code, Code::NotFound);
    assert!(world.triage(DEPUTY, concern).is_ok());
}

#[test]
fn the_access_log_does_not_name_a_protected_reporter() {
    let world = World::new();
    let reporter = json!({"kind": "self", "protect_identity": true});
    let concern = world.raise(TEACHER, json!({"reporter": reporter})).unwrap().id;
    let raised = |person| {
        let paging = Paging::bound(&Caller::nobody(), "", PageQuery::default(), "").unwrap();
        let scope = world.scope(person, Action::ConcernAccessLog);
        let page =
            world.read_under(&scope, |conn, _, scope| service::access_log(conn, scope, concern, &paging));
        page.unwrap().items.into_iter().find(|entry| entry.rule == "concern.raised").unwrap()
    };
    assert_eq!(raised(DSL).person_id, Some(world.people[TEACHER]));
    let entry = raised(HEAD);
    assert!(entry.person_id.is_none() && entry.principal.is_none());
    assert!(entry.role.is_none() && entry.request_id.is_none());
}
