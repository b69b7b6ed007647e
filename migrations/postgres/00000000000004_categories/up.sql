-- A trust's own categories under the statutory codes, and the guidance that everybody sees on recording.

CREATE TABLE trust_categories (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    parent_code text COLLATE "C" NOT NULL,
    label text NOT NULL,
    guidance text NOT NULL,
    indicators text NOT NULL,
    retired_on date,
    retirement_reason text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, code)
);
SELECT tutela_protect('trust_categories');

CREATE TABLE recording_guidance (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id),
    UNIQUE (trust_id, number)
);
SELECT tutela_protect('recording_guidance');
