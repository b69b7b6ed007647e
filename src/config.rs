//! Settings: the only reader of the environment. Everything can be given as a flag or as a variable; a wrong setting
//! is one clear line.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ipnet::IpNet;

use crate::crypto::{KeyFile, KeyService, MasterKeys};
use crate::db::{Sizing, Target};
use crate::http::middleware::limits::Rate;

/// Where the data is and how it is sealed.
#[derive(Args, Clone, Debug)]
pub struct Store {
    /// Where the data lives: `sqlite:FILE` or `postgres://USER@HOST/DATABASE`
    #[arg(long, env = "TUTELA_DATABASE_URL", default_value = "sqlite:tutela.db", hide_env_values = true)]
    pub database_url: String,
    /// The file with the master keys that everything is sealed under (make one with `tutela key new FILE`)
    #[arg(long, env = "TUTELA_MASTER_KEY_FILE")]
    pub master_key_file: Option<PathBuf>,
    /// The master keys themselves, one a line in base64, in place of the file
    #[arg(long, env = "TUTELA_MASTER_KEYS", hide_env_values = true, conflicts_with = "master_key_file")]
    pub master_keys: Option<String>,
    /// Connections to the database (on SQLite: readers beside the one writer)
    #[arg(long, env = "TUTELA_DATABASE_CONNECTIONS", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub database_connections: u32,
    /// On PostgreSQL, the owner's URL: with it the schema is brought up to date on start, without it only checked
    #[arg(long, env = "TUTELA_MIGRATION_URL", hide_env_values = true)]
    pub migration_url: Option<String>,
    /// On PostgreSQL, serve although the role may do everything: only to try out with a single role
    #[arg(long, env = "TUTELA_ONE_DATABASE_ROLE")]
    pub one_database_role: bool,
}

/// How the service listens and whom it believes.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// Address and port to listen on
    #[arg(long, env = "TUTELA_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The file that names the issuers of access tokens
    #[arg(long, env = "TUTELA_ISSUERS_FILE")]
    pub issuers_file: Option<PathBuf>,
    /// Origins that browsers may call from, separated by commas
    #[arg(long, env = "TUTELA_CORS_ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub cors_origins: Vec<String>,
    /// Networks of proxies whose X-Forwarded-For is believed, separated by commas
    #[arg(long, env = "TUTELA_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpNet>,
    /// Requests a second that one caller may make over time (0 for no limit)
    #[arg(long, env = "TUTELA_RATE_PER_SECOND", default_value_t = 100)]
    pub rate_per_second: u32,
    /// Requests that one caller may make at once
    #[arg(long, env = "TUTELA_RATE_BURST", default_value_t = 1000)]
    pub rate_burst: u32,
    /// Failed authentications that one address may try a minute
    #[arg(long, env = "TUTELA_FAILED_LOGINS_PER_MINUTE", default_value = "30")]
    pub failed_logins_per_minute: NonZeroU32,
    /// Threads that take requests
    #[arg(long, env = "TUTELA_WORKERS", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: u16,
    /// Connections that may be open at once
    #[arg(long, env = "TUTELA_MAX_CONNECTIONS", default_value_t = 10_000)]
    pub max_connections: u32,
    /// Seconds to finish requests in after SIGTERM
    #[arg(long, env = "TUTELA_SHUTDOWN_SECONDS", default_value_t = 25)]
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
}

fn environment(text: &str) -> Result<String, String> {
    let fits = (2..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase());
    if fits { Ok(text.to_owned()) } else { Err("2 to 8 lower-case letters are expected".to_owned()) }
}

/// An origin is compared letter by letter: what could never be equal to one, or to every one, is a mistake.
fn origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
    if !host.is_empty() && host.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("scheme://host[:port] in small letters is expected, and nothing after it".to_owned())
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

impl Store {
    /// The database.
    pub fn target(&self) -> Result<Target, String> {
        Target::parse(&self.database_url)
    }

    /// The pool's size.
    pub fn sizing(&self) -> Sizing {
        Sizing { connections: self.database_connections, checkout: Duration::from_secs(2) }
    }

    /// The master keys.
    pub fn keys(&self) -> Result<Box<dyn KeyService>, String> {
        match (&self.master_key_file, &self.master_keys) {
            (Some(file), _) => Ok(Box::new(KeyFile::load(file)?)),
            (None, Some(text)) => Ok(Box::new(MasterKeys::parse(text)?)),
            (None, None) => {
                Err("no master key: set TUTELA_MASTER_KEY_FILE (make one with `tutela key new FILE`)".into())
            }
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
        let burst = NonZeroU32::new(self.rate_burst).ok_or("the rate burst must be at least 1")?;
        Ok(Some(Rate { per_second, burst }))
    }
}

/// What the log shows where `RUST_LOG` does not say otherwise.
pub const DEFAULT_LOG: &str = "info,actix_server=warn,tracing=warn";

/// The same for the demo, whose screen is for its tokens.
pub const DEMO_LOG: &str = "warn";
