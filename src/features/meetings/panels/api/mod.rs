//! Operations on panels.

mod agreements;
mod panels;
mod records;

use crate::http::Mount;
use actix_web::HttpResponse;
use serde::Serialize;

use super::service::Made;
use crate::access::{Context, Seen};
use crate::http::{ETag, Page};
use crate::ids::Id;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(panels::missed_weeks).service(panels::call).service(panels::list).service(panels::get);
    config.service(panels::change).service(panels::hold).service(agreements::agenda);
    config.service(records::record_attendance).service(records::list_attendance);
    config.service(records::record_minutes).service(records::list_minutes);
    config.service(records::decide).service(records::list_decisions);
    config.service(agreements::answer).service(agreements::list);
}

/// 201 for a record of a panel: `Location` and `ETag` are the panel's, so that the next change can name its version.
fn made<T: Serialize>(cx: &Context, panel: Id, made: &Made<T>) -> HttpResponse {
    cx.created(&format!("/v1/panels/{panel}"), &ETag::version(made.version), &made.view)
}

/// A page of a panel's records: one audit entry with the panel.
fn seen<T>(panel: Id, page: Page<T>) -> Seen<Page<T>> {
    Seen { value: page, records: vec![panel], school: None }
}
