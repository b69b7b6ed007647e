//! What can be done: the rows of the matrix.

crate::words! {
    /// An action that a right is given for. Every operation of the API names one.
    pub enum Action {
        /// Read who one is, with one's own roles.
        MeRead = "me.read",
        /// Read one's own notifications and tasks.
        MeInbox = "me.inbox",
        /// Read the access matrix and the reasons of one's own rights.
        AccessRead = "access.read",
        /// Read the national register of establishments.
        EstablishmentRead = "establishment.read",
        /// Read the trust and its settings.
        TrustRead = "trust.read",
        /// Change the trust's settings.
        TrustChange = "trust.change",
        /// Read hubs and schools.
        SchoolRead = "school.read",
        /// Make and change hubs and schools.
        SchoolManage = "school.manage",
        /// Read the calendar.
        CalendarRead = "calendar.read",
        /// Make and change calendars.
        CalendarManage = "calendar.manage",
        /// Read people, their engagements and appointments.
        PersonRead = "person.read",
        /// Make and change people and their engagements.
        PersonManage = "person.manage",
        /// Say under which login an identity provider knows a person.
        SubjectManage = "subject.manage",
        /// Make and change appointments.
        AppointmentManage = "appointment.manage",
        /// Find a pupil by name, to name them in a concern or a conflict of interest: name and year group only.
        PupilFind = "pupil.find",
        /// Read a pupil's record.
        PupilRead = "pupil.read",
        /// Read a pupil's protected characteristics.
        PupilReadProtected = "pupil.read-protected",
        /// Make and change pupils, enrolments and characteristics.
        PupilManage = "pupil.manage",
        /// Read that another school's new pupil may be a child whom one's own school has.
        PupilMatch = "pupil.match",
        /// Say whether another school's new pupil is a child whom one's own school has.
        PupilSettleMatch = "pupil.settle-match",
        /// Read conflicts of interest.
        ConflictRead = "conflict.read",
        /// Record and end conflicts of interest.
        ConflictManage = "conflict.manage",
        /// Read a pupil's statuses and the external decisions on which they rest.
        StatusRead = "status.read",
        /// Record statuses and external decisions.
        StatusRecord = "status.record",
        /// Read of meetings of agencies about a pupil.
        AgencyMeetingRead = "agency-meeting.read",
        /// Record invitations to them, reports for them, and what came of them.
        AgencyMeetingRecord = "agency-meeting.record",
        /// Read of a pupil's placements with alternative providers.
        ApPlacementRead = "ap-placement.read",
        /// Record such placements, the provider's confirmation, and checks.
        ApPlacementRecord = "ap-placement.record",
        /// Record that a teacher discovered female genital mutilation: one's own discovery, or, for whoever reads these reports
        /// at the school, a teacher's.
        FgmReportMake = "fgm-report.make",
        /// Read what a teacher discovered and reported to the police.
        FgmReportRead = "fgm-report.read",
        /// Record the teacher's report to the police, and that a lead was told; corrections.
        FgmReportRecord = "fgm-report.record",
        /// Read assessments of a pupil's risks and needs, with their actions.
        RiskAssessmentRead = "risk-assessment.read",
        /// Record such assessments, their reviews and actions.
        RiskAssessmentRecord = "risk-assessment.record",
        /// Read a pupil's chronology.
        ChronologyRead = "chronology.read",
        /// Mark entries of a chronology as significant.
        ChronologyMark = "chronology.mark",
        /// Read which pupils a school holds as complex.
        ComplexPupilRead = "complex-pupil.read",
        /// Hold pupils as complex, and record their reviews.
        ComplexPupilManage = "complex-pupil.manage",
        /// Read families: which pupils belong together, of those whom one may see.
        FamilyRead = "family.read",
        /// Make families, name them, and put pupils into them.
        FamilyManage = "family.manage",
        /// Read support of families, with what was done in it.
        FamilySupportRead = "family-support.read",
        /// Begin support of a family.
        FamilySupportRecord = "family-support.record",
        /// Work on support of a family: contacts, signposts, reviews, corrections, its end.
        FamilySupportWork = "family-support.work",
        /// Read what was decided about sharing information.
        SharingRead = "sharing.read",
        /// Record that information was shared, or kept back.
        SharingRecord = "sharing.record",
        /// Read restrictive interventions: all of a school, or what one has submitted.
        InterventionRead = "intervention.read",
        /// Record a restrictive intervention.
        InterventionRecord = "intervention.record",
        /// Correct a restrictive intervention, and record what was done afterwards.
        InterventionWork = "intervention.work",
        /// Read the categories of concern.
        CategoryRead = "category.read",
        /// Add and retire the trust's own categories.
        CategoryManage = "category.manage",
        /// Read the guidance on recording.
        GuidanceRead = "guidance.read",
        /// Publish the guidance on recording.
        GuidanceManage = "guidance.manage",
        /// Read the directory of agencies to which concerns are referred.
        AgencyRead = "agency.read",
        /// Keep that directory.
        AgencyManage = "agency.manage",
        /// Read the threshold documents of local authorities.
        ThresholdRead = "threshold.read",
        /// Record the threshold documents of local authorities.
        ThresholdManage = "threshold.manage",
        /// Raise a concern about a child.
        ConcernRaise = "concern.raise",
        /// Read concerns about children.
        ConcernRead = "concern.read",
        /// Read concerns in the restricted log.
        ConcernReadRestricted = "concern.read-restricted",
        /// Read who reported, where the reporter's identity is protected.
        ConcernReadReporter = "concern.read-reporter",
        /// Add to a concern that one has raised.
        ConcernAdd = "concern.add",
        /// Work a concern: triage, notes, actions, decisions, corrections.
        ConcernWork = "concern.work",
        /// Work a concern in the restricted log.
        ConcernWorkRestricted = "concern.work-restricted",
        /// Record what came of an action in a concern: whoever works it, and the action's owner while they read it.
        ConcernRecordOutcome = "concern.record-outcome",
        /// Read to which agencies a concern was referred, and what became of it.
        ConcernReadReferrals = "concern.read-referrals",
        /// Refer a concern to other agencies, and record their answers, chases and challenges.
        ConcernRefer = "concern.refer",
        /// Read the body map and the attachments of concerns; a reporter, what they gave themselves.
        ConcernReadEvidence = "concern.read-evidence",
        /// Add marks on a body map and attachments to a concern; a reporter, to what they have raised.
        ConcernAddEvidence = "concern.add-evidence",
        /// Put right a mark on a body map.
        ConcernCorrectEvidence = "concern.correct-evidence",
        /// Assign a concern, and share it with named people.
        ConcernShare = "concern.share",
        /// Ask the trust's safeguarding lead for support in a concern, and end what was asked or given.
        ConcernAskSupport = "concern.ask-support",
        /// Put a concern where it belongs: into the restricted log or out of it, under the right school.
        ConcernPlace = "concern.place",
        /// Read who has looked at a concern.
        ConcernAccessLog = "concern.access-log",
        /// Scrutinise a concern, at any time.
        ConcernScrutinise = "concern.scrutinise",
        /// Close a concern as the trust's rule says.
        ConcernClose = "concern.close",
        /// Reopen a closed concern.
        ConcernReopen = "concern.reopen",
        /// Appoint a deputy for a trust lead who has a conflict of interest in a concern; no case is read by it.
        ConcernDeputise = "concern.deputise",
        /// Read which support schools ask of the trust's safeguarding lead, accept or refuse it, and hand it back.
        SupportAnswer = "support.answer",
        /// Break the glass: read for a while a case that one's roles do not open. Of people, never of API keys.
        BreakGlassUse = "break-glass.use",
        /// Read who broke the glass, for what and why, and what was said of it.
        BreakGlassRead = "break-glass.read",
        /// End before its time what was opened by breaking the glass: one's own, or at one's school.
        BreakGlassEnd = "break-glass.end",
        /// Say, as a second person, whether it was right to break the glass.
        BreakGlassReview = "break-glass.review",
        /// Read panels: agenda, attendance, minutes, decisions, answers.
        PanelRead = "panel.read",
        /// Call panels, and record attendance, minutes and decisions.
        PanelManage = "panel.manage",
        /// Read one decision of a panel: its owner, and whoever reads the panel.
        PanelReadDecision = "panel.read-decision",
        /// Say that a panel's decision was done, or call it off: its owner, and whoever records the panel's decisions.
        PanelSettleDecision = "panel.settle-decision",
        /// Answer, as an attendee, whether a concern may be closed.
        PanelAgree = "panel.agree",
        /// Read in which weeks no panel was held: held or not, and nothing else.
        PanelWeeks = "panel.weeks",
        /// Bring in records from files, each kind with the right to make its records by hand.
        ImportRun = "import.run",
        /// Read what is due and overdue, of what one may read.
        DeadlineRead = "deadline.read",
        /// Read audit entries.
        AuditRead = "audit.read",
        /// Read which API keys there are, for whom and with which rights; never their secrets.
        KeyRead = "key.read",
        /// Make, rotate and revoke API keys.
        KeyManage = "key.manage",
        /// Grant a service's key the right to read.
        KeyGrant = "key.grant",
        /// Confirm, as a second person, a service's key that somebody else made: what shows the log takes a right to the
        /// whole trust, what shows people or pupils the right to grant.
        KeyConfirm = "key.confirm",
        /// Shut out a principal, and let it in again.
        RevocationManage = "revocation.manage",
    }
}

impl Action {
    /// Whether the action is done to a concern.
    pub fn is_about_a_concern(self) -> bool {
        self.as_str().starts_with("concern.")
    }

    /// Whether it touches records of children, or who looked at them: there every denial hangs on the person, so a
    /// token whose person is not known gets nothing.
    pub const fn is_case_work(self) -> bool {
        matches!(
            self,
            Self::ConcernRaise
                | Self::ConcernRead
                | Self::ConcernReadRestricted
                | Self::ConcernReadReporter
                | Self::ConcernAdd
                | Self::ConcernWork
                | Self::ConcernWorkRestricted
                | Self::ConcernRecordOutcome
                | Self::ConcernReadReferrals
                | Self::ConcernRefer
                | Self::ConcernReadEvidence
                | Self::ConcernAddEvidence
                | Self::ConcernCorrectEvidence
                | Self::ConcernShare
                | Self::ConcernAskSupport
                | Self::ConcernPlace
                | Self::ConcernAccessLog
                | Self::ConcernScrutinise
                | Self::ConcernClose
                | Self::ConcernReopen
                | Self::ConcernDeputise
                | Self::SupportAnswer
                | Self::BreakGlassUse
                | Self::BreakGlassRead
                | Self::BreakGlassEnd
                | Self::BreakGlassReview
                | Self::PanelRead
                | Self::PanelManage
                | Self::PanelReadDecision
                | Self::PanelSettleDecision
                | Self::PanelAgree
                | Self::DeadlineRead
                | Self::ConflictRead
                | Self::ConflictManage
                | Self::StatusRead
                | Self::StatusRecord
                | Self::AgencyMeetingRead
                | Self::AgencyMeetingRecord
                | Self::ApPlacementRead
                | Self::ApPlacementRecord
                | Self::FgmReportMake
                | Self::FgmReportRead
                | Self::FgmReportRecord
                | Self::RiskAssessmentRead
                | Self::RiskAssessmentRecord
                | Self::ChronologyRead
                | Self::ChronologyMark
                | Self::ComplexPupilRead
                | Self::ComplexPupilManage
                | Self::FamilyRead
                | Self::FamilyManage
                | Self::FamilySupportRead
                | Self::FamilySupportRecord
                | Self::FamilySupportWork
                | Self::SharingRead
                | Self::SharingRecord
                | Self::InterventionRead
                | Self::InterventionRecord
                | Self::InterventionWork
                | Self::PupilFind
                | Self::PupilRead
                | Self::PupilReadProtected
                | Self::PupilManage
                | Self::PupilMatch
                | Self::PupilSettleMatch
                | Self::AuditRead
        )
    }

    /// Whether a read under this action is written to the audit log.
    pub const fn is_sensitive(self) -> bool {
        let is_read = self.is_case_work()
            && !matches!(self, Self::PupilFind | Self::PupilManage | Self::PupilSettleMatch);
        is_read || matches!(self, Self::ImportRun)
    }
}
