//! Operations on deadlines.

use actix_web::{HttpResponse, get};

use super::dto::{DeadlineFilter, DeadlineRuleFilter, DeadlineRuleView, DeadlineView};
use super::service;
use crate::access::{Action, Context, Seen};
use crate::error::ApiResult;
use crate::http::{ListParams, Page, PageQuery};

/// List deadlines
///
/// What is due, overdue or waits for a decision, of what you may read: actions of concerns and their scrutiny where you
/// read the concern whole, panels where you read in which weeks they were held, decisions of panels that you read, and
/// your own, reviews of family support that you see, and interventions of which no parent has been told; and meetings of
/// agencies, placements with alternative providers, FGM reports and assessments that you read, of pupils whom schools within
/// your reach have, or had last. The next one to fall due first, what has no day last. It says what and when by identifiers
/// alone. Days count in England, and the last one is in time. An action that nobody has done of a closed concern is due no
/// more, nor is a decision that was called off, nor what was missed of a placement that is over.
#[utoipa::path(
    tag = "Deadlines",
    operation_id = "listDeadlines",
    params(PageQuery, DeadlineFilter),
    responses((status = 200, description = "A page of deadlines.", body = Page<DeadlineView>)),
    extensions(("x-access" = json!({"action": "deadline.read"})))
)]
#[get("/deadlines")]
pub async fn list(cx: Context, query: ListParams<DeadlineFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::DeadlineRead)?;
    let work = scope.clone();
    let page = cx
        .see(&scope, "concern", None, move |conn| {
            let page = service::list(conn, &work, &query.filter, &query.paging)?;
            let of = |deadline: &DeadlineView| [deadline.concern_id, deadline.pupil_id, deadline.record_id];
            let mut records: Vec<_> = page.items.iter().flat_map(of).flatten().collect();
            records.sort_unstable();
            records.dedup();
            Ok(Seen { records, school: work.within(query.filter.school_id), value: page })
        })
        .await?;
    Ok(cx.page(&page))
}

/// List the rules of deadlines
///
/// What is due when, whose task it is, and who says so.
#[utoipa::path(
    tag = "Deadlines",
    operation_id = "listDeadlineRules",
    params(PageQuery, DeadlineRuleFilter),
    responses((status = 200, description = "A page of rules.", body = Page<DeadlineRuleView>)),
    extensions(("x-access" = json!({"action": "calendar.read"})))
)]
#[get("/deadlines/rules")]
pub async fn rules(cx: Context, query: ListParams<DeadlineRuleFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::CalendarRead)?;
    let day = query.filter.on.unwrap_or_else(|| scope.today());
    Ok(cx.page(&service::rules_on(day, &query.paging)?))
}
