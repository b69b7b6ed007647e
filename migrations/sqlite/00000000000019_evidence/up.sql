-- Marks on a child's body, in versions: where on the body, how large and of what colour is sealed with the words.
CREATE TABLE concern_body_marks (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    concern_id TEXT NOT NULL,
    pupil_id TEXT,
    author_id TEXT,
    by_reporter INTEGER NOT NULL,
    seen_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;
CREATE INDEX concern_body_marks_by_concern ON concern_body_marks (trust_id, concern_id, id);
CREATE INDEX concern_body_marks_by_pupil ON concern_body_marks (trust_id, pupil_id);

-- Files of a concern. What is in a file is kept in the file store, sealed with the concern's key, under this row's
-- identifiers; its name, type and digest are sealed here.
CREATE TABLE concern_attachments (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    author_id TEXT,
    by_reporter INTEGER NOT NULL,
    size INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
) STRICT;
CREATE INDEX concern_attachments_by_concern ON concern_attachments (trust_id, concern_id, id);
