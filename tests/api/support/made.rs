//! What most tests need to be there first: schools, people and appointments of trust A.

use diesel::prelude::*;
use serde_json::json;
use tutela::clock::{Clock, Date};
use tutela::db::schema::schools;
use tutela::ids::Id;

use super::{Client, TestApp};

/// A school of trust A.
pub fn school(app: &TestApp, urn: i32) -> Id {
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

/// The administrator of trust A.
pub fn admin(app: &TestApp) -> Client {
    app.faceless("trust-a", &["trust-admin"])
}

/// A person who works at a school, or in the trust.
pub fn person(app: &TestApp, family: &str, school: Option<Id>) -> Id {
    let made = admin(app).post(
        "/v1/people",
        json!({
            "given_name": "Robin", "family_name": family,
            "engagement": {"school_id": school, "category": "teacher", "starts_on": "2020-09-01"}
        }),
    );
    Id::parse(&made.id()).unwrap()
}

/// Gives a person a role from a day in the past on.
pub fn appoint(app: &TestApp, person: Id, role: &str, school: Option<Id>) {
    let body = json!({"person_id": person, "role": role, "school_id": school, "starts_on": "2020-09-01"});
    admin(app).post("/v1/appointments", body).expect(201);
}

/// The caller of a service's key that one person has made and another has confirmed.
pub fn confirmed_key(app: &TestApp, body: serde_json::Value) -> Client {
    let maker = app.person("trust-a", person(app, "Maker", None), &["trust-admin"]);
    let second = app.person("trust-a", person(app, "Second", None), &["trust-safeguarding-lead"]);
    let made = maker.post("/v1/api-keys", body);
    let key = app.bearer(made.expect(201)["key"].as_str().unwrap());
    second.post_on(&format!("{}/confirmation", made.header("location")), "*", json!({})).expect(200);
    key
}

/// A calendar in which every weekday of this academic year is a school day, and the year's last day.
pub fn endless_school(app: &TestApp) -> Date {
    let year = Clock::System.now().london_date().academic_year();
    let next = year + 1;
    let spans = [
        (format!("{year}-09-01"), format!("{year}-10-31")),
        (format!("{year}-11-01"), format!("{year}-12-31")),
        (format!("{next}-01-01"), format!("{next}-02-15")),
        (format!("{next}-02-16"), format!("{next}-03-31")),
        (format!("{next}-04-01"), format!("{next}-05-31")),
        (format!("{next}-06-01"), format!("{next}-08-31")),
    ];
    let half_terms: Vec<serde_json::Value> = spans
        .iter()
        .zip(1..)
        .map(|((from, to), number): (_, i32)| json!({"number": number, "starts_on": from, "ends_on": to}))
        .collect();
    let body = json!({"start_year": year, "half_terms": half_terms, "closed_days": []});
    admin(app).post("/v1/academic-years", body).expect(201);
    Date::ymd(next, 8, 31).unwrap()
}

/// Lets a school leave the trust in the past.
pub fn leave(app: &TestApp, school: Id) {
    let (trust, day) = (app.world.trust_a, Date::ymd(2024, 8, 31).unwrap());
    app.services
        .db
        .write_now(Some(trust), move |conn| {
            diesel::update(schools::table.find((trust, school)))
                .set(schools::left_on.eq(Some(day)))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
}
