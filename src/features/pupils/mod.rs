//! Pupils: who they are, where they are on roll, what is known about them over time, and which adults must not read
//! of their case (domain §6.1, §6.3, §8.3). A UPN stands in bodies only, never in an address.
//!
//! A caller knows a pupil by an enrolment, of today or of another time, at a school within reach; enrolments
//! elsewhere in the trust are neither shown nor counted. What is changed, and what is known beyond the basic record,
//! needs an enrolment of today or to come: a school that the child has left keeps what it knew, sees the child as they
//! were called on its last day, and learns no more (decision 0012). A number that a pupil elsewhere holds opens nothing:
//! see [`matches`]. What is written of a case outside any concern is kept as [`case_records`] says. Other features name pupils
//! through [`check_named`] and [`has_conflict`].

mod agency_meetings;
mod ap_placements;
mod api;
mod case;
mod case_records;
mod characteristics;
mod chronology;
mod complex;
mod conflicts;
mod dto;
mod enrolments;
mod external_decisions;
mod families;
mod family_support;
mod fgm_reports;
mod interventions;
mod many;
mod matches;
mod numbers;
mod records;
mod risk_assessments;
mod rules;
mod searches;
mod service;
mod sharing;
mod statuses;
mod store;
mod upn;
mod writing;

use crate::http::Mount;

pub use agency_meetings::{meetings_due, next_due as next_meetings_due, reports_due as meeting_reports_due};
pub use ap_placements::{PlacementInForce, confirmations_due, in_force as placements_in_force};
pub use case::PupilKey;
pub use case_records::{CaseDue, DueAsked, Line};
pub use conflicts::{has_conflict, persons_with};
pub use dto::{PupilCreate, PupilPatch, PupilView};
pub use enrolments::{Amendment, EnrolmentCreate, EnrolmentPatch, EnrolmentView, school_of_file};
pub use external_decisions::{
    DecisionKnown, ExternalDecisionView, decisions_known, decisions_shown, standing_outcomes,
};
pub use family_support::{due as support_due, to_review as support_to_review};
pub use fgm_reports::reports_due as fgm_reports_due;
pub use interventions::due as interventions_due;
pub use many::{amend, born_on, create_all, is_current, known_by_upn, same_names};
pub use matches::to_settle as matches_to_settle;
pub use records::RecordDue;
pub use risk_assessments::{actions_due as risk_actions_due, reviews_due as risk_reviews_due};
pub use service::{all_present, check_named, lock_named};
pub use statuses::{
    Agency, AuthorityDecision, AuthorityStatus, DecisionOutcome, SupportLevel, open_authority_statuses,
};
pub use upn::Upn;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    config
        .service(searches::search)
        .service(searches::search_directory)
        .service(api::create)
        .service(api::list)
        .service(api::get)
        .service(api::change);
    enrolments::routes(config);
    characteristics::routes(config);
    conflicts::routes(config);
    matches::routes(config);
    external_decisions::routes(config);
    statuses::routes(config);
    agency_meetings::routes(config);
    ap_placements::routes(config);
    fgm_reports::routes(config);
    risk_assessments::routes(config);
    chronology::routes(config);
    complex::routes(config);
    families::routes(config);
    family_support::routes(config);
    sharing::routes(config);
    interventions::routes(config);
}
