//! Decisions.

use actix_web::{HttpResponse, get, post};

use super::super::dto::{
    PanelDecisionCorrection, PanelDecisionCreate, PanelDecisionOutcome, PanelDecisionView,
    PanelDecisionWithdrawal,
};
use super::super::service::{self, End, Made};
use super::{Place, Tags, entries, of_entry, record};
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::features::concerns::AsOf;
use crate::http::{Body, ETag, IdempotencyKey, IfMatch, ListParams, Page, PageQuery, PathId, PathIds};

/// Of a new decision, which has versions of its own from then on.
fn decided(made: &Made<PanelDecisionView>) -> Tags {
    (ETag::version_and_view(made.view.number.into(), &made.view), Some(ETag::version(made.version)))
}

/// Record a panel's decision
///
/// Records how a concern is met or how a trend is addressed, with who sees to it and by when. The owner is told, and
/// reads this decision whatever else they read. `Location` is the decision's, `Record-ETag` the panel's.
#[utoipa::path(
    tag = "Panels",
    operation_id = "recordPanelDecision",
    params(("id" = crate::ids::Id, Path, description = "The panel.")),
    request_body = PanelDecisionCreate,
    responses((status = 201, description = "It was recorded.", body = PanelDecisionView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "panel.manage", "if_match": true})))
)]
#[post("/panels/{id}/decisions")]
pub async fn decide(
    cx: Context,
    id: PathId,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PanelDecisionCreate>,
) -> ApiResult<HttpResponse> {
    let place = Place { action: Action::PanelManage, panel: id.0, part: "decisions" };
    record(&cx, (place, decided), &key, body, move |tx, scope, input| {
        service::decide(tx, scope, id.0, &if_match, input)
    })
    .await
}

/// List a panel's decisions
///
/// The decisions that you may read, the oldest first, each in the version that holds; with `as_of`, in the version that
/// held at that moment. Those about a concern are read by who sees it in full, and by their owner.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanelDecisions",
    params(("id" = crate::ids::Id, Path, description = "The panel."), PageQuery, AsOf),
    responses((status = 200, description = "A page.", body = Page<PanelDecisionView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/decisions")]
pub async fn list_decisions(cx: Context, id: PathId, query: ListParams<AsOf>) -> ApiResult<HttpResponse> {
    entries(&cx, id.0, move |conn, vault, scope| {
        service::list_decisions(conn, vault, scope, id.0, query.filter.as_of, &query.paging)
    })
    .await
}

/// Read a panel's decision
///
/// One decision, in the version that holds: for who reads the panel, and, where it is about a concern, sees that in full;
/// and for its owner, whatever else they read. The owner learns what was decided for them, and nothing else of the panel
/// or of the concern, which is not named. Whoever has a conflict of interest in the concern does not find it. The `ETag`
/// is the decision's own.
#[utoipa::path(
    tag = "Panels",
    operation_id = "getPanelDecision",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
    ),
    responses((status = 200, description = "The decision.", body = PanelDecisionView)),
    extensions(("x-access" = json!({"action": "panel.read-decision"})))
)]
#[get("/panels/{id}/decisions/{decision_id}")]
pub async fn get_decision(cx: Context, ids: PathIds) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::PanelReadDecision)?;
    let (caller, vault) = (scope.clone(), cx.vault());
    let found = cx
        .see(&scope, "panel_decision", Some(ids.1), move |conn| {
            let value = service::get_decision(conn, &vault, &caller, (ids.0, ids.1))?;
            Ok(Seen { value, records: vec![ids.0, ids.1], school: None })
        })
        .await?;
    Ok(cx.found(&ETag::version_and_view(found.version, &found.view), &found.view))
}

/// List the versions of a panel's decision
///
/// Every version of the decision, the first one first, each as it was recorded: when and by whom, and why the version
/// before was corrected. With `as_of`, those that were known at that moment. For who reads the panel and sees the concern
/// that it is about; not for its owner alone.
#[utoipa::path(
    tag = "Panels",
    operation_id = "listPanelDecisionVersions",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
        PageQuery,
        AsOf,
    ),
    responses((status = 200, description = "A page.", body = Page<PanelDecisionView>)),
    extensions(("x-access" = json!({"action": "panel.read"})))
)]
#[get("/panels/{id}/decisions/{decision_id}/versions")]
pub async fn decision_versions(
    cx: Context,
    ids: PathIds,
    query: ListParams<AsOf>,
) -> ApiResult<HttpResponse> {
    entries(&cx, ids.0, move |conn, vault, scope| {
        service::decision_versions(conn, vault, scope, (ids.0, ids.1), query.filter.as_of, &query.paging)
    })
    .await
}

/// Correct a panel's decision
///
/// Records a corrected version of a decision with the reason; the one before is kept. What it is about, and what has
/// become of it, stays. A new owner is told; one who is linked to the concern is 409 `conflict_of_interest`. `If-Match`
/// and `ETag` are the decision's own.
#[utoipa::path(
    tag = "Panels",
    operation_id = "correctPanelDecision",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
    ),
    request_body = PanelDecisionCorrection,
    responses((status = 201, description = "It was recorded.", body = PanelDecisionView)),
    extensions(("x-access" = json!({"action": "panel.manage", "if_match": true})))
)]
#[post("/panels/{id}/decisions/{decision_id}/corrections")]
pub async fn correct_decision(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PanelDecisionCorrection>,
) -> ApiResult<HttpResponse> {
    let place = Place { action: Action::PanelManage, panel: ids.0, part: "decisions" };
    record(&cx, (place, of_entry), &key, body, move |tx, scope, input| {
        service::correct_decision(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// Record that a panel's decision was done
///
/// Says when a decision was done and what came of it, once: its owner, or who records the school's panels and sees the
/// concern that it is about. 409 `superseded` where it is done or called off already; a mistake is put right with a
/// correction. `If-Match` and `ETag` are the decision's own.
#[utoipa::path(
    tag = "Panels",
    operation_id = "recordPanelDecisionOutcome",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
    ),
    request_body = PanelDecisionOutcome,
    responses((status = 201, description = "It was recorded.", body = PanelDecisionView)),
    extensions(("x-access" = json!({"action": "panel.settle-decision", "if_match": true})))
)]
#[post("/panels/{id}/decisions/{decision_id}/outcome")]
pub async fn done(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PanelDecisionOutcome>,
) -> ApiResult<HttpResponse> {
    let place = Place { action: Action::PanelSettleDecision, panel: ids.0, part: "decisions" };
    record(&cx, (place, of_entry), &key, body, move |tx, scope, input| {
        service::end_decision(tx, scope, (ids.0, ids.1), &if_match, End::Done(input))
    })
    .await
}

/// Call off a panel's decision
///
/// Says that a decision is not done after all, and why, once: its owner, or who records the school's panels and sees the
/// concern that it is about. 409 `superseded` where it is done or called off already. It is due no more. `If-Match` and
/// `ETag` are the decision's own.
#[utoipa::path(
    tag = "Panels",
    operation_id = "callOffPanelDecision",
    params(
        ("id" = crate::ids::Id, Path, description = "The panel."),
        ("decision_id" = crate::ids::Id, Path, description = "The decision."),
    ),
    request_body = PanelDecisionWithdrawal,
    responses((status = 201, description = "It was recorded.", body = PanelDecisionView)),
    extensions(("x-access" = json!({"action": "panel.settle-decision", "if_match": true})))
)]
#[post("/panels/{id}/decisions/{decision_id}/withdrawal")]
pub async fn call_off(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<PanelDecisionWithdrawal>,
) -> ApiResult<HttpResponse> {
    let place = Place { action: Action::PanelSettleDecision, panel: ids.0, part: "decisions" };
    record(&cx, (place, of_entry), &key, body, move |tx, scope, input| {
        service::end_decision(tx, scope, (ids.0, ids.1), &if_match, End::CalledOff(input))
    })
    .await
}
