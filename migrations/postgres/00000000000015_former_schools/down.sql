ALTER TABLE conflicts DROP COLUMN body;
ALTER TABLE characteristics DROP COLUMN body;
DROP TABLE concern_pupil_joins;
DROP INDEX enrolments_by_school;
CREATE INDEX enrolments_by_school ON enrolments (trust_id, school_id, pupil_id);
ALTER TABLE enrolments DROP COLUMN joined_on;
ALTER TABLE enrolments DROP COLUMN record_id;
DROP TABLE pupil_versions;
ALTER TABLE pupils DROP COLUMN in_force_from;
