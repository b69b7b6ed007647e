//! What attendees answer.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};
use serde::{Deserialize, Serialize};

use super::super::rules::{Answer, PanelRole};
use super::PanelRow;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{panel_agreements, panel_attendance, panels};
use crate::error::ApiResult;
use crate::features::concerns::Slice;
use crate::ids::Id;
use crate::text::Text;

/// An answer as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = panel_agreements, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct AnswerRow {
    pub trust_id: Id,
    pub id: Id,
    pub panel_id: Id,
    pub concern_id: Id,
    pub round: i32,
    pub person_id: Id,
    pub number: i32,
    pub answer: Answer,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AnswerBody {
    pub comment: Option<Text<2000>>,
}

/// The answers in a panel on one concern, or on all, by identifier.
pub fn answers(conn: &mut Conn, panel: &PanelRow, concern: Option<Id>) -> ApiResult<Vec<AnswerRow>> {
    let mut query = panel_agreements::table
        .filter(panel_agreements::trust_id.eq(panel.trust_id))
        .filter(panel_agreements::panel_id.eq(panel.id))
        .into_boxed();
    if let Some(concern) = concern {
        query = query.filter(panel_agreements::concern_id.eq(concern));
    }
    Ok(query.order(panel_agreements::id).select(AnswerRow::as_select()).load(conn)?)
}

/// The answers about these concerns in any panel, within a slice, the newest first.
pub fn answers_about(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<AnswerRow>> {
    let mut query = panel_agreements::table
        .filter(panel_agreements::trust_id.eq(trust))
        .filter(panel_agreements::concern_id.eq_any(concerns.to_vec()))
        .into_boxed();
    if let Some(day) = slice.from {
        query = query.filter(panel_agreements::recorded_at.ge(day.begins_at()));
    }
    if let Some(day) = slice.to {
        query = query.filter(panel_agreements::recorded_at.lt(day.plus_days(1).begins_at()));
    }
    if let Some(only) = &slice.only {
        query = query.filter(panel_agreements::id.eq_any(only.clone()));
    }
    if let Some(key) = slice.below {
        let before = panel_agreements::recorded_at.lt(key.at);
        query = query.filter(panel_agreements::recorded_at.le(key.at));
        query = if key.inclusive {
            query.filter(before.or(panel_agreements::id.le(key.id)))
        } else {
            query.filter(before.or(panel_agreements::id.lt(key.id)))
        };
    }
    Ok(query
        .order((panel_agreements::recorded_at.desc(), panel_agreements::id.desc()))
        .limit(slice.rows)
        .select(AnswerRow::as_select())
        .load(conn)?)
}

/// One answer.
pub fn answer(conn: &mut Conn, panel: &PanelRow, id: Id) -> ApiResult<AnswerRow> {
    Ok(panel_agreements::table
        .find((panel.trust_id, id))
        .filter(panel_agreements::panel_id.eq(panel.id))
        .select(AnswerRow::as_select())
        .first(conn)?)
}

/// Stores an answer, in the place of the one before of the same attendee on the same concern.
pub fn insert_answer(conn: &mut Conn, row: &AnswerRow) -> ApiResult<()> {
    diesel::update(panel_agreements::table)
        .filter(panel_agreements::trust_id.eq(row.trust_id))
        .filter(panel_agreements::panel_id.eq(row.panel_id))
        .filter(panel_agreements::concern_id.eq(row.concern_id))
        .filter(panel_agreements::person_id.eq(row.person_id))
        .filter(panel_agreements::superseded_at.is_null())
        .set(panel_agreements::superseded_at.eq(Some(row.recorded_at)))
        .execute(conn)?;
    diesel::insert_into(panel_agreements::table).values(row).execute(conn)?;
    Ok(())
}

/// The last held panel of each school, where a person attended it with a vote.
pub fn last_attended(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Vec<PanelRow>> {
    let without = [PanelRole::FamilyLiaison, PanelRole::Guest];
    let later = diesel::alias!(panels as later);
    let has_later = later
        .filter(later.field(panels::trust_id).eq(panels::trust_id))
        .filter(later.field(panels::school_id).eq(panels::school_id))
        .filter(later.field(panels::week).gt(panels::week))
        .filter(later.field(panels::held_at).is_not_null());
    Ok(panels::table
        .inner_join(panel_attendance::table.on(
            panel_attendance::trust_id.eq(panels::trust_id).and(panel_attendance::panel_id.eq(panels::id)),
        ))
        .filter(panels::trust_id.eq(trust))
        .filter(panels::held_at.is_not_null())
        .filter(panel_attendance::person_id.eq(Some(person)))
        .filter(panel_attendance::superseded_at.is_null())
        .filter(panel_attendance::is_present)
        .filter(panel_attendance::role.ne_all(without))
        .filter(not(exists(has_later)))
        .order((panels::week.desc(), panels::id.desc()))
        .select(PanelRow::as_select())
        .load(conn)?)
}
