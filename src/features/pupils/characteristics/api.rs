//! Operations on characteristics.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{CharacteristicCreate, CharacteristicFilter, CharacteristicPatch, CharacteristicView};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Record a characteristic
///
/// Records what is known about a pupil from a day on. An open value of the same kind that began earlier ends on the
/// day before; any other overlap is 409 `state_conflict`. A protected kind that your roles may not know is 409
/// `rule_broken` at `/kind`; with a conflict of interest it is 409 `conflict_of_interest`.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "createCharacteristic",
    params(("id" = crate::ids::Id, Path, description = "The pupil.")),
    request_body = CharacteristicCreate,
    responses((status = 201, description = "The value was recorded.", body = CharacteristicView)),
    extensions(("x-access" = json!({"action": "pupil.manage"})))
)]
#[post("/pupils/{id}/characteristics")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<CharacteristicCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    let (tag, place) =
        (ETag::version(row.version), format!("/v1/pupils/{}/characteristics/{}", row.pupil_id, row.id));
    Ok(cx.created(&place, &tag, &CharacteristicView::from(row)))
}

/// List a pupil's characteristics
///
/// What is and was known about a pupil, oldest record first; the protected kinds only for those who may know them.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "listCharacteristics",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, CharacteristicFilter),
    responses((status = 200, description = "A page of characteristics.", body = Page<CharacteristicView>)),
    extensions(("x-access" = json!({"action": "pupil.read"})))
)]
#[get("/pupils/{id}/characteristics")]
pub async fn list(
    cx: Context,
    id: PathId,
    query: ListParams<CharacteristicFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "pupil", Some(id.0), move |conn| {
            let value = service::list(conn, &vault, &work, id.0, &query.filter, &query.paging)?;
            Ok(Seen { value, records: vec![id.0], school: None })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a characteristic
///
/// One value that is or was known about a pupil.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "getCharacteristic",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("characteristic_id" = crate::ids::Id, Path, description = "The characteristic."),
    ),
    responses((status = 200, description = "The characteristic.", body = CharacteristicView)),
    extensions(("x-access" = json!({"action": "pupil.read"})))
)]
#[get("/pupils/{id}/characteristics/{characteristic_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let row = cx
        .see(&scope, "characteristic", Some(ids.1), move |conn| {
            let value = service::get(conn, &vault, &work, ids.0, ids.1)?;
            Ok(Seen { records: vec![value.id], school: None, value })
        })
        .await?;
    Ok(cx.found(&ETag::version(row.version), &CharacteristicView::from(row)))
}

/// Change a characteristic
///
/// Puts a value or its days right. A value that has changed in life is recorded anew. 409 `state_conflict` where
/// another value of the kind holds in that time.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "changeCharacteristic",
    params(
        ("id" = crate::ids::Id, Path, description = "The pupil."),
        ("characteristic_id" = crate::ids::Id, Path, description = "The characteristic."),
    ),
    request_body(content = CharacteristicPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The characteristic after the change.", body = CharacteristicView)),
    extensions(("x-access" = json!({"action": "pupil.manage"})))
)]
#[patch("/pupils/{id}/characteristics/{characteristic_id}")]
pub async fn change(
    cx: Context,
    ids: PathIds,
    if_match: IfMatch,
    body: Body<CharacteristicPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilManage)?;
    let work = scope.clone();
    let row = cx
        .write(&scope, None, move |tx| {
            service::change(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &CharacteristicView::from(row)))
}
