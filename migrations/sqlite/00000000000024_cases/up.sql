-- What is written of a child's case around the concerns: meetings of agencies, placements with alternative providers,
-- reports of female genital mutilation, and assessments of risks and needs. Text stands sealed under the pupil's own key;
-- nothing is changed or deleted: a correction is the row with the next number. Of which days something of a record is
-- due, and whether all of that is settled, follows from the other columns and is kept so that lists can ask for it.

-- Meetings of agencies about a pupil: the invitation, the school's report, who went, and what came of it. `followed_on`
-- follows from the other meetings of the pupil: it says when the invitation to the next one came.
CREATE TABLE agency_meetings (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    agency TEXT NOT NULL,
    invited_on TEXT NOT NULL,
    meets_on TEXT NOT NULL,
    lead_id TEXT,
    wants_report INTEGER NOT NULL,
    report_due_on TEXT,
    report_sent_on TEXT,
    took_place INTEGER,
    attended INTEGER,
    outcome_on TEXT,
    external_decision_id TEXT,
    status_id TEXT,
    next_kind TEXT,
    next_on TEXT,
    followed_on TEXT,
    first_due_on TEXT,
    last_due_on TEXT,
    settled INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, lead_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX agency_meetings_by_pupil ON agency_meetings (trust_id, pupil_id, id);
CREATE INDEX agency_meetings_by_day ON agency_meetings (trust_id, settled, first_due_on);

-- Placements with alternative providers, with the provider's written confirmation.
CREATE TABLE ap_placements (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    provider_urn INTEGER,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    confirmed_on TEXT,
    ended INTEGER NOT NULL,
    first_due_on TEXT,
    last_due_on TEXT,
    settled INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX ap_placements_by_pupil ON ap_placements (trust_id, pupil_id, id);
CREATE INDEX ap_placements_by_day ON ap_placements (trust_id, settled, first_due_on);

-- What was seen there: half-termly reviews, attendance and safety.
CREATE TABLE ap_checks (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    placement_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    done_on TEXT NOT NULL,
    outcome TEXT NOT NULL,
    first_due_on TEXT,
    last_due_on TEXT,
    settled INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX ap_checks_by_pupil ON ap_checks (trust_id, pupil_id, id);

-- What a teacher discovered, and their own report to the police.
CREATE TABLE fgm_reports (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    teacher_id TEXT NOT NULL,
    discovered_on TEXT NOT NULL,
    reported_at TEXT,
    dsl_told_on TEXT,
    first_due_on TEXT,
    last_due_on TEXT,
    settled INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, teacher_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX fgm_reports_by_pupil ON fgm_reports (trust_id, pupil_id, id);
CREATE INDEX fgm_reports_by_day ON fgm_reports (trust_id, settled, first_due_on);

-- Assessments of risks and needs.
CREATE TABLE risk_assessments (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    assessed_on TEXT NOT NULL,
    review_on TEXT,
    ended_on TEXT,
    first_due_on TEXT,
    last_due_on TEXT,
    settled INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX risk_assessments_by_pupil ON risk_assessments (trust_id, pupil_id, id);
CREATE INDEX risk_assessments_by_day ON risk_assessments (trust_id, settled, first_due_on);

-- What is to be done by an assessment, by whom, and by when.
CREATE TABLE risk_actions (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    due_on TEXT NOT NULL,
    done_on TEXT,
    first_due_on TEXT,
    last_due_on TEXT,
    settled INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX risk_actions_by_pupil ON risk_actions (trust_id, pupil_id, id);
CREATE INDEX risk_actions_by_day ON risk_actions (trust_id, settled, first_due_on);
