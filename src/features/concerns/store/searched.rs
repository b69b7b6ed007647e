//! The sealed texts of several concerns that were found in scope, in every version: for the search by words.

use std::collections::BTreeSet;

use crate::db::prelude::*;

use super::super::dto::ConcernNoteKind;
use super::AccountRow;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{
    concern_accounts, concern_actions, concern_closures, concern_decisions, concern_links,
    concern_naming_liftings, concern_notes, concern_reopenings, concern_scrutiny, concern_shares,
    concern_support_requests, concern_triages,
};
use crate::error::ApiResult;
use crate::ids::Id;

/// A sealed text of a concern, whatever it is of.
#[derive(Clone, Debug)]
pub struct SealedText {
    pub concern: Id,
    pub table: &'static str,
    pub id: Id,
    pub body: Sealed,
}

/// The texts of a table that hang on these concerns.
macro_rules! of_table {
    ($conn:expr, $trust:expr, $concerns:expr, $table:ident) => {{
        let rows: Vec<(Id, Id, Sealed)> = $table::table
            .filter($table::trust_id.eq($trust))
            .filter($table::concern_id.eq_any($concerns.to_vec()))
            .select(($table::concern_id, $table::id, $table::body))
            .load($conn)?;
        let texts = rows.into_iter().map(|(concern, id, body)| SealedText {
            concern,
            table: stringify!($table),
            id,
            body,
        });
        texts.collect::<Vec<_>>()
    }};
}

/// What the team recorded. Accounts, placements, links and what panels wrote are not among it: who reads these is judged
/// one by one.
pub fn work_texts(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<SealedText>> {
    let mut all = of_table!(conn, trust, concerns, concern_triages);
    all.extend(of_table!(conn, trust, concerns, concern_notes));
    all.extend(of_table!(conn, trust, concerns, concern_actions));
    all.extend(of_table!(conn, trust, concerns, concern_decisions));
    all.extend(of_table!(conn, trust, concerns, concern_shares));
    all.extend(of_table!(conn, trust, concerns, concern_support_requests));
    all.extend(of_table!(conn, trust, concerns, concern_scrutiny));
    all.extend(of_table!(conn, trust, concerns, concern_closures));
    all.extend(of_table!(conn, trust, concerns, concern_reopenings));
    all.extend(of_table!(conn, trust, concerns, concern_naming_liftings));
    Ok(all)
}

/// What reporters added.
pub fn addendum_texts(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<SealedText>> {
    let added: BTreeSet<Id> = concern_notes::table
        .filter(concern_notes::trust_id.eq(trust))
        .filter(concern_notes::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_notes::kind.eq(ConcernNoteKind::Addendum))
        .select(concern_notes::id)
        .load::<Id>(conn)?
        .into_iter()
        .collect();
    let mut texts = of_table!(conn, trust, concerns, concern_notes);
    texts.retain(|text| added.contains(&text.id));
    Ok(texts)
}

/// Every account of these concerns.
pub fn accounts_of(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<AccountRow>> {
    Ok(concern_accounts::table
        .filter(concern_accounts::trust_id.eq(trust))
        .filter(concern_accounts::concern_id.eq_any(concerns.to_vec()))
        .select(AccountRow::as_select())
        .load(conn)?)
}

/// Those of these concerns that a link leads from or to.
pub fn with_links(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<BTreeSet<Id>> {
    let ends: Vec<(Id, Id)> = concern_links::table
        .filter(concern_links::trust_id.eq(trust))
        .filter(
            concern_links::concern_id
                .eq_any(concerns.to_vec())
                .or(concern_links::other_id.eq_any(concerns.to_vec())),
        )
        .select((concern_links::concern_id, concern_links::other_id))
        .load(conn)?;
    Ok(ends.into_iter().flat_map(|(one, other)| [one, other]).collect())
}
