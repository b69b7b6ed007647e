//! The rows that were left out, as a file with the same columns and the reasons: to be mended and brought in again.

use super::content::Content;
use super::dto::RowFilter;
use super::plan::Row;
use super::rows::Fault;
use super::service::{find_rows, header};
use super::store;
use super::text::safe;
use crate::access::Scope;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// The most rows of one answer.
pub const MOST: usize = 10_000;

/// A file of rejected rows, and the last row in it where there are more.
pub struct Rejected {
    /// The file.
    pub text: String,
    /// The last row in it, where there are more.
    pub last: Option<i64>,
    /// The import's version.
    pub version: i64,
    /// The school of the import.
    pub school: Option<Id>,
}

/// The rejected rows after one of a number.
pub fn file(conn: &mut Conn, scope: &Scope, vault: &Vault, id: Id, after: i64) -> ApiResult<Rejected> {
    let row = store::get(conn, scope, id)?;
    let Some(content) = Content::open(vault, conn, &row)? else { return Err(ApiError::not_found()) };
    let header = header(&content, &row)?;
    let filter = RowFilter { outcome: None, rejected: Some(true) };
    let mut rows = find_rows(conn, vault, &row, filter, after, MOST + 1)?;
    let is_more = rows.len() > MOST;
    rows.truncate(MOST);
    let last = rows.last().map(|(number, _)| *number).filter(|_| is_more);
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let names = header.spelled.iter().map(|name| safe(name)).chain(["Line".to_owned(), "Reason".to_owned()]);
    write(&mut out, names)?;
    for (_, row) in &rows {
        write(&mut out, line(row, header.spelled.len()))?;
    }
    let bytes = out.into_inner().map_err(|error| ApiError::internal(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(Rejected { text, last, version: row.version, school: row.school_id })
}

fn write(out: &mut csv::Writer<Vec<u8>>, fields: impl Iterator<Item = String>) -> ApiResult<()> {
    out.write_record(fields).map_err(|error| ApiError::internal(error.to_string()))
}

/// The row as it stood in the file, the line, and the reasons.
fn line(row: &Row, width: usize) -> impl Iterator<Item = String> {
    let words = |fault: &Fault| match &fault.column {
        Some(column) => format!("{column} {}", fault.detail),
        None => fault.detail.clone(),
    };
    let reasons = row.reasons().iter().map(words).collect::<Vec<_>>().join("; ");
    // A value that came with our apostrophe has it still.
    let fields: Vec<String> = row.fields.iter().map(|field| safe(super::text::as_it_was(field))).collect();
    let missing = width.saturating_sub(fields.len());
    let blanks = std::iter::repeat_n(String::new(), missing);
    fields.into_iter().take(width).chain(blanks).chain([row.line.to_string(), safe(&reasons)])
}
