//! Use cases of concerns.

mod about;
mod access_log;
mod accounts;
mod actions;
mod addenda;
mod adding;
mod admission;
mod attachments;
mod case;
mod closing;
mod correct;
pub mod deadlines;
mod decisions;
mod deputies;
mod entries;
mod escalations;
mod events;
mod external;
mod links;
mod marks;
mod merging;
mod namings;
mod notes;
pub mod panels;
mod placements;
mod raise;
mod read;
mod readers;
mod receivers;
mod referrals;
mod roster;
mod scrutiny;
mod search;
mod shares;
mod support;
mod sweeping;
mod tasks;
mod triage;
mod uploads;

pub use about::{linked_about, linked_people, schools_by_name};
pub use access_log::{access_log, restricted_access_log};
pub use accounts::list_accounts;
pub use actions::{correct_action, create_action, get_action, list_actions, record_outcome};
pub use addenda::add;
pub use attachments::{content as open_content, get as get_attachment, list as list_attachments};
pub use case::Made;
pub use closing::{close, list_closures, reopen};
pub use correct::correct;
pub use decisions::{correct_decision, create_decision};
pub use deputies::appoint_deputy;
pub use entries::{get as get_entry, list as list_entries, list_versions};
pub use escalations::{correct_escalation, create_escalation, end_escalation, review_escalation};
pub use events::{CaseEvent, CaseEventKind, Cases};
pub use links::{create_link, list_links, withdraw_link};
pub use marks::{correct as correct_mark, create as create_mark, get as get_mark, list as list_marks};
pub use merging::rename_pupil;
pub use namings::{lift_naming, list_naming_liftings};
pub use notes::{correct_note, create_note};
pub use placements::{list_placements, place};
pub use raise::raise;
pub use read::{facts, get, list};
pub use readers::Readers;
pub use receivers::{ensure_readers, ensure_readers_after, ensure_readers_at, schools_without_readers};
pub use referrals::{
    acknowledge, agency_usage, answer_challenge, challenge, chase, correct_referral, create_referral,
    decide_referral, decision_changed, feed_back, get_referral, list_referral_versions, list_referrals,
    withdraw_referral,
};
pub use scrutiny::{list_scrutiny, scrutinise};
pub use search::search;
pub use shares::{create_share, get_share, list_shares, revoke_share, shared_with_me};
pub use support::{
    answer_support, ask_support, asked, get_support_request, list_asked, list_support_requests,
    withdraw_support,
};
pub use sweeping::Sweeping;
pub use tasks::{Task, TaskKind, tasks_of};
pub use triage::{create_triage, get_triage, list_triages};
pub use uploads::{LARGEST as LARGEST_FILE, receive};
