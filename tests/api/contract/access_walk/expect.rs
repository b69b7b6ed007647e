//! What the matrix says of a request, in as few words as it takes.

use tutela::access::matrix::{self, Reach, TrustLeadColumn};
use tutela::access::{Action, Role};
use tutela::ids::Id;

use super::operations::Operation;

/// A caller with one role.
#[derive(Clone, Debug)]
pub struct Caller {
    pub role: Role,
    pub lead: TrustLeadColumn,
    pub trust: usize,
    /// The school at which the role is held; none for a role in the trust.
    pub school: Option<Id>,
    pub person: Option<Id>,
}

/// What matters about the record that is asked for.
#[derive(Clone, Debug)]
pub struct Facts {
    pub trust: usize,
    pub school: Id,
    /// In the restricted log, or a protected characteristic.
    pub is_restricted: bool,
    /// Those who have a conflict of interest.
    pub conflicted: Vec<Id>,
    /// The caller has raised it, or it is a notification to the caller.
    pub is_own: bool,
    /// It was shared with the caller by name.
    pub is_shared: bool,
}

/// What must come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// 403: no role of the caller has the action.
    Forbidden,
    /// 404: as if there were no such record.
    Absent,
    /// 409 at a field: the body names a record that is not there for the caller.
    Unknown,
    /// Anything that shows that the caller got through.
    LetIn,
}

impl Caller {
    pub fn reach(&self, action: Action) -> Reach {
        matrix::reach(action, self.role, self.lead)
    }

    /// Whether a school's records are reached as a whole.
    pub fn covers(&self, action: Action, school: Id) -> bool {
        match self.reach(action) {
            Reach::Trust => true,
            Reach::School => self.school.is_none_or(|own| own == school),
            _ => false,
        }
    }

    fn is_conflicted(&self, facts: &Facts) -> bool {
        self.person.is_some_and(|person| facts.conflicted.contains(&person))
    }
}

/// What is done with what is written about a pupil outside any concern.
pub const PUPIL_CASE: [Action; 14] = [
    Action::StatusRead,
    Action::StatusRecord,
    Action::ChronologyRead,
    Action::ChronologyMark,
    Action::FamilyRead,
    Action::AgencyMeetingRead,
    Action::AgencyMeetingRecord,
    Action::ApPlacementRead,
    Action::ApPlacementRecord,
    Action::FgmReportMake,
    Action::FgmReportRead,
    Action::FgmReportRecord,
    Action::RiskAssessmentRead,
    Action::RiskAssessmentRecord,
];

/// What must come back to a caller who asks for a record.
pub fn expected(operation: &Operation, caller: &Caller, facts: &Facts) -> Want {
    let action = operation.action;
    if caller.reach(action) == Reach::None {
        return Want::Forbidden;
    }
    // Who may log in as whom is a matter of the whole trust.
    if operation.path.contains("/subjects") && caller.school.is_some() {
        return Want::Forbidden;
    }
    // The walk makes keys for services; a key of one's own is another matter.
    if operation.id == "createApiKey" && caller.reach(action) == Reach::Own {
        return Want::Forbidden;
    }
    let here = caller.trust == facts.trust;
    // Where the glass is broken, what is out of reach is what it is for.
    if operation.id == "breakGlass" {
        return if here { Want::LetIn } else { Want::Absent };
    }
    if !operation.has_record() {
        let known = here && caller.covers(action, facts.school);
        return if operation.refers() && !known { Want::Unknown } else { Want::LetIn };
    }
    let records = operation.records();
    let (outer, inner) = (records[0], records[records.len() - 1]);
    let shown = match outer {
        "concern" => here && sees_concern(operation, caller, facts),
        "pupil" if inner == "characteristic" => {
            let protected = !facts.is_restricted || caller.covers(Action::PupilReadProtected, facts.school);
            here && caller.covers(action, facts.school) && protected && !caller.is_conflicted(facts)
        }
        "pupil" if PUPIL_CASE.contains(&action) => {
            let by_name = facts.is_shared
                && caller.reach(action) >= Reach::Assigned
                && matches!(
                    action,
                    Action::StatusRead
                        | Action::ChronologyRead
                        | Action::FamilyRead
                        | Action::AgencyMeetingRead
                        | Action::ApPlacementRead
                        | Action::FgmReportRead
                        | Action::RiskAssessmentRead
                );
            here && (caller.covers(action, facts.school) || by_name) && !caller.is_conflicted(facts)
        }
        "conflict" | "entry" | "complex_pupil" | "family" | "support" | "sharing" | "intervention" => {
            here && caller.covers(action, facts.school) && !caller.is_conflicted(facts)
        }
        // Nobody of the walk stands in for a trust lead.
        "support_request" => here && caller.reach(action) == Reach::Trust && !caller.is_conflicted(facts),
        // The glass of the walk is the trust lead's.
        "break_glass" => {
            let is_own = caller.reach(action) == Reach::Own && caller.role == Role::TrustSafeguardingLead;
            here && (caller.covers(action, facts.school) || is_own) && !caller.is_conflicted(facts)
        }
        "pupil" | "match" | "person" | "appointment" | "key" | "academic_year" => {
            here && caller.covers(action, facts.school)
        }
        // The panels of the walk were attended by nobody who walks, and their decisions are nobody's who does.
        "panel" => here && caller.covers(action, facts.school),
        // The walk's imports are of people.
        "import" => {
            here && caller.covers(action, facts.school) && caller.covers(Action::PersonManage, facts.school)
        }
        "notification" => here && facts.is_own,
        "agency" | "framework" | "hub" | "school" | "category" | "guidance" | "revocation" => here,
        "establishment" => true,
        _ => panic!("{outer}: the walk does not know who reaches it"),
    };
    if shown { Want::LetIn } else { Want::Absent }
}

/// Need to know, once more and from the matrix alone.
pub fn sees_concern(operation: &Operation, caller: &Caller, facts: &Facts) -> bool {
    let (action, reach) = (operation.action, caller.reach(operation.action));
    let restricted = match action {
        Action::ConcernWork
        | Action::ConcernRefer
        | Action::ConcernAddEvidence
        | Action::ConcernCorrectEvidence
        | Action::ConcernShare
        | Action::ConcernPlace
        | Action::ConcernRecordOutcome => Action::ConcernWorkRestricted,
        _ => Action::ConcernReadRestricted,
    };
    // The trust's leads can act in every concern of the walk, so there is none in which a deputy is appointed.
    if action == Action::ConcernDeputise {
        return false;
    }
    let whole = caller.covers(action, facts.school)
        && (!facts.is_restricted || caller.covers(restricted, facts.school));
    // The outcome of an action is its owner's; of one that nobody owns, whoever works the concern.
    // A link shows itself to who sees both ends, and the walk shares one.
    let by_name = facts.is_shared
        && operation.id != "withdrawConcernLink"
        && match action {
            Action::ConcernRead
            | Action::ConcernReadReferrals
            | Action::ConcernReadEvidence
            | Action::ConcernWork
            | Action::ConcernRefer
            | Action::ConcernScrutinise => reach >= Reach::Assigned,
            Action::ConcernRecordOutcome => caller.reach(Action::ConcernWork) >= Reach::Assigned,
            _ => false,
        };
    let enough_for_reporters = matches!(
        operation.id.as_str(),
        "getConcern"
            | "listConcerns"
            | "addToConcern"
            | "recordConcernMark"
            | "listConcernMarks"
            | "getConcernMark"
            | "addConcernAttachment"
            | "listConcernAttachments"
            | "getConcernAttachment"
            | "downloadConcernAttachment"
    );
    let fed = reach == Reach::Metadata && caller.person.is_none();
    let raised = facts.is_own && enough_for_reporters && (reach >= Reach::Own || fed);
    !caller.is_conflicted(facts) && (whole || by_name || raised)
}
