//! `tutela key`: master keys, and the keys under them.

use std::path::{Path, PathBuf};

use super::{Failure, Outcome, print, serve};
use crate::access::{Services, every_trust};
use crate::clock::Clock;
use crate::config::Store;
use crate::crypto::{MasterKeys, PURPOSES, create_master_key_file};
use crate::error::{ApiError, ApiResult, Code};
use crate::features::organisation::trust;
use crate::ids::Id;

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
    /// Take a signing key out of use at once, since somebody else may have it; its successor signs in its place, and the
    /// published keys say within two minutes that it was revoked
    RevokeSigning(RevokeSigning),
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

/// Settings of the revocation of a signing key.
#[derive(clap::Args)]
pub struct RevokeSigning {
    #[command(flatten)]
    store: Store,
    /// Its name: `kid` in /.well-known/jwks.json
    kid: String,
}

/// Runs the command.
pub fn run(command: &Command) -> Outcome {
    match command {
        Command::New { file } => create(file),
        Command::Rewrap(store) => rewrap(&open(store)?),
        Command::Rotate(args) => rotate(&open(&args.store)?, args.carry_on),
        Command::RotateSigning(args) => rotate_signing(&open(&args.store)?, &args.purpose),
        Command::RevokeSigning(args) => revoke_signing(&open(&args.store)?, &args.kid),
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
        let signing = services.db.write_now(None, move |conn| vault.rewrap_signing_keys(conn))?;
        let mut rewrapped = signing;
        for (trust, slug) in services.db.read_now(None, every_trust)? {
            rewrapped += trust::within(services, &slug, move |tx, _| {
                tx.did("trust-keys.rewrapped", "trust", trust, None)?;
                if signing > 0 {
                    tx.did("signing-keys.rewrapped", "trust", trust, None)?;
                }
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
    let key = services
        .db
        .write_now(None, move |conn| vault.rotate_signing_key(conn, &name, now))
        .map_err(failed)?;
    let kid = &key.kid;
    print(&format!("Signing key {kid} is published, and signs {purpose} in a day.\n"))?;
    tell_trusts(services, "signing-key.rotated", key.id)
}

fn revoke_signing(services: &Services, kid: &str) -> Outcome {
    let (vault, name, now) = (services.vault.clone(), kid.to_owned(), Clock::System.now());
    let done = services.db.write_now(None, move |conn| vault.revoke_signing_key(conn, &name, now));
    let done = done.map_err(|error| match error.code {
        Code::NotFound => Failure::Work(format!("no signing key is called {kid}")),
        _ => failed(error),
    })?;
    let purpose = &done.revoked.purpose;
    let next = match &done.successor {
        Some(next) => format!("its successor for {purpose} is {}", next.kid),
        None => "it had done its time".to_owned(),
    };
    print(&format!("Signing key {kid} is revoked: it signs no more, and {next}.\n"))?;
    tell_trusts(services, "signing-key.revoked", done.revoked.id)
}

/// Writes into every trust's log what was done with a signing key: it signs for all of them.
fn tell_trusts(services: &Services, did: &'static str, key: Id) -> Outcome {
    for (_, slug) in services.db.read_now(None, every_trust).map_err(failed)? {
        let told = trust::within(services, &slug, move |tx, _| tx.did(did, "signing_key", key, None));
        told.map_err(|error| match failed(error) {
            Failure::Work(words) => {
                Failure::Work(format!("it is done, but {slug}'s log does not say so: {words}"))
            }
            other => other,
        })?;
    }
    Ok(())
}

fn failed(error: ApiError) -> Failure {
    Failure::Work(error.cause.unwrap_or_else(|| error.detail.unwrap_or_else(|| "it failed".to_owned())))
}
