//! A database a test: a copy of a migrated and filled template, made once a process.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use tempfile::TempDir;
use tutela::db::{Target, migrate};

use super::postgres::{self, Cluster};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// Whether this machine has it.
    pub fn is_there(self) -> bool {
        self == Self::Sqlite || postgres::cluster().is_some()
    }
}

/// One test's database; it goes when the test ends.
pub struct Database {
    pub target: Target,
    kind: Kind,
}

enum Kind {
    File(#[expect(dead_code, reason = "removes the folder when it is dropped")] TempDir),
    Named(String),
}

impl Database {
    /// An empty database with the schema of this version.
    pub fn migrated(backend: Backend) -> Self {
        Self::copy(backend, "migrated", |_| {})
    }

    /// A database with nothing in it, not even a schema.
    pub fn empty(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let folder = TempDir::new().unwrap();
                Self { target: Target::Sqlite(folder.path().join("tutela.db")), kind: Kind::File(folder) }
            }
            Backend::Postgres => {
                let (cluster, database) = (postgres::cluster().unwrap(), Self::next_name());
                let make = format!("CREATE DATABASE {database} OWNER tutela_owner TEMPLATE template0");
                cluster.run("postgres", &make);
                cluster.run(&database, "GRANT ALL ON SCHEMA public TO tutela_owner");
                Self {
                    target: Target::Postgres(cluster.url("tutela_app", &database)),
                    kind: Kind::Named(database),
                }
            }
        }
    }

    fn next_name() -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        format!("tutela_t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst))
    }

    /// A copy of the template `name`, which `fill` fills when it is asked for first.
    pub fn copy(backend: Backend, name: &'static str, fill: impl FnOnce(&Target)) -> Self {
        match backend {
            Backend::Sqlite => Self::copy_file(name, fill),
            Backend::Postgres => Self::copy_named(postgres::cluster().unwrap(), name, fill),
        }
    }

    fn copy_file(name: &'static str, fill: impl FnOnce(&Target)) -> Self {
        static TEMPLATES: Mutex<Vec<(&str, PathBuf)>> = Mutex::new(Vec::new());
        static FOLDER: OnceLock<TempDir> = OnceLock::new();
        let mut templates = TEMPLATES.lock().unwrap();
        let template = match templates.iter().find(|(known, _)| *known == name) {
            Some((_, file)) => file.clone(),
            None => {
                let file = FOLDER.get_or_init(|| TempDir::new().unwrap()).path().join(format!("{name}.db"));
                let target = Target::Sqlite(file.clone());
                migrate::run(&target, None).unwrap();
                fill(&target);
                checkpoint(&file);
                templates.push((name, file.clone()));
                file
            }
        };
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("tutela.db");
        std::fs::copy(template, &file).unwrap();
        Self { target: Target::Sqlite(file), kind: Kind::File(folder) }
    }

    fn copy_named(cluster: &'static Cluster, name: &'static str, fill: impl FnOnce(&Target)) -> Self {
        static TEMPLATES: Mutex<Vec<&str>> = Mutex::new(Vec::new());
        let template = format!("tutela_{name}_{}", std::process::id());
        let mut templates = TEMPLATES.lock().unwrap();
        if !templates.contains(&name) {
            cluster.run(
                "postgres",
                &format!("CREATE DATABASE {template} OWNER tutela_owner TEMPLATE template0"),
            );
            cluster.run(&template, "GRANT ALL ON SCHEMA public TO tutela_owner");
            let target = Target::Postgres(cluster.url("tutela_app", &template));
            migrate::run(&target, Some(&cluster.url("tutela_owner", &template))).unwrap();
            fill(&target);
            templates.push(name);
        }
        let database = Self::next_name();
        cluster.run(
            "postgres",
            &format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'; \
                 "
            ),
        );
        cluster
            .run("postgres", &format!("CREATE DATABASE {database} OWNER tutela_owner TEMPLATE {template}"));
        Self { target: Target::Postgres(cluster.url("tutela_app", &database)), kind: Kind::Named(database) }
    }

    /// The target with the rights of the schema's owner (on SQLite the same file).
    pub fn owner(&self) -> Target {
        match &self.kind {
            Kind::File(_) => self.target.clone(),
            Kind::Named(name) => Target::Postgres(postgres::cluster().unwrap().url("tutela_owner", name)),
        }
    }

    /// The superuser's URL, for what only a superuser sees.
    pub fn superuser(&self) -> Option<String> {
        match &self.kind {
            Kind::File(_) => None,
            Kind::Named(name) => Some(postgres::cluster().unwrap().url("super", name)),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Kind::Named(name) = &self.kind
            && let Some(cluster) = postgres::cluster()
        {
            cluster.run("postgres", &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Moves the write-ahead log into the file, so that the file alone can be copied.
fn checkpoint(file: &std::path::Path) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    // The connections of whoever filled it may be closing at this moment.
    conn.batch_execute("PRAGMA busy_timeout = 30000; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}
