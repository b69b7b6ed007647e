DROP INDEX concern_actions_by_day;
ALTER TABLE trust_settings DROP COLUMN scrutiny_alert_days;
