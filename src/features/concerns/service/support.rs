//! Support that a school asks of the trust's safeguarding lead in one concern: whoever accepts reads the concern from
//! then on, by a share of its own kind, until somebody ends it or its time is over.

use super::super::content::CaseKey;
use super::super::dto::{
    ConcernShareKind, ConcernShareScope, SupportAnswer, SupportAnswerCreate, SupportFilter,
    SupportRequestCreate, SupportRequestView, SupportState, SupportWithdrawal,
};
use super::super::rules::support::{self as rules, Step};
use super::super::store::{self, ConcernRow, ShareBody, ShareRow, SupportAsked, SupportBody, SupportRow};
use super::case::{self, Case, Made};
use super::{deputies, receivers};
use crate::access::{Role, Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{NotificationKind, notify};
use crate::features::people;
use crate::http::page::{Cursor, Page};
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

const TABLE: &str = "concern_support_requests";

/// Asks the trust's lead, or whoever stands in for them in this concern, and tells them.
pub fn ask_support(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: SupportRequestCreate,
) -> ApiResult<Made<SupportRequestView>> {
    let (case, made) = case::begin_beside(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        return shown(tx, &case, id);
    }
    let requested_by = scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))?;
    if input.wanted_until.is_some_and(|until| until <= tx.now()) {
        return Err(ApiError::rule("/wanted_until", "range", "must be in the future"));
    }
    let now = tx.now();
    let is_open = |row: &SupportRow| rules::is_open(rules::standing(row.state, row.wanted_until, now));
    if store::support_requests(tx.conn, &case.row)?.iter().any(is_open) {
        return Err(ApiError::because(Code::AlreadyExists, "support is asked for or given already"));
    }
    let asked = told(tx.conn, scope, &case.row, requested_by)?;
    let id = tx.new_id();
    let body = SupportBody { help: input.help, answer_reason: None, end_reason: None };
    let row = SupportRow {
        trust_id: scope.trust(),
        id,
        concern_id: concern,
        state: SupportState::Requested,
        requested_by,
        requested_at: now,
        wanted_until: input.wanted_until,
        answered_by: None,
        answered_at: None,
        share_id: None,
        ended_by: None,
        ended_at: None,
        body: case.key.seal(TABLE, id, &body)?,
        version: 1,
    };
    store::insert_support(tx.conn, &row)?;
    notify(tx.conn, scope.trust(), &asked, NotificationKind::SupportRequested, id, now)?;
    let view = view(scope, &case, row)?;
    case.finish_beside(tx, "concern.support-requested", id, &body, view)
}

/// Who hears of a request: whom it is for; where there is nobody of these today, the CEO, who sees to it that there is. It
/// waits for whoever comes to the post.
fn told(conn: &mut Conn, scope: &Scope, row: &ConcernRow, asking: Id) -> ApiResult<Vec<Id>> {
    let asked = addressees(conn, scope, row, asking)?;
    if !asked.is_empty() {
        return Ok(asked);
    }
    let linked = receivers::linked(conn, row)?;
    let mut above = people::holders(conn, scope.trust(), &[Role::Ceo], None, scope.today())?;
    above.retain(|one| *one != asking && !linked.contains(one));
    if above.is_empty() {
        log::warn!("nobody is on record who answers a request for support in concern {}", row.id);
    }
    Ok(above)
}

/// Whom a request is for: the trust leads in post without a conflict of interest, else whoever stands in for them.
fn addressees(conn: &mut Conn, scope: &Scope, row: &ConcernRow, asking: Id) -> ApiResult<Vec<Id>> {
    let linked = receivers::linked(conn, row)?;
    let mut asked = deputies::leads(conn, scope)?;
    asked.retain(|lead| !linked.contains(lead));
    if asked.is_empty() {
        asked.extend(deputies::stands_in(conn, scope, row)?);
    }
    asked.retain(|one| *one != asking);
    Ok(asked)
}

/// Takes a request back before it is answered, or ends the support that was given: at once, and whoever gave it hears.
pub fn withdraw_support(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (concern, request): (Id, Id),
    if_match: &IfMatch,
    input: SupportWithdrawal,
) -> ApiResult<Made<SupportRequestView>> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    store::support_request(tx.conn, &case.row, request)?;
    if let Some(id) = tx.replayed()? {
        return shown(tx, &case, id);
    }
    case.claim_beside(tx, if_match)?;
    let old = store::support_request(tx.conn, &case.row, request)?;
    let state = stepped(tx, &old, Step::Withdraw)?;
    let mut told: Vec<Id> = old.answered_by.into_iter().collect();
    if told.is_empty() {
        told = addressees(tx.conn, scope, &case.row, old.requested_by)?;
    }
    let (row, body) = ended(tx, scope, &case, old, state, Some(input.reason))?;
    let now = tx.now();
    notify(tx.conn, scope.trust(), &told, NotificationKind::SupportEnded, request, now)?;
    let view = view(scope, &case, row)?;
    case.finish_beside(tx, "concern.support-ended", request, &body, view)
}

/// Answers a request that is addressed to the caller: accepts it, and is let in; refuses it; or hands back what was given.
pub fn answer_support(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: SupportAnswerCreate,
) -> ApiResult<(SupportRequestView, i64)> {
    let (found, concern) = addressed_one(tx.conn, scope, id)?;
    let key = CaseKey::open(tx.vault, tx.conn, &concern)?;
    if tx.replayed()?.is_some() {
        let case = Case { row: concern, key };
        return Ok((view(scope, &case, found.clone())?, found.version));
    }
    if_match.check_exact(found.version)?;
    // Whoever answers may not read the concern: its version is no condition, but the next one is theirs.
    let case = Case { row: store::lock(tx.conn, &concern)?, key };
    let old = store::support_request(tx.conn, &case.row, id)?;
    if_match.check_exact(old.version)?;
    let person = scope.person().ok_or_else(|| ApiError::of(Code::PersonUnknown))?;
    if person == old.requested_by {
        return Err(ApiError::rule("/answer", "own_request", "nobody answers their own request"));
    }
    let state = stepped(tx, &old, Step::Answer(input.answer))?;
    let asking = old.requested_by;
    let (did, row, body) = match input.answer {
        SupportAnswer::HandBack => {
            let (row, body) = ended(tx, scope, &case, old, state, input.reason)?;
            ("concern.support-handed-back", row, body)
        }
        SupportAnswer::Accept | SupportAnswer::Refuse => {
            let share_id =
                if state == SupportState::Accepted { Some(let_in(tx, &case, &old, person)?) } else { None };
            let before: SupportBody = case.key.unseal(TABLE, id, &old.body)?;
            let body = SupportBody { answer_reason: input.reason, ..before };
            let row = SupportRow {
                state,
                answered_by: Some(person),
                answered_at: Some(tx.now()),
                share_id,
                body: case.key.seal(TABLE, id, &body)?,
                version: old.version + 1,
                ..old
            };
            store::update_support(tx.conn, &row)?;
            let did = if share_id.is_some() { "concern.support-accepted" } else { "concern.support-refused" };
            (did, row, body)
        }
    };
    let now = tx.now();
    notify(tx.conn, scope.trust(), &[asking], NotificationKind::SupportAnswered, case.row.id, now)?;
    let version = row.version;
    let view = view(scope, &case, row)?;
    case.finish_beside(tx, did, id, &body, view).map(|made| (made.view, version))
}

/// Lets the trust's lead in, for as long as support is wanted.
fn let_in(tx: &mut Tx<'_>, case: &Case, request: &SupportRow, person: Id) -> ApiResult<Id> {
    let id = tx.new_id();
    let share = ShareRow {
        trust_id: request.trust_id,
        id,
        concern_id: request.concern_id,
        person_id: person,
        kind: ConcernShareKind::Support,
        granted_by: Some(request.requested_by),
        granted_at: tx.now(),
        ends_at: request.wanted_until,
        ended_at: None,
        ended_by: None,
        body: case.key.seal("concern_shares", id, &ShareBody::default())?,
        scope: ConcernShareScope::Record,
    };
    store::insert_share(tx.conn, &share)?;
    Ok(id)
}

/// The state that a step leads to.
fn stepped(tx: &Tx<'_>, row: &SupportRow, step: Step) -> ApiResult<SupportState> {
    let stands = rules::standing(row.state, row.wanted_until, tx.now());
    rules::next(stands, step)
        .ok_or_else(|| ApiError::because(Code::StateConflict, format!("the request is {stands}")))
}

/// Ends a request, and the share that came with it.
fn ended(
    tx: &mut Tx<'_>,
    scope: &Scope,
    case: &Case,
    old: SupportRow,
    state: SupportState,
    reason: Option<crate::text::Text<2000>>,
) -> ApiResult<(SupportRow, SupportBody)> {
    if let Some(share) = old.share_id {
        let share = store::share(tx.conn, &case.row, share)?;
        if share.ended_at.is_none() {
            let now = tx.now();
            let share = ShareRow { ended_at: Some(now), ended_by: scope.person(), ..share };
            store::end_share(tx.conn, &share)?;
        }
    }
    let before: SupportBody = case.key.unseal(TABLE, old.id, &old.body)?;
    let body = SupportBody { end_reason: reason, ..before };
    let row = SupportRow {
        state,
        ended_by: scope.person(),
        ended_at: Some(tx.now()),
        body: case.key.seal(TABLE, old.id, &body)?,
        version: old.version + 1,
        ..old
    };
    store::update_support(tx.conn, &row)?;
    Ok((row, body))
}

/// One request of a concern that the caller reads.
pub fn get_support_request(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    request: Id,
) -> ApiResult<SupportRequestView> {
    let case = case::open(conn, vault, scope, concern)?;
    let row = store::support_request(conn, &case.row, request)?;
    view(scope, &case, row)
}

/// A page of a concern's requests, the oldest first.
pub fn list_support_requests(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    concern: Id,
    paging: &Paging,
) -> ApiResult<Page<SupportRequestView>> {
    let case = case::open(conn, vault, scope, concern)?;
    let rows = store::support_requests(conn, &case.row)?;
    let (rows, count) = paging.cut(rows, |row| row.id)?;
    let views = rows.into_iter().map(|row| view(scope, &case, row)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

fn addressed_one(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<(SupportRow, ConcernRow)> {
    let asked = SupportAsked { id: Some(id), ..SupportAsked::default() };
    store::addressed(conn, scope, &asked, 1)?.pop().ok_or_else(ApiError::not_found)
}

/// One request that is addressed to the caller, with its version. What help is asked for they read before the concern.
pub fn asked(conn: &mut Conn, vault: &Vault, scope: &Scope, id: Id) -> ApiResult<(SupportRequestView, i64)> {
    let (row, concern) = addressed_one(conn, scope, id)?;
    let key = CaseKey::open(vault, conn, &concern)?;
    let version = row.version;
    Ok((view(scope, &Case { row: concern, key }, row)?, version))
}

/// A page of the requests that are addressed to the caller, the oldest first.
pub fn list_asked(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    filter: &SupportFilter,
    paging: &Paging,
) -> ApiResult<Page<SupportRequestView>> {
    let mut asked = SupportAsked { filter: filter.clone(), ..SupportAsked::default() };
    let mut all = || store::addressed(conn, scope, &asked, i64::from(i32::MAX));
    let count = paging.wants_count().then(|| all().map(|all| i64::try_from(all.len()).unwrap_or(i64::MAX)));
    let count = count.transpose()?;
    asked.after = paging.after_id()?;
    let mut views = Vec::new();
    for (row, concern) in store::addressed(conn, scope, &asked, paging.rows())? {
        let key = CaseKey::open(vault, conn, &concern)?;
        views.push(view(scope, &Case { row: concern, key }, row)?);
    }
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

/// The requests of a state that are addressed to the caller: concern and request. What was wanted until a time that is
/// over waits for nobody.
pub fn addressed(conn: &mut Conn, scope: &Scope, state: SupportState) -> ApiResult<Vec<(Id, Id)>> {
    let filter = SupportFilter { state: Some(state), school_id: None };
    let asked = SupportAsked { filter, ..SupportAsked::default() };
    let rows = store::addressed(conn, scope, &asked, i64::from(i32::MAX))?;
    let waits = |row: &SupportRow| row.wanted_until.is_none_or(|until| until > scope.now());
    let is_others = |row: &SupportRow| Some(row.requested_by) != scope.person();
    let rows = rows.into_iter().map(|(row, _)| row).filter(|row| waits(row) && is_others(row));
    Ok(rows.map(|row| (row.concern_id, row.id)).collect())
}

fn shown(tx: &mut Tx<'_>, case: &Case, id: Id) -> ApiResult<Made<SupportRequestView>> {
    let row = store::support_request(tx.conn, &case.row, id)?;
    let now = tx.now();
    Ok(case.again(id, view_at(now, case, row)?))
}

fn view(scope: &Scope, case: &Case, row: SupportRow) -> ApiResult<SupportRequestView> {
    view_at(scope.now(), case, row)
}

fn view_at(now: crate::clock::Timestamp, case: &Case, row: SupportRow) -> ApiResult<SupportRequestView> {
    let body: SupportBody = case.key.unseal(TABLE, row.id, &row.body)?;
    Ok(SupportRequestView {
        id: row.id,
        concern_id: row.concern_id,
        school_id: case.row.school_id,
        state: rules::standing(row.state, row.wanted_until, now),
        requested_by: row.requested_by,
        requested_at: row.requested_at,
        help: body.help,
        wanted_until: row.wanted_until,
        answered_by: row.answered_by,
        answered_at: row.answered_at,
        answer_reason: body.answer_reason,
        ended_by: row.ended_by,
        ended_at: row.ended_at,
        end_reason: body.end_reason,
    })
}
