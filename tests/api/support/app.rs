//! A server a test, over real HTTP on a port of its own.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;

use tempfile::TempDir;
use tutela::access::Services;
use tutela::app::{self, Parts};
use tutela::audit::Recorder;
use tutela::auth::issuers::{DevelopmentClaims, DevelopmentKey, Issuers};
use tutela::clock::{Clock, Timestamp};
use tutela::config::{FileSettings, Serve};
use tutela::crypto::{MasterKeys, Vault};
use tutela::db::{Db, Sizing, Target};
use tutela::demo::Demo;
use tutela::files::{Directory, Files};

use super::world::{self, World};
use super::{Backend, Client, Database};

/// The master key of every test: a secret that protects nothing.
pub const MASTER_KEY: &str = "VHV0ZWxhIHRlc3RzIGtlZXAgbm8gc2VjcmV0cyBoZXI=";

/// A running service on a database of its own.
pub struct TestApp {
    pub world: &'static World,
    pub services: Services,
    pub database: Arc<Database>,
    base: String,
    key: DevelopmentKey,
    handle: actix_web::dev::ServerHandle,
}

impl TestApp {
    /// A service over the two trusts of the test world.
    pub fn start(backend: Backend) -> Self {
        let database = world::database(backend);
        Self::over(database, world::world(backend))
    }

    /// The same, which does no work outside requests, under a clock that the test moves.
    pub fn start_idle(backend: Backend) -> Self {
        Self::start_idle_at(backend, Clock::System.now())
    }

    /// The same from another moment on.
    pub fn start_idle_at(backend: Backend, at: Timestamp) -> Self {
        let database = world::database(backend);
        let mut services = services(&database.target);
        services.clock = Clock::manual(at);
        let world = world::world(backend);
        Self::of(Arc::new(database), world, services, Issuers::empty(), false)
    }

    /// A service over the demo: two trusts with schools, people in every role, pupils and concerns.
    pub fn start_demo(backend: Backend) -> DemoApp {
        let database = world::demo_database(backend);
        DemoApp { app: Self::over(database, world::demo_world(backend)), demo: world::demo(backend) }
    }

    /// The same with services of the test's own, under a clock that the test moves, and without work outside requests.
    pub fn start_demo_with(backend: Backend, set: impl FnOnce(&mut Services)) -> DemoApp {
        let database = world::demo_database(backend);
        let mut services = services(&database.target);
        services.clock = Clock::manual(Clock::System.now());
        set(&mut services);
        let world = world::demo_world(backend);
        let app = Self::of(Arc::new(database), world, services, Issuers::empty(), false);
        DemoApp { app, demo: world::demo(backend) }
    }

    /// The same with another clock and issuers beside the tests' own.
    pub fn start_with(backend: Backend, clock: Clock, issuers: Issuers) -> Self {
        let database = Arc::new(world::database(backend));
        let services = Services { clock, ..services(&database.target) };
        Self::of(database, world::world(backend), services, issuers, true)
    }

    /// The same with other settings.
    pub fn start_serving(backend: Backend, set: impl FnOnce(&mut Serve)) -> Self {
        let database = Arc::new(world::database(backend));
        let services = services(&database.target);
        let mut settings = settings(true);
        set(&mut settings);
        let Server { base, key, handle, thread: _ } = serve_as(&services, Issuers::empty(), settings);
        Self { world: world::world(backend), services, database, base, key, handle }
    }

    fn over(database: Database, world: &'static World) -> Self {
        let services = services(&database.target);
        Self::of(Arc::new(database), world, services, Issuers::empty(), true)
    }

    fn of(
        database: Arc<Database>,
        world: &'static World,
        services: Services,
        issuers: Issuers,
        jobs: bool,
    ) -> Self {
        let Server { base, key, handle, thread: _ } = serve_with(&services, issuers, jobs);
        Self { world, services, database, base, key, handle }
    }

    /// Another node over the same database, with connections of its own.
    pub fn second_node(&self) -> Self {
        let services = services(&self.database.target);
        Self::of(Arc::clone(&self.database), self.world, services, Issuers::empty(), true)
    }

    /// The base address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A caller without a token.
    pub fn nobody(&self) -> Client {
        Client::new(&self.base, None)
    }

    /// A caller with this text as its token.
    pub fn bearer(&self, token: &str) -> Client {
        Client::new(&self.base, Some(token.to_owned()))
    }

    /// A caller of a trust with these roles and no person.
    pub fn faceless(&self, trust: &str, roles: &[&str]) -> Client {
        self.bearer(&self.token(trust, "nobody-known", None, roles))
    }

    /// A caller of a trust who is a person, with these roles.
    pub fn person(&self, trust: &str, person: tutela::ids::Id, roles: &[&str]) -> Client {
        self.bearer(&self.token(trust, &person.to_string(), Some(person), roles))
    }

    /// A signed token.
    pub fn token(
        &self,
        trust: &str,
        subject: &str,
        person: Option<tutela::ids::Id>,
        roles: &[&str],
    ) -> String {
        let claims = DevelopmentClaims {
            trust: trust.to_owned(),
            subject: subject.to_owned(),
            person,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            minutes: 60,
        };
        self.key.sign(&claims, self.services.clock.now()).unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// A running service over the demo.
pub struct DemoApp {
    app: TestApp,
    pub demo: &'static Demo,
}

impl Deref for DemoApp {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

impl DemoApp {
    /// Who holds a role in a trust; at its first school, where it is held at one.
    pub fn as_role(&self, trust: &str, role: &str) -> Client {
        let trust = self.demo.trusts.iter().find(|known| known.slug == trust).unwrap();
        let (person, claim) = trust.holder(role).unwrap();
        self.person(&trust.slug, person, &[&claim])
    }

    /// Another node over the same database.
    pub fn second_node(&self) -> Self {
        Self { app: self.app.second_node(), demo: self.demo }
    }

    /// Who holds a role at a school of Trust A.
    pub fn as_role_at(&self, school: usize, role: &str) -> Client {
        let trust = &self.demo.trusts[0];
        let (person, claim) = trust.schools[school].holder(role).unwrap();
        self.person(&trust.slug, person, &[&claim])
    }
}

/// A server and the key that signs its callers' tokens.
pub struct Server {
    pub base: String,
    pub key: DevelopmentKey,
    handle: actix_web::dev::ServerHandle,
    thread: JoinHandle<()>,
}

impl Server {
    /// Stops it and waits until it has let go of its database.
    pub fn stop(self) {
        actix_web::rt::System::new().block_on(self.handle.stop(true));
        self.thread.join().unwrap();
    }
}

/// Serves a database on a port of its own.
pub fn serve(services: &Services) -> Server {
    serve_with(services, Issuers::empty(), true)
}

/// The same with other issuers beside the tests' own, and with or without work outside requests.
fn serve_with(services: &Services, issuers: Issuers, jobs: bool) -> Server {
    serve_as(services, issuers, settings(jobs))
}

fn serve_as(services: &Services, issuers: Issuers, serve: Serve) -> Server {
    let key = development_key();
    let parts = Parts { services: services.clone(), issuers: issuers.with(key.issuer()), serve };
    let (address, handle, thread) = run(parts);
    Server { base: format!("http://{address}"), key, handle, thread }
}

/// Every server of this process trusts one key, as the nodes of one service do.
fn development_key() -> DevelopmentKey {
    static FILE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, file) = FILE.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("key.pem");
        DevelopmentKey::open_or_create(&file).unwrap();
        (folder, file)
    });
    DevelopmentKey::open_or_create(file).unwrap()
}

/// The services over a database, with the tests' master key.
pub fn services(target: &Target) -> Services {
    let db = Db::open(target, Sizing { connections: 3, ..Sizing::default() }).unwrap();
    Services {
        recorder: Recorder::start(db.clone()).unwrap(),
        db,
        vault: Vault::new(MasterKeys::parse(MASTER_KEY).unwrap()),
        clock: Clock::System,
        environment: "test".to_owned(),
        files: Some(Files::new(Directory::new(files_folder()), LARGEST_FILE)),
    }
}

/// The most bytes of a file in tests.
pub const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// Every server of this process keeps files in one folder, as the nodes of one service do.
pub fn files_folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| TempDir::new().unwrap()).path()
}

fn settings(jobs: bool) -> Serve {
    Serve {
        one_database_role: false,
        listen: "127.0.0.1:0".parse().unwrap(),
        issuers_file: None,
        cors_origins: vec!["https://front-end.example".to_owned()],
        trusted_proxies: Vec::new(),
        rate_per_second: 0,
        rate_burst: 1,
        failed_logins_per_minute: 1_000_000.try_into().unwrap(),
        workers: 1,
        max_connections: 100,
        shutdown_seconds: 1,
        jobs,
        public_url: None,
        environment: "test".to_owned(),
        files: FileSettings::default(),
    }
}

fn run(parts: Parts) -> (std::net::SocketAddr, actix_web::dev::ServerHandle, JoinHandle<()>) {
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let listening = app::listen(parts).unwrap();
            tell.send((listening.address, listening.server.handle())).unwrap();
            listening.server.await.unwrap();
        });
    });
    let (address, handle) = told.recv().unwrap();
    (address, handle, thread)
}
