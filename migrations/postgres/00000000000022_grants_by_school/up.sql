-- Whoever is let in by name to a concern of a school that they reach anyway: such grants are passed over by the index,
-- without a look at each concern.
ALTER TABLE concern_grants ADD COLUMN school_id uuid;
ALTER TABLE concern_grants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE concerns NO FORCE ROW LEVEL SECURITY;
UPDATE concern_grants SET school_id = concerns.school_id FROM concerns
WHERE concerns.trust_id = concern_grants.trust_id AND concerns.id = concern_grants.concern_id;
ALTER TABLE concerns FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_grants FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_grants ALTER COLUMN school_id SET NOT NULL;
ALTER TABLE concern_grants ADD FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id);
CREATE INDEX concern_grants_by_person ON concern_grants (trust_id, person_id, school_id, concern_id, ends_at, by_route);

-- Who has heard of a record.
CREATE INDEX notifications_by_record ON notifications (trust_id, record_id);
