//! Operations on referrals.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{
    AgencyUsageFilter, AgencyUsageView, AsOf, ConcernReferralCorrection, ConcernReferralCreate,
    ConcernReferralView,
};
use super::super::service;
use super::{Part, entries_with, entry_under, record};
use crate::access::{Action, Context, Scope, Seen};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};
use crate::ids::Id;

/// What is read with a referral: itself, and the decisions of the pupils' records that it shows.
fn shown_by(view: &ConcernReferralView) -> Vec<Id> {
    std::iter::once(view.id).chain(view.decisions_shown().map(|shown| shown.id)).collect()
}

/// Record a referral
///
/// Records that an agency was asked for help about pupils of a concern: by whom, when, how, with or without the family's
/// agreement, and why. An agency that the trust does not refer to on that day, a threshold document that does not hold or is
/// another authority's, and a pupil whom the concern does not name are 409 at the field; somebody who is linked to the case
/// is 409 `conflict_of_interest`, a closed concern 409 `concern_closed`. With a referral the concern is in action. That
/// nobody has answered does not hold up its closing. `Location` is the referral's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "referConcern",
    params(("id" = crate::ids::Id, Path, description = "The concern.")),
    request_body = ConcernReferralCreate,
    responses((status = 201, description = "It was recorded.", body = ConcernReferralView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.refer", "if_match": true})))
)]
#[post("/concerns/{id}/referrals")]
pub async fn create(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernReferralCreate>,
) -> ApiResult<HttpResponse> {
    record(&cx, Action::ConcernRefer, (id.0, Part::Each("referrals")), &key, body, move |tx, scope, input| {
        service::create_referral(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List referrals
///
/// The referrals of a concern with what became of each, the oldest first; with `as_of`, as they were known at that moment.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "listConcernReferrals",
    params(("id" = crate::ids::Id, Path, description = "The concern."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<ConcernReferralView>)),
    extensions(("x-access" = json!({"action": "concern.read-referrals"})))
)]
#[get("/concerns/{id}/referrals")]
pub async fn list(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    let work = move |conn: &mut Conn, vault: &Vault, scope: &Scope| {
        service::list_referrals(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    };
    entries_with(&cx, Action::ConcernReadReferrals, id.0, work, shown_by).await
}

/// Read a referral
///
/// One referral, in the version that holds, with what became of it.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "getConcernReferral",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
    ),
    responses((status = 200, description = "The referral.", body = ConcernReferralView)),
    extensions(("x-access" = json!({"action": "concern.read-referrals"})))
)]
#[get("/concerns/{id}/referrals/{referral_id}")]
pub async fn get(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    let work = move |conn: &mut Conn, vault: &Vault, scope: &Scope| {
        service::get_referral(conn, vault, scope, (ids.0, ids.1))
    };
    entry_under(&cx, Action::ConcernReadReferrals, ids.0, work, shown_by).await
}

/// List the versions of a referral
///
/// Every version of the referral, the first one first, each with what had become of it until the next one was recorded. With
/// `as_of`, those that were known at that moment.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "listConcernReferralVersions",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
        PageQuery,
        AsOf,
    ),
    responses((status = 200, description = "A page.", body = Page<ConcernReferralView>)),
    extensions(("x-access" = json!({"action": "concern.read-referrals"})))
)]
#[get("/concerns/{id}/referrals/{referral_id}/versions")]
pub async fn versions(cx: Context, ids: PathIds, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    let work = move |conn: &mut Conn, vault: &Vault, scope: &Scope| {
        let as_of = query.filter.as_of;
        service::list_referral_versions(conn, vault, scope, (ids.0, ids.1), as_of, &query.paging)
    };
    entries_with(&cx, Action::ConcernReadReferrals, ids.0, work, shown_by).await
}

/// Correct a referral
///
/// Records a corrected version of what a referral says, with the reason; the one before is kept, and so is what followed. Its
/// pupils cannot be changed: withdraw one that names the wrong child. A withdrawn referral is 409 `referral_withdrawn`.
/// `Location` is the referral's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "correctConcernReferral",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
    ),
    request_body = ConcernReferralCorrection,
    responses((status = 201, description = "It was recorded.", body = ConcernReferralView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.refer", "if_match": true})))
)]
#[post("/concerns/{id}/referrals/{referral_id}/corrections")]
pub async fn correct(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ConcernReferralCorrection>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("referrals"));
    record(&cx, Action::ConcernRefer, part, &key, body, move |tx, scope, input| {
        service::correct_referral(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// Count referrals by agency
///
/// How often each agency was asked, how many of these it has answered and decided on, and with which outcomes: counted over
/// the referrals that you read, and over no others. Agencies that were never asked are not listed.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "listAgencyUsage",
    params(PageQuery, AgencyUsageFilter),
    responses((status = 200, description = "A page, by agency.", body = Page<AgencyUsageView>)),
    extensions(("x-access" = json!({"action": "concern.read-referrals"})))
)]
#[get("/agency-usage")]
pub async fn usage(cx: Context, query: ListParams<AgencyUsageFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::ConcernReadReferrals)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "concern_referral", None, move |conn| {
            let value = service::agency_usage(conn, &work, &query.filter, &query.paging)?;
            Ok(Seen { value, records: Vec::new(), school: work.within(query.filter.school_id) })
        })
        .await?;
    Ok(cx.page(&page))
}
