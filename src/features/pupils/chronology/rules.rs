//! The kinds of entries, the order in which they stand, and how a text becomes one line.

use crate::clock::Timestamp;
use crate::features::concerns::{Below, CaseEventKind, Slice};
use crate::ids::Id;

crate::words! {
    /// What an entry of a chronology tells of.
    pub enum ChronologyKind {
        /// A concern was raised: stands where it happened.
        ConcernRaised = "concern_raised",
        /// A concern was triaged.
        ConcernTriaged = "concern_triaged",
        /// The safeguarding team wrote a note in a concern.
        ConcernNote = "concern_note",
        /// A reporter added something to a concern.
        ConcernAddendum = "concern_addendum",
        /// An action was set in a concern.
        ActionSet = "action_set",
        /// An action was done.
        ActionDone = "action_done",
        /// Something was decided in a concern.
        ConcernDecision = "concern_decision",
        /// A mark on the child's body was seen.
        BodyMark = "body_mark",
        /// A file was added to a concern.
        Attachment = "attachment",
        /// A concern was scrutinised.
        ConcernScrutinised = "concern_scrutinised",
        /// A concern was closed.
        ConcernClosed = "concern_closed",
        /// A concern was reopened.
        ConcernReopened = "concern_reopened",
        /// A concern was referred to an agency.
        ReferralMade = "referral_made",
        /// Something became of a referral: the agency answered or decided, it was chased, challenged or withdrawn.
        ReferralStep = "referral_step",
        /// A concern was taken to a higher level of the trust.
        EscalationRaised = "escalation_raised",
        /// That came to its end.
        EscalationEnded = "escalation_ended",
        /// A panel decided something about a concern.
        PanelDecision = "panel_decision",
        /// An attendee of a panel answered whether a concern may be closed.
        PanelAgreement = "panel_agreement",
        /// An agency decided.
        ExternalDecision = "external_decision",
        /// A status began.
        StatusStarted = "status_started",
        /// A status ended.
        StatusEnded = "status_ended",
        /// The pupil came on roll at a school.
        Enrolled = "enrolled",
        /// The pupil left a school's roll.
        Left = "left",
        /// The school began to hold the pupil as complex.
        HeldComplex = "held_complex",
        /// The school reviewed that.
        ComplexReview = "complex_review",
        /// The pupil belongs to a family; nothing is told of the others in it.
        InFamily = "in_family",
        /// Support of the family began.
        SupportStarted = "support_started",
        /// Support of the family ended.
        SupportEnded = "support_ended",
        /// Information about the pupil was shared.
        InformationShared = "information_shared",
        /// Information about the pupil was kept back.
        InformationWithheld = "information_withheld",
        /// A restrictive intervention.
        Intervention = "restrictive_intervention",
        /// Agencies met about the pupil.
        AgencyMeeting = "agency_meeting",
        /// A placement with an alternative provider began.
        ApPlacementStarted = "ap_placement_started",
        /// It was reviewed, or looked at.
        ApChecked = "ap_checked",
        /// It ended.
        ApPlacementEnded = "ap_placement_ended",
        /// A teacher discovered female genital mutilation.
        FgmDiscovered = "fgm_discovered",
        /// The pupil's risks and needs were assessed, or the assessment was reviewed.
        RiskAssessed = "risk_assessed",
    }
}

crate::words! {
    /// The class of record that an entry comes from.
    pub enum ChronologySource {
        /// A concern.
        Concern = "concern",
        /// A triage of a concern.
        Triage = "concern_triage",
        /// A note or addendum in a concern.
        Note = "concern_note",
        /// An action in a concern.
        Action = "concern_action",
        /// A decision in a concern.
        Decision = "concern_decision",
        /// A mark on a body map.
        Mark = "concern_mark",
        /// A file of a concern.
        Attachment = "concern_attachment",
        /// A stamp of scrutiny.
        Scrutiny = "concern_scrutiny",
        /// A closure of a concern.
        Closure = "concern_closure",
        /// A reopening of a concern.
        Reopening = "concern_reopening",
        /// A referral.
        Referral = "concern_referral",
        /// What became of a referral: read it with that.
        ReferralStep = "concern_referral_step",
        /// An escalation.
        Escalation = "concern_escalation",
        /// A decision of a panel.
        PanelDecision = "panel_decision",
        /// An answer in a panel.
        PanelAgreement = "panel_agreement",
        /// An external decision.
        ExternalDecision = "external_decision",
        /// A status.
        Status = "status",
        /// An enrolment.
        Enrolment = "enrolment",
        /// An entry in the list of complex pupils.
        ComplexPupil = "complex_pupil",
        /// A review of such an entry.
        ComplexPupilReview = "complex_pupil_review",
        /// A place in a family.
        FamilyMember = "family_member",
        /// Support of a family.
        FamilySupport = "family_support",
        /// A decision about sharing information.
        SharingDecision = "sharing_decision",
        /// A restrictive intervention.
        Intervention = "restrictive_intervention",
        /// A meeting of agencies.
        AgencyMeeting = "agency_meeting",
        /// A placement with an alternative provider.
        ApPlacement = "ap_placement",
        /// A check of such a placement.
        ApCheck = "ap_check",
        /// A report of female genital mutilation.
        FgmReport = "fgm_report",
        /// An assessment of risks and needs.
        RiskAssessment = "risk_assessment",
    }
}

impl ChronologyKind {
    /// What happened in a concern, where it is that.
    pub const fn in_concern(self) -> Option<CaseEventKind> {
        Some(match self {
            Self::ConcernRaised => CaseEventKind::Raised,
            Self::ConcernTriaged => CaseEventKind::Triaged,
            Self::ConcernNote => CaseEventKind::Noted,
            Self::ConcernAddendum => CaseEventKind::Added,
            Self::ActionSet => CaseEventKind::ActionSet,
            Self::ActionDone => CaseEventKind::ActionDone,
            Self::ConcernDecision => CaseEventKind::Decided,
            Self::BodyMark => CaseEventKind::Marked,
            Self::Attachment => CaseEventKind::Attached,
            Self::ConcernScrutinised => CaseEventKind::Scrutinised,
            Self::ConcernClosed => CaseEventKind::Closed,
            Self::ConcernReopened => CaseEventKind::Reopened,
            Self::ReferralMade => CaseEventKind::Referred,
            Self::ReferralStep => CaseEventKind::ReferralStep,
            Self::EscalationRaised => CaseEventKind::Escalated,
            Self::EscalationEnded => CaseEventKind::EscalationEnded,
            _ => return None,
        })
    }

    /// The kind of an event in a concern.
    pub const fn of_event(kind: CaseEventKind) -> Self {
        match kind {
            CaseEventKind::Raised => Self::ConcernRaised,
            CaseEventKind::Triaged => Self::ConcernTriaged,
            CaseEventKind::Noted => Self::ConcernNote,
            CaseEventKind::Added => Self::ConcernAddendum,
            CaseEventKind::ActionSet => Self::ActionSet,
            CaseEventKind::ActionDone => Self::ActionDone,
            CaseEventKind::Decided => Self::ConcernDecision,
            CaseEventKind::Marked => Self::BodyMark,
            CaseEventKind::Attached => Self::Attachment,
            CaseEventKind::Scrutinised => Self::ConcernScrutinised,
            CaseEventKind::Closed => Self::ConcernClosed,
            CaseEventKind::Reopened => Self::ConcernReopened,
            CaseEventKind::Referred => Self::ReferralMade,
            CaseEventKind::ReferralStep => Self::ReferralStep,
            CaseEventKind::Escalated => Self::EscalationRaised,
            CaseEventKind::EscalationEnded => Self::EscalationEnded,
        }
    }

    /// The class of record that it comes from.
    pub const fn source(self) -> ChronologySource {
        match self {
            Self::ConcernRaised => ChronologySource::Concern,
            Self::ConcernTriaged => ChronologySource::Triage,
            Self::ConcernNote | Self::ConcernAddendum => ChronologySource::Note,
            Self::ActionSet | Self::ActionDone => ChronologySource::Action,
            Self::ConcernDecision => ChronologySource::Decision,
            Self::BodyMark => ChronologySource::Mark,
            Self::Attachment => ChronologySource::Attachment,
            Self::ConcernScrutinised => ChronologySource::Scrutiny,
            Self::ConcernClosed => ChronologySource::Closure,
            Self::ConcernReopened => ChronologySource::Reopening,
            Self::ReferralMade => ChronologySource::Referral,
            Self::ReferralStep => ChronologySource::ReferralStep,
            Self::EscalationRaised | Self::EscalationEnded => ChronologySource::Escalation,
            Self::PanelDecision => ChronologySource::PanelDecision,
            Self::PanelAgreement => ChronologySource::PanelAgreement,
            Self::ExternalDecision => ChronologySource::ExternalDecision,
            Self::StatusStarted | Self::StatusEnded => ChronologySource::Status,
            Self::Enrolled | Self::Left => ChronologySource::Enrolment,
            Self::HeldComplex => ChronologySource::ComplexPupil,
            Self::ComplexReview => ChronologySource::ComplexPupilReview,
            Self::InFamily => ChronologySource::FamilyMember,
            Self::SupportStarted | Self::SupportEnded => ChronologySource::FamilySupport,
            Self::InformationShared | Self::InformationWithheld => ChronologySource::SharingDecision,
            Self::Intervention => ChronologySource::Intervention,
            Self::AgencyMeeting => ChronologySource::AgencyMeeting,
            Self::ApPlacementStarted | Self::ApPlacementEnded => ChronologySource::ApPlacement,
            Self::ApChecked => ChronologySource::ApCheck,
            Self::FgmDiscovered => ChronologySource::FgmReport,
            Self::RiskAssessed => ChronologySource::RiskAssessment,
        }
    }
}

/// Where an entry stands: the newest first; of one record at one moment, the kind that is named last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When it happened.
    pub at: Timestamp,
    /// Its source.
    pub source: Id,
    /// Its kind.
    pub kind: ChronologyKind,
}

impl Place {
    /// In the text of a cursor; the source is its identifier.
    pub fn text(self) -> String {
        format!("{}.{}", self.at.micros(), self.kind)
    }

    /// From a cursor.
    pub fn parse(text: &str, source: Id) -> Option<Self> {
        let (micros, kind) = text.split_once('.')?;
        let at = Timestamp::from_micros(micros.parse().ok()?);
        Some(Self { at, source, kind: ChronologyKind::parse(kind)? })
    }

    /// The part of one kind's entries that stands below this place.
    pub fn cut(self, kind: ChronologyKind, slice: &Slice) -> Slice {
        let below = Below { at: self.at, id: self.source, inclusive: kind < self.kind };
        Slice { below: Some(below), ..slice.clone() }
    }
}

/// The longest line.
const LINE: usize = 240;

/// A text on one line, cut where it is long.
pub fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= LINE {
        return line;
    }
    let cut: String = line.chars().take(LINE - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_one_line_and_not_long() {
        assert_eq!(line(" Spoke\n with\t his  mother. "), "Spoke with his mother.");
        let long = line(&"word ".repeat(100));
        assert!(long.ends_with("word…") && long.chars().count() <= 240, "{long}");
    }

    #[test]
    fn every_event_in_a_concern_has_its_kind() {
        for kind in CaseEventKind::ALL {
            assert_eq!(ChronologyKind::of_event(kind).in_concern(), Some(kind));
        }
    }

    fn place() -> impl Strategy<Value = Place> {
        (0_i64..4, 0_u8..4, 0..ChronologyKind::ALL.len()).prop_map(|(at, source, kind)| Place {
            at: Timestamp::from_micros(at),
            source: Id::from_bytes([source; 16]),
            kind: ChronologyKind::ALL[kind],
        })
    }

    proptest! {
        /// Cutting each kind by itself cuts the whole at the same place.
        #[test]
        fn what_is_cut_by_kind_is_what_stands_below(key in place(), other in place()) {
            let slice = key.cut(other.kind, &Slice::default());
            prop_assert_eq!(slice.holds(other.at, other.source), other < key);
            prop_assert_eq!(Place::parse(&key.text(), key.source), Some(key));
        }
    }
}
