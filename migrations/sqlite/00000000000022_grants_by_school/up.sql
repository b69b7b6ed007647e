-- Whoever is let in by name to a concern of a school that they reach anyway: such grants are passed over by the index,
-- without a look at each concern.
CREATE TABLE concern_grants_next (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    person_id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    ends_at TEXT,
    by_route INTEGER NOT NULL DEFAULT 0,
    school_id TEXT NOT NULL,
    PRIMARY KEY (trust_id, person_id, concern_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
INSERT INTO concern_grants_next (trust_id, person_id, concern_id, ends_at, by_route, school_id)
SELECT concern_grants.trust_id, person_id, concern_id, ends_at, by_route, concerns.school_id
FROM concern_grants
JOIN concerns ON concerns.trust_id = concern_grants.trust_id AND concerns.id = concern_grants.concern_id;
DROP TABLE concern_grants;
ALTER TABLE concern_grants_next RENAME TO concern_grants;
CREATE INDEX concern_grants_by_concern ON concern_grants (trust_id, concern_id);
CREATE INDEX concern_grants_by_person ON concern_grants (trust_id, person_id, school_id, concern_id, ends_at, by_route);

-- Who has heard of a record.
CREATE INDEX notifications_by_record ON notifications (trust_id, record_id);
