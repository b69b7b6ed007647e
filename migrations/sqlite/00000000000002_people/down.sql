DROP TABLE notifications;
DROP TABLE revocations;
DROP TABLE api_keys;
DROP TABLE appointments;
DROP TABLE engagements;
DROP TABLE subjects;
DROP TABLE people;
