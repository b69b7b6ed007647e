//! Referrals to other agencies: what was asked of whom, and what became of it (B-55, B-56). The school refers, chases and
//! challenges; what the agency decides is an external decision of the pupil's record, which a referral names and never
//! makes: one way in, and one right for it.

mod make;
mod progress;
mod read;
mod steps;
mod usage;

pub use make::{correct_referral, create_referral};
pub use progress::{decision_changed, decisions_gone, settle};
pub use read::{get_referral, line_of_referral, line_of_step, list_referral_versions, list_referrals};
pub use steps::{
    acknowledge, answer_challenge, challenge, chase, decide_referral, feed_back, withdraw_referral,
};
pub use usage::agency_usage;
