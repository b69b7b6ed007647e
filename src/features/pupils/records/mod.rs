//! What schools record about a pupil beside concerns: support of the family with what was done for it, information that was
//! shared or kept back, restrictive interventions. They are read, listed, corrected and withdrawn in one way, so they
//! stand in one table; what each says is its own (decision 0019).

mod changes;
mod reading;
mod route;
mod shown;
mod sight;
mod store;

pub use changes::{
    Begun, New, add, begin, begin_entry, check_concern, name_people, parent_of, replace, school_for,
    school_of, withdraw,
};
pub use reading::{as_begun, due, get, get_entry, is_overdue, list, list_entries, list_versions, of_pupil};
pub use route::receivers;
pub use store::{Asked, RecordDue, RecordRow};

/// The table, under whose name the text is sealed.
pub const TABLE: &str = "pupil_records";

crate::words! {
    /// What a record about a pupil is.
    pub enum RecordClass {
        /// Support of the family (B-51).
        FamilySupport = "family_support",
        /// Somebody was spoken or written to in such support.
        SupportContact = "support_contact",
        /// The family was shown the way to help.
        SupportSignpost = "support_signpost",
        /// Information was shared.
        InformationShared = "information_shared",
        /// Information was not shared.
        InformationWithheld = "information_withheld",
        /// A restrictive intervention.
        Intervention = "restrictive_intervention",
    }
}

/// The text of a class of records.
pub trait RecordBody: serde::Serialize + serde::de::DeserializeOwned {
    /// The classes whose text it is.
    const CLASSES: &'static [RecordClass];
    /// The class of record in audit entries and events.
    const CLASS: &'static str;
    /// What is done when one is recorded, corrected and withdrawn, in the words of events.
    const DONE: Done;

    /// Says why this version takes the place of the one before.
    #[must_use]
    fn because(self, reason: crate::text::Text<2000>) -> Self;
}

/// The words of events.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// It was recorded.
    pub recorded: &'static str,
    /// It was corrected.
    pub corrected: &'static str,
    /// It was withdrawn.
    pub withdrawn: &'static str,
}
