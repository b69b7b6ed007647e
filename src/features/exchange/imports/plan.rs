//! The plan of an import: what would become of every row, and the hash over all of it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::rows::{Fault, Wanted};
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

crate::words! {
    /// What would become of a row.
    pub enum RowOutcome {
        /// It makes a record.
        Create = "create",
        /// It changes a record, or adds to it.
        Change = "change",
        /// There is a record that says all of it already.
        Skip = "skip",
        /// It contradicts what is there; somebody has to decide.
        Conflict = "conflict",
        /// It is wrong in itself, or a rule does not allow it.
        Refuse = "refuse",
    }
}

crate::words! {
    /// What became of a row that was to be brought in.
    pub enum RowResult {
        /// It was stored.
        Applied = "applied",
        /// The records it was planned against have changed since, so it was left out.
        Stale = "stale",
        /// A rule did not allow it any longer, so it was left out.
        Refused = "refused",
    }
}

/// A field that would change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The field, as a pointer.
    pub pointer: String,
    /// What is there; null for nothing.
    pub from: Value,
    /// What would be there.
    pub to: Value,
}

impl Difference {
    /// A field that is one thing and would be another.
    pub fn new(pointer: &str, from: impl Serialize, to: impl Serialize) -> Self {
        Self { pointer: pointer.to_owned(), from: json!(from), to: json!(to) }
    }
}

/// What would become of a row, and what that rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What would become of it.
    pub outcome: RowOutcome,
    /// The record that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Id>,
    /// What the target needs to do it, such as the versions that it saw.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub basis: Value,
    /// What would change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

impl Verdict {
    /// It makes a record.
    pub const fn create() -> Self {
        Self {
            outcome: RowOutcome::Create,
            record: None,
            basis: Value::Null,
            differences: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// It is left out, for these reasons.
    pub fn refuse(faults: Vec<Fault>) -> Self {
        Self { outcome: RowOutcome::Refuse, faults, ..Self::create() }
    }

    /// It contradicts what is there.
    pub fn conflict(faults: Vec<Fault>) -> Self {
        Self { outcome: RowOutcome::Conflict, faults, ..Self::create() }
    }

    /// It changes a record by these differences, or says nothing new.
    pub fn change(record: Id, basis: Value, differences: Vec<Difference>) -> Self {
        let outcome = if differences.is_empty() { RowOutcome::Skip } else { RowOutcome::Change };
        Self { outcome, record: Some(record), basis, differences, faults: Vec::new() }
    }

    /// Whether it is to be stored.
    pub const fn is_work(&self) -> bool {
        matches!(self.outcome, RowOutcome::Create | RowOutcome::Change)
    }
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// What became of it.
    pub result: RowResult,
    /// The record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Id>,
    /// Why it was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// A row of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The line on which it begins.
    pub line: i64,
    /// Its fields as they stand in the file.
    pub fields: Vec<String>,
    /// What it says.
    pub value: Value,
    /// What would become of it.
    pub verdict: Verdict,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Done>,
}

impl Row {
    /// A row that was read, with its verdict.
    pub fn new(wanted: Wanted, verdict: Verdict) -> Self {
        Self { line: wanted.line, fields: wanted.fields, value: wanted.value, verdict, done: None }
    }

    /// Whether it was, or would be, left out for a fault.
    pub fn is_rejected(&self) -> bool {
        let left_out = self.done.as_ref().is_some_and(|done| done.result != RowResult::Applied);
        left_out || matches!(self.verdict.outcome, RowOutcome::Conflict | RowOutcome::Refuse)
    }

    /// Why.
    pub fn reasons(&self) -> &[Fault] {
        match &self.done {
            Some(done) if done.result != RowResult::Applied => &done.faults,
            _ => &self.verdict.faults,
        }
    }
}

/// How many rows have which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub creates: i64,
    pub changes: i64,
    pub skips: i64,
    pub conflicts: i64,
    pub refusals: i64,
}

impl Counts {
    /// The counts of rows.
    pub fn of(rows: &[Row]) -> Self {
        let mut counts = Self::default();
        for row in rows {
            let count = match row.verdict.outcome {
                RowOutcome::Create => &mut counts.creates,
                RowOutcome::Change => &mut counts.changes,
                RowOutcome::Skip => &mut counts.skips,
                RowOutcome::Conflict => &mut counts.conflicts,
                RowOutcome::Refuse => &mut counts.refusals,
            };
            *count += 1;
        }
        counts
    }
}

/// The hash over a plan: over what came before, and the rows that follow.
pub fn hash(before: &[u8], rows: &[Row]) -> ApiResult<Vec<u8>> {
    let mut hash = Sha256::new();
    hash.update(before);
    for row in rows {
        let bytes = serde_json::to_vec(&(row.line, &row.value, &row.verdict))
            .map_err(|error| ApiError::internal(error.to_string()))?;
        hash.update(u64::try_from(bytes.len()).unwrap_or_default().to_be_bytes());
        hash.update(&bytes);
    }
    Ok(hash.finalize().to_vec())
}

/// The hash as it stands on the wire.
pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
