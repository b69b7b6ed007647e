//! The agenda and the answers.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{AgendaFilter, AgendaItemView, AgreementCreate, AgreementFilter, AgreementView};
use super::super::service;
use super::seen;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, ListParams, Page, PageQuery, PathId};

/// Read the agenda
///
/// The concerns that stand open at the school; once the panel was held, those that stood open then. You find those that
/// you see in full, and those on which you are asked as an attendee, of which you may see no more than that they are
/// there. Nothing else is there or counted.
#[utoipa::path(
    tag = "Panels",
    operation_id = "getPanelAgenda",
    params(("id" = crate::ids::Id, Path, description = "The panel."), PageQuery, AgendaFilter),
    responses((status = 200, description = "A page.", body = Page<AgendaItemView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/agenda")]
pub async fn agenda(cx: Context, id: PathId, query: ListParams<AgendaFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelRead)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "panel", Some(id.0), move |conn| {
            let page = service::agenda(conn, &work, id.0, &query.paging)?;
            let records = page.items.iter().map(|item| item.concern_id).collect();
            Ok(Seen { records, school: None, value: page })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Answer whether a concern may be closed
///
/// Your own answer, as somebody who attended the held panel with a vote: there is no answering for another. DSLs,
/// deputies, welfare LAPs, the headteacher and the trust lead (or the deputy who stands in for them) have a vote; guests
/// and family liaison officers have none (409 `not_asked`). Whoever has a conflict of interest in a concern is not asked,
/// welfare LAPs not on concerns of the restricted log. An answer stands until you give another or something of the case
/// is recorded: then it is asked anew. 409 `panel_not_held`, `panel_over` where the school has held a later one,
/// `concern_closed`; 412 where something was recorded since the `concern_version` that you name. No `If-Match` is asked
/// for. `Location` is the list of answers.
#[utoipa::path(
    tag = "Panels",
    operation_id = "answerClosure",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    request_body = AgreementCreate,
    responses((status = 201, description = "It was recorded.", body = AgreementView, headers(("Location" = String)))),
    extensions(("x-access" = json!({"action": "panel.agree"})))
)]
#[post("/panels/{id}/agreements")]
pub async fn answer(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<AgreementCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelAgree)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| service::answer(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.recorded(&format!("/v1/panels/{}/agreements", id.0), None, None, &view))
}

/// List answers
///
/// The answers on concerns that you see in full, and your own, also those that no longer stand, the oldest first.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listClosureAnswers",
    params(("id" = crate::ids::Id, Path, description = "The panel."), PageQuery, AgreementFilter),
    responses((status = 200, description = "A page.", body = Page<AgreementView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/agreements")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AgreementFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "panel", Some(id.0), move |conn| {
            let concern = query.filter.concern_id;
            let page = service::list_answers(conn, &vault, &work, id.0, concern, &query.paging)?;
            Ok(seen(id.0, page))
        })
        .await?;
    Ok(cx.page(&page))
}
