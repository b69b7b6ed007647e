//! Where a chronology's entries come from. Each source is asked through the right by which it is read by itself, so an
//! entry is visible exactly where its source is.

mod beside;

use std::collections::HashMap;

use super::super::case::{self, PupilKey, Window};
use super::super::complex::{self, ComplexBody, ComplexReviewRow, ComplexRow, ReviewBody};
use super::super::enrolments::{self, EnrolmentView};
use super::super::external_decisions::{self, ExternalDecisionBody, ExternalDecisionRow};
use super::super::families::{self, MemberBody, MemberRow};
use super::super::records::{RecordClass, RecordRow};
use super::super::statuses::{self, StatusBody, StatusRow};
use super::around::{Around, CaseEntry};
use super::rules::{ChronologyKind, Place, line};
use crate::access::{Action, Scope};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::concerns::{CaseEvent, Cases, Slice};
use crate::features::meetings::{self, AboutConcern};
use crate::ids::Id;

/// Everything about a pupil that a caller may know, ready to be asked.
pub struct Sources {
    cases: Option<Cases>,
    statuses: Vec<StatusRow>,
    decisions: Vec<ExternalDecisionRow>,
    enrolments: Vec<EnrolmentView>,
    complex: Vec<ComplexRow>,
    reviews: Vec<ComplexReviewRow>,
    families: Vec<MemberRow>,
    records: Vec<RecordRow>,
    panels: Vec<AboutConcern>,
    around: Around,
    /// The right by which answers in panels are read.
    answering: Option<Scope>,
}

/// An entry before its text is opened.
pub struct Found {
    pub place: Place,
    /// The day, where no more is known.
    pub day: Option<Date>,
    pub recorded_at: Timestamp,
    pub concern: Option<Id>,
    pub school: Option<Id>,
    body: Body,
}

enum Body {
    Event(Box<CaseEvent>),
    Status(StatusRow),
    Decision(ExternalDecisionRow),
    Enrolment,
    Complex(ComplexRow),
    Review(ComplexReviewRow),
    Family(MemberRow),
    Record(Box<RecordRow>),
    Panel(AboutConcern),
    Case(CaseEntry),
}

impl Sources {
    /// Gathers what is small, and finds the concerns; `window` is what the chronology's own right shows.
    pub fn of(conn: &mut Conn, scope: &Scope, window: &Window) -> ApiResult<Self> {
        let pupil = window.pupil;
        let cases = match scope.under(Action::ConcernRead) {
            Ok(reading) => Some(Cases::about(conn, &reading, pupil)?),
            Err(_) => None,
        };
        let (statuses, decisions) = match window_under(conn, scope, window, Action::StatusRead)? {
            Some(window) => (
                statuses::current_rows(conn, &window)?,
                external_decisions::current_rows(conn, &window, scope.now())?,
            ),
            None => (Vec::new(), Vec::new()),
        };
        let enrolments = match scope.under(Action::PupilRead) {
            Ok(reading) => enrolments::of_pupils(conn, &reading, &[pupil])?,
            Err(_) => Vec::new(),
        };
        let (complex, reviews) = match scope.under(Action::ComplexPupilRead) {
            Ok(reading) => complex::rows_of(conn, &reading, pupil)?,
            Err(_) => (Vec::new(), Vec::new()),
        };
        let families = match scope.under(Action::FamilyRead) {
            Ok(reading) => families::rows_of(conn, &reading, pupil)?,
            Err(_) => Vec::new(),
        };
        let records = beside::records_of(conn, scope, pupil)?;
        let answering = scope.under(Action::PanelRead).ok();
        let panels = match (&answering, &cases) {
            (Some(reading), Some(cases)) => meetings::decisions_about(conn, reading, cases.ids())?,
            _ => Vec::new(),
        };
        let around = Around::of(conn, scope, window)?;
        Ok(Self {
            cases,
            statuses,
            decisions,
            enrolments,
            complex,
            reviews,
            families,
            records,
            panels,
            around,
            answering,
        })
    }

    /// The entries of one kind within a slice, the newest first.
    pub fn entries(&self, conn: &mut Conn, kind: ChronologyKind, slice: &Slice) -> ApiResult<Vec<Found>> {
        if let Some(event) = kind.in_concern() {
            let Some(cases) = &self.cases else { return Ok(Vec::new()) };
            let events = cases.events(conn, event, slice)?;
            return Ok(events.into_iter().map(|event| of_event(cases, event)).collect());
        }
        if kind == ChronologyKind::PanelAgreement {
            let (Some(reading), Some(cases)) = (&self.answering, &self.cases) else { return Ok(Vec::new()) };
            let answers = meetings::answers_about(conn, reading, cases.ids(), slice)?;
            return Ok(answers.iter().map(|row| self.of_panel(row, kind)).collect());
        }
        let mut all = self.of_pupil(kind);
        all.retain(|found| slice.holds(found.place.at, found.place.source));
        all.sort_unstable_by_key(|found| std::cmp::Reverse(found.place));
        all.truncate(usize::try_from(slice.rows).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// The entries of a kind that stands outside any concern: a pupil has few.
    fn of_pupil(&self, kind: ChronologyKind) -> Vec<Found> {
        let status = |row: &StatusRow, day: Date| Found {
            place: Place { at: day.begins_at(), source: row.id, kind },
            day: Some(day),
            recorded_at: row.recorded_at,
            concern: None,
            school: Some(row.school_id),
            body: Body::Status(row.clone()),
        };
        let enrolment = |view: &EnrolmentView, day: Date| Found {
            place: Place { at: day.begins_at(), source: view.id, kind },
            day: Some(day),
            recorded_at: view.updated_at,
            concern: None,
            school: Some(view.school_id),
            body: Body::Enrolment,
        };
        match kind {
            ChronologyKind::StatusStarted => {
                self.statuses.iter().map(|row| status(row, row.starts_on)).collect()
            }
            ChronologyKind::StatusEnded => {
                self.statuses.iter().filter_map(|row| Some(status(row, row.ends_on?))).collect()
            }
            ChronologyKind::Enrolled => {
                self.enrolments.iter().map(|view| enrolment(view, view.starts_on)).collect()
            }
            ChronologyKind::Left => {
                self.enrolments.iter().filter_map(|view| Some(enrolment(view, view.ends_on?))).collect()
            }
            ChronologyKind::ExternalDecision => self.decisions.iter().map(of_decision).collect(),
            ChronologyKind::HeldComplex => self.complex.iter().map(of_complex).collect(),
            ChronologyKind::PanelDecision => self.panels.iter().map(|row| self.of_panel(row, kind)).collect(),
            ChronologyKind::ComplexReview => self.reviews.iter().map(|row| self.of_review(row)).collect(),
            ChronologyKind::InFamily => self.families.iter().map(beside::of_family).collect(),
            ChronologyKind::SupportStarted => {
                beside::of_class(&self.records, RecordClass::FamilySupport, kind)
            }
            ChronologyKind::SupportEnded => {
                let mut ended = beside::of_class(&self.records, RecordClass::FamilySupport, kind);
                ended.retain(|found| matches!(&found.body, Body::Record(row) if row.ended_on.is_some()));
                ended
            }
            ChronologyKind::InformationShared => {
                beside::of_class(&self.records, RecordClass::InformationShared, kind)
            }
            ChronologyKind::InformationWithheld => {
                beside::of_class(&self.records, RecordClass::InformationWithheld, kind)
            }
            ChronologyKind::Intervention => beside::of_class(&self.records, RecordClass::Intervention, kind),
            _ => {
                self.around.entries(kind).into_iter().map(|(day, entry)| of_case(kind, day, entry)).collect()
            }
        }
    }

    fn of_panel(&self, row: &AboutConcern, kind: ChronologyKind) -> Found {
        Found {
            place: Place { at: row.recorded_at, source: row.id, kind },
            day: None,
            recorded_at: row.recorded_at,
            concern: Some(row.concern_id),
            school: self.cases.as_ref().and_then(|cases| cases.school(row.concern_id)),
            body: Body::Panel(row.clone()),
        }
    }

    fn of_review(&self, row: &ComplexReviewRow) -> Found {
        let entry = self.complex.iter().find(|entry| entry.id == row.complex_pupil_id);
        Found {
            place: Place { at: row.held_on.begins_at(), source: row.id, kind: ChronologyKind::ComplexReview },
            day: Some(row.held_on),
            recorded_at: row.recorded_at,
            concern: None,
            school: entry.map(|entry| entry.school_id),
            body: Body::Review(row.clone()),
        }
    }

    /// The lines of entries, in their order.
    pub fn lines(
        &self,
        conn: &mut Conn,
        vault: &Vault,
        key: Option<&PupilKey>,
        found: &[Found],
    ) -> ApiResult<Vec<String>> {
        let events: Vec<(usize, &CaseEvent)> = found
            .iter()
            .enumerate()
            .filter_map(|(at, found)| match &found.body {
                Body::Event(event) => Some((at, event.as_ref())),
                _ => None,
            })
            .collect();
        let mut texts: HashMap<usize, String> = HashMap::new();
        if let Some(cases) = &self.cases {
            let only: Vec<&CaseEvent> = events.iter().map(|(_, event)| *event).collect();
            texts = events.iter().map(|(at, _)| *at).zip(cases.texts(conn, vault, &only)?).collect();
        }
        let text = |(at, found): (usize, &Found)| -> ApiResult<String> {
            Ok(line(&match &found.body {
                Body::Event(_) => texts.remove(&at).unwrap_or_default(),
                Body::Panel(row) => match &self.cases {
                    Some(cases) => row.text(&cases.key(conn, vault, row.concern_id)?)?,
                    None => String::new(),
                },
                body => opened(key, found.place.kind, body)?,
            }))
        };
        found.iter().enumerate().map(text).collect()
    }
}

/// What another right shows of the same pupil; none where it shows nothing.
pub fn window_under(
    conn: &mut Conn,
    scope: &Scope,
    window: &Window,
    action: Action,
) -> ApiResult<Option<Window>> {
    let Ok(other) = scope.under(action) else { return Ok(None) };
    if other.extent() == scope.extent() {
        return Ok(Some(window.clone()));
    }
    match case::window(conn, &other, window.pupil) {
        Ok(window) => Ok(Some(window)),
        Err(error) if error.code == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn of_event(cases: &Cases, event: CaseEvent) -> Found {
    Found {
        place: Place { at: event.at, source: event.source, kind: ChronologyKind::of_event(event.kind) },
        day: event.day,
        recorded_at: event.recorded_at,
        concern: Some(event.concern),
        school: cases.school(event.concern),
        body: Body::Event(Box::new(event)),
    }
}

fn of_decision(row: &ExternalDecisionRow) -> Found {
    let kind = ChronologyKind::ExternalDecision;
    Found {
        place: Place { at: row.decided_on.begins_at(), source: row.id, kind },
        day: Some(row.decided_on),
        recorded_at: row.recorded_at,
        concern: None,
        school: Some(row.school_id),
        body: Body::Decision(row.clone()),
    }
}

fn of_case(kind: ChronologyKind, day: Date, entry: CaseEntry) -> Found {
    let head = entry.head();
    Found {
        place: Place { at: day.begins_at(), source: head.id, kind },
        day: Some(day),
        recorded_at: head.recorded_at,
        concern: None,
        school: Some(head.school),
        body: Body::Case(entry),
    }
}

fn of_complex(row: &ComplexRow) -> Found {
    Found {
        place: Place { at: row.held_since.begins_at(), source: row.id, kind: ChronologyKind::HeldComplex },
        day: Some(row.held_since),
        recorded_at: row.recorded_at,
        concern: None,
        school: Some(row.school_id),
        body: Body::Complex(row.clone()),
    }
}

fn opened(key: Option<&PupilKey>, kind: ChronologyKind, body: &Body) -> ApiResult<String> {
    let key = || key.ok_or_else(|| ApiError::internal("a pupil's record without its key"));
    Ok(match body {
        Body::Event(_) | Body::Panel(_) => String::new(),
        Body::Case(entry) => entry.line(key()?, kind)?,
        Body::Enrolment if kind == ChronologyKind::Left => "Last day on roll.".to_owned(),
        Body::Enrolment => "First day on roll.".to_owned(),
        Body::Status(row) => {
            let body: StatusBody = key()?.unseal("pupil_statuses", row.id, &row.body)?;
            let name = match row.category {
                Some(category) => format!("{} ({category})", row.kind),
                None => row.kind.to_string(),
            };
            let ended = kind == ChronologyKind::StatusEnded;
            with(&name, if ended { body.reason.as_deref() } else { body.note.as_deref() })
        }
        Body::Complex(row) => {
            key()?.unseal::<ComplexBody>("complex_pupils", row.id, &row.body)?.reason.into_string()
        }
        Body::Review(row) => {
            let body: ReviewBody = key()?.unseal("complex_pupil_reviews", row.id, &row.body)?;
            with(row.outcome.as_str(), Some(&body.summary))
        }
        Body::Family(row) => {
            let body: MemberBody = key()?.unseal("family_members", row.id, &row.body)?;
            with(body.relationship.as_str(), body.note.as_deref())
        }
        Body::Record(row) => beside::line(key()?, kind, row)?,
        Body::Decision(row) => {
            let body: ExternalDecisionBody = key()?.unseal("external_decisions", row.id, &row.body)?;
            let name = match row.level {
                Some(level) => format!("{}: {}, {level}", row.agency, row.outcome),
                None => format!("{}: {}", row.agency, row.outcome),
            };
            with(&name, body.summary.as_deref())
        }
    })
}

pub fn with(name: &str, said: Option<&str>) -> String {
    said.map_or_else(|| name.to_owned(), |said| format!("{name}: {said}"))
}
