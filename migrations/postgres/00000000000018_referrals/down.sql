DROP TABLE concern_escalations;
DROP TABLE concern_referral_steps;
DROP TABLE concern_referral_pupils;
DROP TABLE concern_referrals;
DROP TABLE threshold_frameworks;
DROP TABLE agencies;
