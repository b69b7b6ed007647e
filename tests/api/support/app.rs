//! A server a test, over real HTTP on a port of its own.

use std::sync::mpsc;

use tutela::access::Services;
use tutela::app::{self, Parts};
use tutela::audit::Recorder;
use tutela::auth::issuers::{DevelopmentClaims, DevelopmentKey, Issuers};
use tutela::clock::Clock;
use tutela::config::Serve;
use tutela::crypto::{MasterKeys, Vault};
use tutela::db::{Db, Sizing, Target};

use super::world::{self, World};
use super::{Backend, Client, Database};

/// The master key of every test: a secret that protects nothing.
const MASTER_KEY: &str = "VHV0ZWxhIHRlc3RzIGtlZXAgbm8gc2VjcmV0cyBoZXI=";

/// A running service on a database of its own.
pub struct TestApp {
    pub world: &'static World,
    pub services: Services,
    pub database: Database,
    base: String,
    key: DevelopmentKey,
    handle: actix_web::dev::ServerHandle,
}

impl TestApp {
    /// A service over the two trusts of the test world.
    pub fn start(backend: Backend) -> Self {
        let database = world::database(backend);
        let services = services(&database.target);
        let folder = tempfile::TempDir::new().unwrap();
        let key = DevelopmentKey::open_or_create(&folder.path().join("key.pem")).unwrap();
        let parts = Parts {
            services: services.clone(),
            issuers: Issuers::empty().with(key.issuer()),
            serve: settings(),
        };
        let (address, handle) = run(parts);
        Self {
            world: world::world(backend),
            services,
            database,
            base: format!("http://{address}"),
            key,
            handle,
        }
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
        self.key.sign(&claims, Clock::System.now()).unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
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
    }
}

fn settings() -> Serve {
    Serve {
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
        environment: "test".to_owned(),
    }
}

fn run(parts: Parts) -> (std::net::SocketAddr, actix_web::dev::ServerHandle) {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let listening = app::listen(parts).unwrap();
            tell.send((listening.address, listening.server.handle())).unwrap();
            listening.server.await.unwrap();
        });
    });
    told.recv().unwrap()
}
