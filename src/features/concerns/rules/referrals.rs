//! What may become of a referral: it is made, acknowledged, decided on, or withdrawn before it is decided; challenges go
//! upward step by step. An unanswered referral does not hold up the closing of its concern: what does is in
//! [`super::closing`], as the domain has it (3.3); an open action or an escalation says what is still to be seen to.

use super::super::dto::{ChallengeStep, ReferralState};
use crate::error::Code;

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
        } else if self.is_acknowledged {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
