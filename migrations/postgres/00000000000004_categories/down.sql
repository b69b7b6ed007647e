DROP TABLE recording_guidance;
DROP TABLE trust_categories;
