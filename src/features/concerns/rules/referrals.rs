//! What may become of a referral: it is made, acknowledged, decided on, or withdrawn before it is decided; challenges go
//! upward step by step. An unanswered referral does not hold up the closing of its concern: what does is in
//! [`super::closing`], as the domain has it (3.3); an open action or an escalation says what is still to be seen to.

use std::collections::BTreeMap;

use super::super::dto::{ChallengeStep, ReferralState, ReferralStepKind};
use crate::clock::{Date, Timestamp};
use crate::error::Code;
use crate::ids::Id;

/// What is on record of a referral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is on record or not, whatever the others are")]
pub struct OnRecord {
    /// The agency has acknowledged it.
    pub is_acknowledged: bool,
    /// It has decided about one of its pupils at least.
    pub has_decision: bool,
    /// It has decided about every one.
    pub is_decided: bool,
    /// The reporter was told.
    pub is_fed_back: bool,
    /// It was taken back.
    pub is_withdrawn: bool,
    /// The highest step of the challenge.
    pub challenge: Option<ChallengeStep>,
}

/// What somebody wants to record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What it says is put right.
    Correct,
    /// The agency has it; whether that puts right what is on record.
    Acknowledge { again: bool },
    /// The school asks after it.
    Chase,
    /// The agency decided about a pupil; whether a decision about this pupil is on record that stands.
    Decide { stands: bool },
    /// The reporter was told; whether that puts right what is on record.
    FeedBack { again: bool },
    /// It is taken back.
    Withdraw,
    /// The school disagrees; whether it says why a step below is left out.
    Challenge { step: ChallengeStep, because: bool },
    /// A step of the challenge was answered.
    Answer,
}

impl OnRecord {
    /// How far it has come.
    pub const fn state(self) -> ReferralState {
        if self.is_withdrawn {
            ReferralState::Withdrawn
        } else if self.is_decided {
            ReferralState::Decided
        } else if self.is_acknowledged || self.has_decision {
            ReferralState::Acknowledged
        } else {
            ReferralState::Made
        }
    }

    /// Why something cannot be recorded; none where it can.
    pub fn refusal(self, step: Step) -> Option<Code> {
        if self.is_withdrawn && !matches!(step, Step::FeedBack { .. }) {
            return Some(Code::ReferralWithdrawn);
        }
        match step {
            Step::Correct | Step::Answer => None,
            Step::Acknowledge { again } => (self.is_acknowledged && !again).then_some(Code::Superseded),
            Step::FeedBack { again } => (self.is_fed_back && !again).then_some(Code::Superseded),
            Step::Chase => self.is_decided.then_some(Code::ReferralDecided),
            Step::Decide { stands } => stands.then_some(Code::ReferralDecided),
            Step::Withdraw => self.has_decision.then_some(Code::ReferralDecided),
            Step::Challenge { step, because } => self.climb(step, because),
        }
    }

    fn climb(self, step: ChallengeStep, because: bool) -> Option<Code> {
        let next = match self.challenge {
            None => Some(ChallengeStep::Practitioner),
            Some(taken) => ChallengeStep::ALL.iter().copied().find(|step| *step > taken),
        };
        match next {
            Some(next) if step == next || (step > next && because) => None,
            Some(next) if step > next => Some(Code::ChallengeStepSkipped),
            _ => Some(Code::ChallengeStepTaken),
        }
    }
}

/// The decisions that stand, with their days.
pub type Standing = BTreeMap<Id, Date>;

/// A step of a referral, as far as its progress rests on it.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// What it is.
    pub kind: ReferralStepKind,
    /// When it happened.
    pub at: Timestamp,
    /// Which step of the challenge.
    pub challenge: Option<ChallengeStep>,
    /// About which pupil the agency decided, and by which decision.
    pub decision: Option<(Id, Id)>,
}

/// How far a referral has come. A decision counts on its own day, whenever it was recorded, and no longer once its record
/// was withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What is on record.
    pub record: OnRecord,
    /// When the agency said that it has it.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// When the day began on which the agency decided about each pupil first.
    decided: BTreeMap<Id, Timestamp>,
}

impl Progress {
    /// That of a referral about these pupils.
    pub fn of(about: &[Id], steps: impl IntoIterator<Item = Taken>, standing: &Standing) -> Self {
        let mut all = Self::default();
        for step in steps {
            all.add(step, standing);
        }
        all.record.is_acknowledged = all.acknowledged_at.is_some();
        all.record.is_withdrawn = all.withdrawn_at.is_some();
        all.record.has_decision = !all.decided.is_empty();
        all.record.is_decided = all.record.has_decision && about.iter().all(|one| all.is_decided_about(*one));
        all
    }

    fn add(&mut self, step: Taken, standing: &Standing) {
        match step.kind {
            ReferralStepKind::Acknowledged => self.acknowledged_at = Some(step.at),
            ReferralStepKind::Chased => {}
            ReferralStepKind::Decided => self.decide(step.decision, standing),
            ReferralStepKind::FedBack => self.record.is_fed_back = true,
            ReferralStepKind::Withdrawn => self.withdrawn_at = Some(step.at),
            ReferralStepKind::Challenged => {
                self.record.challenge = self.record.challenge.max(step.challenge);
            }
        }
    }

    fn decide(&mut self, decision: Option<(Id, Id)>, standing: &Standing) {
        let Some((pupil, decision)) = decision else { return };
        let Some(day) = standing.get(&decision) else { return };
        let first = self.decided.entry(pupil).or_insert(day.begins_at());
        *first = day.begins_at().min(*first);
    }

    /// Whether a decision about a pupil stands.
    pub fn is_decided_about(&self, pupil: Id) -> bool {
        self.decided.contains_key(&pupil)
    }

    /// When the agency answered first: that it has it, or by deciding about a pupil.
    pub fn answered_at(&self) -> Option<Timestamp> {
        self.acknowledged_at.into_iter().chain(self.decided.values().copied()).min()
    }

    /// When the day began on which it decided about the last of the pupils.
    pub fn decided_at(&self) -> Option<Timestamp> {
        self.decided.values().copied().max().filter(|_| self.record.is_decided)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: u8) -> Id {
        Id::from_bytes([number; 16])
    }

    fn day(number: u32) -> Date {
        Date::ymd(2026, 1, number).unwrap()
    }

    fn taken(kind: ReferralStepKind, on: u32, decision: Option<(Id, Id)>) -> Taken {
        Taken { kind, at: day(on).begins_at(), challenge: None, decision }
    }

    /// A decision about a pupil, recorded on the ninth.
    fn decided(pupil: u8, decision: u8) -> Taken {
        taken(ReferralStepKind::Decided, 9, Some((id(pupil), id(decision))))
    }

    #[test]
    fn an_agency_has_answered_once_it_decided_about_one_child_and_decided_once_about_all() {
        let about = [id(10), id(11)];
        let standing: Standing = [(id(20), day(5)), (id(21), day(7))].into();
        let half = Progress::of(&about, [decided(10, 20)], &standing);
        assert_eq!(half.record.state(), ReferralState::Acknowledged);
        assert_eq!((half.answered_at(), half.decided_at()), (Some(day(5).begins_at()), None));
        assert!(half.is_decided_about(id(10)) && !half.is_decided_about(id(11)));
        let whole = Progress::of(&about, [decided(10, 20), decided(11, 21)], &standing);
        assert_eq!(whole.record.state(), ReferralState::Decided);
        assert_eq!(whole.decided_at(), Some(day(7).begins_at()));
        // Two records that turned out to be one child's.
        assert!(Progress::of(&about[..1], [decided(10, 20)], &standing).record.is_decided);
    }

    #[test]
    fn a_decision_counts_on_its_own_day_and_only_while_its_record_stands() {
        let about = [id(10)];
        let late = taken(ReferralStepKind::Acknowledged, 8, None);
        let standing: Standing = [(id(20), day(5))].into();
        let both = Progress::of(&about, [late, decided(10, 20)], &standing);
        assert_eq!(both.answered_at(), Some(day(5).begins_at()));
        let undone = Progress::of(&about, [late, decided(10, 20)], &Standing::new());
        assert_eq!(undone.record.state(), ReferralState::Acknowledged);
        assert_eq!((undone.answered_at(), undone.decided_at()), (Some(day(8).begins_at()), None));
        assert_eq!(undone.record.refusal(Step::Withdraw), None);
        let named_anew = Progress::of(&about, [decided(10, 20), decided(10, 21)], &[(id(21), day(6))].into());
        assert_eq!(named_anew.decided_at(), Some(day(6).begins_at()));
    }

    /// Two pupils, of whom some have a decision.
    #[derive(Clone, Copy, Debug)]
    enum Act {
        Step(Step),
        DecideOn(usize),
    }

    fn steps() -> impl Strategy<Value = Act> {
        let challenge = (0..ChallengeStep::ALL.len(), any::<bool>())
            .prop_map(|(at, because)| Step::Challenge { step: ChallengeStep::ALL[at], because });
        prop_oneof![
            Just(Act::Step(Step::Correct)),
            Just(Act::Step(Step::Chase)),
            Just(Act::Step(Step::Withdraw)),
            Just(Act::Step(Step::Answer)),
            any::<bool>().prop_map(|again| Act::Step(Step::Acknowledge { again })),
            any::<bool>().prop_map(|again| Act::Step(Step::FeedBack { again })),
            (0..2_usize).prop_map(Act::DecideOn),
            challenge.prop_map(Act::Step),
        ]
    }

    /// What is on record after a step that was not refused.
    fn after(mut record: OnRecord, decided: &mut [bool; 2], act: Act) -> OnRecord {
        match act {
            Act::DecideOn(pupil) => {
                decided[pupil] = true;
                record.has_decision = true;
                record.is_decided = decided.iter().all(|one| *one);
            }
            Act::Step(Step::Acknowledge { .. }) => record.is_acknowledged = true,
            Act::Step(Step::FeedBack { .. }) => record.is_fed_back = true,
            Act::Step(Step::Withdraw) => record.is_withdrawn = true,
            Act::Step(Step::Challenge { step, .. }) => record.challenge = Some(step),
            Act::Step(_) => {}
        }
        record
    }

    proptest! {
        /// Whatever is tried in whatever order: nothing is both decided and withdrawn, nothing comes back from either, a
        /// challenge only climbs, and what is refused changes nothing.
        #[test]
        fn a_referral_only_goes_forward(acts in proptest::collection::vec(steps(), 0..40)) {
            let (mut record, mut decided) = (OnRecord::default(), [false; 2]);
            for act in acts {
                let step = match act {
                    Act::Step(step) => step,
                    Act::DecideOn(pupil) => Step::Decide { stands: decided[pupil] },
                };
                let before = record;
                if before.refusal(step).is_none() {
                    record = after(before, &mut decided, act);
                }
                prop_assert!(!(record.is_withdrawn && record.has_decision));
                let ended = |state| matches!(state, ReferralState::Decided | ReferralState::Withdrawn);
                prop_assert!(!ended(before.state()) || record.state() == before.state());
                prop_assert!(before.challenge <= record.challenge);
                prop_assert!(before.state() <= record.state());
                if before.is_withdrawn {
                    prop_assert_eq!(OnRecord { is_fed_back: before.is_fed_back, ..record }, before);
                }
            }
        }
    }

    #[test]
    fn a_challenge_leaves_out_no_step_without_a_reason() {
        use ChallengeStep::{Manager, Practitioner, SafeguardingPartnership, SeniorManager};
        let at = |challenge| OnRecord { challenge, ..OnRecord::default() };
        let tried = |taken, step, because| at(taken).refusal(Step::Challenge { step, because });
        assert_eq!(tried(None, Practitioner, false), None);
        assert_eq!(tried(None, Manager, false), Some(Code::ChallengeStepSkipped));
        assert_eq!(tried(None, SafeguardingPartnership, true), None);
        assert_eq!(tried(Some(Practitioner), Manager, false), None);
        assert_eq!(tried(Some(Practitioner), SeniorManager, false), Some(Code::ChallengeStepSkipped));
        assert_eq!(tried(Some(Manager), Manager, true), Some(Code::ChallengeStepTaken));
        assert_eq!(tried(Some(Manager), Practitioner, true), Some(Code::ChallengeStepTaken));
        assert_eq!(
            tried(Some(SafeguardingPartnership), SafeguardingPartnership, true),
            Some(Code::ChallengeStepTaken)
        );
    }
}
