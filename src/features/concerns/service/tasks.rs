//! What a person has to do, for their list of tasks: identifiers and days, no name and no text of a case.

use std::collections::BTreeMap;

use super::super::dto::{ConcernShareKind, ScrutinyCapacity, SupportState};
use super::super::rules::closing;
use super::super::store::{self, EscalationDue, EscalationsAsked, ReferralsAsked, Referred, Theirs};
use super::{admission, deputies, receivers, roster, support};
use crate::access::{Action, Role, Scope};
use crate::clock::{Date, Timestamp};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::deadlines;
use crate::features::organisation::trust::{self, Settings};
use crate::ids::Id;

crate::words! {
    /// What a task is.
    pub enum TaskKind {
        /// An action that the person is to do, or one of theirs to give anew: its owner does not read the concern.
        Action = "concern_action",
        /// A concern that the person works on.
        Assignment = "concern_assignment",
        /// A concern that the person is to scrutinise.
        Scrutiny = "concern_scrutiny",
        /// A referral to which no agency has answered: see that one does, and chase.
        ReferralResponse = "referral_response",
        /// An escalation that the person is to look at again, or one of theirs to give anew: its owner does not read the
        /// concern.
        EscalationReview = "escalation_review",
        /// A closed concern to which its reporter has added something.
        AddedSinceClosure = "concern_added_since_closure",
        /// A concern in which the trust lead has a conflict of interest, and nobody stands in for them.
        TrustLeadDeputy = "trust_lead_deputy",
        /// A concern whose closing is proposed in a panel that the person attended: their answer is asked.
        Agreement = "panel_agreement",
        /// A decision of a panel that the person is to see to.
        PanelDecision = "panel_decision",
        /// A concern that nobody has triaged.
        Untriaged = "concern_untriaged",
        /// A request for support in a concern that waits for your answer, as the trust's lead or in their place.
        SupportRequest = "support_request",
        /// A school whose concerns nobody on record reads: see that a safeguarding lead is appointed.
        SchoolReaders = "school_readers",
        /// Somebody broke the glass at your school: say whether that was right.
        BreakGlassReview = "break_glass_review",
        /// A pupil whom another school has made may be a child whom a school of yours has, or had last.
        PupilMatch = "pupil_match",
        /// Support of a family that is allocated to the person: its review is due within two weeks, or overdue. For the
        /// school's team: support that is to be allocated anew, since whoever it is allocated to cannot see it any longer.
        SupportReview = "family_support_review",
    }
}

/// A list of tasks is whole.
const ALL: i64 = i64::MAX;

/// Something that a person has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// What it is.
    pub kind: TaskKind,
    /// The concern; for a task about a school, a match of pupils, broken glass or support of a family, that; for a panel's
    /// decision, the panel.
    pub concern_id: Id,
    /// The action, the share by which the concern was assigned, the referral, the escalation, the panel whose answer is
    /// asked, the panel's decision, the request for support, the concern, the school, or the support of a family.
    pub record_id: Id,
    /// By when.
    pub due_on: Option<Date>,
}

/// What the person behind the caller has to do, but in no concern of which they must not know: what is due soonest
/// first, what has no date last. A closed concern asks for nothing but to be read where its reporter has added to it.
pub fn tasks_of(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Task>> {
    let Some(person) = scope.person() else { return Ok(Vec::new()) };
    let mut tasks = match scope.under(Action::ConcernRead) {
        Ok(reading) => given(conn, &reading.without_glass(), person)?,
        Err(_) => Vec::new(),
    };
    tasks.extend(unanswered(conn, scope, person)?);
    let settings = trust::settings(conn, scope.trust())?;
    tasks.extend(scrutiny(conn, scope, &settings)?);
    if settings.needs_trust_lead() {
        tasks.extend(deputies_wanted(conn, scope, person)?);
    }
    tasks.extend(added_since_closure(conn, scope)?);
    tasks.extend(untriaged(conn, scope)?);
    tasks.extend(asked_for_support(conn, scope)?);
    tasks.extend(given_back(conn, scope, person)?);
    if scope.holds_in_trust(&[Role::TrustAdmin, Role::TrustSafeguardingLead]) {
        let schools = receivers::schools_without_readers(conn, scope)?;
        tasks.extend(schools.into_iter().map(|school| on_concern(TaskKind::SchoolReaders, school, None)));
    }
    tasks.sort_by_key(|task| (task.due_on.is_none(), task.due_on, task.record_id));
    Ok(tasks)
}

fn on_concern(kind: TaskKind, concern_id: Id, due_on: Option<Date>) -> Task {
    Task { kind, concern_id, record_id: concern_id, due_on }
}

/// Actions, escalations and concerns that were given to the person, in concerns of which they may know.
fn given(conn: &mut Conn, reading: &Scope, person: Id) -> ApiResult<Vec<Task>> {
    let actions = store::open_actions(conn, reading, person)?;
    let assigned = store::open_shares(conn, reading, person, Some(ConcernShareKind::Assignment), true)?;
    let asked = EscalationsAsked { owner: Some(person), ..EscalationsAsked::default() };
    let escalated = store::escalations_due(conn, reading, &asked, ALL)?;
    let action =
        |(concern_id, record_id, due_on)| Task { kind: TaskKind::Action, concern_id, record_id, due_on };
    let assignment = |share: store::ShareRow| Task {
        kind: TaskKind::Assignment,
        concern_id: share.concern_id,
        record_id: share.id,
        due_on: None,
    };
    let given = actions.into_iter().map(action).chain(assigned.into_iter().map(assignment));
    Ok(given.chain(escalated.iter().map(escalation)).collect())
}

fn escalation(due: &EscalationDue) -> Task {
    Task {
        kind: TaskKind::EscalationReview,
        concern_id: due.concern_id,
        record_id: due.id,
        due_on: Some(due.review_on),
    }
}

/// What is given by the person, or at the schools at which they are of the team.
fn theirs(scope: &Scope, person: Id) -> Theirs {
    Theirs { person, team: scope.schools_held(&[Role::Dsl, Role::DeputyDsl]) }
}

/// Referrals to which no agency has answered: for who made them, and for the school's team.
fn unanswered(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<Vec<Task>> {
    let Ok(reading) = scope.under(Action::ConcernReadReferrals) else { return Ok(Vec::new()) };
    let asked = ReferralsAsked {
        is_answered: Some(false),
        of: Some(theirs(scope, person)),
        ..ReferralsAsked::default()
    };
    let waiting = store::referred(conn, &reading, &asked, ALL)?;
    let task = |one: Referred| Task {
        kind: TaskKind::ReferralResponse,
        concern_id: one.concern_id,
        record_id: one.id,
        due_on: deadlines::referral_due_on(one.made_at, scope.today()),
    };
    Ok(waiting.into_iter().map(task).collect())
}

/// Open concerns that lack the stamp which the person can give, due when the trust's setting says; without one no day
/// is known, as for the deadlines.
fn scrutiny(conn: &mut Conn, scope: &Scope, settings: &Settings) -> ApiResult<Vec<Task>> {
    let Ok(scrutinising) = scope.under(Action::ConcernScrutinise) else { return Ok(Vec::new()) };
    let mut found: Vec<(Id, Timestamp)> = Vec::new();
    for capacity in closing::capacities(settings.scrutiny) {
        let reaches = match capacity {
            ScrutinyCapacity::Team => !scrutinising.extent().schools.is_empty(),
            ScrutinyCapacity::TrustLead => scrutinising.extent().trust,
        };
        if reaches {
            found.extend(store::unstamped(conn, &scrutinising, *capacity)?);
        }
        if let Some(person) = scope.person().filter(|_| *capacity == ScrutinyCapacity::TrustLead) {
            found.extend(store::unstamped_by_deputy(conn, scope.trust(), person)?);
        }
    }
    found.sort_unstable();
    found.dedup();
    let due =
        |at: Timestamp| settings.scrutiny_alert_days.map(|days| at.london_date().plus_days(i64::from(days)));
    Ok(found.into_iter().map(|(id, at)| on_concern(TaskKind::Scrutiny, id, due(at))).collect())
}

/// Open concerns in which every trust lead has a conflict of interest and nobody stands in: for who appoints deputies.
fn deputies_wanted(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<Vec<Task>> {
    if !scope.holds_in_trust(&[Role::Ceo, Role::ChairOfTrustees]) {
        return Ok(Vec::new());
    }
    let leads = deputies::leads(conn, scope)?;
    let ids = store::without_deputy(conn, scope.trust(), &leads, person)?;
    Ok(ids.into_iter().map(|id| on_concern(TaskKind::TrustLeadDeputy, id, None)).collect())
}

/// Closed concerns that the person could reopen, to which the reporter has added something.
fn added_since_closure(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Task>> {
    let Ok(reopening) = scope.under(Action::ConcernReopen) else { return Ok(Vec::new()) };
    let ids = store::added_since_closure(conn, &reopening)?;
    Ok(ids.into_iter().map(|id| on_concern(TaskKind::AddedSinceClosure, id, None)).collect())
}

/// Concerns that nobody has triaged: for the school's team, for the headteacher where no team is on record, and for
/// those whom the service let in.
fn untriaged(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Task>> {
    let Ok(working) = scope.under(Action::ConcernWork) else { return Ok(Vec::new()) };
    let mut schools = scope.schools_held(&[Role::Dsl, Role::DeputyDsl]);
    for school in scope.schools_held(&[Role::Headteacher]) {
        if !roster::Roster::of(conn, scope, school)?.has_team() {
            schools.push(school);
        }
    }
    let ids = store::untriaged(conn, &working, &schools)?;
    Ok(ids.into_iter().map(|id| on_concern(TaskKind::Untriaged, id, None)).collect())
}

/// Requests for support that wait for an answer of the caller's.
fn asked_for_support(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Task>> {
    let Ok(answering) = scope.under(Action::SupportAnswer) else { return Ok(Vec::new()) };
    let asked = support::addressed(conn, &answering, SupportState::Requested)?;
    let task = |(concern_id, record_id)| Task {
        kind: TaskKind::SupportRequest,
        concern_id,
        record_id,
        due_on: None,
    };
    Ok(asked.into_iter().map(task).collect())
}

/// Open actions and escalations whose owner does not read the concern, whatever takes them away from it: for who gave
/// them, and for the school's team.
fn given_back(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<Vec<Task>> {
    let Ok(working) = scope.under(Action::ConcernWork) else { return Ok(Vec::new()) };
    let theirs = theirs(scope, person);
    let mut of_owners: BTreeMap<Id, Vec<Task>> = BTreeMap::new();
    for (owner, concern_id, record_id, due_on) in store::others_actions(conn, &working, &theirs)? {
        let task = Task { kind: TaskKind::Action, concern_id, record_id, due_on };
        of_owners.entry(owner).or_default().push(task);
    }
    let asked = EscalationsAsked { of_others: Some(theirs), ..EscalationsAsked::default() };
    for due in store::escalations_due(conn, &working, &asked, ALL)? {
        of_owners.entry(due.owner_id).or_default().push(escalation(&due));
    }
    let mut all = Vec::new();
    for (owner, mut tasks) in of_owners {
        let about: Vec<Id> = tasks.iter().map(|task| task.concern_id).collect();
        let read = admission::read_by(conn, scope, owner, &about)?;
        tasks.retain(|task| !read.contains(&task.concern_id));
        all.extend(tasks);
    }
    Ok(all)
}
