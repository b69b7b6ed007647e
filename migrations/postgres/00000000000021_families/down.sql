DROP TABLE pupil_record_people;
DROP TABLE pupil_records;
DROP TABLE family_members;
DROP TABLE family_names;
DROP TABLE families;
