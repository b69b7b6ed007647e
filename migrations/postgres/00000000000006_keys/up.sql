-- Whose login is whose needs two people; a pupil whom two schools hold apart until it is confirmed that they are one;
-- the service's own signing keys.

ALTER TABLE subjects ADD COLUMN made_by_person uuid;
ALTER TABLE subjects ADD COLUMN confirmed_at timestamptz;
ALTER TABLE subjects ADD COLUMN confirmed_by_person uuid;
-- Mappings from before this was asked for go on holding; the owner sees no trust's rows while the wall stands for it.
ALTER TABLE subjects NO FORCE ROW LEVEL SECURITY;
UPDATE subjects SET confirmed_at = created_at;
ALTER TABLE subjects FORCE ROW LEVEL SECURITY;

-- The number that a school gave for a pupil, where another pupil of the trust holds it and the two are not yet one.
ALTER TABLE pupils ADD COLUMN claimed_upn text COLLATE "C";
CREATE INDEX pupils_by_claim ON pupils (trust_id, claimed_upn);

-- That a pupil's record may be about a child whom the trust knows. The claiming record goes when it is confirmed.
CREATE TABLE pupil_matches (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    claiming_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    state text NOT NULL,
    settled_at timestamptz,
    settled_by text COLLATE "C",
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
CREATE INDEX pupil_matches_by_pupil ON pupil_matches (trust_id, pupil_id, id);
CREATE INDEX pupil_matches_by_claim ON pupil_matches (trust_id, claiming_id, id);
SELECT tutela_protect('pupil_matches');

-- The service's signing keys, of no trust: the private half sealed under a master key, which is not in the database.
CREATE TABLE signing_keys (
    purpose text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    id uuid NOT NULL,
    public_key bytea NOT NULL,
    master_name text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    signs_until timestamptz,
    PRIMARY KEY (purpose, number)
);
