//! The vocabularies of a concern.

crate::words! {
    /// Which log a concern stands in.
    pub enum ConcernLog {
        /// The log that the school's safeguarding team reads.
        Safeguarding = "safeguarding",
        /// The log with narrower access: where the trust has switched it on.
        Restricted = "restricted",
    }
}

crate::words! {
    /// The part of a pupil in a concern.
    pub enum PupilRole {
        /// The child whom the concern is about.
        Subject = "subject",
        /// Was harmed, or may have been.
        Victim = "victim",
        /// Is alleged to have harmed another child.
        AllegedPerpetrator = "alleged_perpetrator",
        /// Saw or heard it.
        Witness = "witness",
        /// A brother or sister of the child.
        Sibling = "sibling",
    }
}

crate::words! {
    /// Where it happened.
    pub enum ConcernPlace {
        /// A classroom.
        Classroom = "classroom",
        /// A corridor or stairs.
        Corridor = "corridor",
        /// The playground or grounds.
        Playground = "playground",
        /// Where meals are eaten.
        DiningHall = "dining_hall",
        /// Toilets.
        Toilets = "toilets",
        /// A changing room.
        ChangingRoom = "changing_room",
        /// On a trip or visit.
        OffSite = "off_site",
        /// On the way to or from school, or on school transport.
        Transport = "transport",
        /// At home.
        Home = "home",
        /// Online.
        Online = "online",
        /// Elsewhere in the neighbourhood.
        Community = "community",
        /// At an alternative provider.
        AlternativeProvision = "alternative_provision",
        /// Elsewhere, or not known.
        Other = "other",
    }
}

crate::words! {
    /// When in the day or week it happened.
    pub enum TimeSlot {
        /// Before school.
        BeforeSchool = "before_school",
        /// In a lesson.
        Lesson = "lesson",
        /// In a break.
        Break = "break",
        /// At lunchtime.
        Lunch = "lunch",
        /// After school.
        AfterSchool = "after_school",
        /// In the evening or at night.
        Evening = "evening",
        /// At a weekend.
        Weekend = "weekend",
        /// In a holiday.
        Holiday = "holiday",
        /// Not known.
        Unknown = "unknown",
    }
}

crate::words! {
    /// How the school came to know.
    pub enum ConcernSource {
        /// Somebody saw or noticed it.
        Observation = "observation",
        /// The child said it.
        ChildDisclosure = "child_disclosure",
        /// A parent or carer.
        Parent = "parent",
        /// Another person.
        ThirdParty = "third_party",
        /// Another agency.
        Agency = "agency",
        /// A police notification under Operation Encompass.
        OperationEncompass = "operation_encompass",
        /// Filtering or monitoring of the network.
        OnlineMonitoring = "online_monitoring",
        /// Attendance.
        Attendance = "attendance",
        /// The file of the school before.
        TransferIn = "transfer_in",
    }
}

crate::words! {
    /// Who reports.
    pub enum ReporterKind {
        /// The person who records it.
        Own = "self",
        /// A child.
        Child = "child",
        /// A parent or carer.
        Parent = "parent",
        /// A member of the public.
        Public = "public",
        /// A professional of another organisation.
        Professional = "professional",
        /// Somebody who did not give a name; none is ever stored.
        Anonymous = "anonymous",
    }
}

crate::words! {
    /// How far the work on a concern has come.
    pub enum ConcernState {
        /// Raised; nobody has judged it yet.
        Submitted = "submitted",
        /// Judged: how urgent it is, and what comes next.
        Triaged = "triaged",
        /// An action is recorded, or the decision that none is needed, with its reason.
        InAction = "in_action",
        /// Attendees of a held panel agree to close it, and none who has answered does not.
        ProposedClosure = "proposed_closure",
        /// Closed as the trust's rule says; it can be reopened.
        Closed = "closed",
    }
}

impl ConcernState {
    /// All states but closed.
    pub const OPEN: [Self; 4] = [Self::Submitted, Self::Triaged, Self::InAction, Self::ProposedClosure];
}

crate::words! {
    /// What a reporter is told of the work on a concern, and no more (domain 8.3-2).
    pub enum Progress {
        /// The safeguarding team has it.
        Received = "received",
        /// The safeguarding team has acted on it.
        Actioned = "actioned",
        /// The work on it has come to its end.
        Closed = "closed",
    }
}

crate::words! {
    /// How soon somebody must act.
    pub enum ConcernSeverity {
        /// At once.
        Immediate = "immediate",
        /// Before the day ends.
        SameDay = "same_day",
        /// In the ordinary course.
        Routine = "routine",
    }
}

crate::words! {
    /// Whether a parent or carer was told.
    pub enum ParentInformed {
        /// They were told.
        Yes = "yes",
        /// They were not told, or not yet.
        No = "no",
        /// Telling them could put the child at risk.
        NotSafe = "not_safe",
    }
}

crate::words! {
    /// On what footing information is shared.
    pub enum ConsentBasis {
        /// The family agreed.
        Given = "given",
        /// The family refused, and the child's safety comes first.
        RefusedOverridden = "refused_overridden",
        /// Asking could put the child at risk.
        NotSoughtUnsafe = "not_sought_unsafe",
        /// Nothing is shared for which agreement is asked.
        NotApplicable = "not_applicable",
    }
}

crate::words! {
    /// What an entry among the notes is.
    pub enum ConcernNoteKind {
        /// A note of the safeguarding team.
        Note = "note",
        /// Something that the reporter added.
        Addendum = "addendum",
    }
}

crate::words! {
    /// What is to be done.
    pub enum ConcernActionKind {
        /// Speak with the child.
        SpeakToChild = "speak_to_child",
        /// Speak with a parent or carer.
        SpeakToFamily = "speak_to_family",
        /// Speak with staff.
        SpeakToStaff = "speak_to_staff",
        /// Watch and note.
        Observe = "observe",
        /// Support in school.
        SchoolSupport = "school_support",
        /// Write or renew a risk assessment or safety plan.
        SafetyPlan = "safety_plan",
        /// Ask another agency for advice or information.
        AgencyContact = "agency_contact",
        /// Refer to another agency.
        Referral = "referral",
        /// Hold or attend a meeting.
        Meeting = "meeting",
        /// Something else.
        Other = "other",
    }
}

crate::words! {
    /// What kind of decision it is.
    pub enum ConcernDecisionKind {
        /// A decision on what happens.
        Decision = "decision",
        /// That nothing needs to be done, and why.
        NoAction = "no_action",
    }
}

crate::words! {
    /// Why a person was let in by name.
    pub enum ConcernShareKind {
        /// They work on the concern.
        Assignment = "assignment",
        /// They need to know.
        Share = "share",
        /// Everybody before them on the route is linked to the case. Made by the service alone.
        ConflictRoute = "conflict_route",
        /// They stand in for a trust lead who has a conflict of interest: appointed by the CEO.
        TrustLeadDeputy = "trust_lead_deputy",
        /// The school asked the trust's safeguarding lead for support, who accepted.
        Support = "support",
    }
}

crate::words! {
    /// How much of a concern a share shows.
    pub enum ConcernShareScope {
        /// The whole record, as it is worked on.
        Record = "record",
        /// What was reported, as it was put right last, and whether it was acted on; and the actions that are given to the
        /// person.
        Submission = "submission",
    }
}

crate::words! {
    /// What has become of a request for support.
    pub enum SupportState {
        /// Nobody has answered yet.
        Requested = "requested",
        /// The trust's lead gives support, and reads the concern.
        Accepted = "accepted",
        /// The trust's lead has refused, with the reason.
        Refused = "refused",
        /// The school has taken it back before it was answered.
        Withdrawn = "withdrawn",
        /// Support was given, and is over; or nobody answered until the time for which it was wanted.
        Ended = "ended",
    }
}

crate::words! {
    /// What the trust's lead says to a request for support.
    pub enum SupportAnswer {
        /// They give it: from now on they read the concern.
        Accept = "accept",
        /// They do not, with the reason.
        Refuse = "refuse",
        /// They have given it, and hand it back.
        HandBack = "hand_back",
    }
}

crate::words! {
    /// In what capacity a concern was scrutinised.
    pub enum ScrutinyCapacity {
        /// As one of the school's safeguarding team: a DSL or deputy.
        Team = "team",
        /// As the trust's safeguarding lead, or the deputy whom the CEO appointed for this concern.
        TrustLead = "trust_lead",
    }
}

crate::words! {
    /// The drawing on which a mark is put.
    pub enum BodyView {
        /// The body from the front.
        Front = "front",
        /// The body from behind.
        Back = "back",
        /// The body's left side.
        Left = "left",
        /// The body's right side.
        Right = "right",
        /// The face.
        Face = "face",
        /// The head from behind and above.
        Head = "head",
        /// Both hands, palms and backs.
        Hands = "hands",
        /// Both feet, soles and backs.
        Feet = "feet",
    }
}

crate::words! {
    /// The shape of a mark, as it is seen.
    pub enum BodyMarkShape {
        /// Round.
        Round = "round",
        /// Oval.
        Oval = "oval",
        /// A straight line.
        Line = "line",
        /// A curved line or arch.
        Curve = "curve",
        /// Several marks close together.
        Cluster = "cluster",
        /// In the form of an object or a hand.
        Outline = "outline",
        /// Of no clear shape.
        Irregular = "irregular",
    }
}

crate::words! {
    /// The colour of a mark, as it is seen. On darker skin it may show as a darker patch or by its feel.
    pub enum BodyMarkColour {
        /// Red.
        Red = "red",
        /// Blue.
        Blue = "blue",
        /// Purple.
        Purple = "purple",
        /// Brown.
        Brown = "brown",
        /// Black.
        Black = "black",
        /// Green.
        Green = "green",
        /// Yellow.
        Yellow = "yellow",
        /// White.
        White = "white",
        /// Darker than the skin around it.
        Darker = "darker",
        /// Lighter than the skin around it.
        Lighter = "lighter",
        /// The colour of the skin around it.
        Skin = "skin",
        /// Several colours.
        Mixed = "mixed",
    }
}
