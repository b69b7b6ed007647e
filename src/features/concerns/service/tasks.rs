//! What a person has to do, for their list of tasks: identifiers and days, no name and no text of a case.

use std::collections::BTreeMap;

use super::super::dto::ScrutinyCapacity;
use super::super::rules::closing;
use super::super::store::{self, EscalationDue, EscalationsAsked, OthersAction, ReferralsAsked, Referred};
use super::{admission, deputies, receivers, roster};
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
        /// An action that the person is to do, or one of theirs to give anew: its owner can no longer read the concern.
        Action = "concern_action",
        /// A concern that the person works on.
        Assignment = "concern_assignment",
        /// A concern that the person is to scrutinise.
        Scrutiny = "concern_scrutiny",
        /// A referral to which no agency has answered: see that one does, and chase.
        ReferralResponse = "referral_response",
        /// An escalation that the person is to look at again.
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
        /// A school whose concerns nobody on record reads: see that a safeguarding lead is appointed.
        SchoolReaders = "school_readers",
        /// A pupil whom another school has made may be a child whom a school of yours has, or had last.
        PupilMatch = "pupil_match",
    }
}

/// Something that a person has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// What it is.
    pub kind: TaskKind,
    /// The concern; for a task about a school or a match of pupils, that; for a panel's decision, the panel.
    pub concern_id: Id,
    /// The action, the share by which the concern was assigned, the referral, the escalation, the panel whose answer is
    /// asked, the panel's decision, the concern, or the school.
    pub record_id: Id,
    /// By when.
    pub due_on: Option<Date>,
}

/// What the person behind the caller has to do, but in no concern of which they must not know: what is due soonest
/// first, what has no date last. A closed concern asks for nothing but to be read where its reporter has added to it.
pub fn tasks_of(conn: &mut Conn, scope: &Scope) -> ApiResult<Vec<Task>> {
    let Some(person) = scope.person() else { return Ok(Vec::new()) };
    let mut tasks = match scope.under(Action::ConcernRead) {
        Ok(reading) => given(conn, &reading, person)?,
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
    let assigned = store::open_assignments(conn, reading, person)?;
    let asked = EscalationsAsked { owner: Some(person), ..EscalationsAsked::default() };
    let escalated = store::escalations_due(conn, reading, asked)?;
    let action =
        |(concern_id, record_id, due_on)| Task { kind: TaskKind::Action, concern_id, record_id, due_on };
    let escalation = |due: EscalationDue| Task {
        kind: TaskKind::EscalationReview,
        concern_id: due.concern_id,
        record_id: due.id,
        due_on: Some(due.review_on),
    };
    let assignment =
        |(concern_id, record_id)| Task { kind: TaskKind::Assignment, concern_id, record_id, due_on: None };
    let given = actions.into_iter().map(action).chain(assigned.into_iter().map(assignment));
    Ok(given.chain(escalated.into_iter().map(escalation)).collect())
}

/// Referrals to which no agency has answered: for who made them, and for the school's team.
fn unanswered(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<Vec<Task>> {
    let Ok(reading) = scope.under(Action::ConcernReadReferrals) else { return Ok(Vec::new()) };
    let team = scope.schools_held(&[Role::Dsl, Role::DeputyDsl]);
    let asked = ReferralsAsked { is_unanswered: true, ..ReferralsAsked::default() };
    let mut waiting = store::referred(conn, &reading, asked)?;
    waiting.retain(|one| one.made_by == person || team.contains(&one.school_id));
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

/// Open actions whose owner can no longer read the concern: for who gave them, and for the school's team.
fn given_back(conn: &mut Conn, scope: &Scope, person: Id) -> ApiResult<Vec<Task>> {
    let Ok(working) = scope.under(Action::ConcernWork) else { return Ok(Vec::new()) };
    let team = scope.schools_held(&[Role::Dsl, Role::DeputyDsl]);
    let mut of_owners: BTreeMap<Id, Vec<OthersAction>> = BTreeMap::new();
    for action in store::others_actions(conn, &working, person, &team)? {
        of_owners.entry(action.owner).or_default().push(action);
    }
    let mut tasks = Vec::new();
    for (owner, actions) in of_owners {
        let about: Vec<Id> = actions.iter().map(|action| action.concern).collect();
        let linked = store::linked_among(conn, scope.trust(), owner, &about)?;
        let let_out = store::let_out_of(conn, scope, owner)?;
        let can = admission::can_be_let_in(conn, scope, owner, false)?;
        let can_restricted = admission::can_be_let_in(conn, scope, owner, true)?;
        tasks.extend(actions.into_iter().filter_map(|action| {
            let can = if action.is_restricted { can_restricted } else { can };
            let is_out = !can || linked.contains(&action.concern) || let_out.contains(&action.concern);
            let (concern_id, record_id, due_on) = (action.concern, action.id, action.due_on);
            is_out.then_some(Task { kind: TaskKind::Action, concern_id, record_id, due_on })
        }));
    }
    Ok(tasks)
}
