//! Where a concern was taken: referrals with what came of them, and escalations, among what happened in it.

use super::super::super::store::{EscalationRow, ReferralRow, StepRow};
use super::{CaseEvent, CaseEventKind, Record, at_moment};

pub(super) fn of_referral(row: ReferralRow) -> CaseEvent {
    let ids = (row.id, row.concern_id);
    at_moment(CaseEventKind::Referred, row.made_at, row.recorded_at, ids, Record::Referral(row))
}

pub(super) fn of_referral_step(row: StepRow) -> CaseEvent {
    let ids = (row.id, row.concern_id);
    at_moment(CaseEventKind::ReferralStep, row.happened_at, row.recorded_at, ids, Record::ReferralStep(row))
}

pub(super) fn of_escalation(row: EscalationRow) -> CaseEvent {
    let ids = (row.id, row.concern_id);
    at_moment(CaseEventKind::Escalated, row.raised_at, row.recorded_at, ids, Record::Escalation(row))
}

pub(super) fn of_escalation_end(row: EscalationRow) -> Option<CaseEvent> {
    let (at, ids) = (row.ended_at?, (row.id, row.concern_id));
    let kind = CaseEventKind::EscalationEnded;
    Some(at_moment(kind, at, row.recorded_at, ids, Record::EscalationEnd(row)))
}
