-- The national register, and a trust's hubs, schools and calendar.

-- Reference data for every trust: it belongs to none.
CREATE TABLE establishments (
    urn integer NOT NULL PRIMARY KEY,
    name text NOT NULL,
    name_folded text COLLATE "C" NOT NULL,
    la_code text COLLATE "C",
    la_name text,
    establishment_number text COLLATE "C",
    type_name text,
    status_name text,
    phase_name text,
    open_date date,
    close_date date,
    statutory_low_age smallint,
    statutory_high_age smallint,
    ukprn text COLLATE "C",
    street text,
    town text,
    postcode text,
    updated_at timestamptz NOT NULL
);
CREATE INDEX establishments_by_name ON establishments (name_folded, urn);

CREATE TABLE hubs (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, name)
);
SELECT tutela_protect('hubs');

CREATE TABLE schools (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    urn integer NOT NULL,
    name text NOT NULL,
    laestab text COLLATE "C",
    la_name text,
    phase text NOT NULL,
    hub_id uuid,
    tas boolean NOT NULL,
    joined_on date,
    left_on date,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, urn),
    FOREIGN KEY (trust_id, hub_id) REFERENCES hubs (trust_id, id)
);
SELECT tutela_protect('schools');

-- One calendar a trust and academic year; a school may have its own, which then stands in its place.
CREATE TABLE academic_years (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    school_id uuid,
    calendar_of uuid NOT NULL,
    start_year smallint NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, calendar_of, start_year),
    FOREIGN KEY (trust_id, school_id) REFERENCES schools (trust_id, id)
);
SELECT tutela_protect('academic_years');

CREATE TABLE half_terms (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    academic_year_id uuid NOT NULL,
    number smallint NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    PRIMARY KEY (trust_id, academic_year_id, number),
    FOREIGN KEY (trust_id, academic_year_id) REFERENCES academic_years (trust_id, id) ON DELETE CASCADE
);
SELECT tutela_protect('half_terms');

CREATE TABLE closed_days (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    academic_year_id uuid NOT NULL,
    day date NOT NULL,
    kind text NOT NULL,
    PRIMARY KEY (trust_id, academic_year_id, day),
    FOREIGN KEY (trust_id, academic_year_id) REFERENCES academic_years (trust_id, id) ON DELETE CASCADE
);
SELECT tutela_protect('closed_days');
