//! `tutela key`: master keys.

use std::path::PathBuf;

use super::{Outcome, print};
use crate::crypto::{MasterKeys, create_master_key_file};

/// What to do with keys.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a new master key file; an existing file is never overwritten
    New {
        /// Where to write it
        file: PathBuf,
    },
}

/// Runs the command.
pub fn run(command: &Command) -> Outcome {
    let Command::New { file } = command;
    create_master_key_file(file)?;
    let name = MasterKeys::load(file)?.current().name().to_owned();
    print(&format!(
        "Master key {name} is in {}. Keep a copy where the database's backups are not: without it nothing can be read.\n",
        file.display()
    ))
}
