//! Use cases of the trust.

use std::sync::Arc;

use super::dto::TrustPatch;
use super::rules::{self, Settings};
use super::store::{self, SettingsRow, TrustRow};
use crate::access::change::write_now;
use crate::access::matrix::TrustLeadColumn;
use crate::access::{Action, Scope, Services, Tx, Viewer};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::concerns;
use crate::http::IfMatch;
use crate::ids::Id;
use crate::text::Name;

/// A trust that is about to be made.
#[derive(Clone, Debug)]
pub struct NewTrust {
    /// Its word in tokens and keys: `^[a-z0-9][a-z0-9-]{1,40}$`.
    pub slug: String,
    /// Its name.
    pub name: Name<200>,
    /// Its switches.
    pub settings: Settings,
}

/// The caller's trust.
pub fn get(conn: &mut Conn, scope: &Scope) -> ApiResult<(TrustRow, SettingsRow)> {
    store::get(conn, scope)
}

/// The switches of a trust, for the rules of other features.
pub fn settings(conn: &mut Conn, trust: Id) -> ApiResult<Settings> {
    store::settings(conn, trust).map(|row| switches(&row))
}

const fn switches(row: &SettingsRow) -> Settings {
    Settings {
        trust_lead_column: row.trust_lead_column,
        closure_rule: row.closure_rule,
        scrutiny: row.scrutiny,
        panel_expected: row.panel_expected,
        restricted_log: row.restricted_log,
        scrutiny_alert_days: row.scrutiny_alert_days,
    }
}

/// Changes the trust's name and settings.
pub fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    if_match: &IfMatch,
    patch: TrustPatch,
) -> ApiResult<(TrustRow, SettingsRow)> {
    let (trust, old) = store::get(tx.conn, scope)?;
    if_match.check(old.version)?;
    let before = old.clone();
    let row = SettingsRow {
        name: patch.name.unwrap_or(old.name),
        trust_lead_column: patch.trust_lead_column.unwrap_or(old.trust_lead_column),
        closure_rule: patch.closure_rule.unwrap_or(old.closure_rule),
        scrutiny: patch.scrutiny.unwrap_or(old.scrutiny),
        panel_expected: patch.panel_expected.unwrap_or(old.panel_expected),
        restricted_log: patch.restricted_log.unwrap_or(old.restricted_log),
        scrutiny_alert_days: patch.scrutiny_alert_days.apply(old.scrutiny_alert_days),
        ..old
    };
    rules::check(switches(&row))?;
    let Some(row) = tx.renew(&before, row) else { return Ok((trust, before)) };
    store::update(tx.conn, &row)?;
    if row.trust_lead_column != before.trust_lead_column {
        concerns::ensure_readers_at(tx, scope, None)?;
    }
    tx.did("trust.changed", "trust", trust.id, None)?;
    Ok((trust, row))
}

/// Founds a trust from the command line: in one transaction, with audit entries of the principal `cli`, together with
/// what `more` makes for it. There is nobody yet who could ask for it over HTTP. It blocks, and must not be called on
/// an async thread.
pub fn found<T, F>(services: &Services, input: NewTrust, more: F) -> ApiResult<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>, &Scope) -> ApiResult<T> + Send + 'static,
{
    let scope =
        operator(services, Id::new(services.clock.now()), &input.slug, input.settings.trust_lead_column);
    let work = scope.clone();
    write_now(services, &scope, move |tx| {
        create_trust(tx, input)?;
        more(tx, &work)
    })
}

/// Does operator's work within a trust that there is, in the same way.
pub fn within<T, F>(services: &Services, slug: &str, work: F) -> ApiResult<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>, &Scope) -> ApiResult<T> + Send + 'static,
{
    let name = slug.to_owned();
    let trust = services.db.write_now(None, move |conn| store::of_slug(conn, &name))?;
    let lead = services.db.write_now(Some(trust), move |conn| settings(conn, trust))?.trust_lead_column;
    let scope = operator(services, trust, slug, lead);
    let inner = scope.clone();
    write_now(services, &scope, move |tx| work(tx, &inner))
}

/// The scope of whoever sits at the machine.
fn operator(services: &Services, trust: Id, slug: &str, lead: TrustLeadColumn) -> Scope {
    let viewer = Viewer {
        trust,
        trust_slug: slug.to_owned(),
        principal: "cli".to_owned(),
        person: None,
        grants: Vec::new(),
        lead,
        key: None,
    };
    Scope::system(&Arc::new(viewer), Action::TrustChange, services.clock.now())
}

/// Makes the trust of a transaction: its line in the directory, its settings and its key.
pub fn create_trust(tx: &mut Tx<'_>, input: NewTrust) -> ApiResult<Id> {
    if !rules::is_slug(&input.slug) {
        return Err(ApiError::invalid("/slug", "format", rules::SLUG_FORM));
    }
    rules::check(input.settings)?;
    let (id, now) = (tx.trust(), tx.now());
    let trust = TrustRow { id, slug: input.slug, created_at: now };
    let settings = SettingsRow {
        trust_id: id,
        name: input.name,
        trust_lead_column: input.settings.trust_lead_column,
        closure_rule: input.settings.closure_rule,
        restricted_log: input.settings.restricted_log,
        scrutiny_alert_days: input.settings.scrutiny_alert_days,
        version: 1,
        updated_at: now,
        scrutiny: input.settings.scrutiny,
        panel_expected: input.settings.panel_expected,
    };
    store::insert(tx.conn, &trust, &settings)?;
    tx.vault.create_trust_key(tx.conn, id, now)?;
    tx.did("trust.created", "trust", id, None)?;
    Ok(id)
}
