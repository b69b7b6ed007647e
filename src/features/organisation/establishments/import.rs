//! Loads the national register from a file: the full download, or the five-column extract.
//!
//! Rows are matched by URN. A column that the file does not have leaves the stored values alone, an empty value of a
//! column that it has clears them; columns that the register here does not keep are passed over. A row that cannot be
//! taken is reported and left out, and the others go in: 500 at a time, each piece in one transaction. A dry run reads,
//! compares and reports the same, and stores nothing.
//!
//! Establishments belong to no trust, so there is no trust's audit log to write to: the log of the server holds one
//! line with the counts instead.

mod columns;
mod text;

use std::collections::HashMap;
use std::fmt;
use std::io::Read;

use csv::StringRecord;

use self::columns::{Header, Problem};
use super::store::{self, EstablishmentRow};
use crate::clock::Timestamp;
use crate::db::{Conn, Db};
use crate::error::{ApiError, ApiResult};

/// How many rows one transaction takes.
const PIECE: usize = 500;

/// How to import.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Store nothing.
    pub dry_run: bool,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The register did not have it.
    Added,
    /// The register had it with other values.
    Changed,
    /// The register had it with the same values.
    Unchanged,
    /// It was left out, for these reasons.
    Refused(Vec<Problem>),
}

/// The report of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    /// The line of the file on which the row begins; the header is line 1.
    pub line: u64,
    /// Its URN, where it could be read.
    pub urn: Option<i32>,
    /// What became of it.
    pub outcome: Outcome,
}

impl RowReport {
    /// Whether the row was left out.
    pub const fn is_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Refused(_))
    }

    /// Line, URN, outcome and reasons, for a report file.
    pub fn fields(&self) -> [String; 4] {
        let (word, reasons) = match &self.outcome {
            Outcome::Added => ("added", String::new()),
            Outcome::Changed => ("changed", String::new()),
            Outcome::Unchanged => ("unchanged", String::new()),
            Outcome::Refused(problems) => {
                let words: Vec<String> =
                    problems.iter().map(|p| format!("{} {}", p.column, p.detail)).collect();
                ("refused", words.join("; "))
            }
        };
        let urn = self.urn.map(|urn| urn.to_string()).unwrap_or_default();
        [self.line.to_string(), urn, word.to_owned(), reasons]
    }
}

/// The counts of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows in the file.
    pub rows: u64,
    /// Rows that the register did not have.
    pub added: u64,
    /// Rows that the register had with other values.
    pub changed: u64,
    /// Rows that the register had with the same values.
    pub unchanged: u64,
    /// Rows that were left out.
    pub refused: u64,
    /// Columns of the file that are not kept here.
    pub unknown_columns: usize,
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

/// A row of the file with the line on which it begins.
#[derive(Clone, Debug)]
struct Line {
    number: u64,
    urn: Result<i32, Problem>,
    record: StringRecord,
}

/// Imports a file and reports every row in its order. It blocks, and must not be called on an async thread.
pub fn run(
    db: &Db,
    now: Timestamp,
    mut file: impl Read,
    options: Options,
    report: &mut dyn FnMut(RowReport),
) -> Result<Summary, ImportError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(ImportError::Read)?;
    let text = text::decode(&bytes).map_err(ImportError::Form)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = Header::read(reader.headers().map_err(no_csv)?).map_err(ImportError::Form)?;
    let mut summary = Summary { unknown_columns: header.unknown(), ..Summary::default() };
    let mut known = HashMap::new();
    let mut piece = Vec::with_capacity(PIECE);
    for record in reader.records() {
        piece.push(line(record.map_err(no_csv)?, &header, &mut known));
        if piece.len() == PIECE {
            let rows = take(db, now, &header, std::mem::take(&mut piece), options)?;
            summary.add(rows, report);
        }
    }
    summary.add(take(db, now, &header, piece, options)?, report);
    log::info!("{}", summary.words(options));
    Ok(summary)
}

fn no_csv(error: csv::Error) -> ImportError {
    ImportError::Form(format!("the file is no CSV file: {error}"))
}

/// Reads a row's URN, and refuses one that stood on an earlier line: which of the two is right, nobody knows.
fn line(record: StringRecord, header: &Header, known: &mut HashMap<i32, u64>) -> Line {
    let number = record.position().map_or(0, csv::Position::line);
    let urn = header.urn(&record).and_then(|urn| match known.insert(urn, number) {
        None => Ok(urn),
        Some(earlier) => {
            known.insert(urn, earlier);
            Err(header.repeated(earlier))
        }
    });
    Line { number, urn, record }
}

fn take(
    db: &Db,
    now: Timestamp,
    header: &Header,
    piece: Vec<Line>,
    options: Options,
) -> Result<Vec<RowReport>, ImportError> {
    let header = header.clone();
    let work = move |conn: &mut Conn| store_piece(conn, now, &header, &piece, options);
    let rows = if options.dry_run { db.read_now(None, work) } else { db.write_now(None, work) };
    rows.map_err(ImportError::Database)
}

fn store_piece(
    conn: &mut Conn,
    now: Timestamp,
    header: &Header,
    piece: &[Line],
    options: Options,
) -> ApiResult<Vec<RowReport>> {
    let urns: Vec<i32> = piece.iter().filter_map(|line| line.urn.as_ref().ok().copied()).collect();
    let stored: HashMap<i32, EstablishmentRow> =
        store::find_all(conn, &urns)?.into_iter().map(|row| (row.urn, row)).collect();
    let mut changed = Vec::new();
    let mut reports = Vec::with_capacity(piece.len());
    for line in piece {
        let (urn, outcome) = match &line.urn {
            Ok(urn) => (Some(*urn), judge(header, *urn, &line.record, stored.get(urn), now, &mut changed)),
            Err(problem) => (None, Outcome::Refused(vec![problem.clone()])),
        };
        reports.push(RowReport { line: line.number, urn, outcome });
    }
    if !options.dry_run {
        store::upsert(conn, &changed)?;
    }
    Ok(reports)
}

fn judge(
    header: &Header,
    urn: i32,
    record: &StringRecord,
    old: Option<&EstablishmentRow>,
    now: Timestamp,
    changed: &mut Vec<EstablishmentRow>,
) -> Outcome {
    let outcome = if old.is_some() { Outcome::Changed } else { Outcome::Added };
    match header.apply(urn, record, old, now) {
        Err(problems) => Outcome::Refused(problems),
        Ok(row) if old == Some(&row) => Outcome::Unchanged,
        Ok(row) => {
            changed.push(EstablishmentRow { updated_at: now, ..row });
            outcome
        }
    }
}

impl Summary {
    fn add(&mut self, rows: Vec<RowReport>, report: &mut dyn FnMut(RowReport)) {
        for row in rows {
            self.rows += 1;
            match row.outcome {
                Outcome::Added => self.added += 1,
                Outcome::Changed => self.changed += 1,
                Outcome::Unchanged => self.unchanged += 1,
                Outcome::Refused(_) => self.refused += 1,
            }
            report(row);
        }
    }

    /// The counts in one line.
    pub fn words(&self, options: Options) -> String {
        let stored = if options.dry_run { "nothing stored, it was a dry run" } else { "stored" };
        format!(
            "establishments: {} rows, {} added, {} changed, {} unchanged, {} refused, {} columns passed over; {stored}",
            self.rows, self.added, self.changed, self.unchanged, self.refused, self.unknown_columns
        )
    }
}

#[cfg(test)]
mod tests;
