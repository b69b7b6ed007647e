//! `tutela trust`: trusts, before anybody could ask for one over HTTP.

use super::{Failure, Outcome, print, serve};
use crate::access::matrix::TrustLeadColumn;
use crate::config::{Store, environment};
use crate::error::{ApiError, Code};
use crate::features::keys;
use crate::features::organisation::trust::{
    self, ClosureRule, NewTrust, PanelExpected, ScrutinyRule, Settings,
};
use crate::features::people::{NewAdmin, WorkEmail};
use crate::features::recording_guidance;
use crate::text::Name;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a trust with its first administrator, and print the administrator's API key once
    Create(Create),
    /// Make another administrator of a trust, and print their API key once: what needs a second person needs one
    AddAdmin(AddAdmin),
}

/// An administrator.
#[derive(clap::Args)]
pub struct Admin {
    /// The administrator's given name
    #[arg(long = "admin-given-name", value_parser = person_name)]
    given_name: Name<100>,
    /// The administrator's family name
    #[arg(long = "admin-family-name", value_parser = person_name)]
    family_name: Name<100>,
    /// The administrator's e-mail address at work
    #[arg(long = "admin-email", value_parser = email)]
    work_email: Option<WorkEmail>,
}

/// Settings of another administrator.
#[derive(clap::Args)]
pub struct AddAdmin {
    #[command(flatten)]
    store: Store,
    /// The trust's word in tokens and keys
    #[arg(long, value_parser = super::slug)]
    slug: String,
    #[command(flatten)]
    admin: Admin,
    /// The word in API keys that tells environments apart
    #[arg(long, env = "TUTELA_ENVIRONMENT", default_value = "live", value_parser = environment)]
    environment: String,
}

/// Settings of the new trust.
#[derive(clap::Args)]
pub struct Create {
    #[command(flatten)]
    store: Store,
    /// The trust's word in tokens and keys: lower-case letters, digits and hyphens
    #[arg(long, value_parser = super::slug)]
    slug: String,
    /// The trust's name
    #[arg(long, value_parser = trust_name)]
    name: Name<200>,
    /// How the trust lead works: casework or aggregate
    #[arg(long, default_value = "casework", value_parser = lead)]
    trust_lead: TrustLeadColumn,
    /// How concerns are closed: `unanimous_panel` or `safety_statement`
    #[arg(long, default_value = "safety_statement", value_parser = closure)]
    closure: ClosureRule,
    /// Who scrutinises each concern: `team_and_trust_lead` or `dsl_team`
    #[arg(long, default_value = "dsl_team", value_parser = scrutiny)]
    scrutiny: ScrutinyRule,
    /// Who is expected in weekly panels: `academy_team_and_trust_lead` or `all_dsls`
    #[arg(long, default_value = "all_dsls", value_parser = expected)]
    panel_expected: PanelExpected,
    /// Keep a restricted log beside the safeguarding log
    #[arg(long)]
    restricted_log: bool,
    #[command(flatten)]
    admin: Admin,
    /// The word in API keys that tells environments apart
    #[arg(long, env = "TUTELA_ENVIRONMENT", default_value = "live", value_parser = environment)]
    environment: String,
}

fn trust_name(text: &str) -> Result<Name<200>, String> {
    Name::new(text)
}

fn person_name(text: &str) -> Result<Name<100>, String> {
    Name::new(text)
}

fn lead(word: &str) -> Result<TrustLeadColumn, String> {
    TrustLeadColumn::parse(word).ok_or_else(|| "casework or aggregate is expected".to_owned())
}

fn closure(word: &str) -> Result<ClosureRule, String> {
    ClosureRule::parse(word).ok_or_else(|| "unanimous_panel or safety_statement is expected".to_owned())
}

fn scrutiny(word: &str) -> Result<ScrutinyRule, String> {
    ScrutinyRule::parse(word).ok_or_else(|| "team_and_trust_lead or dsl_team is expected".to_owned())
}

fn expected(word: &str) -> Result<PanelExpected, String> {
    PanelExpected::parse(word).ok_or_else(|| "academy_team_and_trust_lead or all_dsls is expected".to_owned())
}

fn email(text: &str) -> Result<WorkEmail, String> {
    WorkEmail::new(text)
}

impl From<Admin> for NewAdmin {
    fn from(admin: Admin) -> Self {
        Self { given_name: admin.given_name, family_name: admin.family_name, work_email: admin.work_email }
    }
}

/// A value that is refused is a wrong setting; what the records refuse is not.
fn refused(slug: &str, error: &ApiError) -> Failure {
    match (error.code, error.errors.first()) {
        (Code::Invalid | Code::SettingsConflict, Some(fault)) => {
            let setting = fault.pointer.trim_start_matches('/').replace("closure_rule", "closure");
            let words = fault.detail.replace("trust_lead_column must be", "--trust-lead must be");
            Failure::Setting(format!("--{}: {words}", setting.replace('_', "-")))
        }
        (Code::AlreadyExists, _) => Failure::Work(format!("a trust with the slug {slug} exists already")),
        (Code::NotFound, _) => Failure::Work(format!("there is no trust with the slug {slug}")),
        _ => Failure::Work(error.detail.clone().unwrap_or_else(|| error.to_string())),
    }
}

/// Runs the command.
pub fn run(command: Command) -> Outcome {
    match command {
        Command::Create(args) => create(args),
        Command::AddAdmin(args) => add_admin(args),
    }
}

fn create(args: Create) -> Outcome {
    let services = serve::open(&args.store, &args.environment)?;
    let (slug, named) = (args.slug.clone(), args.slug.clone());
    let new = NewTrust {
        slug: args.slug,
        name: args.name,
        settings: Settings {
            trust_lead_column: args.trust_lead,
            closure_rule: args.closure,
            scrutiny: args.scrutiny,
            panel_expected: args.panel_expected,
            restricted_log: args.restricted_log,
            scrutiny_alert_days: Some(trust::ALERT_DAYS),
        },
    };
    let (environment, admin) = (args.environment, args.admin.into());
    let key = trust::found(&services, new, move |tx, scope| {
        recording_guidance::seed_default(tx, scope)?;
        keys::create_first_admin_key(tx, scope, &environment, &slug, admin)
    })
    .map_err(|error| refused(&named, &error))?;
    print(&format!(
        "The trust is made. Its administrator's API key, shown this once and valid for 90 days:\n\n{}\n",
        key.expose()
    ))
}

fn add_admin(args: AddAdmin) -> Outcome {
    let services = serve::open(&args.store, &args.environment)?;
    let (environment, slug, admin) = (args.environment, args.slug.clone(), args.admin.into());
    let key = trust::within(&services, &args.slug, move |tx, scope| {
        keys::create_first_admin_key(tx, scope, &environment, &slug, admin)
    })
    .map_err(|error| refused(&args.slug, &error))?;
    print(&format!(
        "The administrator's API key, shown this once and valid for 90 days:\n\n{}\n",
        key.expose()
    ))
}
