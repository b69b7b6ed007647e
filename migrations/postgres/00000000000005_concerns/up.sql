-- Concerns about children. The text of a case stands sealed in binary columns only; entries are never changed or
-- deleted, a correction is a row with the next number.

CREATE TABLE concerns (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    log text COLLATE "C" NOT NULL,
    raised_by uuid,
    raised_by_principal text COLLATE "C" NOT NULL,
    reporter_kind text NOT NULL,
    reporter_protected boolean NOT NULL,
    guidance_id uuid,
    reported_at timestamptz NOT NULL,
    account_number integer NOT NULL,
    state text COLLATE "C" NOT NULL,
    severity text COLLATE "C",
    school_view_level smallint,
    monitor boolean NOT NULL,
    data_key bytea NOT NULL,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, raised_by) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, guidance_id) REFERENCES recording_guidance (trust_id, id)
);
CREATE INDEX concerns_by_school ON concerns (trust_id, school_id, reported_at, id);
CREATE INDEX concerns_by_time ON concerns (trust_id, reported_at, id);
CREATE INDEX concerns_by_reporter ON concerns (trust_id, raised_by, reported_at, id);
CREATE INDEX concerns_by_principal ON concerns (trust_id, raised_by_principal, reported_at, id);
SELECT tutela_protect('concerns');

CREATE TABLE concern_accounts (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    number integer NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    occurred_at timestamptz,
    occurred_approximately boolean NOT NULL,
    place text NOT NULL,
    time_slot text NOT NULL,
    source text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
SELECT tutela_protect('concern_accounts');

CREATE TABLE concern_categories (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    concern_id uuid NOT NULL,
    number integer NOT NULL,
    code text COLLATE "C" NOT NULL,
    is_primary boolean NOT NULL,
    PRIMARY KEY (trust_id, concern_id, number, code),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
CREATE INDEX concern_categories_by_code ON concern_categories (trust_id, code, concern_id);
SELECT tutela_protect('concern_categories');

CREATE TABLE concern_pupils (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    concern_id uuid NOT NULL,
    number integer NOT NULL,
    pupil_id uuid NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (trust_id, concern_id, number, pupil_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
CREATE INDEX concern_pupils_by_pupil ON concern_pupils (trust_id, pupil_id, concern_id);
SELECT tutela_protect('concern_pupils');

-- Adults whom a child's concern touches: they never read it, under any role.
CREATE TABLE concern_adults (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    concern_id uuid NOT NULL,
    number integer NOT NULL,
    person_id uuid NOT NULL,
    PRIMARY KEY (trust_id, concern_id, number, person_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
CREATE INDEX concern_adults_by_person ON concern_adults (trust_id, person_id, concern_id);
SELECT tutela_protect('concern_adults');

CREATE TABLE concern_triages (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    number integer NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    severity text NOT NULL,
    school_view_level smallint,
    monitor boolean NOT NULL,
    parent_informed text NOT NULL,
    consent_basis text,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
SELECT tutela_protect('concern_triages');

CREATE TABLE concern_notes (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    concern_id uuid NOT NULL,
    kind text NOT NULL,
    author_id uuid,
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
CREATE INDEX concern_notes_by_concern ON concern_notes (trust_id, concern_id, id);
SELECT tutela_protect('concern_notes');

CREATE TABLE concern_actions (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    concern_id uuid NOT NULL,
    kind text NOT NULL,
    author_id uuid,
    owner_id uuid,
    due_on date,
    is_required boolean NOT NULL,
    done_on date,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
);
CREATE INDEX concern_actions_by_concern ON concern_actions (trust_id, concern_id, id);
CREATE INDEX concern_actions_by_owner ON concern_actions (trust_id, owner_id, due_on, id);
SELECT tutela_protect('concern_actions');

CREATE TABLE concern_decisions (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    concern_id uuid NOT NULL,
    kind text NOT NULL,
    author_id uuid,
    decided_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
CREATE INDEX concern_decisions_by_concern ON concern_decisions (trust_id, concern_id, id);
SELECT tutela_protect('concern_decisions');

CREATE TABLE concern_links (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    other_id uuid NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, other_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, other_id) REFERENCES concerns (trust_id, id)
);
CREATE INDEX concern_links_by_other ON concern_links (trust_id, other_id, concern_id);
SELECT tutela_protect('concern_links');

-- Who was let in, by whom and why: the history.
CREATE TABLE concern_shares (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    granted_by uuid,
    granted_at timestamptz NOT NULL,
    ends_at timestamptz,
    ended_at timestamptz,
    ended_by uuid,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
CREATE INDEX concern_shares_by_concern ON concern_shares (trust_id, concern_id, id);
CREATE INDEX concern_shares_by_person ON concern_shares (trust_id, person_id, concern_id);
SELECT tutela_protect('concern_shares');

-- Who is let in today, one row a person and concern: what every query joins. Made from the history.
CREATE TABLE concern_grants (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    person_id uuid NOT NULL,
    concern_id uuid NOT NULL,
    ends_at timestamptz,
    PRIMARY KEY (trust_id, person_id, concern_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
CREATE INDEX concern_grants_by_concern ON concern_grants (trust_id, concern_id);
SELECT tutela_protect('concern_grants');
