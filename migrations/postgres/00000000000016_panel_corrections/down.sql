ALTER TABLE signing_keys DROP COLUMN revoked_at;
DROP INDEX concerns_by_round;
ALTER TABLE concerns DROP COLUMN round_began_at;

ALTER TABLE panel_minutes NO FORCE ROW LEVEL SECURITY;
ALTER TABLE panel_decisions NO FORCE ROW LEVEL SECURITY;
DELETE FROM panel_minutes WHERE superseded_at IS NOT NULL;
DELETE FROM panel_decisions WHERE superseded_at IS NOT NULL;
ALTER TABLE panel_minutes FORCE ROW LEVEL SECURITY;
ALTER TABLE panel_decisions FORCE ROW LEVEL SECURITY;

DROP INDEX panel_decisions_by_day;
DROP INDEX panel_decisions_by_owner;
ALTER TABLE panel_decisions DROP CONSTRAINT panel_decisions_pkey;
ALTER TABLE panel_decisions DROP COLUMN done_on;
ALTER TABLE panel_decisions DROP COLUMN state;
ALTER TABLE panel_decisions DROP COLUMN superseded_at;
ALTER TABLE panel_decisions DROP COLUMN number;
ALTER TABLE panel_decisions ADD PRIMARY KEY (trust_id, id);

ALTER TABLE panel_minutes DROP CONSTRAINT panel_minutes_pkey;
ALTER TABLE panel_minutes DROP COLUMN superseded_at;
ALTER TABLE panel_minutes DROP COLUMN number;
ALTER TABLE panel_minutes ADD PRIMARY KEY (trust_id, id);
