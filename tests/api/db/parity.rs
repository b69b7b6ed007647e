//! The schemas of both databases and of `schema.rs` are one.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, SqliteConnection};

use crate::support::{Backend, Database};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Types of each database and of `schema.rs` in one vocabulary: SQLite stores identifiers, moments and days as text.
fn plain(kind: &str) -> &'static str {
    match kind {
        "uuid"
        | "Uid"
        | "timestamp with time zone"
        | "Moment"
        | "date"
        | "Date"
        | "text"
        | "Text"
        | "TEXT" => "text",
        "bytea" | "Binary" | "BLOB" => "bytes",
        "bigint" | "BigInt" | "integer" | "Integer" | "smallint" | "SmallInt" | "boolean" | "Bool"
        | "INTEGER" => "integer",
        other => panic!("a type that the parity test does not know: {other}"),
    }
}

fn sqlite(sql: &str) -> BTreeSet<String> {
    let database = Database::migrated(Backend::Sqlite);
    let tutela::db::Target::Sqlite(file) = &database.target else { panic!() };
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    lines(diesel::sql_query(sql).load::<Line>(&mut conn).unwrap())
}

fn postgres(sql: &str) -> Option<BTreeSet<String>> {
    if !Backend::Postgres.is_there() {
        return None;
    }
    let database = Database::migrated(Backend::Postgres);
    let mut conn = PgConnection::establish(&database.superuser().unwrap()).unwrap();
    Some(lines(diesel::sql_query(sql).load::<Line>(&mut conn).unwrap()))
}

fn lines(rows: Vec<Line>) -> BTreeSet<String> {
    rows.into_iter().map(|row| row.line).filter(|line| !line.contains("__diesel")).collect()
}

/// `table.column kind null|not null`, with the kinds made plain.
fn typed(lines: BTreeSet<String>) -> BTreeSet<String> {
    lines
        .into_iter()
        .map(|line| {
            let mut parts = line.split('|');
            let mut next = || parts.next().unwrap();
            format!("{} {} {}", next(), plain(next()), next())
        })
        .collect()
}

fn declared() -> BTreeSet<String> {
    let text = include_str!("../../../src/db/schema.rs");
    let mut table = "";
    let mut out = BTreeSet::new();
    for line in text.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = name;
        } else if let Some((column, kind)) = line.split_once(" -> ") {
            let kind = kind.trim_end_matches(',');
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let null = if inner.is_some() { "null" } else { "not null" };
            out.insert(format!("{table}.{column} {} {null}", plain(inner.unwrap_or(kind))));
        }
    }
    out
}

const SQLITE_COLUMNS: &str = "SELECT m.name || '.' || c.name || '|' || c.type || '|' || \
     CASE WHEN c.\"notnull\" = 1 THEN 'not null' ELSE 'null' END AS line \
     FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
const POSTGRES_COLUMNS: &str = "SELECT table_name || '.' || column_name || '|' || data_type || '|' || \
     CASE is_nullable WHEN 'NO' THEN 'not null' ELSE 'null' END AS line \
     FROM information_schema.columns WHERE table_schema = 'public'";

#[test]
fn columns_are_equal_everywhere() {
    let sqlite = typed(sqlite(SQLITE_COLUMNS));
    assert_eq!(sqlite, declared(), "SQLite and schema.rs");
    if let Some(postgres) = postgres(POSTGRES_COLUMNS) {
        assert_eq!(typed(postgres), sqlite, "PostgreSQL and SQLite");
    }
}

/// Unique keys (the primary ones too) and other indexes, as `table unique|plain columns in order`.
const SQLITE_INDEXES: &str = "SELECT m.name || CASE WHEN l.\"unique\" = 1 THEN ' unique ' ELSE ' plain ' END || \
     (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)) AS line \
     FROM sqlite_schema m JOIN pragma_index_list(m.name) l WHERE m.type = 'table' \
     UNION SELECT m.name || ' unique ' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND c.pk = 1 AND c.type = 'INTEGER' \
     AND (SELECT count(*) FROM pragma_table_info(m.name) WHERE pk > 0) = 1";
const POSTGRES_INDEXES: &str = "SELECT t.relname || CASE WHEN i.indisunique THEN ' unique ' ELSE ' plain ' END || \
     string_agg(a.attname, ',' ORDER BY k.n) AS line FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
     JOIN pg_namespace s ON s.oid = t.relnamespace AND s.nspname = 'public' \
     CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, n) \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum \
     GROUP BY i.indexrelid, t.relname, i.indisunique";

#[test]
fn indexes_are_equal() {
    let sqlite = sqlite(SQLITE_INDEXES);
    assert!(sqlite.contains("schools unique trust_id,urn"), "{sqlite:?}");
    if let Some(postgres) = postgres(POSTGRES_INDEXES) {
        assert_eq!(postgres, sqlite);
    }
}

/// Foreign keys as `table(columns) -> table(columns) on delete`.
const SQLITE_KEYS: &str = "SELECT name || '(' || group_concat(\"from\", ',') || ') -> ' || target || '(' || \
     group_concat(\"to\", ',') || ') ' || on_delete AS line FROM (SELECT m.name, f.id, f.seq, f.\"from\", \
     f.\"to\", f.\"table\" AS target, f.on_delete FROM sqlite_schema m \
     JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq) GROUP BY name, id";
const POSTGRES_KEYS: &str = "SELECT t.relname || '(' || (SELECT string_agg(a.attname, ',' ORDER BY k.n) \
     FROM unnest(c.conkey) WITH ORDINALITY AS k (num, n) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num) \
     || ') -> ' || r.relname || '(' || (SELECT string_agg(a.attname, ',' ORDER BY k.n) \
     FROM unnest(c.confkey) WITH ORDINALITY AS k (num, n) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num) \
     || ') ' || CASE c.confdeltype WHEN 'c' THEN 'CASCADE' ELSE 'NO ACTION' END AS line \
     FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid WHERE c.contype = 'f'";

#[test]
fn foreign_keys_and_what_they_do_are_equal() {
    let sqlite = sqlite(SQLITE_KEYS);
    assert!(sqlite.contains("schools(trust_id,hub_id) -> hubs(trust_id,id) NO ACTION"), "{sqlite:?}");
    if let Some(postgres) = postgres(POSTGRES_KEYS) {
        assert_eq!(postgres, sqlite);
    }
}

/// The tables that belong to no trust, by name: everything else is bound to one, in every key.
const SHARED: &[&str] = &["trusts", "establishments", "leases", "signing_keys", "tasks"];

#[test]
fn every_key_begins_with_the_trust() {
    let owned = |line: &&String| !SHARED.contains(&line.split([' ', '(']).next().unwrap());
    for line in sqlite(SQLITE_INDEXES).iter().filter(owned) {
        let columns = line.split(' ').nth(2).unwrap();
        assert!(columns.starts_with("trust_id"), "{line}");
    }
    for line in sqlite(SQLITE_KEYS).iter().filter(owned) {
        assert!(line.contains("(trust_id"), "{line}");
    }
    let trusted = sqlite(
        "SELECT m.name AS line FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.name = 'trust_id' AND c.pk = 1",
    );
    let all =
        sqlite("SELECT name AS line FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    for table in all.iter().filter(|table| !SHARED.contains(&table.as_str())) {
        assert!(trusted.contains(table), "{table} has no trust_id first in its primary key");
    }
}

#[test]
fn every_table_of_a_trust_has_forced_row_security() {
    let sql = "SELECT relname::text AS line FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE nspname = 'public' AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)";
    if let Some(open) = postgres(sql) {
        assert_eq!(open, SHARED.iter().map(|name| (*name).to_owned()).collect());
    }
}
