-- The house itself: trusts, keys, idempotency, audit, events, notifications.
--
-- Every table but a listed few carries trust_id, first in its primary key, its unique keys and its foreign keys:
-- identifiers cannot link across trusts even by a fault of ours.

-- postgres only
-- The second wall: whatever a query forgets, a transaction sees the rows of the trust it was bound to, and no others.
CREATE FUNCTION tutela_protect(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
        'CREATE POLICY one_trust ON %I USING (trust_id = nullif(current_setting(''tutela.trust_id'', true), '''')::uuid)',
        name
    );
END
$$;

-- What the application's role may do. The audit log can be added to and sealed, never taken from.
CREATE FUNCTION tutela_grant(role_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF role_name = current_user THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role_name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', role_name);
    EXECUTE format('REVOKE UPDATE, DELETE ON audit_entries, events FROM %I', role_name);
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON __diesel_schema_migrations FROM %I', role_name);
END
$$;
-- end postgres only

-- The directory of trusts: what must be known before anybody is.
CREATE TABLE trusts (
    id uuid NOT NULL PRIMARY KEY,
    slug text COLLATE "C" NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE trust_settings (
    trust_id uuid NOT NULL PRIMARY KEY REFERENCES trusts (id),
    name text NOT NULL,
    trust_lead_column text NOT NULL,
    closure_rule text NOT NULL,
    restricted_log boolean NOT NULL,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL
);
SELECT tutela_protect('trust_settings');

CREATE TABLE trust_keys (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    master_name text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, id)
);
SELECT tutela_protect('trust_keys');

CREATE TABLE idempotency_keys (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    principal text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    created_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (trust_id, principal, key)
);
SELECT tutela_protect('idempotency_keys');

CREATE TABLE audit_entries (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    principal text COLLATE "C" NOT NULL,
    person_id uuid,
    role text,
    rule text NOT NULL,
    action text COLLATE "C" NOT NULL,
    class text COLLATE "C" NOT NULL,
    record_id uuid,
    record_ids bytea,
    school_id uuid,
    outcome text NOT NULL,
    request_id text NOT NULL,
    canonical bytea NOT NULL,
    PRIMARY KEY (trust_id, id)
);
CREATE INDEX audit_entries_by_record ON audit_entries (trust_id, record_id, id);
CREATE INDEX audit_entries_by_person ON audit_entries (trust_id, person_id, id);
SELECT tutela_protect('audit_entries');

CREATE TABLE events (
    trust_id uuid NOT NULL REFERENCES trusts (id),
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text COLLATE "C" NOT NULL,
    class text COLLATE "C" NOT NULL,
    record_id uuid NOT NULL,
    school_id uuid,
    request_id text NOT NULL,
    PRIMARY KEY (trust_id, id)
);
SELECT tutela_protect('events');
