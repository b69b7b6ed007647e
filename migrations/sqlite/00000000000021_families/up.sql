-- Families, and what schools record about a pupil beside concerns: support of the family, information that was shared or
-- kept back, restrictive interventions. Nothing is changed or deleted: a correction is the row with the next number.

-- A family group. What it is called stands sealed under a key of its own, since a family has no single pupil.
CREATE TABLE families (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    data_key BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;

CREATE TABLE family_names (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, id) REFERENCES families (trust_id, id)
) STRICT;

-- A pupil's place in a family. What the pupil is in it stands under the pupil's key, with all else that is said.
CREATE TABLE family_members (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    family_id TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, family_id) REFERENCES families (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX family_members_by_family ON family_members (trust_id, family_id, id);
CREATE INDEX family_members_by_pupil ON family_members (trust_id, pupil_id, id);

CREATE TABLE pupil_records (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    class TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    parent_id TEXT,
    concern_id TEXT,
    family_id TEXT,
    owner_id TEXT,
    opened_by TEXT,
    happened_on TEXT NOT NULL,
    due_on TEXT,
    ended_on TEXT,
    withdrawn INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, family_id) REFERENCES families (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX pupil_records_by_pupil ON pupil_records (trust_id, pupil_id, id);
CREATE INDEX pupil_records_by_school ON pupil_records (trust_id, school_id, class, id);
CREATE INDEX pupil_records_by_due ON pupil_records (trust_id, class, due_on, id);
CREATE INDEX pupil_records_by_opener ON pupil_records (trust_id, opened_by, id);
CREATE INDEX pupil_records_by_family ON pupil_records (trust_id, family_id);
CREATE INDEX pupil_records_by_owner ON pupil_records (trust_id, owner_id, id);
CREATE INDEX pupil_records_by_parent ON pupil_records (trust_id, parent_id, id);
CREATE INDEX pupil_records_by_concern ON pupil_records (trust_id, concern_id, id);

-- The adults who took part in an intervention: they read nothing of it but what they submitted themselves.
CREATE TABLE pupil_record_people (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    record_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    lifted_at TEXT,
    PRIMARY KEY (trust_id, record_id, person_id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX pupil_record_people_by_person ON pupil_record_people (trust_id, person_id, record_id);
