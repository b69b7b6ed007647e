//! Operations on rights.

use actix_web::{HttpResponse, get};

use super::dto::{ExplainQuery, ExplanationView, MatrixView};
use super::service;
use crate::access::{Action, Context, refer};
use crate::error::{ApiError, ApiResult};
use crate::http::{ETag, Params};

/// Read the access matrix
///
/// How far each role's right to each action reaches. Conflicts of interest beat every cell.
#[utoipa::path(
    tag = "Access",
    operation_id = "getAccessMatrix",
    responses((status = 200, description = "The matrix.", body = MatrixView)),
    extensions(("x-access" = json!({"action": "access.read"})))
)]
#[get("/access/matrix")]
pub async fn matrix(cx: Context) -> ApiResult<HttpResponse> {
    cx.permit(Action::AccessRead)?;
    let view = service::whole();
    Ok(cx.found(&ETag::of_view(&view), &view))
}

/// Explain a right
///
/// Whether you have a right to an action, how far it reaches, which role gives it and by which rule; with `record_id` for
/// one concern. Records of other kinds are not explained one by one: `record_id` with an action on them is 409
/// `rule_broken`.
#[utoipa::path(
    tag = "Access",
    operation_id = "explainAccess",
    params(ExplainQuery),
    responses(
        (status = 200, description = "The reasons.", body = ExplanationView),
        (status = 409, description = "A record of a kind that is not explained one by one.")
    ),
    extensions(("x-access" = json!({"action": "access.read"})))
)]
#[get("/access/explain")]
pub async fn explain(cx: Context, query: Params<ExplainQuery>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::AccessRead)?;
    if query.0.record_id.is_some() && !query.0.action.is_about_a_concern() {
        let words = "only concerns are explained one by one: leave it out, or name a school";
        return Err(ApiError::rule("?record_id", "not_allowed", words));
    }
    let (work, asked) = (scope.clone(), query.0.clone());
    let viewer = cx.viewer().clone();
    let view = cx
        .read(&scope, move |conn| {
            if let Some(record) = asked.record_id {
                let facts = service::known_facts(conn, &work, asked.action, record)?;
                return Ok(service::explain_record(&viewer, asked.action, record, facts.as_ref()));
            }
            let school = match asked.school_id {
                Some(id) => Some((id, refer::is_school(conn, &work, id)?)),
                None => None,
            };
            Ok(service::explain(&viewer, asked.action, school))
        })
        .await?;
    Ok(cx.found(&ETag::of_view(&view), &view))
}
