-- A trust's own categories under the statutory codes, and the guidance that everybody sees on recording.

CREATE TABLE trust_categories (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    parent_code TEXT NOT NULL,
    label TEXT NOT NULL,
    guidance TEXT NOT NULL,
    indicators TEXT NOT NULL,
    retired_on TEXT,
    retirement_reason TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, code)
) STRICT;

CREATE TABLE recording_guidance (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published_by TEXT NOT NULL,
    published_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, number)
) STRICT;
