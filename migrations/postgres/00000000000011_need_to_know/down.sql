DROP TABLE concern_naming_liftings;
ALTER TABLE concern_adults DROP COLUMN lifted_at;
ALTER TABLE concern_grants DROP COLUMN by_route;
