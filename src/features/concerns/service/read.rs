//! Reading concerns: each caller sees the field set that is theirs.

use std::collections::HashMap;

use super::super::content::{AccountContent, CaseKey};
use super::super::dto::{
    AddendumView, ConcernAccountView, ConcernFilter, ConcernLog, ConcernShareKind, ConcernShareScope,
    ConcernState, ConcernSummary, ConcernView, Progress, ReporterView,
};
use super::super::rules;
use super::super::store::{self, AccountRow, ClosureRow, ConcernRow, Found, Judged, Named, NoteBody};
use super::case::Case;
use super::placements;
use crate::access::decide::ConcernFacts;
use crate::access::visible::{self, Branch, FieldSet};
use crate::access::{Action, Scope};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::categories::CategoryCode;
use crate::features::pupils;
use crate::http::page::{Cursor, Page};
use crate::http::{ETag, Paging};
use crate::ids::Id;

/// A concern as it is shown, with the tag of what is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    pub view: ConcernView,
    pub tag: ETag,
}

impl Shown {
    /// A view that is tagged by what it shows, so that its tag says nothing about what it hides.
    fn by_content(view: ConcernView) -> Self {
        Self { tag: ETag::of_view(&view), view }
    }

    /// What somebody is told who has raised a concern and may not read it: that it is there.
    pub fn receipt(row: &ConcernRow) -> Self {
        Self::by_content(ConcernView { progress: Progress::Received, ..metadata(row) })
    }
}

/// One concern, as it is or as it was known at a moment.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    as_of: Option<Timestamp>,
) -> ApiResult<Shown> {
    let found = store::load(conn, scope, id)?;
    show(conn, vault, scope, found, as_of)
}

/// What a decision on a concern rests on, of one that the caller may know of: for the explanation of their rights.
pub fn facts(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<ConcernFacts> {
    let row = store::load(conn, scope, id)?.row;
    if scope.action() == Action::ConcernDeputise {
        super::deputies::require_wanted(conn, scope, &row)?;
    }
    let mut open = match scope.person() {
        Some(person) => store::shares_with(conn, &row, person)?,
        None => Vec::new(),
    };
    open.retain(|share| share.is_open(scope.now()));
    let shows = |scope: ConcernShareScope| open.iter().any(|share| share.scope == scope);
    let glass = visible::branches(scope).into_iter().any(|(branch, _)| branch == Branch::Glass)
        && store::is_reached(conn, scope, Branch::Glass, id)?;
    Ok(ConcernFacts {
        trust: row.trust_id,
        school: row.school_id,
        is_restricted: row.log == ConcernLog::Restricted,
        raised_by: row.raised_by,
        raised_by_principal: row.raised_by_principal,
        // Whoever is linked does not come as far as this: to them the concern is not there.
        is_linked: false,
        is_granted: shows(ConcernShareScope::Record),
        is_for_support: store::is_for_support(&open),
        is_routed: open.iter().any(|share| share.kind == ConcernShareKind::ConflictRoute),
        is_opened_by_glass: glass,
        is_granted_part: shows(ConcernShareScope::Submission),
    })
}

/// What is shown of a concern that was found.
pub fn show(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    found: Found,
    as_of: Option<Timestamp>,
) -> ApiResult<Shown> {
    let row = &found.row;
    // What is stored counts as known now, though another node's clock may be ahead, or this request be older than it.
    let at = as_of.unwrap_or(scope.now().max(row.updated_at));
    if at < row.reported_at {
        return Err(ApiError::not_found());
    }
    let judged = match as_of {
        Some(at) => store::judged_at(conn, row, at)?,
        None => Judged {
            state: row.state,
            severity: row.severity,
            school_view_level: row.school_view_level,
            monitor: row.monitor,
        },
    };
    let (school_id, log) = stands(conn, scope, &found, as_of)?;
    let base = ConcernView { school_id, progress: rules::progress(judged.state), ..metadata(row) };
    if found.fields == FieldSet::Metadata {
        return Ok(Shown::by_content(base));
    }
    let key = CaseKey::open(vault, conn, row)?;
    let view = ConcernView { log: Some(log), ..told(conn, &key, scope, &found, as_of, base)? };
    if found.fields != FieldSet::Full {
        return Ok(Shown::by_content(view));
    }
    let view = ConcernView {
        state: Some(judged.state),
        severity: judged.severity,
        school_view_level: judged.school_view_level,
        monitor: Some(judged.monitor),
        updated_at: as_of.is_none().then_some(row.updated_at),
        ..closing(conn, &Case { row: row.clone(), key }, as_of, view)?
    };
    Ok(match as_of {
        Some(_) => Shown::by_content(view),
        None => Shown { tag: ETag::version(row.version), view },
    })
}

/// Where it stands, as far as the caller sees that: a reporter, or a system that fed it, sees where they raised it.
fn stands(
    conn: &mut Conn,
    scope: &Scope,
    found: &Found,
    as_of: Option<Timestamp>,
) -> ApiResult<(Id, ConcernLog)> {
    let row = match (found.fields, as_of) {
        (FieldSet::Full, Some(at)) => return placements::stood_at(conn, scope, &found.row, at),
        (FieldSet::Full, None) => found.row.clone(),
        _ => placements::as_raised(conn, found.row.clone())?,
    };
    Ok((row.school_id, row.log))
}

/// What was reported: the account that is shown, what the reporter added, and who they are to those who may know.
fn told(
    conn: &mut Conn,
    key: &CaseKey,
    scope: &Scope,
    found: &Found,
    as_of: Option<Timestamp>,
    base: ConcernView,
) -> ApiResult<ConcernView> {
    let row = &found.row;
    let number = number_at(conn, scope, found, as_of)?;
    let account = store::account(conn, scope.trust(), row.id, number)?;
    let named = store::named_at(conn, scope.trust(), row.id, number, as_of)?;
    let mut content = key.open_account(account.id, &account.content)?;
    if found.fields != FieldSet::Full {
        // Why it was put right can tell what stood there before.
        content.reason = None;
    }
    let reporter_name = match number {
        1 => content.reporter_name.clone(),
        _ => {
            let first = store::account(conn, scope.trust(), row.id, 1)?;
            key.open_account(first.id, &first.content)?.reporter_name
        }
    };
    let knows = knows_reporter(scope, row);
    Ok(ConcernView {
        view: found.fields,
        reporter: Some(ReporterView {
            kind: row.reporter_kind,
            is_protected: row.reporter_protected,
            name: reporter_name.filter(|_| knows),
            raised_by: row.raised_by.filter(|_| knows),
        }),
        guidance_id: row.guidance_id,
        account: Some(account_view(account, content, named, knows)),
        addenda: Some(addenda(conn, key, row, as_of.unwrap_or_else(store::end_of_time))?),
        ..base
    })
}

/// What is known of its scrutiny and closure.
fn closing(
    conn: &mut Conn,
    case: &Case,
    as_of: Option<Timestamp>,
    view: ConcernView,
) -> ApiResult<ConcernView> {
    let at = as_of.unwrap_or_else(store::end_of_time);
    let round = match as_of {
        Some(at) => store::round_at(conn, &case.row, at)?,
        None => case.row.round,
    };
    let stamps = store::round_stamps(conn, &case.row, round, at)?;
    let is_open = as_of.is_none() && case.row.state != ConcernState::Closed;
    let closure = if is_open { None } else { store::closure_at(conn, &case.row, at)? };
    let closure = closure.map(|row| {
        let reopened_at = row.reopened_at.filter(|reopened| *reopened <= at);
        super::closing::view(conn, case, ClosureRow { reopened_at, ..row })
    });
    Ok(ConcernView {
        round: Some(round),
        scrutiny: Some(
            stamps.into_iter().map(|row| super::scrutiny::view(case, row)).collect::<ApiResult<Vec<_>>>()?,
        ),
        closure: closure.transpose()?,
        added_since_closure: as_of.is_none().then_some(case.row.added_since_closure),
        ..view
    })
}

/// The part that even a system that fed the concern sees.
const fn metadata(row: &ConcernRow) -> ConcernView {
    ConcernView {
        id: row.id,
        view: FieldSet::Metadata,
        school_id: row.school_id,
        reported_at: row.reported_at,
        progress: rules::progress(row.state),
        log: None,
        reporter: None,
        guidance_id: None,
        account: None,
        addenda: None,
        state: None,
        severity: None,
        school_view_level: None,
        monitor: None,
        round: None,
        scrutiny: None,
        closure: None,
        added_since_closure: None,
        updated_at: None,
    }
}

/// The account that is shown. Whoever sees no more than one does not see another by asking for an earlier moment.
fn number_at(conn: &mut Conn, scope: &Scope, found: &Found, as_of: Option<Timestamp>) -> ApiResult<i32> {
    let Some(at) = as_of else { return Ok(found.account) };
    let then = store::account_number_at(conn, scope.trust(), found.row.id, at)?;
    let then = then.ok_or_else(ApiError::not_found)?;
    match found.fields {
        FieldSet::Full => Ok(then),
        _ if then >= found.account => Ok(found.account),
        _ => Err(ApiError::not_found()),
    }
}

/// Whether the caller may know who reported: everybody where no protection was asked for, else the leads, and the
/// reporter.
pub fn knows_reporter(scope: &Scope, row: &ConcernRow) -> bool {
    !row.reporter_protected
        || scope.also_covers(Action::ConcernReadReporter, row.school_id)
        || scope.is_let_in_by_route(row.id)
        || (row.raised_by.is_some() && row.raised_by == scope.person())
}

/// The first account's author is the reporter; the later ones' are not, but they could be.
pub fn account_view(
    row: AccountRow,
    content: AccountContent,
    named: Named,
    knows: bool,
) -> ConcernAccountView {
    ConcernAccountView {
        number: row.number,
        recorded_at: row.recorded_at,
        author_id: row.author_id.filter(|_| knows),
        correction_reason: content.reason,
        occurred_at: row.occurred_at,
        occurred_approximately: row.occurred_approximately,
        place: row.place,
        time_slot: row.time_slot,
        source: row.source,
        pupils: named.pupils,
        unnamed_pupils: content.unnamed_pupils,
        categories: named.categories,
        adult_ids: named.adults,
        summary: content.summary,
        verbatim_words: content.verbatim_words,
        facts: content.facts,
        opinion: content.opinion,
        voice_of_child: content.voice_of_child,
        immediate_action: content.immediate_action,
        witnesses: content.witnesses,
        told: content.told,
    }
}

fn addenda(conn: &mut Conn, key: &CaseKey, row: &ConcernRow, at: Timestamp) -> ApiResult<Vec<AddendumView>> {
    let rows = store::addenda(conn, row, at)?;
    rows.into_iter()
        .map(|row| {
            let body: NoteBody = key.unseal("concern_notes", row.id, &row.body)?;
            Ok(AddendumView { id: row.id, recorded_at: row.recorded_at, text: body.text })
        })
        .collect()
}

/// A page of concerns that the caller may know of, the newest first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ConcernFilter,
    paging: &Paging,
) -> ApiResult<Page<ConcernSummary>> {
    let mut filter = filter.clone();
    if let Some(pupil) = filter.pupil_id {
        filter.pupil_id = pupils::all_present(conn, scope.trust(), &[pupil])?.pop();
    }
    let rows = store::list(conn, scope, &filter, paging.after_time()?, paging.rows())?;
    let count = paging.wants_count().then(|| store::count(conn, scope, &filter)).transpose()?;
    let page = paging.page(rows, |found| Cursor::time(found.row.reported_at, found.row.id), |found| found);
    let items = summaries(conn, scope, &page.items)?;
    Ok(Page { items, next_cursor: page.next_cursor, count })
}

/// Where those concerns were raised that were moved since, as far as the caller sees no more of them than that.
fn raised(conn: &mut Conn, scope: &Scope, found: &[Found]) -> ApiResult<HashMap<Id, (Id, ConcernLog)>> {
    let own: Vec<Id> =
        found.iter().filter(|one| one.fields != FieldSet::Full).map(|one| one.row.id).collect();
    if own.is_empty() {
        return Ok(HashMap::new());
    }
    let moves = store::placements_of(conn, scope.trust(), &own)?;
    let first = moves.into_iter().filter(|placement| placement.number == 1);
    Ok(first.map(|first| (first.concern_id, (first.school_before, first.log_before))).collect())
}

/// Concerns in the short form.
pub fn summaries(conn: &mut Conn, scope: &Scope, found: &[Found]) -> ApiResult<Vec<ConcernSummary>> {
    let ids: Vec<Id> = found.iter().map(|found| found.row.id).collect();
    let times: HashMap<(Id, i32), Option<Timestamp>> = store::account_times(conn, scope.trust(), &ids)?
        .into_iter()
        .map(|(concern, number, at)| ((concern, number), at))
        .collect();
    let mut pupils: HashMap<(Id, i32), Vec<Id>> = HashMap::new();
    for (concern, number, pupil) in store::pupils_named(conn, scope.trust(), &ids)? {
        pupils.entry((concern, number)).or_default().push(pupil);
    }
    let raised = raised(conn, scope, found)?;
    let codes: HashMap<(Id, i32), CategoryCode> = store::primary_categories(conn, scope.trust(), &ids)?
        .into_iter()
        .map(|(concern, number, code)| ((concern, number), code))
        .collect();
    Ok(found
        .iter()
        .map(|found| {
            let key = (found.row.id, found.account);
            let seen = found.fields >= FieldSet::Submission;
            let row = &found.row;
            let full = Some(row).filter(|_| found.fields == FieldSet::Full);
            let (school_id, log) = raised.get(&row.id).copied().unwrap_or((row.school_id, row.log));
            ConcernSummary {
                id: row.id,
                view: found.fields,
                school_id,
                reported_at: row.reported_at,
                progress: rules::progress(row.state),
                log: seen.then_some(log),
                occurred_at: times.get(&key).copied().flatten().filter(|_| seen),
                pupil_ids: seen.then(|| pupils.get(&key).cloned().unwrap_or_default()),
                primary_category: codes.get(&key).filter(|_| seen).cloned(),
                state: full.map(|row| row.state),
                severity: full.and_then(|row| row.severity),
                school_view_level: full.and_then(|row| row.school_view_level),
                monitor: full.map(|row| row.monitor),
                added_since_closure: full.map(|row| row.added_since_closure),
            }
        })
        .collect())
}
