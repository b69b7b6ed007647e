//! `tutela import`: bulk data from files.

use std::fs::File;
use std::path::PathBuf;

use super::{Failure, Outcome, print, serve};
use crate::config::Store;
use crate::features::exchange::imports::establishments as import;

/// What to import.
#[derive(clap::Subcommand)]
pub enum Command {
    /// The national register of establishments (GIAS): the full download or the five-column extract, as CSV
    Establishments(Establishments),
}

/// Settings of the register's import.
#[derive(clap::Args)]
pub struct Establishments {
    #[command(flatten)]
    store: Store,
    /// The file
    file: PathBuf,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Write a report with a line a row to this file, as CSV
    #[arg(long)]
    report: Option<PathBuf>,
}

/// Runs the command.
pub fn run(command: &Command) -> Outcome {
    let Command::Establishments(args) = command;
    let services = serve::open(&args.store, "cli")?;
    let file = File::open(&args.file).map_err(|error| format!("{}: {error}", args.file.display()))?;
    let mut report = Report::open(args.report.as_ref())?;
    let options = import::Options { dry_run: args.dry_run };
    let summary = import::run(&services.db, services.clock.now(), file, options, &mut |row| report.add(&row))
        .map_err(|error| Failure::Work(error.to_string()))?;
    report.close()?;
    print(&format!("{}\n", summary.words(options)))
}

/// The report file, or refused rows on standard error where there is none.
struct Report {
    file: Option<csv::Writer<File>>,
    fault: Option<String>,
}

impl Report {
    fn open(path: Option<&PathBuf>) -> Result<Self, Failure> {
        let file = path
            .map(|path| csv::Writer::from_path(path).map_err(|error| format!("{}: {error}", path.display())))
            .transpose()?;
        Ok(Self { file, fault: None })
    }

    fn add(&mut self, row: &import::RowReport) {
        match &mut self.file {
            Some(file) => {
                if let Err(error) = file.write_record(row.fields()) {
                    self.fault.get_or_insert_with(|| error.to_string());
                }
            }
            None if row.is_refused() => eprintln!("{}", row.fields().join(": ")),
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
