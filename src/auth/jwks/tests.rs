//! Keys are read again when they should be, and not more often.

use std::io::Write;
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn set_with(kids: &[&str]) -> String {
    let key = |kid: &&str| format!(r#"{{"kid":"{kid}","kty":"OKP","crv":"Ed25519","x":"{X}"}}"#);
    format!(r#"{{"keys":[{}]}}"#, kids.iter().map(key).collect::<Vec<_>>().join(","))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_763_000_000_000_000).plus_seconds(seconds)
}

/// An issuer whose answer a test can change, and a count of the fetches.
struct Published {
    answer: Arc<Mutex<Result<String, String>>>,
    fetches: Arc<AtomicUsize>,
    keys: Keys,
}

impl Published {
    fn new(kids: &[&str]) -> Self {
        let answer = Arc::new(Mutex::new(Ok(set_with(kids))));
        let fetches = Arc::new(AtomicUsize::new(0));
        let (text, count) = (Arc::clone(&answer), Arc::clone(&fetches));
        let fetch: Fetch = Arc::new(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            text.lock().unwrap().clone()
        });
        Self { answer, fetches, keys: Keys::from_url("https://login.example/keys".to_owned(), fetch, false) }
    }

    fn answers(&self, answer: Result<&str, &str>) {
        *self.answer.lock().unwrap() = answer.map(str::to_owned).map_err(str::to_owned);
    }

    fn knows(&self, kid: &str, seconds: i64) -> bool {
        self.keys.find(Some(kid), Algorithm::EdDSA, at(seconds)).is_ok()
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

#[test]
fn keys_are_fetched_once_and_kept_for_ten_minutes() {
    let issuer = Published::new(&["a"]);
    assert!((0..600).step_by(7).all(|second| issuer.knows("a", second)));
    assert_eq!(issuer.fetches(), 1);
    assert!(issuer.knows("a", 600));
    assert_eq!(issuer.fetches(), 2);
}

#[test]
fn an_unknown_kid_fetches_at_most_once_in_thirty_seconds() {
    let issuer = Published::new(&["a"]);
    assert!(issuer.knows("a", 0));
    assert!((1..30).all(|second| !issuer.knows("b", second)));
    assert_eq!(issuer.fetches(), 1);
    assert!((30..60).all(|second| !issuer.knows("b", second)));
    assert_eq!(issuer.fetches(), 2);
}

#[test]
fn a_rotated_key_is_found_and_a_withdrawn_one_is_gone() {
    let issuer = Published::new(&["a"]);
    assert!(issuer.knows("a", 0));
    issuer.answers(Ok(&set_with(&["b"])));
    assert!(issuer.knows("b", 31));
    assert!(!issuer.knows("a", 32));
}

#[test]
fn the_last_good_set_is_kept_on_failure() {
    let issuer = Published::new(&["a"]);
    assert!(issuer.knows("a", 0));
    for answer in [Err("timed out"), Ok("<html>"), Ok("{}")] {
        issuer.answers(answer);
        assert!((600..1300).step_by(20).all(|second| issuer.knows("a", second)), "{answer:?}");
    }
}

#[test]
fn a_failed_refresh_is_not_repeated_within_thirty_seconds() {
    let issuer = Published::new(&["a"]);
    assert!(issuer.knows("a", 0));
    issuer.answers(Err("timed out"));
    assert!((600..630).all(|second| issuer.knows("a", second)));
    assert_eq!(issuer.fetches(), 2);
}

#[test]
fn without_any_set_nothing_is_verified() {
    let issuer = Published::new(&["a"]);
    issuer.answers(Err("refused"));
    assert!(!issuer.knows("a", 0) && !issuer.knows("a", 10));
    assert_eq!(issuer.fetches(), 1);
    issuer.answers(Ok(&set_with(&["a"])));
    assert!(issuer.knows("a", 30));
}

#[test]
fn an_empty_set_withdraws_every_key() {
    let issuer = Published::new(&["a"]);
    assert!(issuer.knows("a", 0));
    issuer.answers(Ok(r#"{"keys":[]}"#));
    assert!(!issuer.knows("a", 600));
}

#[test]
fn a_clock_set_back_does_not_stop_the_fetches() {
    let issuer = Published::new(&["a"]);
    assert!(issuer.knows("a", 100_000));
    issuer.answers(Ok(&set_with(&["b"])));
    assert!(issuer.knows("b", 0));
}

#[test]
fn callers_that_arrive_together_share_one_fetch() {
    const CALLERS: usize = 8;
    let (called, fetches) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (all, count) = (Arc::clone(&called), Arc::clone(&fetches));
    let fetch: Fetch = Arc::new(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        while all.load(Ordering::SeqCst) < CALLERS {
            std::thread::yield_now();
        }
        Ok(set_with(&["a"]))
    });
    let keys = Keys::from_url("https://login.example/keys".to_owned(), fetch, false);
    let call = || {
        called.fetch_add(1, Ordering::SeqCst);
        assert!(keys.find(Some("a"), Algorithm::EdDSA, at(0)).is_ok());
    };
    std::thread::scope(|scope| (0..CALLERS).for_each(|_| drop(scope.spawn(call))));
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
}

#[test]
fn a_caller_with_a_key_does_not_wait_for_another_ones_fetch() {
    let issuer = Published::new(&["a"]);
    assert!(issuer.knows("a", 0));
    let _other = lock(&issuer.keys.reading);
    assert!(issuer.knows("a", 700));
    assert_eq!(issuer.fetches(), 1);
}

#[test]
fn a_changed_file_is_read_again_after_five_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, set_with(&["a"])).unwrap();
    let keys = Keys::from_file(path.clone(), false).unwrap();
    let knows = |kid, seconds| keys.find(Some(kid), Algorithm::EdDSA, at(seconds)).is_ok();
    assert!(knows("a", 0));
    std::fs::write(&path, set_with(&["b", "c"])).unwrap();
    assert!(!knows("b", 4) && knows("a", 4));
    assert!(knows("b", 5) && !knows("a", 5));
}

#[test]
fn a_broken_or_missing_file_leaves_the_last_good_set() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, set_with(&["a"])).unwrap();
    let keys = Keys::from_file(path.clone(), false).unwrap();
    let knows = |seconds| keys.find(Some("a"), Algorithm::EdDSA, at(seconds)).is_ok();
    std::fs::write(&path, "{").unwrap();
    assert!(knows(10));
    std::fs::remove_file(&path).unwrap();
    assert!(knows(20));
}

#[test]
fn a_file_without_a_usable_key_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    assert!(Keys::from_file(path.clone(), false).is_err());
    for text in ["", r#"{"keys":[]}"#, &(set_with(&["a"]) + &" ".repeat(256 * 1024))] {
        std::fs::write(&path, text).unwrap();
        assert!(Keys::from_file(path.clone(), false).is_err());
    }
}

/// Answers one request with these bytes, and gives the address to ask.
fn serve_once(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer.as_bytes());
    });
    url
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn the_network_gives_what_the_issuer_answers() {
    let url = serve_once(response("200 OK", "", "{}"));
    assert_eq!(over_network()(&url).as_deref(), Ok("{}"));
}

#[test]
fn redirects_errors_and_large_answers_are_failures() {
    let elsewhere = serve_once(response("200 OK", "", "{}"));
    for answer in [
        response("302 Found", &format!("Location: {elsewhere}\r\n"), ""),
        response("500 Internal Server Error", "", "{}"),
        response("200 OK", "", &" ".repeat(256 * 1024 + 1)),
    ] {
        assert!(over_network()(&serve_once(answer)).is_err());
    }
}
