//! Operations on what was done for a family.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{FamilySupportMoment, SupportEntryCorrection, SupportEntryCreate, SupportEntryView};
use super::super::entries;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};
use crate::ids::Id;

fn location(support: Id, view: &SupportEntryView) -> String {
    format!("/v1/family-supports/{support}/entries/{}", view.id)
}

/// Record a contact or signpost
///
/// Records that somebody was spoken or written to, or that the family was shown the way to help, and what it said. Support
/// that has ended is 409 `state_conflict`.
#[utoipa::path(
    tag = "Family support",
    operation_id = "createFamilySupportEntry",
    params(("id" = crate::ids::Id, Path, description = "The support.")),
    request_body = SupportEntryCreate,
    responses((status = 201, description = "It was recorded.", body = SupportEntryView)),
    extensions(("x-access" = json!({"action": "family-support.work"})))
)]
#[post("/family-supports/{id}/entries")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<SupportEntryCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| entries::create(tx, &work, id.0, body.into_inner()))
        .await?;
    Ok(cx.created(&location(id.0, &view), &view.tag(), &view))
}

/// List contacts and signposts
///
/// What was done in one support, in the versions that hold, the oldest record first; with `as_of`, as it was known at that
/// moment.
#[utoipa::path(
    tag = "Family support",
    operation_id = "listFamilySupportEntries",
    params(("id" = crate::ids::Id, Path, description = "The support."), PageQuery, FamilySupportMoment),
    responses((status = 200, description = "A page.", body = Page<SupportEntryView>)),
    extensions(("x-access" = json!({"action": "family-support.read"})))
)]
#[get("/family-supports/{id}/entries")]
pub async fn list(
    cx: Context,
    id: PathId,
    query: ListParams<FamilySupportMoment>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "family_support", Some(id.0), move |conn| {
            let asked = (id.0, query.filter.as_of);
            let (value, school) = entries::list(conn, &vault, &work, asked, &query.paging)?;
            let records = std::iter::once(id.0).chain(value.items.iter().map(|view| view.id)).collect();
            Ok(Seen { value, records, school: Some(school) })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a contact or signpost
///
/// One entry in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Family support",
    operation_id = "getFamilySupportEntry",
    params(
        ("id" = crate::ids::Id, Path, description = "The support."),
        ("entry_id" = crate::ids::Id, Path, description = "The entry."),
        FamilySupportMoment,
    ),
    responses((status = 200, description = "The entry.", body = SupportEntryView)),
    extensions(("x-access" = json!({"action": "family-support.read"})))
)]
#[get("/family-supports/{id}/entries/{entry_id}")]
pub async fn get(cx: Context, ids: PathIds, query: Params<FamilySupportMoment>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "family_support_entry", Some(ids.1), move |conn| {
            let (value, school) = entries::get(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id], school: Some(school), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Correct a contact or signpost
///
/// Records a corrected version with the reason, such as what the family said to an offer; the one before is kept.
#[utoipa::path(
    tag = "Family support",
    operation_id = "correctFamilySupportEntry",
    params(
        ("id" = crate::ids::Id, Path, description = "The support."),
        ("entry_id" = crate::ids::Id, Path, description = "The entry."),
    ),
    request_body = SupportEntryCorrection,
    responses((status = 201, description = "It was recorded.", body = SupportEntryView)),
    extensions(("x-access" = json!({"action": "family-support.work", "if_match": true})))
)]
#[post("/family-supports/{id}/entries/{entry_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<SupportEntryCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilySupportWork)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            entries::correct(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&location(ids.0, &view), &view.tag(), &view))
}
