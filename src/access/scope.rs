//! A permission that was given: what every query must be shown. Only this module makes one.

use std::sync::{Arc, Mutex, PoisonError};

use super::actions::Action;
use super::decide::restricted_action;
use super::matrix::{self, Reach};
use super::roles::Role;
use super::standing;
use super::viewer::{Extent, Viewer};
use super::visible::{BY_GLASS, opens_by_glass};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// What a caller may reach under one action, at one moment. Its fields are private: a query that wants rows has to
/// ask it how far it reaches.
#[derive(Clone, Debug)]
pub struct Scope {
    viewer: Arc<Viewer>,
    action: Action,
    extent: Extent,
    restricted: Extent,
    /// Whether what the caller broke the glass for counts too.
    glass: bool,
    now: Timestamp,
    used: Arc<Mutex<Used>>,
}

/// By which rule, in which role and at which school a record was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The rule, in the words of `decide`.
    pub rule: &'static str,
    /// The role that was used.
    pub role: Option<Role>,
    /// The school of the record.
    pub school: Option<Id>,
}

/// How the records that were read under a scope were reached: what their audit entry says.
#[derive(Debug, Default)]
struct Used {
    ways: Vec<Way>,
    routed: Vec<Id>,
}

impl Scope {
    /// Permits an action by function alone, before any row is looked at: 403 where no role allows it.
    pub fn permit(viewer: &Arc<Viewer>, action: Action, now: Timestamp) -> ApiResult<Self> {
        let extent = viewer.extent(action);
        if extent.is_nothing() {
            return Err(ApiError::of(Code::Forbidden));
        }
        if action.is_case_work() && viewer.person.is_none() && !viewer.is_service() {
            return Err(ApiError::of(Code::PersonUnknown));
        }
        let restricted = match action {
            Action::ConcernWork
            | Action::ConcernRefer
            | Action::ConcernAddEvidence
            | Action::ConcernCorrectEvidence
            | Action::ConcernShare
            | Action::ConcernPlace => viewer.extent(Action::ConcernWorkRestricted),
            // Who appoints a deputy reads nothing by it, in either log.
            Action::ConcernDeputise => extent.clone(),
            Action::ConcernRead
            | Action::ConcernReadReferrals
            | Action::ConcernReadEvidence
            | Action::ConcernReadRestricted
            | Action::ConcernAskSupport
            | Action::ConcernAccessLog
            | Action::ConcernScrutinise
            | Action::ConcernClose
            | Action::ConcernReopen => viewer.extent(Action::ConcernReadRestricted),
            _ => Extent::default(),
        };
        let glass = opens_by_glass(action) && viewer.may_break_glass();
        Ok(Self { viewer: Arc::clone(viewer), action, extent, restricted, glass, now, used: Arc::default() })
    }

    /// The scope of work that the server does by itself, such as the command line's: the whole trust.
    pub fn system(viewer: &Arc<Viewer>, action: Action, now: Timestamp) -> Self {
        let whole = Extent { trust: true, ..Extent::default() };
        Self {
            viewer: Arc::clone(viewer),
            action,
            extent: whole.clone(),
            restricted: whole,
            glass: false,
            now,
            used: Arc::default(),
        }
    }

    /// The scope of another action of the same caller at the same moment: 403 where no role allows it.
    pub fn under(&self, action: Action) -> ApiResult<Self> {
        Ok(Self { used: Arc::clone(&self.used), ..Self::permit(&self.viewer, action, self.now)? })
    }

    /// The same without what the caller broke the glass for: that is for reading a case, not for working on it, and makes
    /// nobody's task.
    #[must_use]
    pub fn without_glass(self) -> Self {
        Self { glass: false, ..self }
    }

    /// Whether what the caller broke the glass for is shown.
    pub const fn reads_by_glass(&self) -> bool {
        self.glass
    }

    /// The same scope as far as the service itself let the caller in, and no further.
    #[must_use]
    pub fn only_by_route(&self) -> Self {
        let routed = |extent: &Extent| Extent { routed: extent.by_route(), ..Extent::default() };
        Self { extent: routed(&self.extent), restricted: routed(&self.restricted), ..self.clone() }
    }

    /// The scope of another person of the trust under an action, by what is on record of them at this moment and without
    /// what they broke the glass for; none where they have no right to it.
    pub fn of_another(&self, conn: &mut Conn, person: Id, action: Action) -> ApiResult<Option<Self>> {
        let viewer = standing::of_record(conn, &self.viewer, person, self.now)?;
        let scope = viewer.and_then(|viewer| Self::permit(&Arc::new(viewer), action, self.now).ok());
        Ok(scope.map(Self::without_glass))
    }

    /// Whether the caller is who gives support that schools ask for.
    pub fn gives_support(&self) -> bool {
        self.viewer.gives_support()
    }

    /// Notes that a record was reached: by which rule, in the words of `decide`, and at which school. What a read shows
    /// by it stands in its audit entry.
    pub fn reached(&self, rule: &'static str, school: Option<Id>) {
        let role = match rule {
            "within-reach" => self.viewer.role_for(self.action, school),
            "restricted-log" => self.viewer.role_for(restricted_action(self.action), school),
            _ => self.viewer.role_for(self.action, None),
        };
        let way = Way { rule, role, school };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if !used.ways.contains(&way) {
            used.ways.push(way);
        }
    }

    /// How the records were reached that were read so far; `school` is theirs, where the reader says so. Where they came
    /// in several ways there is no one rule, and the role is the one that reaches furthest; but what was read by breaking
    /// the glass says so, whatever else was read with it.
    pub fn way(&self, school: Option<Id>) -> Way {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = used.ways.first().copied() else {
            return Way { rule: self.plain_rule(school), role: self.role_for(school), school };
        };
        let by_glass = used.ways.iter().any(|way| way.rule == BY_GLASS);
        let all = |same: fn(&Way, &Way) -> bool| used.ways.iter().all(|way| same(way, &first));
        let at = if all(|a, b| a.school == b.school) { first.school } else { None };
        Way {
            rule: match first.rule {
                _ if by_glass => BY_GLASS,
                rule if all(|a, b| a.rule == b.rule) => rule,
                _ => "several-ways",
            },
            role: if all(|a, b| a.role == b.role) { first.role } else { self.role_for(None) },
            school: school.or(at),
        }
    }

    /// The rule of a read that is no concern's: how far the role reaches says by which.
    fn plain_rule(&self, school: Option<Id>) -> &'static str {
        match self.role_for(school).map(|role| matrix::reach(self.action, role, self.viewer.lead)) {
            Some(Reach::Trust | Reach::School) => "within-reach",
            Some(Reach::Assigned) => "named-grant",
            Some(Reach::Routed | Reach::RoutedOrBreakGlass) => "conflict-route",
            Some(Reach::BreakGlass) => BY_GLASS,
            Some(Reach::Own) => "own",
            Some(Reach::Metadata) => "fed",
            Some(Reach::None) | None => "out-of-reach",
        }
    }

    /// Notes that the service let the caller in to a concern.
    pub fn let_in_by_route(&self, concern: Id) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).routed.push(concern);
    }

    /// Whether a concern that was read under this scope is one to which the service let the caller in.
    pub fn is_let_in_by_route(&self, concern: Id) -> bool {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).routed.contains(&concern)
    }

    /// The caller in a form that can be kept, for work that is done after the request.
    pub fn mandate(&self) -> super::Mandate {
        super::Mandate::of(&self.viewer)
    }

    /// The schools to which the caller's API key is narrowed; none where it is not, or a token came.
    pub fn key_schools(&self) -> Option<&[Id]> {
        self.viewer.key.as_ref().map(|key| key.schools.as_slice()).filter(|schools| !schools.is_empty())
    }

    /// The trust: the first condition of every query.
    pub fn trust(&self) -> Id {
        self.viewer.trust
    }

    /// The action that was permitted.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// How far the action reaches.
    pub const fn extent(&self) -> &Extent {
        &self.extent
    }

    /// How far it reaches in the restricted log.
    pub const fn restricted(&self) -> &Extent {
        &self.restricted
    }

    /// The person behind the caller.
    pub fn person(&self) -> Option<Id> {
        self.viewer.person
    }

    /// The caller in one stable text.
    pub fn principal(&self) -> &str {
        &self.viewer.principal
    }

    /// The names under which the caller has fed records: its own, and those of the keys whose place its key took.
    pub fn principals(&self) -> Vec<String> {
        self.viewer.principals()
    }

    /// The moment of the request.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The day of the request in England.
    pub fn today(&self) -> Date {
        self.now.london_date()
    }

    /// The role that allows the action on a school's record.
    pub fn role_for(&self, school: Option<Id>) -> Option<Role> {
        self.viewer.role_for(self.action, school)
    }

    /// Whether the caller holds a role at a school, or in the trust.
    pub fn holds(&self, role: Role, school: Id) -> bool {
        self.viewer
            .grants
            .iter()
            .any(|grant| grant.role == role && grant.school.is_none_or(|at| at == school))
    }

    /// The schools at which the caller holds any of these roles.
    pub fn schools_held(&self, roles: &[Role]) -> Vec<Id> {
        let grants = self.viewer.grants.iter().filter(|grant| roles.contains(&grant.role));
        grants.filter_map(|grant| grant.school).collect()
    }

    /// Whether the caller holds any of these roles in the trust.
    pub fn holds_in_trust(&self, roles: &[Role]) -> bool {
        self.viewer.grants.iter().any(|grant| grant.school.is_none() && roles.contains(&grant.role))
    }

    /// The schools at which the caller holds a role; none where they hold it in the trust.
    pub fn schools_of(&self, role: Role) -> Option<Vec<Id>> {
        self.viewer.grants.iter().filter(|grant| grant.role == role).map(|grant| grant.school).collect()
    }

    /// Whether another action is within the caller's reach for a school.
    pub fn also_covers(&self, action: Action, school: Id) -> bool {
        self.viewer.extent(action).covers(school)
    }

    /// Whether another action reaches the whole trust.
    pub fn also_covers_trust(&self, action: Action) -> bool {
        self.viewer.extent(action).trust
    }

    /// Refuses a school that the right does not reach: 404, as if there were none.
    pub fn require_school(&self, school: Id) -> ApiResult<()> {
        if self.extent.covers(school) { Ok(()) } else { Err(ApiError::not_found()) }
    }

    /// Refuses what only the right to the whole trust may do: 403 by function.
    pub fn require_trust(&self) -> ApiResult<()> {
        if self.extent.trust { Ok(()) } else { Err(ApiError::of(Code::Forbidden)) }
    }

    /// Whether an API key came in place of a login.
    pub fn is_by_key(&self) -> bool {
        self.viewer.key.is_some()
    }

    /// A school that the caller named, where the right covers it: what an audit entry may say of it.
    pub fn within(&self, school: Option<Id>) -> Option<Id> {
        school.filter(|school| self.extent.covers(*school))
    }

    /// The schools to which a query is limited; none where it reaches the whole trust.
    pub fn school_limit(&self) -> Option<&[Id]> {
        (!self.extent.trust).then_some(self.extent.schools.as_slice())
    }
}
