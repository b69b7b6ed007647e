//! What panels decided, answered and wrote about concerns: for the chronology of a pupil, and for the search by words. The
//! caller sees the concerns in full; what is shown is of panels that they may read.

use super::super::rules::Answer;
use super::super::store::{self, AnswerBody, AnswerRow, DecisionBody};
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns::{Below, CaseKey, Slice};
use crate::ids::Id;

/// What a panel decided about a concern, or an attendee answered; its text stands under the concern's key.
#[derive(Clone, Debug)]
pub struct AboutConcern {
    /// The decision or answer.
    pub id: Id,
    /// The concern.
    pub concern_id: Id,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What was answered; none of a decision.
    answer: Option<Answer>,
    body: Sealed,
}

impl AboutConcern {
    /// What was decided, or answered with what comment.
    pub fn text(&self, key: &CaseKey) -> ApiResult<String> {
        let Some(answer) = self.answer else {
            let body: DecisionBody = key.unseal("panel_decisions", self.id, &self.body)?;
            return Ok(body.text.into_string());
        };
        let body: AnswerBody = key.unseal("panel_agreements", self.id, &self.body)?;
        Ok(body.comment.map_or_else(|| answer.to_string(), |said| format!("{answer}: {}", &*said)))
    }
}

impl From<AnswerRow> for AboutConcern {
    fn from(row: AnswerRow) -> Self {
        Self {
            id: row.id,
            concern_id: row.concern_id,
            recorded_at: row.recorded_at,
            answer: Some(row.answer),
            body: row.body,
        }
    }
}

/// The decisions about these concerns.
pub fn decisions_about(conn: &mut Conn, scope: &Scope, concerns: &[Id]) -> ApiResult<Vec<AboutConcern>> {
    let rows = store::decisions_about(conn, scope.trust(), concerns)?;
    let panels: Vec<Id> = rows.iter().map(|row| row.panel_id).collect();
    let readable = store::readable(conn, scope, &panels)?;
    let shown = rows.into_iter().filter(|row| readable.contains(&row.panel_id));
    Ok(shown
        .filter_map(|row| {
            let (concern_id, recorded_at) = (row.concern_id?, row.recorded_at);
            Some(AboutConcern { id: row.id, concern_id, recorded_at, answer: None, body: row.body })
        })
        .collect())
}

/// The answers about these concerns within a slice, the newest first; also those that no longer stand. As many are read
/// as it takes to fill the slice with what is shown.
pub fn answers_about(
    conn: &mut Conn,
    scope: &Scope,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<AboutConcern>> {
    let (mut shown, mut slice) = (Vec::new(), slice.clone());
    let wanted = usize::try_from(slice.rows).unwrap_or(usize::MAX);
    while shown.len() < wanted && !concerns.is_empty() {
        let rows = store::answers_about(conn, scope.trust(), concerns, &slice)?;
        let is_last = rows.len() < wanted;
        slice.below = rows.last().map(|last| Below { at: last.recorded_at, id: last.id, inclusive: false });
        let panels: Vec<Id> = rows.iter().map(|row| row.panel_id).collect();
        let readable = store::readable(conn, scope, &panels)?;
        let fits = rows.into_iter().filter(|row| readable.contains(&row.panel_id));
        shown.extend(fits.map(AboutConcern::from));
        if is_last {
            break;
        }
    }
    shown.truncate(wanted);
    Ok(shown)
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
