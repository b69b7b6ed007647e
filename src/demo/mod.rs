//! The demo: two invented trusts, filled through the API itself, as any client would.
//!
//! What can be asked for over HTTP is; only what stands before everybody (the register, the trusts) is made directly.
//! The tests' world is this one too.

mod around;
mod beside;
mod caller;
mod evidence;
mod let_in;
mod panel;
#[expect(missing_docs, reason = "the fields are what they say")]
pub mod plan;
mod referral;
mod seed;
mod tidy;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::Id;
pub use seed::seed;
pub use tidy::tidy;

/// What the demo made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demo {
    /// The trusts, in the plan's order.
    pub trusts: Vec<DemoTrust>,
}

/// One trust of the demo.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoTrust {
    /// Its word in tokens.
    pub slug: String,
    /// Its identifier.
    pub id: Id,
    /// Its schools, in the plan's order.
    pub schools: Vec<DemoSchool>,
    /// Who holds the roles in the trust.
    pub central: BTreeMap<String, Id>,
    /// An auditor's API key.
    pub auditor_key: String,
}

/// One school of the demo.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoSchool {
    /// Its identifier.
    pub id: Id,
    /// Its URN.
    pub urn: i32,
    /// Who holds the roles at the school.
    pub staff: BTreeMap<String, Id>,
    /// Its pupils, in the plan's order.
    pub pupils: Vec<Id>,
    /// Its concerns.
    pub concerns: Vec<Id>,
    /// Its panels.
    #[serde(default)]
    pub panels: Vec<Id>,
}

impl DemoTrust {
    /// Who holds a role, and the role as a token names it: at the first school where it is held at one.
    pub fn holder(&self, role: &str) -> Option<(Id, String)> {
        if let Some(person) = self.central.get(role) {
            return Some((*person, role.to_owned()));
        }
        self.schools.iter().find_map(|school| school.holder(role))
    }
}

impl DemoSchool {
    /// Who holds a role here, and the role as a token names it.
    pub fn holder(&self, role: &str) -> Option<(Id, String)> {
        self.staff.get(role).map(|person| (*person, format!("{role}:{}", self.urn)))
    }
}
