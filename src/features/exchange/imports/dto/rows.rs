//! What goes over the wire about an import's rows.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::plan::{Row, RowOutcome, RowResult};
use super::super::rows::Fault;
use crate::ids::Id;

/// A row of a plan, and after the application what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "row": 17, "line": 18, "outcome": "change", "record_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "differences": [{"pointer": "/family_name", "from": "Fenwick", "to": "Fenwick-Lee"}],
    "result": null, "errors": []
}))]
pub struct ImportRowView {
    /// The row's number; the first one after the columns' names is 1.
    #[schema(minimum = 1)]
    pub row: i64,
    /// The line of the file on which it begins.
    #[schema(minimum = 1)]
    pub line: i64,
    /// What would become of it.
    pub outcome: RowOutcome,
    /// The record that it is about, where there is one and you may know of it.
    pub record_id: Option<Id>,
    /// What would change.
    #[schema(max_items = 100)]
    pub differences: Vec<ImportDifference>,
    /// What became of it; null before, and for rows that were not to be stored.
    pub result: Option<RowResult>,
    /// Why it is left out.
    #[schema(max_items = 100)]
    pub errors: Vec<ImportRowError>,
}

/// A field that would change.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"pointer": "/family_name", "from": "Fenwick", "to": "Fenwick-Lee"}))]
pub struct ImportDifference {
    /// The field, as a JSON Pointer into the body with which the record would be made by hand.
    #[schema(max_length = 200)]
    pub pointer: String,
    /// What is there; null for nothing.
    #[schema(max_length = 4000)]
    pub from: Option<String>,
    /// What would be there; null for nothing.
    #[schema(max_length = 4000)]
    pub to: Option<String>,
}

/// What is wrong with a row, at one place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "column": "DOB", "pointer": "/birth_date", "code": "format",
    "detail": "is no date: DD-MM-YYYY or YYYY-MM-DD within 1900 to 2100 is expected"
}))]
pub struct ImportRowError {
    /// The column, as the file spells it; null where the fault is in no single one.
    #[schema(max_length = 4000)]
    pub column: Option<String>,
    /// The field, as a JSON Pointer into the body with which the record would be made by hand.
    #[schema(max_length = 200)]
    pub pointer: String,
    /// The kind of fault: one of the codes of single requests, `fields`, `too_long`, `repeated`, `stale`.
    #[schema(max_length = 60)]
    pub code: String,
    /// The fault in words.
    #[schema(max_length = 500)]
    pub detail: String,
}

impl From<&Fault> for ImportRowError {
    fn from(fault: &Fault) -> Self {
        Self {
            column: fault.column.clone(),
            pointer: fault.pointer.clone(),
            code: fault.code.clone(),
            detail: fault.detail.clone(),
        }
    }
}

impl ImportRowView {
    /// The view of a row.
    pub fn of(number: i64, row: &Row) -> Self {
        let differences = row.verdict.differences.iter().map(|difference| ImportDifference {
            pointer: difference.pointer.clone(),
            from: plain(&difference.from),
            to: plain(&difference.to),
        });
        let done = row.done.as_ref();
        Self {
            row: number,
            line: row.line,
            outcome: row.verdict.outcome,
            record_id: done.and_then(|done| done.record).or(row.verdict.record),
            differences: differences.collect(),
            result: done.map(|done| done.result),
            errors: row.reasons().iter().map(ImportRowError::from).collect(),
        }
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
