DROP INDEX notifications_by_record;
CREATE TABLE concern_grants_before (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    person_id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    ends_at TEXT,
    by_route INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (trust_id, person_id, concern_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id)
) STRICT;
INSERT INTO concern_grants_before (trust_id, person_id, concern_id, ends_at, by_route)
SELECT trust_id, person_id, concern_id, ends_at, by_route
FROM concern_grants;
DROP TABLE concern_grants;
ALTER TABLE concern_grants_before RENAME TO concern_grants;
CREATE INDEX concern_grants_by_concern ON concern_grants (trust_id, concern_id);
