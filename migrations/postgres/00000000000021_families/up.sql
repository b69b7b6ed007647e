-- Families, and what schools record about a pupil beside concerns: support of the family, information that was shared or
-- kept back, restrictive interventions. Nothing is changed or deleted: a correction is the row with the next number.

-- A family group. What it is called stands sealed under a key of its own, since a family has no single pupil.
CREATE TABLE families (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    data_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
SELECT tutela_protect('families');

CREATE TABLE family_names (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, id) REFERENCES families (trust_id, id)
);
SELECT tutela_protect('family_names');

-- A pupil's place in a family. What the pupil is in it stands under the pupil's key, with all else that is said.
CREATE TABLE family_members (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    family_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    starts_on date,
    ends_on date,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, family_id) REFERENCES families (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX family_members_by_family ON family_members (trust_id, family_id, id);
CREATE INDEX family_members_by_pupil ON family_members (trust_id, pupil_id, id);
SELECT tutela_protect('family_members');

CREATE TABLE pupil_records (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    class text NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    parent_id uuid,
    concern_id uuid,
    family_id uuid,
    owner_id uuid,
    opened_by uuid,
    happened_on date NOT NULL,
    due_on date,
    ended_on date,
    withdrawn boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, family_id) REFERENCES families (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
);
CREATE INDEX pupil_records_by_pupil ON pupil_records (trust_id, pupil_id, id);
CREATE INDEX pupil_records_by_school ON pupil_records (trust_id, school_id, class, id);
CREATE INDEX pupil_records_by_due ON pupil_records (trust_id, class, due_on, id);
CREATE INDEX pupil_records_by_opener ON pupil_records (trust_id, opened_by, id);
CREATE INDEX pupil_records_by_family ON pupil_records (trust_id, family_id);
CREATE INDEX pupil_records_by_owner ON pupil_records (trust_id, owner_id, id);
CREATE INDEX pupil_records_by_parent ON pupil_records (trust_id, parent_id, id);
CREATE INDEX pupil_records_by_concern ON pupil_records (trust_id, concern_id, id);
SELECT tutela_protect('pupil_records');

-- The adults who took part in an intervention: they read nothing of it but what they submitted themselves.
CREATE TABLE pupil_record_people (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    record_id uuid NOT NULL,
    person_id uuid NOT NULL,
    lifted_at timestamptz,
    PRIMARY KEY (trust_id, record_id, person_id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
CREATE INDEX pupil_record_people_by_person ON pupil_record_people (trust_id, person_id, record_id);
SELECT tutela_protect('pupil_record_people');
