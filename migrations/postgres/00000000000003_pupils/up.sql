-- Children: who they are, where they are on roll, what is known about them over time, and which adults must not read
-- of them.

CREATE TABLE pupils (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    upn text COLLATE "C",
    given_name text NOT NULL,
    family_name text NOT NULL,
    preferred_name text,
    name_folded text COLLATE "C" NOT NULL,
    birth_date date NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, upn)
);
CREATE INDEX pupils_by_name ON pupils (trust_id, name_folded, id);
SELECT tutela_protect('pupils');

CREATE TABLE enrolments (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    year_group smallint,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX enrolments_by_pupil ON enrolments (trust_id, pupil_id, school_id);
CREATE INDEX enrolments_by_school ON enrolments (trust_id, school_id, pupil_id);
SELECT tutela_protect('enrolments');

CREATE TABLE characteristics (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
CREATE INDEX characteristics_by_pupil ON characteristics (trust_id, pupil_id, id);
SELECT tutela_protect('characteristics');

CREATE TABLE conflicts (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    relationship text NOT NULL,
    recorded_by text NOT NULL,
    ended_at timestamptz,
    ended_by text,
    end_reason text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
CREATE INDEX conflicts_by_person ON conflicts (trust_id, person_id, pupil_id);
CREATE INDEX conflicts_by_pupil ON conflicts (trust_id, pupil_id, person_id);
SELECT tutela_protect('conflicts');
