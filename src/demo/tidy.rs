//! Makes the demo a tidy trust for whoever starts it: its schools came to it last week, and have held their panels since.
//! The tests' world does without.

use chrono::{Datelike, Weekday};
use serde_json::json;

use super::caller::Caller;
use super::{Demo, DemoSchool, DemoTrust};
use crate::access::Services;
use crate::auth::issuers::DevelopmentKey;
use crate::clock::Date;

/// Holds the panels of this week and the one before at every school, where they are not there yet.
pub fn tidy(services: &Services, base: &str, key: &DevelopmentKey, demo: &mut Demo) -> Result<(), String> {
    let mut caller = Caller::new(base, key, services.clock.clone()).named("tidy");
    let today = services.clock.now().london_date();
    let this_week = today.plus_days(-i64::from(today.chrono().weekday().num_days_from_monday()));
    let last_week = this_week.plus_days(-7);
    for trust in &mut demo.trusts {
        let admin = caller.token(&trust.slug, None, &["trust-admin".to_owned()])?;
        for at in 0..trust.schools.len() {
            let Some(school) = trust.schools.get(at) else { continue };
            caller.patch(&admin, &format!("/v1/schools/{}", school.id), &json!({"joined_on": last_week}))?;
            let mut days = vec![weekday(today)];
            if school.panels.is_empty() {
                days.insert(0, last_week.plus_days(3));
            }
            for day in days {
                hold(&mut caller, trust, at, day)?;
            }
        }
    }
    Ok(())
}

/// The last day of the week up to today on which a school can have met.
fn weekday(today: Date) -> Date {
    match today.chrono().weekday() {
        Weekday::Sat => today.plus_days(-1),
        Weekday::Sun => today.plus_days(-2),
        _ => today,
    }
}

fn hold(caller: &mut Caller<'_>, trust: &mut DemoTrust, at: usize, day: Date) -> Result<(), String> {
    let slug = trust.slug.clone();
    let Some(school) = trust.schools.get_mut(at) else { return Ok(()) };
    let (lead, claim) = lead(school)?;
    let token = caller.token(&slug, Some(lead), &[claim])?;
    let panel = caller.post(&token, "/v1/panels", &json!({"school_id": school.id, "meets_on": day}))?.id;
    let path = format!("/v1/panels/{panel}");
    let present = json!({"person_id": lead, "role": "dsl", "present": true});
    for (part, body) in [("attendance", present), ("holding", json!({}))] {
        let tag = caller.tag(&token, &path)?;
        caller.post_on(&token, &format!("{path}/{part}"), Some(&tag), &body)?;
    }
    school.panels.push(panel);
    Ok(())
}

fn lead(school: &DemoSchool) -> Result<(crate::ids::Id, String), String> {
    school.holder("dsl").ok_or_else(|| "a school of the demo has no DSL".to_owned())
}
