//! The roles of the field, as they stand in tokens and appointments.

crate::words! {
    /// A role that a person or service holds, at a school or in the trust.
    pub enum Role {
        /// Any member of staff of a school.
        Staff = "staff",
        /// A volunteer at a school.
        Volunteer = "volunteer",
        /// Welfare and safeguarding LAP at a school.
        WelfareLap = "welfare-lap",
        /// Family liaison officer, or the person a school has for working with families.
        FamilyLiaison = "family-liaison",
        /// Deputy designated safeguarding lead.
        DeputyDsl = "deputy-dsl",
        /// Designated safeguarding lead.
        Dsl = "dsl",
        /// Leads areas of the improvement plan at a school.
        PlanLead = "plan-lead",
        /// Headteacher.
        Headteacher = "headteacher",
        /// The local governing body's nominated safeguarding governor.
        SafeguardingGovernor = "safeguarding-governor",
        /// Local governor.
        Governor = "governor",
        /// Chair of the local governing body.
        ChairOfGovernors = "chair-of-governors",
        /// The trust's safeguarding lead; a setting says whether they work cases or see aggregates.
        TrustSafeguardingLead = "trust-safeguarding-lead",
        /// Chief executive.
        Ceo = "ceo",
        /// The trustees' safeguarding lead.
        TrusteeSafeguardingLead = "trustee-safeguarding-lead",
        /// Trustee.
        Trustee = "trustee",
        /// Human resources.
        Hr = "hr",
        /// Shared services team.
        SharedServices = "shared-services",
        /// Administrator of a school's management information system.
        MisAdmin = "mis-admin",
        /// A system that feeds records.
        Integration = "integration",
        /// Auditor or external reviewer.
        Auditor = "auditor",
        /// Administrator of the trust in this service: settings, people, appointments and keys, no case content.
        TrustAdmin = "trust-admin",
        /// Chair of the trustees.
        ChairOfTrustees = "chair-of-trustees",
        /// Member of a committee that receives reports.
        CommitteeMember = "committee-member",
    }
}

impl Role {
    /// Whether the role is held at a school: without one it gives nothing.
    pub const fn is_school_role(self) -> bool {
        matches!(
            self,
            Self::Staff
                | Self::Volunteer
                | Self::WelfareLap
                | Self::FamilyLiaison
                | Self::DeputyDsl
                | Self::Dsl
                | Self::PlanLead
                | Self::Headteacher
                | Self::SafeguardingGovernor
                | Self::Governor
                | Self::ChairOfGovernors
                | Self::MisAdmin
        )
    }

    /// Whether the role may be held at a school or for the whole trust.
    pub const fn is_service_role(self) -> bool {
        matches!(self, Self::Integration | Self::Auditor)
    }
}
