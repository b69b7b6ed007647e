-- Adults: who they are, where they work, which roles they hold, and how they come in.

CREATE TABLE people (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    given_name text NOT NULL,
    family_name text NOT NULL,
    preferred_name text,
    name_folded text COLLATE "C" NOT NULL,
    work_email text COLLATE "C",
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, work_email)
);
CREATE INDEX people_by_name ON people (trust_id, name_folded, id);
SELECT tutela_protect('people');

-- How an identity provider's subject is known here.
CREATE TABLE subjects (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, issuer, subject),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
SELECT tutela_protect('subjects');

CREATE TABLE engagements (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    school_id uuid,
    category text NOT NULL,
    post text,
    starts_on date NOT NULL,
    ends_on date,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX engagements_by_person ON engagements (trust_id, person_id, id);
CREATE INDEX engagements_by_school ON engagements (trust_id, school_id, id);
SELECT tutela_protect('engagements');

CREATE TABLE appointments (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    school_id uuid,
    role text COLLATE "C" NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX appointments_by_person ON appointments (trust_id, person_id, id);
CREATE INDEX appointments_by_role ON appointments (trust_id, role, school_id);
SELECT tutela_protect('appointments');

CREATE TABLE api_keys (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    name text NOT NULL,
    person_id uuid,
    service text,
    role text NOT NULL,
    scopes text NOT NULL,
    school_ids text NOT NULL,
    networks text NOT NULL,
    hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    rotated_to uuid,
    revoked_at timestamptz,
    revoked_reason text,
    last_used_at timestamptz,
    created_by text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
SELECT tutela_protect('api_keys');

-- Principals that are shut out, whatever their token says.
CREATE TABLE revocations (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    person_id uuid,
    principal text COLLATE "C",
    reason text NOT NULL,
    revoked_by text NOT NULL,
    revoked_at timestamptz NOT NULL,
    lifted_at timestamptz,
    lifted_by text,
    lifted_reason text,
    version bigint NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
SELECT tutela_protect('revocations');

CREATE TABLE notifications (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    record_id uuid NOT NULL,
    at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
CREATE INDEX notifications_by_person ON notifications (trust_id, person_id, id);
SELECT tutela_protect('notifications');
