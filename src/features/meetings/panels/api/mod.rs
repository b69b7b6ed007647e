//! Operations on panels.

mod agreements;
mod attendance;
mod decisions;
mod minutes;
mod panels;

use crate::http::Mount;
use actix_web::HttpResponse;
use serde::Serialize;

use super::service::Made;
use crate::access::{Action, Context, Scope, Seen, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, Page, PathIds};
use crate::ids::Id;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(panels::missed_weeks).service(panels::call).service(panels::list).service(panels::get);
    config.service(panels::change).service(panels::hold).service(agreements::agenda);
    config
        .service(attendance::record_attendance)
        .service(attendance::list_attendance)
        .service(attendance::get_attendance)
        .service(attendance::attendance_versions)
        .service(attendance::correct_attendance);
    config
        .service(minutes::record_minutes)
        .service(minutes::list_minutes)
        .service(minutes::get_minutes)
        .service(minutes::minutes_versions)
        .service(minutes::correct_minutes);
    config
        .service(decisions::decide)
        .service(decisions::list_decisions)
        .service(decisions::get_decision)
        .service(decisions::decision_versions)
        .service(decisions::correct_decision)
        .service(decisions::done)
        .service(decisions::call_off);
    config.service(agreements::answer).service(agreements::list);
}

/// 201 for a panel: `Location` and `ETag` are its own, so that the next change can name its version.
fn made<T: Serialize>(cx: &Context, panel: Id, made: &Made<T>) -> HttpResponse {
    cx.created(&format!("/v1/panels/{panel}"), &ETag::version(made.version), &made.view)
}

/// A page of a panel's records: one audit entry with the panel.
fn seen<T>(panel: Id, page: Page<T>) -> Seen<Page<T>> {
    Seen { value: page, records: vec![panel], school: None }
}

/// What a part of a panel is recorded under, and where it is read.
struct Place {
    action: Action,
    panel: Id,
    part: &'static str,
}

/// The tags of a 201: what is read of the entry, and the panel's where the next change is judged by that.
type Tags = (ETag, Option<ETag>);

/// Of an entry that changes with its panel.
fn of_panel<T: Serialize>(made: &Made<T>) -> Tags {
    (ETag::of_view(&made.view), Some(ETag::version(made.version)))
}

/// Of an entry that has versions of its own.
fn of_entry<T: Serialize>(made: &Made<T>) -> Tags {
    (ETag::version_and_view(made.version, &made.view), None)
}

/// Records an entry of a panel. 201: `Location` is where the entry is read.
async fn record<B, T>(
    cx: &Context,
    (place, tags): (Place, fn(&Made<T>) -> Tags),
    key: &IdempotencyKey,
    body: Body<B>,
    work: impl FnOnce(&mut Tx<'_>, &Scope, B) -> ApiResult<Made<T>> + Send + 'static,
) -> ApiResult<HttpResponse>
where
    B: Send + 'static,
    T: Serialize + Send + 'static,
{
    let scope = cx.permit(place.action)?;
    let (request, caller) = (key.with(&body), scope.clone());
    let made = cx.write(&scope, Some(request), move |tx| work(tx, &caller, body.into_inner())).await?;
    let location = format!("/v1/panels/{}/{}/{}", place.panel, place.part, made.id);
    let (tag, panel) = tags(&made);
    Ok(cx.recorded(&location, Some(&tag), panel.as_ref(), &made.view))
}

/// One entry of a panel: one audit entry with the panel.
async fn entry<T: Serialize + Send + 'static>(
    cx: &Context,
    ids: PathIds,
    work: impl FnOnce(&mut Conn, &Vault, &Scope, Id, Id) -> ApiResult<T> + Send + 'static,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelRead)?;
    let (caller, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "panel", Some(ids.0), move |conn| {
            let value = work(conn, &vault, &caller, ids.0, ids.1)?;
            Ok(Seen { value, records: vec![ids.0], school: None })
        })
        .await?;
    Ok(cx.found(&ETag::of_view(&view), &view))
}

/// A page of a panel's entries: one audit entry with the panel.
async fn entries<T: Serialize + Send + 'static>(
    cx: &Context,
    panel: Id,
    work: impl FnOnce(&mut Conn, &Vault, &Scope) -> ApiResult<Page<T>> + Send + 'static,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelRead)?;
    let (caller, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "panel", Some(panel), move |conn| Ok(seen(panel, work(conn, &vault, &caller)?)))
        .await?;
    Ok(cx.page(&page))
}
