-- Referrals to other agencies, what became of them, challenges and escalations.

-- Whom the trust refers to: one directory for all its schools.
CREATE TABLE agencies (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    la_code TEXT,
    telephone TEXT,
    secure_email TEXT,
    web_form TEXT,
    hours TEXT,
    out_of_hours_telephone TEXT,
    used_from TEXT NOT NULL,
    used_until TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, name)
) STRICT;

-- A local authority's threshold document, from a day on. The levels are a JSON array.
CREATE TABLE threshold_frameworks (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    la_code TEXT NOT NULL,
    name TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    web_address TEXT,
    levels TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, la_code, starts_on)
) STRICT;

-- What was asked of an agency. A version is never changed, but for the moment at which the next one took its place, and
-- for the last three moments, which follow from the steps and are kept here so that lists can ask for them.
CREATE TABLE concern_referrals (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    concern_id TEXT NOT NULL,
    agency_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    method TEXT NOT NULL,
    consent TEXT NOT NULL,
    framework_id TEXT,
    framework_level INTEGER,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    acknowledged_at TEXT,
    decided_at TEXT,
    withdrawn_at TEXT,
    round INTEGER NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, agency_id) REFERENCES agencies (trust_id, id),
    FOREIGN KEY (trust_id, made_by) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, framework_id) REFERENCES threshold_frameworks (trust_id, id)
) STRICT;
CREATE INDEX concern_referrals_by_concern ON concern_referrals (trust_id, concern_id, id);
CREATE INDEX concern_referrals_by_agency ON concern_referrals (trust_id, agency_id, id);
CREATE INDEX concern_referrals_by_moment ON concern_referrals (trust_id, made_at, id);

-- About which pupils of the concern: the same for all versions.
CREATE TABLE concern_referral_pupils (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    referral_id TEXT NOT NULL,
    pupil_id TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    PRIMARY KEY (trust_id, referral_id, pupil_id),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;
CREATE INDEX concern_referral_pupils_by_pupil ON concern_referral_pupils (trust_id, pupil_id, referral_id);

-- What became of it: answers, chases, the agency's decisions, challenges, withdrawal. In versions, as all of a case.
CREATE TABLE concern_referral_steps (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    concern_id TEXT NOT NULL,
    referral_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    method TEXT,
    person_id TEXT,
    challenge TEXT,
    answered_at TEXT,
    pupil_id TEXT,
    external_decision_id TEXT,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, person_id) REFERENCES people (trust_id, id),
    FOREIGN KEY (trust_id, pupil_id) REFERENCES pupils (trust_id, id)
) STRICT;
CREATE INDEX concern_referral_steps_by_referral ON concern_referral_steps (trust_id, referral_id, id);
CREATE INDEX concern_referral_steps_by_concern ON concern_referral_steps (trust_id, concern_id, happened_at, id);
CREATE INDEX concern_referral_steps_by_pupil ON concern_referral_steps (trust_id, pupil_id, id);

-- That a case was taken to a higher level, who sees to it there, and until when.
CREATE TABLE concern_escalations (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    concern_id TEXT NOT NULL,
    level TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    review_on TEXT NOT NULL,
    ended_at TEXT,
    author_id TEXT,
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (trust_id, id, number),
    FOREIGN KEY (trust_id, concern_id) REFERENCES concerns (trust_id, id),
    FOREIGN KEY (trust_id, owner_id) REFERENCES people (trust_id, id)
) STRICT;
CREATE INDEX concern_escalations_by_concern ON concern_escalations (trust_id, concern_id, id);
CREATE INDEX concern_escalations_by_owner ON concern_escalations (trust_id, owner_id, id);
CREATE INDEX concern_escalations_by_day ON concern_escalations (trust_id, review_on, id);
