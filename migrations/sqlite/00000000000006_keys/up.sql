-- Whose login is whose needs two people; a pupil whom two schools hold apart until it is confirmed that they are one;
-- the service's own signing keys.

ALTER TABLE subjects ADD COLUMN made_by_person TEXT;
ALTER TABLE subjects ADD COLUMN confirmed_at TEXT;
ALTER TABLE subjects ADD COLUMN confirmed_by_person TEXT;
-- Mappings from before this was asked for go on holding.
UPDATE subjects SET confirmed_at = created_at;

-- The number that a school gave for a pupil, where another pupil of the trust holds it and the two are not yet one.
ALTER TABLE pupils ADD COLUMN claimed_upn TEXT;
CREATE INDEX pupils_by_claim ON pupils (trust_id, claimed_upn);

-- That a pupil's record may be about a child whom the trust knows. The claiming record goes when it is confirmed.
CREATE TABLE pupil_matches (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    claiming_id TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    school_id TEXT NOT NULL,
    state TEXT NOT NULL,
    settled_at TEXT,
    settled_by TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;
CREATE INDEX pupil_matches_by_pupil ON pupil_matches (trust_id, pupil_id, id);
CREATE INDEX pupil_matches_by_claim ON pupil_matches (trust_id, claiming_id, id);

-- The service's signing keys, of no trust: the private half sealed under a master key, which is not in the database.
CREATE TABLE signing_keys (
    purpose TEXT NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    public_key BLOB NOT NULL,
    master_name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at TEXT NOT NULL,
    signs_from TEXT NOT NULL,
    signs_until TEXT,
    PRIMARY KEY (purpose, number)
) STRICT;
