//! A school as the simulation knows it: who is there, what it has been told, and what must follow from that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tutela::clock::Date;
use tutela::ids::Id;

use crate::support::{Answer, Client, TestApp};

/// How a trust does what trusts do differently.
#[derive(Clone, Copy, Debug)]
pub struct Ways {
    pub slug: &'static str,
    /// Concerns are closed in a panel, and the trust lead scrutinises; else by a safety statement.
    pub is_panel: bool,
    /// Who is expected in a panel, all of them with a vote.
    pub expected: &'static [&'static str],
    pub hubs: &'static [&'static str],
    pub first_urn: i32,
}

impl Ways {
    pub const A: Self = Self {
        slug: "trust-a",
        is_panel: true,
        expected: &["dsl", "deputy-dsl", "welfare-lap", "headteacher", "trust-safeguarding-lead"],
        hubs: &[],
        first_urn: 999_001,
    };
    pub const B: Self = Self {
        slug: "trust-b",
        is_panel: false,
        expected: &["dsl", "deputy-dsl"],
        hubs: &["North hub", "South hub"],
        first_urn: 999_501,
    };
}

/// Decides by lot, the same each time.
pub struct Lot(u64);

impl Lot {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }

    /// So many times in a hundred.
    pub fn falls(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// What was acknowledged, shown and refused, by request.
#[derive(Default)]
pub struct Ledger {
    /// Request, act and record of each change.
    pub acts: Vec<[String; 3]>,
    /// Requests that set something up, which may leave several acts.
    pub made: BTreeSet<String>,
    /// Request and concern of each concern that was shown.
    pub reads: Vec<[String; 2]>,
    pub refused: Vec<String>,
    pub repeated: Vec<String>,
    pub counts: BTreeMap<&'static str, usize>,
}

impl Ledger {
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }
}

pub struct Child {
    pub id: String,
    /// The kind and source of everything that the chronology must show.
    pub told: Vec<(&'static str, String)>,
    /// The day of the local authority's newest decision, where it holds a status.
    pub decided_on: Option<Date>,
    /// A status that is nobody's to decide, and its tag, while it is open.
    pub carer: Option<(String, String)>,
}

#[derive(Debug)]
pub struct Task {
    pub id: String,
    pub due_on: Option<Date>,
    pub is_required: bool,
    pub is_done: bool,
}

/// A concern, and what follows from what was done to it.
#[derive(Debug)]
pub struct Concern {
    pub id: String,
    pub is_restricted: bool,
    pub children: Vec<usize>,
    pub reporter: &'static str,
    pub version: i64,
    pub round: i32,
    /// When this round began.
    pub began: Date,
    pub is_closed: bool,
    pub is_triaged: bool,
    /// Whether in this round an action was recorded or done, or that none is needed.
    pub acted: bool,
    /// Who has stamped in this round, and as what.
    pub stamps: BTreeMap<&'static str, &'static str>,
    pub tasks: Vec<Task>,
    /// The answers that stand in the school's last panel.
    pub answers: BTreeMap<&'static str, &'static str>,
    /// How many records there must be, by the name of their list.
    pub parts: BTreeMap<&'static str, usize>,
}

/// A panel that was held.
#[derive(Clone)]
pub struct Room {
    pub id: String,
    /// Who was there.
    pub present: Vec<&'static str>,
    pub agenda: BTreeSet<String>,
}

pub struct School {
    pub ways: Ways,
    pub id: Id,
    pub urn: i32,
    /// Who holds a role; the trust's lead too.
    pub posts: BTreeMap<&'static str, Id>,
    pub children: Vec<Child>,
    pub concerns: Vec<Concern>,
    /// The panel of this week before it is held, with its version.
    pub called: Option<(String, i64)>,
    pub room: Option<Room>,
    pub weeks_held: BTreeSet<Date>,
    pub weeks_missed: BTreeSet<Date>,
    pub ledger: Ledger,
    pub lot: Lot,
    /// How often things go another way than they should; a short year needs more of it.
    pub unrest: usize,
    pub line: Client,
}

/// What is written, and what must come of it.
pub struct Write<'a> {
    pub path: &'a str,
    pub version: Option<i64>,
    pub body: Value,
    pub act: &'static str,
    /// The record of the act; what was made, where there is none.
    pub record: Option<&'a str>,
}

impl School {
    /// The claim of a role at this school.
    fn claim(&self, role: &str) -> String {
        let role = if role == "colleague" { "staff" } else { role };
        if role == "trust-safeguarding-lead" { role.to_owned() } else { format!("{role}:{}", self.urn) }
    }

    /// Who holds a role, with a token of this moment.
    pub fn by(&self, app: &TestApp, role: &str) -> Client {
        let person = self.posts[role];
        let token = app.token(self.ways.slug, &person.to_string(), Some(person), &[&self.claim(role)]);
        self.line.with_token(token)
    }

    pub fn write(&mut self, app: &TestApp, role: &str, write: Write<'_>) -> String {
        app.services.clock.advance(1);
        let caller = self.by(app, role);
        let answer = match write.version {
            Some(version) => caller.post_on(write.path, &format!("\"{version}\""), write.body),
            None => caller.post(write.path, write.body),
        };
        assert_eq!(answer.status, 201, "{role} {} {}", write.path, answer.text);
        let id = answer.id();
        self.did(&answer, write.act, write.record.unwrap_or(&id));
        id
    }

    pub fn did(&mut self, answer: &Answer, act: &str, record: &str) {
        self.ledger.acts.push([answer.request(), act.to_owned(), record.to_owned()]);
    }

    /// Adds to the case of a concern, or beside it: each takes one version.
    pub fn record(
        &mut self,
        app: &TestApp,
        at: usize,
        role: &str,
        part: &str,
        body: Value,
        act: &'static str,
    ) -> String {
        let (concern, version) = (self.concerns[at].id.clone(), self.concerns[at].version);
        let path = format!("/v1/concerns/{concern}/{part}");
        let write = Write { path: &path, version: Some(version), body, act, record: Some(&concern) };
        let id = self.write(app, role, write);
        self.concerns[at].version += 1;
        id
    }

    /// The same for what belongs to the case: answers that attendees gave before lapse.
    pub fn add(
        &mut self,
        app: &TestApp,
        at: usize,
        role: &str,
        part: &str,
        body: Value,
        act: &'static str,
    ) -> String {
        let id = self.record(app, at, role, part, body, act);
        self.concerns[at].answers.clear();
        id
    }

    /// The chronologies of the concern's children must show this.
    pub fn tells(&mut self, at: usize, kind: &'static str, source: &str) {
        for child in self.concerns[at].children.clone() {
            self.children[child].told.push((kind, source.to_owned()));
        }
    }

    pub fn counts(&mut self, at: usize, part: &'static str) {
        *self.concerns[at].parts.entry(part).or_default() += 1;
    }

    /// Something that the rules do not allow.
    pub fn refused(&mut self, answer: &Answer, status: u16, code: &'static str) {
        assert_eq!(answer.problem(status), code, "{}", answer.text);
        self.ledger.refused.push(answer.request());
        self.ledger.count(code);
    }

    /// The DSL reads a concern: it is what was recorded, and so often changed as something was.
    pub fn read(&mut self, app: &TestApp, at: usize) {
        let answer = self.by(app, "dsl").get(&format!("/v1/concerns/{}", self.concerns[at].id));
        let (view, concern) = (answer.expect(200), &self.concerns[at]);
        assert_eq!(answer.version(), concern.version, "{concern:?}");
        assert_eq!(view["state"] == "closed", concern.is_closed, "{view}");
        assert_eq!(view["round"], json!(concern.round));
        self.ledger.reads.push([answer.request(), concern.id.clone()]);
    }

    /// The open concerns.
    pub fn open(&self) -> Vec<usize> {
        (0..self.concerns.len()).filter(|at| !self.concerns[*at].is_closed).collect()
    }

    pub fn closed(&self) -> Vec<usize> {
        (0..self.concerns.len()).filter(|at| self.concerns[*at].is_closed).collect()
    }
}

impl Concern {
    pub fn has_stamp(&self, capacity: &str) -> bool {
        self.stamps.values().any(|stamp| *stamp == capacity)
    }
}
