//! Loads the national register from a file: the full download, or the five-column extract, by the map of that name.
//!
//! Rows are matched by URN. A column that the file does not have leaves the stored values alone, an empty value of a
//! column that it has clears them; columns that the register here does not keep are passed over. A row that cannot be
//! taken is reported and left out, and the others go in: 500 at a time, each piece in one transaction. A dry run reads,
//! compares and reports the same, and stores nothing.
//!
//! Establishments belong to no trust, so there is no trust's audit log to write to: the command prints one line with
//! the counts instead, and the log has it where it shows such lines.

mod report;

use std::collections::HashMap;
use std::fmt;
use std::io::{Read, Seek, SeekFrom};

use serde_json::Value;

use super::content::PART;
use super::convert::SchoolBook;
use super::map::{Header, Map};
use super::reading::Records;
use super::rows::{RowReader, Wanted};
use super::text::{Encoding, MARK, Utf8Check, is_utf16};
use crate::clock::{Date, Timestamp};
use crate::db::portable::fold;
use crate::db::{Conn, Db};
use crate::error::{ApiError, ApiResult};
use crate::features::organisation::establishments::{self, EstablishmentRow};
use crate::text::Name;
pub use report::{Outcome, Problem, RowReport, Summary};

/// How many rows one transaction takes.
const PIECE: usize = 500;

/// How to import.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Store nothing.
    pub dry_run: bool,
}

/// Why a file was not imported, or not to its end. What was stored before stays: importing again goes on from there.
#[derive(Debug)]
pub enum ImportError {
    /// The file could not be read.
    Read(std::io::Error),
    /// The file is no CSV file, or its header is not the register's.
    Form(String),
    /// The database failed.
    Database(ApiError),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "the file cannot be read: {error}"),
            Self::Form(words) => f.write_str(words),
            Self::Database(error) => write!(f, "the database failed: {error}"),
        }
    }
}

impl std::error::Error for ImportError {}

/// Imports a file and reports every row in its order. It blocks, and must not be called on an async thread.
pub fn run(
    db: &Db,
    now: Timestamp,
    mut file: impl Read + Seek,
    options: Options,
    report: &mut dyn FnMut(RowReport),
) -> Result<Summary, ImportError> {
    let encoding = encoding(&mut file)?;
    let mut records = Records::new(pieces(file), 0, 1);
    let first = records.next().map_err(ImportError::Database)?.and_then(|record| record.fields);
    let first = first.unwrap_or_default().into_iter().map(|name| encoding.decode(&name)).collect();
    let header = header(first)?;
    let mut summary = Summary { unknown_columns: header.unknown(), ..Summary::default() };
    let schools = SchoolBook::default();
    let reader = RowReader { header: &header, encoding, schools: &schools, school: None };
    let mut known = Known::new();
    let mut piece = Vec::with_capacity(PIECE);
    while let Some(record) = records.next().map_err(ImportError::Database)? {
        piece.push(line(reader.read(record)));
        if piece.len() == PIECE {
            let rows = take(db, now, &header, std::mem::take(&mut piece), options, &mut known)?;
            summary.add(rows, report);
        }
    }
    summary.add(take(db, now, &header, piece, options, &mut known)?, report);
    log::info!("{}", summary.words(options));
    Ok(summary)
}

/// The letters of a file: it is read twice, and never held whole.
fn encoding(file: &mut (impl Read + Seek)) -> Result<Encoding, ImportError> {
    let (mut buffer, mut check, mut is_first) = (vec![0; PART], Utf8Check::default(), true);
    loop {
        let read = file.read(&mut buffer).map_err(ImportError::Read)?;
        let piece = buffer.get(..read).unwrap_or_default();
        if std::mem::take(&mut is_first) {
            if is_utf16(piece) {
                let words = "the file is in UTF-16: save it as CSV in UTF-8 or Windows-1252";
                return Err(ImportError::Form(words.to_owned()));
            }
            let mark = if piece.starts_with(MARK) { MARK.len() } else { 0 };
            check.add(piece.get(mark..).unwrap_or_default());
        } else {
            check.add(piece);
        }
        if read == 0 {
            break;
        }
    }
    file.seek(SeekFrom::Start(0)).map_err(ImportError::Read)?;
    Ok(if check.is_utf8() { Encoding::Utf8 } else { Encoding::Windows1252 })
}

/// The file piece by piece, without the mark at its beginning.
fn pieces(mut file: impl Read) -> impl FnMut() -> ApiResult<Option<Vec<u8>>> {
    let mut is_first = true;
    move || {
        let mut piece = vec![0; PART];
        let read = file.read(&mut piece).map_err(|error| ApiError::internal(error.to_string()))?;
        piece.truncate(read);
        if std::mem::take(&mut is_first) && piece.starts_with(MARK) {
            piece.drain(..MARK.len());
        }
        Ok((read > 0).then_some(piece))
    }
}

fn header(names: Vec<String>) -> Result<Header, ImportError> {
    let map =
        Map::named("establishments").ok_or_else(|| ImportError::Form("no map of the register".to_owned()))?;
    Header::read(map, names, false).map_err(|faults| {
        let words: Vec<String> = faults.into_iter().map(|fault| fault.detail).collect();
        ImportError::Form(format!("{}: is it the register's own file?", words.join("; ")))
    })
}

/// A row of the file with its URN.
#[derive(Clone, Debug)]
struct Line {
    urn: Result<i32, Vec<Problem>>,
    wanted: Wanted,
}

/// The lines on which the URNs that were taken stand.
type Known = HashMap<i32, i64>;

/// Reads a row's URN.
fn line(wanted: Wanted) -> Line {
    let urn = wanted.value.pointer("/urn").and_then(Value::as_i64).and_then(|urn| i32::try_from(urn).ok());
    let problem = |fault: &super::rows::Fault| Problem {
        column: fault.column.clone().unwrap_or_default(),
        detail: fault.detail.clone(),
    };
    let urn = urn.ok_or_else(|| wanted.faults.iter().map(problem).collect());
    Line { urn, wanted }
}

/// Refuses a URN that stood on an earlier line which was taken: which of the two is right, nobody knows. Where the
/// earlier one was refused for another fault, this is the only one.
fn repeated(known: &Known, urn: i32) -> Option<Outcome> {
    let earlier = known.get(&urn)?;
    let detail = format!("stands on line {earlier} already");
    Some(Outcome::Refused(vec![Problem { column: "urn".to_owned(), detail }]))
}

fn take(
    db: &Db,
    now: Timestamp,
    header: &Header,
    piece: Vec<Line>,
    options: Options,
    known: &mut Known,
) -> Result<Vec<RowReport>, ImportError> {
    let (header, before) = (header.clone(), std::mem::take(known));
    let work = move |conn: &mut Conn| {
        let mut known = before;
        let rows = store_piece(conn, now, &header, &piece, options, &mut known)?;
        Ok((rows, known))
    };
    let done = if options.dry_run { db.read_now(None, work) } else { db.write_now(None, work) };
    let (rows, after) = done.map_err(ImportError::Database)?;
    *known = after;
    Ok(rows)
}

fn store_piece(
    conn: &mut Conn,
    now: Timestamp,
    header: &Header,
    piece: &[Line],
    options: Options,
    known: &mut Known,
) -> ApiResult<Vec<RowReport>> {
    let urns: Vec<i32> = piece.iter().filter_map(|line| line.urn.as_ref().ok().copied()).collect();
    let stored: HashMap<i32, EstablishmentRow> =
        establishments::in_register_all(conn, &urns)?.into_iter().map(|row| (row.urn, row)).collect();
    let mut changed = Vec::new();
    let mut reports = Vec::with_capacity(piece.len());
    for line in piece {
        let (urn, outcome) = match &line.urn {
            Ok(urn) => {
                let judged = || judge(header, *urn, &line.wanted, stored.get(urn), now, &mut changed);
                let outcome = repeated(known, *urn).unwrap_or_else(judged);
                if !matches!(outcome, Outcome::Refused(_)) {
                    known.insert(*urn, line.wanted.line);
                }
                (Some(*urn), outcome)
            }
            Err(problems) => (None, Outcome::Refused(problems.clone())),
        };
        reports.push(RowReport { line: line.wanted.line, urn, outcome });
    }
    if !options.dry_run {
        establishments::store_all(conn, &changed)?;
    }
    Ok(reports)
}

fn judge(
    header: &Header,
    urn: i32,
    wanted: &Wanted,
    old: Option<&EstablishmentRow>,
    now: Timestamp,
    changed: &mut Vec<EstablishmentRow>,
) -> Outcome {
    let outcome = if old.is_some() { Outcome::Changed } else { Outcome::Added };
    match apply(header, urn, wanted, old, now) {
        Err(problems) => Outcome::Refused(problems),
        Ok(row) if old == Some(&row) => Outcome::Unchanged,
        Ok(row) => {
            changed.push(EstablishmentRow { updated_at: now, ..row });
            outcome
        }
    }
}

/// What the register holds after a row: the old values, and those of the columns that the file has.
fn apply(
    header: &Header,
    urn: i32,
    wanted: &Wanted,
    old: Option<&EstablishmentRow>,
    now: Timestamp,
) -> Result<EstablishmentRow, Vec<Problem>> {
    let mut row = old.cloned().unwrap_or_else(|| EstablishmentRow::blank(urn, now));
    let column = |pointer: &str| header.column_of(pointer).unwrap_or_default().to_owned();
    let mut problems: Vec<Problem> = wanted
        .faults
        .iter()
        .map(|fault| Problem {
            column: fault.column.clone().unwrap_or_default(),
            detail: fault.detail.clone(),
        })
        .collect();
    for (name, value) in wanted.value.as_object().into_iter().flatten() {
        if let Err(detail) = set(&mut row, name, value) {
            problems.push(Problem { column: column(&format!("/{name}")), detail });
        }
    }
    if row.name.is_empty() && problems.is_empty() {
        problems
            .push(Problem { column: "name".to_owned(), detail: "a new establishment needs one".to_owned() });
    }
    if problems.is_empty() { Ok(row) } else { Err(problems) }
}

fn set(row: &mut EstablishmentRow, field: &str, value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    match field {
        "name" => {
            row.name = Name::<200>::new(text)?.into_string();
            row.name_folded = fold(&row.name);
        }
        "la_code" => row.la_code = words(text)?,
        "la_name" => row.la_name = words(text)?,
        "establishment_number" => row.establishment_number = words(text)?,
        "type_name" => row.type_name = words(text)?,
        "status_name" => row.status_name = words(text)?,
        "phase_name" => row.phase_name = words(text)?,
        "open_date" => row.open_date = Date::parse(text),
        "close_date" => row.close_date = Date::parse(text),
        "statutory_low_age" => row.statutory_low_age = age(value)?,
        "statutory_high_age" => row.statutory_high_age = age(value)?,
        "ukprn" => row.ukprn = words(text)?,
        "street" => row.street = words(text)?,
        "town" => row.town = words(text)?,
        "postcode" => row.postcode = establishments::postcode(text)?,
        _ => {}
    }
    Ok(())
}

fn words(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() { Ok(None) } else { Name::<200>::new(text).map(|name| Some(name.into_string())) }
}

fn age(value: &Value) -> Result<Option<i16>, String> {
    let Some(age) = value.as_i64() else { return Ok(None) };
    i16::try_from(age)
        .ok()
        .filter(|age| (0..=120).contains(age))
        .map(Some)
        .ok_or_else(|| "an age in years is expected".to_owned())
}

#[cfg(test)]
mod tests;
