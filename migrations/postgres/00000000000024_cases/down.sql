DROP TABLE risk_actions;
DROP TABLE risk_assessments;
DROP TABLE fgm_reports;
DROP TABLE ap_checks;
DROP TABLE ap_placements;
DROP TABLE agency_meetings;
