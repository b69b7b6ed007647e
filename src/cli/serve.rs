//! `tutela serve`.

use super::{Failure, Outcome};
use crate::access::{Services, every_trust};
use crate::app::{self, Listening, Parts};
use crate::audit::Recorder;
use crate::clock::Clock;
use crate::config::{Place, Serve, Store};
use crate::crypto::Vault;
use crate::db::{Db, Target, migrate};
use crate::error::{ApiError, Code};
use crate::jobs::Runner;

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
    args.serve.rate()?;
    args.serve.check_listen()?;
    let issuers = args.serve.issuers()?;
    let files = args.serve.files.open(&args.store.place.target()?)?;
    let services = Services { files, ..open(&args.store, &args.serve.environment)? };
    check_role(&args.store.place, args.serve.one_database_role)?;
    check_language(&args.store.place)?;
    if services.files.is_none() {
        log::warn!(
            "no place for files is set (TUTELA_FILE_STORE): attachments are refused, everything else works"
        );
    }
    serve(Parts { services, issuers, serve: args.serve.clone() }, |address| {
        log::info!("listening on {address}");
    })
}

/// Refuses to serve as a role for which row-level security and the append-only audit log are no wall. Where a migration
/// URL says that there are two roles, nothing excuses it.
fn check_role(place: &Place, one_role: bool) -> Outcome {
    let Some(excess) = migrate::excess_rights(&place.target()?).map_err(Failure::Work)? else {
        return Ok(());
    };
    if one_role && place.migration_url.is_none() {
        log::warn!(
            "the database role {excess}: this is for trying out, row-level security is no second wall here"
        );
        return Ok(());
    }
    Err(Failure::Setting(format!(
        "the role of TUTELA_DATABASE_URL {excess}, so PostgreSQL keeps no trust from another: serve as a role of its own, \
         with the owner's URL as TUTELA_MIGRATION_URL (only to try out: TUTELA_ONE_DATABASE_ROLE=true without one)"
    )))
}

/// Says so where the server tells of its errors in another language than English: then a deadlock, a timeout and a full
/// disk are known by nothing, and end as 500 where they should be 503 or 507.
fn check_language(place: &Place) -> Outcome {
    if !migrate::is_told_in_english(&place.target()?).map_err(Failure::Work)? {
        log::warn!(
            "PostgreSQL tells the service's role of errors in another language than English, so that timeouts, deadlocks \
             and a full disk are answered with 500: as a superuser, ALTER ROLE … SET lc_messages = 'C'"
        );
    }
    Ok(())
}

/// Brings the schema up to date where this process may, else checks it, and opens everything.
pub fn open(store: &Store, environment: &str) -> Result<Services, Failure> {
    let (target, owner) = (store.place.target()?, store.place.owner()?);
    let keys = store.keys()?;
    match (&target, owner) {
        (Target::Postgres(_), None) => migrate::check(&target).map_err(Failure::Work)?,
        (_, url) => {
            let ran = migrate::run(&target, url).map_err(Failure::Work)?;
            log::info!("{ran} migrations ran");
        }
    }
    let db = Db::open(&target, store.sizing()).map_err(Failure::Work)?;
    let recorder = Recorder::start(db.clone()).map_err(Failure::Work)?;
    let vault = Vault::new(keys);
    check_keys(&db, &vault)?;
    let (signer, now) = (vault.clone(), Clock::System.now());
    db.write_now(None, move |conn| signer.ensure_signing_keys(conn, now))
        .map_err(|error| Failure::Work(error.to_string()))?;
    Ok(Services {
        db,
        vault,
        recorder,
        clock: Clock::System,
        environment: environment.to_owned(),
        files: None,
    })
}

/// Whether the master keys open every trust's key: with others, each case would fail by itself later.
fn check_keys(db: &Db, vault: &Vault) -> Result<(), Failure> {
    let failed = |error: ApiError| Failure::Work(error.to_string());
    for (trust, slug) in db.read_now(None, every_trust).map_err(failed)? {
        db.read_now(Some(trust), |conn| vault.check(conn, trust)).map_err(|error| match error.code {
            Code::Internal => {
                let cause = error.cause.unwrap_or_default();
                Failure::Setting(format!("the master keys do not open what {slug} has stored: {cause}"))
            }
            _ => failed(error),
        })?;
    }
    Ok(())
}

/// Listens, says where, and runs until it is told to stop.
pub fn serve(parts: Parts, ready: impl FnOnce(std::net::SocketAddr)) -> Outcome {
    actix_web::rt::System::new()
        .block_on(async move {
            let Listening { server, address, runner } = app::listen(parts)?;
            let stop = stop_signals().map_err(|error| format!("signals cannot be listened to: {error}"))?;
            let (handle, stop_work) = (server.handle(), runner.as_ref().map(Runner::stopper));
            actix_web::rt::spawn(async move {
                stop.await;
                log::info!("stopping: what is under way is finished first");
                if let Some(stop) = stop_work {
                    stop();
                }
                handle.stop(true).await;
            });
            ready(address);
            server.await.map_err(|error| format!("the server failed: {error}"))
        })
        .map_err(Failure::Work)
}

/// Ends with the first SIGTERM or SIGINT. From its call on neither ends the process by itself.
#[cfg(unix)]
fn stop_signals() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        std::future::poll_fn(|cx| {
            if terminate.poll_recv(cx).is_ready() || interrupt.poll_recv(cx).is_ready() {
                return std::task::Poll::Ready(());
            }
            std::task::Poll::Pending
        })
        .await;
    })
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature everywhere")]
fn stop_signals() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
