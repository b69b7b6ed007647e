-- After how many days a concern that nobody has scrutinised is overdue; null while the trust has not decided.
ALTER TABLE trust_settings ADD COLUMN scrutiny_alert_days smallint DEFAULT 7;

-- What is due is read by its day.
CREATE INDEX concern_actions_by_day ON concern_actions (trust_id, due_on, id);
