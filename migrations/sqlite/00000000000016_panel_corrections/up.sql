-- Minutes and decisions of panels are kept in versions, as attendance is: a row is never changed, the next number takes
-- its place. A decision is open until it is done or called off.
CREATE TABLE panel_minutes_next (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    panel_id TEXT NOT NULL,
    concern_id TEXT,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    number INTEGER NOT NULL DEFAULT 1,
    superseded_at TEXT,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;
INSERT INTO panel_minutes_next (trust_id, id, panel_id, concern_id, author_id, recorded_at, body, number)
SELECT trust_id, id, panel_id, concern_id, author_id, recorded_at, body, 1
FROM panel_minutes;
DROP TABLE panel_minutes;
ALTER TABLE panel_minutes_next RENAME TO panel_minutes;
CREATE INDEX panel_minutes_by_panel ON panel_minutes (trust_id, panel_id, id);
CREATE INDEX panel_minutes_by_concern ON panel_minutes (trust_id, concern_id, id);

CREATE TABLE panel_decisions_next (
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
    number INTEGER NOT NULL DEFAULT 1,
    superseded_at TEXT,
    state TEXT NOT NULL DEFAULT 'open',
    done_on TEXT,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
) STRICT;
INSERT INTO panel_decisions_next (
    trust_id, id, panel_id, kind, concern_id, owner_id, due_on, author_id, recorded_at, body, number, state
)
SELECT trust_id, id, panel_id, kind, concern_id, owner_id, due_on, author_id, recorded_at, body, 1, 'open'
FROM panel_decisions;
DROP TABLE panel_decisions;
ALTER TABLE panel_decisions_next RENAME TO panel_decisions;
CREATE INDEX panel_decisions_by_panel ON panel_decisions (trust_id, panel_id, id);
CREATE INDEX panel_decisions_by_concern ON panel_decisions (trust_id, concern_id, id);
CREATE INDEX panel_decisions_by_owner ON panel_decisions (trust_id, owner_id, id);
CREATE INDEX panel_decisions_by_day ON panel_decisions (trust_id, state, due_on, id);

-- When the round of a concern began: when it was reported, or reopened. What counts from there counts from this.
ALTER TABLE concerns ADD COLUMN round_began_at TEXT NOT NULL DEFAULT '';
UPDATE concerns SET round_began_at = coalesce((
    SELECT recorded_at FROM concern_reopenings
    WHERE concern_reopenings.trust_id = concerns.trust_id AND concern_reopenings.concern_id = concerns.id
      AND concern_reopenings.round = concerns.round
), reported_at);
CREATE INDEX concerns_by_round ON concerns (trust_id, state, round_began_at, id);

-- A signing key that is no longer trusted.
ALTER TABLE signing_keys ADD COLUMN revoked_at TEXT;
