//! The command line: one file a command. A wrong setting is one clear line and exit code 2; a failure is 1; rows of an
//! import that were refused are 3.

mod demo;
mod health;
mod import;
mod key;
mod serve;
mod token;
mod trust;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use crate::access::matrix;
use crate::config::{self, Place};
use crate::db::migrate;
use crate::features::organisation::trust as trust_rules;
use crate::openapi;

/// The safeguarding record of a school trust, as a JSON REST service.
#[derive(Parser)]
#[command(name = "tutela", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit code 0: done; 1: it failed; 2: a setting or an argument is wrong; 3: rows of an import were refused, the others are in. Settings are flags or variables."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve two invented trusts from an embedded database, with tokens to paste
    Demo(demo::Args),
    /// Serve the API
    #[command(
        after_help = "The log goes to standard error; RUST_LOG says what it shows (info where it is unset)."
    )]
    Serve(serve::Args),
    /// Make trusts and their administrators
    #[command(subcommand)]
    Trust(trust::Command),
    /// Load data that belongs to no trust, from files
    #[command(subcommand)]
    Import(import::Command),
    /// Bring the database's schema up to date, and stop
    Migrate(Place),
    /// Print the OpenAPI document
    Openapi,
    /// Print the access matrix as a page
    Matrix,
    /// Print an access token signed by a development key
    Token(token::Args),
    /// Make master keys, and renew the keys under them
    #[command(subcommand)]
    Key(key::Command),
    /// Ask a running service whether it is ready: exit code 0 or 1
    Health(health::Args),
}

/// How a command failed.
pub enum Failure {
    /// A setting is wrong: exit code 2.
    Setting(String),
    /// The work failed: exit code 1.
    Work(String),
    /// The work was done, but for a part that was refused: exit code 3.
    Part(String),
}

impl From<String> for Failure {
    fn from(words: String) -> Self {
        Self::Setting(words)
    }
}

/// What a command returns.
pub type Outcome = Result<(), Failure>;

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let level =
        if matches!(cli.command, Command::Serve(_)) { config::DEFAULT_LOG } else { config::QUIET_LOG };
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(level)).init();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Setting(words)) => complain(&words, 2),
        Err(Failure::Work(words)) => complain(&words, 1),
        Err(Failure::Part(words)) => complain(&words, 3),
    }
}

fn parse() -> Result<Cli, ExitCode> {
    if let Some(name) = config::unknown_variable(&variables(&Cli::command())) {
        return Err(complain(&format!("{name} is not a setting (see `tutela serve --help`)"), 2));
    }
    Cli::try_parse().map_err(|error| {
        if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
        let text = error.to_string();
        let fault = text.split("\nUsage:").next().unwrap_or_default();
        let fault = fault.split("\nFor more information").next().unwrap_or_default();
        complain(fault.strip_prefix("error: ").unwrap_or(fault), 2)
    })
}

/// A trust's word as an argument.
fn slug(text: &str) -> Result<String, String> {
    if trust_rules::is_slug(text) {
        Ok(text.to_owned())
    } else {
        Err(format!("expected: {}", trust_rules::SLUG_FORM))
    }
}

/// The variables of all commands' settings.
fn variables(command: &clap::Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned));
    own.chain(command.get_subcommands().flat_map(variables)).collect()
}

/// One line, whatever a library said.
fn complain(words: &str, code: u8) -> ExitCode {
    eprintln!("tutela: {}", words.split_whitespace().collect::<Vec<_>>().join(" "));
    ExitCode::from(code)
}

fn run(command: Command) -> Outcome {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Trust(command) => trust::run(command),
        Command::Import(command) => import::run(&command),
        Command::Migrate(place) => migrate_now(&place),
        Command::Openapi => print(&openapi::text()),
        Command::Matrix => print(&matrix::markdown()),
        Command::Token(args) => token::run(&args),
        Command::Key(command) => key::run(&command),
        Command::Health(args) => health::run(&args),
    }
}

fn migrate_now(place: &Place) -> Outcome {
    let ran = migrate::run(&place.target()?, place.owner()?).map_err(Failure::Work)?;
    print(&format!("{ran} migrations ran; the schema is up to date.\n"))
}

/// Writes to standard output; a reader that has gone away is no failure.
pub fn print(text: &str) -> Outcome {
    use std::io::Write;
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(())
}
