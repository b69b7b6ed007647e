-- What is written of a child's case around the concerns: meetings of agencies, placements with alternative providers,
-- reports of female genital mutilation, and assessments of risks and needs. Text stands sealed under the pupil's own key;
-- nothing is changed or deleted: a correction is the row with the next number. Of which days something of a record is
-- due, and whether all of that is settled, follows from the other columns and is kept so that lists can ask for it.

-- Meetings of agencies about a pupil: the invitation, the school's report, who went, and what came of it. `followed_on`
-- follows from the other meetings of the pupil: it says when the invitation to the next one came.
CREATE TABLE agency_meetings (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    agency text COLLATE "C" NOT NULL,
    invited_on date NOT NULL,
    meets_on date NOT NULL,
    lead_id uuid,
    wants_report boolean NOT NULL,
    report_due_on date,
    report_sent_on date,
    took_place boolean,
    attended boolean,
    outcome_on date,
    external_decision_id uuid,
    status_id uuid,
    next_kind text COLLATE "C",
    next_on date,
    followed_on date,
    first_due_on date,
    last_due_on date,
    settled boolean NOT NULL,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, lead_id) REFERENCES people (trust_id, id)
);
CREATE INDEX agency_meetings_by_pupil ON agency_meetings (trust_id, pupil_id, id);
CREATE INDEX agency_meetings_by_day ON agency_meetings (trust_id, settled, first_due_on);
SELECT tutela_protect('agency_meetings');

-- Placements with alternative providers, with the provider's written confirmation.
CREATE TABLE ap_placements (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    provider_urn integer,
    starts_on date NOT NULL,
    ends_on date,
    confirmed_on date,
    ended boolean NOT NULL,
    first_due_on date,
    last_due_on date,
    settled boolean NOT NULL,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX ap_placements_by_pupil ON ap_placements (trust_id, pupil_id, id);
CREATE INDEX ap_placements_by_day ON ap_placements (trust_id, settled, first_due_on);
SELECT tutela_protect('ap_placements');

-- What was seen there: half-termly reviews, attendance and safety.
CREATE TABLE ap_checks (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    placement_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    done_on date NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    first_due_on date,
    last_due_on date,
    settled boolean NOT NULL,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX ap_checks_by_pupil ON ap_checks (trust_id, pupil_id, id);
SELECT tutela_protect('ap_checks');

-- What a teacher discovered, and their own report to the police.
CREATE TABLE fgm_reports (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    teacher_id uuid NOT NULL,
    discovered_on date NOT NULL,
    reported_at timestamptz,
    dsl_told_on date,
    first_due_on date,
    last_due_on date,
    settled boolean NOT NULL,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, teacher_id) REFERENCES people (trust_id, id)
);
CREATE INDEX fgm_reports_by_pupil ON fgm_reports (trust_id, pupil_id, id);
CREATE INDEX fgm_reports_by_day ON fgm_reports (trust_id, settled, first_due_on);
SELECT tutela_protect('fgm_reports');

-- Assessments of risks and needs.
CREATE TABLE risk_assessments (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    assessed_on date NOT NULL,
    review_on date,
    ended_on date,
    first_due_on date,
    last_due_on date,
    settled boolean NOT NULL,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX risk_assessments_by_pupil ON risk_assessments (trust_id, pupil_id, id);
CREATE INDEX risk_assessments_by_day ON risk_assessments (trust_id, settled, first_due_on);
SELECT tutela_protect('risk_assessments');

-- What is to be done by an assessment, by whom, and by when.
CREATE TABLE risk_actions (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    assessment_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    due_on date NOT NULL,
    done_on date,
    first_due_on date,
    last_due_on date,
    settled boolean NOT NULL,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
);
CREATE INDEX risk_actions_by_pupil ON risk_actions (trust_id, pupil_id, id);
CREATE INDEX risk_actions_by_day ON risk_actions (trust_id, settled, first_due_on);
SELECT tutela_protect('risk_actions');
