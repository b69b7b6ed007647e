//! Operations on families.

use actix_web::{HttpResponse, get, post};

use super::dto::{
    FamilyCorrection, FamilyCreate, FamilyFilter, FamilyMemberCorrection, FamilyMemberCreate,
    FamilyMemberView, FamilyView,
};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, Params, PathId, PathIds};
use crate::ids::Id;

fn place_of(view: &FamilyMemberView) -> String {
    format!("/v1/families/{}/members/{}", view.family_id, view.id)
}

/// Make a family
///
/// Records that pupils belong together: brothers and sisters, cousins, or children of one household, each of whom a
/// school within your reach has. Pupils of other schools are added by the trust's lead, or by their own school, to which you
/// give the family's identifier. A pupil beyond your reach is 409 at `/members/{index}/pupil_id`.
#[utoipa::path(
    tag = "Families",
    operation_id = "createFamily",
    request_body = FamilyCreate,
    responses((status = 201, description = "It was made.", body = FamilyView)),
    extensions(("x-access" = json!({"action": "family.manage"})))
)]
#[post("/families")]
pub async fn create(cx: Context, key: IdempotencyKey, body: Body<FamilyCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilyManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::create(tx, &work, body.into_inner())).await?;
    Ok(cx.created(&format!("/v1/families/{}", view.id), &view.tag(), &view))
}

/// Read a family
///
/// The pupils of a family whom you may see; that there are others, or how many, is not told. Its name is shown to the
/// school that named it and to the trust's lead. Whoever has a conflict of interest with any pupil in it finds nothing.
#[utoipa::path(
    tag = "Families",
    operation_id = "getFamily",
    params(("id" = crate::ids::Id, Path, description = "The family."), FamilyFilter),
    responses((status = 200, description = "The family.", body = FamilyView)),
    extensions(("x-access" = json!({"action": "family.read"})))
)]
#[get("/families/{id}")]
pub async fn get(cx: Context, id: PathId, query: Params<FamilyFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilyRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "family", Some(id.0), move |conn| {
            let value = service::get(conn, &vault, &work, id.0, query.0.as_of)?;
            let school = school_of(&value.members);
            Ok(Seen { records: seen(&value), school, value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// What a family shows, for the audit entry: the pupils are among it, since their schools find the entry by them.
fn seen(view: &FamilyView) -> Vec<Id> {
    let places = view.members.iter().flat_map(|place| [place.id, place.pupil_id]);
    std::iter::once(view.id).chain(places).collect()
}

/// The school of places, where they have one in common.
fn school_of<'a>(places: impl IntoIterator<Item = &'a FamilyMemberView>) -> Option<Id> {
    let mut schools: Vec<Id> = places.into_iter().map(|place| place.school_id).collect();
    schools.dedup();
    schools.pop().filter(|_| schools.is_empty())
}

/// List a pupil's families
///
/// The families in which a pupil has a place that you may see, the oldest first.
#[utoipa::path(
    tag = "Families",
    operation_id = "listPupilFamilies",
    params(("id" = crate::ids::Id, Path, description = "The pupil."), PageQuery, FamilyFilter),
    responses((status = 200, description = "A page.", body = Page<FamilyView>)),
    extensions(("x-access" = json!({"action": "family.read"})))
)]
#[get("/pupils/{id}/families")]
pub async fn list_of_pupil(
    cx: Context,
    id: PathId,
    query: ListParams<FamilyFilter>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilyRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, "family", Some(id.0), move |conn| {
            let value = service::list_of_pupil(conn, &vault, &work, id.0, query.filter.as_of, &query.paging)?;
            let school = school_of(value.items.iter().flat_map(|view| &view.members));
            let records = std::iter::once(id.0).chain(value.items.iter().flat_map(seen)).collect();
            Ok(Seen { value, records, school })
        })
        .await?;
    Ok(cx.page(&page))
}

/// Rename a family
///
/// Gives the family another name, with the reason; the name before is kept. It is for those who are shown the name.
#[utoipa::path(
    tag = "Families",
    operation_id = "renameFamily",
    params(("id" = crate::ids::Id, Path, description = "The family.")),
    request_body = FamilyCorrection,
    responses((status = 201, description = "It was recorded.", body = FamilyView)),
    extensions(("x-access" = json!({"action": "family.manage", "if_match": true})))
)]
#[post("/families/{id}/corrections")]
pub async fn rename(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FamilyCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilyManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::rename(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&format!("/v1/families/{}", view.id), &view.tag(), &view))
}

/// Put a pupil into a family
///
/// Records that a pupil whom a school within your reach has belongs to a family: one that you see, or whose identifier
/// another school gave you. You see no more of it than your own pupil's place, nor does that school see it. A pupil beyond
/// your reach is 409 at `/pupil_id`, or, in a family that you do not see, 404; one who is in the family on the same days
/// already is 409 `already_exists`, and a family of 200 places 409 `state_conflict`.
#[utoipa::path(
    tag = "Families",
    operation_id = "addFamilyMember",
    params(("id" = crate::ids::Id, Path, description = "The family.")),
    request_body = FamilyMemberCreate,
    responses((status = 201, description = "It was recorded.", body = FamilyMemberView)),
    extensions(("x-access" = json!({"action": "family.manage"})))
)]
#[post("/families/{id}/members")]
pub async fn add(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    body: Body<FamilyMemberCreate>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilyManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view =
        cx.write(&scope, Some(request), move |tx| service::add(tx, &work, id.0, body.into_inner())).await?;
    Ok(cx.created(&place_of(&view), &view.tag(), &view))
}

/// Read a pupil's place in a family
///
/// One place in the version that holds; with `as_of`, as it was known at that moment.
#[utoipa::path(
    tag = "Families",
    operation_id = "getFamilyMember",
    params(
        ("id" = crate::ids::Id, Path, description = "The family."),
        ("member_id" = crate::ids::Id, Path, description = "The pupil's place in it."),
        FamilyFilter,
    ),
    responses((status = 200, description = "The place.", body = FamilyMemberView)),
    extensions(("x-access" = json!({"action": "family.read"})))
)]
#[get("/families/{id}/members/{member_id}")]
pub async fn get_member(cx: Context, ids: PathIds, query: Params<FamilyFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilyRead)?;
    let (work, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "family_member", Some(ids.1), move |conn| {
            let value = service::get_member(conn, &vault, &work, (ids.0, ids.1), query.0.as_of)?;
            Ok(Seen { records: vec![value.id, value.pupil_id], school: Some(value.school_id), value })
        })
        .await?;
    Ok(cx.found(&view.tag(), &view))
}

/// Correct a pupil's place in a family
///
/// Records a corrected version with the reason, that the pupil belongs to the family no longer, or that the record should
/// never have been made; the version before is kept. One that was withdrawn is 409 `state_conflict`.
#[utoipa::path(
    tag = "Families",
    operation_id = "correctFamilyMember",
    params(
        ("id" = crate::ids::Id, Path, description = "The family."),
        ("member_id" = crate::ids::Id, Path, description = "The pupil's place in it."),
    ),
    request_body = FamilyMemberCorrection,
    responses((status = 201, description = "It was recorded.", body = FamilyMemberView)),
    extensions(("x-access" = json!({"action": "family.manage", "if_match": true})))
)]
#[post("/families/{id}/members/{member_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<FamilyMemberCorrection>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::FamilyManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let view = cx
        .write(&scope, Some(request), move |tx| {
            service::correct(tx, &work, (ids.0, ids.1), &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.created(&place_of(&view), &view.tag(), &view))
}
