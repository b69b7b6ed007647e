//! The same decision as [`super::visible`] makes in SQL, written from the matrix and the rules that override it, for
//! one concern and in words: what the explanation of a right shows, and what the SQL is tested against.

use super::actions::Action;
use super::key_scopes::KeyScope;
use super::matrix::{self, Reach};
use super::roles::Role;
use super::viewer::{Grant, Viewer};
use super::visible::{
    BY_GLASS, FieldSet, is_work, opens_by_glass, opens_by_route, opens_by_share, opens_to_reporter,
};
use crate::ids::Id;

/// What a decision on a concern rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConcernFacts {
    /// The trust that holds it.
    pub trust: Id,
    /// The school that it belongs to.
    pub school: Id,
    /// Whether it stands in the restricted log.
    pub is_restricted: bool,
    /// The person who raised it.
    pub raised_by: Option<Id>,
    /// The caller who raised it.
    pub raised_by_principal: String,
    /// Whether the viewer is linked to a pupil of it, or named among its adults, in any of its accounts.
    pub is_linked: bool,
    /// Whether it is shared with or assigned to the viewer by name, and that has not ended.
    pub is_granted: bool,
    /// Whether that rests on support which they gave as the trust's lead: it counts as long as they hold the post.
    pub is_for_support: bool,
    /// Whether the service let the viewer in, since everybody before them is linked to the case.
    pub is_routed: bool,
    /// Whether the viewer broke the glass for it, or for a pupil of it, and that lasts.
    pub is_opened_by_glass: bool,
    /// Whether what was reported of it was shared with the viewer by name, and that has not ended.
    pub is_granted_part: bool,
}

/// Whether a viewer may act on a concern, by which rule, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How much the viewer sees; nothing where the action is refused.
    pub allow: Option<FieldSet>,
    /// The rule in one stable word.
    pub rule: &'static str,
    /// The rule in a sentence.
    pub because: String,
}

/// Decides on one concern. Denials come first: no role, grant or key gets past them.
pub fn decide(viewer: &Viewer, action: Action, facts: &ConcernFacts) -> Decision {
    denied(viewer, action, facts)
        .or_else(|| by_reach(viewer, action, facts))
        .or_else(|| by_name(viewer, action, facts))
        .or_else(|| by_glass(viewer, action, facts))
        .or_else(|| by_part(viewer, action, facts))
        .or_else(|| as_reporter(viewer, action, facts))
        .or_else(|| as_feeder(viewer, action, facts))
        .unwrap_or_else(|| deny("out-of-reach", "no role of the caller reaches this concern"))
}

fn denied(viewer: &Viewer, action: Action, facts: &ConcernFacts) -> Option<Decision> {
    if viewer.trust != facts.trust {
        return Some(deny("other-trust", "the concern belongs to another trust"));
    }
    if viewer.person.is_none() && !viewer.is_service() {
        return Some(deny(
            "person-unknown",
            "every denial hangs on the person, and the caller's is not known",
        ));
    }
    if viewer.person.is_some() && facts.is_linked {
        return Some(deny(
            "conflict-of-interest",
            "the person is linked to a pupil of the concern, or named in it: nobody reads such a concern",
        ));
    }
    let key = viewer.key.as_ref()?;
    if !key.scopes.iter().any(|scope| scope.allows(action)) {
        return Some(deny("key-scope", "the API key was not made for this"));
    }
    (!key.schools.is_empty() && !key.schools.contains(&facts.school))
        .then(|| deny("key-schools", "the API key does not reach the concern's school"))
}

fn by_reach(viewer: &Viewer, action: Action, facts: &ConcernFacts) -> Option<Decision> {
    let role = covering(viewer, action, facts.school)?;
    if !facts.is_restricted {
        return Some(allow(FieldSet::Full, "within-reach", format!("{role} reaches the concern's school")));
    }
    let restricted = restricted_action(action);
    let role = covering(viewer, restricted, facts.school)?;
    Some(allow(FieldSet::Full, "restricted-log", format!("{role} reaches the school's restricted log")))
}

/// By which action a concern of the restricted log is measured.
pub const fn restricted_action(action: Action) -> Action {
    match action {
        Action::ConcernWork
        | Action::ConcernRefer
        | Action::ConcernAddEvidence
        | Action::ConcernCorrectEvidence
        | Action::ConcernShare
        | Action::ConcernPlace => Action::ConcernWorkRestricted,
        // Who appoints a deputy reads nothing by it, in either log.
        Action::ConcernDeputise => Action::ConcernDeputise,
        _ => Action::ConcernReadRestricted,
    }
}

fn by_name(viewer: &Viewer, action: Action, facts: &ConcernFacts) -> Option<Decision> {
    viewer.person?;
    let (reach, role) = best(viewer, action)?;
    let logs = if facts.is_restricted {
        best_for_key(viewer, restricted_action(action)).map_or(Reach::None, |(reach, _)| reach)
    } else {
        Reach::Trust
    };
    if facts.is_for_support && !viewer.gives_support() {
        return None;
    }
    let routed = facts.is_routed && opens_by_route(action) && reach.min(logs) >= Reach::Routed;
    let works = facts.is_restricted && is_work(action);
    let shared = facts.is_granted && opens_by_share(action) && !works && reach.min(logs) >= Reach::Assigned;
    if routed {
        let because = format!("everybody before the person, who is {role}, is linked to the case");
        return Some(allow(FieldSet::Full, "conflict-route", because));
    }
    shared.then(|| {
        allow(
            FieldSet::Full,
            "named-grant",
            format!("the concern was shared with or assigned to the person, who is {role}"),
        )
    })
}

fn by_glass(viewer: &Viewer, action: Action, facts: &ConcernFacts) -> Option<Decision> {
    let may = opens_by_glass(action) && viewer.key.is_none() && viewer.person.is_some();
    let role = |grant: &Grant| reach(viewer, Action::BreakGlassUse, grant) == Reach::Trust;
    let role = viewer.grants.iter().find(|grant| role(grant))?.role;
    (may && facts.is_opened_by_glass).then(|| {
        let because =
            format!("the person, who is {role}, broke the glass: they read, and it will be reviewed");
        allow(FieldSet::Full, BY_GLASS, because)
    })
}

fn by_part(viewer: &Viewer, action: Action, facts: &ConcernFacts) -> Option<Decision> {
    let applies = action == Action::ConcernRead && viewer.person.is_some() && facts.is_granted_part;
    let role = assigned(viewer, action).filter(|_| applies)?;
    if facts.is_restricted {
        assigned(viewer, restricted_action(action))?;
    }
    let because = format!("what was reported was shared with the person, who is {role}");
    Some(allow(FieldSet::Submission, "named-part", because))
}

/// The role by which a person can be let in by name, and reads nothing whole.
fn assigned(viewer: &Viewer, action: Action) -> Option<Role> {
    let allows = |key: &super::viewer::KeyRights| key.scopes.iter().any(|scope| scope.allows(action));
    if viewer.key.as_ref().is_some_and(|key| !allows(key)) {
        return None;
    }
    viewer.grants.iter().find(|grant| reach(viewer, action, grant) == Reach::Assigned).map(|grant| grant.role)
}

/// The role that reaches furthest for an action that the caller's key was made for.
fn best_for_key(viewer: &Viewer, action: Action) -> Option<(Reach, Role)> {
    let allows = |key: &super::viewer::KeyRights| key.scopes.iter().any(|scope| scope.allows(action));
    if viewer.key.as_ref().is_some_and(|key| !allows(key)) {
        return None;
    }
    best(viewer, action)
}

fn as_reporter(viewer: &Viewer, action: Action, facts: &ConcernFacts) -> Option<Decision> {
    let applies = opens_to_reporter(action);
    let is_reporter = viewer.person.is_some() && viewer.person == facts.raised_by;
    let role = best(viewer, action).filter(|(reach, _)| *reach >= Reach::Own).map(|(_, role)| role)?;
    (applies && is_reporter).then(|| {
        allow(FieldSet::Submission, "reporter", format!("the person raised the concern, and is {role}"))
    })
}

fn as_feeder(viewer: &Viewer, action: Action, facts: &ConcernFacts) -> Option<Decision> {
    let metadata = viewer.grants.iter().any(|grant| reach(viewer, action, grant) == Reach::Metadata);
    let reporter = best(viewer, action).is_some_and(|(reach, _)| reach >= Reach::Own);
    let is_reporter = viewer.person.is_some() && reporter;
    (metadata && !is_reporter && viewer.principals().contains(&facts.raised_by_principal))
        .then(|| allow(FieldSet::Metadata, "fed", "the caller fed the concern".to_owned()))
}

/// The role that reaches a whole school for an action.
fn covering(viewer: &Viewer, action: Action, school: Id) -> Option<Role> {
    let allows = |key: &super::viewer::KeyRights| key.scopes.iter().any(|scope| scope.allows(action));
    if viewer.key.as_ref().is_some_and(|key| !allows(key)) {
        return None;
    }
    let covers = |grant: &Grant| match reach(viewer, action, grant) {
        Reach::Trust => true,
        Reach::School => grant.school.is_none_or(|held| held == school),
        _ => false,
    };
    viewer.grants.iter().find(|grant| covers(grant)).map(|grant| grant.role)
}

/// The role that reaches furthest for an action.
fn best(viewer: &Viewer, action: Action) -> Option<(Reach, Role)> {
    viewer
        .grants
        .iter()
        .map(|grant| (reach(viewer, action, grant), grant.role))
        .max_by_key(|(reach, _)| *reach)
        .filter(|(reach, _)| *reach != Reach::None)
}

/// The matrix's cell, as the caller's key bends it: text only for a key that was made for it; a service's key whose
/// schools are named reads those schools whole where the right to the text was granted; no school that it does not
/// name. A key that was made to raise concerns adds to what it has fed.
fn reach(viewer: &Viewer, action: Action, grant: &Grant) -> Reach {
    let cell = matrix::reach(action, grant.role, viewer.lead);
    let Some(key) = &viewer.key else { return cell };
    let text = key.scopes.contains(&KeyScope::ConcernsText);
    let cell = match cell {
        cell if action == Action::ConcernAddEvidence && !key.scopes.contains(&KeyScope::All) => {
            cell.min(Reach::Metadata)
        }
        cell if action != Action::ConcernRead => cell,
        Reach::Metadata if text && !key.schools.is_empty() => Reach::School,
        cell if text || key.scopes.contains(&KeyScope::All) => cell,
        cell => cell.min(Reach::Metadata),
    };
    let names = |school: Id| key.schools.is_empty() || key.schools.contains(&school);
    if cell == Reach::School && !grant.school.is_none_or(names) { Reach::None } else { cell }
}

fn allow(fields: FieldSet, rule: &'static str, because: String) -> Decision {
    Decision { allow: Some(fields), rule, because }
}

fn deny(rule: &'static str, because: &str) -> Decision {
    Decision { allow: None, rule, because: because.to_owned() }
}
