//! Operations on subjects.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    SubjectConfirmation, SubjectCreate, SubjectFilter, SubjectRemoval, SubjectRemoved, SubjectView,
};
use super::service;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, ListParams, Page, PageQuery, PathId, PathIds};

/// Map a subject to a person
///
/// Says under which name an identity provider knows a person, for tokens that do not carry our identifier. It lets
/// nobody in until a second person confirms it. Needs a right to the whole trust, and a caller who is a person:
/// otherwise 403 `person_unknown`. `Location` is the list. 409 `already_exists` where the subject is mapped already, 409
/// `rule_broken` with `own_login` at `/subject` where the person is you, or it is the login that you are calling with.
#[utoipa::path(
    tag = "People",
    operation_id = "createSubject",
    params(("id" = crate::ids::Id, Path, description = "The person.")),
    request_body = SubjectCreate,
    responses((status = 201, description = "The mapping was made.", body = SubjectView, headers(("Location" = String)))),
    extensions(("x-access" = json!({"action": "subject.manage", "reach": "trust"})))
)]
#[post("/people/{id}/subjects")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<SubjectCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SubjectManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, id.0, body.into_inner()))
        .await?;
    let location = format!("/v1/people/{}/subjects", row.person_id);
    let view = SubjectView::from(row);
    Ok(cx.recorded(&location, None, None, &view))
}

/// Confirm a subject
///
/// Lets a mapping hold that another person made: from then on tokens of that subject are this person's, who gets a
/// notification. Needs a right to the whole trust, and a caller who is a person: otherwise 403 `person_unknown`. The
/// person whom it is about may be the second one. 409 `rule_broken` with `second_person` where you made it, or it is of
/// the login that you are calling with; 409 `state_conflict` where it is confirmed.
#[utoipa::path(
    tag = "People",
    operation_id = "confirmSubject",
    params(
        ("id" = crate::ids::Id, Path, description = "The person."),
        ("subject_id" = crate::ids::Id, Path, description = "The mapping.")
    ),
    request_body = SubjectConfirmation,
    responses((status = 200, description = "The mapping holds.", body = SubjectView)),
    extensions(("x-access" = json!({"action": "subject.manage"})))
)]
#[post("/people/{id}/subjects/{subject_id}/confirmation")]
pub async fn confirm(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    body: Body<SubjectConfirmation>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SubjectManage)?;
    scope.require_trust()?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx.write(&scope, Some(request), move |tx| service::confirm(tx, &work, ids.0, ids.1)).await?;
    let view = SubjectView::from(row);
    Ok(cx.changed(&ETag::of_view(&view), &view))
}

/// List a person's subjects
///
/// Under which names identity providers know a person. Needs a right to the whole trust.
#[utoipa::path(
    tag = "People",
    operation_id = "listSubjects",
    params(("id" = crate::ids::Id, Path, description = "The person."), PageQuery, SubjectFilter),
    responses((status = 200, description = "A page of subjects.", body = Page<SubjectView>)),
    extensions(("x-access" = json!({"action": "subject.manage", "reach": "trust"})))
)]
#[get("/people/{id}/subjects")]
pub async fn list(cx: Context, id: PathId, query: ListParams<SubjectFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SubjectManage)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, id.0, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Remove a subject
///
/// Takes a mapping away: tokens of that subject are no longer this person's within seconds. Needs a right to the whole
/// trust. The audit log keeps that the mapping was made and removed. 409 `rule_broken` with `own_login` where it is the
/// mapping of your own login: another administrator removes it.
#[utoipa::path(
    tag = "People",
    operation_id = "removeSubject",
    params(
        ("id" = crate::ids::Id, Path, description = "The person."),
        ("subject_id" = crate::ids::Id, Path, description = "The mapping.")
    ),
    request_body = SubjectRemoval,
    responses((status = 200, description = "The mapping is gone.", body = SubjectRemoved)),
    extensions(("x-access" = json!({"action": "subject.manage", "reach": "trust"})))
)]
#[post("/people/{id}/subjects/{subject_id}/removal")]
pub async fn remove(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    body: Body<SubjectRemoval>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::SubjectManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let id = cx.write(&scope, Some(request), move |tx| service::remove(tx, &work, ids.0, ids.1)).await?;
    let gone = SubjectRemoved { id };
    Ok(cx.changed(&ETag::of_view(&gone), &gone))
}
