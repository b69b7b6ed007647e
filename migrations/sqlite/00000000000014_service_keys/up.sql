-- A service's key that shows people, pupils or the log takes two people. Keys from before go on working.
ALTER TABLE api_keys ADD COLUMN awaits_second INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN made_by_person TEXT;
ALTER TABLE api_keys ADD COLUMN confirmed_at TEXT;
ALTER TABLE api_keys ADD COLUMN confirmed_by_person TEXT;

-- The schools that the rows of a plan touch; where a row touches the trust itself, the trust's id stands in for one.
CREATE TABLE import_schools (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    import_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    PRIMARY KEY (trust_id, import_id, school_id),
    FOREIGN KEY (trust_id, import_id) REFERENCES imports (trust_id, id)
) STRICT;
