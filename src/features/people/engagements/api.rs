//! Operations on engagements.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{EngagementCreate, EngagementFilter, EngagementPatch, EngagementView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Make an engagement
///
/// Says where a person works, volunteers or governs, as what, and from when. With a right that reaches single schools
/// only, the school must be one of them, and 409 `rule_broken` with `lead_role` refuses one with an end for somebody
/// who holds a role other than `staff`, `volunteer` and `plan-lead`.
#[utoipa::path(
    tag = "People",
    operation_id = "createEngagement",
    params(("id" = crate::ids::Id, Path, description = "The person.")),
    request_body = EngagementCreate,
    responses((status = 201, description = "The engagement was made.", body = EngagementView)),
    extensions(("x-access" = json!({"action": "person.manage"})))
)]
#[post("/people/{id}/engagements")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<EngagementCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    let location = format!("/v1/people/{}/engagements/{}", row.person_id, row.id);
    Ok(cx.created(&location, &ETag::version(row.version), &EngagementView::from(row)))
}

/// List a person's engagements
///
/// The engagements at schools within your reach, oldest record first; of yourself all.
#[utoipa::path(
    tag = "People",
    operation_id = "listEngagements",
    params(("id" = crate::ids::Id, Path, description = "The person."), PageQuery, EngagementFilter),
    responses((status = 200, description = "A page of engagements.", body = Page<EngagementView>)),
    extensions(("x-access" = json!({"action": "person.read"})))
)]
#[get("/people/{id}/engagements")]
pub async fn list(cx: Context, id: PathId, query: ListParams<EngagementFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, id.0, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read an engagement
///
/// One engagement of a person.
#[utoipa::path(
    tag = "People",
    operation_id = "getEngagement",
    params(
        ("id" = crate::ids::Id, Path, description = "The person."),
        ("engagement_id" = crate::ids::Id, Path, description = "The engagement.")
    ),
    responses((status = 200, description = "The engagement.", body = EngagementView)),
    extensions(("x-access" = json!({"action": "person.read"})))
)]
#[get("/people/{id}/engagements/{engagement_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonRead)?;
    let work = scope.clone();
    let row = cx.read(&scope, move |conn| service::get(conn, &work, ids.0, ids.1)).await?;
    Ok(cx.found(&ETag::version(row.version), &EngagementView::from(row)))
}

/// Change an engagement
///
/// Changes when an engagement ends, or its post. Once all engagements of a person are over, the person gets in no
/// more; what they submitted stays. 409 `rule_broken` with `lead_role` where the end of an engagement of somebody who
/// holds a role other than `staff`, `volunteer` and `plan-lead` is changed without a right to the whole trust.
#[utoipa::path(
    tag = "People",
    operation_id = "changeEngagement",
    params(
        ("id" = crate::ids::Id, Path, description = "The person."),
        ("engagement_id" = crate::ids::Id, Path, description = "The engagement.")
    ),
    request_body(content = EngagementPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The engagement after the change.", body = EngagementView)),
    extensions(("x-access" = json!({"action": "person.manage"})))
)]
#[patch("/people/{id}/engagements/{engagement_id}")]
pub async fn change(
    cx: Context,
    ids: PathIds,
    if_match: IfMatch,
    body: Body<EngagementPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonManage)?;
    let work = scope.clone();
    let row = cx
        .write(&scope, None, move |tx| {
            service::change(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &EngagementView::from(row)))
}
