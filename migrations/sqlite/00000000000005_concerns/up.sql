-- Concerns about children. The text of a case stands sealed in binary columns only; entries are never changed or
-- deleted, a correction is a row with the next number.

CREATE TABLE concerns (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    log TEXT NOT NULL,
    raised_by TEXT,
    raised_by_principal TEXT NOT NULL,
    reporter_kind TEXT NOT NULL,
    reporter_protected INTEGER NOT NULL,
    guidance_id TEXT,
    reported_at TEXT NOT NULL,
    account_number INTEGER NOT NULL,
    state TEXT NOT NULL,
    severity TEXT,
    school_view_level INTEGER,
    monitor INTEGER NOT NULL,
    data_key BLOB NOT NULL,
    version INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, raised_by) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, guidance_id) REFERENCES recording_guidance (trust_id, id)
) STRICT;
CREATE INDEX concerns_by_school ON concerns (trust_id, school_id, reported_at, id);
CREATE INDEX concerns_by_time ON concerns (trust_id, reported_at, id);
CREATE INDEX concerns_by_reporter ON concerns (trust_id, raised_by, reported_at, id);
CREATE INDEX concerns_by_principal ON concerns (trust_id, raised_by_principal, reported_at, id);

CREATE TABLE concern_accounts (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    occurred_at TEXT,
    occurred_approximately INTEGER NOT NULL,
    place TEXT NOT NULL,
    time_slot TEXT NOT NULL,
    source TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;

CREATE TABLE concern_categories (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    concern_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    code TEXT NOT NULL,
    is_primary INTEGER NOT NULL,
    PRIMARY KEY (trust_id, concern_id, number, code),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;
CREATE INDEX concern_categories_by_code ON concern_categories (trust_id, code, concern_id);

CREATE TABLE concern_pupils (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    concern_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    pupil_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (trust_id, concern_id, number, pupil_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;
CREATE INDEX concern_pupils_by_pupil ON concern_pupils (trust_id, pupil_id, concern_id);

-- Adults whom a child's concern touches: they never read it, under any role.
CREATE TABLE concern_adults (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    concern_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (trust_id, concern_id, number, person_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX concern_adults_by_person ON concern_adults (trust_id, person_id, concern_id);

CREATE TABLE concern_triages (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    severity TEXT NOT NULL,
    school_view_level INTEGER,
    monitor INTEGER NOT NULL,
    parent_informed TEXT NOT NULL,
    consent_basis TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;

CREATE TABLE concern_notes (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    concern_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    author_id TEXT,
    happened_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;
CREATE INDEX concern_notes_by_concern ON concern_notes (trust_id, concern_id, id);

CREATE TABLE concern_actions (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    concern_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    author_id TEXT,
    owner_id TEXT,
    due_on TEXT,
    is_required INTEGER NOT NULL,
    done_on TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX concern_actions_by_concern ON concern_actions (trust_id, concern_id, id);
CREATE INDEX concern_actions_by_owner ON concern_actions (trust_id, owner_id, due_on, id);

CREATE TABLE concern_decisions (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    concern_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    author_id TEXT,
    decided_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;
CREATE INDEX concern_decisions_by_concern ON concern_decisions (trust_id, concern_id, id);

CREATE TABLE concern_links (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    other_id TEXT NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, other_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, other_id) REFERENCES concerns (trust_id, id)
) STRICT;
CREATE INDEX concern_links_by_other ON concern_links (trust_id, other_id, concern_id);

-- Who was let in, by whom and why: the history.
CREATE TABLE concern_shares (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    granted_by TEXT,
    granted_at TEXT NOT NULL,
    ends_at TEXT,
    ended_at TEXT,
    ended_by TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX concern_shares_by_concern ON concern_shares (trust_id, concern_id, id);
CREATE INDEX concern_shares_by_person ON concern_shares (trust_id, person_id, concern_id);

-- Who is let in today, one row a person and concern: what every query joins. Made from the history.
CREATE TABLE concern_grants (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    person_id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    ends_at TEXT,
    PRIMARY KEY (trust_id, person_id, concern_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX concern_grants_by_concern ON concern_grants (trust_id, concern_id);
