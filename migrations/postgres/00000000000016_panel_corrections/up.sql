-- Minutes and decisions of panels are kept in versions, as attendance is: a row is never changed, the next number takes
-- its place. A decision is open until it is done or called off.
ALTER TABLE panel_minutes ADD COLUMN number integer NOT NULL DEFAULT 1;
ALTER TABLE panel_minutes ADD COLUMN superseded_at timestamptz;
ALTER TABLE panel_minutes DROP CONSTRAINT panel_minutes_pkey;
ALTER TABLE panel_minutes ADD PRIMARY KEY (trust_id, id, number);

ALTER TABLE panel_decisions ADD COLUMN number integer NOT NULL DEFAULT 1;
ALTER TABLE panel_decisions ADD COLUMN superseded_at timestamptz;
ALTER TABLE panel_decisions ADD COLUMN state text COLLATE "C" NOT NULL DEFAULT 'open';
ALTER TABLE panel_decisions ADD COLUMN done_on date;
ALTER TABLE panel_decisions DROP CONSTRAINT panel_decisions_pkey;
ALTER TABLE panel_decisions ADD PRIMARY KEY (trust_id, id, number);
CREATE INDEX panel_decisions_by_owner ON panel_decisions (trust_id, owner_id, id);
CREATE INDEX panel_decisions_by_day ON panel_decisions (trust_id, state, due_on, id);

-- When the round of a concern began: when it was reported, or reopened. What counts from there counts from this. Nodes of
-- the version before leave it to the database.
ALTER TABLE concerns ADD COLUMN round_began_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE concerns NO FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_reopenings NO FORCE ROW LEVEL SECURITY;
UPDATE concerns SET round_began_at = coalesce((
    SELECT recorded_at FROM concern_reopenings
    WHERE concern_reopenings.trust_id = concerns.trust_id AND concern_reopenings.concern_id = concerns.id
      AND concern_reopenings.round = concerns.round
), reported_at);
ALTER TABLE concerns FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_reopenings FORCE ROW LEVEL SECURITY;
CREATE INDEX concerns_by_round ON concerns (trust_id, state, round_began_at, id);

-- A signing key that is no longer trusted.
ALTER TABLE signing_keys ADD COLUMN revoked_at timestamptz;
