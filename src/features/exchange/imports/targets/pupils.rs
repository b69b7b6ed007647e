//! Pupils with an enrolment each.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::map::Header;
use super::super::plan::{Difference, Row, RowOutcome, Verdict};
use super::super::rows::without_nulls;
use super::{Target, alone, apply_new, id_at, judged, says};
use crate::access::{Action, Scope, Tx};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::pupils::{
    self, Amendment, EnrolmentPatch, EnrolmentView, PupilCreate, PupilPatch, PupilView, Upn,
};
use crate::http::Patch;
use crate::http::value::check;
use crate::ids::Id;

/// Pupils.
pub struct Pupils;

/// What a change rests on: the versions that were seen.
#[derive(Serialize, Deserialize)]
struct Basis {
    pupil: i64,
    enrolment: Option<(Id, i64)>,
}

/// What is there that rows may mean.
struct There {
    by_upn: HashMap<Upn, PupilView>,
    by_birth: Vec<PupilView>,
}

impl Target for Pupils {
    fn name(&self) -> &'static str {
        "pupils"
    }

    fn action(&self) -> Action {
        Action::PupilManage
    }

    fn key(&self, value: &Value) -> Option<String> {
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_lowercase);
        text("/upn").or_else(|| {
            let names = format!("{} {}", text("/given_name")?, text("/family_name")?);
            Some(format!("{names} {}", text("/birth_date")?))
        })
    }

    fn key_field(&self) -> &'static str {
        "/upn"
    }

    fn school(&self, value: &Value) -> Option<Id> {
        id_at(value, "/enrolment/school_id")
    }

    fn plan(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        header: &Header,
        values: &[&Value],
    ) -> ApiResult<Vec<Verdict>> {
        let inputs: Vec<ApiResult<PupilCreate>> =
            values.iter().map(|value| check(without_nulls(value))).collect();
        let read = || inputs.iter().flatten();
        let upns: Vec<Upn> = read().filter_map(|input| input.upn.clone()).collect();
        let by_upn = pupils::known_by_upn(conn, scope, &upns)?;
        let unknown = |input: &&PupilCreate| input.upn.as_ref().is_none_or(|upn| !by_upn.contains_key(upn));
        let mut days: Vec<Date> = read().filter(unknown).map(|input| input.birth_date).collect();
        days.sort_unstable();
        days.dedup();
        let by_birth = if days.is_empty() { Vec::new() } else { pupils::born_on(conn, scope, &days)? };
        let there = There { by_upn, by_birth };
        let verdicts = inputs.into_iter().zip(values).map(|(input, value)| {
            judged(header, input.and_then(|input| plan_one(scope, &there, &input, value)))
        });
        verdicts.collect()
    }

    fn apply(&self, tx: &mut Tx<'_>, scope: &Scope, rows: &[&Row]) -> ApiResult<Vec<ApiResult<Id>>> {
        let is_new = |row: &Row| row.verdict.outcome == RowOutcome::Create;
        let new = rows.iter().filter(|row| is_new(row)).map(|row| check(without_nulls(&row.value)));
        let new: Vec<PupilCreate> = new.collect::<ApiResult<_>>()?;
        let mut made = apply_new(tx, new, |tx, inputs| {
            let made = pupils::create_all(tx, scope, inputs)?;
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

fn plan_one(scope: &Scope, there: &There, input: &PupilCreate, value: &Value) -> ApiResult<Verdict> {
    if input.birth_date > scope.today() {
        return Err(ApiError::rule("/birth_date", "range", "must not be after today"));
    }
    match input.upn.as_ref().and_then(|upn| there.by_upn.get(upn)) {
        Some(view) => compare(scope, view, input, value),
        None => {
            let mut same = there.by_birth.iter().filter(|view| is_perhaps(view, input));
            match (same.next(), same.next()) {
                (None, _) => Ok(Verdict::create()),
                (Some(view), None) => compare(scope, view, input, value),
                _ => Err(ApiError::because(
                    Code::StateConflict,
                    "several pupils have these names and this day of birth: give the UPN",
                )),
            }
        }
    }
}

/// Whether a pupil without a permanent number is who a row means: same names, same day of birth.
fn is_perhaps(view: &PupilView, input: &PupilCreate) -> bool {
    let open = view.upn.is_none() || view.is_temporary_upn || input.upn.is_none();
    open && view.birth_date == input.birth_date
        && pupils::same_names(view, &input.given_name, &input.family_name)
}

/// What a row says that is not there yet.
fn compare(scope: &Scope, view: &PupilView, input: &PupilCreate, value: &Value) -> ApiResult<Verdict> {
    let mut own = Vec::new();
    let mut differ = |pointer: &str, from: Value, to: Value| {
        if from != to {
            own.push(Difference { pointer: pointer.to_owned(), from, to });
        }
    };
    if input.upn.is_some() {
        differ("/upn", json!(view.upn), json!(input.upn));
    }
    differ("/given_name", json!(view.given_name), json!(input.given_name));
    differ("/family_name", json!(view.family_name), json!(input.family_name));
    if says(value, "/preferred_name") {
        differ("/preferred_name", json!(view.preferred_name), json!(input.preferred_name));
    }
    differ("/birth_date", json!(view.birth_date), json!(input.birth_date));
    let here: Vec<&EnrolmentView> =
        view.enrolments.iter().filter(|enrolment| enrolment.school_id == input.enrolment.school_id).collect();
    let same = here.iter().find(|enrolment| enrolment.starts_on == input.enrolment.starts_on);
    let mut basis = Basis { pupil: view.version, enrolment: None };
    let place = match same {
        Some(enrolment) => {
            basis.enrolment = Some((enrolment.id, enrolment.version));
            place_differences(enrolment, input, value)
        }
        None => {
            refuse_overlap(&here, input)?;
            vec![Difference::new("/enrolment", Value::Null, input.enrolment.starts_on)]
        }
    };
    let on_roll = pupils::is_current(view, scope)
        || (same.is_none() && input.enrolment.ends_on.is_none_or(|end| end >= scope.today()));
    if !on_roll && !(own.is_empty() && (same.is_none() || place.is_empty())) {
        return Err(ApiError::because(
            Code::StateConflict,
            "the pupil has left: what the school knew stays as it is",
        ));
    }
    own.extend(place);
    Ok(Verdict::change(view.id, json!(basis), own))
}

fn place_differences(there: &EnrolmentView, input: &PupilCreate, value: &Value) -> Vec<Difference> {
    let mut out = Vec::new();
    if says(value, "/enrolment/ends_on") && there.ends_on != input.enrolment.ends_on {
        out.push(Difference::new("/enrolment/ends_on", there.ends_on, input.enrolment.ends_on));
    }
    if says(value, "/enrolment/year_group") && there.year_group != input.enrolment.year_group {
        out.push(Difference::new("/enrolment/year_group", there.year_group, input.enrolment.year_group));
    }
    out
}

fn refuse_overlap(here: &[&EnrolmentView], input: &PupilCreate) -> ApiResult<()> {
    let (from, to) = (input.enrolment.starts_on, input.enrolment.ends_on);
    let meets = |there: &&&EnrolmentView| {
        to.is_none_or(|to| there.starts_on <= to) && there.ends_on.is_none_or(|end| from <= end)
    };
    if here.iter().any(|there| meets(&there)) {
        return Err(ApiError::because(
            Code::StateConflict,
            "the pupil is on roll at this school already in that time, from another day on",
        ));
    }
    Ok(())
}

/// Stores what a row says that is not there yet.
fn change(tx: &mut Tx<'_>, scope: &Scope, row: &Row) -> ApiResult<Id> {
    let input: PupilCreate = check(without_nulls(&row.value))?;
    let basis: Basis = serde_json::from_value(row.verdict.basis.clone())
        .map_err(|error| ApiError::internal(format!("a plan's basis: {error}")))?;
    let pupil = row.verdict.record.ok_or_else(|| ApiError::internal("a change of no record"))?;
    let differs = |pointer: &str| row.verdict.differences.iter().any(|found| found.pointer == pointer);
    let set = |there: bool, value| if there { value } else { None };
    let upn = input.upn.clone();
    let patch = PupilPatch {
        upn: if differs("/upn") { input.upn.map_or(Patch::Keep, Patch::Set) } else { Patch::Keep },
        given_name: set(differs("/given_name"), Some(input.given_name)),
        family_name: set(differs("/family_name"), Some(input.family_name)),
        preferred_name: three_state(differs("/preferred_name"), input.preferred_name),
        birth_date: differs("/birth_date").then_some(input.birth_date),
    };
    let is_own = |found: &Difference| !found.pointer.starts_with("/enrolment");
    let patch = row.verdict.differences.iter().any(is_own).then_some(patch);
    let enrolment = match basis.enrolment {
        None => Some(Amendment::New(input.enrolment, upn)),
        Some((id, version)) if differs("/enrolment/ends_on") || differs("/enrolment/year_group") => {
            let changes = EnrolmentPatch {
                starts_on: None,
                ends_on: three_state(differs("/enrolment/ends_on"), input.enrolment.ends_on),
                year_group: three_state(differs("/enrolment/year_group"), input.enrolment.year_group),
            };
            Some(Amendment::Change(id, version, changes))
        }
        Some(_) => None,
    };
    pupils::amend(tx, scope, (pupil, basis.pupil), enrolment, patch)?;
    Ok(pupil)
}

fn three_state<T>(differs: bool, value: Option<T>) -> Patch<T> {
    match value {
        _ if !differs => Patch::Keep,
        None => Patch::Clear,
        Some(value) => Patch::Set(value),
    }
}
