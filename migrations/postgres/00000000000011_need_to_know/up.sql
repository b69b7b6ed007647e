-- Who was let in by the service itself, since everybody before them is linked to the case: they are left alone with it,
-- and have more than a share.
ALTER TABLE concern_grants ADD COLUMN by_route boolean NOT NULL DEFAULT false;
ALTER TABLE concern_grants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_shares NO FORCE ROW LEVEL SECURITY;
UPDATE concern_grants SET by_route = true WHERE EXISTS (
    SELECT 1 FROM concern_shares
    WHERE concern_shares.trust_id = concern_grants.trust_id
      AND concern_shares.person_id = concern_grants.person_id
      AND concern_shares.concern_id = concern_grants.concern_id
      AND concern_shares.kind = 'conflict_route' AND concern_shares.ended_at IS NULL
);
ALTER TABLE concern_grants FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_shares FORCE ROW LEVEL SECURITY;

-- An adult who was named by mistake: the name excludes until it is lifted.
ALTER TABLE concern_adults ADD COLUMN lifted_at timestamptz;

CREATE TABLE concern_naming_liftings (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    concern_id uuid NOT NULL,
    person_id uuid NOT NULL,
    lifted_by uuid NOT NULL,
    lifted_at timestamptz NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, lifted_by) REFERENCES people (trust_id, id)
);
CREATE INDEX concern_naming_liftings_by_concern ON concern_naming_liftings (trust_id, concern_id, id);
SELECT tutela_protect('concern_naming_liftings');
