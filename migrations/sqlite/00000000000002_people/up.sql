-- Adults: who they are, where they work, which roles they hold, and how they come in.

CREATE TABLE people (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    preferred_name TEXT,
    name_folded TEXT NOT NULL,
    work_email TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, work_email)
) STRICT;
CREATE INDEX people_by_name ON people (trust_id, name_folded, id);

-- How an identity provider's subject is known here.
CREATE TABLE subjects (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, issuer, subject),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;

CREATE TABLE engagements (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    school_id TEXT,
    category TEXT NOT NULL,
    post TEXT,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX engagements_by_person ON engagements (trust_id, person_id, id);
CREATE INDEX engagements_by_school ON engagements (trust_id, school_id, id);

CREATE TABLE appointments (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    school_id TEXT,
    role TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX appointments_by_person ON appointments (trust_id, person_id, id);
CREATE INDEX appointments_by_role ON appointments (trust_id, role, school_id);

CREATE TABLE api_keys (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    person_id TEXT,
    service TEXT,
    role TEXT NOT NULL,
    scopes TEXT NOT NULL,
    school_ids TEXT NOT NULL,
    networks TEXT NOT NULL,
    hash BLOB NOT NULL,
    expires_at TEXT NOT NULL,
    rotated_to TEXT,
    revoked_at TEXT,
    revoked_reason TEXT,
    last_used_at TEXT,
    created_by TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;

-- Principals that are shut out, whatever their token says.
CREATE TABLE revocations (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    person_id TEXT,
    principal TEXT,
    reason TEXT NOT NULL,
    revoked_by TEXT NOT NULL,
    revoked_at TEXT NOT NULL,
    lifted_at TEXT,
    lifted_by TEXT,
    lifted_reason TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;

CREATE TABLE notifications (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    at TEXT NOT NULL,
    read_at TEXT,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX notifications_by_person ON notifications (trust_id, person_id, id);
