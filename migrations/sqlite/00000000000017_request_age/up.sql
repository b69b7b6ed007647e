-- Requests are forgotten by age.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (trust_id, created_at);
