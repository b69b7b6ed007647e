//! `tutela import establishments`: what is told of each row, and which files are refused before anything is stored.

use std::path::{Path, PathBuf};

use super::program::{Finished, Program};
use crate::on_both;
use crate::support::{Backend, Database};

struct Register {
    database: Database,
    folder: tempfile::TempDir,
}

impl Register {
    fn new(backend: Backend) -> Self {
        Self { database: Database::migrated(backend), folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    }

    fn import(&self, file: &Path, more: &[&str]) -> Finished {
        let args = [&["import", "establishments", file.to_str().unwrap()], more].concat();
        Program::new(&args).over(&self.database.target).run()
    }

    /// What a second run of the same rows finds: how many are there already.
    fn is_empty(&self) -> bool {
        let probe = self
            .file("probe.csv", "urn,town\n199901,Example Town\n199902,Example Town\n199903,Example Town\n");
        self.import(&probe, &["--dry-run"]).part().contains("3 refused")
    }
}

/// The register's file of links: it has URNs and names too.
const LINKS: &str = "URN,Group UID,Group ID,Group Name,Group Type,Closed Date,Open date,Joined date,EstablishmentName\n\
    199901,2044,TR00001,TRUST A,Multi-academy trust,,19/07/2010,01/12/2010,Another Name\n";

on_both! {
    fn the_report_names_each_line_of_the_file(backend) {
        let register = Register::new(backend);
        let file = register.file("file.csv", "urn,name,open_date\n199901,One,\n\n199902,\"Two, and a\nbreak\",\nx,Three,\n\
            199903,\"Four\",31-02-2020\n199903,Five,01-09-2020\n199904,Six\n199901,Seven,\n");
        let report = register.folder.path().join("report.csv");
        let told = register.import(&file, &["--report", report.to_str().unwrap()]);
        assert!(told.part().contains("7 rows, 2 added") && told.err.lines().count() == 1, "{told:?}");
        let rows = std::fs::read_to_string(&report).unwrap();
        for (row, begin) in rows.lines().zip([
            "line,urn,outcome,reasons", "2,199901,added,", "4,199902,refused,\"name: ", "6,,refused,urn: ",
            "7,199903,refused,open_date: ", "8,199903,added,", "9,,refused,\"the row has 2 fields",
            "10,199901,refused,urn: stands on line 2 already",
        ]) {
            assert!(row.starts_with(begin), "{begin}: {rows}");
        }
        // Without a report the refused rows are told where errors are.
        let told = register.import(&file, &["--dry-run"]);
        assert!(told.err.contains("line 7, URN 199903: refused: open_date: "), "{}", told.err);
        assert!(told.err.contains("line 9: refused: the row has 2 fields, the header 3"), "{}", told.err);
    }

    fn a_file_of_another_kind_is_refused_by_its_column_before_anything_is_stored(backend) {
        let register = Register::new(backend);
        for (text, column) in [
            (LINKS, "\"Group UID\""),
            ("name,town\nExample,Example Town\n", "\"URN\""),
            ("urn;name\n199901;One\n", "\"URN\""),
            ("urn,name,EstablishmentName\n199901,One,Two\n", "\"EstablishmentName\""),
            ("urn,name,Password\n199901,One,x\n", "\"Password\""),
        ] {
            let file = register.file("other.csv", text);
            let refused = register.import(&file, &[]);
            let line = refused.complaint(1);
            assert!(line.contains(column) && line.contains("other.csv"), "{line}");
        }
        assert!(register.is_empty());
    }

    fn a_dry_run_tells_the_same_and_stores_nothing(backend) {
        let register = Register::new(backend);
        let file = register.file("file.csv", "urn,name\n199901,One\n199902,Two\n");
        assert!(register.import(&file, &["--dry-run"]).done().contains("2 added"));
        assert!(register.is_empty());
        assert!(register.import(&file, &[]).done().contains("2 added"));
        assert!(register.import(&file, &[]).done().contains("2 unchanged"));
        assert!(!register.is_empty());
    }
}

#[test]
fn a_report_is_not_written_over_what_is_imported() {
    let register = Register::new(Backend::Sqlite);
    let text = "urn,name\n199901,One\n";
    let file = register.file("file.csv", text);
    let same = register.folder.path().join(".").join("file.csv");
    let refused = register.import(&file, &["--report", same.to_str().unwrap()]);
    assert!(refused.complaint(2).contains("--report"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert!(register.import(&file, &["--report", "none/such.csv"]).complaint(2).contains("none/such.csv"));
    assert!(register.is_empty());
}
