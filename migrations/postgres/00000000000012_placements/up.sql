-- What was put right about where a concern stands: its school and its log.
CREATE TABLE concern_placements (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    number integer NOT NULL,
    school_before uuid NOT NULL,
    school_after uuid NOT NULL,
    log_before text NOT NULL,
    log_after text NOT NULL,
    placed_by uuid,
    placed_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, concern_id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, school_before) REFERENCES schools (trust_id, id),
    FOREIGN KEY (trust_id, school_after) REFERENCES schools (trust_id, id)
);
SELECT tutela_protect('concern_placements');

-- What became of a link after it was made: withdrawn, or made again. Sealed under the key of the concern at which it was
-- recorded.
CREATE TABLE concern_link_versions (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    link_id uuid NOT NULL,
    number integer NOT NULL,
    concern_id uuid NOT NULL,
    withdraws boolean NOT NULL,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, link_id, number),
    FOREIGN KEY (trust_id, link_id) REFERENCES concern_links (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
CREATE INDEX concern_link_versions_by_concern ON concern_link_versions (trust_id, concern_id);
SELECT tutela_protect('concern_link_versions');
