-- The national register, and a trust's hubs, schools and calendar.

-- Reference data for every trust: it belongs to none.
CREATE TABLE establishments (
    urn INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    la_code TEXT,
    la_name TEXT,
    establishment_number TEXT,
    type_name TEXT,
    status_name TEXT,
    phase_name TEXT,
    open_date TEXT,
    close_date TEXT,
    statutory_low_age INTEGER,
    statutory_high_age INTEGER,
    ukprn TEXT,
    street TEXT,
    town TEXT,
    postcode TEXT,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX establishments_by_name ON establishments (name_folded, urn);

CREATE TABLE hubs (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, name)
) STRICT;

CREATE TABLE schools (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    urn INTEGER NOT NULL,
    name TEXT NOT NULL,
    laestab TEXT,
    la_name TEXT,
    phase TEXT NOT NULL,
    hub_id TEXT,
    tas INTEGER NOT NULL,
    joined_on TEXT,
    left_on TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, urn),
    FOREIGN KEY (trust_id, hub_id) REFERENCES hubs (trust_id, id)
) STRICT;

-- One calendar a trust and academic year; a school may have its own, which then stands in its place.
CREATE TABLE academic_years (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    id TEXT NOT NULL,
    school_id TEXT,
    calendar_of TEXT NOT NULL,
    start_year INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, calendar_of, start_year),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
) STRICT;

CREATE TABLE half_terms (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    academic_year_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    PRIMARY KEY (trust_id, academic_year_id, number),
    FOREIGN KEY (trust_id, academic_year_id) REFERENCES academic_years (trust_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE closed_days (
    trust_id TEXT NOT NULL REFERENCES trusts (id),
    academic_year_id TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (trust_id, academic_year_id, day),
    FOREIGN KEY (trust_id, academic_year_id) REFERENCES academic_years (trust_id, id) ON DELETE CASCADE
) STRICT;
