-- A pupil's row as it was before it was changed: what a school that the pupil has left goes on seeing. It held at the end
-- of the days from `from_on` on, until `until_on`; one that held at the end of no day is not kept. `record_id` is the
-- record it belonged to, which may have gone into the pupil's since.
ALTER TABLE pupils ADD COLUMN in_force_from date NOT NULL DEFAULT '1900-01-01';
CREATE TABLE pupil_versions (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    record_id uuid NOT NULL,
    until_on date NOT NULL,
    from_on date NOT NULL,
    pupil_id uuid NOT NULL,
    upn text COLLATE "C",
    given_name text NOT NULL,
    family_name text NOT NULL,
    preferred_name text,
    name_folded text COLLATE "C" NOT NULL,
    birth_date date NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    claimed_upn text COLLATE "C",
    PRIMARY KEY (trust_id, record_id, until_on),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
CREATE INDEX pupil_versions_by_pupil ON pupil_versions (trust_id, pupil_id, until_on);
CREATE INDEX pupil_versions_by_name ON pupil_versions (trust_id, name_folded, pupil_id);
SELECT tutela_protect('pupil_versions');

-- The record by which a school knew the pupil, where it went into the pupil's on `joined_on`.
ALTER TABLE enrolments ADD COLUMN record_id uuid;
ALTER TABLE enrolments ADD COLUMN joined_on date NOT NULL DEFAULT '1900-01-01';
-- Whether a school sees a pupil's present row is answered by the index alone.
DROP INDEX enrolments_by_school;
CREATE INDEX enrolments_by_school ON enrolments (trust_id, school_id, pupil_id, ends_on, joined_on);

-- Whom an account named before a record went into another one, and in which part: all that it named of the two.
CREATE TABLE concern_pupil_joins (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    concern_id uuid NOT NULL,
    number integer NOT NULL,
    joined_at timestamptz NOT NULL,
    record_id uuid NOT NULL,
    role text NOT NULL,
    became_id uuid NOT NULL,
    PRIMARY KEY (trust_id, concern_id, number, joined_at, record_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
SELECT tutela_protect('concern_pupil_joins');

-- Values of protected kinds, and why a conflict of interest ended, are sealed under the pupil's key; `value` is empty
-- then, and `end_reason` null. What stood in clear is still read and is sealed when it is next written, since SQL cannot
-- seal; nothing has been released with such rows.
ALTER TABLE characteristics ADD COLUMN body bytea;
ALTER TABLE conflicts ADD COLUMN body bytea;
