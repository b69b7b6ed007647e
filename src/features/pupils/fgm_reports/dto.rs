//! What goes over the wire about reports of female genital mutilation.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::super::case_records::Opened;
use super::store::FgmRow;
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

crate::words! {
    /// How it was discovered: the two ways that the Act names.
    pub enum FgmDiscovery {
        /// The child said so.
        ToldByChild = "told_by_child",
        /// The teacher saw physical signs that appear to show it.
        SawSigns = "saw_signs",
    }
}

crate::words! {
    /// How the police were told.
    pub enum FgmReportMethod {
        /// By telephone on 101.
        Telephone101 = "telephone_101",
        /// By telephone on 999: the child is in danger now.
        Telephone999 = "telephone_999",
        /// On the police's own form.
        Online = "online",
        /// At a police station, or to an officer.
        InPerson = "in_person",
    }
}

/// The teacher's report to the police.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "reported_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "reported_at": "2026-01-15T15:20:00Z",
    "method": "telephone_101", "reference": "CAD 1204", "spoke_to": "PC R. Example"
}))]
pub struct FgmPoliceReport {
    /// Who reported it: the teacher who discovered it, and nobody in their place (409 `rule_broken` with `not_allowed`).
    pub reported_by_id: Id,
    /// When; not in the future, not before the day of the discovery.
    pub reported_at: Timestamp,
    /// How.
    pub method: FgmReportMethod,
    /// The reference that the police gave.
    pub reference: Name<60>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoke_to: Option<Name<150>>,
}

impl MediaType for FgmPoliceReport {}

/// That a safeguarding lead was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"told_on": "2026-01-15", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae"}))]
pub struct FgmLeadTold {
    /// When; not in the future, not before the day of the discovery.
    pub told_on: Date,
    /// Who was told: a safeguarding lead or deputy.
    pub person_id: Id,
}

impl MediaType for FgmLeadTold {}

/// What a teacher discovered.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_reporter))]
#[schema(example = json!({
    "teacher_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "discovered_on": "2026-01-15", "how": "told_by_child",
    "account": "Told me after the lesson what was done to her in the summer.",
    "police_report": {
        "reported_by_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "reported_at": "2026-01-15T15:20:00Z",
        "method": "telephone_101", "reference": "CAD 1204"
    }
}))]
pub struct FgmReportCreate {
    /// The teacher who discovered it. Whoever does not read these reports at the school records their own only: 409 at this
    /// field.
    pub teacher_id: Id,
    /// The day of the discovery; not in the future and not before 1990. The child is under 18 on it: 409 otherwise, as the
    /// duty is about children.
    pub discovered_on: Date,
    /// How it was discovered.
    pub how: FgmDiscovery,
    /// What was said or seen.
    pub account: Text<10000>,
    /// The teacher's report to the police, where it was made already.
    #[serde(default)]
    #[validate(nested)]
    pub police_report: Option<FgmPoliceReport>,
    /// That a safeguarding lead was told, where one was already.
    #[serde(default)]
    #[validate(nested)]
    pub lead_told: Option<FgmLeadTold>,
}

impl MediaType for FgmReportCreate {}

fn check_reporter(input: &FgmReportCreate) -> Result<(), ValidationError> {
    let is_anothers =
        input.police_report.as_ref().is_some_and(|report| report.reported_by_id != input.teacher_id);
    if is_anothers {
        return Err(fault("/police_report/reported_by_id", "not_allowed", super::rules::OWN_DUTY));
    }
    Ok(())
}

/// A corrected version of a report: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "discovery": {
        "teacher_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "discovered_on": "2026-01-14", "how": "told_by_child",
        "account": "Told me after the lesson what was done to her in the summer."
    },
    "reason": "It was the day before."
}))]
pub struct FgmReportCorrection {
    /// The discovery, with the report to the police and the lead who was told, where these are there.
    #[validate(nested)]
    pub discovery: FgmReportCreate,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for FgmReportCorrection {}

/// Why a record is withdrawn: it should never have been made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Recorded for the wrong pupil."}))]
pub struct FgmReportWithdrawal {
    /// Why.
    pub reason: Text<2000>,
}

impl MediaType for FgmReportWithdrawal {}

/// What a teacher discovered and reported, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789a1", "number": 1,
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "teacher_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "discovered_on": "2026-01-15", "how": "told_by_child",
    "account": "Told me after the lesson what was done to her in the summer.", "report_due_on": "2026-01-16",
    "withdrawn": false, "recorded_at": "2026-01-15T14:10:00.000000Z"
}))]
pub struct FgmReportView {
    /// The report: the same for all its versions.
    pub id: Id,
    /// 1 for the report as first recorded; each step, correction or withdrawal is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The pupil.
    pub pupil_id: Id,
    /// The school that recorded this version.
    pub school_id: Id,
    /// The teacher who discovered it, and whose duty the report is.
    pub teacher_id: Id,
    /// The day of the discovery.
    pub discovered_on: Date,
    /// How it was discovered.
    pub how: FgmDiscovery,
    /// What was said or seen.
    pub account: Text<10000>,
    /// The last day on which the report to the police is in time, by the rule `fgm_report`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_due_on: Option<Date>,
    /// The teacher's report to the police; absent until it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub police_report: Option<FgmPoliceReport>,
    /// Whether it was made in time; absent until it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_in_time: Option<bool>,
    /// That a safeguarding lead was told; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_told: Option<FgmLeadTold>,
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

impl FgmReportView {
    /// The view of a version, with the day by which the report to the police is due.
    pub fn new(report: Opened<FgmRow>, report_due_on: Option<Date>) -> Self {
        let Opened { row, body } = report;
        let in_time = report_due_on.and_then(|due| Some(row.reported_at?.london_date() <= due));
        Self {
            id: row.id,
            number: row.number,
            pupil_id: row.pupil_id,
            school_id: row.school_id,
            teacher_id: row.teacher_id,
            discovered_on: row.discovered_on,
            how: body.how,
            account: body.account,
            report_due_on,
            police_report: body.police_report,
            reported_in_time: in_time,
            lead_told: body.lead_told,
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

/// Which reports to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FgmReportFilter {
    /// Gives the records as they were known at this moment. Whether you may see them at all is judged today.
    pub as_of: Option<Timestamp>,
}
