-- Scrutiny, closure and reopening of concerns, and the weekly panel.

ALTER TABLE trust_settings ADD COLUMN scrutiny TEXT NOT NULL DEFAULT 'dsl_team';
ALTER TABLE trust_settings ADD COLUMN panel_expected TEXT NOT NULL DEFAULT 'all_dsls';

-- Each reopening begins a round of its own. content_version is the version at which something of the case itself was
-- recorded last: stamps and answers of others move the version, not this.
ALTER TABLE concerns ADD COLUMN round INTEGER NOT NULL DEFAULT 1;
ALTER TABLE concerns ADD COLUMN content_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE concerns ADD COLUMN added_since_closure INTEGER NOT NULL DEFAULT 0;
CREATE INDEX concerns_by_state ON concerns (trust_id, state, reported_at, id);
CREATE INDEX concerns_by_addition ON concerns (trust_id, added_since_closure, id);

-- That somebody has scrutinised a concern: each person once a round, so that two stamps are two people's.
CREATE TABLE concern_scrutiny (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    round INTEGER NOT NULL,
    capacity TEXT NOT NULL,
    author_id TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, round, author_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, author_id) REFERENCES people (trust_id, id)
) STRICT;

-- One panel a school and week; the week is named by its Monday.
CREATE TABLE panels (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    week TEXT NOT NULL,
    meets_on TEXT NOT NULL,
    held_at TEXT,
    held_by TEXT,
    data_key BLOB NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, school_id, week),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, held_by) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX panels_by_week ON panels (trust_id, week, id);

-- At most one closure a round, whoever asks at the same moment.
CREATE TABLE concern_closures (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    round INTEGER NOT NULL,
    way TEXT NOT NULL,
    panel_id TEXT,
    author_id TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    reopened_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, round),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, author_id) REFERENCES people (trust_id, id)
) STRICT;

CREATE TABLE concern_reopenings (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    round INTEGER NOT NULL,
    author_id TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, round),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, author_id) REFERENCES people (trust_id, id)
) STRICT;

-- What stood open at the school when the panel was held.
CREATE TABLE panel_items (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    panel_id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    PRIMARY KEY (trust_id, panel_id, concern_id),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;
CREATE INDEX panel_items_by_concern ON panel_items (trust_id, concern_id, panel_id);

-- Who attended, and in which role. A row is never changed: the next number takes its place.
CREATE TABLE panel_attendance (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    panel_id TEXT NOT NULL,
    person_id TEXT,
    role TEXT NOT NULL,
    is_present INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX panel_attendance_by_panel ON panel_attendance (trust_id, panel_id, id);
CREATE INDEX panel_attendance_by_person ON panel_attendance (trust_id, person_id, panel_id);

-- Minutes: with a concern they are sealed under its key, else under the panel's.
CREATE TABLE panel_minutes (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    panel_id TEXT NOT NULL,
    concern_id TEXT,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;
CREATE INDEX panel_minutes_by_panel ON panel_minutes (trust_id, panel_id, id);
CREATE INDEX panel_minutes_by_concern ON panel_minutes (trust_id, concern_id, id);

CREATE TABLE panel_decisions (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    panel_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    concern_id TEXT,
    owner_id TEXT NOT NULL,
    due_on TEXT NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX panel_decisions_by_panel ON panel_decisions (trust_id, panel_id, id);
CREATE INDEX panel_decisions_by_concern ON panel_decisions (trust_id, concern_id, id);

-- Each attendee's answers on each concern. An answer stands until the attendee gives another one or something of the
-- case is recorded; the text is sealed under the concern's key.
CREATE TABLE panel_agreements (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    panel_id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    round INTEGER NOT NULL,
    person_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    answer TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, panel_id, concern_id, person_id, number),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX panel_agreements_by_concern ON panel_agreements (trust_id, concern_id, id);
