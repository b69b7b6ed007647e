//! One entry of the audit log, and the bytes that will be sealed.

use std::borrow::Cow;

use crate::db::prelude::*;
use serde::Serialize;

use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::audit_entries;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;
use crate::insert_rows;

crate::words! {
    /// How an act or a read ended.
    pub enum Outcome {
        /// It was done, or shown.
        Done = "done",
        /// The record was not there, or not for this caller.
        NotFound = "not_found",
        /// A rule refused it. Written down where every attempt counts.
        Refused = "refused",
    }
}

/// What is written down about one act or read: who, in which role, by which rule, what. Never content, only a keyed
/// commitment to it.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// The action, as the matrix names it.
    pub action: String,
    /// When.
    pub at: Timestamp,
    /// The class of the record: `concern`, `pupil` …
    pub class: Cow<'static, str>,
    /// A keyed hash of what was stored, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment: Option<String>,
    /// The entry.
    pub id: Id,
    /// How it ended.
    pub outcome: Outcome,
    /// The person behind the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Id>,
    /// The caller.
    pub principal: String,
    /// The one record, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Id>,
    /// The records of a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Id>,
    /// The request.
    pub request: String,
    /// The role that was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// The rule that allowed it, or what was done: `concern.raised` …
    pub rule: &'static str,
    /// The school of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school: Option<Id>,
    /// The trust.
    pub trust: Id,
}

/// An entry as it is stored. `canonical` is what will be hashed: it is never made again from the columns.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_entries, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the fields are those of Entry")]
pub struct EntryRow {
    pub trust_id: Id,
    pub id: Id,
    pub at: Timestamp,
    pub principal: String,
    pub person_id: Option<Id>,
    pub role: Option<String>,
    pub rule: String,
    pub action: String,
    pub class: String,
    pub record_id: Option<Id>,
    pub record_ids: Option<Vec<u8>>,
    pub school_id: Option<Id>,
    pub outcome: Outcome,
    pub request_id: String,
    pub canonical: Vec<u8>,
}

impl TryFrom<Entry> for EntryRow {
    type Error = ApiError;

    fn try_from(entry: Entry) -> Result<Self, ApiError> {
        // The fields of Entry stand in the alphabet's order and hold no floats: this JSON is canonical (RFC 8785).
        let canonical = serde_json::to_vec(&entry).map_err(|error| ApiError::internal(error.to_string()))?;
        let record_ids: Vec<u8> = entry.records.iter().flat_map(|id| *id.as_bytes()).collect();
        Ok(Self {
            trust_id: entry.trust,
            id: entry.id,
            at: entry.at,
            principal: entry.principal,
            person_id: entry.person,
            role: entry.role.map(str::to_owned),
            rule: entry.rule.to_owned(),
            action: entry.action,
            class: entry.class.into_owned(),
            record_id: entry.record,
            record_ids: (!record_ids.is_empty()).then_some(record_ids),
            school_id: entry.school,
            outcome: entry.outcome,
            request_id: entry.request,
            canonical,
        })
    }
}

/// Stores entries of one trust, in the transaction that is open.
pub fn insert(conn: &mut Conn, rows: &[EntryRow]) -> ApiResult<()> {
    insert_rows!(conn, audit_entries::table, rows);
    Ok(())
}

/// The class and the school that the first entry about a record names.
pub fn first_about(conn: &mut Conn, trust: Id, record: Id) -> ApiResult<Option<(String, Option<Id>)>> {
    Ok(audit_entries::table
        .filter(audit_entries::trust_id.eq(trust))
        .filter(audit_entries::record_id.eq(Some(record)))
        .order(audit_entries::id)
        .select((audit_entries::class, audit_entries::school_id))
        .first(conn)
        .optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_bytes_have_sorted_names() {
        let at = Timestamp::from_micros(1_700_000_000_000_000);
        let id = Id::from_bytes([1; 16]);
        let entry = Entry {
            action: "concern.read".into(),
            at,
            class: "concern".into(),
            commitment: Some("ab".into()),
            id,
            outcome: Outcome::Done,
            person: Some(id),
            principal: "key:x".into(),
            record: Some(id),
            records: vec![id, id],
            request: "request-1".into(),
            role: Some("dsl"),
            rule: "concern.read",
            school: Some(id),
            trust: id,
        };
        let row = EntryRow::try_from(entry).unwrap();
        assert_eq!(row.record_ids.as_ref().map(Vec::len), Some(32));
        let text = String::from_utf8(row.canonical).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let names: Vec<&String> = value.as_object().unwrap().keys().collect();
        let mut sorted = names.clone();
        sorted.sort();
        assert_eq!(names, sorted);
        assert!(!text.contains(' '));
    }
}
