//! Recording meetings of agencies.

use super::super::case::{Window, check_day};
use super::super::case_records::{self, CaseDue, CaseRecord, Change, DueAsked, Opened, check_person, whole};
use super::super::{external_decisions, statuses};
use super::dto::{
    AgencyMeetingAttendee, AgencyMeetingCorrection, AgencyMeetingCreate, AgencyMeetingFilter,
    AgencyMeetingOutcome, AgencyMeetingReport, AgencyMeetingView, AgencyMeetingWithdrawal,
};
use super::rules;
use super::store::{self, MeetingBody, MeetingRow};
use crate::access::{Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::deadlines;
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One meeting, as it is or as it was known at a moment.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    ids: (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<AgencyMeetingView> {
    Ok(view(scope, case_records::get::<MeetingRow>(conn, vault, scope, ids, as_of)?))
}

/// A page of a pupil's meetings, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    filter: &AgencyMeetingFilter,
    paging: &Paging,
) -> ApiResult<Page<AgencyMeetingView>> {
    let takes = |row: &MeetingRow| {
        filter.kind.is_none_or(|kind| row.kind == kind)
            && filter.from.is_none_or(|from| row.meets_on >= from)
            && filter.to.is_none_or(|to| row.meets_on <= to)
    };
    case_records::list(conn, vault, scope, (pupil, filter.as_of), paging, takes, |one| view(scope, one))
}

/// Records an invitation.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pupil: Id,
    input: AgencyMeetingCreate,
) -> ApiResult<AgencyMeetingView> {
    let made = case_records::create::<MeetingRow>(tx, scope, pupil, "agency_meeting.recorded", |tx, new| {
        check_invitation(tx.conn, scope, new.pupil, &input, "")?;
        let id = tx.new_id();
        let body = MeetingBody {
            attendees: input.attendees.clone(),
            details: input.details.clone(),
            report: None,
            outcome: None,
            reason: None,
        };
        let row = MeetingRow {
            trust_id: scope.trust(),
            id,
            number: 1,
            pupil_id: new.pupil,
            school_id: new.school,
            kind: input.kind,
            agency: input.agency,
            invited_on: input.invited_on,
            meets_on: input.meets_on,
            lead_id: input.attendees.first().map(|attendee| attendee.person_id),
            wants_report: input.wants_report,
            report_due_on: input.report_due_on,
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
            author_id: scope.person(),
            recorded_at: tx.now(),
            superseded_at: None,
            body: new.key.seal(MeetingRow::TABLE, id, &body)?,
        };
        Ok((row, body))
    })?;
    follow(tx, made.row.pupil_id)?;
    Ok(view(scope, made))
}

/// Records the school's report: that it is written, then that it is sent.
pub fn report(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: AgencyMeetingReport,
) -> ApiResult<AgencyMeetingView> {
    change(tx, scope, ids, if_match, "agency_meeting.reported", |tx, meeting| {
        if meeting.row.report_sent_on.is_some() {
            return Err(ApiError::because(Code::StateConflict, "the report was sent: correct the record"));
        }
        set_report(tx.conn, scope, meeting, Some(input), "")?;
        meeting.body.reason = None;
        Ok(())
    })
}

/// Records who went and what came of it, once.
pub fn outcome(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: AgencyMeetingOutcome,
) -> ApiResult<AgencyMeetingView> {
    change(tx, scope, ids, if_match, "agency_meeting.settled", |tx, meeting| {
        if meeting.row.outcome_on.is_some() {
            let words = "what came of the meeting is recorded: correct the record";
            return Err(ApiError::because(Code::StateConflict, words));
        }
        set_outcome(tx.conn, scope, meeting, Some(input), "")?;
        meeting.body.reason = None;
        Ok(())
    })
}

/// Records a corrected version.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: AgencyMeetingCorrection,
) -> ApiResult<AgencyMeetingView> {
    change(tx, scope, ids, if_match, "agency_meeting.corrected", |tx, meeting| {
        let invitation = input.invitation;
        check_invitation(tx.conn, scope, meeting.row.pupil_id, &invitation, "/invitation")?;
        meeting.row.kind = invitation.kind;
        meeting.row.agency = invitation.agency;
        meeting.row.invited_on = invitation.invited_on;
        meeting.row.meets_on = invitation.meets_on;
        meeting.row.lead_id = invitation.attendees.first().map(|attendee| attendee.person_id);
        meeting.row.wants_report = invitation.wants_report;
        meeting.row.report_due_on = invitation.report_due_on;
        meeting.body.attendees = invitation.attendees;
        meeting.body.details = invitation.details;
        set_report(tx.conn, scope, meeting, input.report, "/report")?;
        set_outcome(tx.conn, scope, meeting, input.outcome, "/outcome")?;
        meeting.body.reason = Some(input.reason);
        Ok(())
    })
}

/// Withdraws a record that should never have been made.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: AgencyMeetingWithdrawal,
) -> ApiResult<AgencyMeetingView> {
    change(tx, scope, ids, if_match, "agency_meeting.withdrawn", |_, meeting| {
        meeting.row.withdrawn = true;
        meeting.body.reason = Some(input.reason);
        Ok(())
    })
}

/// The reports that are due.
pub fn reports_due(conn: &mut Conn, scope: &Scope, asked: &DueAsked) -> ApiResult<Vec<CaseDue>> {
    let rows = case_records::due::<MeetingRow>(conn, scope, asked)?;
    Ok(asked.lines(&rows, |row| rules::report(row, by_rule(scope, row))))
}

/// The meetings, each due on its day.
pub fn meetings_due(conn: &mut Conn, scope: &Scope, asked: &DueAsked) -> ApiResult<Vec<CaseDue>> {
    let rows = case_records::due::<MeetingRow>(conn, scope, asked)?;
    Ok(asked.lines(&rows, |row| Some(rules::outcome(row))))
}

/// The meetings that were agreed on, until the invitation comes.
pub fn next_due(conn: &mut Conn, scope: &Scope, asked: &DueAsked) -> ApiResult<Vec<CaseDue>> {
    let rows = case_records::due::<MeetingRow>(conn, scope, asked)?;
    Ok(asked.lines(&rows, rules::next))
}

/// The next version of a meeting; what follows from it for the others is kept.
fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    did: &'static str,
    edit: impl FnOnce(&mut Tx<'_>, &mut Change<MeetingRow>) -> ApiResult<()>,
) -> ApiResult<AgencyMeetingView> {
    let meeting = case_records::change(tx, scope, ids, if_match, did, edit)?;
    follow(tx, meeting.row.pupil_id)?;
    Ok(view(scope, meeting))
}

/// Keeps of each meeting of a pupil whether the one that was agreed to follow it has been called.
pub fn follow(tx: &mut Tx<'_>, pupil: Id) -> ApiResult<()> {
    let window = whole(tx.trust(), pupil);
    let all: Vec<MeetingRow> = case_records::standing(tx.conn, &window)?;
    for row in &all {
        let followed_on = rules::followed_on(row, &all);
        if followed_on != row.followed_on {
            store::set_followed(tx.conn, row, followed_on)?;
        }
    }
    Ok(())
}

fn view(scope: &Scope, meeting: Opened<MeetingRow>) -> AgencyMeetingView {
    let due = rules::wants_report(&meeting.row)
        .then(|| meeting.row.report_due_on.or_else(|| by_rule(scope, &meeting.row)))
        .flatten();
    AgencyMeetingView::new(meeting, due)
}

fn by_rule(scope: &Scope, row: &MeetingRow) -> Option<Date> {
    deadlines::meeting_report_due_on(row.meets_on, scope.today())
}

fn check_invitation(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
    input: &AgencyMeetingCreate,
    at: &'static str,
) -> ApiResult<()> {
    let [invited_on, meets_on, attendees] = match at {
        "" => ["/invited_on", "/meets_on", "/attendees"],
        _ => ["/invitation/invited_on", "/invitation/meets_on", "/invitation/attendees"],
    };
    check_day(scope.today(), invited_on, input.invited_on)?;
    // A meeting may be to come: only the earlier bound counts.
    check_day(input.meets_on.max(scope.today()), meets_on, input.meets_on)?;
    for attendee in &input.attendees {
        check_person(conn, scope, pupil, attendee.person_id, attendees)?;
    }
    Ok(())
}

fn set_report(
    conn: &mut Conn,
    scope: &Scope,
    meeting: &mut Change<MeetingRow>,
    report: Option<AgencyMeetingReport>,
    at: &'static str,
) -> ApiResult<()> {
    let [written_on, sent_on, written_by] = match at {
        "" => ["/written_on", "/sent_on", "/written_by_id"],
        _ => ["/report/written_on", "/report/sent_on", "/report/written_by_id"],
    };
    if let Some(report) = &report {
        check_day(scope.today(), written_on, report.written_on)?;
        if let Some(sent) = report.sent_on {
            check_day(scope.today(), sent_on, sent)?;
            if sent < report.written_on {
                return Err(ApiError::rule(sent_on, "range", "must not be before it was written"));
            }
        }
        check_person(conn, scope, meeting.row.pupil_id, report.written_by_id, written_by)?;
    }
    meeting.row.report_sent_on = report.as_ref().and_then(|report| report.sent_on);
    meeting.body.report = report;
    Ok(())
}

fn set_outcome(
    conn: &mut Conn,
    scope: &Scope,
    meeting: &mut Change<MeetingRow>,
    outcome: Option<AgencyMeetingOutcome>,
    at: &'static str,
) -> ApiResult<()> {
    if let Some(outcome) = &outcome {
        check_outcome(conn, scope, meeting, outcome, at)?;
    }
    let said = outcome.as_ref();
    let next = said.and_then(|outcome| outcome.next_meeting);
    let row = &mut meeting.row;
    row.took_place = said.map(|outcome| outcome.took_place);
    row.attended = said.map(|outcome| !outcome.attended_ids.is_empty());
    row.outcome_on = said.map(|_| row.outcome_on.unwrap_or_else(|| scope.today()));
    row.external_decision_id = said.and_then(|outcome| outcome.external_decision_id);
    row.status_id = said.and_then(|outcome| outcome.status_id);
    (row.next_kind, row.next_on) = (next.map(|next| next.kind), next.map(|next| next.meets_on));
    meeting.body.outcome = outcome;
    Ok(())
}

fn check_outcome(
    conn: &mut Conn,
    scope: &Scope,
    meeting: &Change<MeetingRow>,
    outcome: &AgencyMeetingOutcome,
    at: &'static str,
) -> ApiResult<()> {
    let refuse = |field: &str, code: &'static str, words: &'static str| {
        Err(ApiError::rule(format!("{at}{field}"), code, words))
    };
    if outcome.took_place && meeting.row.meets_on > scope.today() {
        return refuse("/took_place", "range", "the meeting is still to come");
    }
    let mut expected = meeting.body.attendees.iter();
    let is_absent = |attendee: &AgencyMeetingAttendee| !outcome.attended_ids.contains(&attendee.person_id);
    let has_absent = outcome.took_place && expected.any(is_absent);
    if has_absent && outcome.absence_reason.is_none() {
        return refuse("/absence_reason", "required", "say why somebody who was to go did not");
    }
    if outcome.next_meeting.is_some_and(|next| next.meets_on <= meeting.row.meets_on) {
        return refuse("/next_meeting/meets_on", "range", "must be after this meeting");
    }
    let attended = if at.is_empty() { "/attended_ids" } else { "/outcome/attended_ids" };
    for person in &outcome.attended_ids {
        check_person(conn, scope, meeting.row.pupil_id, *person, attended)?;
    }
    let window: Window = whole(scope.trust(), meeting.row.pupil_id);
    if let Some(decision) = outcome.external_decision_id {
        let known = external_decisions::current_rows(conn, &window, scope.now())?;
        if !known.iter().any(|row| row.id == decision) {
            return refuse("/external_decision_id", "unknown_reference", "no such decision about the pupil");
        }
    }
    if let Some(status) = outcome.status_id {
        let known = statuses::current_rows(conn, &window)?;
        if !known.iter().any(|row| row.id == status) {
            return refuse("/status_id", "unknown_reference", "no such status of the pupil");
        }
    }
    Ok(())
}
