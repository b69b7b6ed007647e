//! `tutela key`: master keys, and the keys under them.

use std::path::{Path, PathBuf};

use super::{Failure, Outcome, print, serve};
use crate::access::{Services, every_trust};
use crate::clock::Clock;
use crate::config::Store;
use crate::crypto::{MasterKeys, PURPOSES, create_master_key_file};
use crate::error::{ApiError, ApiResult};
use crate::features::organisation::trust;

/// What to do with keys.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a new master key file; an existing file is never overwritten
    New {
        /// Where to write it
        file: PathBuf,
    },
    /// Wrap everything under the first master key of the file, so that the others can be taken out of it; the service
    /// may go on meanwhile
    Rewrap(Store),
    /// Give each trust a new key and put all its records' data keys under it; the service may go on meanwhile
    Rotate(Rotate),
    /// Publish a successor of a signing key, which takes over in a day
    RotateSigning(RotateSigning),
}

/// Settings of the rotation of trusts' keys.
#[derive(clap::Args)]
pub struct Rotate {
    #[command(flatten)]
    store: Store,
    /// Make no new keys: carry on with what an earlier run left
    #[arg(long)]
    carry_on: bool,
}

/// Settings of the rotation of a signing key.
#[derive(clap::Args)]
pub struct RotateSigning {
    #[command(flatten)]
    store: Store,
    /// What it signs
    #[arg(value_parser = PURPOSES)]
    purpose: String,
}

/// Runs the command.
pub fn run(command: &Command) -> Outcome {
    match command {
        Command::New { file } => create(file),
        Command::Rewrap(store) => rewrap(&open(store)?),
        Command::Rotate(args) => rotate(&open(&args.store)?, args.carry_on),
        Command::RotateSigning(args) => rotate_signing(&open(&args.store)?, &args.purpose),
    }
}

fn create(file: &Path) -> Outcome {
    create_master_key_file(file)?;
    let name = MasterKeys::load(file)?.newest().name().to_owned();
    print(&format!(
        "Master key {name} is in {}. Keep a copy where the database's backups are not: without it nothing can be read.\n",
        file.display()
    ))
}

fn open(store: &Store) -> Result<Services, Failure> {
    serve::open(store, "live")
}

fn rewrap(services: &Services) -> Outcome {
    let work = || -> ApiResult<usize> {
        let vault = services.vault.clone();
        let mut rewrapped = services.db.write_now(None, move |conn| vault.rewrap_signing_keys(conn))?;
        for (trust, slug) in services.db.read_now(None, every_trust)? {
            rewrapped += trust::within(services, &slug, move |tx, _| {
                tx.did("trust-keys.rewrapped", "trust", trust, None)?;
                tx.vault.rewrap_trust_keys(tx.conn, trust)
            })?;
        }
        Ok(rewrapped)
    };
    let rewrapped = work().map_err(failed)?;
    print(&format!("{rewrapped} keys are under the first master key now, and none is under another one.\n"))
}

fn rotate(services: &Services, carry_on: bool) -> Outcome {
    for (trust, slug) in services.db.read_now(None, every_trust).map_err(failed)? {
        if !carry_on {
            trust::within(services, &slug, move |tx, _| {
                tx.vault.create_trust_key(tx.conn, trust, tx.now())?;
                tx.did("trust-key.created", "trust", trust, None)
            })
            .map_err(failed)?;
        }
        let rewrapped = services.vault.rewrap_records(&services.db, trust).map_err(failed)?;
        print(&format!("{slug}: {rewrapped} data keys are under the trust's newest key now.\n"))?;
    }
    Ok(())
}

fn rotate_signing(services: &Services, purpose: &str) -> Outcome {
    let (vault, name, now) = (services.vault.clone(), purpose.to_owned(), Clock::System.now());
    let kid = services
        .db
        .write_now(None, move |conn| vault.rotate_signing_key(conn, &name, now))
        .map_err(failed)?;
    print(&format!("Signing key {kid} is published, and signs {purpose} in a day.\n"))
}

fn failed(error: ApiError) -> Failure {
    Failure::Work(error.cause.unwrap_or_else(|| error.detail.unwrap_or_else(|| "it failed".to_owned())))
}
