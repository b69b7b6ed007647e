//! What the rows of a file become: one file a kind of record. A target plans rows against what is there, and stores them
//! through the functions that records are made with by hand.

mod people;
mod pupils;
mod schools;

use serde_json::Value;

use super::map::{Header, Map};
use super::plan::{Row, Verdict};
use super::rows::{Fault, faults_of};
use crate::access::{Action, Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// A kind of record that files can bring in.
pub trait Target: Sync {
    /// The map's word.
    fn name(&self) -> &'static str;

    /// The right that bringing them in needs, beside that to imports: the one that making them by hand needs.
    fn action(&self) -> Action;

    /// What tells rows of one file apart: two with the same key are one too many.
    fn key(&self, value: &Value) -> Option<String>;

    /// The columns that hold the key, for the fault of a second row.
    fn key_field(&self) -> &'static str;

    /// The school that a row is about; none where it is about the trust, or does not say.
    fn school(&self, value: &Value) -> Option<Id>;

    /// What would become of rows, in their order. It reads, and asks every rule that can be asked before.
    fn plan(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        header: &Header,
        values: &[&Value],
    ) -> ApiResult<Vec<Verdict>>;

    /// Stores rows that were planned, and says for each which record it became. A failure of the database stops all.
    fn apply(&self, tx: &mut Tx<'_>, scope: &Scope, rows: &[&Row]) -> ApiResult<Vec<ApiResult<Id>>>;
}

/// Every target.
pub fn all() -> [&'static dyn Target; 3] {
    [&schools::Schools, &people::People, &pupils::Pupils]
}

/// The target of a map.
pub fn named(name: &str) -> ApiResult<(&'static dyn Target, &'static Map)> {
    let target = all().into_iter().find(|target| target.name() == name);
    let both = target.zip(Map::named(name));
    both.ok_or_else(|| ApiError::internal(format!("no import of the kind {name:?}")))
}

/// A refusal as a verdict: what contradicts the records is a conflict, everything else a refusal. Failures go on.
fn judged(header: &Header, judged: ApiResult<Verdict>) -> ApiResult<Verdict> {
    match judged {
        Ok(verdict) => Ok(verdict),
        Err(error) if !is_rows_fault(&error) => Err(error),
        Err(error) => {
            let is_conflict = matches!(error.code, Code::AlreadyExists | Code::StateConflict);
            let faults: Vec<Fault> = faults_of(header, &error);
            Ok(if is_conflict { Verdict::conflict(faults) } else { Verdict::refuse(faults) })
        }
    }
}

/// Whether a refusal is about the row, and not about the service.
pub fn is_rows_fault(error: &ApiError) -> bool {
    matches!(error.code.status(), 400..=499)
}

/// Applies rows that are made in one go, and where that fails for one of them, each on its own.
fn apply_new<T: Clone>(
    tx: &mut Tx<'_>,
    inputs: Vec<T>,
    mut create: impl FnMut(&mut Tx<'_>, Vec<T>) -> ApiResult<Vec<ApiResult<Id>>>,
) -> ApiResult<Vec<ApiResult<Id>>> {
    if inputs.is_empty() {
        return Ok(Vec::new());
    }
    match tx.attempt(|tx| create(tx, inputs.clone())) {
        Ok(made) => Ok(made),
        Err(error) if !is_rows_fault(&error) => Err(error),
        Err(_) => inputs.into_iter().map(|input| alone(tx, |tx| one(create(tx, vec![input])?))).collect(),
    }
}

fn one(mut made: Vec<ApiResult<Id>>) -> ApiResult<Id> {
    made.pop().unwrap_or_else(|| Err(ApiError::internal("nothing was made of a row")))
}

/// Does one row's work; its faults are its own, failures of the service stop everything.
fn alone(tx: &mut Tx<'_>, work: impl FnOnce(&mut Tx<'_>) -> ApiResult<Id>) -> ApiResult<ApiResult<Id>> {
    match tx.attempt(work) {
        Err(error) if !is_rows_fault(&error) => Err(error),
        result => Ok(result),
    }
}

/// The identifier in a row's value.
fn id_at(value: &Value, pointer: &str) -> Option<Id> {
    value.pointer(pointer).and_then(Value::as_str).and_then(Id::parse)
}

/// Whether a row's value has a field at all, empty or not: the file has its column.
fn says(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).is_some()
}
