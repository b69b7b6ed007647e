//! The vocabularies of referrals and escalations.

crate::words! {
    /// How an agency was asked.
    pub enum ReferralMethod {
        /// By telephone.
        Telephone = "telephone",
        /// By secure e-mail.
        SecureEmail = "secure_email",
        /// On the agency's web form.
        WebForm = "web_form",
        /// Face to face, or in a meeting.
        InPerson = "in_person",
        /// By post.
        Post = "post",
        /// Otherwise.
        Other = "other",
    }
}

crate::words! {
    /// Whether the family agreed to the referral. What is needed to keep a child safe is shared without (KCSIE Part 1).
    pub enum ReferralConsent {
        /// They agreed.
        Given = "given",
        /// Nobody's agreement is asked for it.
        NotNeeded = "not_needed",
        /// They were not asked.
        NotSought = "not_sought",
        /// They refused, and it was made all the same.
        Refused = "refused",
    }
}

crate::words! {
    /// How far a referral has come.
    pub enum ReferralState {
        /// It was made; the agency has not answered.
        Made = "made",
        /// The agency has it: it said so, or has decided about one of the pupils.
        Acknowledged = "acknowledged",
        /// The agency has decided about every pupil of it, by decisions whose records stand.
        Decided = "decided",
        /// The school took it back before the agency decided.
        Withdrawn = "withdrawn",
    }
}

crate::words! {
    /// What can happen to a referral.
    pub enum ReferralStepKind {
        /// The agency said that it has it.
        Acknowledged = "acknowledged",
        /// The school asked after it.
        Chased = "chased",
        /// The agency decided about a pupil.
        Decided = "decided",
        /// The reporter was told what came of it.
        FedBack = "fed_back",
        /// The school took it back.
        Withdrawn = "withdrawn",
        /// The school disagreed.
        Challenged = "challenged",
    }
}

crate::words! {
    /// With whom at an agency a professional disagreement is taken up, from the first to the last
    /// (Working Together to Safeguard Children; B-56: a school challenges, it does not decide).
    pub enum ChallengeStep {
        /// Whoever works on the case there.
        Practitioner = "practitioner",
        /// Their manager.
        Manager = "manager",
        /// A senior manager.
        SeniorManager = "senior_manager",
        /// The safeguarding partnership of the area.
        SafeguardingPartnership = "safeguarding_partnership",
    }
}

crate::words! {
    /// To which level of the trust a case was taken.
    pub enum EscalationLevel {
        /// The school's safeguarding lead.
        SafeguardingLead = "safeguarding_lead",
        /// The headteacher.
        Headteacher = "headteacher",
        /// The trust's safeguarding lead.
        TrustSafeguardingLead = "trust_safeguarding_lead",
        /// The chief executive.
        ChiefExecutive = "chief_executive",
        /// The trustees.
        Trustees = "trustees",
    }
}
