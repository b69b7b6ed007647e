-- In which round of a concern a triage, an action or a decision was recorded: what was done before a reopening closes nothing
-- after it, in whatever version it stands and whatever the clocks of two nodes say.
ALTER TABLE concern_triages ADD COLUMN round integer NOT NULL DEFAULT 1;
ALTER TABLE concern_actions ADD COLUMN round integer NOT NULL DEFAULT 1;
ALTER TABLE concern_decisions ADD COLUMN round integer NOT NULL DEFAULT 1;
ALTER TABLE concern_triages NO FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_actions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_decisions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_reopenings NO FORCE ROW LEVEL SECURITY;
UPDATE concern_triages SET round = coalesce((
    SELECT max(concern_reopenings.round) FROM concern_reopenings
    WHERE concern_reopenings.trust_id = concern_triages.trust_id
      AND concern_reopenings.concern_id = concern_triages.concern_id
      AND concern_reopenings.recorded_at <= concern_triages.recorded_at
), 1);
UPDATE concern_actions SET round = coalesce((
    SELECT max(concern_reopenings.round) FROM concern_reopenings
    WHERE concern_reopenings.trust_id = concern_actions.trust_id
      AND concern_reopenings.concern_id = concern_actions.concern_id
      AND concern_reopenings.recorded_at <= (
        SELECT min(first.recorded_at) FROM concern_actions AS first
        WHERE first.trust_id = concern_actions.trust_id AND first.id = concern_actions.id
      )
), 1);
UPDATE concern_decisions SET round = coalesce((
    SELECT max(concern_reopenings.round) FROM concern_reopenings
    WHERE concern_reopenings.trust_id = concern_decisions.trust_id
      AND concern_reopenings.concern_id = concern_decisions.concern_id
      AND concern_reopenings.recorded_at <= (
        SELECT min(first.recorded_at) FROM concern_decisions AS first
        WHERE first.trust_id = concern_decisions.trust_id AND first.id = concern_decisions.id
      )
), 1);
ALTER TABLE concern_triages FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_actions FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_decisions FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_reopenings FORCE ROW LEVEL SECURITY;
