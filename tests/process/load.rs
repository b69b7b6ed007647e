//! Callers who raise, read and note without a pause, and a ledger of what they were told. Afterwards the books must
//! agree: whatever was acknowledged is there, whole, with its entry in the audit log.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tutela::clock::Clock;
use tutela::db::Target;
use tutela::demo::Demo;

use super::program::{PATIENCE, signer, until};
use crate::support::{Answer, Backend, Client, Database, Reader, world};

/// Whether tests run in their long form.
pub fn is_long() -> bool {
    std::env::var_os("TUTELA_LONG").is_some()
}

/// The long form's number under `TUTELA_LONG=1`, else the short one's.
pub fn whole_or_short<T>(whole: T, short: T) -> T {
    if is_long() { whole } else { short }
}

/// The demo's database for a service in a process of its own.
pub struct Ground {
    pub database: Database,
    pub demo: Demo,
}

impl Ground {
    pub fn new(backend: Backend) -> Self {
        Self { database: world::demo_database(backend), demo: world::demo(backend).clone() }
    }

    /// Where everything can be counted: PostgreSQL's superuser is not held to row-level security.
    pub fn books(&self) -> Target {
        self.database.books()
    }

    /// Callers of a service, as many as are asked for.
    pub fn callers(&self, base: &str, count: usize) -> Vec<Caller> {
        (0..count).map(|number| Caller::new(&self.demo, base, number)).collect()
    }
}

/// A member of staff who raises concerns at a school, and the DSL there who reads them and writes notes.
pub struct Caller {
    number: usize,
    staff: Client,
    dsl: Client,
    body: Value,
}

impl Caller {
    pub fn new(demo: &Demo, base: &str, number: usize) -> Self {
        let trust = &demo.trusts[number % 2];
        let school = &trust.schools[number / 2 % trust.schools.len()];
        let as_role = |role: &str| {
            let (person, claim) = school.holder(role).unwrap();
            let token = signer().token_for(&trust.slug, &[&claim], Some(person), Clock::System.now());
            Client::new(base, Some(token))
        };
        let body = json!({
            "school_id": school.id, "pupils": [{"pupil_id": school.pupils[0], "role": "subject"}],
            "place": "classroom", "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"},
            "summary": format!("Caller {number} saw it.")
        });
        Self { number, staff: as_role("staff"), dsl: as_role("dsl"), body }
    }

    /// Raises one, reads it and writes a note on it. False where there was no answer at all.
    pub fn round(&self, ledger: &Ledger, key: &str) -> bool {
        let made = ledger.told(self.staff.try_post_keyed("/v1/concerns", key, &self.body));
        let was_answered = made.is_some();
        let Some(made) = made.filter(|made| made.status == 201) else {
            // What became of it is not known: its caller asks again with the same key.
            ledger.note(|books| books.in_doubt.push((self.number, key.to_owned())));
            return was_answered;
        };
        ledger.note(|books| books.raised.push((key.to_owned(), made.id(), request_of(&made))));
        let path = format!("/v1/concerns/{}", made.id());
        let Some(read) = ledger.told(self.dsl.try_send("GET", &path, &[], None)) else { return false };
        if read.status != 200 {
            return true;
        }
        ledger.note(|books| books.read.push(request_of(&read)));
        let (tag, note_key) = (read.etag(), format!("\"{key}-note\""));
        let headers = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", note_key.as_str()),
            ("If-Match", tag.as_str()),
        ];
        let note = json!({"text": "Spoke with the class teacher."}).to_string();
        let answer = self.dsl.try_send("POST", &format!("{path}/notes"), &headers, Some(note.as_bytes()));
        let Some(noted) = ledger.told(answer) else { return false };
        if noted.status == 201 {
            ledger.note(|books| books.noted.push((noted.id(), request_of(&noted))));
        }
        true
    }
}

fn request_of(answer: &Answer) -> String {
    answer.header("x-request-id").to_owned()
}

/// What callers were told.
#[derive(Default)]
pub struct Ledger {
    books: Mutex<Books>,
    grown: Condvar,
    stop: AtomicBool,
}

#[derive(Default)]
pub struct Books {
    /// Key, concern and request of each concern that was acknowledged.
    pub raised: Vec<(String, String, String)>,
    /// Note and request.
    pub noted: Vec<(String, String)>,
    /// Requests whose answer showed a concern.
    pub read: Vec<String>,
    /// Caller and key of what got no answer, or another than 201.
    pub in_doubt: Vec<(usize, String)>,
    /// Answers by status.
    pub statuses: BTreeMap<u16, usize>,
    /// Requests without an answer.
    pub unanswered: usize,
    /// Answers that nobody should get.
    pub wrong: Vec<String>,
    times: Vec<Duration>,
}

impl Ledger {
    fn note(&self, what: impl FnOnce(&mut Books)) {
        what(&mut self.books.lock().unwrap());
        self.grown.notify_all();
    }

    /// Writes an answer down. What is neither done nor a 503 that says when to come back is wrong.
    fn told(&self, answer: Result<Answer, String>) -> Option<Answer> {
        self.note(|books| match &answer {
            Ok(answer) => {
                *books.statuses.entry(answer.status).or_default() += 1;
                let is_right = match answer.status {
                    200 | 201 => true,
                    503 => !answer.header("retry-after").is_empty(),
                    _ => false,
                };
                if !is_right {
                    books.wrong.push(format!("{} {}", answer.status, answer.text));
                }
            }
            Err(_) => books.unanswered += 1,
        });
        answer.ok()
    }

    /// Callers go on until [`Ledger::end`], or until one gets no answer where `patient` is false.
    pub fn load(&self, callers: &[Caller], run: &str, patient: bool) {
        std::thread::scope(|scope| {
            for caller in callers {
                scope.spawn(move || {
                    for number in 0.. {
                        let begun = Instant::now();
                        let key = format!("{run}-{}-{number}", caller.number);
                        let answered = caller.round(self, &key);
                        self.note(|books| books.times.push(begun.elapsed()));
                        if self.stop.load(Ordering::SeqCst) || !(answered || patient) {
                            break;
                        }
                    }
                });
            }
        });
    }

    /// Callers finish what they are at.
    pub fn end(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Waits until so many concerns more were acknowledged.
    #[track_caller]
    pub fn wait_for(&self, more: usize) {
        let books = self.books.lock().unwrap();
        let wanted = books.raised.len() + more;
        let (books, wait) =
            self.grown.wait_timeout_while(books, PATIENCE, |books| books.raised.len() < wanted).unwrap();
        assert!(
            !wait.timed_out(),
            "the load stands still: {:?}, wrong: {:?}",
            books.statuses,
            books.wrong.first()
        );
    }

    /// Asks again, with the same keys, for what is in doubt: it is done now if it was not before.
    pub fn ask_again(&self, callers: &[Caller]) {
        let in_doubt = std::mem::take(&mut self.books.lock().unwrap().in_doubt);
        for (number, key) in in_doubt {
            let caller = callers.iter().find(|caller| caller.number == number).unwrap();
            // The database may still be at the work of a node that is no more: the key is in flight until it notices.
            let answer = until("the key is free", || {
                let answer = caller.staff.post_keyed("/v1/concerns", &key, caller.body.clone());
                (answer.status != 409 || answer.problem(409) != "idempotency_in_flight").then_some(answer)
            });
            self.note(|books| books.raised.push((key, answer.id(), request_of(&answer))));
        }
    }

    pub fn books(&self) -> std::sync::MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }
}

impl Books {
    /// The slowest of so many in a hundred rounds, in milliseconds.
    fn percentile(&mut self, percent: usize) -> u128 {
        self.times.sort_unstable();
        let at = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(at).map_or(0, Duration::as_millis)
    }

    /// One line about what happened.
    pub fn words(&mut self) -> String {
        let (median, slow) = (self.percentile(50), self.percentile(99));
        format!(
            "{} concerns and {} notes acknowledged, {} read; answers {:?}, {} requests without; a round takes {median} ms \
             (p50), {slow} ms (p99)",
            self.raised.len(),
            self.noted.len(),
            self.read.len(),
            self.statuses,
            self.unanswered
        )
    }

    /// Whether the database holds what was acknowledged, and nothing half.
    #[track_caller]
    pub fn check(&self, database: &Target) {
        assert_eq!(self.wrong, Vec::<String>::new());
        let mut reader = Reader::open(database);
        let concerns = reader.texts("SELECT CAST(id AS text) AS word FROM concerns");
        let requests = reader.texts("SELECT request_id AS word FROM audit_entries");
        let notes = reader.texts("SELECT CAST(id AS text) AS word FROM concern_notes");
        for (key, concern, _) in &self.raised {
            assert!(concerns.contains(concern), "{concern} was acknowledged under {key} and is not there");
        }
        for (note, request) in &self.noted {
            assert!(notes.contains(note), "note {note} was acknowledged and is not there");
            assert!(requests.contains(request), "note {note} has no entry");
        }
        for request in &self.read {
            assert!(
                requests.contains(request),
                "a concern was shown to request {request}, which has no entry"
            );
        }
        let keys: HashSet<&String> = self.raised.iter().map(|(key, _, _)| key).collect();
        let ids: HashSet<&String> = self.raised.iter().map(|(_, concern, _)| concern).collect();
        assert_eq!(keys.len(), ids.len(), "one key made two concerns, or two keys one");
        check_nothing_is_half(&mut reader);
    }
}

/// How many requests of the load were carried out, answered or not.
pub fn stored_keys(database: &Target) -> usize {
    let keys = "SELECT principal || key AS word FROM idempotency_keys WHERE key LIKE 'load-%'";
    Reader::open(database).texts(keys).len()
}

/// How many readings of one concern are written down.
pub fn readings(database: &Target) -> usize {
    let entries = "SELECT CAST(id AS text) AS word FROM audit_entries WHERE action = 'concern.read' \
         AND record_id IS NOT NULL AND outcome = 'done'";
    Reader::open(database).texts(entries).len()
}

/// How many rows the register of establishments has.
pub fn count_establishments(database: &Target) -> usize {
    Reader::open(database).texts("SELECT CAST(urn AS text) AS word FROM establishments").len()
}

/// Each concern and note with everything that is stored with it, and nothing of the kind without one.
#[track_caller]
fn check_nothing_is_half(books: &mut Reader) {
    for (what, sql) in [
        (
            "a concern without account",
            "SELECT c.id FROM concerns c LEFT JOIN concern_accounts a ON a.trust_id = c.trust_id AND a.concern_id = c.id WHERE a.id IS NULL",
        ),
        (
            "a concern without pupil",
            "SELECT c.id FROM concerns c LEFT JOIN concern_pupils p ON p.trust_id = c.trust_id AND p.concern_id = c.id WHERE p.pupil_id IS NULL",
        ),
        (
            "a concern without entry",
            "SELECT c.id FROM concerns c LEFT JOIN audit_entries e ON e.trust_id = c.trust_id AND e.record_id = c.id AND e.rule = 'concern.raised' WHERE e.id IS NULL",
        ),
        (
            "a concern without event",
            "SELECT c.id FROM concerns c LEFT JOIN events e ON e.trust_id = c.trust_id AND e.record_id = c.id AND e.kind = 'concern.raised' WHERE e.id IS NULL",
        ),
        (
            "a concern without key",
            "SELECT c.id FROM concerns c LEFT JOIN idempotency_keys k ON k.trust_id = c.trust_id AND k.created_id = c.id WHERE k.key IS NULL",
        ),
        (
            "an entry without concern",
            "SELECT e.id FROM audit_entries e LEFT JOIN concerns c ON c.trust_id = e.trust_id AND c.id = e.record_id WHERE e.rule = 'concern.raised' AND c.id IS NULL",
        ),
        (
            "an event without concern",
            "SELECT e.id FROM events e LEFT JOIN concerns c ON c.trust_id = e.trust_id AND c.id = e.record_id WHERE e.kind = 'concern.raised' AND c.id IS NULL",
        ),
        (
            "a concern raised twice",
            "SELECT record_id AS id FROM audit_entries WHERE rule = 'concern.raised' GROUP BY record_id HAVING count(*) > 1",
        ),
        (
            "a note without key",
            "SELECT n.id FROM concern_notes n LEFT JOIN idempotency_keys k ON k.trust_id = n.trust_id AND k.created_id = n.id WHERE k.key IS NULL",
        ),
        (
            "a change without version",
            "SELECT c.id FROM concerns c JOIN idempotency_keys k ON k.trust_id = c.trust_id AND k.created_id = c.id AND k.key LIKE 'load-%' WHERE c.version <> (SELECT count(*) FROM audit_entries e WHERE e.trust_id = c.trust_id AND e.record_id = c.id AND e.rule IN ('concern.raised', 'concern.note-recorded'))",
        ),
    ] {
        let found = books.texts(&format!("SELECT CAST(id AS text) AS word FROM ({sql}) AS found"));
        assert!(found.is_empty(), "{what}: {found:?}");
    }
    if books.is_sqlite() {
        assert_eq!(
            books.texts("SELECT integrity_check AS word FROM pragma_integrity_check"),
            HashSet::from(["ok".to_owned()])
        );
        assert!(books.texts("SELECT \"table\" AS word FROM pragma_foreign_key_check").is_empty());
    }
}
