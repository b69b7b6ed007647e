//! From a record of a file to what it wants: fields as a body would have them, and what is wrong with them.

use serde::{Deserialize, Serialize};
use serde_json::{Map as Object, Value};

use super::convert::{SchoolBook, convert};
use super::map::Header;
use super::reading::Record;
use super::text::{Encoding, as_it_was};
use crate::error::{ApiError, FieldError};
use crate::ids::Id;

/// What is wrong with a row, at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The column, as the file spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The field, as a pointer into the body with which the record would be made by hand.
    pub pointer: String,
    /// The kind of fault.
    pub code: String,
    /// The fault in words; it does not repeat the value.
    pub detail: String,
}

/// A row as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The line on which it begins.
    pub line: i64,
    /// Its fields as they stand in the file.
    pub fields: Vec<String>,
    /// What it says: the fields of the columns that the file has, null where they are empty.
    pub value: Value,
    /// What cannot be read.
    pub faults: Vec<Fault>,
}

/// What reading a row needs beside the row.
pub struct RowReader<'a> {
    /// The columns.
    pub header: &'a Header,
    /// The letters.
    pub encoding: Encoding,
    /// The schools that may be named.
    pub schools: &'a SchoolBook,
    /// The school of rows that name none.
    pub school: Option<Id>,
}

impl RowReader<'_> {
    /// Reads a record.
    pub fn read(&self, record: Record) -> Wanted {
        let Some(fields) = record.fields else {
            return Self::refuse(record.line, Vec::new(), "too_long", "the row is too long".to_owned());
        };
        let fields: Vec<String> = fields.iter().map(|field| self.encoding.decode(field)).collect();
        if fields.len() != self.header.spelled.len() {
            let words =
                format!("the row has {} fields, the header {}", fields.len(), self.header.spelled.len());
            return Self::refuse(record.line, fields, "fields", words);
        }
        let (mut value, mut faults) = (Value::Object(Object::new()), Vec::new());
        for (at, column) in &self.header.kept {
            let text = fields.get(*at).map(|text| as_it_was(text)).unwrap_or_default();
            let is_school = self.header.map.school.as_ref() == Some(&column.field);
            match convert(column, &self.header.map.dates, self.schools, text) {
                Ok(Value::Null) | Err(("required", _)) if is_school && self.school.is_some() => {}
                Ok(read) => put(&mut value, &column.field, read),
                Err((code, detail)) => faults.push(Fault {
                    column: self.header.spelled.get(*at).cloned(),
                    pointer: column.field.clone(),
                    code: code.to_owned(),
                    detail,
                }),
            }
        }
        if let (Some(school), Some(field)) = (self.school, &self.header.map.school)
            && value.pointer(field).is_none()
        {
            put(&mut value, field, serde_json::json!(school));
        }
        Wanted { line: record.line, fields, value, faults }
    }

    fn refuse(line: i64, fields: Vec<String>, code: &str, detail: String) -> Wanted {
        let fault = Fault { column: None, pointer: String::new(), code: code.to_owned(), detail };
        Wanted { line, fields, value: Value::Null, faults: vec![fault] }
    }
}

/// Puts a value where a pointer says, making the objects on the way.
fn put(root: &mut Value, pointer: &str, value: Value) {
    let mut here = root;
    let mut names = pointer.split('/').skip(1).peekable();
    while let Some(name) = names.next() {
        let Some(object) = here.as_object_mut() else { return };
        if names.peek().is_none() {
            object.insert(name.to_owned(), value);
            return;
        }
        here = object.entry(name).or_insert_with(|| Value::Object(Object::new()));
    }
}

/// The value without its nulls, as a body that makes a record has it.
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.iter().filter(|(_, inner)| !inner.is_null());
            Value::Object(kept.map(|(name, inner)| (name.clone(), without_nulls(inner))).collect())
        }
        other => other.clone(),
    }
}

/// What a refusal says, each at the column that the field comes from.
pub fn faults_of(header: &Header, error: &ApiError) -> Vec<Fault> {
    let fault = |fault: &FieldError| Fault {
        column: header.column_of(&fault.pointer).map(str::to_owned),
        pointer: fault.pointer.clone(),
        code: fault.code.to_string(),
        detail: fault.detail.clone(),
    };
    if error.errors.is_empty() {
        let detail = error.detail.clone().unwrap_or_else(|| error.code.title().to_owned());
        return vec![Fault {
            column: None,
            pointer: String::new(),
            code: error.code.as_str().to_owned(),
            detail,
        }];
    }
    error.errors.iter().map(fault).collect()
}
