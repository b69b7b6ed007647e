//! Two schools with a safeguarding lead each, and staff.

use serde_json::{Value, json};
use tutela::ids::Id;

use crate::support::made::{person, school};
use crate::support::{Backend, Client, TestApp};

/// Two schools of Trust A, and people at them.
pub struct Place {
    pub app: TestApp,
    pub north: Id,
    pub south: Id,
    pub north_dsl: Client,
    pub south_dsl: Client,
    pub trust_lead: Client,
    pub north_staff: Client,
    pub north_dsl_person: Id,
    pub south_person: Id,
    pub staff_person: Id,
}

impl Place {
    pub fn new(backend: Backend) -> Self {
        Self::over(TestApp::start(backend))
    }

    /// The same on a service that is there.
    pub fn over(app: TestApp) -> Self {
        let (north, south) = (school(&app, 100_001), school(&app, 100_002));
        let north_dsl_person = person(&app, "Ash", Some(north));
        let south_person = person(&app, "Ash", Some(south));
        let staff_person = person(&app, "Ash", Some(north));
        let lead = person(&app, "Ash", Some(north));
        Self {
            north_dsl: app.person("trust-a", north_dsl_person, &["dsl:100001"]),
            south_dsl: app.person("trust-a", south_person, &["dsl:100002"]),
            trust_lead: app.person("trust-a", lead, &["trust-safeguarding-lead"]),
            north_staff: app.person("trust-a", staff_person, &["staff:100001"]),
            app,
            north,
            south,
            north_dsl_person,
            south_person,
            staff_person,
        }
    }

    /// The lead of North with a token of this moment.
    pub fn north_now(&self) -> Client {
        self.app.person("trust-a", self.north_dsl_person, &["dsl:100001"])
    }

    /// A body that enrols a pupil at a school.
    pub fn pupil(given: &str, upn: Option<&str>, school: Id) -> Value {
        json!({
            "given_name": given, "family_name": "Fenwick", "birth_date": "2015-10-01", "upn": upn,
            "enrolment": {"school_id": school, "starts_on": "2024-09-03"}
        })
    }
}
