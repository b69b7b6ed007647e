//! Operations on the register of establishments.

use actix_web::{HttpResponse, get};

use super::dto::{EstablishmentFilter, EstablishmentView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{ETag, ListParams, Page, PageQuery, PathUrn};

/// List establishments
///
/// The national register, by name and then by URN. Many schools share a name: choose by URN.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "listEstablishments",
    params(PageQuery, EstablishmentFilter),
    responses((status = 200, description = "A page of establishments.", body = Page<EstablishmentView>)),
    extensions(("x-access" = json!({"action": "establishment.read"})))
)]
#[get("/establishments")]
pub async fn list(cx: Context, query: ListParams<EstablishmentFilter>) -> ApiResult<HttpResponse> {
    cx.permit(Action::EstablishmentRead)?;
    let page = cx.read_shared(move |conn| service::list(conn, &query.filter, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read an establishment
///
/// One establishment of the national register by its URN.
#[utoipa::path(
    tag = "Organisation",
    operation_id = "getEstablishment",
    params(("urn" = i32, Path, description = "The establishment's unique reference number: six digits.",
        minimum = 100_000, maximum = 999_999, example = 137_089)),
    responses((status = 200, description = "The establishment.", body = EstablishmentView)),
    extensions(("x-access" = json!({"action": "establishment.read"})))
)]
#[get("/establishments/{urn}")]
pub async fn get(cx: Context, urn: PathUrn) -> ApiResult<HttpResponse> {
    cx.permit(Action::EstablishmentRead)?;
    let view = EstablishmentView::from(cx.read_shared(move |conn| service::get(conn, urn.0)).await?);
    Ok(cx.found(&ETag::of_view(&view), &view))
}
