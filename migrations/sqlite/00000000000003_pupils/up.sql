-- Children: who they are, where they are on roll, what is known about them over time, and which adults must not read
-- of them.

CREATE TABLE pupils (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    upn TEXT,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    preferred_name TEXT,
    name_folded TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, upn)
) STRICT;
CREATE INDEX pupils_by_name ON pupils (trust_id, name_folded, id);

CREATE TABLE enrolments (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    year_group INTEGER,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX enrolments_by_pupil ON enrolments (trust_id, pupil_id, school_id);
CREATE INDEX enrolments_by_school ON enrolments (trust_id, school_id, pupil_id);

CREATE TABLE characteristics (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;
CREATE INDEX characteristics_by_pupil ON characteristics (trust_id, pupil_id, id);

CREATE TABLE conflicts (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    relationship TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT,
    end_reason TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;
CREATE INDEX conflicts_by_person ON conflicts (trust_id, person_id, pupil_id);
CREATE INDEX conflicts_by_pupil ON conflicts (trust_id, pupil_id, person_id);
