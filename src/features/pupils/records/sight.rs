//! How a caller comes to records: what has to be known of them before the records are asked for.

use super::super::case::{self, Former};
use super::super::families;
use super::route;
use crate::access::{Role, Scope};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// The roles that see to records which are given to them by name.
const WORKERS: [Role; 2] = [Role::FamilyLiaison, Role::WelfareLap];

/// How a caller comes to records.
pub struct Sight {
    /// Of one pupil, whom another school has by now: no more than was known on the last day.
    pub former: Option<Former>,
    /// Families in which there is somebody with whom the caller has a conflict of interest.
    pub closed_families: Vec<Id>,
    /// The schools at which the caller sees to what is given to them by name.
    pub worked_at: Vec<Id>,
    /// Whether the caller sees what they submitted, as they submitted it, also where they are not named in it.
    pub own: bool,
    /// What nobody at its school is left to see to, and the caller is.
    pub routed: Vec<Id>,
}

impl Sight {
    /// Of the records of one pupil, or of all.
    pub fn of(conn: &mut Conn, scope: &Scope, pupil: Option<Id>) -> ApiResult<Self> {
        let former = match pupil {
            Some(pupil) => case::former(conn, scope, pupil)?,
            None => None,
        };
        let mut worked_at = scope.schools_held(&WORKERS);
        if let Some(schools) = scope.key_schools() {
            worked_at.retain(|school| schools.contains(school));
        }
        let extent = scope.extent();
        Ok(Self {
            former,
            closed_families: families::closed(conn, scope.trust(), scope.person())?,
            worked_at,
            own: extent.own && !extent.assigned,
            routed: if extent.routed { route::left_to(conn, scope)? } else { Vec::new() },
        })
    }
}
