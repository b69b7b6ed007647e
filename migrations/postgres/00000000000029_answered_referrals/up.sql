-- When an agency answered a referral first: by saying that it has it, or by deciding about one of its pupils. That moment, and
-- `decided_at`, follow from the steps, and count a decision on the day on which it was made and only while its record stands.
ALTER TABLE concern_referrals ADD COLUMN answered_at timestamptz;
ALTER TABLE concern_referrals NO FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_referral_pupils NO FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_referral_steps NO FORCE ROW LEVEL SECURITY;
ALTER TABLE external_decisions NO FORCE ROW LEVEL SECURITY;
UPDATE concern_referrals SET answered_at = (
    SELECT min(step.happened_at) FROM concern_referral_steps AS step
    WHERE step.trust_id = concern_referrals.trust_id AND step.referral_id = concern_referrals.id
      AND step.superseded_at IS NULL
      AND (step.kind = 'acknowledged' OR EXISTS (
        SELECT 1 FROM external_decisions AS decision
        WHERE decision.trust_id = step.trust_id AND decision.id = step.external_decision_id
          AND decision.superseded_at IS NULL AND NOT decision.withdrawn
      ))
) WHERE superseded_at IS NULL;
UPDATE concern_referrals SET decided_at = (
    SELECT max(first.happened_at) FROM (
        SELECT step.pupil_id, min(step.happened_at) AS happened_at FROM concern_referral_steps AS step
        WHERE step.trust_id = concern_referrals.trust_id AND step.referral_id = concern_referrals.id
          AND step.superseded_at IS NULL
          AND EXISTS (
            SELECT 1 FROM external_decisions AS decision
            WHERE decision.trust_id = step.trust_id AND decision.id = step.external_decision_id
              AND decision.superseded_at IS NULL AND NOT decision.withdrawn
          )
        GROUP BY step.pupil_id
    ) AS first
    HAVING count(*) >= (
        SELECT count(*) FROM concern_referral_pupils AS about
        WHERE about.trust_id = concern_referrals.trust_id AND about.referral_id = concern_referrals.id
    )
) WHERE superseded_at IS NULL;
ALTER TABLE concern_referrals FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_referral_pupils FORCE ROW LEVEL SECURITY;
ALTER TABLE concern_referral_steps FORCE ROW LEVEL SECURITY;
ALTER TABLE external_decisions FORCE ROW LEVEL SECURITY;

-- What waits for an answer, of all that was ever referred.
CREATE INDEX concern_referrals_waiting ON concern_referrals (trust_id, made_at, id)
    WHERE superseded_at IS NULL AND answered_at IS NULL AND withdrawn_at IS NULL;
