-- Work outside requests, and imports.

-- Who may do something that must be done by one at a time, and until when. The names hold identifiers only; the table
-- belongs to no trust, since nodes take leases before they know whose work it is.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    token INTEGER NOT NULL,
    holder TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

-- What there is to do: a node looks for it in all trusts at once, so this table is no trust's either. Identifiers only.
CREATE TABLE tasks (
    kind TEXT NOT NULL,
    trust_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    due_at TEXT NOT NULL,
    asked INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    PRIMARY KEY (kind, trust_id, record_id)
) STRICT;
CREATE INDEX tasks_by_time ON tasks (kind, due_at);

-- A file that is brought in: what it is, who brought it, how far it has come. The columns of the file and its rows are
-- sealed under a key of its own, which is destroyed with them.
CREATE TABLE imports (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    map TEXT NOT NULL,
    map_version INTEGER NOT NULL,
    school_id TEXT,
    principal TEXT NOT NULL,
    mandate TEXT NOT NULL,
    state TEXT NOT NULL,
    encoding TEXT,
    size INTEGER NOT NULL,
    header BLOB,
    wrapped BLOB,
    read_to INTEGER NOT NULL,
    next_line INTEGER NOT NULL,
    blocks INTEGER NOT NULL,
    blocks_applied INTEGER NOT NULL,
    plan_hash BLOB,
    creates INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    skips INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    refusals INTEGER NOT NULL,
    applied INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    problem TEXT,
    expires_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;

-- The file as it came, in pieces of one size, sealed.
CREATE TABLE import_parts (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    import_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, import_id, number),
    FOREIGN KEY (trust_id, import_id) REFERENCES imports (trust_id, id) ON DELETE CASCADE
) STRICT;

-- The plan, and after the application its report: some hundred rows of the file together, sealed.
CREATE TABLE import_blocks (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    import_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    first_row INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    creates INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    skips INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    refusals INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    applied_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, import_id, number),
    FOREIGN KEY (trust_id, import_id) REFERENCES imports (trust_id, id) ON DELETE CASCADE
) STRICT;
