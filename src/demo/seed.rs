//! Fills an empty database with the demo's two trusts.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::around;
use super::beside;
use super::caller::Caller;
use super::plan::{self, Post, SchoolPlan, TrustPlan};
use super::{Demo, DemoSchool, DemoTrust, evidence, let_in, panel, referral};
use crate::access::Services;
use crate::auth::issuers::DevelopmentKey;
use crate::features::exchange::imports::establishments;
use crate::features::organisation::trust;
use crate::features::recording_guidance;
use crate::ids::Id;
use crate::text::Name;

const REGISTER: &str = include_str!("establishments.csv");

/// Fills the database behind a service that listens at `base`. `say` is told what is going on.
pub fn seed(
    services: &Services,
    base: &str,
    key: &DevelopmentKey,
    say: &mut dyn FnMut(&str),
) -> Result<Demo, String> {
    say("the register of establishments");
    let options = establishments::Options::default();
    establishments::run(
        &services.db,
        services.clock.now(),
        std::io::Cursor::new(REGISTER),
        options,
        &mut |_| {},
    )
    .map_err(|error| error.to_string())?;
    let mut caller = Caller::new(base, key, services.clock.clone());
    let trusts = plan::TRUSTS.iter().map(|plan| seed_trust(services, &mut caller, plan, say));
    Ok(Demo { trusts: trusts.collect::<Result<_, _>>()? })
}

fn seed_trust(
    services: &Services,
    caller: &mut Caller<'_>,
    plan: &TrustPlan,
    say: &mut dyn FnMut(&str),
) -> Result<DemoTrust, String> {
    say(plan.name);
    let id = found(services, plan)?;
    let admin = caller.token(plan.slug, None, &["trust-admin".to_owned()])?;
    let mut hubs = Vec::new();
    for name in plan.hubs {
        hubs.push(caller.post(&admin, "/v1/hubs", &json!({"name": name}))?.id);
    }
    caller.post(&admin, "/v1/academic-years", &academic_year(services))?;
    let mut central = BTreeMap::new();
    for post in plan.central {
        central.insert(post.role.to_owned(), appoint(caller, &admin, post, None)?);
    }
    let mut schools = Vec::new();
    for school in plan.schools {
        say(&format!("{}: school {}", plan.name, school.urn));
        schools.push(seed_school(caller, plan, school, &hubs, &admin)?);
    }
    let auditor_key = reviewers_key(caller, plan, &central, services)?;
    let mut trust = DemoTrust { slug: plan.slug.to_owned(), id, schools, central, auditor_key };
    say(&format!("{}: a panel", plan.name));
    panel::seed(caller, plan, &mut trust)?;
    let_in::seed(caller, plan, &trust)?;
    say(&format!("{}: referrals", plan.name));
    referral::seed(caller, plan, &trust, &admin)?;
    around::seed(caller, plan, &trust)?;
    Ok(trust)
}

fn found(services: &Services, plan: &TrustPlan) -> Result<Id, String> {
    let settings = trust::Settings {
        trust_lead_column: crate::access::matrix::TrustLeadColumn::parse(plan.lead)
            .ok_or("trust lead column")?,
        closure_rule: trust::ClosureRule::parse(plan.closure_rule).ok_or("closure rule")?,
        scrutiny: trust::ScrutinyRule::parse(plan.scrutiny).ok_or("scrutiny")?,
        panel_expected: trust::PanelExpected::parse(plan.panel_expected).ok_or("panel")?,
        restricted_log: plan.restricted_log,
        scrutiny_alert_days: Some(trust::ALERT_DAYS),
    };
    let new = trust::NewTrust { slug: plan.slug.to_owned(), name: Name::new(plan.name)?, settings };
    trust::found(services, new, |tx, scope| {
        recording_guidance::seed_default(tx, scope)?;
        Ok(scope.trust())
    })
    .map_err(|error| error.to_string())
}

fn seed_school(
    caller: &mut Caller<'_>,
    trust: &TrustPlan,
    plan: &SchoolPlan,
    hubs: &[Id],
    admin: &str,
) -> Result<DemoSchool, String> {
    let hub = plan.hub.and_then(|hub| hubs.get(hub));
    let body = json!({"urn": plan.urn, "hub_id": hub, "tas": plan.tas, "phase": phase(trust)});
    let id = caller.post(admin, "/v1/schools", &body)?.id;
    let mut staff = BTreeMap::new();
    for post in plan.staff {
        staff.insert(post.role.to_owned(), appoint(caller, admin, post, Some(id))?);
    }
    let mut school =
        DemoSchool { id, urn: plan.urn, staff, pupils: Vec::new(), concerns: Vec::new(), panels: Vec::new() };
    let lead = token(caller, trust, &school, "dsl")?;
    for pupil in plan.pupils {
        let body = json!({
            "upn": pupil.upn, "given_name": pupil.given, "family_name": pupil.family,
            "birth_date": pupil.birth_date, "enrolment": {"school_id": id, "starts_on": "2024-09-02"}
        });
        school.pupils.push(caller.post(&lead, "/v1/pupils", &body)?.id);
    }
    seed_concerns(caller, trust, &mut school)?;
    Ok(school)
}

fn phase(trust: &TrustPlan) -> &'static str {
    if trust.slug == "trust-a" { "alternative_provision" } else { "primary" }
}

pub(super) fn token(
    caller: &Caller<'_>,
    trust: &TrustPlan,
    school: &DemoSchool,
    role: &str,
) -> Result<String, String> {
    let (person, claim) = school.holder(role).ok_or_else(|| format!("nobody is {role} at {}", school.urn))?;
    caller.token(trust.slug, Some(person), &[claim])
}

/// Makes the person of a post, with where they work and what they are appointed to.
fn appoint(caller: &mut Caller<'_>, admin: &str, post: &Post, school: Option<Id>) -> Result<Id, String> {
    let email = format!(
        "{}.{}@{}.example",
        post.given,
        post.family,
        if school.is_some() { "school" } else { "trust" }
    );
    let person = json!({
        "given_name": post.given, "family_name": post.family, "work_email": email.to_lowercase()
    });
    let id = caller.post(admin, "/v1/people", &person)?.id;
    let engagement = json!({"school_id": school, "category": category(post.role), "starts_on": "2024-09-01"});
    caller.post(admin, &format!("/v1/people/{id}/engagements"), &engagement)?;
    let appointment =
        json!({"person_id": id, "role": post.role, "school_id": school, "starts_on": "2024-09-01"});
    caller.post(admin, "/v1/appointments", &appointment)?;
    Ok(id)
}

fn category(role: &str) -> &'static str {
    match role {
        "volunteer" => "volunteer",
        "governor" | "safeguarding-governor" | "chair-of-governors" => "governor",
        "trustee" | "trustee-safeguarding-lead" | "chair-of-trustees" | "committee-member" => "trustee",
        "headteacher" | "dsl" => "senior_leader",
        "mis-admin" | "family-liaison" | "welfare-lap" => "support_staff",
        "staff" | "deputy-dsl" | "plan-lead" => "teacher",
        _ => "central_team",
    }
}

/// The academic year of today, with six half-terms.
fn academic_year(services: &Services) -> Value {
    let year = services.clock.now().london_date().academic_year();
    let next = year + 1;
    let spans = [
        (format!("{year}-09-02"), format!("{year}-10-23")),
        (format!("{year}-11-02"), format!("{year}-12-18")),
        (format!("{next}-01-05"), format!("{next}-02-12")),
        (format!("{next}-02-22"), format!("{next}-03-26")),
        (format!("{next}-04-12"), format!("{next}-05-28")),
        (format!("{next}-06-07"), format!("{next}-07-21")),
    ];
    let half_terms: Vec<Value> = spans
        .iter()
        .zip(1..)
        .map(|((from, to), number): (_, i32)| json!({"number": number, "starts_on": from, "ends_on": to}))
        .collect();
    json!({"start_year": year, "half_terms": half_terms, "closed_days": []})
}

/// The external reviewer's key: the administrator makes it, the chief executive confirms it.
fn reviewers_key(
    caller: &mut Caller<'_>,
    plan: &TrustPlan,
    central: &BTreeMap<String, Id>,
    services: &Services,
) -> Result<String, String> {
    let mut made = None;
    for role in ["trust-admin", "ceo"] {
        let token = caller.token(plan.slug, central.get(role).copied(), &[role.to_owned()])?;
        match &made {
            None => made = Some(caller.post(&token, "/v1/api-keys", &auditor_key(services))?),
            Some(key) => caller.confirm(&token, &format!("/v1/api-keys/{}", key.id))?,
        }
    }
    let text = made.and_then(|key| key.body.get("key").and_then(Value::as_str).map(str::to_owned));
    text.ok_or_else(|| "no key for the reviewer".to_owned())
}

fn auditor_key(services: &Services) -> Value {
    json!({
        "name": "External review", "owner": {"kind": "service", "service": "External reviewer"},
        "role": "auditor", "scopes": ["audit-read", "reference-read"], "school_ids": [], "networks": [],
        "expires_at": services.clock.now().plus_seconds(90 * 24 * 3600)
    })
}

/// Three concerns, one of them taken further.
fn seed_concerns(caller: &mut Caller<'_>, trust: &TrustPlan, school: &mut DemoSchool) -> Result<(), String> {
    let teacher = token(caller, trust, school, "staff")?;
    let lead = token(caller, trust, school, "dsl")?;
    for (concern, pupil) in concerns(school.id).into_iter().zip(school.pupils.clone()) {
        let mut body = concern;
        if let Some(object) = body.as_object_mut() {
            object.insert("pupils".to_owned(), json!([{"pupil_id": pupil, "role": "subject"}]));
        }
        school.concerns.push(caller.post(&teacher, "/v1/concerns", &body)?.id);
    }
    if let Some(first) = school.concerns.first() {
        take_further(caller, &lead, *first, school.holder("dsl").map(|(person, _)| person))?;
    }
    if let (Some(concern), Some(pupil)) = (school.concerns.first(), school.pupils.first()) {
        evidence::seed(caller, &lead, *concern, *pupil)?;
    }
    if let [_, second, third, ..] = *school.concerns.as_slice() {
        put_right(caller, &lead, second, third)?;
        if trust.restricted_log {
            restrict(caller, &lead, third)?;
        }
    }
    if let [bullied, neglected, ..] = school.pupils.as_slice() {
        seed_status(caller, &lead, *neglected)?;
        seed_complex(caller, &lead, school.id, *bullied)?;
        beside::seed(caller, trust, school, [*bullied, *neglected])?;
    }
    Ok(())
}

fn concerns(school: Id) -> Vec<Value> {
    let base = |slot: &str, place: &str, source: &str, code: &str, summary: &str| {
        json!({
            "school_id": school, "place": place, "time_slot": slot, "source": source,
            "reporter": {"kind": "self"}, "categories": [{"code": code, "is_primary": true}], "summary": summary
        })
    };
    let mut disclosure = base(
        "lunch",
        "playground",
        "child_disclosure",
        "COC-BUL",
        "Came to me upset after lunch and said that older pupils keep taking his dinner money.",
    );
    if let Some(object) = disclosure.as_object_mut() {
        object.insert("verbatim_words".to_owned(), json!("They said I have to pay every Friday."));
        object.insert("immediate_action".to_owned(), json!("Sat with him, told the deputy DSL at once."));
    }
    vec![
        disclosure,
        base(
            "before_school",
            "classroom",
            "observation",
            "ABU-NEG",
            "In the same unwashed clothes all week, and hungry.",
        ),
        base(
            "lesson",
            "online",
            "online_monitoring",
            "ONL-CND",
            "Searched for ways to hide messages from parents.",
        ),
    ]
}

/// The account of a concern is corrected, so that it has two versions; another concern is linked to it.
fn put_right(caller: &mut Caller<'_>, lead: &str, concern: Id, other: Id) -> Result<(), String> {
    let base = format!("/v1/concerns/{concern}");
    let correction = json!({
        "reason": "The teacher was away on Monday and had it from a colleague.",
        "summary": "In the same unwashed clothes from Tuesday to Friday, and hungry."
    });
    caller.post_on(lead, &format!("{base}/corrections"), Some("\"1\""), &correction)?;
    let link = json!({"concern_id": other, "reason": "They come to school together and are often out late."});
    caller.post_on(lead, &format!("{base}/links"), Some("\"2\""), &link)?;
    Ok(())
}

/// A concern stands in the log that fewer people read, with the reason.
fn restrict(caller: &mut Caller<'_>, lead: &str, concern: Id) -> Result<(), String> {
    let placement = json!({"log": "restricted", "reason": "It touches the family of a colleague."});
    caller.post_on(lead, &format!("/v1/concerns/{concern}/placements"), Some("\"1\""), &placement)?;
    Ok(())
}

/// The pupil is a child in need by the local authority's decision, which the lead marks.
fn seed_status(caller: &mut Caller<'_>, lead: &str, pupil: Id) -> Result<(), String> {
    let base = format!("/v1/pupils/{pupil}");
    let began = caller.now().london_date().plus_days(-10);
    let decision = json!({
        "agency": "children_social_care", "decision_maker_name": "R. Holloway",
        "decision_maker_role": "Team manager, assessment", "decided_on": began, "outcome": "begins", "level": "L3",
        "reference": "A-20417", "summary": "A plan for a child in need, reviewed in six weeks."
    });
    let decision = caller.post(lead, &format!("{base}/external-decisions"), &decision)?.id;
    let status = json!({
        "kind": "child_in_need", "starts_on": began, "external_decision_id": decision,
        "note": "The family agreed to the plan."
    });
    let status = caller.post(lead, &format!("{base}/statuses"), &status)?.id;
    let mark = json!({
        "kind": "status_started", "source_id": status, "significant": true,
        "reason": "The first time that the family has had support."
    });
    caller.post(lead, &format!("{base}/chronology/marks"), &mark)?;
    Ok(())
}

/// The school holds the pupil as complex, and has reviewed that.
fn seed_complex(caller: &mut Caller<'_>, lead: &str, school: Id, pupil: Id) -> Result<(), String> {
    let today = caller.now().london_date();
    let complex = json!({
        "school_id": school, "pupil_id": pupil, "held_since": today.plus_days(-42),
        "next_review_on": today.plus_days(-14), "reason": "Three agencies, who each know a part of it."
    });
    let held = caller.post(lead, "/v1/complex-pupils", &complex)?.id;
    let review = json!({
        "held_on": today.plus_days(-14), "outcome": "remains", "next_review_on": today.plus_days(14),
        "summary": "All three met for the first time; one plan from now on."
    });
    caller.post_on(lead, &format!("/v1/complex-pupils/{held}/reviews"), Some("\"1\""), &review)?;
    Ok(())
}

/// The concern is triaged, and has a note, an action and a decision.
fn take_further(caller: &mut Caller<'_>, lead: &str, concern: Id, owner: Option<Id>) -> Result<(), String> {
    let base = format!("/v1/concerns/{concern}");
    let steps = [
        (
            "triage",
            json!({"severity": "same_day", "school_view_level": 2, "monitor": true, "parent_informed": "yes"}),
        ),
        ("notes", json!({"text": "Spoke with the class teacher, who has seen the group wait by the gate."})),
        (
            "actions",
            json!({
                "kind": "speak_to_family", "description": "Ring home before the end of the day.",
                "owner_id": owner, "is_required": true
            }),
        ),
        (
            "decisions",
            json!({"kind": "decision", "decision": "Meet the family this week.", "reason": "It has gone on for a month.",
                "decided_at": caller.now()}),
        ),
    ];
    for ((part, body), version) in steps.into_iter().zip(1_u8..) {
        let tag = format!("\"{}\"", i32::from(version));
        caller.post_on(lead, &format!("{base}/{part}"), Some(&tag), &body)?;
    }
    Ok(())
}
