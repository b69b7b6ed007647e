//! A permission that was given: what every query must be shown. Only this module makes one.

use std::sync::Arc;

use super::actions::Action;
use super::roles::Role;
use super::viewer::{Extent, Viewer};
use crate::clock::{Date, Timestamp};
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
    now: Timestamp,
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
            Action::ConcernWork => viewer.extent(Action::ConcernWorkRestricted),
            // Who appoints a deputy reads nothing by it, in either log.
            Action::ConcernDeputise => extent.clone(),
            Action::ConcernRead
            | Action::ConcernShare
            | Action::ConcernAccessLog
            | Action::ConcernScrutinise
            | Action::ConcernClose
            | Action::ConcernReopen => viewer.extent(Action::ConcernReadRestricted),
            _ => Extent::default(),
        };
        Ok(Self { viewer: Arc::clone(viewer), action, extent, restricted, now })
    }

    /// The scope of work that the server does by itself, such as the command line's: the whole trust.
    pub fn system(viewer: &Arc<Viewer>, action: Action, now: Timestamp) -> Self {
        let whole = Extent { trust: true, ..Extent::default() };
        Self { viewer: Arc::clone(viewer), action, extent: whole.clone(), restricted: whole, now }
    }

    /// The scope of another action of the same caller at the same moment: 403 where no role allows it.
    pub fn under(&self, action: Action) -> ApiResult<Self> {
        Self::permit(&self.viewer, action, self.now)
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

    /// The API key, where one came.
    pub fn key_id(&self) -> Option<Id> {
        self.viewer.key.as_ref().map(|key| key.id)
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

    /// Whether the caller holds one of these roles in the trust.
    pub fn holds_in_trust(&self, roles: &[Role]) -> bool {
        self.viewer.grants.iter().any(|grant| grant.school.is_none() && roles.contains(&grant.role))
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

    /// The schools to which a query is limited; none where it reaches the whole trust.
    pub fn school_limit(&self) -> Option<&[Id]> {
        (!self.extent.trust).then_some(self.extent.schools.as_slice())
    }
}
