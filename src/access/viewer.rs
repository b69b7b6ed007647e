//! Who is asking: the principal, the person behind it, and the roles that hold today.

use crate::access::actions::Action;
use crate::access::key_scopes::KeyScope;
use crate::access::matrix::{self, Reach, TrustLeadColumn};
use crate::access::roles::Role;
use crate::ids::Id;

/// A role that counts: at one school, or in the whole trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The school; none for a role in the trust.
    pub school: Option<Id>,
}

/// What an API key narrows its owner's rights to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRights {
    /// The key.
    pub id: Id,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// The schools that it reaches; empty for all of its owner's.
    pub schools: Vec<Id>,
    /// The keys whose place it took by rotation: what they fed, it fed.
    pub before: Vec<Id>,
}

impl KeyRights {
    /// Whether the key was made for an action. Notifications and tasks tell of every school of their owner: a key
    /// that is limited to some of them does not open them. The glass is broken, and that is judged, by people.
    pub fn opens(&self, action: Action) -> bool {
        let limited = action == Action::MeInbox && !self.schools.is_empty();
        let is_of_people =
            matches!(action, Action::BreakGlassUse | Action::BreakGlassEnd | Action::BreakGlassReview);
        !limited && !is_of_people && self.scopes.iter().any(|scope| scope.allows(action))
    }
}

/// A caller who has been recognised. The token says who and which role at which school; what holds today was read
/// from the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The trust.
    pub trust: Id,
    /// The trust's word in addresses and tokens.
    pub trust_slug: String,
    /// The caller in one stable text: `jwt:ISSUER#SUBJECT` or `key:ID`.
    pub principal: String,
    /// The person behind the caller, where there is one.
    pub person: Option<Id>,
    /// The roles that hold today.
    pub grants: Vec<Grant>,
    /// How this trust uses its safeguarding lead.
    pub lead: TrustLeadColumn,
    /// The key that came in place of a token.
    pub key: Option<KeyRights>,
}

/// How far all of a viewer's roles together reach for one action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a reach of its own, as the matrix has them")]
pub struct Extent {
    /// The whole trust.
    pub trust: bool,
    /// These schools.
    pub schools: Vec<Id>,
    /// Records shared with or assigned to the person.
    pub assigned: bool,
    /// Concerns to which the service let the person in.
    pub routed: bool,
    /// What the person raised, holds or did.
    pub own: bool,
    /// What the person broke the glass for.
    pub glass: bool,
    /// Metadata of what this service fed.
    pub metadata: bool,
}

impl Extent {
    /// Whether there is no right at all.
    pub const fn is_nothing(&self) -> bool {
        !self.trust
            && self.schools.is_empty()
            && !self.assigned
            && !self.routed
            && !self.own
            && !self.glass
            && !self.metadata
    }

    /// Whether any school's records are within reach as a whole.
    pub const fn is_whole(&self) -> bool {
        self.trust || !self.schools.is_empty()
    }

    /// Whether a person with this right can be let in by name.
    pub const fn by_share(&self) -> bool {
        self.is_whole() || self.assigned
    }

    /// Whether a person with this right can be let in by the service, since everybody before them is linked.
    pub const fn by_route(&self) -> bool {
        self.by_share() || self.routed
    }

    /// Whether a school's records are within reach as a whole.
    pub fn covers(&self, school: Id) -> bool {
        self.trust || self.schools.contains(&school)
    }
}

impl Viewer {
    /// How far the viewer's roles reach together.
    pub fn extent(&self, action: Action) -> Extent {
        let mut extent = Extent::default();
        if self.key.as_ref().is_some_and(|key| !key.opens(action)) {
            return extent;
        }
        for grant in &self.grants {
            match self.lowered(action, matrix::reach(action, grant.role, self.lead)) {
                Reach::None => {}
                Reach::Metadata => self.widen_metadata(&mut extent, action, grant.school),
                Reach::BreakGlass => extent.glass |= self.is_somebody(),
                Reach::RoutedOrBreakGlass => {
                    extent.routed = true;
                    extent.glass |= self.is_somebody();
                }
                Reach::Own => extent.own = true,
                Reach::Routed => extent.routed = true,
                Reach::Assigned => (extent.own, extent.assigned) = (true, true),
                Reach::School => match grant.school {
                    Some(school) => extent.schools.push(school),
                    None => extent.trust = true,
                },
                Reach::Trust => extent.trust = true,
            }
        }
        self.narrow(extent)
    }

    /// Whether a person came, with a login of theirs and not with an API key.
    pub fn is_somebody(&self) -> bool {
        self.key.is_none() && self.person.is_some()
    }

    /// Whether the viewer may read by breaking the glass.
    pub fn may_break_glass(&self) -> bool {
        self.is_somebody() && self.extent(Action::BreakGlassUse).trust
    }

    /// Whether the viewer is who gives support that schools ask for: as long as that is so, what they were let in to for it
    /// stands open to them.
    pub fn gives_support(&self) -> bool {
        let gives =
            |grant: &Grant| matrix::reach(Action::SupportAnswer, grant.role, self.lead) == Reach::Trust;
        self.grants.iter().any(gives)
    }

    /// A key that was made for metadata reads no case text, and one that was made to raise concerns adds evidence to
    /// what it has fed, whatever its owner's role is.
    fn lowered(&self, action: Action, reach: Reach) -> Reach {
        let has = |key: &KeyRights, scope| key.scopes.contains(&KeyScope::All) || key.scopes.contains(&scope);
        let is_lowered = self.key.as_ref().is_some_and(|key| match action {
            Action::ConcernRead => !has(key, KeyScope::ConcernsText),
            Action::ConcernAddEvidence => !key.scopes.contains(&KeyScope::All),
            _ => false,
        });
        if is_lowered { reach.min(Reach::Metadata) } else { reach }
    }

    /// A service reads back what it fed as metadata, and whole schools only where a read scope was granted.
    fn widen_metadata(&self, extent: &mut Extent, action: Action, school: Option<Id>) {
        let reads = action == Action::ConcernRead
            && self.key.as_ref().is_some_and(|key| key.scopes.contains(&KeyScope::ConcernsText));
        if reads {
            self.widen_to_schools(extent, school);
        } else {
            extent.metadata = true;
        }
    }

    /// A role at one school widens to that school, where the key names it; one in the trust to all that it names.
    fn widen_to_schools(&self, extent: &mut Extent, school: Option<Id>) {
        match (&self.key, school) {
            (Some(key), Some(school)) if !key.schools.is_empty() => extent.schools.push(school),
            (Some(key), None) if !key.schools.is_empty() => extent.schools.extend(&key.schools),
            _ => extent.metadata = true,
        }
    }

    fn narrow(&self, mut extent: Extent) -> Extent {
        if let Some(key) = self.key.as_ref().filter(|key| !key.schools.is_empty()) {
            if extent.trust {
                extent.trust = false;
                extent.schools.clone_from(&key.schools);
            }
            extent.schools.retain(|school| key.schools.contains(school));
        }
        extent.schools.sort_unstable();
        extent.schools.dedup();
        extent
    }

    /// The role by which an action on a school's record is allowed: the one that reaches furthest.
    pub fn role_for(&self, action: Action, school: Option<Id>) -> Option<Role> {
        self.grants
            .iter()
            .filter(|grant| grant.school.is_none() || school.is_none() || grant.school == school)
            .map(|grant| (matrix::reach(action, grant.role, self.lead), grant.role))
            .filter(|(reach, _)| *reach != Reach::None)
            .max_by_key(|(reach, _)| *reach)
            .map(|(_, role)| role)
    }

    /// The names under which the caller has fed records: its own, and those of the keys whose place its key took.
    pub fn principals(&self) -> Vec<String> {
        let before = self.key.iter().flat_map(|key| &key.before).map(|key| format!("key:{key}"));
        std::iter::once(self.principal.clone()).chain(before).collect()
    }

    /// Whether the caller is a service without a person.
    pub fn is_service(&self) -> bool {
        self.grants.iter().all(|grant| grant.role.is_service_role())
    }
}
