//! Operations on API keys.

use actix_web::{HttpResponse, get, post};

use super::dto::{KeyConfirmation, KeyCreate, KeyFilter, KeyGrant, KeyRevocation, KeyRotation, KeyView};
use super::service::{self, Made, Place};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId};

fn place(cx: &Context) -> Place {
    Place { env: cx.environment().to_owned(), slug: cx.viewer().trust_slug.clone() }
}

/// 201 for a key: the tag is that of its record, which never shows the whole key.
fn created(cx: &Context, made: Made) -> HttpResponse {
    let record = KeyView::from(made.row.clone());
    let (location, tag) =
        (format!("/v1/api-keys/{}", made.row.id), ETag::version_and_view(made.row.version, &record));
    cx.created(&location, &tag, &KeyView::from(made))
}

/// Make an API key
///
/// Makes a key for a person or a service. The answer holds the whole key in `key`, once: a repetition with the same
/// `Idempotency-Key` finds the record and leaves `key` out. A service's key cannot read concerns before that is
/// granted, and one that shows people, pupils or the log works only after a second person confirms it: for these the
/// caller must be a person (otherwise 403 `person_unknown`). A person's key is made by that person alone (409
/// `rule_broken` with `owner_only` at `/owner/person_id`). Everybody can make keys of their own with their login; keys of
/// services, and keys made with a key, take a right to the whole trust (otherwise 403).
#[utoipa::path(
    tag = "Keys",
    operation_id = "createApiKey",
    request_body = KeyCreate,
    responses((status = 201, description = "The key was made.", body = KeyView)),
    extensions(("x-access" = json!({"action": "key.manage"})))
)]
#[post("/api-keys")]
pub async fn create(cx: Context, key: IdempotencyKey, body: Body<KeyCreate>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::KeyManage)?;
    let (request, work, place) = (key.with(&body), scope.clone(), place(&cx));
    let made = cx
        .write(&scope, Some(request), move |tx| service::create(tx, &work, &place, body.into_inner()))
        .await?;
    Ok(created(&cx, made))
}

/// List API keys
///
/// Which keys there are, for whom and with which rights, oldest first; never a secret. Everybody sees their own; with a
/// right that reaches single schools also the keys of services that touch one of them, those of the whole trust among
/// them.
#[utoipa::path(
    tag = "Keys",
    operation_id = "listApiKeys",
    params(PageQuery, KeyFilter),
    responses((status = 200, description = "A page of keys.", body = Page<KeyView>)),
    extensions(("x-access" = json!({"action": "key.read"})))
)]
#[get("/api-keys")]
pub async fn list(cx: Context, query: ListParams<KeyFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::KeyRead)?;
    let work = scope.clone();
    let page = cx.read(&scope, move |conn| service::list(conn, &work, &query.paging)).await?;
    Ok(cx.page(&page))
}

/// Read an API key
///
/// For whom a key is, with which rights and until when; never its secret.
#[utoipa::path(
    tag = "Keys",
    operation_id = "getApiKey",
    params(("id" = crate::ids::Id, Path, description = "The key's record.")),
    responses((status = 200, description = "The key.", body = KeyView)),
    extensions(("x-access" = json!({"action": "key.read"})))
)]
#[get("/api-keys/{id}")]
pub async fn get(cx: Context, id: PathId) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::KeyRead)?;
    let work = scope.clone();
    let row = cx.read(&scope, move |conn| service::get(conn, &work, id.0)).await?;
    Ok(cx.found(&ETag::version(row.version), &KeyView::from(row)))
}

/// Rotate an API key
///
/// Makes a key in place of another, with the same owner and as long a life. It has the same rights but those that were
/// granted to a service (`concerns-metadata`, `concerns-text`): whoever granted them grants them again. A service's key
/// that took a second person takes one again: it works when it is confirmed. The old one ends after the overlap and names its successor. The answer holds the new key in `key`, once: a repetition with the same
/// `Idempotency-Key` leaves it out. 409 `state_conflict` where the key works no more, 409 `rule_broken` with
/// `owner_only` where it is another person's.
#[utoipa::path(
    tag = "Keys",
    operation_id = "rotateApiKey",
    params(("id" = crate::ids::Id, Path, description = "The key's record.")),
    request_body = KeyRotation,
    responses((status = 201, description = "The new key.", body = KeyView)),
    extensions(("x-access" = json!({"action": "key.manage", "if_match": true})))
)]
#[post("/api-keys/{id}/rotation")]
pub async fn rotate(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<KeyRotation>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::KeyManage)?;
    let (request, work, place) = (key.with(&body), scope.clone(), place(&cx));
    let made = cx
        .write(&scope, Some(request), move |tx| {
            service::rotate(tx, &work, &place, id.0, &if_match, &body.into_inner())
        })
        .await?;
    Ok(created(&cx, made))
}

/// Revoke an API key
///
/// Ends a key before its time, on every node within 5 seconds. 409 `state_conflict` where it is revoked already.
#[utoipa::path(
    tag = "Keys",
    operation_id = "revokeApiKey",
    params(("id" = crate::ids::Id, Path, description = "The key's record.")),
    request_body = KeyRevocation,
    responses((status = 200, description = "The key after the change.", body = KeyView)),
    extensions(("x-access" = json!({"action": "key.manage", "if_match": true})))
)]
#[post("/api-keys/{id}/revocation")]
pub async fn revoke(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<KeyRevocation>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::KeyManage)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx
        .write(&scope, Some(request), move |tx| {
            service::revoke(tx, &work, id.0, &if_match, body.into_inner())
        })
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &KeyView::from(row)))
}

/// Confirm an API key
///
/// Lets a service's key work that somebody else made and that shows people, pupils or the log. Needs a caller who is a
/// person (otherwise 403 `person_unknown`): for people and pupils a DSL or headteacher of all the key's schools, or the
/// trust lead; for the log the chief executive, the safeguarding trustee or the trust lead (otherwise 403). 409
/// `rule_broken` with `second_person` where you made it; 409 `state_conflict` where it waits for nobody or works no more.
#[utoipa::path(
    tag = "Keys",
    operation_id = "confirmApiKey",
    params(("id" = crate::ids::Id, Path, description = "The key's record.")),
    request_body = KeyConfirmation,
    responses((status = 200, description = "The key after the change.", body = KeyView)),
    extensions(("x-access" = json!({"action": "key.confirm", "if_match": true})))
)]
#[post("/api-keys/{id}/confirmation")]
pub async fn confirm(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<KeyConfirmation>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::KeyConfirm)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx.write(&scope, Some(request), move |tx| service::confirm(tx, &work, id.0, &if_match)).await?;
    Ok(cx.changed(&ETag::version(row.version), &KeyView::from(row)))
}

/// Grant an API key the right to read concerns
///
/// Lets a service's key read the metadata of what it fed, or concerns of its schools whole. A DSL or headteacher can
/// grant it for keys whose schools are all theirs, the trust lead for any. 409 `state_conflict` for a person's key and
/// for one that works no more.
#[utoipa::path(
    tag = "Keys",
    operation_id = "grantApiKey",
    params(("id" = crate::ids::Id, Path, description = "The key's record.")),
    request_body = KeyGrant,
    responses((status = 200, description = "The key after the change.", body = KeyView)),
    extensions(("x-access" = json!({"action": "key.grant", "if_match": true})))
)]
#[post("/api-keys/{id}/grants")]
pub async fn grant(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<KeyGrant>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::KeyGrant)?;
    let (request, work) = (key.with(&body), scope.clone());
    let row = cx
        .write(&scope, Some(request), move |tx| {
            service::grant(tx, &work, id.0, &if_match, &body.into_inner())
        })
        .await?;
    Ok(cx.changed(&ETag::version(row.version), &KeyView::from(row)))
}
