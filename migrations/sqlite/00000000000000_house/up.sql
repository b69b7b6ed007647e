-- The house itself: trusts, keys, idempotency, audit, events, notifications.
--
-- Every table but a listed few carries trust_id, first in its primary key, its unique keys and its foreign keys:
-- identifiers cannot link across trusts even by a fault of ours.

-- The directory of trusts: what must be known before anybody is.
CREATE TABLE trusts (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE trust_settings (
    trust_id TEXT NOT NULL PRIMARY KEY REFERENCES trusts (id),
    name TEXT NOT NULL,
    trust_lead_column TEXT NOT NULL,
    closure_rule TEXT NOT NULL,
    restricted_log INTEGER NOT NULL,
    version INTEGER NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE trust_keys (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    master_name TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id)
) STRICT;

CREATE TABLE idempotency_keys (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    principal TEXT NOT NULL,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    created_id TEXT,
    created_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, principal, key)
) STRICT;

CREATE TABLE audit_entries (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    principal TEXT NOT NULL,
    person_id TEXT,
    role TEXT,
    rule TEXT NOT NULL,
    action TEXT NOT NULL,
    class TEXT NOT NULL,
    record_id TEXT,
    record_ids BLOB,
    school_id TEXT,
    outcome TEXT NOT NULL,
    request_id TEXT NOT NULL,
    canonical BLOB NOT NULL,
    PRIMARY KEY (trust_id, id)
) STRICT;
CREATE INDEX audit_entries_by_record ON audit_entries (trust_id, record_id, id);
CREATE INDEX audit_entries_by_person ON audit_entries (trust_id, person_id, id);

CREATE TABLE events (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    record_id TEXT NOT NULL,
    school_id TEXT,
    request_id TEXT NOT NULL,
    PRIMARY KEY (trust_id, id)
) STRICT;
