-- Scrutiny, closure and reopening of concerns, and the weekly panel.

ALTER TABLE trust_settings ADD COLUMN scrutiny text NOT NULL DEFAULT 'dsl_team';
ALTER TABLE trust_settings ADD COLUMN panel_expected text NOT NULL DEFAULT 'all_dsls';

-- Each reopening begins a round of its own. content_version is the version at which something of the case itself was
-- recorded last: stamps and answers of others move the version, not this.
ALTER TABLE concerns ADD COLUMN round integer NOT NULL DEFAULT 1;
ALTER TABLE concerns ADD COLUMN content_version bigint NOT NULL DEFAULT 1;
ALTER TABLE concerns ADD COLUMN added_since_closure boolean NOT NULL DEFAULT false;
CREATE INDEX concerns_by_state ON concerns (trust_id, state, reported_at, id);
CREATE INDEX concerns_by_addition ON concerns (trust_id, added_since_closure, id);

-- That somebody has scrutinised a concern: each person once a round, so that two stamps are two people's.
CREATE TABLE concern_scrutiny (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    round integer NOT NULL,
    capacity text COLLATE "C" NOT NULL,
    author_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, round, author_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, author_id) REFERENCES people (trust_id, id)
);
SELECT tutela_protect('concern_scrutiny');

-- One panel a school and week; the week is named by its Monday.
CREATE TABLE panels (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    week date NOT NULL,
    meets_on date NOT NULL,
    held_at timestamptz,
    held_by uuid,
    data_key bytea NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, school_id, week),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, held_by) REFERENCES people (trust_id, id)
);
CREATE INDEX panels_by_week ON panels (trust_id, week, id);
SELECT tutela_protect('panels');

-- At most one closure a round, whoever asks at the same moment.
CREATE TABLE concern_closures (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    round integer NOT NULL,
    way text COLLATE "C" NOT NULL,
    panel_id uuid,
    author_id uuid NOT NULL,
    closed_at timestamptz NOT NULL,
    reopened_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, round),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, author_id) REFERENCES people (trust_id, id)
);
SELECT tutela_protect('concern_closures');

CREATE TABLE concern_reopenings (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    round integer NOT NULL,
    author_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, round),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, author_id) REFERENCES people (trust_id, id)
);
SELECT tutela_protect('concern_reopenings');

-- What stood open at the school when the panel was held.
CREATE TABLE panel_items (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    panel_id uuid NOT NULL,
    concern_id uuid NOT NULL,
    PRIMARY KEY (trust_id, panel_id, concern_id),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
CREATE INDEX panel_items_by_concern ON panel_items (trust_id, concern_id, panel_id);
SELECT tutela_protect('panel_items');

-- Who attended, and in which role. A row is never changed: the next number takes its place.
CREATE TABLE panel_attendance (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    panel_id uuid NOT NULL,
    person_id uuid,
    role text COLLATE "C" NOT NULL,
    is_present boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
CREATE INDEX panel_attendance_by_panel ON panel_attendance (trust_id, panel_id, id);
CREATE INDEX panel_attendance_by_person ON panel_attendance (trust_id, person_id, panel_id);
SELECT tutela_protect('panel_attendance');

-- Minutes: with a concern they are sealed under its key, else under the panel's.
CREATE TABLE panel_minutes (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    panel_id uuid NOT NULL,
    concern_id uuid,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
CREATE INDEX panel_minutes_by_panel ON panel_minutes (trust_id, panel_id, id);
CREATE INDEX panel_minutes_by_concern ON panel_minutes (trust_id, concern_id, id);
SELECT tutela_protect('panel_minutes');

CREATE TABLE panel_decisions (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    panel_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    concern_id uuid,
    owner_id uuid NOT NULL,
    due_on date NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
);
CREATE INDEX panel_decisions_by_panel ON panel_decisions (trust_id, panel_id, id);
CREATE INDEX panel_decisions_by_concern ON panel_decisions (trust_id, concern_id, id);
SELECT tutela_protect('panel_decisions');

-- Each attendee's answers on each concern. An answer stands until the attendee gives another one or something of the
-- case is recorded; the text is sealed under the concern's key.
CREATE TABLE panel_agreements (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    panel_id uuid NOT NULL,
    concern_id uuid NOT NULL,
    round integer NOT NULL,
    person_id uuid NOT NULL,
    number integer NOT NULL,
    answer text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, panel_id, concern_id, person_id, number),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
);
CREATE INDEX panel_agreements_by_concern ON panel_agreements (trust_id, concern_id, id);
SELECT tutela_protect('panel_agreements');
