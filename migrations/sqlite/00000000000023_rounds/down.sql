ALTER TABLE concern_triages DROP COLUMN round;
ALTER TABLE concern_actions DROP COLUMN round;
ALTER TABLE concern_decisions DROP COLUMN round;
