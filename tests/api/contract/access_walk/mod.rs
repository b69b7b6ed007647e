//! Every operation × every role × {own school, other school, other trust, restricted, conflicted, raised by oneself,
//! shared by name}, compared with the matrix; and nothing in any answer that the caller may not know.

mod corners;
pub mod expect;
pub mod ground;
pub mod operations;

use serde_json::Value;
use tutela::access::Action;

use self::expect::{Facts, PUPIL_CASE, Want, expected, sees_concern};
use self::ground::{Ground, RAISED, SHARED, Walker, subject};
use self::operations::{Ids, Operation};
use crate::on_both;
use crate::support::Answer;

on_both! {
    fn every_operation_answers_every_role_as_the_matrix_says(backend) {
        let ground = Ground::new(backend);
        let operations = operations::all();
        let (mut cells, mut faults) = (0, Vec::new());
        for walker in &ground.walkers {
            let forbidden = forbidden(&ground, walker);
            for operation in &operations {
                for (situation, ids, facts) in situations(&ground, walker, operation) {
                    cells += 1;
                    let cell = Cell { walker, operation, situation, ids, facts };
                    faults.extend(cell.walk(&ground, &forbidden));
                }
            }
        }
        crate::say!("access walk: {cells} cells on {backend:?}");
        let some = faults.iter().take(60).cloned().collect::<Vec<_>>().join("\n");
        assert!(faults.is_empty(), "{} of {cells} cells:\n{some}", faults.len());
        assert!(cells > 5_000, "{cells}");
    }
}

/// One request and what must come of it.
struct Cell<'a> {
    walker: &'a Walker,
    operation: &'a Operation,
    situation: &'static str,
    ids: Ids,
    facts: Facts,
}

impl Cell<'_> {
    fn walk(mut self, ground: &Ground, forbidden: &[Forbidden]) -> Vec<String> {
        let want = expected(self.operation, &self.walker.caller, &self.facts);
        if self.operation.id == "removeSubject" && want == Want::LetIn {
            let trust = &ground.app.demo.trusts[self.facts.trust];
            let admin = ground.app.as_role(&trust.slug, "trust-admin");
            self.ids.insert("subject", subject(&admin, &self.ids["person"]));
        }
        let answer = self.operation.send(&self.walker.client, &self.ids);
        if self.operation.id == "breakGlass" && answer.status == 201 {
            let path = answer.header("location");
            self.walker
                .client
                .post_on(&format!("{path}/ending"), &answer.etag(), serde_json::json!({}))
                .expect(200);
        }
        let mut faults = Vec::new();
        if !fits(want, answer.status) {
            faults.push(self.fault(&format!("wanted {want:?}, got {} {}", answer.status, answer.text)));
        } else if matches!(want, Want::Absent | Want::Unknown) {
            let twin = self.operation.send(&self.walker.client, &absent(self.operation, &self.ids));
            if likeness(&answer) != likeness(&twin) {
                faults.push(self.fault(&format!("not like an absent one: {} / {}", answer.text, twin.text)));
            }
        }
        if answer.status < 300 {
            let text = without_vain_asking(&answer);
            let shown = |found: &&Forbidden| found.holds_for(self.operation) && text.contains(&found.id);
            faults.extend(
                forbidden.iter().filter(shown).map(|found| self.fault(&format!("shows {}", found.what))),
            );
        }
        faults
    }

    fn fault(&self, words: &str) -> String {
        let (role, id) = (self.walker.caller.role, &self.operation.id);
        let mut words = words.to_owned();
        words.truncate(words.floor_char_boundary(400));
        format!("{role} of trust {}: {id} in {}: {words}", self.walker.caller.trust, self.situation)
    }
}

fn fits(want: Want, status: u16) -> bool {
    match want {
        Want::Forbidden => status == 403,
        Want::Absent => status == 404,
        Want::Unknown => status == 409,
        Want::LetIn => matches!(status, 200..=299 | 304 | 409 | 412 | 422 | 428),
    }
}

/// The same records but the outermost, which there is not; for a body, none that it can name.
fn absent(operation: &Operation, ids: &Ids) -> Ids {
    let mut ids = ids.clone();
    let named = match operation.records().first() {
        Some(outer) => vec![*outer],
        None => vec!["school", "pupil", "bystander", "concern"],
    };
    for name in named {
        let nobody = if name == "category" { "ABU-NEG-NIL" } else { "0192f0c1-8a2b-7c3d-9e4f-0123456789ab" };
        ids.insert(name, nobody.to_owned());
    }
    ids
}

/// An answer without the audit entries about what a caller asked for in vain: those name what the caller typed.
fn without_vain_asking(answer: &Answer) -> String {
    if !answer.header("content-type").contains("json") {
        return answer.text.clone(); // a file
    }
    let mut body = answer.json();
    if let Some(items) = body["items"].as_array_mut() {
        items.retain(|item| item.get("outcome").is_none_or(|outcome| outcome == "done"));
        return body.to_string();
    }
    answer.text.clone()
}

/// An answer without what tells two requests apart.
fn likeness(answer: &Answer) -> (u16, Vec<String>, Value) {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| {
            !matches!(name.as_str(), "x-request-id" | "date" | "traceparent" | "content-length")
        })
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    let mut body = answer.json();
    for field in ["request_id", "instance"] {
        if let Some(body) = body.as_object_mut() {
            body.remove(field);
        }
    }
    (answer.status, headers, body)
}

/// The situations in which an operation can find a caller.
fn situations(ground: &Ground, walker: &Walker, operation: &Operation) -> Vec<(&'static str, Ids, Facts)> {
    let home = walker.caller.trust;
    let place = |trust: usize, school: usize| {
        let place = &ground.places[trust][school];
        (place.ids.clone(), place.facts.clone())
    };
    let own = Some(place(home, 0));
    let restricted = || {
        let place = &ground.places[home][0];
        Some((place.restricted.clone(), Facts { is_restricted: true, ..place.facts.clone() }))
    };
    let (other_school, other_trust) = (Some(place(home, 1)), Some(place(1 - home, 0)));
    let conflicted = walker.conflicted.clone();
    let mine = || {
        let (ids, facts) = walker.shared.clone()?;
        Some((ids, Facts { is_own: true, ..facts }))
    };
    let records = operation.records();
    let all: Vec<(&'static str, Option<(Ids, Facts)>)> = match records.as_slice() {
        [] if operation.refers() => {
            vec![("own school", own), ("other school", other_school), ("other trust", other_trust)]
        }
        [] | ["establishment"] => vec![("own trust", own)],
        ["concern", ..] => vec![
            ("own school", own),
            ("other school", other_school),
            ("other trust", other_trust),
            ("restricted", restricted()),
            ("conflicted", conflicted),
            ("raised", walker.raised.clone()),
            ("shared", walker.shared.clone()),
        ],
        ["pupil", "characteristic"] => vec![
            ("own school", own),
            ("other school", other_school),
            ("other trust", other_trust),
            ("protected", restricted()),
            ("conflicted", conflicted),
        ],
        ["pupil", ..] if PUPIL_CASE.contains(&operation.action) => vec![
            ("own school", own),
            ("other school", other_school),
            ("other trust", other_trust),
            ("conflicted", conflicted),
            ("shared", walker.shared.clone().map(of_shared_pupil)),
        ],
        ["pupil", ..]
        | ["conflict"]
        | ["entry"]
        | ["complex_pupil"]
        | ["support_request"]
        | ["break_glass"]
        | ["family", ..]
        | ["support", ..]
        | ["sharing"]
        | ["intervention"] => vec![
            ("own school", own),
            ("other school", other_school),
            ("other trust", other_trust),
            ("conflicted", conflicted),
        ],
        ["match"]
        | ["person", ..]
        | ["appointment"]
        | ["key"]
        | ["academic_year"]
        | ["import"]
        | ["panel", ..] => {
            vec![("own school", own), ("other school", other_school), ("other trust", other_trust)]
        }
        ["notification"] => {
            let theirs = (walker.caller.role != tutela::access::Role::Dsl).then_some(own).flatten();
            vec![("own", mine()), ("another's", theirs), ("other trust", other_trust)]
        }
        ["agency" | "framework" | "hub" | "school" | "category" | "guidance" | "revocation"] => {
            vec![("own trust", own), ("other trust", other_trust)]
        }
        other => panic!("the walk knows no situations of {other:?}: add them"),
    };
    let there = all.into_iter().filter_map(|(name, found)| found.map(|(ids, facts)| (name, ids, facts)));
    there.collect()
}

/// The pupil of the concern that was shared, with what is written about them.
fn of_shared_pupil((mut ids, facts): (Ids, Facts)) -> (Ids, Facts) {
    for (name, other) in ground::SHARED_CASE {
        ids.insert(name, ids[other].clone());
    }
    (ids, facts)
}

/// An identifier that must not stand in an answer.
struct Forbidden {
    id: String,
    what: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of another trust: nowhere.
    Foreign,
    /// About the caller: nowhere.
    Conflicted,
    /// Out of reach: in no view of a case or pupil; audit entries, notifications and tasks name it.
    OutOfReach,
    /// A person out of reach: not in lists of people.
    Person,
}

impl Forbidden {
    fn holds_for(&self, operation: &Operation) -> bool {
        // What is asked of the trust's lead, and what they broke the glass for, names cases that they do not read.
        let told = ["/v1/me/notifications", "/v1/me/tasks", "/v1/support-requests", "/v1/break-glass"]
            .iter()
            .any(|path| operation.path.starts_with(path));
        match self.kind {
            Kind::Foreign | Kind::Conflicted => true,
            Kind::OutOfReach => !told && !operation.path.starts_with("/v1/audit"),
            Kind::Person => {
                operation.path.starts_with("/v1/people") || operation.path.starts_with("/v1/appoint")
            }
        }
    }
}

fn forbidden(ground: &Ground, walker: &Walker) -> Vec<Forbidden> {
    let caller = &walker.caller;
    let mut out = Vec::new();
    let mut add = |id: String, what: &'static str, kind: Kind| out.push(Forbidden { id, what, kind });
    let foreign = &ground.app.demo.trusts[1 - caller.trust];
    add(foreign.id.to_string(), "another trust", Kind::Foreign);
    for school in &foreign.schools {
        add(school.id.to_string(), "another trust's school", Kind::Foreign);
        let records = school.staff.values().chain(&school.pupils).chain(&school.concerns);
        records.for_each(|id| add(id.to_string(), "another trust's record", Kind::Foreign));
    }
    for place in &ground.places[1 - caller.trust] {
        for (name, id) in place.ids.iter().chain(&place.restricted) {
            if !matches!(*name, "establishment" | "category") {
                add(id.clone(), "another trust's record", Kind::Foreign);
            }
        }
    }
    for (ids, facts) in concerns_of(ground, walker) {
        let list = operations::all().into_iter().find(|operation| operation.id == "listConcerns").unwrap();
        if !sees_concern(&list, caller, &facts) {
            let conflicted = caller.person.is_some_and(|person| facts.conflicted.contains(&person));
            let kind = if conflicted { Kind::Conflicted } else { Kind::OutOfReach };
            for name in [
                "concern",
                "note",
                "action",
                "decision",
                "triage",
                "referral",
                "escalation",
                "mark",
                "attachment",
            ] {
                ids.get(name).into_iter().for_each(|id| add(id.clone(), "a concern out of reach", kind));
            }
        }
    }
    for school in &ground.app.demo.trusts[caller.trust].schools {
        if !caller.covers(Action::PupilRead, school.id) && !caller.covers(Action::PupilFind, school.id) {
            let pupils = school.pupils.iter().enumerate().filter(|(at, _)| ![SHARED, RAISED].contains(at));
            let other = caller.school.is_some_and(|own| own != school.id);
            pupils
                .filter(|_| other)
                .for_each(|(_, id)| add(id.to_string(), "a pupil out of reach", Kind::OutOfReach));
        }
        if !caller.covers(Action::PersonRead, school.id) {
            let others = school.staff.values().filter(|id| Some(**id) != caller.person);
            others.for_each(|id| add(id.to_string(), "a person out of reach", Kind::Person));
        }
    }
    out
}

/// The concerns of the caller's trust, as the caller stands to them.
fn concerns_of(ground: &Ground, walker: &Walker) -> Vec<(Ids, Facts)> {
    let home = walker.caller.trust;
    let mut out: Vec<(Ids, Facts)> = Vec::new();
    for place in &ground.places[home] {
        out.push((place.ids.clone(), place.facts.clone()));
        out.push((place.restricted.clone(), Facts { is_restricted: true, ..place.facts.clone() }));
    }
    for school in &ground.app.demo.trusts[home].schools {
        let is_own =
            walker.caller.person.is_some() && school.staff.get("staff").copied() == walker.caller.person;
        let facts = Facts { school: school.id, is_own, ..ground.places[home][0].facts.clone() };
        out.extend(
            school.concerns.iter().map(|id| (Ids::from([("concern", id.to_string())]), facts.clone())),
        );
    }
    for other in ground.walkers.iter().filter(|other| other.caller.trust == home) {
        let mine = other.caller.role == walker.caller.role;
        for (ids, facts) in [&other.conflicted, &other.raised, &other.shared].into_iter().flatten() {
            let facts =
                Facts { is_own: facts.is_own && mine, is_shared: facts.is_shared && mine, ..facts.clone() };
            out.push((ids.clone(), facts));
        }
    }
    out
}
