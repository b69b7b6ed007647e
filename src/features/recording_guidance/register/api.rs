//! The operation on the register of national guidance.

use actix_web::{HttpResponse, get};

use super::dto::{GuidanceEditionView, GuidanceRegisterFilter};
use super::reference;
use crate::access::{Action, Context};
use crate::error::ApiResult;
use crate::http::page::Cursor;
use crate::http::{ListParams, Page, PageQuery, Paging};

/// List national guidance
///
/// The versions of the national guidance that recording follows, and which of them are in force on a day.
#[utoipa::path(
    tag = "Recording guidance",
    operation_id = "listGuidanceRegister",
    params(PageQuery, GuidanceRegisterFilter),
    responses((status = 200, description = "A page of versions.", body = Page<GuidanceEditionView>)),
    extensions(("x-access" = json!({"action": "guidance.read"})))
)]
#[get("/guidance-register")]
pub async fn list(cx: Context, query: ListParams<GuidanceRegisterFilter>) -> ApiResult<HttpResponse> {
    let scope = cx.permit(Action::GuidanceRead)?;
    let day = query.filter.on.unwrap_or_else(|| scope.today());
    Ok(cx.page(&page(&query.filter, day, &query.paging)?))
}

fn page(
    filter: &GuidanceRegisterFilter,
    day: crate::clock::Date,
    paging: &Paging,
) -> ApiResult<Page<GuidanceEditionView>> {
    let views: Vec<(i64, GuidanceEditionView)> = (0..)
        .zip(reference::editions().iter().map(|edition| GuidanceEditionView::on(edition, day)))
        .filter(|(_, view)| filter.code.as_deref().is_none_or(|code| code == view.code))
        .filter(|(_, view)| filter.in_force.is_none_or(|wanted| wanted == view.in_force))
        .collect();
    let count = paging.wants_count().then(|| i64::try_from(views.len()).unwrap_or(i64::MAX));
    let after = paging.after_number()?.unwrap_or(-1);
    let rest = views.into_iter().filter(|(place, _)| *place > after).collect();
    Ok(paging.page(rest, |(place, _)| Cursor::number(*place), |(_, view)| view).with_count(count))
}
