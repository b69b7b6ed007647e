-- Work outside requests, and imports.

-- Who may do something that must be done by one at a time, and until when. The names hold identifiers only; the table
-- belongs to no trust, since nodes take leases before they know whose work it is.
CREATE TABLE leases (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    token bigint NOT NULL,
    holder uuid NOT NULL,
    expires_at timestamptz NOT NULL
);

-- What there is to do: a node looks for it in all trusts at once, so this table is no trust's either. Identifiers only.
CREATE TABLE tasks (
    kind text COLLATE "C" NOT NULL,
    trust_id uuid NOT NULL,
    record_id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    asked bigint NOT NULL,
    tries bigint NOT NULL,
    PRIMARY KEY (kind, trust_id, record_id)
);
CREATE INDEX tasks_by_time ON tasks (kind, due_at);

-- A file that is brought in: what it is, who brought it, how far it has come. The columns of the file and its rows are
-- sealed under a key of its own, which is destroyed with them.
CREATE TABLE imports (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    map text COLLATE "C" NOT NULL,
    map_version bigint NOT NULL,
    school_id uuid,
    principal text COLLATE "C" NOT NULL,
    mandate text NOT NULL,
    state text COLLATE "C" NOT NULL,
    encoding text,
    size bigint NOT NULL,
    header bytea,
    wrapped bytea,
    read_to bigint NOT NULL,
    next_line bigint NOT NULL,
    blocks bigint NOT NULL,
    blocks_applied bigint NOT NULL,
    plan_hash bytea,
    creates bigint NOT NULL,
    changes bigint NOT NULL,
    skips bigint NOT NULL,
    conflicts bigint NOT NULL,
    refusals bigint NOT NULL,
    applied bigint NOT NULL,
    failed bigint NOT NULL,
    problem text,
    expires_at timestamptz NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
SELECT tutela_protect('imports');

-- The file as it came, in pieces of one size, sealed.
CREATE TABLE import_parts (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    import_id uuid NOT NULL,
    number bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, import_id, number),
    FOREIGN KEY (trust_id, import_id) REFERENCES imports (trust_id, id) ON DELETE CASCADE
);
SELECT tutela_protect('import_parts');

-- The plan, and after the application its report: some hundred rows of the file together, sealed.
CREATE TABLE import_blocks (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    import_id uuid NOT NULL,
    number bigint NOT NULL,
    first_row bigint NOT NULL,
    row_count bigint NOT NULL,
    creates bigint NOT NULL,
    changes bigint NOT NULL,
    skips bigint NOT NULL,
    conflicts bigint NOT NULL,
    refusals bigint NOT NULL,
    failed bigint NOT NULL,
    applied_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, import_id, number),
    FOREIGN KEY (trust_id, import_id) REFERENCES imports (trust_id, id) ON DELETE CASCADE
);
SELECT tutela_protect('import_blocks');
