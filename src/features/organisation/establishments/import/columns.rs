//! The columns of the register's files, and how each value is read.

use csv::StringRecord;

use super::super::dto::Postcode;
use super::super::store::EstablishmentRow;
use crate::clock::{Date, Timestamp};
use crate::db::portable::fold;
use crate::text::Name;

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The column, as the file spells it.
    pub column: String,
    /// The fault in words; it does not repeat the value.
    pub detail: String,
}

/// A column that is kept here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Urn,
    Name,
    LaCode,
    LaName,
    EstablishmentNumber,
    TypeName,
    StatusName,
    PhaseName,
    OpenDate,
    CloseDate,
    LowAge,
    HighAge,
    Ukprn,
    Street,
    Town,
    Postcode,
}

/// The names that columns have in the full download and in the extract, in small letters.
const NAMES: &[(&str, Column)] = &[
    ("urn", Column::Urn),
    ("establishmentname", Column::Name),
    ("name", Column::Name),
    ("la (code)", Column::LaCode),
    ("la (name)", Column::LaName),
    ("establishmentnumber", Column::EstablishmentNumber),
    ("typeofestablishment (name)", Column::TypeName),
    ("establishmentstatus (name)", Column::StatusName),
    ("phaseofeducation (name)", Column::PhaseName),
    ("opendate", Column::OpenDate),
    ("open_date", Column::OpenDate),
    ("closedate", Column::CloseDate),
    ("statutorylowage", Column::LowAge),
    ("statutoryhighage", Column::HighAge),
    ("ukprn", Column::Ukprn),
    ("street", Column::Street),
    ("town", Column::Town),
    ("postcode", Column::Postcode),
];

/// What each field of a row is.
#[derive(Clone, Debug)]
pub struct Header {
    spelled: Vec<String>,
    /// The kept columns and where they stand.
    columns: Vec<(usize, Column)>,
    urn_at: usize,
}

impl Header {
    /// Reads the header line, in any order and any letter case.
    pub fn read(record: &StringRecord) -> Result<Self, String> {
        let spelled: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
        let mut columns: Vec<(usize, Column)> = Vec::new();
        for (at, name) in spelled.iter().enumerate() {
            let small = name.to_lowercase();
            let Some((_, column)) = NAMES.iter().find(|(known, _)| *known == small) else { continue };
            if columns.iter().any(|(_, other)| other == column) {
                return Err(format!("the file has two columns for the same thing: the second is {name:?}"));
            }
            columns.push((at, *column));
        }
        let urn_at = columns.iter().find(|(_, column)| *column == Column::Urn).map(|(at, _)| *at);
        let urn_at = urn_at.ok_or("the first line names no column URN: is it the register's own file?")?;
        if columns.len() == 1 {
            return Err("the file has no column beside URN that is kept here".to_owned());
        }
        columns.retain(|(_, column)| *column != Column::Urn);
        Ok(Self { spelled, columns, urn_at })
    }

    /// How many columns of the file are not kept here.
    pub fn unknown(&self) -> usize {
        self.spelled.len() - self.columns.len() - 1
    }

    /// A row's URN.
    pub fn urn(&self, record: &StringRecord) -> Result<i32, Problem> {
        let text = record.get(self.urn_at).unwrap_or_default().trim();
        let plain = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        text.parse()
            .ok()
            .filter(|_| plain)
            .ok_or_else(|| self.problem(self.urn_at, "is no URN: six digits are expected"))
    }

    /// The problem of a URN that stood on an earlier line.
    pub fn repeated(&self, earlier: u64) -> Problem {
        self.problem(self.urn_at, &format!("stands on line {earlier} already"))
    }

    /// What the register holds after a row: the old values, and those of the columns that the file has.
    pub fn apply(
        &self,
        urn: i32,
        record: &StringRecord,
        old: Option<&EstablishmentRow>,
        now: Timestamp,
    ) -> Result<EstablishmentRow, Vec<Problem>> {
        if record.len() != self.spelled.len() {
            let words = format!("the row has {} fields, the header {}", record.len(), self.spelled.len());
            return Err(vec![self.problem(self.urn_at, &words)]);
        }
        let mut row = old.cloned().unwrap_or_else(|| blank(urn, now));
        let mut problems = Vec::new();
        for (at, column) in &self.columns {
            let value = record.get(*at).unwrap_or_default().trim();
            if let Err(words) = set(&mut row, *column, value) {
                problems.push(self.problem(*at, &words));
            }
        }
        if row.name.is_empty() && problems.is_empty() {
            problems.push(Problem {
                column: "name".to_owned(),
                detail: "a new establishment needs one".to_owned(),
            });
        }
        if problems.is_empty() { Ok(row) } else { Err(problems) }
    }

    fn problem(&self, at: usize, words: &str) -> Problem {
        Problem { column: self.spelled.get(at).cloned().unwrap_or_default(), detail: words.to_owned() }
    }
}

const fn blank(urn: i32, now: Timestamp) -> EstablishmentRow {
    EstablishmentRow {
        urn,
        name: String::new(),
        name_folded: String::new(),
        la_code: None,
        la_name: None,
        establishment_number: None,
        type_name: None,
        status_name: None,
        phase_name: None,
        open_date: None,
        close_date: None,
        statutory_low_age: None,
        statutory_high_age: None,
        ukprn: None,
        street: None,
        town: None,
        postcode: None,
        updated_at: now,
    }
}

fn set(row: &mut EstablishmentRow, column: Column, text: &str) -> Result<(), String> {
    match column {
        Column::Urn => {}
        Column::Name => {
            row.name = Name::<200>::new(text)?.into_string();
            row.name_folded = fold(&row.name);
        }
        Column::LaCode => row.la_code = digits(text, 3)?,
        Column::LaName => row.la_name = words(text)?,
        Column::EstablishmentNumber => row.establishment_number = digits(text, 4)?,
        Column::TypeName => row.type_name = words(text)?,
        Column::StatusName => row.status_name = words(text)?,
        Column::PhaseName => row.phase_name = words(text)?,
        Column::OpenDate => row.open_date = date(text)?,
        Column::CloseDate => row.close_date = date(text)?,
        Column::LowAge => row.statutory_low_age = age(text)?,
        Column::HighAge => row.statutory_high_age = age(text)?,
        Column::Ukprn => row.ukprn = digits(text, 8)?,
        Column::Street => row.street = words(text)?,
        Column::Town => row.town = words(text)?,
        Column::Postcode => row.postcode = postcode(text)?,
    }
    Ok(())
}

fn words(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() { Ok(None) } else { Name::<200>::new(text).map(|name| Some(name.into_string())) }
}

/// A number of so many digits; a spreadsheet may have cut the zeros at its beginning.
fn digits(text: &str, length: usize) -> Result<Option<String>, String> {
    match text {
        "" => Ok(None),
        _ if text.len() <= length && text.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(Some(format!("{text:0>length$}")))
        }
        _ => Err(format!("at most {length} digits are expected")),
    }
}

fn age(text: &str) -> Result<Option<i16>, String> {
    match text.parse::<i16>() {
        _ if text.is_empty() => Ok(None),
        Ok(age) if (0..=120).contains(&age) => Ok(Some(age)),
        _ => Err("an age in years is expected".to_owned()),
    }
}

/// The register's spelling where it is a postcode; other words stay as they are.
fn postcode(text: &str) -> Result<Option<String>, String> {
    match Postcode::parse(text) {
        Some(Postcode::Whole(postcode)) => Ok(Some(postcode)),
        _ if text.is_empty() => Ok(None),
        _ => Name::<20>::new(text).map(|name| Some(name.into_string())),
    }
}

/// DD-MM-YYYY, DD/MM/YYYY, or YYYY-MM-DD.
fn date(text: &str) -> Result<Option<Date>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let iso = match parts.as_slice() {
        [day, month, year] if year.len() == 4 => format!("{year}-{month}-{day}"),
        _ => text.to_owned(),
    };
    Date::parse(&iso)
        .map(Some)
        .ok_or_else(|| "is no date: DD-MM-YYYY within 1900 to 2100 is expected".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_in_three_spellings() {
        for text in ["01-09-2014", "01/09/2014", "2014-09-01"] {
            assert_eq!(date(text), Ok(Date::ymd(2014, 9, 1)), "{text}");
        }
        assert_eq!(date(""), Ok(None));
        for wrong in ["31-02-2014", "1-9-2014", "09-2014", "01-09-14", "01-09-1899", "today", "2014/09/01"] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_get_back_their_zeros() {
        assert_eq!(digits("51", 4), Ok(Some("0051".to_owned())));
        assert_eq!(digits("", 4), Ok(None));
        assert!(digits("12345", 4).is_err() && digits("1a", 4).is_err());
    }

    #[test]
    fn a_header_is_read_in_any_order_and_case() {
        let header =
            Header::read(&StringRecord::from(vec!["TOWN", "x", " Urn ", "EstablishmentName"])).unwrap();
        assert_eq!(header.unknown(), 1);
        assert_eq!(header.urn(&StringRecord::from(vec!["", "", "199001", ""])), Ok(199_001));
        for wrong in [vec!["name"], vec!["urn"], vec!["urn", "name", "EstablishmentName"]] {
            assert!(Header::read(&StringRecord::from(wrong)).is_err());
        }
    }
}
