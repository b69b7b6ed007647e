DROP INDEX concern_referrals_waiting;
ALTER TABLE concern_referrals DROP COLUMN answered_at;
