//! What panels decided and wrote about concerns: for the chronology of a pupil, and for the search by words.

use super::super::store::{self, TextBody};
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns::CaseKey;
use crate::ids::Id;

/// A decision of a panel about a concern; its text stands under the concern's key.
#[derive(Clone, Debug)]
pub struct PanelDecisionAbout {
    /// The decision.
    pub id: Id,
    /// The concern.
    pub concern_id: Id,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    body: Sealed,
}

impl PanelDecisionAbout {
    /// What was decided.
    pub fn text(&self, key: &CaseKey) -> ApiResult<String> {
        let body: TextBody<5000> = key.unseal("panel_decisions", self.id, &self.body)?;
        Ok(body.text.into_string())
    }
}

/// The decisions about these concerns, which the caller sees in full, in panels that they may read.
pub fn decisions_about(
    conn: &mut Conn,
    scope: &Scope,
    concerns: &[Id],
) -> ApiResult<Vec<PanelDecisionAbout>> {
    let rows = store::decisions_about(conn, scope.trust(), concerns)?;
    let panels: Vec<Id> = rows.iter().map(|row| row.panel_id).collect();
    let readable = store::readable(conn, scope, &panels)?;
    let shown = rows.into_iter().filter(|row| readable.contains(&row.panel_id));
    Ok(shown
        .filter_map(|row| {
            let concern_id = row.concern_id?;
            Some(PanelDecisionAbout { id: row.id, concern_id, recorded_at: row.recorded_at, body: row.body })
        })
        .collect())
}

/// A text of a panel about a concern, sealed under the concern's key: minutes, a decision, or what somebody said with
/// their answer.
#[derive(Clone, Debug)]
pub struct PanelText {
    /// The concern.
    pub concern_id: Id,
    /// The table, under whose name it is sealed.
    pub table: &'static str,
    /// The row.
    pub id: Id,
    /// The text.
    pub body: Sealed,
}

/// The texts about these concerns, which the caller sees in full, in panels that they may read.
pub fn texts_about(conn: &mut Conn, scope: &Scope, concerns: &[Id]) -> ApiResult<Vec<PanelText>> {
    let rows = store::texts_about(conn, scope.trust(), concerns)?;
    let panels: Vec<Id> = rows.iter().map(|row| row.panel_id).collect();
    let readable = store::readable(conn, scope, &panels)?;
    let shown = rows.into_iter().filter(|row| readable.contains(&row.panel_id));
    Ok(shown
        .map(|row| PanelText { concern_id: row.concern_id, table: row.table, id: row.id, body: row.body })
        .collect())
}
