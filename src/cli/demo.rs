//! `tutela demo`: two invented trusts on an embedded database, serving on this machine, with tokens to paste.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use super::{Failure, Outcome, print, serve};
use crate::access::{Role, Services};
use crate::app::Parts;
use crate::auth::issuers::{DevelopmentClaims, DevelopmentKey, Issuers};
use crate::config::{self, FileSettings, Place, Serve, Store};
use crate::crypto::MasterKeys;
use crate::demo::{self, Demo, DemoTrust};

/// Settings of the demo.
#[derive(clap::Args)]
pub struct Args {
    /// Address and port to listen on; a loopback address, since the demo's tokens open everything
    #[arg(long, env = "TUTELA_LISTEN", default_value = "127.0.0.1:8080", value_parser = config::address)]
    listen: SocketAddr,
    /// The folder that holds the demo's database and keys
    #[arg(long, default_value = "tutela-demo")]
    folder: PathBuf,
    /// Begin again with a new database
    #[arg(long)]
    fresh: bool,
    /// Also write the tokens to this file, as JSON
    #[arg(long)]
    tokens_file: Option<PathBuf>,
}

/// Serves until it is stopped.
pub fn run(args: &Args) -> Outcome {
    if !args.listen.ip().is_loopback() {
        return Err(Failure::Setting("--listen: the demo listens on loopback addresses only".to_owned()));
    }
    let serve = settings(args.listen);
    serve.check_listen()?;
    if let Some(file) = &args.tokens_file {
        check_writable(file).map_err(|words| format!("--tokens-file: {words}"))?;
    }
    prepare(&args.folder, args.fresh).map_err(|words| format!("--folder: {words}"))?;
    let key = DevelopmentKey::open_or_create(&args.folder.join("development-key.pem"))?;
    MasterKeys::open_or_create(&args.folder.join("master-key"))?;
    let store = store(&args.folder);
    let files = serve.files.open(&store.place.target()?)?;
    let services = Services { files, ..serve::open(&store, "demo")? };
    let issuers = Issuers::empty().with(key.issuer());
    let parts = Parts { services: services.clone(), issuers, serve };
    let (folder, tokens_file) = (args.folder.clone(), args.tokens_file.clone());
    serve::serve(parts, move |address| {
        std::thread::spawn(move || {
            if let Err(words) = greet(&services, &key, address, &folder, tokens_file.as_deref()) {
                eprintln!("tutela: the demo could not be made: {words}");
                std::process::exit(1);
            }
        });
    })
}

/// Without the file that is written last the demo is not whole: then it is made anew.
fn prepare(folder: &Path, fresh: bool) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    if fresh || !folder.join("demo.json").exists() {
        for name in ["tutela.db", "tutela.db-wal", "tutela.db-shm", "demo.json", "master-key"] {
            let file = folder.join(name);
            if file.exists() {
                std::fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            }
        }
        let files = folder.join("tutela.db-files");
        if files.exists() {
            std::fs::remove_dir_all(&files).map_err(|error| format!("{}: {error}", files.display()))?;
        }
    }
    Ok(())
}

fn store(folder: &Path) -> Store {
    Store {
        place: Place {
            database_url: format!("sqlite:{}", folder.join("tutela.db").display()),
            migration_url: None,
        },
        master_key_file: Some(folder.join("master-key")),
        master_keys: None,
        database_connections: 8,
    }
}

fn settings(listen: SocketAddr) -> Serve {
    Serve {
        one_database_role: false,
        listen,
        issuers_file: None,
        cors_origins: Vec::new(),
        trusted_proxies: Vec::new(),
        rate_per_second: 1000,
        rate_burst: 10_000,
        failed_logins_per_minute: NonZeroU32::MIN.saturating_add(999),
        workers: 2,
        max_connections: 1000,
        shutdown_seconds: 5,
        jobs: true,
        public_url: None,
        environment: "demo".to_owned(),
        files: FileSettings::default(),
    }
}

/// Fills the database at the first start, then says how to come in.
fn greet(
    services: &Services,
    key: &DevelopmentKey,
    address: SocketAddr,
    folder: &Path,
    tokens_file: Option<&Path>,
) -> Result<(), String> {
    let file = folder.join("demo.json");
    let demo: Demo = if file.exists() {
        let text = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|error| error.to_string())?
    } else {
        let base = format!("http://{address}");
        let mut demo = demo::seed(services, &base, key, &mut progress())?;
        demo::tidy(services, &base, key, &mut demo)?;
        let text = serde_json::to_string_pretty(&demo).map_err(|error| error.to_string())?;
        // Whole or not at all: this file says that the demo is complete.
        let draft = folder.join("demo.json.new");
        write_private(&draft, &text)?;
        std::fs::rename(&draft, &file).map_err(|error| error.to_string())?;
        demo
    };
    let tokens = tokens(services, key, &demo)?;
    if let Some(file) = tokens_file {
        let curl = curl(address, &demo, &tokens).unwrap_or_default();
        let text = serde_json::json!({"tokens": tokens, "curl": curl, "demo": demo}).to_string();
        write_private(file, &text)?;
    }
    let _ = print(&greeting(address, folder, &demo, &tokens));
    Ok(())
}

/// Tokens are written at the end of the work: a place where they cannot be is told before it.
fn check_writable(file: &Path) -> Result<(), String> {
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or_else(|| Path::new("."));
    if file.is_dir() || !folder.is_dir() {
        return Err(format!("{} cannot be a file", file.display()));
    }
    Ok(())
}

/// Writes a file with tokens or keys, for its owner only.
fn write_private(file: &Path, text: &str) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", file.display());
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).and_then(|mut out| out.write_all(text.as_bytes())).map_err(failed)
}

/// One line that is written over on a terminal, a line a step elsewhere.
fn progress() -> impl FnMut(&str) {
    let terminal = std::io::stderr().is_terminal();
    move |words| {
        let mut out = std::io::stderr().lock();
        let _ = if terminal {
            write!(out, "\r\u{1b}[Kmaking {words} …").and_then(|()| out.flush())
        } else {
            writeln!(out, "making {words}")
        };
    }
}

/// A token for each role of each trust, by `trust role`.
fn tokens(
    services: &Services,
    key: &DevelopmentKey,
    demo: &Demo,
) -> Result<BTreeMap<String, String>, String> {
    let mut tokens = BTreeMap::new();
    for trust in &demo.trusts {
        for role in Role::ALL {
            if let Some((person, claim)) = trust.holder(role.as_str()) {
                let claims = DevelopmentClaims {
                    trust: trust.slug.clone(),
                    subject: person.to_string(),
                    person: Some(person),
                    roles: vec![claim],
                    minutes: 60,
                };
                tokens.insert(format!("{} {role}", trust.slug), key.sign(&claims, services.clock.now())?);
            }
        }
    }
    Ok(tokens)
}

fn curl(address: SocketAddr, demo: &Demo, tokens: &BTreeMap<String, String>) -> Option<String> {
    let trust: &DemoTrust = demo.trusts.first()?;
    let school = trust.schools.first()?;
    let body = serde_json::json!({
        "school_id": school.id, "pupils": [{"pupil_id": school.pupils.last()?, "role": "subject"}],
        "place": "classroom", "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"},
        "summary": "Arrived without a coat again and would not say why."
    });
    Some(format!(
        "curl -i http://{address}/v1/concerns -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' \
         -H \"Idempotency-Key: \\\"$(date +%s)\\\"\" -d '{body}'",
        tokens.get("trust-a staff")?
    ))
}

/// The long part first, so that what a newcomer needs stands last on the screen.
fn greeting(address: SocketAddr, folder: &Path, demo: &Demo, tokens: &BTreeMap<String, String>) -> String {
    let mut out = "\nAccess tokens, for one hour (start again for new ones; the data stays):\n".to_owned();
    for (name, token) in tokens {
        out.push_str(&format!("\n  {name}\n  {token}\n"));
    }
    for trust in &demo.trusts {
        out.push_str(&format!("\n  {} auditor (API key)\n  {}\n", trust.slug, trust.auditor_key));
    }
    out.push_str(&format!(
        "\nAnybody else of {}: tutela token --key-file {} --trust trust-a --role dsl:999002 --person ID\n",
        folder.join("demo.json").display(),
        folder.join("development-key.pem").display(),
    ));
    if let Some(curl) = curl(address, demo, tokens) {
        out.push_str(&format!("\nRaise a concern as a member of staff of Trust A:\n\n  {curl}\n"));
    }
    out.push_str(&format!(
        "\nTutela is serving two invented trusts.\n\n  Documentation   http://{address}/docs/ (paste a token under \
         Authorize)\n\n"
    ));
    out
}
