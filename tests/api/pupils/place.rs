//! Two schools with a safeguarding lead each, and staff.

use diesel::prelude::*;
use serde_json::{Value, json};
use tutela::clock::Clock;
use tutela::db::schema::{engagements, people, schools};
use tutela::ids::Id;

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
        let app = TestApp::start(backend);
        let (north, south) = (school(&app, 100_001), school(&app, 100_002));
        let north_dsl_person = person(&app, north);
        let south_person = person(&app, south);
        let staff_person = person(&app, north);
        let lead = person(&app, north);
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

    /// A body that enrols a pupil at a school.
    pub fn pupil(given: &str, upn: Option<&str>, school: Id) -> Value {
        json!({
            "given_name": given, "family_name": "Fenwick", "birth_date": "2015-10-01", "upn": upn,
            "enrolment": {"school_id": school, "starts_on": "2024-09-03"}
        })
    }
}

fn school(app: &TestApp, urn: i32) -> Id {
    let (trust, now) = (app.world.trust_a, Clock::System.now());
    let id = Id::new(now);
    app.services
        .db
        .write_now(Some(trust), move |conn| {
            diesel::insert_into(schools::table)
                .values((
                    schools::trust_id.eq(trust),
                    schools::id.eq(id),
                    schools::urn.eq(urn),
                    schools::name.eq(format!("School {urn}")),
                    schools::phase.eq("primary"),
                    schools::tas.eq(false),
                    schools::version.eq(1_i64),
                    schools::created_at.eq(now),
                    schools::updated_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    id
}

fn person(app: &TestApp, school: Id) -> Id {
    let (trust, now) = (app.world.trust_a, Clock::System.now());
    let id = Id::new(now);
    app.services
        .db
        .write_now(Some(trust), move |conn| {
            diesel::insert_into(people::table)
                .values((
                    people::trust_id.eq(trust),
                    people::id.eq(id),
                    people::given_name.eq("Robin"),
                    people::family_name.eq("Ash"),
                    people::name_folded.eq("ash robin"),
                    people::version.eq(1_i64),
                    people::created_at.eq(now),
                    people::updated_at.eq(now),
                ))
                .execute(conn)?;
            diesel::insert_into(engagements::table)
                .values((
                    engagements::trust_id.eq(trust),
                    engagements::id.eq(Id::new(now)),
                    engagements::person_id.eq(id),
                    engagements::school_id.eq(Some(school)),
                    engagements::category.eq("teacher"),
                    engagements::starts_on.eq(now.london_date()),
                    engagements::version.eq(1_i64),
                    engagements::created_at.eq(now),
                    engagements::updated_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    id
}
