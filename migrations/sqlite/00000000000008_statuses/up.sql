-- What outside decisions make of a child's place in the system, the marks on a chronology, and the pupils whom a
-- school holds as complex. Text stands sealed under the pupil's own key; nothing is changed or deleted: a correction is
-- the row with the next number.

-- The key of what is written about a pupil outside any concern.
CREATE TABLE pupil_cases (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    pupil_id TEXT NOT NULL,
    data_key BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, pupil_id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;

CREATE TABLE external_decisions (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    agency TEXT NOT NULL,
    outcome TEXT NOT NULL,
    level TEXT,
    decided_on TEXT NOT NULL,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX external_decisions_by_pupil ON external_decisions (trust_id, pupil_id, id);

CREATE TABLE pupil_statuses (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    start_decision_id TEXT,
    end_decision_id TEXT,
    follows_id TEXT,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX pupil_statuses_by_pupil ON pupil_statuses (trust_id, pupil_id, id);

CREATE TABLE chronology_marks (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    significant INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, pupil_id, kind, source_id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;

CREATE TABLE complex_pupils (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    school_id TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    held_since TEXT NOT NULL,
    next_review_on TEXT,
    ended_on TEXT,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;
CREATE INDEX complex_pupils_by_school ON complex_pupils (trust_id, school_id, id);
CREATE INDEX complex_pupils_by_pupil ON complex_pupils (trust_id, pupil_id, id);

CREATE TABLE complex_pupil_reviews (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    complex_pupil_id TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    held_on TEXT NOT NULL,
    outcome TEXT NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;
CREATE INDEX complex_pupil_reviews_by_entry ON complex_pupil_reviews (trust_id, complex_pupil_id, id);
CREATE INDEX complex_pupil_reviews_by_pupil ON complex_pupil_reviews (trust_id, pupil_id, id);
