//! What is due of a meeting, and which meeting follows another: decisions without records.

use super::super::case_records::{DueDays, Line};
use super::store::MeetingRow;
use crate::clock::Date;

/// How long before a meeting its report is looked for, where nothing says by when it is due.
const LOOK_AHEAD: i64 = 14;

/// Between which days something of it is due.
pub fn due_days(row: &MeetingRow) -> DueDays {
    let report = row.report_due_on.unwrap_or_else(|| row.meets_on.plus_days(-LOOK_AHEAD));
    let first = if row.wants_report { report } else { row.meets_on };
    let last = row.next_on.map_or(row.meets_on, |next| next.max(row.meets_on));
    let has_report = !wants_report(row) || row.report_sent_on.is_some();
    let is_followed = row.next_on.is_none() || row.followed_on.is_some();
    DueDays {
        first: Some(first),
        last: Some(last),
        settled: row.outcome_on.is_some() && has_report && is_followed,
    }
}

/// Whether a report is asked for, of a meeting that was not called off.
pub fn wants_report(row: &MeetingRow) -> bool {
    row.wants_report && row.took_place != Some(false)
}

/// That the school's report is sent, by the day that the invitation or the rule says.
pub fn report(row: &MeetingRow, by_rule: Option<Date>) -> Option<Line> {
    let due_on = row.report_due_on.or(by_rule)?;
    wants_report(row).then_some(Line { due_on, met_on: row.report_sent_on, owner: row.lead_id })
}

/// That what came of it is recorded.
pub const fn outcome(row: &MeetingRow) -> Line {
    Line { due_on: row.meets_on, met_on: row.outcome_on, owner: row.lead_id }
}

/// That there is an invitation to the next one, as it was agreed.
pub fn next(row: &MeetingRow) -> Option<Line> {
    row.next_on.map(|due_on| Line { due_on, met_on: row.followed_on, owner: None })
}

/// When the invitation came to the meeting that was agreed to follow this one: the next of that kind after it.
pub fn followed_on(row: &MeetingRow, all: &[MeetingRow]) -> Option<Date> {
    let kind = row.next_kind.filter(|_| row.next_on.is_some())?;
    let follows =
        |other: &&MeetingRow| other.id != row.id && other.kind == kind && other.meets_on > row.meets_on;
    all.iter().filter(follows).min_by_key(|other| (other.meets_on, other.id)).map(|next| next.invited_on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::crypto::{Place, RecordKey};
    use crate::features::pupils::Agency;
    use crate::features::pupils::agency_meetings::dto::AgencyMeetingKind;
    use crate::ids::Id;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn meeting(number: u8, kind: AgencyMeetingKind, meets_on: &str) -> MeetingRow {
        let id = Id::from_bytes([number; 16]);
        let place = Place::new(id, "agency_meetings", "body", id);
        MeetingRow {
            trust_id: id,
            id,
            number: 1,
            pupil_id: id,
            school_id: id,
            kind,
            agency: Agency::ChildrenSocialCare,
            invited_on: day(meets_on).plus_days(-7),
            meets_on: day(meets_on),
            lead_id: None,
            wants_report: false,
            report_due_on: None,
            report_sent_on: None,
            took_place: None,
            attended: None,
            outcome_on: None,
            external_decision_id: None,
            status_id: None,
            next_kind: None,
            next_on: None,
            followed_on: None,
            first_due_on: None,
            last_due_on: None,
            settled: false,
            withdrawn: false,
            author_id: None,
            recorded_at: Timestamp::from_micros(0),
            superseded_at: None,
            body: RecordKey::generate().unwrap().seal(place, b"").unwrap(),
        }
    }

    #[test]
    fn a_meeting_is_settled_by_report_outcome_and_the_next_invitation() {
        let mut row = meeting(1, AgencyMeetingKind::CoreGroup, "2026-01-28");
        row.wants_report = true;
        assert!(!due_days(&row).settled);
        row.outcome_on = Some(day("2026-01-28"));
        assert!(!due_days(&row).settled);
        row.took_place = Some(false);
        assert!(due_days(&row).settled, "no report for a meeting that was called off");
        row.took_place = Some(true);
        row.report_sent_on = Some(day("2026-01-27"));
        assert!(due_days(&row).settled);
        (row.next_kind, row.next_on) = (Some(AgencyMeetingKind::CoreGroup), Some(day("2026-03-11")));
        assert!(!due_days(&row).settled);
        assert_eq!(due_days(&row).last, Some(day("2026-03-11")));
        row.followed_on = Some(day("2026-03-01"));
        assert!(due_days(&row).settled);
    }

    #[test]
    fn the_invitations_day_stands_over_the_rules() {
        let mut row = meeting(1, AgencyMeetingKind::InitialConference, "2026-01-28");
        row.wants_report = true;
        let by_rule = Some(day("2026-01-27"));
        assert_eq!(report(&row, by_rule).unwrap().due_on, day("2026-01-27"));
        row.report_due_on = Some(day("2026-01-23"));
        assert_eq!(report(&row, by_rule).unwrap().due_on, day("2026-01-23"));
        row.took_place = Some(false);
        assert_eq!(report(&row, by_rule), None);
    }

    #[test]
    fn what_follows_is_the_next_of_the_kind_that_was_agreed() {
        let mut first = meeting(1, AgencyMeetingKind::Strategy, "2026-01-05");
        (first.next_kind, first.next_on) =
            (Some(AgencyMeetingKind::InitialConference), Some(day("2026-01-20")));
        let other = meeting(2, AgencyMeetingKind::CoreGroup, "2026-01-15");
        let before = meeting(3, AgencyMeetingKind::InitialConference, "2025-01-15");
        let second = meeting(4, AgencyMeetingKind::InitialConference, "2026-01-22");
        let third = meeting(5, AgencyMeetingKind::InitialConference, "2026-06-22");
        let all = [first.clone(), other, before, third, second];
        assert_eq!(followed_on(&first, &all), Some(day("2026-01-15")));
        assert_eq!(followed_on(&first, &all[..3]), None);
        first.next_on = None;
        assert_eq!(followed_on(&first, &all), None);
    }
}
