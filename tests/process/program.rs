//! The real binary as a child process: run to its end, or serving until it is told to stop.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tutela::db::Target;

use crate::support::{Client, Database, MASTER_KEY, Signer, issuers_file, key_set};

/// Longer than anything takes on a loaded machine; a test that reaches it has failed.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// A command line of the binary. Nothing of the surrounding environment reaches it, and it runs in a folder of its own.
pub struct Program {
    command: Command,
    folder: tempfile::TempDir,
}

/// How a run ended and what it said.
#[derive(Debug)]
pub struct Finished {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Program {
    pub fn new(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tutela"));
        command.args(args).env_clear().current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { command, folder }
    }

    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// With a database, and the tests' master key.
    pub fn over(self, target: &Target) -> Self {
        self.env("TUTELA_DATABASE_URL", url(target)).env("TUTELA_MASTER_KEYS", MASTER_KEY)
    }

    /// The same, and on PostgreSQL with the owner's URL, so that it may bring the schema up to date.
    pub fn over_as_owner(self, database: &Database) -> Self {
        let program = self.over(&database.target);
        match database.owner() {
            Target::Postgres(owner) => program.env("TUTELA_MIGRATION_URL", owner),
            Target::Sqlite(_) => program,
        }
    }

    /// On a free port, believing the tokens of [`signer`].
    pub fn listening(self) -> Self {
        std::fs::write(self.folder.path().join("keys.json"), key_set(&[&signer()])).unwrap();
        let file = self.folder.path().join("issuers.toml");
        std::fs::write(&file, issuers_file("jwks_file = \"keys.json\"")).unwrap();
        self.env("TUTELA_LISTEN", "127.0.0.1:0")
            .env("TUTELA_ISSUERS_FILE", file)
            .env("TUTELA_RATE_PER_SECOND", "0")
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(self) -> Finished {
        let mut running = Running::of(self);
        let status = running.wait();
        Finished { code: status.code(), out: running.out.text(), err: running.err.text() }
    }

    /// Starts `serve` and waits until it listens.
    #[track_caller]
    pub fn serve(self) -> Service {
        let running = Running::of(self);
        let line = running.err.line_with("listening on ");
        let address = line.rsplit("listening on ").next().unwrap().to_owned();
        Service { base: format!("http://{address}"), address, running }
    }

    /// Starts it, whatever it does.
    pub fn start(self) -> Running {
        Running::of(self)
    }
}

/// `serve` over a database, as the tests start it.
#[track_caller]
pub fn serve(target: &Target) -> Service {
    Program::new(&["serve"]).over(target).listening().serve()
}

/// A database as its URL.
pub fn url(target: &Target) -> String {
    match target {
        Target::Sqlite(file) => format!("sqlite:{}", file.display()),
        Target::Postgres(url) => url.clone(),
    }
}

/// The key of the issuer whom [`Program::listening`] believes.
pub fn signer() -> Signer {
    Signer::new("login", 7)
}

/// A process that has been started; it goes when this does.
pub struct Running {
    child: Child,
    pub out: Said,
    pub err: Said,
    _folder: tempfile::TempDir,
}

impl Running {
    fn of(mut program: Program) -> Self {
        let mut child = program.command.spawn().unwrap();
        let (out, err) = (Said::of(child.stdout.take().unwrap()), Said::of(child.stderr.take().unwrap()));
        Self { child, out, err, _folder: program.folder }
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.out.close();
                self.err.close();
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end: {}", self.err.text());
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A service in a process of its own.
pub struct Service {
    pub base: String,
    pub address: String,
    pub running: Running,
}

impl Service {
    /// A caller with this text as its token.
    pub fn bearer(&self, token: &str) -> Client {
        Client::new(&self.base, Some(token.to_owned()))
    }

    /// SIGTERM, and how it ended.
    #[track_caller]
    pub fn stop(mut self) -> Finished {
        self.running.terminate();
        let status = self.running.wait();
        Finished { code: status.code(), out: self.running.out.text(), err: self.running.err.text() }
    }
}

/// What a process says on one of its outputs, line by line as it comes.
pub struct Said {
    lines: Receiver<String>,
    all: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Said {
    fn of(source: impl Read + Send + 'static) -> Self {
        let (tell, lines) = channel();
        let all = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&all);
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(source).lines().map_while(Result::ok) {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
                let _ = tell.send(line);
            }
        });
        Self { lines, all, reader: Some(reader) }
    }

    /// Waits for a line that holds these words.
    #[track_caller]
    pub fn line_with(&self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(words) => return line,
                Ok(_) => {}
                Err(end) => panic!("it never said {words:?} ({end}): {}", self.text()),
            }
        }
    }

    /// Everything so far.
    pub fn text(&self) -> String {
        self.all.lock().unwrap().clone()
    }

    fn close(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }
}

impl Finished {
    /// The one line by which a wrong setting or a failure is told.
    #[track_caller]
    pub fn complaint(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        let mut said = self.err.lines().filter(|line| !line.contains("INFO"));
        let line = said.next().unwrap_or_else(|| panic!("nothing was said: {self:?}"));
        assert_eq!(said.next(), None, "more than one line: {self:?}");
        assert!(line.starts_with("tutela: "), "{line}");
        line
    }

    /// Its output, where it ended well.
    #[track_caller]
    pub fn done(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        &self.out
    }
}

impl Finished {
    /// Its output, where rows of a file were refused.
    #[track_caller]
    pub fn part(&self) -> &str {
        assert_eq!(self.code, Some(3), "{self:?}");
        assert!(self.err.lines().last().unwrap().ends_with("rows were refused"), "{self:?}");
        &self.out
    }
}

/// Asks again and again until there is an answer; panics after a time that no healthy machine needs.
#[track_caller]
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "it did not happen: {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
