DROP TABLE break_glass;
DROP TABLE concern_support_requests;
DROP TABLE concern_support_grants;
DROP TABLE concern_part_grants;
ALTER TABLE concern_shares DROP COLUMN scope;
