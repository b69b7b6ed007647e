//! Entries from the records of a pupil's case that stand outside any concern.

use super::super::agency_meetings::{MeetingBody, MeetingRow};
use super::super::ap_placements::checks::{CheckBody, CheckRow};
use super::super::ap_placements::{PlacementBody, PlacementRow};
use super::super::case::{PupilKey, Window};
use super::super::case_records::{self, CaseRecord, Head};
use super::super::fgm_reports::{FgmBody, FgmRow};
use super::super::risk_assessments::{AssessmentBody, AssessmentRow};
use super::rules::ChronologyKind;
use super::sources::{window_under, with};
use crate::access::{Action, Scope};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::ApiResult;

/// The records that a caller may know, as they are now.
pub struct Around {
    today: Date,
    meetings: Vec<MeetingRow>,
    placements: Vec<PlacementRow>,
    checks: Vec<CheckRow>,
    reports: Vec<FgmRow>,
    assessments: Vec<AssessmentRow>,
}

/// The record of an entry.
pub enum CaseEntry {
    Meeting(Box<MeetingRow>),
    Placement(Box<PlacementRow>),
    Check(Box<CheckRow>),
    Fgm(Box<FgmRow>),
    Assessment(Box<AssessmentRow>),
}

impl Around {
    /// Gathers them, each class by the right by which it is read by itself.
    pub fn of(conn: &mut Conn, scope: &Scope, window: &Window) -> ApiResult<Self> {
        let (placements, checks) = match window_under(conn, scope, window, Action::ApPlacementRead)? {
            Some(window) => (case_records::standing(conn, &window)?, case_records::standing(conn, &window)?),
            None => (Vec::new(), Vec::new()),
        };
        // A teacher's own report is read by itself only: no right to the pupil's file comes with it.
        let reads_reports = scope
            .under(Action::FgmReportRead)
            .is_ok_and(|reading| reading.extent().is_whole() || reading.extent().glass);
        Ok(Self {
            today: scope.today(),
            meetings: standing(conn, scope, window, Action::AgencyMeetingRead)?,
            placements,
            checks,
            reports: if reads_reports {
                standing(conn, scope, window, Action::FgmReportRead)?
            } else {
                Vec::new()
            },
            assessments: standing(conn, scope, window, Action::RiskAssessmentRead)?,
        })
    }

    /// The entries of a kind, each with its day: what is to come is no part of a chronology.
    pub fn entries(&self, kind: ChronologyKind) -> Vec<(Date, CaseEntry)> {
        let mut all = self.all(kind);
        all.retain(|(day, _)| *day <= self.today);
        all
    }

    fn all(&self, kind: ChronologyKind) -> Vec<(Date, CaseEntry)> {
        match kind {
            ChronologyKind::AgencyMeeting => self
                .meetings
                .iter()
                .map(|row| (row.meets_on, CaseEntry::Meeting(Box::new(row.clone()))))
                .collect(),
            ChronologyKind::ApPlacementStarted => {
                self.placements.iter().map(|row| (row.starts_on, placement(row))).collect()
            }
            ChronologyKind::ApPlacementEnded => {
                let ended = self.placements.iter().filter(|row| row.ended);
                ended.filter_map(|row| Some((row.ends_on?, placement(row)))).collect()
            }
            ChronologyKind::ApChecked => {
                self.checks.iter().map(|row| (row.done_on, CaseEntry::Check(Box::new(row.clone())))).collect()
            }
            ChronologyKind::FgmDiscovered => self
                .reports
                .iter()
                .map(|row| (row.discovered_on, CaseEntry::Fgm(Box::new(row.clone()))))
                .collect(),
            ChronologyKind::RiskAssessed => self
                .assessments
                .iter()
                .map(|row| (row.assessed_on, CaseEntry::Assessment(Box::new(row.clone()))))
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn placement(row: &PlacementRow) -> CaseEntry {
    CaseEntry::Placement(Box::new(row.clone()))
}

fn standing<R: CaseRecord>(
    conn: &mut Conn,
    scope: &Scope,
    window: &Window,
    action: Action,
) -> ApiResult<Vec<R>> {
    match window_under(conn, scope, window, action)? {
        Some(window) => case_records::standing(conn, &window),
        None => Ok(Vec::new()),
    }
}

impl CaseEntry {
    pub fn head(&self) -> Head {
        match self {
            Self::Meeting(row) => row.head(),
            Self::Placement(row) => row.head(),
            Self::Check(row) => row.head(),
            Self::Fgm(row) => row.head(),
            Self::Assessment(row) => row.head(),
        }
    }

    /// The record in one line.
    pub fn line(&self, key: &PupilKey, kind: ChronologyKind) -> ApiResult<String> {
        Ok(match self {
            Self::Meeting(row) => {
                let body: MeetingBody = opened(key, row.as_ref())?;
                let name = format!("{} ({})", row.kind, row.agency);
                with(&name, body.outcome.as_ref().map(|said| said.outcome.as_str()))
            }
            Self::Placement(row) => {
                let body: PlacementBody = opened(key, row.as_ref())?;
                let name = match (&body.provider, row.provider_urn) {
                    (Some(provider), _) => provider.name.as_str().to_owned(),
                    (None, urn) => format!("URN {}", urn.unwrap_or_default()),
                };
                let ending = body.ending.as_ref().filter(|_| kind == ChronologyKind::ApPlacementEnded);
                with(&name, Some(ending.map_or(body.reason.as_str(), |ending| ending.reason.as_str())))
            }
            Self::Check(row) => {
                let body: CheckBody = opened(key, row.as_ref())?;
                with(row.kind.as_str(), Some(&body.summary))
            }
            Self::Fgm(row) => {
                let body: FgmBody = opened(key, row.as_ref())?;
                with(body.how.as_str(), Some(&body.account))
            }
            Self::Assessment(row) => {
                let body: AssessmentBody = opened(key, row.as_ref())?;
                with(row.kind.as_str(), Some(&body.risks))
            }
        })
    }
}

fn opened<R: CaseRecord>(key: &PupilKey, row: &R) -> ApiResult<R::Body> {
    key.unseal(R::TABLE, row.head().id, row.body())
}
