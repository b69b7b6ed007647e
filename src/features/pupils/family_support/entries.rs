//! Use cases of what was done for a family: contacts and signposts.

use super::super::case;
use super::super::records::{self, New, RecordBody, RecordClass, RecordRow};
use super::content::{EntryBody, SupportBody};
use super::dto::{SupportEntryCorrection, SupportEntryCreate, SupportEntryView};
use crate::access::{Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One entry, with the school that recorded it.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    ids: (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<(SupportEntryView, Id)> {
    let (row, body) = records::get_entry::<SupportBody, EntryBody>(conn, vault, scope, ids, as_of)?;
    let school = row.school_id;
    Ok((SupportEntryView::new(row, body), school))
}

fn shown(tx: &mut Tx<'_>, scope: &Scope, ids: (Id, Id)) -> ApiResult<SupportEntryView> {
    get(tx.conn, tx.vault, scope, ids, None).map(|(view, _)| view)
}

/// A page of entries, the oldest record first, with the school of the support.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    which: (Id, Option<Timestamp>),
    paging: &Paging,
) -> ApiResult<(Page<SupportEntryView>, Id)> {
    let school = records::parent_of::<SupportBody>(conn, scope, which.0)?.row.school_id;
    let page = records::list_entries::<SupportBody, EntryBody>(conn, vault, scope, which, paging)?;
    Ok((page.map(|(row, body)| SupportEntryView::new(row, body)), school))
}

/// Records what was done.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    support: Id,
    input: SupportEntryCreate,
) -> ApiResult<SupportEntryView> {
    let parent = records::parent_of::<SupportBody>(tx.conn, scope, support)?;
    if let Some(id) = tx.replayed()? {
        return shown(tx, scope, (support, id));
    }
    parent.refuse_closed()?;
    let parent = parent.row;
    check_days(scope, &parent, input.done_on, input.responded_on)?;
    let new = New {
        parent: Some(support),
        family: parent.family_id,
        ..New::of(RecordClass::from(&input), parent.pupil_id, parent.school_id, input.done_on)
    };
    let id = records::add(tx, scope, new, &EntryBody::from(input))?;
    shown(tx, scope, (support, id))
}

/// Records a corrected version of an entry.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: SupportEntryCorrection,
) -> ApiResult<SupportEntryView> {
    let parent = records::parent_of::<SupportBody>(tx.conn, scope, ids.0)?.row;
    let begun = records::begin_entry::<SupportBody, EntryBody>(tx, scope, ids, if_match)?;
    let Some(begun) = begun else { return shown(tx, scope, ids) };
    let (input, reason) = input.into_parts();
    check_days(scope, &parent, input.done_on, input.responded_on)?;
    let row = RecordRow { class: RecordClass::from(&input), happened_on: input.done_on, ..begun.row };
    let body = EntryBody::from(input).because(reason);
    let row = records::replace(tx, scope, &begun.key, row, &body, EntryBody::DONE.corrected)?;
    Ok(SupportEntryView::new(row, body))
}

fn check_days(scope: &Scope, parent: &RecordRow, done_on: Date, responded_on: Option<Date>) -> ApiResult<()> {
    case::check_day(scope.today(), "/done_on", done_on)?;
    if done_on < parent.happened_on {
        return Err(ApiError::rule("/done_on", "range", "must not be before the support began"));
    }
    match responded_on {
        Some(day) => case::check_day(scope.today(), "/responded_on", day),
        None => Ok(()),
    }
}
