//! Searches for pupils: what identifies a child stands in the body, never in an address.

use actix_web::{HttpResponse, post};

use super::dto::{DirectoryEntry, DirectorySearch, PupilSearch, PupilView};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, Page};

/// Search pupils
///
/// Pupils who are or have been on roll at the schools within your reach and who fit every condition, by family name. One
/// who has left them is found by, and shown with, the names and the number of their last day there.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "searchPupils",
    request_body = PupilSearch,
    responses((status = 200, description = "A page of pupils.", body = Page<PupilView>)),
    extensions(("x-access" = json!({"action": "pupil.read"})))
)]
#[post("/pupils/searches")]
pub async fn search(cx: Context, body: Body<PupilSearch>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilRead)?;
    let (query, conditions) = body.paging();
    let (work, paging) = (scope.clone(), cx.search_paging(query, &conditions)?);
    let page = cx
        .see(&scope, "pupil", None, move |conn| {
            let school = body.school_id.filter(|school| work.extent().covers(*school));
            let value = service::search(conn, &work, &body, &paging)?;
            Ok(Seen { records: value.items.iter().map(|view| view.id).collect(), school, value })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Find a pupil to name
///
/// For staff who name a child in a concern: pupils on roll today at one of your schools, with name and year only.
#[utoipa::path(
    tag = "Pupils",
    operation_id = "searchPupilDirectory",
    request_body = DirectorySearch,
    responses((status = 200, description = "A page of pupils.", body = Page<DirectoryEntry>)),
    extensions(("x-access" = json!({"action": "pupil.find"})))
)]
#[post("/pupils/directory-searches")]
pub async fn search_directory(cx: Context, body: Body<DirectorySearch>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PupilFind)?;
    let (query, conditions) = body.paging();
    let (work, paging) = (scope.clone(), cx.search_paging(query, &conditions)?);
    let page = cx.read(&scope, move |conn| service::search_directory(conn, &work, &body, &paging)).await?;
    Ok(cx.page(&page))
}
