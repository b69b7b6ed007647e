DROP TABLE closed_days;
DROP TABLE half_terms;
DROP TABLE academic_years;
DROP TABLE schools;
DROP TABLE hubs;
DROP TABLE establishments;
