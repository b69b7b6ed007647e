//! The trust's schools.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::map::Header;
use super::super::plan::{Difference, Row, RowOutcome, Verdict};
use super::super::rows::without_nulls;
use super::{Target, alone, judged, says};
use crate::access::{Action, Scope, Tx};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::organisation::schools::{self, SchoolCreate, SchoolPatch, SchoolRow};
use crate::http::value::check;
use crate::http::{IfMatch, Patch};
use crate::ids::Id;

/// Schools.
pub struct Schools;

impl Target for Schools {
    fn name(&self) -> &'static str {
        "schools"
    }

    fn action(&self) -> Action {
        Action::SchoolManage
    }

    fn key(&self, value: &Value) -> Option<String> {
        value.pointer("/urn").map(Value::to_string)
    }

    fn key_field(&self) -> &'static str {
        "/urn"
    }

    fn school(&self, _: &Value) -> Option<Id> {
        None
    }

    fn plan(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        header: &Header,
        values: &[&Value],
    ) -> ApiResult<Vec<Verdict>> {
        let urns: Vec<i32> = values.iter().filter_map(|value| urn(value)).collect();
        let known: HashMap<i32, SchoolRow> =
            schools::with_urns(conn, scope, &urns)?.into_iter().map(|row| (row.urn, row)).collect();
        let verdicts = values.iter().map(|value| judged(header, plan_one(conn, scope, &known, value)));
        verdicts.collect()
    }

    fn apply(&self, tx: &mut Tx<'_>, scope: &Scope, rows: &[&Row]) -> ApiResult<Vec<ApiResult<Id>>> {
        rows.iter().map(|row| alone(tx, |tx| store(tx, scope, row))).collect()
    }
}

fn urn(value: &Value) -> Option<i32> {
    value.pointer("/urn").and_then(Value::as_i64).and_then(|urn| i32::try_from(urn).ok())
}

/// A row's school, and the last day in the trust, with which none is made.
fn read(value: &Value) -> ApiResult<(SchoolCreate, Option<Date>)> {
    let mut value = without_nulls(value);
    let left_on = value.as_object_mut().and_then(|object| object.shift_remove("left_on"));
    let left_on = left_on.and_then(|day| day.as_str().and_then(Date::parse));
    Ok((check(value)?, left_on))
}

fn plan_one(
    conn: &mut Conn,
    scope: &Scope,
    known: &HashMap<i32, SchoolRow>,
    value: &Value,
) -> ApiResult<Verdict> {
    let (input, left_on) = read(value)?;
    let is_ordered = |joined: Option<Date>| match (joined, left_on) {
        (Some(joined), Some(left)) if left < joined => {
            Err(ApiError::rule("/left_on", "order", "must not lie before joined_on"))
        }
        _ => Ok(()),
    };
    let Some(row) = known.get(&input.urn) else {
        is_ordered(input.joined_on)?;
        return schools::check_new(conn, scope, input).map(|_| Verdict::create());
    };
    is_ordered(if says(value, "/joined_on") { input.joined_on } else { row.joined_on })?;
    let mut differences = Vec::new();
    let mut differ = |pointer: &str, from: Value, to: Value| {
        if from != to {
            differences.push(Difference { pointer: pointer.to_owned(), from, to });
        }
    };
    if input.name.is_some() {
        differ("/name", json!(row.name), json!(input.name));
    }
    if input.phase.is_some() {
        differ("/phase", json!(row.phase), json!(input.phase));
    }
    if value.pointer("/tas").is_some_and(Value::is_boolean) {
        differ("/tas", json!(row.tas), json!(input.tas));
    }
    if says(value, "/joined_on") {
        differ("/joined_on", json!(row.joined_on), json!(input.joined_on));
    }
    if says(value, "/left_on") {
        differ("/left_on", json!(row.left_on), json!(left_on));
    }
    Ok(Verdict::change(row.id, json!(row.version), differences))
}

fn store(tx: &mut Tx<'_>, scope: &Scope, row: &Row) -> ApiResult<Id> {
    let (input, left_on) = read(&row.value)?;
    if row.verdict.outcome == RowOutcome::Create {
        let made = schools::create(tx, scope, input)?;
        if left_on.is_some() {
            let patch = SchoolPatch { left_on: days(true, left_on), ..SchoolPatch::default() };
            schools::change(tx, scope, made.id, &IfMatch::Versions(vec![made.version]), patch)?;
        }
        return Ok(made.id);
    }
    let id = row.verdict.record.ok_or_else(|| ApiError::internal("a change of no record"))?;
    let version = row.verdict.basis.as_i64().unwrap_or_default();
    let differs = |pointer: &str| row.verdict.differences.iter().any(|found| found.pointer == pointer);
    let patch = SchoolPatch {
        name: input.name.filter(|_| differs("/name")),
        phase: input.phase.filter(|_| differs("/phase")),
        hub_id: Patch::Keep,
        tas: differs("/tas").then_some(input.tas),
        joined_on: days(differs("/joined_on"), input.joined_on),
        left_on: days(differs("/left_on"), left_on),
    };
    schools::change(tx, scope, id, &IfMatch::Versions(vec![version]), patch)?;
    Ok(id)
}

fn days(differs: bool, day: Option<Date>) -> Patch<Date> {
    match day {
        _ if !differs => Patch::Keep,
        None => Patch::Clear,
        Some(day) => Patch::Set(day),
    }
}
