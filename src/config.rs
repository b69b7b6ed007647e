//! Settings: the only reader of the environment. Everything can be given as a flag or as a variable; a wrong setting
//! is one clear line.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_web::http::uri::Authority;
use clap::Args;
use ipnet::IpNet;

use crate::auth::issuers::Issuers;
use crate::crypto::{KeyFile, KeyService, MasterKeys};
use crate::db::{Sizing, Target};
use crate::files::{FileStorePlace, Files, StoreKey};
use crate::http::middleware::limits::Rate;

/// Where the data is.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Where the data lives: `sqlite:FILE` or `postgres://USER@HOST/DATABASE`
    #[arg(long, env = "TUTELA_DATABASE_URL", default_value = "sqlite:tutela.db", hide_env_values = true)]
    pub database_url: String,
    /// On PostgreSQL, the owner's URL: with it the schema is brought up to date on start, without it only checked
    #[arg(long, env = "TUTELA_MIGRATION_URL", hide_env_values = true)]
    pub migration_url: Option<String>,
}

/// Where the data is and how it is sealed.
#[derive(Args, Clone, Debug)]
pub struct Store {
    /// Where it is
    #[command(flatten)]
    pub place: Place,
    /// The file with the master keys that everything is sealed under (make one with `tutela key new FILE`)
    #[arg(long, env = "TUTELA_MASTER_KEY_FILE")]
    pub master_key_file: Option<PathBuf>,
    /// The master keys themselves, one a line in base64, in place of the file
    #[arg(long, env = "TUTELA_MASTER_KEYS", hide_env_values = true, conflicts_with = "master_key_file")]
    pub master_keys: Option<String>,
    /// Connections to the database (on SQLite: readers beside the one writer)
    #[arg(long, env = "TUTELA_DATABASE_CONNECTIONS", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub database_connections: u32,
}

/// Where files are kept.
#[derive(Args, Clone, Debug, Default)]
pub struct FileSettings {
    /// Where attachments are kept, sealed: `dir:PATH`, or `s3://BUCKET[/PREFIX]?endpoint=URL&region=NAME`. Where it is not
    /// given, a folder beside an embedded database's file; on PostgreSQL none, and attachments are refused. Several nodes
    /// share one bucket or one directory
    #[arg(long, env = "TUTELA_FILE_STORE")]
    pub file_store: Option<String>,
    /// The file with the bucket's access key: its identifier and the key itself, one a line
    #[arg(long, env = "TUTELA_FILE_STORE_KEY_FILE")]
    pub file_store_key_file: Option<PathBuf>,
    /// The bucket's access key itself, ID:KEY, in place of the file
    #[arg(
        long,
        env = "TUTELA_FILE_STORE_KEY",
        hide_env_values = true,
        conflicts_with = "file_store_key_file"
    )]
    pub file_store_key: Option<String>,
    /// The largest attachment in MiB (25 where it is not given)
    #[arg(long, env = "TUTELA_LARGEST_FILE_MIB", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub largest_file_mib: Option<u16>,
}

/// How the service listens and whom it believes.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// On PostgreSQL, serve although the role may do everything: only to try out with a single role
    #[arg(long, env = "TUTELA_ONE_DATABASE_ROLE")]
    pub one_database_role: bool,
    /// Address and port to listen on
    #[arg(long, env = "TUTELA_LISTEN", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,
    /// The file that names the issuers of access tokens
    #[arg(long, env = "TUTELA_ISSUERS_FILE")]
    pub issuers_file: Option<PathBuf>,
    /// Origins that browsers may call from, separated by commas
    #[arg(long, env = "TUTELA_CORS_ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub cors_origins: Vec<String>,
    /// Networks of proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(long, env = "TUTELA_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Requests a second that one caller may make over time (0 for no limit)
    #[arg(long, env = "TUTELA_RATE_PER_SECOND", default_value_t = 100)]
    pub rate_per_second: u32,
    /// Requests that one caller may make at once
    #[arg(long, env = "TUTELA_RATE_BURST", default_value_t = 1000)]
    pub rate_burst: u32,
    /// Failed authentications that one address may try a minute
    #[arg(long, env = "TUTELA_FAILED_LOGINS_PER_MINUTE", default_value = "30", value_parser = positive)]
    pub failed_logins_per_minute: NonZeroU32,
    /// Threads that take requests
    #[arg(long, env = "TUTELA_WORKERS", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: u16,
    /// Connections that may be open at once
    #[arg(long, env = "TUTELA_MAX_CONNECTIONS", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: u32,
    /// Seconds to finish requests in after SIGTERM
    #[arg(long, env = "TUTELA_SHUTDOWN_SECONDS", default_value_t = 25, value_parser = clap::value_parser!(u64).range(..=3600))]
    pub shutdown_seconds: u64,
    /// Whether this process also does what is done outside requests, such as imports (some process must)
    #[arg(long, env = "TUTELA_JOBS", default_value_t = true, action = clap::ArgAction::Set)]
    pub jobs: bool,
    /// The address under which callers reach the service, such as `https://records.trust.example`; where it is not
    /// given, the one that it listens on
    #[arg(long, env = "TUTELA_PUBLIC_URL", value_parser = origin)]
    pub public_url: Option<String>,
    /// The word in API keys that tells environments apart
    #[arg(long, env = "TUTELA_ENVIRONMENT", default_value = "live", value_parser = environment)]
    pub environment: String,
    /// Where files are kept
    #[command(flatten)]
    pub files: FileSettings,
}

/// The word in API keys: it is checked before anything is done with it.
pub fn environment(text: &str) -> Result<String, String> {
    let fits = (2..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase());
    if fits { Ok(text.to_owned()) } else { Err("2 to 8 lower-case letters are expected".to_owned()) }
}

/// An address to listen on.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an IP address and a port are expected, such as 127.0.0.1:8080".to_owned())
}

fn network(text: &str) -> Result<IpNet, String> {
    text.trim().parse().map_err(|_| "a network is expected, such as 10.0.0.0/8 or 10.0.0.7/32".to_owned())
}

fn positive(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| "a whole number from 1 on is expected".to_owned())
}

/// An origin is compared letter by letter: what could never be equal to one, or to every one, is a mistake.
fn origin(text: &str) -> Result<String, String> {
    let text = text.trim();
    let usual = [("https://", ":443"), ("http://", ":80")];
    let known = usual.iter().find_map(|(scheme, port)| text.strip_prefix(scheme).map(|host| (host, *port)));
    let (host, port) = known.unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
    let is_host = host.chars().all(is_plain) && host.parse::<Authority>().is_ok_and(|a| !a.host().is_empty());
    if !is_host || Target::check_port(host).is_err() {
        return Err("scheme://host[:port] in small letters is expected, and nothing after it".to_owned());
    }
    if host.ends_with(port) {
        return Err(format!("browsers leave {port} out, so it must not stand there"));
    }
    Ok(text.to_owned())
}

/// A complaint about a setting that is not said by the reader of arguments: it names the setting in the same way.
fn about(setting: &'static str) -> impl Fn(String) -> String {
    move |words| format!("invalid value for '{setting}': {words}")
}

/// The first variable that looks like a setting and is none: a setting that is spelt wrongly would be passed over, and
/// the service would run, for instance, on an empty database.
pub fn unknown_variable(known: &[String]) -> Option<String> {
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .find(|name| name.starts_with("TUTELA_") && !known.contains(name) && !is_others(name))
}

/// What container platforms set for a service called `tutela`, and what only tests and scripts read.
fn is_others(name: &str) -> bool {
    let platform = ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT_"].iter().any(|part| name.contains(part));
    let scripts = ["TUTELA_TEST_", "TUTELA_CI_", "TUTELA_BENCH_"].iter().any(|start| name.starts_with(start));
    platform || scripts || ["TUTELA_PORT", "TUTELA_LONG", "TUTELA_REQUIRE_POSTGRES"].contains(&name)
}

impl Place {
    /// The database.
    pub fn target(&self) -> Result<Target, String> {
        let target = Target::parse(&self.database_url).map_err(about("--database-url"))?;
        match &target {
            Target::Sqlite(file) => check_folder(file).map_err(about("--database-url"))?,
            Target::Postgres(_) => {}
        }
        Ok(target)
    }

    /// The owner's URL, where there is one. Beside an embedded database it says that another one was meant.
    pub fn owner(&self) -> Result<Option<&str>, String> {
        let Some(url) = self.migration_url.as_deref() else { return Ok(None) };
        let wrong = |words: &str| Err(about("--migration-url")(words.to_owned()));
        match (Target::parse(url), self.target()?) {
            (Ok(Target::Postgres(_)), Target::Postgres(_)) => Ok(Some(url)),
            (Ok(Target::Postgres(_)), Target::Sqlite(_)) => {
                wrong("it is for PostgreSQL, and the database is SQLite's")
            }
            (Ok(Target::Sqlite(_)), _) => wrong("postgres://… is expected"),
            (Err(words), _) => wrong(&words),
        }
    }
}

fn check_folder(file: &Path) -> Result<(), String> {
    if file.is_dir() {
        return Err(format!("{} is a folder, the path of a file is expected", file.display()));
    }
    match file.parent() {
        Some(folder) if folder != Path::new("") && !folder.is_dir() => {
            Err(format!("there is no folder {}", folder.display()))
        }
        _ => Ok(()),
    }
}

impl Store {
    /// The pool's size.
    pub fn sizing(&self) -> Sizing {
        Sizing { connections: self.database_connections, checkout: Duration::from_secs(2) }
    }

    /// The master keys.
    pub fn keys(&self) -> Result<Box<dyn KeyService>, String> {
        match (&self.master_key_file, &self.master_keys) {
            (Some(file), _) => Ok(Box::new(KeyFile::load(file).map_err(about("--master-key-file"))?)),
            (None, Some(text)) => Ok(Box::new(MasterKeys::parse(text).map_err(about("--master-keys"))?)),
            (None, None) => {
                Err("no master key: set TUTELA_MASTER_KEY_FILE (make one with `tutela key new FILE`)".into())
            }
        }
    }
}

impl FileSettings {
    /// Where files are kept; none where no place is set and the database has none beside it.
    pub fn place(&self, target: &Target) -> Result<Option<FileStorePlace>, String> {
        match (&self.file_store, target) {
            (Some(text), _) => FileStorePlace::parse(text).map(Some).map_err(about("--file-store")),
            (None, Target::Sqlite(file)) => {
                Ok(Some(FileStorePlace::Directory(format!("{}-files", file.display()).into())))
            }
            (None, Target::Postgres(_)) => Ok(None),
        }
    }

    /// The file store.
    pub fn open(&self, target: &Target) -> Result<Option<Files>, String> {
        let (key, largest) = (self.key()?, u64::from(self.largest_file_mib.unwrap_or(25)) * 1024 * 1024);
        let place = self.place(target)?;
        place.map(|place| place.open(key.as_ref(), largest).map_err(about("--file-store"))).transpose()
    }

    fn key(&self) -> Result<Option<StoreKey>, String> {
        match (&self.file_store_key_file, &self.file_store_key) {
            (Some(file), _) => {
                let named =
                    |words: String| about("--file-store-key-file")(format!("{}: {words}", file.display()));
                let text = std::fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
                StoreKey::parse(&text).map(Some).map_err(named)
            }
            (None, Some(text)) => StoreKey::parse(text).map(Some).map_err(about("--file-store-key")),
            (None, None) => Ok(None),
        }
    }
}

impl Serve {
    /// The address under which callers reach the service.
    pub fn public_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// The limit a caller, where there is one.
    pub fn rate(&self) -> Result<Option<Rate>, String> {
        let Some(per_second) = NonZeroU32::new(self.rate_per_second) else { return Ok(None) };
        let burst = NonZeroU32::new(self.rate_burst)
            .ok_or_else(|| about("--rate-burst")("must be at least 1".to_owned()))?;
        Ok(Some(Rate { per_second, burst }))
    }

    /// Whom the service believes.
    pub fn issuers(&self) -> Result<Issuers, String> {
        match &self.issuers_file {
            Some(file) => {
                Issuers::load(file, self.listen.ip().is_loopback()).map_err(about("--issuers-file"))
            }
            None => Ok(Issuers::empty()),
        }
    }

    /// Whether the address is this machine's and the port one that this process may take: else the setting is wrong.
    /// One that is in use may be free in a moment, and whoever binds it says so.
    pub fn check_listen(&self) -> Result<(), String> {
        use std::io::ErrorKind::{AddrNotAvailable, PermissionDenied};
        match std::net::TcpListener::bind(self.listen) {
            Err(error) if matches!(error.kind(), AddrNotAvailable | PermissionDenied) => {
                Err(about("--listen")(format!("{}: {error}", self.listen)))
            }
            _ => Ok(()),
        }
    }
}

/// What the log shows where `RUST_LOG` does not say otherwise.
pub const DEFAULT_LOG: &str = "info,actix_server=warn,tracing=warn";

/// The same for all but `serve`: their screen is for their answer.
pub const QUIET_LOG: &str = "warn";
