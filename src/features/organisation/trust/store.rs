//! Every query on the trust and its settings.

use crate::db::prelude::*;

use super::rules::{ClosureRule, PanelExpected, ScrutinyRule};
use crate::access::Scope;
use crate::access::matrix::TrustLeadColumn;
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::{trust_settings, trusts};
use crate::db::violations::expect_one;
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::Name;

/// A trust's line in the directory of trusts.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = trusts, check_for_backend(crate::db::Backend))]
pub struct TrustRow {
    pub id: Id,
    pub slug: String,
    pub created_at: Timestamp,
}

/// A trust's settings as they are stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = trust_settings, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct SettingsRow {
    pub trust_id: Id,
    pub name: Name<200>,
    pub trust_lead_column: TrustLeadColumn,
    pub closure_rule: ClosureRule,
    pub restricted_log: bool,
    pub version: i64,
    pub updated_at: Timestamp,
    pub scrutiny: ScrutinyRule,
    pub panel_expected: PanelExpected,
    pub scrutiny_alert_days: Option<i16>,
}

crate::versioned!(SettingsRow);

/// The caller's trust.
pub fn get(conn: &mut Conn, scope: &Scope) -> ApiResult<(TrustRow, SettingsRow)> {
    let trust = trusts::table.find(scope.trust()).select(TrustRow::as_select()).first(conn)?;
    Ok((trust, settings(conn, scope.trust())?))
}

/// The settings of a trust.
pub fn settings(conn: &mut Conn, trust: Id) -> ApiResult<SettingsRow> {
    Ok(trust_settings::table.find(trust).select(SettingsRow::as_select()).first(conn)?)
}

/// The trust of a slug.
pub fn of_slug(conn: &mut Conn, slug: &str) -> ApiResult<Id> {
    Ok(trusts::table.filter(trusts::slug.eq(slug)).select(trusts::id).first(conn)?)
}

/// Stores a new trust.
pub fn insert(conn: &mut Conn, trust: &TrustRow, settings: &SettingsRow) -> ApiResult<()> {
    diesel::insert_into(trusts::table).values(trust).execute(conn)?;
    diesel::insert_into(trust_settings::table).values(settings).execute(conn)?;
    Ok(())
}

/// Stores new settings, where nobody has changed them since.
pub fn update(conn: &mut Conn, row: &SettingsRow) -> ApiResult<()> {
    let stored = diesel::update(trust_settings::table.find(row.trust_id))
        .filter(trust_settings::version.eq(row.version - 1))
        .set((
            trust_settings::name.eq(&row.name),
            trust_settings::trust_lead_column.eq(row.trust_lead_column),
            trust_settings::closure_rule.eq(row.closure_rule),
            trust_settings::restricted_log.eq(row.restricted_log),
            trust_settings::scrutiny.eq(row.scrutiny),
            trust_settings::panel_expected.eq(row.panel_expected),
            trust_settings::scrutiny_alert_days.eq(row.scrutiny_alert_days),
            trust_settings::version.eq(row.version),
            trust_settings::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    expect_one(stored)
}
