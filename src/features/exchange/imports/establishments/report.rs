//! What an import says: a report of each row, and the counts.

use std::fmt;

use super::Options;

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The column, as the file spells it; empty where the fault is the whole row's.
    pub column: String,
    /// The fault in words; it does not repeat the value.
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.column.is_empty() {
            f.write_str(&self.detail)
        } else {
            write!(f, "{}: {}", self.column, self.detail)
        }
    }
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
    pub line: i64,
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

    /// The first line of a report file.
    pub const COLUMNS: [&str; 4] = ["line", "urn", "outcome", "reasons"];

    /// Line, URN, outcome and reasons, for a report file.
    pub fn fields(&self) -> [String; 4] {
        let (word, reasons) = match &self.outcome {
            Outcome::Added => ("added", String::new()),
            Outcome::Changed => ("changed", String::new()),
            Outcome::Unchanged => ("unchanged", String::new()),
            Outcome::Refused(problems) => {
                let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
                ("refused", words.join("; "))
            }
        };
        let urn = self.urn.map(|urn| urn.to_string()).unwrap_or_default();
        [self.line.to_string(), urn, word.to_owned(), reasons]
    }
}

impl fmt::Display for RowReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [line, urn, word, reasons] = self.fields();
        let urn = if urn.is_empty() { urn } else { format!(", URN {urn}") };
        write!(f, "line {line}{urn}: {word}: {reasons}")
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

impl Summary {
    pub(super) fn add(&mut self, rows: Vec<RowReport>, report: &mut dyn FnMut(RowReport)) {
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
