DROP TABLE complex_pupil_reviews;
DROP TABLE complex_pupils;
DROP TABLE chronology_marks;
DROP TABLE pupil_statuses;
DROP TABLE external_decisions;
DROP TABLE pupil_cases;
