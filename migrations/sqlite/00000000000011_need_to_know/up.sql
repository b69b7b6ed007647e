-- Who was let in by the service itself, since everybody before them is linked to the case: they are left alone with it,
-- and have more than a share.
ALTER TABLE concern_grants ADD COLUMN by_route INTEGER NOT NULL DEFAULT 0;
UPDATE concern_grants SET by_route = 1 WHERE EXISTS (
    SELECT 1 FROM concern_shares
    WHERE concern_shares.trust_id = concern_grants.trust_id
      AND concern_shares.person_id = concern_grants.person_id
      AND concern_shares.concern_id = concern_grants.concern_id
      AND concern_shares.kind = 'conflict_route' AND concern_shares.ended_at IS NULL
);

-- An adult who was named by mistake: the name excludes until it is lifted.
ALTER TABLE concern_adults ADD COLUMN lifted_at TEXT;

CREATE TABLE concern_naming_liftings (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    lifted_by TEXT NOT NULL,
    lifted_at TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, lifted_by) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX concern_naming_liftings_by_concern ON concern_naming_liftings (trust_id, concern_id, id);
