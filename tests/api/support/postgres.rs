//! A throw-away PostgreSQL cluster: the server that `TUTELA_TEST_DATABASE_URL` names, or one that is started here as
//! an unprivileged user and stops when this process does.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

/// A server and how to reach it as its superuser, the schema's owner and the application.
pub struct Cluster {
    host: String,
    superuser: String,
    own: Option<Own>,
}

/// A server that was started here.
struct Own {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    user: Option<(u32, u32)>,
    language: &'static str,
    guard: Mutex<Option<Child>>,
}

/// The cluster of this process; says once which one it is, or why there is none.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| {
            let (found, words) = match find() {
                Ok(cluster) => (Some(cluster), "PostgreSQL: tested".to_owned()),
                Err(reason) => (None, format!("PostgreSQL: NOT tested, {reason}")),
            };
            crate::say!("databases: SQLite: tested; {words}");
            if found.is_none() && std::env::var_os("TUTELA_REQUIRE_POSTGRES").is_some() {
                panic!("TUTELA_REQUIRE_POSTGRES is set and {words}");
            }
            found
        })
        .as_ref()
}

impl Cluster {
    /// The URL of a database for one of the roles.
    pub fn url(&self, role: &str, database: &str) -> String {
        let user = if role == "super" { &self.superuser } else { role };
        format!("postgres://{user}@{}/{database}", self.host)
    }

    /// A cluster for one test alone, which may stop it.
    pub fn own() -> Option<Self> {
        programs()?;
        let cluster = start().unwrap();
        cluster.make_roles();
        Some(cluster)
    }

    /// The same, which tells of its errors in German; none where the server has no German.
    pub fn own_in_german() -> Option<Self> {
        programs()?;
        let cluster = start_speaking("de").unwrap();
        cluster.make_roles();
        let mut conn = PgConnection::establish(&cluster.url("super", "postgres")).unwrap();
        let said = conn.batch_execute("SELECT 1 / 0").unwrap_err().to_string();
        said.contains("Division").then_some(cluster)
    }

    /// Stops the server as a power cut does, with the mode `immediate`.
    pub fn stop_at_once(&self) {
        let own = self.own.as_ref().unwrap();
        std::fs::write(own.folder.join("keep"), "").unwrap();
        let mut guard = own.guard.lock().unwrap().take().unwrap();
        drop(guard.stdin.take());
        guard.wait().unwrap();
        std::fs::remove_file(own.folder.join("keep")).unwrap();
    }

    /// Starts the server again, on what it had.
    pub fn start_again(&self) {
        let own = self.own.as_ref().unwrap();
        let guard = launch(&own.programs, &own.folder, own.port, own.user, own.language).unwrap();
        *own.guard.lock().unwrap() = Some(guard);
        self.wait().unwrap();
    }

    fn make_roles(&self) {
        self.run(
            "postgres",
            "DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tutela_owner') THEN CREATE ROLE tutela_owner LOGIN; END IF;
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tutela_app') THEN CREATE ROLE tutela_app LOGIN; END IF;
        END $$",
        );
    }

    fn wait(&self) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_mins(2);
        while PgConnection::establish(&self.url("super", "postgres")).is_err() {
            if Instant::now() > deadline {
                return Err("the cluster did not start within two minutes".to_owned());
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Runs SQL as the superuser.
    pub fn run(&self, database: &str, sql: &str) {
        let mut conn = PgConnection::establish(&self.url("super", database)).unwrap();
        conn.batch_execute(sql).unwrap();
    }
}

/// A database as `pg_dump` writes it; none where that program is not there.
pub fn dump(url: &str) -> Option<Vec<u8>> {
    let out = Command::new(programs()?.join("pg_dump")).args(["--dbname", url]).output().ok()?;
    out.status.success().then_some(out.stdout)
}

fn find() -> Result<Cluster, String> {
    let cluster = match std::env::var("TUTELA_TEST_DATABASE_URL") {
        Ok(url) => named(&url)?,
        Err(_) => start()?,
    };
    cluster.make_roles();
    Ok(cluster)
}

/// `postgres://user[:password]@host:port[/database]` of a superuser.
fn named(url: &str) -> Result<Cluster, String> {
    let rest = url.split_once("://").ok_or("TUTELA_TEST_DATABASE_URL is not a URL")?.1;
    let (user, host) = rest.split_once('@').ok_or("TUTELA_TEST_DATABASE_URL names no user")?;
    let host = host.split('/').next().unwrap_or(host);
    Ok(Cluster { host: host.to_owned(), superuser: user.to_owned(), own: None })
}

fn start() -> Result<Cluster, String> {
    start_speaking("")
}

/// The same in a language (`LANGUAGE`), which the locale `C.UTF-8` leaves open; nothing for English.
fn start_speaking(language: &'static str) -> Result<Cluster, String> {
    let programs = programs().ok_or("no server programs were found (apt-get install postgresql)")?;
    let folder =
        tempfile::Builder::new().prefix("tutela-pg-").tempdir_in("/tmp").map_err(|e| e.to_string())?.keep();
    let user = unprivileged();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).map_err(|e| e.to_string())?;
    if let Some((uid, gid)) = user {
        chown(&folder, Some(uid), Some(gid)).map_err(|e| e.to_string())?;
    }
    let data = folder.join("data");
    let mut initdb = Command::new(programs.join("initdb"));
    initdb
        .args(["-A", "trust", "-U", "tutela_super", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8", "-D"])
        .arg(&data);
    let made = as_user(&mut initdb, user).current_dir("/tmp").output().map_err(|e| e.to_string())?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned());
    }
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .map_err(|e| e.to_string())?
        .port();
    let guard = Mutex::new(Some(launch(&programs, &folder, port, user, language)?));
    let cluster = Cluster {
        host: format!("127.0.0.1:{port}"),
        superuser: "tutela_super".to_owned(),
        own: Some(Own { programs, folder, port, user, language, guard }),
    };
    cluster.wait()?;
    Ok(cluster)
}

/// A shell holds the server and waits for the end of this process, which closes its standard input; then it stops
/// the server and removes the folder, unless there is a file `keep` in it.
fn launch(
    programs: &Path,
    folder: &Path,
    port: u16,
    user: Option<(u32, u32)>,
    language: &str,
) -> Result<Child, String> {
    let script = format!(
        "'{}/postgres' -D '{data}' -p {port} -h 127.0.0.1 -k '{folder}' -c fsync=off -c full_page_writes=off \
         -c max_connections=300 -c shared_buffers=64MB -c logging_collector=off >'{folder}/log' 2>&1 & \
         cat >/dev/null; kill -QUIT $!; wait $!; [ -e '{folder}/keep' ] || rm -rf '{folder}'",
        programs.display(),
        data = folder.join("data").display(),
        folder = folder.display(),
    );
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &script])
        .env("LANGUAGE", language)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/tmp");
    as_user(&mut shell, user).spawn().map_err(|e| e.to_string())
}

fn programs() -> Option<PathBuf> {
    let said = Command::new("pg_config").arg("--bindir").output().ok();
    let said = said.map(|out| PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()));
    let packaged = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path().join("bin"));
    said.into_iter()
        .chain(packaged)
        .find(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
}

/// PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`.
fn unprivileged() -> Option<(u32, u32)> {
    let id = Command::new("id").arg("-u").output().ok()?;
    if String::from_utf8_lossy(&id.stdout).trim() != "0" {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let entry = |name: &str| {
        let line = passwd.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut parts = line.split(':').skip(2);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    entry("postgres").or_else(|| entry("nobody"))
}

fn as_user(command: &mut Command, user: Option<(u32, u32)>) -> &mut Command {
    match user {
        Some((uid, gid)) => command.uid(uid).gid(gid),
        None => command,
    }
}
