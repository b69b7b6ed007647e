//! Raising, reading, listing and searching.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{AsOf, ConcernCreate, ConcernFilter, ConcernSearch, ConcernSummary, ConcernView};
use super::super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, ListParams, Page, PageQuery, Params, PathId};
use crate::ids::Id;

/// Raise a concern
///
/// Records a concern about one or more children. Any member of staff, volunteer, governor or trustee may, also for a
/// child, a parent, a professional or somebody who gives no name; so may a system. It goes to the school's
/// safeguarding team, but for those who are linked to the case; where that leaves nobody, to the next above them. You
/// are answered with what you may see of it: a reporter with what they submitted, a safeguarding lead with the record,
/// a system with its metadata.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "raiseConcern",
    request_body = ConcernCreate,
    responses((status = 201, description = "The concern was raised.", body = ConcernView)),
    extensions(("x-access" = json!({"action": "concern.raise"})))
)]
#[post("/concerns")]
pub async fn raise(cx: Context, key: IdempotencyKey, body: Body<ConcernCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernRaise)?;
    let (request, work) = (key.with(&body), scope.clone());
    let shown =
        cx.write(&scope, Some(request), move |tx| service::raise(tx, &work, body.into_inner())).await?;
    Ok(cx.created(&format!("/v1/concerns/{}", shown.view.id), &shown.tag, &shown.view))
}

/// List concerns
///
/// The concerns that you may know of, the newest first, without the text of any case: those of the schools that your
/// roles reach, those shared with you or assigned to you, and those that you have raised.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "listConcerns",
    params(PageQuery, ConcernFilter),
    responses((status = 200, description = "A page of concerns.", body = Page<ConcernSummary>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns")]
pub async fn list(cx: Context, query: ListParams<ConcernFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernRead)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "concern", None, move |conn| {
            let page = service::list(conn, &work, &query.filter, &query.paging)?;
            Ok(seen_all(page, work.within(query.filter.school_id)))
        })
        .await?;
    Ok(cx.page(&page))
}

/// Read a concern
///
/// One concern, as far as you may see it: `view` says which fields are there. With `as_of` it is given as it was known
/// at that moment: a pupil whose record has gone into another one since stands by the identifier and the part of then.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "getConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern."), AsOf),
    responses((status = 200, description = "The concern.", body = ConcernView)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[get("/concerns/{id}")]
pub async fn get(cx: Context, id: PathId, query: Params<AsOf>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let shown = cx
        .see(&scope, "concern", Some(id.0), move |conn| {
            let shown = service::get(conn, &vault, &work, id.0, query.0.as_of)?;
            Ok(Seen { records: vec![shown.view.id], school: None, value: shown })
        })
        .await?;
    Ok(cx.found(&shown.tag, &shown.view))
}

/// Search concerns by words
///
/// The concerns in which all the words occur, the newest first: in whatever you may read of them, also in versions that
/// were corrected since. That is the accounts, triages, notes, actions, decisions, shares, links, scrutiny, closures and
/// what panels wrote about the concern; of what you have raised and see no more of, what you submitted and added. The
/// text is stored encrypted and is not indexed: each call opens some 2,000 texts at most, and an answer with few items
/// or none may still have a `next_cursor` with which the search goes on.
#[utoipa::path(
    tag = "Concerns",
    operation_id = "searchConcerns",
    request_body = ConcernSearch,
    responses((status = 200, description = "A page of concerns.", body = Page<ConcernSummary>)),
    extensions(("x-access" = json!({"action": "concern.read"})))
)]
#[post("/concerns/searches")]
pub async fn search(cx: Context, body: Body<ConcernSearch>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernRead)?;
    let input = body.into_inner();
    let query = PageQuery { limit: input.limit, cursor: input.cursor.clone().map(String::from), count: None };
    let paging = cx.search_paging(query, &input.binding())?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "concern", None, move |conn| {
            let page = service::search(conn, &vault, &work, &paging, &input)?;
            Ok(seen_all(page, work.within(input.school_id)))
        })
        .await?;
    Ok(cx.page(&page))
}

/// A list is one audit entry with the concerns that it showed.
fn seen_all(page: Page<ConcernSummary>, school: Option<Id>) -> Seen<Page<ConcernSummary>> {
    Seen { records: page.items.iter().map(|item| item.id).collect(), school, value: page }
}
