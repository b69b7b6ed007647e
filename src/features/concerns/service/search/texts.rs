//! Everything of a concern that a caller may read, opened: what they could find by reading, they find by a word.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::super::content::CaseKey;
use super::super::super::store::{self, AccountRow, Found, PlacementRow, SealedText};
use super::super::case::Case;
use super::super::read::knows_reporter;
use super::super::{links, placements};
use crate::access::visible::FieldSet;
use crate::access::{Action, Scope};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::db::portable::fold;
use crate::error::ApiResult;
use crate::features::meetings::{self, PanelText};
use crate::ids::Id;

/// The sealed texts of a batch of concerns.
pub struct Texts {
    accounts: Vec<AccountRow>,
    /// Of those that the caller sees in full: what the team recorded.
    work: Vec<SealedText>,
    /// Of those that they have raised and see no more of: what they added.
    added: Vec<SealedText>,
    placements: Vec<PlacementRow>,
    panels: Vec<PanelText>,
    linked: BTreeSet<Id>,
}

impl Texts {
    /// Loads what may be opened of a batch.
    pub fn load(conn: &mut Conn, scope: &Scope, batch: &[Found]) -> ApiResult<Self> {
        let of = |fields: FieldSet| -> Vec<Id> {
            batch.iter().filter(|found| found.fields == fields).map(|found| found.row.id).collect()
        };
        let (full, own, trust) = (of(FieldSet::Full), of(FieldSet::Submission), scope.trust());
        let mut accounts = store::accounts_of(conn, trust, &full)?;
        let in_part = batch.iter().filter(|found| found.fields == FieldSet::Submission);
        let shown: Vec<(Id, i32)> = in_part.map(|found| (found.row.id, found.account)).collect();
        let of_these = store::accounts(conn, trust, &shown)?;
        accounts.extend(of_these);
        let panels = match scope.under(Action::PanelRead) {
            Ok(reading) => meetings::texts_about(conn, &reading, &full)?,
            Err(_) => Vec::new(),
        };
        Ok(Self {
            accounts,
            work: store::work_texts(conn, trust, &full)?,
            added: store::addendum_texts(conn, trust, &own)?,
            placements: store::placements_of(conn, trust, &full)?,
            panels,
            linked: store::with_links(conn, trust, &full)?,
        })
    }

    /// The folded texts of a concern, as far as the caller sees them, counted on `opened`.
    pub fn open(
        &self,
        conn: &mut Conn,
        vault: &Vault,
        scope: &Scope,
        found: &Found,
        opened: &mut usize,
    ) -> ApiResult<Vec<String>> {
        let concern = found.row.id;
        let key = CaseKey::open(vault, conn, &found.row)?;
        let knows = knows_reporter(scope, &found.row);
        let mut texts: Vec<String> = Vec::new();
        for account in self.accounts.iter().filter(|account| account.concern_id == concern) {
            let mut content = key.open_account(account.id, &account.content)?;
            if found.fields != FieldSet::Full {
                content.reason = None;
            }
            texts.extend(content.searched(knows).into_iter().map(str::to_owned));
            *opened += 1;
        }
        for text in self.work.iter().chain(&self.added).filter(|text| text.concern == concern) {
            words(key.unseal(text.table, text.id, &text.body)?, &mut texts);
            *opened += 1;
        }
        let all = placements::reads_restricted(scope, &found.row);
        let moves = self.placements.iter().filter(|one| one.concern_id == concern);
        for one in moves.filter(|one| all || !one.touches_restricted()) {
            words(key.unseal("concern_placements", one.id, &one.body)?, &mut texts);
            *opened += 1;
        }
        for text in self.panels.iter().filter(|text| text.concern_id == concern) {
            words(key.unseal(text.table, text.id, &text.body)?, &mut texts);
            *opened += 1;
        }
        if self.linked.contains(&concern) && found.fields == FieldSet::Full {
            let case = Case { row: found.row.clone(), key };
            let reasons = links::texts(conn, vault, scope, &case)?;
            *opened += reasons.len();
            texts.extend(reasons);
        }
        Ok(texts.iter().map(|text| fold(text)).collect())
    }
}

/// The words of a body: its values, not its fields' names.
fn words(body: Value, out: &mut Vec<String>) {
    match body {
        Value::String(text) => out.push(text),
        Value::Array(items) => items.into_iter().for_each(|item| words(item, out)),
        Value::Object(fields) => fields.into_iter().for_each(|(_, value)| words(value, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_searched_by_its_values() {
        let mut out = Vec::new();
        let body =
            serde_json::json!({"reason": "One.", "more": [{"text": "Two.", "number": 3}], "none": null});
        words(body, &mut out);
        out.sort();
        assert_eq!(out, ["One.", "Two."]);
    }
}
