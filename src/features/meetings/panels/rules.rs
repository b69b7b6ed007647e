//! Pure decisions about panels: who has a vote on a concern, when one may be closed, what may be said of attendance
//! once a panel was held, and which weeks are a school's.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use crate::access::Role;
use crate::clock::Date;
use crate::error::Code;
use crate::features::organisation::calendar::Calendar;
use crate::features::organisation::trust::{ClosureRule, PanelExpected};
use crate::ids::Id;

crate::words! {
    /// In which role somebody attends a panel.
    pub enum PanelRole {
        /// Designated safeguarding lead of the school; has a vote.
        Dsl = "dsl",
        /// Deputy designated safeguarding lead of the school; has a vote.
        DeputyDsl = "deputy-dsl",
        /// Welfare and safeguarding LAP of the school; has a vote, but on no concern of the restricted log.
        WelfareLap = "welfare-lap",
        /// Headteacher of the school; has a vote.
        Headteacher = "headteacher",
        /// The trust's safeguarding lead; has a vote.
        TrustSafeguardingLead = "trust-safeguarding-lead",
        /// Stands in for the trust lead in single concerns; has a vote on these.
        TrustLeadDeputy = "trust-lead-deputy",
        /// Family liaison officer; has no vote.
        FamilyLiaison = "family-liaison",
        /// Invited; has no vote.
        Guest = "guest",
    }
}

impl PanelRole {
    /// Whether the role has a vote on closures.
    pub const fn has_vote(self) -> bool {
        !matches!(self, Self::FamilyLiaison | Self::Guest)
    }

    /// The appointment that a role with a vote of its own rests on.
    pub const fn appointment(self) -> Option<Role> {
        match self {
            Self::Dsl => Some(Role::Dsl),
            Self::DeputyDsl => Some(Role::DeputyDsl),
            Self::WelfareLap => Some(Role::WelfareLap),
            Self::Headteacher => Some(Role::Headteacher),
            Self::TrustSafeguardingLead => Some(Role::TrustSafeguardingLead),
            Self::TrustLeadDeputy | Self::FamilyLiaison | Self::Guest => None,
        }
    }
}

crate::words! {
    /// Whether a concern may be closed.
    pub enum Answer {
        /// It may.
        Agree = "agree",
        /// It may not.
        Disagree = "disagree",
        /// No answer either way: the concern stays open.
        Abstain = "abstain",
    }
}

/// Somebody of whom attendance is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// Who; none for a guest from outside.
    pub person: Option<Id>,
    /// In which role.
    pub role: PanelRole,
    /// Whether they came.
    pub is_present: bool,
}

/// What matters of a concern in a panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matter {
    /// Whether it stands in the restricted log.
    pub is_restricted: bool,
    /// Whether it stands under another school than the panel's by now.
    pub is_elsewhere: bool,
    /// Who has a conflict of interest: they are not asked.
    pub linked: BTreeSet<Id>,
    /// Who stands in for the trust lead, where the lead has a conflict of interest.
    pub deputy: Option<Id>,
}

impl Matter {
    /// Whether somebody who attended in a role may know what the panel did with it.
    pub fn is_open_to(&self, role: PanelRole) -> bool {
        let knows_log = !self.is_restricted || role != PanelRole::WelfareLap;
        knows_log && !self.is_elsewhere
    }
}

/// Who is asked on a concern: present, with a vote, and without a conflict of interest; nobody on one that was moved to
/// another school since.
pub fn voters(attendees: &[Attendee], matter: &Matter) -> Vec<(Id, PanelRole)> {
    let asked = |attendee: &&Attendee| {
        let stands_in = attendee.role != PanelRole::TrustLeadDeputy || attendee.person == matter.deputy;
        attendee.is_present && attendee.role.has_vote() && stands_in && matter.is_open_to(attendee.role)
    };
    attendees
        .iter()
        .filter(asked)
        .filter_map(|attendee| attendee.person.map(|person| (person, attendee.role)))
        .filter(|(person, _)| !matter.linked.contains(person))
        .collect()
}

/// A panel, as the closing of a concern in it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forum {
    /// It has been held.
    pub is_held: bool,
    /// It belongs to the concern's school.
    pub is_schools: bool,
    /// The school has held none since.
    pub is_latest: bool,
    /// The concern was open when it was held.
    pub is_on_agenda: bool,
    /// Who was there.
    pub attendees: Vec<Attendee>,
    /// The answers that stand.
    pub answers: BTreeMap<Id, Answer>,
}

/// Why a concern cannot be closed in a panel: the first condition that fails.
pub fn refusal(forum: &Forum, matter: &Matter) -> Option<Code> {
    let voters = voters(&forum.attendees, matter);
    let has = |fits: fn(PanelRole) -> bool| voters.iter().any(|(_, role)| fits(*role));
    let is_team = |role| matches!(role, PanelRole::Dsl | PanelRole::DeputyDsl);
    let is_lead = |role| matches!(role, PanelRole::TrustSafeguardingLead | PanelRole::TrustLeadDeputy);
    let said = |answer: Answer| voters.iter().any(|(person, _)| forum.answers.get(person) == Some(&answer));
    let conditions = [
        (forum.is_schools, Code::PanelWrongSchool),
        (forum.is_held, Code::PanelNotHeld),
        (forum.is_latest, Code::PanelOver),
        (forum.is_on_agenda, Code::NotOnAgenda),
        (has(is_team), Code::PanelWithoutDsl),
        (has(is_lead), Code::PanelWithoutTrustLead),
        (!said(Answer::Disagree), Code::PanelNotUnanimous),
        (!said(Answer::Abstain), Code::AgreementAbstained),
        (voters.iter().all(|(person, _)| forum.answers.contains_key(person)), Code::AgreementMissing),
    ];
    conditions.into_iter().find(|(holds, _)| !holds).map(|(_, code)| code)
}

/// Why attendance cannot be recorded so. Once a panel was held, nobody who has a vote is taken out of it, so that no
/// answer can be got rid of: only the person themself can say that they were not there, before they have answered.
pub fn attendance_refusal(
    is_held: bool,
    before: Option<&Attendee>,
    now: &Attendee,
    is_self: bool,
    has_answered: bool,
) -> Option<Code> {
    let before = before.filter(|before| is_held && before.is_present && before.role.has_vote())?;
    let keeps = now.is_present && now.role == before.role;
    let withdraws = !now.is_present && is_self && !has_answered;
    (!keeps && !withdraws).then_some(Code::PanelHeld)
}

/// The roles that are expected at a panel. Where concerns are closed in it, the trust's lead always is.
pub fn expected(expected: PanelExpected, rule: ClosureRule) -> Vec<PanelRole> {
    let mut roles = vec![PanelRole::Dsl, PanelRole::DeputyDsl];
    let is_team = expected == PanelExpected::AcademyTeamAndTrustLead;
    if is_team {
        roles.extend([PanelRole::WelfareLap, PanelRole::Headteacher]);
    }
    if is_team || rule == ClosureRule::UnanimousPanel {
        roles.push(PanelRole::TrustSafeguardingLead);
    }
    roles
}

/// The Monday of a day's ISO week.
pub fn monday(day: Date) -> Date {
    day.plus_days(-i64::from(day.chrono().weekday().num_days_from_monday()))
}

/// The Mondays of the weeks from one day to another in which the school has a school day and which are over today.
pub fn school_weeks(calendar: &Calendar, from: Date, to: Date, today: Date) -> Vec<Date> {
    let mut weeks = Vec::new();
    let mut week = monday(from);
    while week <= to && week.plus_days(6) < today {
        let has_school = (0..7).any(|day| calendar.is_school_day(week.plus_days(day)) == Some(true));
        if has_school {
            weeks.push(week);
        }
        week = week.plus_days(7);
    }
    weeks
}

#[cfg(test)]
mod tests;
