//! What happened in the concerns about a pupil, for the pupil's chronology. A concern is in it exactly where the caller
//! sees it in full, with everything that hangs on it.

mod evidence;
mod taken;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::super::content::CaseKey;
use super::super::dto::ConcernNoteKind;
use super::super::store::{
    self, ActionBody, ActionRow, AttachmentRow, ClosureBody, ClosureRow, ConcernRow, DecisionBody,
    DecisionRow, EscalationRow, MarkRow, NoteBody, NoteRow, ReferralRow, ReopeningBody, ReopeningRow, Slice,
    StampBody, StampRow, StepRow, TriageRow,
};
use super::{escalations, referrals};
use crate::access::{Action, Scope};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// What can happen in a concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseEventKind {
    /// It was raised, or what it tells of happened.
    Raised,
    /// It was triaged.
    Triaged,
    /// The team wrote a note.
    Noted,
    /// The reporter added something.
    Added,
    /// An action was set.
    ActionSet,
    /// An action was done.
    ActionDone,
    /// Something was decided.
    Decided,
    /// A mark on the child's body was seen.
    Marked,
    /// A file was added.
    Attached,
    /// It was scrutinised.
    Scrutinised,
    /// It was closed.
    Closed,
    /// It was reopened.
    Reopened,
    /// It was referred to an agency.
    Referred,
    /// Something became of a referral.
    ReferralStep,
    /// It was taken to a higher level.
    Escalated,
    /// That came to its end.
    EscalationEnded,
}

impl CaseEventKind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Raised,
        Self::Triaged,
        Self::Noted,
        Self::Added,
        Self::ActionSet,
        Self::ActionDone,
        Self::Decided,
        Self::Marked,
        Self::Attached,
        Self::Scrutinised,
        Self::Closed,
        Self::Reopened,
        Self::Referred,
        Self::ReferralStep,
        Self::Escalated,
        Self::EscalationEnded,
    ];
}

/// Something that happened in a concern; its text is opened by [`Cases::text`].
#[derive(Clone, Debug)]
pub struct CaseEvent {
    /// What.
    pub kind: CaseEventKind,
    /// When, as it sorts: a day stands where it begins.
    pub at: Timestamp,
    /// The day, where no more is known.
    pub day: Option<Date>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The concern, or the entry in it.
    pub source: Id,
    /// The concern.
    pub concern: Id,
    entry: Record,
}

#[derive(Clone, Debug)]
enum Record {
    Account,
    Triage(TriageRow),
    Note(NoteRow),
    Action(ActionRow),
    Outcome(ActionRow),
    Decision(DecisionRow),
    Mark(MarkRow),
    Attachment(AttachmentRow),
    Stamp(StampRow),
    Closure(ClosureRow),
    Reopening(ReopeningRow),
    Referral(ReferralRow),
    ReferralStep(StepRow),
    Escalation(EscalationRow),
    EscalationEnd(EscalationRow),
}

/// The concerns about a pupil that a caller sees in full.
pub struct Cases {
    trust: Id,
    pupil: Id,
    rows: HashMap<Id, ConcernRow>,
    ids: Vec<Id>,
    /// Whether the caller reads to whom they were referred: whoever reads chronologies does so wherever they read the
    /// concern, and others nowhere.
    reads_referrals: bool,
    /// Those whose marks and files the caller reads too.
    evidence: Vec<Id>,
}

impl Cases {
    /// Finds them; `scope` is that of reading concerns.
    pub fn about(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Self> {
        let rows: HashMap<Id, ConcernRow> =
            store::about_pupil(conn, scope, pupil, None)?.into_iter().map(|row| (row.id, row)).collect();
        let ids: Vec<Id> = rows.keys().copied().collect();
        let reads_referrals = scope.under(Action::ConcernReadReferrals).is_ok();
        let evidence = match scope.under(Action::ConcernReadEvidence) {
            Ok(under) if (under.extent(), under.restricted()) == (scope.extent(), scope.restricted()) => {
                ids.clone()
            }
            Ok(under) => store::about_pupil(conn, &under, pupil, None)?.iter().map(|row| row.id).collect(),
            Err(_) => Vec::new(),
        };
        Ok(Self { trust: scope.trust(), pupil, rows, ids, reads_referrals, evidence })
    }

    /// The school of a concern.
    pub fn school(&self, concern: Id) -> Option<Id> {
        self.rows.get(&concern).map(|row| row.school_id)
    }

    /// What happened of one kind, the newest first.
    pub fn events(&self, conn: &mut Conn, kind: CaseEventKind, slice: &Slice) -> ApiResult<Vec<CaseEvent>> {
        if self.ids.is_empty() {
            return Ok(Vec::new());
        }
        let (trust, ids) = (self.trust, self.ids.as_slice());
        let note = |conn: &mut Conn, notes| -> ApiResult<Vec<CaseEvent>> {
            let rows = store::notes_in(conn, trust, ids, notes, slice)?;
            Ok(rows.into_iter().map(|row| of_note(kind, row)).collect())
        };
        Ok(match kind {
            CaseEventKind::Raised => return self.raised(conn, slice),
            CaseEventKind::Noted => return note(conn, ConcernNoteKind::Note),
            CaseEventKind::Added => return note(conn, ConcernNoteKind::Addendum),
            CaseEventKind::Triaged => {
                store::triages_in(conn, trust, ids, slice)?.into_iter().map(of_triage).collect()
            }
            CaseEventKind::ActionSet => {
                store::actions_set_in(conn, trust, ids, slice)?.into_iter().map(of_action).collect()
            }
            CaseEventKind::ActionDone => {
                store::actions_done_in(conn, trust, ids, slice)?.into_iter().filter_map(of_outcome).collect()
            }
            CaseEventKind::Scrutinised => {
                store::stamps_in(conn, trust, ids, slice)?.into_iter().map(of_stamp).collect()
            }
            CaseEventKind::Closed => {
                store::closures_in(conn, trust, ids, slice)?.into_iter().map(of_closure).collect()
            }
            CaseEventKind::Reopened => {
                store::reopenings_in(conn, trust, ids, slice)?.into_iter().map(of_reopening).collect()
            }
            CaseEventKind::Decided => {
                store::decisions_in(conn, trust, ids, slice)?.into_iter().map(of_decision).collect()
            }
            CaseEventKind::Referred | CaseEventKind::ReferralStep if !self.reads_referrals => Vec::new(),
            CaseEventKind::Referred => {
                let rows = store::referrals_in(conn, trust, self.pupil, ids, slice)?;
                rows.into_iter().map(taken::of_referral).collect()
            }
            CaseEventKind::ReferralStep => {
                let gone = referrals::decisions_gone(conn, trust, self.pupil)?;
                let rows = store::referral_steps_in(conn, trust, (self.pupil, &gone), ids, slice)?;
                rows.into_iter().map(taken::of_referral_step).collect()
            }
            CaseEventKind::Escalated => store::escalations_in(conn, trust, ids, slice)?
                .into_iter()
                .map(taken::of_escalation)
                .collect(),
            CaseEventKind::EscalationEnded => {
                let rows = store::escalations_ended_in(conn, trust, ids, slice)?;
                rows.into_iter().filter_map(taken::of_escalation_end).collect()
            }
            CaseEventKind::Marked => {
                let rows = store::marks_in(conn, trust, self.pupil, &self.evidence, slice)?;
                rows.into_iter().map(evidence::of_mark).collect()
            }
            CaseEventKind::Attached => {
                let rows = store::attachments_in(conn, trust, &self.evidence, slice)?;
                rows.into_iter().map(evidence::of_attachment).collect()
            }
        })
    }

    /// A concern stands where its newest account says that it happened, else where it was reported.
    fn raised(&self, conn: &mut Conn, slice: &Slice) -> ApiResult<Vec<CaseEvent>> {
        let times = store::account_times(conn, self.trust, &self.ids)?;
        let newest = times.into_iter().filter_map(|(concern, number, at)| {
            let row = self.rows.get(&concern).filter(|row| row.account_number == number)?;
            Some(CaseEvent {
                kind: CaseEventKind::Raised,
                at: at.unwrap_or(row.reported_at),
                day: None,
                recorded_at: row.reported_at,
                source: concern,
                concern,
                entry: Record::Account,
            })
        });
        let mut events: Vec<CaseEvent> = newest.filter(|event| slice.holds(event.at, event.source)).collect();
        events.sort_unstable_by_key(|event| std::cmp::Reverse((event.at, event.source)));
        events.truncate(usize::try_from(slice.rows).unwrap_or(usize::MAX));
        Ok(events)
    }

    /// The concerns.
    pub fn ids(&self) -> &[Id] {
        &self.ids
    }

    /// The key of one of them.
    pub fn key(&self, conn: &mut Conn, vault: &Vault, concern: Id) -> ApiResult<CaseKey> {
        CaseKey::open(vault, conn, self.rows.get(&concern).ok_or_else(stray)?)
    }

    /// The texts of events, in their order.
    pub fn texts(&self, conn: &mut Conn, vault: &Vault, events: &[&CaseEvent]) -> ApiResult<Vec<String>> {
        let mut keys: HashMap<Id, CaseKey> = HashMap::new();
        for event in events {
            if let Entry::Vacant(place) = keys.entry(event.concern) {
                place.insert(self.key(conn, vault, event.concern)?);
            }
        }
        let accounts = self.accounts(conn, events)?;
        let set = |event: &&&CaseEvent| event.kind == CaseEventKind::ActionSet;
        let actions: Vec<Id> = events.iter().filter(set).map(|event| event.source).collect();
        let actions: HashMap<Id, ActionRow> = match actions.as_slice() {
            [] => HashMap::new(),
            ids => store::actions_now(conn, self.trust, ids)?.into_iter().map(|row| (row.id, row)).collect(),
        };
        let text = |event: &&CaseEvent| {
            let key = keys.get(&event.concern).ok_or_else(stray)?;
            match &event.entry {
                Record::Account => {
                    let row = accounts.get(&event.concern).ok_or_else(stray)?;
                    Ok(key.open_account(row.id, &row.content)?.summary.into_string())
                }
                Record::Action(row) => opened_action(key, actions.get(&row.id).unwrap_or(row)),
                entry => opened(key, entry),
            }
        };
        events.iter().map(text).collect()
    }

    fn accounts(&self, conn: &mut Conn, events: &[&CaseEvent]) -> ApiResult<HashMap<Id, store::AccountRow>> {
        let wanted: Vec<(Id, i32)> = events
            .iter()
            .filter(|event| event.kind == CaseEventKind::Raised)
            .filter_map(|event| self.rows.get(&event.concern))
            .map(|row| (row.id, row.account_number))
            .collect();
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = store::accounts(conn, self.trust, &wanted)?;
        Ok(rows.into_iter().map(|row| (row.concern_id, row)).collect())
    }
}

fn stray() -> ApiError {
    ApiError::internal("an event of a concern that was not found")
}

fn opened(key: &CaseKey, entry: &Record) -> ApiResult<String> {
    Ok(match entry {
        Record::Account => String::new(),
        Record::Triage(row) => match row.school_view_level {
            Some(level) => format!("severity {}, the school's view: level {level}", row.severity),
            None => format!("severity {}", row.severity),
        },
        Record::Note(row) => key.unseal::<NoteBody>("concern_notes", row.id, &row.body)?.text.into_string(),
        Record::Action(row) => return opened_action(key, row),
        Record::Outcome(row) => {
            let body: ActionBody = key.unseal("concern_actions", row.id, &row.body)?;
            body.outcome.map_or_else(|| body.description.into_string(), crate::text::Text::into_string)
        }
        Record::Decision(row) => {
            key.unseal::<DecisionBody>("concern_decisions", row.id, &row.body)?.decision.into_string()
        }
        Record::Mark(row) => return evidence::mark_text(key, row),
        Record::Attachment(row) => return evidence::attachment_text(key, row),
        Record::Stamp(row) => {
            let body: StampBody = key.unseal("concern_scrutiny", row.id, &row.body)?;
            body.comment.map_or_else(
                || format!("scrutinised: {}", row.capacity),
                |comment| format!("scrutinised: {}: {}", row.capacity, &*comment),
            )
        }
        Record::Closure(row) => {
            key.unseal::<ClosureBody>("concern_closures", row.id, &row.body)?.outcome.into_string()
        }
        Record::Reopening(row) => {
            key.unseal::<ReopeningBody>("concern_reopenings", row.id, &row.body)?.reason.into_string()
        }
        Record::Referral(row) => referrals::line_of_referral(key, row)?,
        Record::ReferralStep(row) => referrals::line_of_step(key, row)?,
        Record::Escalation(row) => escalations::line(key, row, false)?,
        Record::EscalationEnd(row) => escalations::line(key, row, true)?,
    })
}

fn opened_action(key: &CaseKey, row: &ActionRow) -> ApiResult<String> {
    Ok(key.unseal::<ActionBody>("concern_actions", row.id, &row.body)?.description.into_string())
}

/// Something that happened at a moment: of the entry and the concern that are named.
fn at_moment(
    kind: CaseEventKind,
    at: Timestamp,
    recorded_at: Timestamp,
    (source, concern): (Id, Id),
    entry: Record,
) -> CaseEvent {
    CaseEvent { kind, at, day: None, recorded_at, source, concern, entry }
}

fn of_triage(row: TriageRow) -> CaseEvent {
    let (at, ids) = (row.recorded_at, (row.id, row.concern_id));
    at_moment(CaseEventKind::Triaged, at, at, ids, Record::Triage(row))
}

fn of_note(kind: CaseEventKind, row: NoteRow) -> CaseEvent {
    let ids = (row.id, row.concern_id);
    at_moment(kind, row.happened_at, row.recorded_at, ids, Record::Note(row))
}

fn of_action(row: ActionRow) -> CaseEvent {
    let (at, ids) = (row.recorded_at, (row.id, row.concern_id));
    at_moment(CaseEventKind::ActionSet, at, at, ids, Record::Action(row))
}

fn of_outcome(row: ActionRow) -> Option<CaseEvent> {
    let day = row.done_on?;
    let ids = (row.id, row.concern_id);
    let kind = CaseEventKind::ActionDone;
    let event = at_moment(kind, day.begins_at(), row.recorded_at, ids, Record::Outcome(row));
    Some(CaseEvent { day: Some(day), ..event })
}

fn of_decision(row: DecisionRow) -> CaseEvent {
    let ids = (row.id, row.concern_id);
    at_moment(CaseEventKind::Decided, row.decided_at, row.recorded_at, ids, Record::Decision(row))
}

fn of_stamp(row: StampRow) -> CaseEvent {
    let (at, ids) = (row.recorded_at, (row.id, row.concern_id));
    at_moment(CaseEventKind::Scrutinised, at, at, ids, Record::Stamp(row))
}

fn of_closure(row: ClosureRow) -> CaseEvent {
    let (at, ids) = (row.closed_at, (row.id, row.concern_id));
    at_moment(CaseEventKind::Closed, at, at, ids, Record::Closure(row))
}

fn of_reopening(row: ReopeningRow) -> CaseEvent {
    let (at, ids) = (row.recorded_at, (row.id, row.concern_id));
    at_moment(CaseEventKind::Reopened, at, at, ids, Record::Reopening(row))
}
