-- Marks on a child's body, in versions: where on the body, how large and of what colour is sealed with the words.
CREATE TABLE concern_body_marks (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    concern_id uuid NOT NULL,
    pupil_id uuid,
    author_id uuid,
    by_reporter boolean NOT NULL,
    seen_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
CREATE INDEX concern_body_marks_by_concern ON concern_body_marks (trust_id, concern_id, id);
CREATE INDEX concern_body_marks_by_pupil ON concern_body_marks (trust_id, pupil_id);
SELECT tutela_protect('concern_body_marks');

-- Files of a concern. What is in a file is kept in the file store, sealed with the concern's key, under this row's
-- identifiers; its name, type and digest are sealed here.
CREATE TABLE concern_attachments (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    author_id uuid,
    by_reporter boolean NOT NULL,
    size bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id)
);
CREATE INDEX concern_attachments_by_concern ON concern_attachments (trust_id, concern_id, id);
SELECT tutela_protect('concern_attachments');
