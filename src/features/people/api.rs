//! Operations on people.

use actix_web::{HttpResponse, get, patch, post};

use super::dto::{PersonCreate, PersonFilter, PersonPatch, PersonSearch, PersonView};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

/// Make a person
///
/// Makes an adult of the trust, with a first engagement where one is given. A caller whose right reaches single
/// schools only must give one, at a school within reach. 409 `already_exists` where the e-mail address is taken.
#[utoipa::path(
    tag = "People",
    operation_id = "createPerson",
    request_body = PersonCreate,
    responses((status = 201, description = "The person was made.", body = PersonView)),
    extensions(("x-access" = json!({"action": "person.manage"})))
)]
#[post("/people")]
pub async fn create(cx: Context, key: IdempotencyKey, body: Body<PersonCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    let tag = ETag::version(row.version);
    Ok(cx.created(&format!("/v1/people/{}", row.id), &tag, &PersonView::from(row)))
}

/// List people
///
/// The people within your reach, oldest record first: those who work or hold a role at your schools and have not
/// left, and always yourself; with a right to the whole trust, all.
#[utoipa::path(
    tag = "People",
    operation_id = "listPeople",
    params(PageQuery, PersonFilter),
    responses((status = 200, description = "A page of people.", body = Page<PersonView>)),
    extensions(("x-access" = json!({"action": "person.read"})))
)]
#[get("/people")]
pub async fn list(cx: Context, query: ListParams<PersonFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Search people by name
///
/// The people within your reach of whose names every word asked for begins a word, by name.
#[utoipa::path(
    tag = "People",
    operation_id = "searchPeople",
    request_body = PersonSearch,
    responses((status = 200, description = "A page of people.", body = Page<PersonView>)),
    extensions(("x-access" = json!({"action": "person.read"})))
)]
#[post("/people/searches")]
pub async fn search(cx: Context, body: Body<PersonSearch>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonRead)?;
    let (work, input) = (scope.clone(), body.into_inner());
    let query = PageQuery { limit: input.limit, cursor: input.cursor.clone(), count: None };
    let paging = cx.search_paging(query, &format!("{:?}\n{}", input.school_id, input.words.as_str()))?;
    let page = cx.read(&scope, move |conn| service::search(conn, &work, &input, &paging)).await?;
    Ok(cx.page(&page))
}

/// Read a person
///
/// One person within your reach.
#[utoipa::path(
    tag = "People",
    operation_id = "getPerson",
    params(("id" = crate::ids::Id, Path, description = "The person.")),
    responses((status = 200, description = "The person.", body = PersonView)),
    extensions(("x-access" = json!({"action": "person.read"})))
)]
#[get("/people/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonRead)?;
    let work = scope.clone();
    let row = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::version(row.version), &PersonView::from(row)))
}

/// Change a person
///
/// Changes a person's names or e-mail address. 409 `already_exists` where the e-mail address is taken, 409 `rule_broken`
/// with `lead_role` where the person holds a role other than `staff`, `volunteer` and `plan-lead` and your right does
/// not reach the whole trust.
#[utoipa::path(
    tag = "People",
    operation_id = "changePerson",
    params(("id" = crate::ids::Id, Path, description = "The person.")),
    request_body(content = PersonPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The person after the change.", body = PersonView)),
    extensions(("x-access" = json!({"action": "person.manage"})))
)]
#[patch("/people/{id}")]
pub async fn change(
    cx: Context,
    id: PathId,
    if_match: IfMatch,
    body: Body<PersonPatch>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PersonManage)?;
    let work = scope.clone();
    let row = cx
        .write(&scope, None, move |tx| service::change(tx, &work, id.0, &if_match, body.into_inner()))
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &PersonView::from(row)))
}
