//! Migrations: one migrator at a time, and never an older binary on a newer schema.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Target, connect};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Migrations are not `Clone`: a constant gives a fresh list each time.
type Source = fn() -> EmbeddedMigrations;

/// The advisory lock that a migrator holds, chosen at random once.
const MIGRATOR_LOCK: i64 = 0x7475_7465_6c61_0001;

/// Brings the schema up to this binary's version and returns how many migrations ran.
///
/// On `PostgreSQL`, `migration_url` is the owner's and `target` is the application's, whose role gets what it needs
/// and no more.
pub fn run(target: &Target, migration_url: Option<&str>) -> Result<usize, String> {
    match target {
        Target::Sqlite(_) => sqlite(target),
        Target::Postgres(url) => postgres(migration_url.unwrap_or(url), url),
    }
}

/// Refuses a schema that is not exactly this binary's. It only reads: the application's role may do no more.
pub fn check(target: &Target) -> Result<(), String> {
    check_on(&mut connect::single(target)?)
}

/// The same on a connection that is there.
pub fn check_on(conn: &mut Conn) -> Result<(), String> {
    let known = match conn {
        Conn::Postgres(_) => names::<Pg>(&POSTGRES),
        Conn::Sqlite(_) => names::<Sqlite>(&SQLITE),
    }?;
    let applied: Vec<Applied> =
        diesel::sql_query("SELECT version FROM __diesel_schema_migrations ORDER BY version")
            .load(conn)
            .map_err(|_| {
                "the database has no schema: run `tutela migrate` with the owner's URL".to_owned()
            })?;
    let applied: Vec<String> = applied.into_iter().map(|row| row.version).collect();
    match missing(&known, &applied)? {
        0 => Ok(()),
        count => {
            Err(format!("the database lacks {count} migrations: run `tutela migrate` with the owner's URL"))
        }
    }
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

fn sqlite(target: &Target) -> Result<usize, String> {
    let Conn::Sqlite(mut conn) = connect::single(target)? else {
        return Err("not a SQLite target".to_owned());
    };
    // The write lock is taken first, so that a second migrator waits and then finds nothing to do.
    conn.batch_execute("PRAGMA busy_timeout = 60000").map_err(words)?;
    conn.immediate_transaction(|conn| Ok(apply::<Sqlite, _>(conn, || SQLITE)))
        .map_err(|error: diesel::result::Error| words(error))?
}

fn postgres(owner: &str, application: &str) -> Result<usize, String> {
    let role = current_role(application)?;
    let Conn::Postgres(mut conn) = connect::single(&Target::Postgres(owner.to_owned()))? else {
        return Err("not a PostgreSQL target".to_owned());
    };
    conn.batch_execute(&format!(
        "SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock({MIGRATOR_LOCK})"
    ))
    .map_err(words)?;
    let outcome = apply::<Pg, _>(&mut conn, || POSTGRES).and_then(|count| {
        let grants = format!("SELECT tutela_grant('{}')", role.replace('\'', "''"));
        conn.batch_execute(&grants).map_err(words)?;
        if !says_english(application)? {
            conn.batch_execute(&let_say_english(&role)).map_err(words)?;
        }
        Ok(count)
    });
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATOR_LOCK})")).map_err(words)?;
    outcome
}

/// Lets the server speak English to the application's role, where whoever migrates may: mostly a superuser.
fn let_say_english(role: &str) -> String {
    let role = role.replace('\'', "''");
    format!(
        "DO $$ BEGIN EXECUTE format('ALTER ROLE %I SET lc_messages = ''C''', '{role}'); \
         EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
    )
}

/// Whether the application's role is told of errors in English. Asked of an error itself: how a server's settings and
/// its environment make a language is its own affair. Yes on SQLite, which has no other.
pub fn is_told_in_english(target: &Target) -> Result<bool, String> {
    match target {
        Target::Sqlite(_) => Ok(true),
        Target::Postgres(url) => says_english(url),
    }
}

fn says_english(url: &str) -> Result<bool, String> {
    let mut conn = connect::single(&Target::Postgres(url.to_owned()))?;
    conn.batch_execute(
        "DO $$ BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN \
         PERFORM set_config('tutela.said', SQLERRM, false); END $$",
    )
    .map_err(words)?;
    diesel::sql_query("SELECT current_setting('tutela.said') AS name")
        .get_result::<Role>(&mut conn)
        .map(|said| said.name == "division by zero")
        .map_err(words)
}

/// What the application's role may that it should not: then `PostgreSQL` does not hold it to row-level security, nor keep
/// it from changing the audit log. Nothing on SQLite, where there are no roles. What a role may become by `SET ROLE` it
/// may do.
pub fn excess_rights(target: &Target) -> Result<Option<Excess>, String> {
    let mut conn = connect::single(target)?;
    if matches!(conn, Conn::Sqlite(_)) {
        return Ok(None);
    }
    let rights: Rights = diesel::sql_query(
        "SELECT coalesce(bool_or(rolsuper), false) AS superuser, coalesce(bool_or(rolbypassrls), false) AS bypasses, \
         EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('trusts') AND pg_has_role(relowner, 'MEMBER')) AS owns \
         FROM pg_roles WHERE pg_has_role(oid, 'MEMBER')",
    )
    .get_result(&mut conn)
    .map_err(words)?;
    Ok(match rights {
        Rights { superuser: true, .. } => Some(Excess::Superuser),
        Rights { bypasses: true, .. } => Some(Excess::BypassesRowSecurity),
        Rights { owns: true, .. } => Some(Excess::OwnsTables),
        _ => None,
    })
}

/// A right that takes the second wall away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// The role is a superuser.
    Superuser,
    /// The role has BYPASSRLS.
    BypassesRowSecurity,
    /// The role owns the tables, or is a member of the role that does.
    OwnsTables,
}

impl std::fmt::Display for Excess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Superuser => "is a superuser",
            Self::BypassesRowSecurity => "has BYPASSRLS",
            Self::OwnsTables => "owns the tables",
        })
    }
}

#[derive(QueryableByName)]
struct Rights {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    superuser: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    bypasses: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    owns: bool,
}

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

fn current_role(url: &str) -> Result<String, String> {
    let mut conn = PgConnection::establish(url).map_err(words)?;
    diesel::sql_query("SELECT current_user::text AS name")
        .get_result::<Role>(&mut conn)
        .map(|role| role.name)
        .map_err(words)
}

fn apply<DB, C>(conn: &mut C, source: Source) -> Result<usize, String>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let applied = conn.applied_migrations().map_err(words)?;
    missing(&names::<DB>(&source())?, &applied.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    conn.run_pending_migrations(source()).map(|ran| ran.len()).map_err(words)
}

/// The versions that this binary knows.
fn names<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>, String>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(words)?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// How many migrations are missing; an error where the schema has one that this binary does not know.
fn missing(known: &[String], applied: &[String]) -> Result<usize, String> {
    match applied.iter().find(|version| !known.contains(version)) {
        Some(newer) => Err(format!(
            "the database has migration {newer}, which this binary does not know: it was made by a newer version"
        )),
        None => Ok(known.len().saturating_sub(applied.len())),
    }
}

fn words(error: impl std::fmt::Display) -> String {
    format!("the schema cannot be brought up to date: {error}")
}
