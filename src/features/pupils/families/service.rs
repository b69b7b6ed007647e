//! Use cases of families. Who sees what of one is in [`sight`].

mod change;
mod sight;

pub use change::{add, correct, create, hand_over, rename};
pub use sight::{closed, has, rows_of};

use super::super::case;
use super::super::case::PupilKey;
use super::super::matches;
use super::dto::{FamilyMemberView, FamilyNameView, FamilyView};
use super::store::{MemberBody, MemberRow, NameBody, NameRow};
use crate::access::Scope;
use crate::access::versions::{InVersions, end_of_time};
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;
use sight::Shown;

/// One family, as far as the caller may know it.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    id: Id,
    as_of: Option<Timestamp>,
) -> ApiResult<FamilyView> {
    let shown = sight::shown(conn, scope, id, as_of)?;
    view(conn, vault, shown)
}

/// One pupil's place in a family.
pub fn get_member(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (family, id): (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<FamilyMemberView> {
    let row = sight::member(conn, scope, (family, id), as_of)?;
    member_view(conn, vault, row)?.ok_or_else(ApiError::not_found)
}

/// A page of a pupil's families, the oldest first.
pub fn list_of_pupil(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    as_of: Option<Timestamp>,
    paging: &Paging,
) -> ApiResult<Page<FamilyView>> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    case::window(conn, scope, pupil)?;
    let families = sight::of_pupil(conn, scope, pupil, as_of)?;
    let (families, count) = paging.cut(families, |shown| shown.family.id)?;
    let views = families.into_iter().map(|shown| view(conn, vault, shown)).collect::<ApiResult<Vec<_>>>()?;
    Ok(paging.page(views, |view| Cursor::id(view.id), |view| view).with_count(count))
}

fn view(conn: &mut Conn, vault: &Vault, shown: Shown) -> ApiResult<FamilyView> {
    let named = match shown.named_at {
        Some(at) => {
            let rows = NameRow::list_at(conn, &shown.family, at, None, 1)?;
            let row = rows.into_iter().next();
            row.map(|row| -> ApiResult<FamilyNameView> {
                let key = shown.family.key(vault, conn)?;
                let body: NameBody = key.open_json(shown.family.place(), &row.body)?;
                Ok(FamilyNameView::new(row, body, shown.family.school_id))
            })
            .transpose()?
        }
        None => None,
    };
    let mut members = Vec::with_capacity(shown.members.len());
    for row in shown.members {
        members.extend(member_view(conn, vault, row)?);
    }
    Ok(FamilyView { id: shown.family.id, named, members })
}

/// A place; none where the pupil's key was destroyed, and its text with it.
fn member_view(conn: &mut Conn, vault: &Vault, row: MemberRow) -> ApiResult<Option<FamilyMemberView>> {
    let Some(key) = PupilKey::open(vault, conn, row.trust_id, row.pupil_id)? else { return Ok(None) };
    let body: MemberBody = key.unseal(MemberRow::TABLE, row.id, &row.body)?;
    Ok(Some(FamilyMemberView::new(row, body)))
}

/// The moment at which a caller reads who asks for none: what has just been stored is there.
fn moment(as_of: Option<Timestamp>) -> Timestamp {
    as_of.unwrap_or_else(end_of_time)
}
