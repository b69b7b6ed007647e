//! What becomes of a request for support.

use super::super::dto::{SupportAnswer, SupportState};
use crate::clock::Timestamp;

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The trust's lead answers.
    Answer(SupportAnswer),
    /// The school takes it back.
    Withdraw,
}

/// How a request stands at a moment: what was wanted until then is over, without anybody ending it, also where nobody has
/// answered.
pub fn standing(state: SupportState, wanted_until: Option<Timestamp>, now: Timestamp) -> SupportState {
    match state {
        SupportState::Requested | SupportState::Accepted if wanted_until.is_some_and(|end| end <= now) => {
            SupportState::Ended
        }
        state => state,
    }
}

/// What a step makes of a request; none where it is not open to it.
pub const fn next(state: SupportState, step: Step) -> Option<SupportState> {
    match (state, step) {
        (SupportState::Requested, Step::Answer(SupportAnswer::Accept)) => Some(SupportState::Accepted),
        (SupportState::Requested, Step::Answer(SupportAnswer::Refuse)) => Some(SupportState::Refused),
        (SupportState::Requested, Step::Withdraw) => Some(SupportState::Withdrawn),
        (SupportState::Accepted, Step::Answer(SupportAnswer::HandBack) | Step::Withdraw) => {
            Some(SupportState::Ended)
        }
        _ => None,
    }
}

/// Whether a request waits for something, or gives access.
pub const fn is_open(state: SupportState) -> bool {
    matches!(state, SupportState::Requested | SupportState::Accepted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Answer(SupportAnswer::Accept)),
            Just(Step::Answer(SupportAnswer::Refuse)),
            Just(Step::Answer(SupportAnswer::HandBack)),
            Just(Step::Withdraw),
        ]
    }

    proptest! {
        #[test]
        fn a_request_is_answered_once_and_what_is_over_stays_so(
            steps in proptest::collection::vec(steps(), 0..12)
        ) {
            let (mut state, mut taken) = (SupportState::Requested, Vec::new());
            for step in steps {
                if let Some(after) = next(state, step) {
                    prop_assert!(is_open(state));
                    state = after;
                    taken.push(step);
                }
            }
            prop_assert!(taken.len() <= 2);
            let accepted = taken.first() == Some(&Step::Answer(SupportAnswer::Accept));
            prop_assert_eq!(state == SupportState::Ended, taken.len() == 2);
            prop_assert!(taken.len() < 2 || accepted);
            prop_assert_eq!(is_open(state), taken.is_empty() || (taken.len() == 1 && accepted));
        }
    }

    #[test]
    fn support_is_over_when_it_was_wanted_until() {
        let at = Timestamp::from_micros;
        let stands = |until| standing(SupportState::Accepted, until, at(10));
        assert_eq!(stands(None), SupportState::Accepted);
        assert_eq!(stands(Some(at(11))), SupportState::Accepted);
        assert_eq!(stands(Some(at(10))), SupportState::Ended);
        assert_eq!(standing(SupportState::Requested, Some(at(11)), at(10)), SupportState::Requested);
        assert_eq!(standing(SupportState::Requested, Some(at(10)), at(10)), SupportState::Ended);
        assert_eq!(standing(SupportState::Refused, Some(at(1)), at(10)), SupportState::Refused);
    }
}
