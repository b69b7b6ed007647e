DROP TABLE import_schools;
ALTER TABLE api_keys DROP COLUMN confirmed_by_person;
ALTER TABLE api_keys DROP COLUMN confirmed_at;
ALTER TABLE api_keys DROP COLUMN made_by_person;
ALTER TABLE api_keys DROP COLUMN awaits_second;
