-- What outside decisions make of a child's place in the system, the marks on a chronology, and the pupils whom a
-- school holds as complex. Text stands sealed under the pupil's own key; nothing is changed or deleted: a correction is
-- the row with the next number.

-- The key of what is written about a pupil outside any concern.
CREATE TABLE pupil_cases (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    pupil_id uuid NOT NULL,
    data_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, pupil_id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
SELECT tutela_protect('pupil_cases');

CREATE TABLE external_decisions (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    agency text NOT NULL,
    outcome text NOT NULL,
    level text,
    decided_on date NOT NULL,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX external_decisions_by_pupil ON external_decisions (trust_id, pupil_id, id);
SELECT tutela_protect('external_decisions');

CREATE TABLE pupil_statuses (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    kind text NOT NULL,
    category text,
    starts_on date NOT NULL,
    ends_on date,
    start_decision_id uuid,
    end_decision_id uuid,
    follows_id uuid,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX pupil_statuses_by_pupil ON pupil_statuses (trust_id, pupil_id, id);
SELECT tutela_protect('pupil_statuses');

CREATE TABLE chronology_marks (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    source_id uuid NOT NULL,
    number integer NOT NULL,
    significant boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, pupil_id, kind, source_id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
SELECT tutela_protect('chronology_marks');

CREATE TABLE complex_pupils (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    school_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    held_since date NOT NULL,
    next_review_on date,
    ended_on date,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
CREATE INDEX complex_pupils_by_school ON complex_pupils (trust_id, school_id, id);
CREATE INDEX complex_pupils_by_pupil ON complex_pupils (trust_id, pupil_id, id);
SELECT tutela_protect('complex_pupils');

CREATE TABLE complex_pupil_reviews (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    complex_pupil_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    held_on date NOT NULL,
    outcome text NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
CREATE INDEX complex_pupil_reviews_by_entry ON complex_pupil_reviews (trust_id, complex_pupil_id, id);
CREATE INDEX complex_pupil_reviews_by_pupil ON complex_pupil_reviews (trust_id, pupil_id, id);
SELECT tutela_protect('complex_pupil_reviews');
