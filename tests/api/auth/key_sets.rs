//! An issuer changes its keys while the service runs: from a file, and from a URL that a small server here answers.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tutela::auth::issuers::Issuers;
use tutela::clock::Clock;

use crate::support::{Backend, Signer, TestApp, issuers_file, key_set};

/// A service whose clock a test moves, and whose issuer's keys are where this line of the issuers file says.
fn service(folder: &tempfile::TempDir, keys: &str) -> TestApp {
    let file = folder.path().join("issuers.toml");
    std::fs::write(&file, issuers_file(keys)).unwrap();
    let issuers = Issuers::load(&file, true).unwrap();
    TestApp::start_with(Backend::Sqlite, Clock::manual(Clock::System.now()), issuers)
}

/// The status that a new token of a key is answered with.
fn status(app: &TestApp, key: &Signer) -> u16 {
    app.bearer(&key.token(&["trust-admin"], None, app.services.clock.now())).get("/v1/hubs").status
}

/// An issuer's key set behind a URL.
struct Published {
    url: String,
    answer: Arc<Mutex<Option<String>>>,
    fetches: Arc<AtomicUsize>,
}

impl Published {
    fn new(keys: &[&Signer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new(Some(key_set(keys))));
        let fetches = Arc::new(AtomicUsize::new(0));
        let (said, count) = (Arc::clone(&answer), Arc::clone(&fetches));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                respond(stream.unwrap(), said.lock().unwrap().clone());
            }
        });
        Self { url, answer, fetches }
    }

    fn service(&self, folder: &tempfile::TempDir) -> TestApp {
        service(folder, &format!("jwks_url = \"{}\"", self.url))
    }

    fn publishes(&self, keys: &[&Signer]) {
        *self.answer.lock().unwrap() = Some(key_set(keys));
    }

    fn answers(&self, answer: Option<&str>) {
        *self.answer.lock().unwrap() = answer.map(str::to_owned);
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

/// One answer a connection; without a text it is a failure of the issuer's.
fn respond(mut stream: TcpStream, answer: Option<String>) {
    let _ = stream.read(&mut [0; 4096]);
    let (status, body) = match answer {
        Some(body) => ("200 OK", body),
        None => ("500 Internal Server Error", "{}".to_owned()),
    };
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
}

#[test]
fn a_files_new_key_is_accepted_and_its_withdrawn_one_refused() {
    let (old, new) = (Signer::new("old", 1), Signer::new("newer", 2));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    std::fs::write(&file, key_set(&[&old])).unwrap();
    let app = service(&folder, "jwks_file = \"keys.json\"");
    let caller = app.bearer(&old.token(&["trust-admin"], None, app.services.clock.now()));
    caller.get("/v1/hubs").expect(200);
    assert_eq!(status(&app, &new), 401);
    std::fs::write(&file, key_set(&[&old, &new])).unwrap();
    app.services.clock.advance(10);
    assert_eq!((status(&app, &old), status(&app, &new)), (200, 200));
    std::fs::write(&file, key_set(&[&new])).unwrap();
    app.services.clock.advance(10);
    assert_eq!((status(&app, &old), status(&app, &new)), (401, 200));
    // A token that was verified while its key counted is no better than a new one.
    assert_eq!(caller.get("/v1/hubs").problem(401), "unauthenticated");
}

#[test]
fn a_broken_file_keeps_the_last_good_keys() {
    let (known, stranger) = (Signer::new("known", 1), Signer::new("stranger", 2));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    std::fs::write(&file, key_set(&[&known])).unwrap();
    let app = service(&folder, "jwks_file = \"keys.json\"");
    for broken in ["{", "<html>", "{\"keys\": 1}"] {
        std::fs::write(&file, broken).unwrap();
        app.services.clock.advance(10);
        assert_eq!((status(&app, &known), status(&app, &stranger)), (200, 401), "{broken}");
    }
    std::fs::remove_file(&file).unwrap();
    app.services.clock.advance(10);
    assert_eq!((status(&app, &known), status(&app, &stranger)), (200, 401));
}

#[test]
fn an_unknown_key_fetches_at_most_once_in_thirty_seconds() {
    let (known, stranger) = (Signer::new("known", 1), Signer::new("stranger", 2));
    let (folder, issuer) = (tempfile::tempdir().unwrap(), Published::new(&[&known]));
    let app = issuer.service(&folder);
    assert_eq!((status(&app, &known), issuer.fetches()), (200, 1));
    for _ in 0..29 {
        app.services.clock.advance(1);
        assert_eq!(status(&app, &stranger), 401);
    }
    assert_eq!(issuer.fetches(), 1);
    app.services.clock.advance(1);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(status(&app, &stranger), 401));
        }
    });
    assert_eq!(issuer.fetches(), 2);
}

#[test]
fn a_urls_new_key_is_accepted_and_its_withdrawn_one_refused() {
    let (old, new) = (Signer::new("old", 1), Signer::new("new", 2));
    let (folder, issuer) = (tempfile::tempdir().unwrap(), Published::new(&[&old]));
    let app = issuer.service(&folder);
    assert_eq!((status(&app, &old), status(&app, &new)), (200, 401));
    issuer.publishes(&[&new]);
    app.services.clock.advance(31);
    assert_eq!((status(&app, &new), status(&app, &old)), (200, 401));
}

#[test]
fn a_url_that_fails_keeps_the_last_good_keys() {
    let (known, stranger) = (Signer::new("known", 1), Signer::new("stranger", 2));
    let (folder, issuer) = (tempfile::tempdir().unwrap(), Published::new(&[&known]));
    let app = issuer.service(&folder);
    assert_eq!(status(&app, &known), 200);
    for answer in [None, Some("<html>"), Some("{}")] {
        let before = issuer.fetches();
        issuer.answers(answer);
        app.services.clock.advance(700);
        assert_eq!((status(&app, &known), status(&app, &stranger)), (200, 401), "{answer:?}");
        assert_eq!(issuer.fetches(), before + 1, "{answer:?}");
    }
    issuer.publishes(&[&known, &stranger]);
    app.services.clock.advance(31);
    assert_eq!((status(&app, &known), status(&app, &stranger)), (200, 200));
}

#[test]
fn without_any_keys_nobody_comes_in() {
    let known = Signer::new("known", 1);
    let (folder, issuer) = (tempfile::tempdir().unwrap(), Published::new(&[]));
    let app = issuer.service(&folder);
    for answer in [None, Some("<html>"), Some("{}"), Some("{\"keys\": []}")] {
        issuer.answers(answer);
        assert_eq!(status(&app, &known), 401, "{answer:?}");
        app.services.clock.advance(31);
    }
    issuer.publishes(&[&known]);
    assert_eq!(status(&app, &known), 200);
}

#[test]
fn another_key_under_a_known_name_is_refused() {
    let (known, forged) = (Signer::new("known", 1), Signer::new("known", 2));
    let (folder, issuer) = (tempfile::tempdir().unwrap(), Published::new(&[&known]));
    let app = issuer.service(&folder);
    assert_eq!((status(&app, &known), status(&app, &forged)), (200, 401));
}
