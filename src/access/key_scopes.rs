//! What an API key may do of what its owner may.

use super::actions::Action;

crate::words! {
    /// A purpose that an API key is made for. Its rights are these, cut down to the owner's present rights.
    pub enum KeyScope {
        /// Everything that the owner may do: for a person's own scripts.
        All = "all",
        /// Read reference data: the trust, schools, calendar, categories and guidance.
        ReferenceRead = "reference-read",
        /// Read people and their engagements.
        PeopleRead = "people-read",
        /// Make and change people and their engagements, by hand and from files.
        PeopleWrite = "people-write",
        /// Read pupils.
        PupilsRead = "pupils-read",
        /// Make and change pupils and enrolments, by hand and from files.
        PupilsWrite = "pupils-write",
        /// Raise concerns about children, and add evidence to those that this key has raised.
        ConcernsCreate = "concerns-create",
        /// Read the metadata of the concerns that this key has fed.
        ConcernsMetadata = "concerns-metadata",
        /// Read concerns of the key's schools whole. Only a DSL, headteacher or trust lead can grant it.
        ConcernsText = "concerns-text",
        /// Read audit entries.
        AuditRead = "audit-read",
    }
}

impl KeyScope {
    /// Whether the scope covers an action.
    pub const fn allows(self, action: Action) -> bool {
        use Action as A;
        if matches!(action, A::MeRead | A::AccessRead) {
            return true;
        }
        match self {
            Self::All => true,
            Self::ReferenceRead => matches!(
                action,
                A::EstablishmentRead
                    | A::TrustRead
                    | A::SchoolRead
                    | A::CalendarRead
                    | A::CategoryRead
                    | A::GuidanceRead
                    | A::AgencyRead
                    | A::ThresholdRead
            ),
            Self::PeopleRead => matches!(action, A::PersonRead),
            Self::PeopleWrite => matches!(action, A::PersonRead | A::PersonManage | A::ImportRun),
            Self::PupilsRead => matches!(action, A::PupilRead | A::PupilFind),
            Self::PupilsWrite => {
                matches!(action, A::PupilRead | A::PupilFind | A::PupilManage | A::ImportRun)
            }
            Self::ConcernsCreate => {
                matches!(
                    action,
                    A::ConcernRaise
                        | A::ConcernAddEvidence
                        | A::CategoryRead
                        | A::GuidanceRead
                        | A::SchoolRead
                )
            }
            Self::ConcernsMetadata | Self::ConcernsText => matches!(action, A::ConcernRead),
            Self::AuditRead => matches!(action, A::AuditRead),
        }
    }

    /// Whether only a DSL, headteacher or trust lead may give it to a service.
    pub const fn needs_grant(self) -> bool {
        matches!(self, Self::ConcernsMetadata | Self::ConcernsText)
    }

    /// Whether it shows records of people or pupils, which who makes a service's key might not read: such a key takes
    /// a second person.
    pub const fn shows_people(self) -> bool {
        matches!(self, Self::PeopleRead | Self::PeopleWrite | Self::PupilsRead | Self::PupilsWrite)
    }

    /// Whether a service's key with it works only after a second person has confirmed it.
    pub const fn needs_second(self) -> bool {
        self.shows_people() || matches!(self, Self::AuditRead)
    }
}
