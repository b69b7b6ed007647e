-- What was put right about where a concern stands: its school and its log.
CREATE TABLE concern_placements (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    school_before TEXT NOT NULL,
    school_after TEXT NOT NULL,
    log_before TEXT NOT NULL,
    log_after TEXT NOT NULL,
    placed_by TEXT,
    placed_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, school_before) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, school_after) REFERENCES schools (trust_id, id)
) STRICT;

-- What became of a link after it was made: withdrawn, or made again. Sealed under the key of the concern at which it was
-- recorded.
CREATE TABLE concern_link_versions (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    concern_id TEXT NOT NULL,
    withdraws INTEGER NOT NULL,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, link_id, number),
    FOREIGN KEY (trust_id, link_id) REFERENCES concern_links (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;
CREATE INDEX concern_link_versions_by_concern ON concern_link_versions (trust_id, concern_id);
