-- Referrals to other agencies, what became of them, challenges and escalations.

-- Whom the trust refers to: one directory for all its schools.
CREATE TABLE agencies (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text NOT NULL,
    la_code text COLLATE "C",
    telephone text,
    secure_email text,
    web_form text,
    hours text,
    out_of_hours_telephone text,
    used_from date NOT NULL,
    used_until date,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, name)
);
SELECT tutela_protect('agencies');

-- A local authority's threshold document, from a day on. The levels are a JSON array.
CREATE TABLE threshold_frameworks (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    la_code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    starts_on date NOT NULL,
    web_address text,
    levels text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, la_code, starts_on)
);
SELECT tutela_protect('threshold_frameworks');

-- What was asked of an agency. A version is never changed, but for the moment at which the next one took its place, and
-- for the last three moments, which follow from the steps and are kept here so that lists can ask for them.
CREATE TABLE concern_referrals (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    concern_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL,
    method text COLLATE "C" NOT NULL,
    consent text COLLATE "C" NOT NULL,
    framework_id uuid,
    framework_level smallint,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    acknowledged_at timestamptz,
    decided_at timestamptz,
    withdrawn_at timestamptz,
    round integer NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, agency_id) REFERENCES agencies (trust_id, id),
    FOREIGN KEY (trust_id, made_by) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, framework_id) REFERENCES threshold_frameworks (trust_id, id)
);
CREATE INDEX concern_referrals_by_concern ON concern_referrals (trust_id, concern_id, id);
CREATE INDEX concern_referrals_by_agency ON concern_referrals (trust_id, agency_id, id);
CREATE INDEX concern_referrals_by_moment ON concern_referrals (trust_id, made_at, id);
SELECT tutela_protect('concern_referrals');

-- About which pupils of the concern: the same for all versions.
CREATE TABLE concern_referral_pupils (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    referral_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    concern_id uuid NOT NULL,
    PRIMARY KEY (trust_id, referral_id, pupil_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
CREATE INDEX concern_referral_pupils_by_pupil ON concern_referral_pupils (trust_id, pupil_id, referral_id);
SELECT tutela_protect('concern_referral_pupils');

-- What became of it: answers, chases, the agency's decisions, challenges, withdrawal. In versions, as all of a case.
CREATE TABLE concern_referral_steps (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    concern_id uuid NOT NULL,
    referral_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    happened_at timestamptz NOT NULL,
    method text COLLATE "C",
    person_id uuid,
    challenge text COLLATE "C",
    answered_at timestamptz,
    pupil_id uuid,
    external_decision_id uuid,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
);
CREATE INDEX concern_referral_steps_by_referral ON concern_referral_steps (trust_id, referral_id, id);
CREATE INDEX concern_referral_steps_by_concern ON concern_referral_steps (trust_id, concern_id, happened_at, id);
CREATE INDEX concern_referral_steps_by_pupil ON concern_referral_steps (trust_id, pupil_id, id);
SELECT tutela_protect('concern_referral_steps');

-- That a case was taken to a higher level, who sees to it there, and until when.
CREATE TABLE concern_escalations (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    concern_id uuid NOT NULL,
    level text COLLATE "C" NOT NULL,
    owner_id uuid NOT NULL,
    raised_at timestamptz NOT NULL,
    review_on date NOT NULL,
    ended_at timestamptz,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    body bytea NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
);
CREATE INDEX concern_escalations_by_concern ON concern_escalations (trust_id, concern_id, id);
CREATE INDEX concern_escalations_by_owner ON concern_escalations (trust_id, owner_id, id);
CREATE INDEX concern_escalations_by_day ON concern_escalations (trust_id, review_on, id);
SELECT tutela_protect('concern_escalations');
