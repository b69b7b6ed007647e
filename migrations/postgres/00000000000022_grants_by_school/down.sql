DROP INDEX notifications_by_record;
DROP INDEX concern_grants_by_person;
ALTER TABLE concern_grants DROP COLUMN school_id;
