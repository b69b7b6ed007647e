-- How much of a concern a share shows. One that shows what was reported and no more has a table of its own beside
-- `concern_grants`: somebody may be let in to both, for different times.
ALTER TABLE concern_shares ADD COLUMN scope TEXT NOT NULL DEFAULT 'record';

CREATE TABLE concern_part_grants (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    person_id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    ends_at TEXT,
    PRIMARY KEY (trust_id, person_id, concern_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX concern_part_grants_by_concern ON concern_part_grants (trust_id, concern_id);

-- Which grants are the trust lead's, who was asked for support: they count as long as the post is held.
CREATE TABLE concern_support_grants (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    person_id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    PRIMARY KEY (trust_id, person_id, concern_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX concern_support_grants_by_concern ON concern_support_grants (trust_id, concern_id);

-- What a school asks the trust's lead for in one concern (A-38), and what became of it.
CREATE TABLE concern_support_requests (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    state TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    wanted_until TEXT,
    answered_by TEXT,
    answered_at TEXT,
    share_id TEXT,
    ended_by TEXT,
    ended_at TEXT,
    body BLOB NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, requested_by) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, answered_by) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, ended_by) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, share_id) REFERENCES concern_shares (trust_id, id)
) STRICT;
CREATE INDEX concern_support_requests_by_concern ON concern_support_requests (trust_id, concern_id, id);
CREATE INDEX concern_support_requests_by_state ON concern_support_requests (trust_id, state, id);

-- Who broke the glass, for what, until when, and what a second person said of it.
CREATE TABLE break_glass (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    concern_id TEXT,
    pupil_id TEXT,
    broken_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT,
    goes_above INTEGER NOT NULL,
    outcome TEXT,
    reviewed_by TEXT,
    reviewed_at TEXT,
    body BLOB NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (trust_id, id),
    CHECK ((concern_id IS NULL) <> (pupil_id IS NULL)),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, ended_by) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, reviewed_by) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX break_glass_by_person ON break_glass (trust_id, person_id, ends_at);
CREATE INDEX break_glass_by_school ON break_glass (trust_id, school_id, id);
CREATE INDEX break_glass_by_concern ON break_glass (trust_id, concern_id);
CREATE INDEX break_glass_by_pupil ON break_glass (trust_id, pupil_id);
