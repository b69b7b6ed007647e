//! The words of statuses and of the decisions on which they rest.

crate::words! {
    /// What a status says of a pupil. Special educational needs and education, health and care plans are
    /// characteristics, not statuses.
    pub enum StatusKind {
        /// Early help: support by consent (Working Together to Safeguard Children, chapter 3). Level L2.
        EarlyHelp = "early_help",
        /// Child in need (Children Act 1989, section 17). The local authority's. Level L3.
        ChildInNeed = "child_in_need",
        /// Child protection plan (Children Act 1989, section 47), with the category of harm. The local authority's.
        /// Level L4.
        ChildProtection = "child_protection",
        /// Looked after (Children Act 1989, section 22). The local authority's, or a court's.
        LookedAfter = "looked_after",
        /// Previously looked after: adopted, or under a special guardianship or child arrangements order.
        PreviouslyLookedAfter = "previously_looked_after",
        /// Lives with relatives or friends in place of the parents.
        KinshipCare = "kinship_care",
        /// Privately fostered (Children Act 1989, section 66).
        PrivateFostering = "private_fostering",
        /// Cares for somebody at home (Children Act 1989, section 17ZA).
        YoungCarer = "young_carer",
        /// Seeks asylum without a parent or guardian, and is accommodated by the local authority (Children Act 1989,
        /// section 20). The local authority's.
        UnaccompaniedAsylumSeeking = "unaccompanied_asylum_seeking",
        /// Under a youth justice order or programme (Crime and Disorder Act 1998, section 39). Other professionals'.
        YouthJustice = "youth_justice",
        /// Missing education (Education Act 1996, section 436A).
        MissingEducation = "missing_education",
        /// Educated at home by the parents' choice (Education Act 1996, section 7).
        HomeEducated = "home_educated",
        /// The police notify the school of domestic abuse in the household (Operation Encompass).
        OperationEncompass = "operation_encompass",
    }
}

crate::words! {
    /// The category of harm of a child protection plan (DfE CIN census N00113).
    pub enum HarmCategory {
        /// Neglect.
        Neglect = "NEG",
        /// Physical abuse.
        Physical = "PHY",
        /// Sexual abuse.
        Sexual = "SAB",
        /// Emotional abuse.
        Emotional = "EMO",
        /// Multiple.
        Multiple = "MUL",
    }
}

crate::words! {
    /// Who decides on a status.
    pub enum StatusOwner {
        /// The local authority: the school records what it decided.
        LocalAuthority = "local_authority",
        /// Other professionals, such as a court: the school records what they decided.
        OtherProfessionals = "other_professionals",
        /// Nobody decides: the school records what it knows.
        Nobody = "nobody",
    }
}

crate::words! {
    /// A level of support. Each local authority names them in its own threshold document.
    pub enum SupportLevel {
        /// Universal.
        L1 = "L1",
        /// Early help.
        L2 = "L2",
        /// Child in need, targeted (Children Act 1989, section 17).
        L3 = "L3",
        /// Child protection (Children Act 1989, section 47).
        L4 = "L4",
    }
}

crate::words! {
    /// Who decided.
    pub enum Agency {
        /// Children's social care of the local authority.
        ChildrenSocialCare = "children_social_care",
        /// The local authority's front door or multi-agency safeguarding hub.
        Mash = "mash",
        /// The local authority's early help or family help.
        EarlyHelp = "early_help",
        /// A court.
        Court = "court",
        /// The youth justice service.
        YouthJustice = "youth_justice",
        /// The police.
        Police = "police",
        /// Health, with child and adolescent mental health.
        Health = "health",
        /// The virtual school.
        VirtualSchool = "virtual_school",
        /// The Channel panel.
        Channel = "channel",
        /// Another agency.
        Other = "other",
    }
}

crate::words! {
    /// What was decided about the child's place in the system.
    pub enum DecisionOutcome {
        /// Support begins at the level named.
        Begins = "begins",
        /// It is stepped up to the level named.
        StepsUp = "steps_up",
        /// It is stepped down to the level named.
        StepsDown = "steps_down",
        /// It goes on as it is.
        Continues = "continues",
        /// It ends.
        Ends = "ends",
        /// Nothing further is done.
        NoFurtherAction = "no_further_action",
    }
}
