//! Operations on concerns.

mod access_log;
mod account;
mod actions;
mod concerns;
mod decisions;
mod links;
mod notes;
mod shares;
mod triage;

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use super::service::Made;
use crate::access::{Context, Seen};
use crate::http::{ETag, Page};
use crate::ids::Id;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(concerns::search).service(concerns::raise).service(concerns::list).service(concerns::get);
    config.service(account::correct).service(account::add).service(triage::create).service(triage::list);
    config.service(notes::create).service(notes::list).service(notes::correct);
    config
        .service(actions::create)
        .service(actions::list)
        .service(actions::correct)
        .service(actions::outcome);
    config.service(decisions::create).service(decisions::list).service(decisions::correct);
    config.service(links::create).service(links::list);
    config.service(access_log::list);
    config.service(shares::create).service(shares::list).service(shares::revoke);
}

/// 201 for an entry: `Location` and `ETag` are the concern's, so that the next change can name its version.
fn made<T: Serialize>(cx: &Context, concern: Id, made: &Made<T>) -> HttpResponse {
    cx.created(&format!("/v1/concerns/{concern}"), &ETag::version(made.version), &made.view)
}

/// A page of a concern's entries: one audit entry with the concern.
fn seen<T>(concern: Id, page: Page<T>) -> Seen<Page<T>> {
    Seen { value: page, records: vec![concern], school: None }
}
