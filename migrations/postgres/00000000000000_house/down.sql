DROP TABLE events;
DROP TABLE audit_entries;
DROP TABLE idempotency_keys;
DROP TABLE trust_keys;
DROP TABLE trust_settings;
DROP TABLE trusts;
DROP FUNCTION tutela_grant(text);
DROP FUNCTION tutela_protect(text);
