//! Operations on what becomes of a referral. Each answers with the whole referral, at which it is read.

use actix_web::{HttpResponse, post};

use super::super::dto::{
    ConcernReferralView, ReferralAcknowledgementCreate, ReferralChallengeAnswer, ReferralChallengeCreate,
    ReferralChaseCreate, ReferralDecisionCreate, ReferralFeedbackCreate, ReferralWithdrawal,
};
use super::super::service;
use super::{Part, record};
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::{Body, IdempotencyKey, IfMatch, PathIds};

/// Record that an agency has a referral
///
/// Records when the agency said that it has the referral, and who said so: it answers within one working day. A
/// second one is 409 `superseded`, unless `correction_reason` says why the first is put right; one with a reason where
/// there is none to put right is 409 at `/correction_reason`; on a withdrawn referral it is 409 `referral_withdrawn`. A closed concern is 409 `concern_closed`. `Location` is the referral's,
/// `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "acknowledgeReferral",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
    ),
    request_body = ReferralAcknowledgementCreate,
    responses((status = 201, description = "The referral, with what was recorded.", body = ConcernReferralView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.refer", "if_match": true})))
)]
#[post("/concerns/{id}/referrals/{referral_id}/acknowledgement")]
pub async fn acknowledge(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ReferralAcknowledgementCreate>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("referrals"));
    record(&cx, Action::ConcernRefer, part, &key, body, move |tx, scope, input| {
        service::acknowledge(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// Record a chase
///
/// Records that the school asked after a referral: when, how, with whom. Once the agency has decided it is 409
/// `referral_decided`, on a withdrawn referral 409 `referral_withdrawn`. A closed concern is 409 `concern_closed`.
/// `Location` is the referral's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "chaseReferral",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
    ),
    request_body = ReferralChaseCreate,
    responses((status = 201, description = "The referral, with what was recorded.", body = ConcernReferralView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.refer", "if_match": true})))
)]
#[post("/concerns/{id}/referrals/{referral_id}/chases")]
pub async fn chase(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ReferralChaseCreate>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("referrals"));
    record(&cx, Action::ConcernRefer, part, &key, body, move |tx, scope, input| {
        service::chase(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// Record what an agency decided on a referral
///
/// Names the external decision about a pupil of the referral by which the agency decided (B-55, B-56). It is
/// recorded with the pupil first (`POST /v1/pupils/{id}/external-decisions`): that is the one place in which it
/// says by whom, when and with what outcome. One that you do not see, that is about another pupil or was withdrawn
/// is 409 at `/external_decision_id`; a second one about the same pupil is 409 `referral_decided`. Once the record
/// of a decision is withdrawn it answers nothing: the referral is as far as it was without, and another decision may be
/// named. A closed concern is 409 `concern_closed`. `Location` is the referral's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "decideReferral",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
    ),
    request_body = ReferralDecisionCreate,
    responses((status = 201, description = "The referral, with what was recorded.", body = ConcernReferralView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.refer", "if_match": true})))
)]
#[post("/concerns/{id}/referrals/{referral_id}/decisions")]
pub async fn decide(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ReferralDecisionCreate>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("referrals"));
    record(&cx, Action::ConcernRefer, part, &key, body, move |tx, scope, input| {
        service::decide_referral(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// Record that the reporter was told
///
/// Records when whoever reported the concern was told what came of a referral, and by whom. Their own view of the
/// concern does not change by it. A second one is 409 `superseded`, unless `correction_reason` says why the first
/// is put right; one with a reason where there is none to put right is 409 at `/correction_reason`. A closed concern is 409
/// `concern_closed`. `Location` is the referral's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "feedBackReferral",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
    ),
    request_body = ReferralFeedbackCreate,
    responses((status = 201, description = "The referral, with what was recorded.", body = ConcernReferralView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.refer", "if_match": true})))
)]
#[post("/concerns/{id}/referrals/{referral_id}/feedback")]
pub async fn feed_back(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ReferralFeedbackCreate>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("referrals"));
    record(&cx, Action::ConcernRefer, part, &key, body, move |tx, scope, input| {
        service::feed_back(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// Withdraw a referral
///
/// Takes a referral back, with the reason; the record stays. Nothing that is on record of it can have happened after that,
/// but feedback: 409 at `/withdrawn_at`. Once the agency has decided about a pupil of it that is 409 `referral_decided`: what
/// is decided is challenged, not withdrawn. A closed concern is 409
/// `concern_closed`. `Location` is the referral's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "withdrawReferral",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
    ),
    request_body = ReferralWithdrawal,
    responses((status = 201, description = "The referral, with what was recorded.", body = ConcernReferralView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.refer", "if_match": true})))
)]
#[post("/concerns/{id}/referrals/{referral_id}/withdrawal")]
pub async fn withdraw(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ReferralWithdrawal>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("referrals"));
    record(&cx, Action::ConcernRefer, part, &key, body, move |tx, scope, input| {
        service::withdraw_referral(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// Record a professional challenge
///
/// Records that the school disagrees with what the agency does, and with whom it took that up: practitioner,
/// manager, senior manager, safeguarding partnership, each once. A step that is left out without `skipped_because`
/// is 409 `challenge_step_skipped`; one that was taken, or lies below one that was, is 409 `challenge_step_taken`; one
/// before the last is 409 at `/raised_at`.
/// A closed concern is 409 `concern_closed`. `Location` is the referral's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "challengeReferral",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
    ),
    request_body = ReferralChallengeCreate,
    responses((status = 201, description = "The referral, with what was recorded.", body = ConcernReferralView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.refer", "if_match": true})))
)]
#[post("/concerns/{id}/referrals/{referral_id}/challenges")]
pub async fn challenge(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ReferralChallengeCreate>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("referrals"));
    record(&cx, Action::ConcernRefer, part, &key, body, move |tx, scope, input| {
        service::challenge(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}

/// Record the answer to a challenge
///
/// Records what was answered to a step of a challenge, and when. A second answer is 409 `superseded`, unless
/// `correction_reason` says why the first is put right; one with a reason where there is none to put right is 409 at
/// `/correction_reason`, a step that was not taken 409 at `/step`. A closed
/// concern is 409 `concern_closed`. `Location` is the referral's, `Record-ETag` the concern's.
#[utoipa::path(
    tag = "Referrals",
    operation_id = "answerReferralChallenge",
    params(
        ("id" = crate::ids::Id, Path, description = "The concern."),
        ("referral_id" = crate::ids::Id, Path, description = "The referral."),
    ),
    request_body = ReferralChallengeAnswer,
    responses((status = 201, description = "The referral, with what was recorded.", body = ConcernReferralView, headers(("Record-ETag" = String), ("ETag" = String)))),
    extensions(("x-access" = json!({"action": "concern.refer", "if_match": true})))
)]
#[post("/concerns/{id}/referrals/{referral_id}/challenge-answers")]
pub async fn answer(
    cx: Context,
    ids: PathIds,
    key: IdempotencyKey,
    if_match: IfMatch,
    body: Body<ReferralChallengeAnswer>,
) -> ApiResult<HttpResponse> {
    let part = (ids.0, Part::Each("referrals"));
    record(&cx, Action::ConcernRefer, part, &key, body, move |tx, scope, input| {
        service::answer_challenge(tx, scope, (ids.0, ids.1), &if_match, input)
    })
    .await
}
