//! People with an engagement each.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::map::Header;
use super::super::plan::{Difference, Row, RowOutcome, Verdict};
use super::super::rows::without_nulls;
use super::{Target, alone, apply_new, id_at, judged, says};
use crate::access::{Action, Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::people::{
    self, Amendment, EngagementCreate, EngagementPatch, Known, KnownPerson, PersonCreate, PersonPatch,
    WorkEmail, appointments,
};
use crate::http::Patch;
use crate::http::value::check;
use crate::ids::Id;

/// People.
pub struct People;

/// What a change rests on: the versions that were seen.
#[derive(Serialize, Deserialize)]
struct Basis {
    person: i64,
    engagement: Option<(Id, i64)>,
}

impl Target for People {
    fn name(&self) -> &'static str {
        "people"
    }

    fn action(&self) -> Action {
        Action::PersonManage
    }

    fn key(&self, value: &Value) -> Option<String> {
        value.pointer("/work_email").and_then(Value::as_str).map(str::to_lowercase)
    }

    fn key_field(&self) -> &'static str {
        "/work_email"
    }

    fn school(&self, value: &Value) -> Option<Id> {
        id_at(value, "/engagement/school_id")
    }

    fn plan(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        header: &Header,
        values: &[&Value],
    ) -> ApiResult<Vec<Verdict>> {
        let inputs: Vec<ApiResult<PersonCreate>> =
            values.iter().map(|value| check(without_nulls(value))).collect();
        let emails: Vec<WorkEmail> =
            inputs.iter().flatten().filter_map(|input| input.work_email.clone()).collect();
        let known = people::known_by_email(conn, scope, &emails)?;
        let verdicts = inputs.into_iter().zip(values).map(|(input, value)| {
            judged(header, input.and_then(|input| plan_one(conn, scope, &known, &input, value)))
        });
        verdicts.collect()
    }

    fn apply(&self, tx: &mut Tx<'_>, scope: &Scope, rows: &[&Row]) -> ApiResult<Vec<ApiResult<Id>>> {
        let is_new = |row: &Row| row.verdict.outcome == RowOutcome::Create;
        let new = rows.iter().filter(|row| is_new(row)).map(|row| check(without_nulls(&row.value)));
        let new: Vec<PersonCreate> = new.collect::<ApiResult<_>>()?;
        let mut made = apply_new(tx, new, |tx, inputs| {
            let made = people::create_all(tx, scope, inputs)?;
            Ok(made.into_iter().map(|made| made.map(|row| row.id)).collect())
        })?
        .into_iter();
        let nothing = || Err(ApiError::internal("nothing was made of a row"));
        rows.iter()
            .map(|row| {
                if is_new(row) {
                    Ok(made.next().unwrap_or_else(nothing))
                } else {
                    alone(tx, |tx| change(tx, scope, row))
                }
            })
            .collect()
    }
}

fn plan_one(
    conn: &mut Conn,
    scope: &Scope,
    known: &HashMap<String, Known>,
    input: &PersonCreate,
    value: &Value,
) -> ApiResult<Verdict> {
    let engagement = input
        .engagement
        .as_ref()
        .ok_or_else(|| ApiError::rule("/engagement", "required", "an engagement is required"))?;
    if engagement.school_id.is_none() && !scope.extent().trust {
        let words = "your right reaches single schools: name one";
        return Err(ApiError::rule("/engagement/school_id", "required", words));
    }
    match input.work_email.as_ref().and_then(|email| known.get(email.as_str())) {
        None => Ok(Verdict::create()),
        Some(Known::Elsewhere) => Err(ApiError::of(Code::AlreadyExists)),
        Some(Known::Seen(person)) => compare(conn, scope, person, input, engagement, value),
    }
}

/// What a row says that is not there yet.
fn compare(
    conn: &mut Conn,
    scope: &Scope,
    person: &KnownPerson,
    input: &PersonCreate,
    engagement: &EngagementCreate,
    value: &Value,
) -> ApiResult<Verdict> {
    let mut own = Vec::new();
    let mut differ = |pointer: &str, from: Value, to: Value| {
        if from != to {
            own.push(Difference { pointer: pointer.to_owned(), from, to });
        }
    };
    differ("/given_name", json!(person.given_name), json!(input.given_name));
    differ("/family_name", json!(person.family_name), json!(input.family_name));
    if says(value, "/preferred_name") {
        differ("/preferred_name", json!(person.preferred_name), json!(input.preferred_name));
    }
    if let Some(first) = own.first() {
        appointments::refuse_lead(conn, scope, person.id, &first.pointer)?;
    }
    let here = |there: &people::engagements::EngagementView| {
        there.school_id == engagement.school_id && there.starts_on == engagement.starts_on
    };
    let same = person.engagements.iter().find(|(there, _)| here(there));
    let basis =
        Basis { person: person.version, engagement: same.map(|(there, version)| (there.id, *version)) };
    match same {
        None => own.push(Difference::new("/engagement", Value::Null, engagement.category)),
        Some((there, _)) if there.category != engagement.category => {
            return Err(ApiError::because(
                Code::StateConflict,
                "the person has an engagement of another category at this school from that day on",
            ));
        }
        Some((there, _)) => {
            if says(value, "/engagement/ends_on") && there.ends_on != engagement.ends_on {
                appointments::refuse_lead(conn, scope, person.id, "/engagement/ends_on")?;
                own.push(Difference::new("/engagement/ends_on", there.ends_on, engagement.ends_on));
            }
            if says(value, "/engagement/post") && there.post != engagement.post {
                own.push(Difference::new("/engagement/post", &there.post, &engagement.post));
            }
        }
    }
    Ok(Verdict::change(person.id, json!(basis), own))
}

/// Stores what a row says that is not there yet.
fn change(tx: &mut Tx<'_>, scope: &Scope, row: &Row) -> ApiResult<Id> {
    let input: PersonCreate = check(without_nulls(&row.value))?;
    let basis: Basis = serde_json::from_value(row.verdict.basis.clone())
        .map_err(|error| ApiError::internal(format!("a plan's basis: {error}")))?;
    let person = row.verdict.record.ok_or_else(|| ApiError::internal("a change of no record"))?;
    let engagement = input.engagement.ok_or_else(|| ApiError::internal("a row without an engagement"))?;
    let differs = |pointer: &str| row.verdict.differences.iter().any(|found| found.pointer == pointer);
    let patch = PersonPatch {
        given_name: differs("/given_name").then_some(input.given_name),
        family_name: differs("/family_name").then_some(input.family_name),
        preferred_name: three_state(differs("/preferred_name"), input.preferred_name),
        work_email: Patch::Keep,
    };
    let amendment = match basis.engagement {
        None => Some(Amendment::New(engagement)),
        Some((id, version)) if differs("/engagement/ends_on") || differs("/engagement/post") => {
            let changes = EngagementPatch {
                ends_on: three_state(differs("/engagement/ends_on"), engagement.ends_on),
                post: three_state(differs("/engagement/post"), engagement.post),
            };
            Some(Amendment::Change(id, version, changes))
        }
        Some(_) => None,
    };
    let patch = patch.first_field().is_some().then_some(patch);
    people::amend(tx, scope, (person, basis.person), amendment, patch)?;
    Ok(person)
}

fn three_state<T>(differs: bool, value: Option<T>) -> Patch<T> {
    match value {
        _ if !differs => Patch::Keep,
        None => Patch::Clear,
        Some(value) => Patch::Set(value),
    }
}
