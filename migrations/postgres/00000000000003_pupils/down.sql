DROP TABLE conflicts;
DROP TABLE characteristics;
DROP TABLE enrolments;
DROP TABLE pupils;
