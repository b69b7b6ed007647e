//! `tutela serve`.

use super::{Failure, Outcome};
use crate::access::Services;
use crate::app::{self, Parts};
use crate::audit::Recorder;
use crate::auth::issuers::Issuers;
use crate::clock::Clock;
use crate::config::{Serve, Store};
use crate::crypto::Vault;
use crate::db::{Db, Target, migrate};

/// Settings of the service.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    store: Store,
    #[command(flatten)]
    serve: Serve,
}

/// Serves until SIGTERM or SIGINT, then finishes what is running.
pub fn run(args: &Args) -> Outcome {
    let issuers = match &args.serve.issuers_file {
        Some(file) => Issuers::load(file, args.serve.listen.ip().is_loopback())?,
        None => Issuers::empty(),
    };
    let services = open(&args.store, &args.serve.environment)?;
    serve(Parts { services, issuers, serve: args.serve.clone() }, |address| {
        log::info!("listening on {address}");
    })
}

/// Brings the schema up to date where this process may, else checks it, and opens everything.
pub fn open(store: &Store, environment: &str) -> Result<Services, Failure> {
    let target = store.target()?;
    let keys = store.keys()?;
    match (&target, &store.migration_url) {
        (Target::Postgres(_), None) => migrate::check(&target).map_err(Failure::Work)?,
        (_, url) => {
            let ran = migrate::run(&target, url.as_deref()).map_err(Failure::Work)?;
            log::info!("{ran} migrations ran");
        }
    }
    if migrate::application_owns(&target).map_err(Failure::Work)? {
        log::warn!(
            "the database role that serves also owns the schema: row-level security and the append-only audit log \
             are weaker. Give the application a role of its own, and the owner's URL as TUTELA_MIGRATION_URL"
        );
    }
    let db = Db::open(&target, store.sizing()).map_err(Failure::Work)?;
    let recorder = Recorder::start(db.clone()).map_err(Failure::Work)?;
    Ok(Services {
        db,
        vault: Vault::new(keys),
        recorder,
        clock: Clock::System,
        environment: environment.to_owned(),
    })
}

/// Listens, says where, and runs until it is told to stop.
pub fn serve(parts: Parts, ready: impl FnOnce(std::net::SocketAddr)) -> Outcome {
    actix_web::rt::System::new()
        .block_on(async move {
            let listening = app::listen(parts)?;
            ready(listening.address);
            listening.server.await.map_err(|error| format!("the server failed: {error}"))
        })
        .map_err(Failure::Work)
}
