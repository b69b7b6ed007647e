//! Who holds which role at a school and in the trust: what the route of a concern starts from.

use std::collections::BTreeSet;

use super::super::rules::{self, Holder, Route};
use super::super::store;
use crate::access::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::people;
use crate::ids::Id;

/// Who holds which role, as far as a school's concerns are routed by it.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    holders: Vec<Holder>,
    has_elsewhere: bool,
    lead_reads: bool,
    has_left: bool,
}

impl Roster {
    /// Those of a school and of the trust today. Nobody reads by a role at a school that has left the trust.
    pub fn of(conn: &mut Conn, scope: &Scope, school: Id) -> ApiResult<Self> {
        let (trust, today) = (scope.trust(), scope.today());
        let is_ours = store::has_school(conn, trust, school, today)?;
        let mut roles = rules::route_roles();
        roles.retain(|role| is_ours || !role.is_school_role());
        let held = people::roles_held(conn, trust, &roles, &[school], today)?;
        let holders =
            held.into_iter().map(|(person, role)| Holder { person, role, elsewhere: false }).collect();
        let lead_reads = store::lead_works_cases(conn, trust)?;
        Ok(Self { holders, has_elsewhere: false, lead_reads, has_left: !is_ours })
    }

    /// Whether one of the school's safeguarding team is on record.
    pub fn has_team(&self) -> bool {
        self.holders.iter().any(|holder| rules::is_team(holder.role) && !holder.elsewhere)
    }

    /// Whether the school has left the trust: nobody reads there by a role any more.
    pub const fn has_left(&self) -> bool {
        self.has_left
    }

    /// Whether somebody reads a concern to which nobody is linked.
    pub fn finds_somebody(&mut self, conn: &mut Conn, scope: &Scope, school: Id) -> ApiResult<bool> {
        Ok(!self.route(conn, scope, school, &BTreeSet::new(), None)?.is_open)
    }

    fn add_elsewhere(&mut self, conn: &mut Conn, scope: &Scope, school: Id) -> ApiResult<()> {
        if self.has_elsewhere {
            return Ok(());
        }
        let (trust, today) = (scope.trust(), scope.today());
        let others = store::other_schools(conn, trust, school, today)?;
        if !others.is_empty() {
            let held = people::roles_held(conn, trust, &rules::route_roles_elsewhere(), &others, today)?;
            self.holders.extend(held.into_iter().map(|(person, role)| Holder {
                person,
                role,
                elsewhere: true,
            }));
        }
        self.has_elsewhere = true;
        Ok(())
    }

    /// The route of a concern of the school to which these people are linked.
    pub fn route(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        school: Id,
        linked: &BTreeSet<Id>,
        actor: Option<Id>,
    ) -> ApiResult<Route> {
        let (lead_reads, has_left) = (self.lead_reads, self.has_left);
        let route = rules::route(&self.holders, linked, actor, lead_reads, has_left);
        if !route.is_open || self.has_elsewhere || !(self.has_team() || has_left) {
            return Ok(route);
        }
        self.add_elsewhere(conn, scope, school)?;
        Ok(rules::route(&self.holders, linked, actor, lead_reads, has_left))
    }
}
