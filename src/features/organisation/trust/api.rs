//! Operations on the trust.

use actix_web::{HttpResponse, get, patch};

use super::dto::{TrustPatch, TrustView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IfMatch};

/// Read the trust
///
/// The caller's trust, and the settings in which trusts differ.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "getTrust",
    responses((status = 200, description = "The trust.", body = TrustView)),
    extensions(("x-access" = json!({"action": "trust.read"})))
)]
#[get("/trust")]
pub async fn get(cx: Context) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::TrustRead)?;
    let work = scope.clone();
    let rows = cx.read(&scope, move |conn| service::get(conn, &work)).await?;
    Ok(cx.found(&ETag::version(rows.1.version), &TrustView::from(rows)))
}

/// Change the trust's settings
///
/// Changes the trust's name and settings. They hold from the next request on. `settings_conflict` (422): closure by
/// `unanimous_panel`, scrutiny by `team_and_trust_lead` and a panel of `academy_team_and_trust_lead` need a trust lead who
/// works cases, so none of them can stand beside `trust_lead_column` `aggregate`.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "changeTrust",
    request_body(content = TrustPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The trust after the change.", body = TrustView)),
    extensions(("x-access" = json!({"action": "trust.change"})))
)]
#[patch("/trust")]
pub async fn change(cx: Context, if_match: IfMatch, body: Body<TrustPatch>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::TrustChange)?;
    let work = scope.clone();
    let rows =
        cx.write(&scope, None, move |tx| service::change(tx, &work, &if_match, body.into_inner())).await?;
    Ok(cx.changed(&ETag::version(rows.1.version), &TrustView::from(rows)))
}
