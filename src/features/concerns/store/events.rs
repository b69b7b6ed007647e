//! What happened in concerns, in the order in which it happened: each kind of entry is read by itself, bounded, the
//! newest first. The caller merges.

use crate::db::prelude::*;
use diesel::dsl::{exists, not};

use super::{
    ActionRow, AttachmentRow, ClosureRow, DecisionRow, EscalationRow, MarkRow, NoteRow, ReferralRow,
    ReopeningRow, StampRow, StepRow, TriageRow,
};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::db::schema::{
    concern_actions, concern_attachments, concern_body_marks, concern_closures, concern_decisions,
    concern_escalations, concern_notes, concern_pupils, concern_referral_pupils, concern_referral_steps,
    concern_referrals, concern_reopenings, concern_scrutiny, concern_triages, concerns,
};
use crate::error::ApiResult;
use crate::features::concerns::dto::ConcernNoteKind;
use crate::ids::Id;

/// Which part of a chronology is wanted of one kind of entry.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// Not before this day began.
    pub from: Option<Date>,
    /// Not after this day ended.
    pub to: Option<Date>,
    /// Only what stands below this key.
    pub below: Option<Below>,
    /// Only these.
    pub only: Option<Vec<Id>>,
    /// At most so many.
    pub rows: i64,
}

/// The last key of the page before, as one kind of entry sees it.
#[derive(Clone, Copy, Debug)]
pub struct Below {
    /// When it happened.
    pub at: Timestamp,
    /// Its source.
    pub id: Id,
    /// Whether an entry of this kind at this very moment and with this identifier still stands below the key.
    pub inclusive: bool,
}

impl Slice {
    /// Whether an entry belongs to it.
    pub fn holds(&self, at: Timestamp, id: Id) -> bool {
        let below = self
            .below
            .is_none_or(|key| (at, id) < (key.at, key.id) || (key.inclusive && (at, id) == (key.at, key.id)));
        below
            && self.from.is_none_or(|day| at >= day.begins_at())
            && self.to.is_none_or(|day| at < day.plus_days(1).begins_at())
            && self.only.as_ref().is_none_or(|ids| ids.contains(&id))
    }
}

/// The newest first of what a query on a column of moments gives, within a slice.
macro_rules! by_moment {
    ($conn:expr, $table:ident, $at:ident, $row:ty, $slice:expr, $query:expr) => {{
        let mut query = $query.into_boxed();
        if let Some(day) = $slice.from {
            query = query.filter($table::$at.ge(day.begins_at()));
        }
        if let Some(day) = $slice.to {
            query = query.filter($table::$at.lt(day.plus_days(1).begins_at()));
        }
        if let Some(only) = &$slice.only {
            query = query.filter($table::id.eq_any(only.clone()));
        }
        if let Some(key) = $slice.below {
            query = query.filter($table::$at.le(key.at));
            query = if key.inclusive {
                query.filter($table::$at.lt(key.at).or($table::id.le(key.id)))
            } else {
                query.filter($table::$at.lt(key.at).or($table::id.lt(key.id)))
            };
        }
        let rows: Vec<$row> = query
            .order(($table::$at.desc(), $table::id.desc()))
            .limit($slice.rows)
            .select(<$row>::as_select())
            .load($conn)?;
        rows
    }};
}

/// A query on one kind of entry of concerns: the newest first within a slice, where some conditions hold.
macro_rules! in_concerns {
    ($(#[doc = $doc:literal])+ $name:ident, $table:ident, $at:ident, $row:ty $(, $only:expr)*) => {
        $(#[doc = $doc])+
        pub fn $name(conn: &mut Conn, trust: Id, concerns: &[Id], slice: &Slice) -> ApiResult<Vec<$row>> {
            let all = $table::table
                .filter($table::trust_id.eq(trust))
                .filter($table::concern_id.eq_any(concerns.to_vec()))
                $(.filter($only))*;
            Ok(by_moment!(conn, $table, $at, $row, slice, all))
        }
    };
}

in_concerns!(
    /// Triages of these concerns.
    triages_in,
    concern_triages,
    recorded_at,
    TriageRow
);

in_concerns!(
    /// Decisions in these concerns, in the versions that hold.
    decisions_in,
    concern_decisions,
    decided_at,
    DecisionRow,
    concern_decisions::superseded_at.is_null()
);

in_concerns!(
    /// Stamps of scrutiny on these concerns.
    stamps_in,
    concern_scrutiny,
    recorded_at,
    StampRow
);

in_concerns!(
    /// Closures of these concerns.
    closures_in,
    concern_closures,
    closed_at,
    ClosureRow
);

in_concerns!(
    /// Reopenings of these concerns.
    reopenings_in,
    concern_reopenings,
    recorded_at,
    ReopeningRow
);

in_concerns!(
    /// Escalations of these concerns, in the versions that hold.
    escalations_in,
    concern_escalations,
    raised_at,
    EscalationRow,
    concern_escalations::superseded_at.is_null()
);

in_concerns!(
    /// Escalations of these concerns that have ended, in the versions that hold.
    escalations_ended_in,
    concern_escalations,
    ended_at,
    EscalationRow,
    concern_escalations::superseded_at.is_null(),
    concern_escalations::ended_at.is_not_null()
);

in_concerns!(
    /// Actions in these concerns as first recorded: that is when they were set.
    actions_set_in,
    concern_actions,
    recorded_at,
    ActionRow,
    concern_actions::number.eq(1)
);

in_concerns!(
    /// Files of these concerns.
    attachments_in,
    concern_attachments,
    recorded_at,
    AttachmentRow
);

/// Notes of these concerns, or the reporters' addenda, in the versions that hold.
pub fn notes_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    kind: ConcernNoteKind,
    slice: &Slice,
) -> ApiResult<Vec<NoteRow>> {
    let all = concern_notes::table
        .filter(concern_notes::trust_id.eq(trust))
        .filter(concern_notes::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_notes::superseded_at.is_null())
        .filter(concern_notes::kind.eq(kind));
    Ok(by_moment!(conn, concern_notes, happened_at, NoteRow, slice, all))
}

/// Marks on a child's body in these concerns, in the versions that hold; not those on other children whom the concerns
/// name, nor, where a concern names several, those of which nobody has said on whom they are.
pub fn marks_in(
    conn: &mut Conn,
    trust: Id,
    pupil: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<MarkRow>> {
    let others = concern_pupils::table
        .inner_join(
            concerns::table.on(concerns::trust_id
                .eq(concern_pupils::trust_id)
                .and(concerns::id.eq(concern_pupils::concern_id))
                .and(concerns::account_number.eq(concern_pupils::number))),
        )
        .filter(concern_pupils::trust_id.eq(trust))
        .filter(concern_pupils::concern_id.eq(concern_body_marks::concern_id))
        .filter(concern_pupils::pupil_id.ne(pupil));
    let all = concern_body_marks::table
        .filter(concern_body_marks::trust_id.eq(trust))
        .filter(concern_body_marks::concern_id.eq_any(concerns.to_vec()))
        .filter(
            (concern_body_marks::pupil_id.is_null().and(not(exists(others)))).or(
                concern_body_marks::pupil_id
                    .is_not_null()
                    .and(concern_body_marks::pupil_id.eq(pupil).assume_not_null()),
            ),
        )
        .filter(concern_body_marks::superseded_at.is_null());
    Ok(by_moment!(conn, concern_body_marks, seen_at, MarkRow, slice, all))
}

/// Referrals of these concerns about a pupil, in the versions that hold; not those about other children whom the concerns
/// name.
pub fn referrals_in(
    conn: &mut Conn,
    trust: Id,
    pupil: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<ReferralRow>> {
    let about = concern_referral_pupils::table
        .filter(concern_referral_pupils::trust_id.eq(trust))
        .filter(concern_referral_pupils::pupil_id.eq(pupil))
        .filter(concern_referral_pupils::referral_id.eq(concern_referrals::id));
    let all = concern_referrals::table
        .filter(concern_referrals::trust_id.eq(trust))
        .filter(concern_referrals::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_referrals::superseded_at.is_null())
        .filter(exists(about));
    Ok(by_moment!(conn, concern_referrals, made_at, ReferralRow, slice, all))
}

/// What became of the referrals of these concerns about a pupil, in the versions that hold: of what was decided, what is
/// about this pupil, and by none of the decisions that are `gone`.
pub fn referral_steps_in(
    conn: &mut Conn,
    trust: Id,
    (pupil, gone): (Id, &[Id]),
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<StepRow>> {
    let about = concern_referral_pupils::table
        .filter(concern_referral_pupils::trust_id.eq(trust))
        .filter(concern_referral_pupils::pupil_id.eq(pupil))
        .filter(concern_referral_pupils::referral_id.eq(concern_referral_steps::referral_id));
    let decided = concern_referral_steps::pupil_id
        .eq(pupil)
        .assume_not_null()
        .and(concern_referral_steps::external_decision_id.assume_not_null().ne_all(gone.to_vec()));
    let all = concern_referral_steps::table
        .filter(concern_referral_steps::trust_id.eq(trust))
        .filter(concern_referral_steps::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_referral_steps::superseded_at.is_null())
        .filter(concern_referral_steps::pupil_id.is_null().or(decided))
        .filter(exists(about));
    Ok(by_moment!(conn, concern_referral_steps, happened_at, StepRow, slice, all))
}

/// Actions in these concerns that are done, in the versions that hold.
pub fn actions_done_in(
    conn: &mut Conn,
    trust: Id,
    concerns: &[Id],
    slice: &Slice,
) -> ApiResult<Vec<ActionRow>> {
    let mut query = concern_actions::table
        .filter(concern_actions::trust_id.eq(trust))
        .filter(concern_actions::concern_id.eq_any(concerns.to_vec()))
        .filter(concern_actions::superseded_at.is_null())
        .filter(concern_actions::done_on.is_not_null())
        .into_boxed();
    if let Some(day) = slice.from {
        query = query.filter(concern_actions::done_on.ge(Some(day)));
    }
    if let Some(day) = slice.to {
        query = query.filter(concern_actions::done_on.le(Some(day)));
    }
    if let Some(only) = &slice.only {
        query = query.filter(concern_actions::id.eq_any(only.clone()));
    }
    if let Some(key) = slice.below {
        // A day stands where it begins.
        let day = key.at.london_date();
        query = query.filter(concern_actions::done_on.le(Some(day)));
        if day.begins_at() == key.at {
            let before = concern_actions::done_on.lt(Some(day));
            query = if key.inclusive {
                query.filter(before.or(concern_actions::id.le(key.id)))
            } else {
                query.filter(before.or(concern_actions::id.lt(key.id)))
            };
        }
    }
    Ok(query
        .order((concern_actions::done_on.desc(), concern_actions::id.desc()))
        .limit(slice.rows)
        .select(ActionRow::as_select())
        .load(conn)?)
}

/// Actions in the versions that hold.
pub fn actions_now(conn: &mut Conn, trust: Id, ids: &[Id]) -> ApiResult<Vec<ActionRow>> {
    Ok(concern_actions::table
        .filter(concern_actions::trust_id.eq(trust))
        .filter(concern_actions::id.eq_any(ids.to_vec()))
        .filter(concern_actions::superseded_at.is_null())
        .select(ActionRow::as_select())
        .load(conn)?)
}
