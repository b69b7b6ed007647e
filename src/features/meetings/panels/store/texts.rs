//! What panels wrote about concerns.

use crate::db::prelude::*;

use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{panel_agreements, panel_decisions, panel_minutes};
use crate::error::ApiResult;
use crate::ids::Id;

/// A text about a concern.
#[derive(Clone, Debug)]
pub struct TextAbout {
    pub panel_id: Id,
    pub concern_id: Id,
    pub table: &'static str,
    pub id: Id,
    pub body: Sealed,
}

/// Minutes, decisions and what was said with answers about these concerns, in any panel.
pub fn texts_about(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<TextAbout>> {
    let mut all = Vec::new();
    let named: Vec<Option<Id>> = concerns.iter().copied().map(Some).collect();
    macro_rules! add_named {
        ($($table:ident),+) => {
            $(let rows: Vec<(Id, Option<Id>, Id, Sealed)> = $table::table
                .filter($table::trust_id.eq(trust))
                .filter($table::concern_id.eq_any(named.clone()))
                .select(($table::panel_id, $table::concern_id, $table::id, $table::body))
                .load(conn)?;
            all.extend(rows.into_iter().filter_map(|(panel_id, concern_id, id, body)| {
                Some(TextAbout { panel_id, concern_id: concern_id?, table: stringify!($table), id, body })
            }));)+
        };
    }
    add_named!(panel_minutes, panel_decisions);
    let answers: Vec<(Id, Id, Id, Sealed)> = panel_agreements::table
        .filter(panel_agreements::trust_id.eq(trust))
        .filter(panel_agreements::concern_id.eq_any(concerns.to_vec()))
        .select((
            panel_agreements::panel_id,
            panel_agreements::concern_id,
            panel_agreements::id,
            panel_agreements::body,
        ))
        .load(conn)?;
    all.extend(answers.into_iter().map(|(panel_id, concern_id, id, body)| TextAbout {
        panel_id,
        concern_id,
        table: "panel_agreements",
        id,
        body,
    }));
    Ok(all)
}
