ALTER TABLE signing_keys DROP COLUMN revoked_at;
DROP INDEX concerns_by_round;
ALTER TABLE concerns DROP COLUMN round_began_at;

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
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, panel_id) REFERENCES panels (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
) STRICT;
INSERT INTO panel_decisions_next (trust_id, id, panel_id, kind, concern_id, owner_id, due_on, author_id, recorded_at, body)
SELECT trust_id, id, panel_id, kind, concern_id, owner_id, due_on, author_id, recorded_at, body
FROM panel_decisions WHERE superseded_at IS NULL;
DROP TABLE panel_decisions;
ALTER TABLE panel_decisions_next RENAME TO panel_decisions;
CREATE INDEX panel_decisions_by_panel ON panel_decisions (trust_id, panel_id, id);
CREATE INDEX panel_decisions_by_concern ON panel_decisions (trust_id, concern_id, id);

CREATE TABLE panel_minutes_next (
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
INSERT INTO panel_minutes_next (trust_id, id, panel_id, concern_id, author_id, recorded_at, body)
SELECT trust_id, id, panel_id, concern_id, author_id, recorded_at, body
FROM panel_minutes WHERE superseded_at IS NULL;
DROP TABLE panel_minutes;
ALTER TABLE panel_minutes_next RENAME TO panel_minutes;
CREATE INDEX panel_minutes_by_panel ON panel_minutes (trust_id, panel_id, id);
CREATE INDEX panel_minutes_by_concern ON panel_minutes (trust_id, concern_id, id);
