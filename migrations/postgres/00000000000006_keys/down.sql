DROP TABLE signing_keys;
DROP TABLE pupil_matches;
DROP INDEX pupils_by_claim;
ALTER TABLE pupils DROP COLUMN claimed_upn;
ALTER TABLE subjects DROP COLUMN confirmed_by_person;
ALTER TABLE subjects DROP COLUMN confirmed_at;
ALTER TABLE subjects DROP COLUMN made_by_person;
