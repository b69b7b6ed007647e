//! Many who send their bodies a byte at a time: they are cut, and everybody else is served.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tutela::clock::Clock;

use super::load::{Ground, Ledger, whole_or_short};
use super::program::{PATIENCE, Service, serve, signer};
use crate::support::Backend;

/// A connection on which somebody is slow.
struct Slow {
    stream: TcpStream,
    heard: Vec<u8>,
    /// When the answer came.
    cut: Option<Duration>,
    /// When the connection was closed.
    ended: Option<Duration>,
}

impl Slow {
    /// A head, and the beginning of a body, or of the rest of the head.
    fn begin(service: &Service, head: &str) -> Self {
        let mut stream = TcpStream::connect(&service.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.set_nonblocking(true).unwrap();
        Self { stream, heard: Vec::new(), cut: None, ended: None }
    }

    /// One byte more, as long as there is no answer; then it waits for the end.
    fn go_on(&mut self, begun: Instant) {
        if self.ended.is_some() {
            return;
        }
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => {
                    self.cut.get_or_insert(begun.elapsed());
                    self.heard.extend_from_slice(&buffer[..length]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if self.heard.is_empty() {
                        let _ = self.stream.write(b"x");
                    }
                    return;
                }
                Err(_) => break,
            }
        }
        self.ended = Some(begun.elapsed());
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.heard).into_owned()
    }
}

#[test]
fn slow_bodies_are_cut_and_others_are_served() {
    let (ground, ledger, count) =
        (Ground::new(Backend::Sqlite), Ledger::default(), whole_or_short(2000, 200));
    let service = serve(&ground.database.target);
    let school = &ground.demo.trusts[0].schools[0];
    let (person, claim) = school.holder("staff").unwrap();
    let token = signer().token(&[&claim], Some(person), Clock::System.now());
    let head = |key: usize| {
        format!(
            "POST /v1/concerns HTTP/1.1\r\nHost: tutela.example\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: \"slow-{key}\"\r\nContent-Length: 100000\r\n\r\n{{"
        )
    };
    let callers = ground.callers(&service.base, 4);
    let mut slow: Vec<Slow> = Vec::new();
    let mut headless: Vec<Slow> = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| ledger.load(&callers, "load-slow", false));
        ledger.wait_for(1);
        let begun = Instant::now();
        slow.extend((0..count).map(|key| Slow::begin(&service, &head(key))));
        headless.extend(
            (0..count / 10).map(|_| Slow::begin(&service, "GET /v1/hubs HTTP/1.1\r\nHost: x\r\nX-Slow: ")),
        );
        while slow.iter().chain(&headless).any(|slow| slow.ended.is_none()) {
            assert!(begun.elapsed() < PATIENCE, "some are never cut");
            slow.iter_mut().chain(&mut headless).for_each(|slow| slow.go_on(begun));
            std::thread::park_timeout(Duration::from_millis(500));
        }
        // Those who were served at the same time are served afterwards.
        ledger.wait_for(20);
        ledger.end();
    });
    for slow in &slow {
        let text = slow.text();
        assert!(text.starts_with("HTTP/1.1 408") && text.contains("\"body_timeout\""), "{text:?}");
    }
    for slow in &headless {
        let text = slow.text();
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 408"), "{text:?}");
    }
    let mut books = ledger.books();
    assert!(books.statuses.keys().all(|status| matches!(status, 200 | 201)), "{:?}", books.statuses);
    assert_eq!(books.unanswered, 0);
    books.check(&ground.books());
    let latest = |moment: fn(&Slow) -> Option<Duration>| {
        slow.iter().filter_map(moment).max().unwrap_or_default().as_secs_f64()
    };
    crate::say!(
        "slow bodies: {count} answered with 408 within {:.1} s and closed within {:.1} s, {} slow heads too; meanwhile {}",
        latest(|slow| slow.cut),
        latest(|slow| slow.ended),
        headless.len(),
        books.words()
    );
    assert_eq!(service.stop().code, Some(0));
}
