//! Operations on concerns.

mod access_log;
mod account;
mod actions;
mod attachments;
mod closing;
mod concerns;
mod decisions;
mod escalations;
mod links;
mod marks;
mod namings;
mod notes;
mod placements;
mod referral_steps;
mod referrals;
mod restricted;
mod shares;
mod support;
mod triage;

use std::collections::BTreeSet;

use crate::http::Mount;
use actix_web::HttpResponse;
use serde::Serialize;

use super::service::Made;
use crate::access::{Action, Context, Scope, Seen, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::{Body, ETag, IdempotencyKey, Page};
use crate::ids::Id;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config.service(concerns::search).service(concerns::raise).service(concerns::list).service(concerns::get);
    config
        .service(account::correct)
        .service(account::list)
        .service(account::add)
        .service(triage::create)
        .service(triage::list)
        .service(triage::get);
    config
        .service(notes::create)
        .service(notes::list)
        .service(notes::get)
        .service(notes::versions)
        .service(notes::correct);
    config
        .service(actions::create)
        .service(actions::list)
        .service(actions::get)
        .service(actions::versions)
        .service(actions::correct)
        .service(actions::outcome);
    config
        .service(decisions::create)
        .service(decisions::list)
        .service(decisions::get)
        .service(decisions::versions)
        .service(decisions::correct);
    config
        .service(referrals::create)
        .service(referrals::list)
        .service(referrals::get)
        .service(referrals::versions)
        .service(referrals::correct)
        .service(referrals::usage);
    config
        .service(referral_steps::acknowledge)
        .service(referral_steps::chase)
        .service(referral_steps::decide)
        .service(referral_steps::feed_back)
        .service(referral_steps::withdraw)
        .service(referral_steps::challenge)
        .service(referral_steps::answer);
    config
        .service(escalations::create)
        .service(escalations::list)
        .service(escalations::get)
        .service(escalations::versions)
        .service(escalations::correct)
        .service(escalations::review)
        .service(escalations::end);
    config
        .service(marks::create)
        .service(marks::list)
        .service(marks::get)
        .service(marks::versions)
        .service(marks::correct);
    config
        .service(attachments::create)
        .service(attachments::list)
        .service(attachments::get)
        .service(attachments::content);
    config.service(closing::scrutinise).service(closing::list_scrutiny).service(closing::appoint_deputy);
    config.service(closing::close).service(closing::reopen).service(closing::list_closures);
    config.service(links::create).service(links::list).service(links::withdraw);
    config.service(restricted::list).service(restricted::access_log);
    config.service(access_log::list).service(namings::lift).service(namings::list);
    config.service(placements::place).service(placements::list);
    config.service(shares::create).service(shares::list).service(shares::get).service(shares::revoke);
    config
        .service(support::ask)
        .service(support::list)
        .service(support::get)
        .service(support::withdraw)
        .service(support::list_asked)
        .service(support::get_asked)
        .service(support::answer);
}

/// A part of a case, by its place in the concern's address.
enum Part {
    /// Each entry has an address of its own.
    Each(&'static str),
    /// The entries are read together: what is shown of each depends on more than this concern.
    Together(&'static str),
}

impl Part {
    /// Where an entry is read, and its tag where it is read alone.
    fn place(&self, concern: Id, entry: Id, view: &impl Serialize) -> (String, Option<ETag>) {
        match self {
            Self::Each(part) => (format!("/v1/concerns/{concern}/{part}/{entry}"), Some(ETag::of_view(view))),
            Self::Together(part) => (format!("/v1/concerns/{concern}/{part}"), None),
        }
    }
}

/// Records something in a part of a case. 201: `Location` is where the entry is read, `Record-ETag` the concern's, so
/// that the next change can name its version.
async fn record<B, T>(
    cx: &Context,
    action: Action,
    (concern, part): (Id, Part),
    key: &IdempotencyKey,
    body: Body<B>,
    work: impl FnOnce(&mut Tx<'_>, &Scope, B) -> ApiResult<Made<T>> + Send + 'static,
) -> ApiResult<HttpResponse>
where
    B: Send + 'static,
    T: Serialize + Send + 'static,
{
    let scope = cx.permit(action)?;
    let (request, caller) = (key.with(&body), scope.clone());
    let made = cx.write(&scope, Some(request), move |tx| work(tx, &caller, body.into_inner())).await?;
    let (location, tag) = part.place(concern, made.id, &made.view);
    Ok(cx.recorded(&location, tag.as_ref(), Some(&ETag::version(made.version)), &made.view))
}

/// 201 for what was added to a case without its version being asked for: where it is read alone, with its own tag. The
/// case's tag is not told, since a reporter does not know it.
fn added(cx: &Context, location: &str, view: &impl Serialize) -> HttpResponse {
    cx.recorded(location, Some(&ETag::of_view(view)), None, view)
}

/// One thing that a case holds, for whoever reads the case: an audit entry with the concern.
async fn entry<T: Serialize + Send + 'static>(
    cx: &Context,
    concern: Id,
    work: impl FnOnce(&mut Conn, &Vault, &Scope) -> ApiResult<T> + Send + 'static,
) -> ApiResult<HttpResponse> {
    entry_under(cx, Action::ConcernRead, concern, work, |_| Vec::new()).await
}

/// The same for what takes a right of its own; with the other records that `shown` says it shows.
async fn entry_under<T: Serialize + Send + 'static>(
    cx: &Context,
    action: Action,
    concern: Id,
    work: impl FnOnce(&mut Conn, &Vault, &Scope) -> ApiResult<T> + Send + 'static,
    shown: fn(&T) -> Vec<Id>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(action)?;
    let (caller, vault) = (scope.clone(), cx.vault());
    let view = cx
        .see(&scope, "concern", Some(concern), move |conn| {
            let value = work(conn, &vault, &caller)?;
            let records = std::iter::once(concern).chain(shown(&value)).collect();
            Ok(Seen { value, records, school: None })
        })
        .await?;
    Ok(cx.found(&ETag::of_view(&view), &view))
}

/// A page of what a case holds: one audit entry with the concern.
async fn entries<T: Serialize + Send + 'static>(
    cx: &Context,
    action: Action,
    concern: Id,
    work: impl FnOnce(&mut Conn, &Vault, &Scope) -> ApiResult<Page<T>> + Send + 'static,
) -> ApiResult<HttpResponse> {
    entries_with(cx, action, concern, work, |_| Vec::new()).await
}

/// The same with the other records that `shown` says an entry shows.
async fn entries_with<T: Serialize + Send + 'static>(
    cx: &Context,
    action: Action,
    concern: Id,
    work: impl FnOnce(&mut Conn, &Vault, &Scope) -> ApiResult<Page<T>> + Send + 'static,
    shown: fn(&T) -> Vec<Id>,
) -> ApiResult<HttpResponse> {
    let scope = cx.permit(action)?;
    let (caller, vault) = (scope.clone(), cx.vault());
    let page = cx
        .see(&scope, class_of(cx.request().path()), Some(concern), move |conn| {
            let value = work(conn, &vault, &caller)?;
            let others: BTreeSet<Id> = value.items.iter().flat_map(shown).collect();
            Ok(Seen { records: std::iter::once(concern).chain(others).collect(), value, school: None })
        })
        .await?;
    Ok(cx.page(&page))
}

/// The class of what stands under a concern, for the audit entry of its reading: `/v1/concerns/{id}/notes` and what is
/// below it.
fn class_of(path: &str) -> &'static str {
    match path.split('/').nth(4).unwrap_or_default() {
        "accounts" => "concern_account",
        "triages" => "concern_triage",
        "notes" => "concern_note",
        "actions" => "concern_action",
        "decisions" => "concern_decision",
        "referrals" => "concern_referral",
        "escalations" => "concern_escalation",
        "body-map" => "concern_mark",
        "attachments" => "concern_attachment",
        "links" => "concern_link",
        "shares" => "concern_share",
        "support-requests" => "concern_support_request",
        "placements" => "concern_placement",
        "naming-liftings" => "concern_naming_lifting",
        "access-log" => "concern_access_log",
        _ => "concern",
    }
}
