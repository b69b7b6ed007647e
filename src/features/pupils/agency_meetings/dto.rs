//! What goes over the wire about meetings of agencies.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::case_records::Opened;
use super::super::statuses::Agency;
use super::store::MeetingRow;
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

crate::words! {
    /// Which meeting it is.
    pub enum AgencyMeetingKind {
        /// A strategy discussion (Children Act 1989, section 47).
        Strategy = "strategy",
        /// The initial child protection conference.
        InitialConference = "initial_conference",
        /// A review child protection conference.
        ReviewConference = "review_conference",
        /// A core group, which carries out a child protection plan.
        CoreGroup = "core_group",
        /// A meeting about a child in need (Children Act 1989, section 17).
        ChildInNeed = "child_in_need",
        /// A team around the family, or another review of early help.
        TeamAroundFamily = "team_around_family",
        /// A review of a looked-after child.
        LookedAfterReview = "looked_after_review",
        /// The personal education plan of a looked-after child.
        PersonalEducationPlan = "personal_education_plan",
        /// Another meeting of professionals about the child.
        Other = "other",
    }
}

/// Somebody who goes for the school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "role": "Designated safeguarding lead"}))]
pub struct AgencyMeetingAttendee {
    /// The person of the trust; nobody who has a conflict of interest with the pupil (409 `conflict_of_interest`).
    pub person_id: Id,
    /// In which role they go.
    pub role: Name<100>,
}

/// An invitation that the school has received.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_invitation))]
#[schema(example = json!({
    "kind": "core_group", "agency": "children_social_care", "invited_on": "2026-01-12", "meets_on": "2026-01-28",
    "attendees": [{"person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "role": "Designated safeguarding lead"}],
    "wants_report": true, "report_due_on": "2026-01-26", "details": "At the family centre, 10 o'clock; R. Holloway chairs."
}))]
pub struct AgencyMeetingCreate {
    /// Which meeting it is.
    pub kind: AgencyMeetingKind,
    /// Who calls it.
    pub agency: Agency,
    /// The day on which the invitation came; not in the future and not before 1990. It may be after the meeting: then the
    /// school was told too late.
    pub invited_on: Date,
    /// The day of the meeting; not before 1990.
    pub meets_on: Date,
    /// Who goes for the school, the one whose task it is first; nobody yet, where it is not settled.
    #[serde(default)]
    #[validate(length(max = 10), nested)]
    #[schema(max_items = 10)]
    pub attendees: Vec<AgencyMeetingAttendee>,
    /// Whether the school is asked for a report.
    pub wants_report: bool,
    /// By when, where the invitation says so; not after the meeting. Otherwise the rule `agency_meeting_report` of
    /// `GET /v1/deadlines/rules` says.
    #[serde(default)]
    pub report_due_on: Option<Date>,
    /// What else the invitation says: hour, place, who chairs.
    #[serde(default)]
    pub details: Option<Text<5000>>,
}

impl MediaType for AgencyMeetingCreate {}

fn check_invitation(input: &AgencyMeetingCreate) -> Result<(), ValidationError> {
    let mut people: Vec<Id> = input.attendees.iter().map(|attendee| attendee.person_id).collect();
    people.sort_unstable();
    people.dedup();
    if people.len() < input.attendees.len() {
        return Err(fault("/attendees", "duplicate", "name each person once"));
    }
    match input.report_due_on {
        Some(_) if !input.wants_report => {
            Err(fault("/report_due_on", "not_allowed", "no report is asked for"))
        }
        Some(due) if due > input.meets_on => {
            Err(fault("/report_due_on", "range", "must not be after the meeting"))
        }
        _ => Ok(()),
    }
}

/// The school's report for a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "written_on": "2026-01-22", "written_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "sent_on": "2026-01-23",
    "sent_to": "R. Holloway, by secure email"
}))]
pub struct AgencyMeetingReport {
    /// The day on which it was finished; not in the future and not before 1990.
    pub written_on: Date,
    /// Who wrote it.
    pub written_by_id: Id,
    /// The day on which it was sent, not before it was written and not in the future; absent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_on: Option<Date>,
    /// To whom, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_to: Option<Name<200>>,
}

impl MediaType for AgencyMeetingReport {}

/// The next meeting, as it was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "core_group", "meets_on": "2026-03-11"}))]
pub struct AgencyMeetingNext {
    /// Which meeting it is.
    pub kind: AgencyMeetingKind,
    /// Its day, after this one.
    pub meets_on: Date,
}

/// What came of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_outcome))]
#[schema(example = json!({
    "took_place": true, "attended_ids": ["0192f0c1-8a2b-7c3d-9e4f-0123456789ae"],
    "outcome": "The plan goes on; school sees his mother every Friday.",
    "external_decision_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af",
    "next_meeting": {"kind": "core_group", "meets_on": "2026-03-11"}
}))]
pub struct AgencyMeetingOutcome {
    /// Whether it was held.
    pub took_place: bool,
    /// Who went for the school.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub attended_ids: Vec<Id>,
    /// Why nobody went, or not everybody who was to. Required there, and not allowed where the meeting was not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence_reason: Option<Text<2000>>,
    /// What came of it; of a meeting that was not held, why.
    pub outcome: Text<5000>,
    /// The decision that was made there, recorded among the pupil's external decisions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_decision_id: Option<Id>,
    /// The status of the pupil that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_id: Option<Id>,
    /// The next meeting, where one was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    pub next_meeting: Option<AgencyMeetingNext>,
}

impl MediaType for AgencyMeetingOutcome {}

fn check_outcome(input: &AgencyMeetingOutcome) -> Result<(), ValidationError> {
    let has_gone = !input.attended_ids.is_empty();
    match (input.took_place, has_gone, input.absence_reason.is_some()) {
        (false, true, _) => Err(fault("/attended_ids", "not_allowed", "the meeting was not held")),
        (false, _, true) => Err(fault("/absence_reason", "not_allowed", "the meeting was not held")),
        (true, false, false) => Err(fault("/absence_reason", "required", "say why nobody went")),
        _ => Ok(()),
    }
}

/// A corrected version of a meeting: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "invitation": {
        "kind": "core_group", "agency": "children_social_care", "invited_on": "2026-01-12", "meets_on": "2026-01-29",
        "wants_report": false
    },
    "reason": "It was put off by a day."
}))]
pub struct AgencyMeetingCorrection {
    /// The invitation.
    #[validate(nested)]
    pub invitation: AgencyMeetingCreate,
    /// The school's report, where there is one.
    #[serde(default)]
    #[validate(nested)]
    pub report: Option<AgencyMeetingReport>,
    /// What came of it, where that is known.
    #[serde(default)]
    #[validate(nested)]
    pub outcome: Option<AgencyMeetingOutcome>,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for AgencyMeetingCorrection {}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct AgencyMeetingWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for AgencyMeetingWithdrawal {}

/// A meeting of agencies about a pupil, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "number": 2,
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "kind": "core_group", "agency": "children_social_care", "invited_on": "2026-01-12", "meets_on": "2026-01-28",
    "attendees": [{"person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "role": "Designated safeguarding lead"}],
    "wants_report": true, "report_due_on": "2026-01-26",
    "report": {"written_on": "2026-01-22", "written_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "sent_on": "2026-01-23"},
    "report_in_time": true, "withdrawn": false, "recorded_at": "2026-01-23T14:10:00.000000Z"
}))]
pub struct AgencyMeetingView {
    /// The meeting: the same for all its versions.
    pub id: Id,
    /// 1 for the invitation as first recorded; each step, correction or withdrawal is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// Which meeting it is.
    pub kind: AgencyMeetingKind,
    /// Who calls it.
    pub agency: Agency,
    /// The day on which the invitation came.
    pub invited_on: Date,
    /// The day of the meeting.
    pub meets_on: Date,
    /// Who goes for the school.
    #[schema(max_items = 10)]
    pub attendees: Vec<AgencyMeetingAttendee>,
    /// Whether the school is asked for a report.
    pub wants_report: bool,
    /// By when: as the invitation says, else by the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_due_on: Option<Date>,
    /// What else the invitation says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Text<5000>>,
    /// The school's report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<AgencyMeetingReport>,
    /// Whether it was sent by that day; absent until it is sent, and where none is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_in_time: Option<bool>,
    /// What came of it; absent until that is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AgencyMeetingOutcome>,
    /// The day on which that was recorded first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_recorded_on: Option<Date>,
    /// Whether the record was withdrawn: it should never have been made.
    pub withdrawn: bool,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why it took the place of the version before, where that was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
}

impl AgencyMeetingView {
    /// The view of a version, with the day by which its report is due.
    pub fn new(meeting: Opened<MeetingRow>, report_due_on: Option<Date>) -> Self {
        let Opened { row, body } = meeting;
        let in_time = report_due_on.and_then(|due| Some(row.report_sent_on? <= due));
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            kind: row.kind,
            agency: row.agency,
            invited_on: row.invited_on,
            meets_on: row.meets_on,
            attendees: body.attendees,
            wants_report: row.wants_report,
            report_due_on,
            details: body.details,
            report: body.report,
            report_in_time: in_time,
            outcome: body.outcome,
            outcome_recorded_on: row.outcome_on,
            withdrawn: row.withdrawn,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            reason: body.reason,
        }
    }

    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version_and_view(i64::from(self.number), self)
    }
}

/// Which meetings to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AgencyMeetingFilter {
    /// Of this kind.
    pub kind: Option<AgencyMeetingKind>,
    /// Held or to be held on this day or later.
    pub from: Option<Date>,
    /// On this day or earlier.
    pub to: Option<Date>,
    /// Gives the records as they were known at this moment. Whether you may see them at all is judged today.
    pub as_of: Option<Timestamp>,
}

/// The moment as at which a meeting is read.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AgencyMeetingMoment {
    /// Gives the record as it was known at this moment. Whether you may see it at all is judged today.
    pub as_of: Option<Timestamp>,
}
