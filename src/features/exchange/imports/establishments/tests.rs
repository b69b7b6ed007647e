//! Imports of small files into an embedded database.

use super::*;
use crate::clock::Date;
use crate::db::{Sizing, Target, migrate};

const EXTRACT: &str = "urn,name,open_date,town,postcode\n\
    199001,Harbour View Academy,01-09-2014,Ipswich,IP1 1AA\n\
    199002,\"Oak Lane, Church of England Primary School\",,Aylesbury,hp20 1aa\n";

struct Register {
    db: Db,
    _folder: tempfile::TempDir,
}

impl Register {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Sqlite(folder.path().join("register.db"));
        migrate::run(&target, None).unwrap();
        let db = Db::open(&target, Sizing { connections: 1, ..Sizing::default() }).unwrap();
        Self { db, _folder: folder }
    }

    fn import(&self, file: &[u8], dry_run: bool) -> (Summary, Vec<RowReport>) {
        let mut reports = Vec::new();
        let now = Timestamp::from_micros(1_763_000_000_000_000);
        let summary =
            run(&self.db, now, std::io::Cursor::new(file), Options { dry_run }, &mut |row| reports.push(row))
                .unwrap();
        (summary, reports)
    }

    fn row(&self, urn: i32) -> Option<EstablishmentRow> {
        self.db.read_now(None, move |conn| establishments::in_register(conn, urn)).unwrap()
    }
}

fn refused(column: &str, report: &RowReport) -> bool {
    matches!(&report.outcome, Outcome::Refused(problems) if problems.len() == 1 && problems[0].column == column)
}

#[test]
fn the_extract_goes_in_once() {
    let register = Register::new();
    let (first, _) = register.import(EXTRACT.as_bytes(), false);
    assert_eq!((first.rows, first.added), (2, 2));
    let row = register.row(199_002).unwrap();
    assert_eq!(row.name, "Oak Lane, Church of England Primary School");
    assert_eq!((row.open_date, row.postcode.as_deref()), (None, Some("HP20 1AA")));
    let (second, reports) = register.import(EXTRACT.as_bytes(), false);
    assert_eq!((second.rows, second.unchanged), (2, 2));
    assert_eq!(reports[1], RowReport { line: 3, urn: Some(199_002), outcome: Outcome::Unchanged });
}

#[test]
fn a_dry_run_reports_the_same_and_stores_nothing() {
    let register = Register::new();
    let rehearsed = register.import(EXTRACT.as_bytes(), true);
    assert_eq!(register.row(199_001), None);
    assert_eq!(register.import(EXTRACT.as_bytes(), false), rehearsed);
}

#[test]
fn the_full_download_in_windows_letters_fills_what_the_extract_left_open() {
    let register = Register::new();
    register.import(EXTRACT.as_bytes(), false);
    let full = b"URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,PhaseOfEducation (name),OpenDate,Telephone\r\n\
        199001,935,Suffolk,4999,Zo\xeb\x92s Academy,Secondary,01/09/2015,01234\r\n";
    let (summary, _) = register.import(full, false);
    assert_eq!((summary.changed, summary.unknown_columns), (1, 1));
    let row = register.row(199_001).unwrap();
    assert_eq!((row.name.as_str(), row.name_folded.as_str()), ("Zoë’s Academy", "zoe’s academy"));
    assert_eq!(row.la_code.as_deref(), Some("935"));
    assert_eq!(row.open_date, Date::ymd(2015, 9, 1));
    assert_eq!(row.town.as_deref(), Some("Ipswich"), "a column that the file has not stays");
}

#[test]
fn an_empty_value_of_a_column_in_the_file_clears() {
    let register = Register::new();
    register.import(EXTRACT.as_bytes(), false);
    register.import(b"\xef\xbb\xbfURN,Town\n199001,\n", false);
    let row = register.row(199_001).unwrap();
    assert_eq!((row.town, row.postcode.as_deref()), (None, Some("IP1 1AA")));
}

#[test]
fn a_bad_row_is_named_and_the_others_go_in() {
    let register = Register::new();
    let file = "urn,name,open_date,town,postcode\n\
        19900,Short Number,,,\n\
        199003,,,,\n\
        199004,Bad Date,31-02-2020,,\n\
        199005,Good School,,,\n\
        199005,Good School Again,,,\n\
        199006,Too Few\n";
    let (summary, reports) = register.import(file.as_bytes(), false);
    assert_eq!((summary.rows, summary.added, summary.refused), (6, 1, 5));
    let columns = ["urn", "name", "open_date", "added", "urn", ""];
    for (report, column) in reports.iter().zip(columns).filter(|(_, column)| *column != "added") {
        assert!(refused(column, report), "{report:?}");
    }
    assert_eq!(reports[2].line, 4);
    assert_eq!(register.row(199_005).unwrap().name, "Good School");
    assert_eq!(register.row(199_004), None);
}

#[test]
fn a_number_that_stood_on_a_refused_line_is_still_to_be_had() {
    let register = Register::new();
    let file = "urn,name,open_date\n199004,Bad Date,31-02-2020\n199004,Good Date,01-02-2020\n199004,Third,\n";
    let (summary, reports) = register.import(file.as_bytes(), false);
    assert_eq!((summary.added, summary.refused), (1, 2));
    assert!(refused("open_date", &reports[0]) && refused("urn", &reports[2]));
    assert_eq!((reports[1].line, &reports[1].outcome), (3, &Outcome::Added));
    assert_eq!(register.row(199_004).unwrap().name, "Good Date");
}

#[test]
fn a_new_row_of_a_file_without_names_is_refused() {
    let (summary, reports) = Register::new().import(b"urn,town\n199001,Ipswich\n", false);
    assert_eq!(summary.refused, 1);
    assert!(refused("name", &reports[0]));
}

#[test]
fn more_rows_than_one_piece_go_in_and_stay_single() {
    let register = Register::new();
    let mut file = String::from("urn,name\n");
    for urn in 199_000..200_234 {
        file.push_str(&format!("{urn},School {urn}\n"));
    }
    assert_eq!(register.import(file.as_bytes(), false).0.added, 1234);
    assert_eq!(register.import(file.as_bytes(), false).0.unchanged, 1234);
}

#[test]
fn a_file_that_is_not_the_registers_is_refused_in_words() {
    let register = Register::new();
    let now = Timestamp::from_micros(0);
    for file in ["", "a,b\n1,2\n", "name\nx\n"] {
        let error =
            run(&register.db, now, std::io::Cursor::new(file), Options::default(), &mut |_| {}).unwrap_err();
        assert!(matches!(error, ImportError::Form(_)), "{error}");
    }
}
