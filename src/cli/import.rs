//! `tutela import`: bulk data from files.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::{Failure, Outcome, print, serve};
use crate::config::Store;
use crate::features::exchange::imports::establishments as import;

/// What to import.
#[derive(clap::Subcommand)]
pub enum Command {
    /// The national register of establishments (GIAS): the full download or the five-column extract, as CSV; exit code
    /// 3 where rows were refused
    Establishments(Establishments),
}

/// Settings of the register's import.
#[derive(clap::Args)]
pub struct Establishments {
    #[command(flatten)]
    store: Store,
    /// The file: CSV, in UTF-8 or Windows-1252, with the register's own column names
    file: PathBuf,
    /// Say what would happen, and change nothing in the register
    #[arg(long)]
    dry_run: bool,
    /// Write a report to this file, as CSV: the line of each row (the header is line 1), its URN, what became of it,
    /// and why it was refused (without this, refused rows are named on standard error)
    #[arg(long)]
    report: Option<PathBuf>,
}

/// Runs the command.
pub fn run(command: &Command) -> Outcome {
    let Command::Establishments(args) = command;
    let named = |error: std::io::Error| format!("{}: {error}", args.file.display());
    let file = File::open(&args.file).map_err(named)?;
    if file.metadata().map_err(named)?.is_dir() {
        return Err(Failure::Setting(format!("{} is a folder, a file is expected", args.file.display())));
    }
    let services = serve::open(&args.store, "cli")?;
    let mut report = Report::open(args.report.as_deref(), &args.file)?;
    let options = import::Options { dry_run: args.dry_run };
    let summary = import::run(&services.db, services.clock.now(), file, options, &mut |row| report.add(&row))
        .map_err(|error| Failure::Work(format!("{}: {error}", args.file.display())))?;
    report.close()?;
    print(&format!("{}\n", summary.words(options)))?;
    match summary.refused {
        0 => Ok(()),
        refused => Err(Failure::Part(format!("{}: {refused} rows were refused", args.file.display()))),
    }
}

/// The report file, or refused rows on standard error where there is none.
struct Report {
    file: Option<csv::Writer<File>>,
    fault: Option<String>,
}

impl Report {
    /// Begins the report, which must not be written over what is read.
    fn open(path: Option<&Path>, source: &Path) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self { file: None, fault: None }) };
        let wrong = |words: String| Failure::Setting(format!("--report: {}: {words}", path.display()));
        if path.canonicalize().is_ok_and(|path| source.canonicalize().is_ok_and(|source| source == path)) {
            return Err(wrong("this is the file that is imported".to_owned()));
        }
        let mut file = csv::Writer::from_path(path).map_err(|error| wrong(error.to_string()))?;
        file.write_record(import::RowReport::COLUMNS).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { file: Some(file), fault: None })
    }

    fn add(&mut self, row: &import::RowReport) {
        match &mut self.file {
            Some(file) => {
                if let Err(error) = file.write_record(row.fields()) {
                    self.fault.get_or_insert_with(|| error.to_string());
                }
            }
            None if row.is_refused() => eprintln!("{row}"),
            None => {}
        }
    }

    fn close(self) -> Outcome {
        if let Some(mut file) = self.file {
            file.flush().map_err(|error| Failure::Work(error.to_string()))?;
        }
        self.fault
            .map_or(Ok(()), |fault| Err(Failure::Work(format!("the report could not be written: {fault}"))))
    }
}
