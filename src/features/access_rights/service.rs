//! What the matrix says, of everybody and of the caller.

use super::dto::{ExplanationView, MatrixAction, MatrixCell, MatrixView, RightView};
use crate::access::decide::{ConcernFacts, decide};
use crate::access::matrix::{self, COLUMNS, Reach, TrustLeadColumn};
use crate::access::viewer::Extent;
use crate::access::visible::BY_GLASS;
use crate::access::{Action, Role, Scope, Viewer};
use crate::db::Conn;
use crate::error::{ApiResult, Code};
use crate::features::concerns;
use crate::ids::Id;

/// The whole matrix.
pub fn whole() -> MatrixView {
    let cell = |action: Action| {
        COLUMNS.iter().map(move |(_, column)| MatrixCell {
            role: column.role,
            lead: column.lead,
            reach: matrix::reach(action, column.role, column.lead.unwrap_or(TrustLeadColumn::Casework)),
        })
    };
    let actions = Action::ALL.iter().map(|action| MatrixAction {
        action: *action,
        meaning: action.meaning().trim().to_owned(),
        cells: cell(*action).collect(),
    });
    MatrixView { actions: actions.collect() }
}

/// Everything that the caller may do, and how far.
pub fn rights(viewer: &Viewer) -> Vec<RightView> {
    let right = |action: &Action| RightView::new(*action, viewer.extent(*action));
    Action::ALL.iter().filter(|action| !viewer.extent(**action).is_nothing()).map(right).collect()
}

/// Why the caller has a right or has not; `school` is the school asked about, and whether it is one of the trust's.
pub fn explain(viewer: &Viewer, action: Action, school: Option<(Id, bool)>) -> ExplanationView {
    let extent = viewer.extent(action);
    let (reach, role) = match school {
        Some((_, false)) => (Reach::None, None),
        Some((school, true)) => (reach_at(&extent, Some(school)), viewer.role_for(action, Some(school))),
        None => (reach_at(&extent, None), viewer.role_for(action, None)),
    };
    let role = role.filter(|_| reach != Reach::None);
    ExplanationView {
        action,
        school_id: school.map(|(school, _)| school),
        record_id: None,
        allowed: reach != Reach::None,
        rule: rule(viewer, action, reach),
        reach,
        role,
        because: sentence(viewer, action, reach, role),
    }
}

/// The facts of a concern that the caller may know of. Whoever appoints deputies does so without reading, and knows of
/// the concerns in which one is wanted.
pub fn known_facts(
    conn: &mut Conn,
    scope: &Scope,
    action: Action,
    record: Id,
) -> ApiResult<Option<ConcernFacts>> {
    let deputising = scope.under(action).ok().filter(|_| action == Action::ConcernDeputise);
    let Ok(reading) = deputising.map_or_else(|| scope.under(Action::ConcernRead), Ok) else {
        return Ok(None);
    };
    match concerns::facts(conn, &reading, record) {
        Ok(facts) => Ok(Some(facts)),
        Err(error) if error.code == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Why the caller has a right to one concern or has not: by the facts of one that they may know of, and otherwise as if
/// there were none.
pub fn explain_record(
    viewer: &Viewer,
    action: Action,
    record: Id,
    facts: Option<&ConcernFacts>,
) -> ExplanationView {
    let Some(facts) = facts else {
        return ExplanationView {
            action,
            school_id: None,
            record_id: Some(record),
            allowed: false,
            rule: "out-of-reach",
            reach: Reach::None,
            role: None,
            because: "no role of the caller reaches this concern".to_owned(),
        };
    };
    let decision = decide(viewer, action, facts);
    let is_allowed = decision.allow.is_some();
    let reach = if is_allowed { reach_at(&viewer.extent(action), Some(facts.school)) } else { Reach::None };
    ExplanationView {
        action,
        school_id: Some(facts.school),
        record_id: Some(record),
        allowed: is_allowed,
        rule: decision.rule,
        reach,
        role: viewer.role_for(action, Some(facts.school)).filter(|_| is_allowed),
        because: decision.because,
    }
}

/// The rule of a right without a record.
fn rule(viewer: &Viewer, action: Action, reach: Reach) -> &'static str {
    match reach {
        Reach::Trust | Reach::School => "within-reach",
        Reach::Assigned => "named-grant",
        Reach::Routed | Reach::RoutedOrBreakGlass => "conflict-route",
        Reach::Own => "own",
        Reach::BreakGlass => BY_GLASS,
        Reach::Metadata => "fed",
        Reach::None if viewer.key.as_ref().is_some_and(|key| !key.opens(action)) => "key-scope",
        Reach::None => "out-of-reach",
    }
}

/// The furthest reach of an extent, at a school or anywhere.
fn reach_at(extent: &Extent, school: Option<Id>) -> Reach {
    let schools = match school {
        Some(school) => extent.schools.contains(&school),
        None => !extent.schools.is_empty(),
    };
    match extent {
        Extent { trust: true, .. } => Reach::Trust,
        _ if schools => Reach::School,
        Extent { assigned: true, .. } => Reach::Assigned,
        Extent { routed: true, glass: true, .. } => Reach::RoutedOrBreakGlass,
        Extent { routed: true, .. } => Reach::Routed,
        Extent { own: true, .. } => Reach::Own,
        Extent { glass: true, .. } => Reach::BreakGlass,
        Extent { metadata: true, .. } => Reach::Metadata,
        _ => Reach::None,
    }
}

fn sentence(viewer: &Viewer, action: Action, reach: Reach, role: Option<Role>) -> String {
    let by_key = viewer.key.as_ref().is_some_and(|key| !key.opens(action));
    let role = match role {
        Some(role) => role.as_str(),
        None if by_key => return format!("The key's scopes do not cover {action}."),
        None => return format!("None of your roles has {action} there."),
    };
    let how_far = match reach {
        Reach::None => "nowhere",
        Reach::Metadata => "for the metadata of what it fed",
        Reach::Own => "for what the person raised, holds or did",
        Reach::BreakGlass => "for what the person broke the glass for, as long as that lasts",
        Reach::Routed => {
            "where the service let the person in, since everybody before them is linked to the case"
        }
        Reach::RoutedOrBreakGlass => {
            "where the service let the person in, and for what they broke the glass for"
        }
        Reach::Assigned => "for what is shared with or assigned to the person by name, and their own",
        Reach::School => "at its schools",
        Reach::Trust => "in the whole trust",
    };
    format!("The role {role} has {action} {how_far}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Grant;
    use crate::access::key_scopes::KeyScope;
    use crate::access::viewer::KeyRights;

    fn id(n: u8) -> Id {
        Id::from_bytes([n; 16])
    }

    fn dsl_at(school: Id) -> Viewer {
        Viewer {
            trust: id(1),
            trust_slug: "trust-a".to_owned(),
            principal: "jwt:x#y".to_owned(),
            person: Some(id(2)),
            grants: vec![Grant { role: Role::Dsl, school: Some(school) }],
            lead: TrustLeadColumn::Casework,
            key: None,
        }
    }

    #[test]
    fn the_matrix_has_every_action_and_column() {
        let view = whole();
        assert_eq!(view.actions.len(), Action::ALL.len());
        assert!(view.actions.iter().all(|action| action.cells.len() == COLUMNS.len()));
    }

    #[test]
    fn a_right_is_explained_by_the_role_that_gives_it() {
        let viewer = dsl_at(id(7));
        let here = explain(&viewer, Action::ConcernWork, Some((id(7), true)));
        assert_eq!((here.reach, here.role, here.allowed), (Reach::School, Some(Role::Dsl), true));
        let there = explain(&viewer, Action::ConcernWork, Some((id(8), true)));
        assert_eq!((there.reach, there.role, there.allowed), (Reach::None, None, false));
        assert!(!explain(&viewer, Action::TrustChange, None).allowed);
    }

    #[test]
    fn another_trusts_school_is_answered_like_one_without_a_right() {
        let viewer = dsl_at(id(7));
        let foreign = explain(&viewer, Action::ConcernWork, Some((id(9), false)));
        let known = explain(&viewer, Action::ConcernWork, Some((id(9), true)));
        assert_eq!(foreign, known);
        assert!(!explain(&viewer, Action::SchoolRead, Some((id(9), false))).allowed);
    }

    #[test]
    fn a_keys_scopes_are_named_where_they_are_what_is_missing() {
        let key = KeyRights {
            id: id(3),
            scopes: vec![KeyScope::PupilsRead],
            schools: Vec::new(),
            before: Vec::new(),
        };
        let viewer = Viewer { key: Some(key), ..dsl_at(id(7)) };
        assert!(explain(&viewer, Action::ConcernWork, None).because.starts_with("The key's scopes"));
        let rights = rights(&viewer);
        assert!(rights.iter().any(|right| right.action == Action::PupilRead));
        assert!(rights.iter().all(|right| right.action != Action::ConcernWork));
    }
}
