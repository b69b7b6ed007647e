//! Random sequences of what takes readers away and gives them back: conflicts of interest, names in a concern,
//! appointments, suspensions. At every step nobody reads who is linked to the case, somebody reads it who is not, and
//! nobody above is left in it once one of the safeguarding team can read.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use tutela::ids::Id;

use super::{has_task, raising, work};
use crate::on_both;
use crate::process::load::whole_or_short;
use crate::support::{Client, DemoApp, TestApp};

const TEAM: [&str; 2] = ["dsl", "deputy-dsl"];
/// Those whom a concern of the first school can reach: at the school, in the trust, and at its other schools.
const HERE: [&str; 4] = ["dsl", "deputy-dsl", "headteacher", "chair-of-governors"];
const CENTRAL: [&str; 5] =
    ["trust-safeguarding-lead", "ceo", "chair-of-trustees", "trustee-safeguarding-lead", "hr"];

#[derive(Clone, Debug)]
enum Step {
    Relate(usize),
    Name(usize),
    Post(usize),
    Suspend(usize),
    Raise,
}

fn steps() -> impl Strategy<Value = Step> {
    let who = 0..HERE.len() + CENTRAL.len();
    prop_oneof![
        4 => (0..3usize).prop_map(Step::Relate),
        3 => who.clone().prop_map(Step::Relate),
        3 => who.prop_map(Step::Name),
        3 => (0..3usize).prop_map(Step::Post),
        2 => (0..4usize).prop_map(Step::Suspend),
        1 => Just(Step::Raise),
    ]
}

/// Somebody who may come to read.
struct Person {
    id: Id,
    role: &'static str,
    is_here: bool,
    claim: String,
    is_posted: bool,
    suspended: Option<String>,
    conflict: Option<String>,
}

struct Run<'a> {
    app: &'a DemoApp,
    trust: usize,
    people: Vec<Person>,
    /// Each concern with those who were ever named in it.
    concerns: BTreeMap<String, BTreeSet<Id>>,
    let_in: usize,
    turn: usize,
}

impl<'a> Run<'a> {
    fn new(app: &'a DemoApp, trust: usize) -> Self {
        let demo = &app.demo.trusts[trust];
        let person = |id: Id, role: &'static str, claim: &str, is_here: bool| Person {
            id,
            role,
            is_here,
            claim: claim.to_owned(),
            is_posted: true,
            suspended: None,
            conflict: None,
        };
        let at = |school: usize, role: &'static str| {
            let (id, claim) = demo.schools[school].holder(role).unwrap();
            person(id, role, &claim, school == 0)
        };
        let mut people: Vec<Person> = HERE.into_iter().map(|role| at(0, role)).collect();
        people.extend(CENTRAL.into_iter().map(|role| person(demo.central[role], role, role, false)));
        for school in 1..demo.schools.len() {
            people.extend([at(school, "dsl"), at(school, "headteacher")]);
        }
        let mut run = Self { app, trust, people, concerns: BTreeMap::new(), let_in: 0, turn: 0 };
        run.raise();
        run
    }

    fn admin(&self) -> Client {
        self.app.as_role(&self.app.demo.trusts[self.trust].slug, "trust-admin")
    }

    fn raise(&mut self) {
        let demo = &self.app.demo.trusts[self.trust];
        let (id, claim) = demo.schools[0].holder("staff").unwrap();
        let staff = self.app.person(&demo.slug, id, &[&claim]);
        let concern = staff.post("/v1/concerns", raising(&demo.schools[0], json!({}))).id();
        self.concerns.insert(concern, BTreeSet::new());
    }

    /// The caller with a token that nobody has seen: what was found of an earlier one is kept for two seconds.
    fn client(&self, at: usize) -> Client {
        let (person, slug) = (&self.people[at], &self.app.demo.trusts[self.trust].slug);
        let subject = format!("{}-{}", person.id, self.turn);
        self.app.bearer(&self.app.token(slug, &subject, Some(person.id), &[&person.claim]))
    }

    fn step(&mut self, step: &Step) {
        self.turn += 1;
        match *step {
            Step::Relate(who) => self.relate(who),
            Step::Name(who) => self.name(who),
            Step::Post(who) => self.post(who),
            Step::Suspend(who) => self.suspend(who),
            Step::Raise => self.raise(),
        }
    }

    /// A conflict of interest begins or ends. Whoever has one themself records and ends none.
    fn relate(&mut self, who: usize) {
        let pupil = self.app.demo.trusts[self.trust].schools[0].pupils[1];
        let person = self.people[who].id;
        let others =
            (0..self.people.len()).filter(|at| ["hr", "dsl", "headteacher"].contains(&self.people[*at].role));
        for by in others.map(|at| self.client(at)).collect::<Vec<_>>() {
            if let Some(conflict) = &self.people[who].conflict {
                let path = format!("/v1/conflicts/{conflict}");
                let tag = by.get(&path).etag();
                let ended = by.post_on(&format!("{path}/ending"), &tag, json!({"reason": "Another family."}));
                if ended.status == 200 {
                    self.people[who].conflict = None;
                    return;
                }
            } else {
                let body = json!({"person_id": person, "pupil_id": pupil, "relationship": "relative"});
                let made = by.post("/v1/conflicts", body);
                if made.status == 201 {
                    self.people[who].conflict = Some(made.id());
                    return;
                }
            }
        }
    }

    /// Somebody who reads a concern names a person in it.
    fn name(&mut self, who: usize) {
        let person = self.people[who].id;
        let Some((concern, _)) = self.concerns.iter().next() else { return };
        let concern = concern.clone();
        for by in self.readers(&concern) {
            let body = json!({"reason": "She was there.", "adult_ids": [person]});
            if work(&self.client(by), &concern, "corrections", body).status == 201 {
                self.concerns.get_mut(&concern).unwrap().insert(person);
                return;
            }
        }
    }

    /// An appointment at the school ends, or begins anew; the end of the new one is taken back where it had one.
    fn post(&mut self, who: usize) {
        let (admin, school) = (self.admin(), self.app.demo.trusts[self.trust].schools[0].id);
        let one = &self.people[who];
        let (id, role) = (one.id, one.role);
        let found = admin.get(&format!("/v1/appointments?person_id={id}&role={role}")).expect(200);
        let today = tutela::clock::Clock::System.now().london_date();
        let (starts, yesterday) = (today.plus_days(-2).to_string(), today.plus_days(-1).to_string());
        let the = |is_it: &dyn Fn(&Value) -> bool| {
            let one = found["items"].as_array().unwrap().iter().find(|one| is_it(one));
            one.map(|one| format!("/v1/appointments/{}", one["id"].as_str().unwrap()))
        };
        let change =
            |path: String, body: Value| admin.patch(&path, &admin.get(&path).etag(), body).expect(200);
        if one.is_posted {
            let open = the(&|one| one["ends_on"].is_null()).unwrap();
            let is_new = admin.get(&open).expect(200)["starts_on"] == starts;
            change(open, json!({"ends_on": if is_new { yesterday.as_str() } else { "2024-12-20" }}));
        } else if let Some(new) = the(&|one| one["starts_on"] == starts) {
            change(new, json!({"ends_on": null}));
        } else {
            let body = json!({"person_id": id, "role": role, "school_id": school, "starts_on": starts});
            admin.post("/v1/appointments", body).expect(201);
        }
        self.people[who].is_posted = !self.people[who].is_posted;
    }

    fn suspend(&mut self, who: usize) {
        let (admin, id) = (self.admin(), self.people[who].id);
        if let Some(revocation) = self.people[who].suspended.take() {
            let path = format!("/v1/revocations/{revocation}");
            let tag = admin.get(&path).etag();
            let lifted = admin.post_on(&format!("{path}/lifting"), &tag, json!({"reason": "Nothing in it."}));
            assert!(matches!(lifted.status, 200 | 201), "{}", lifted.text);
        } else {
            let made = admin.post("/v1/revocations", json!({"person_id": id, "reason": "Suspended."}));
            self.people[who].suspended = Some(made.id());
        }
    }

    fn readers(&self, concern: &str) -> Vec<usize> {
        let reads = |at: &usize| {
            let answer = self.client(*at).get(&format!("/v1/concerns/{concern}"));
            answer.status == 200 && answer.json()["view"] == "full"
        };
        (0..self.people.len()).filter(reads).collect()
    }

    fn check(&mut self, after: &[Step]) {
        for (concern, named) in &self.concerns {
            let readers = self.readers(concern);
            let is_linked = |one: &Person| one.conflict.is_some() || named.contains(&one.id);
            let is_there = |one: &Person| one.is_posted && one.suspended.is_none();
            let is_team = |one: &&Person| one.is_here && TEAM.contains(&one.role) && is_there(one);
            for reader in readers.iter().map(|at| &self.people[*at]) {
                assert!(!is_linked(reader), "{} is linked and reads, after {after:?}", reader.role);
                assert!(is_there(reader), "{} is not there any more and reads, after {after:?}", reader.role);
            }
            let team: Vec<&Person> = self.people.iter().filter(is_team).collect();
            let school = self.app.demo.trusts[self.trust].schools[0].id.to_string();
            if team.is_empty() {
                assert!(
                    has_task(&self.admin(), "school_readers", &school),
                    "nobody is told, after {after:?}"
                );
                continue;
            }
            let left = self.people.iter().any(|one| is_there(one) && !is_linked(one));
            assert_eq!(!readers.is_empty(), left, "nobody reads, after {after:?}");
            let above: Vec<&str> = readers
                .iter()
                .map(|at| &self.people[*at])
                .filter(|one| !(one.is_here && [&TEAM[..], &["headteacher"]].concat().contains(&one.role)))
                .filter(|one| one.role != "trust-safeguarding-lead" || self.trust == 1)
                .map(|one| one.role)
                .collect();
            self.let_in += usize::from(!above.is_empty());
            let reads = team.iter().any(|one| !is_linked(one));
            assert!(!reads || above.is_empty(), "{above:?} read beside the team, after {after:?}");
        }
    }
}

on_both! {
    fn somebody_always_reads_and_nobody_who_is_linked(backend) {
        let (rounds, length) = whole_or_short((10, 40), (1, 12));
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let (mut seen, mut let_in) = (0, 0);
        for round in 0..rounds {
            let app = TestApp::start_demo(backend);
            for trust in [0, 1] {
                // The team and the head are linked, and one of them no longer: what comes after that is by lot.
                let mut sequence = [0, 1, 2, 0].map(Step::Relate).to_vec();
                sequence.extend(proptest::collection::vec(steps(), length).new_tree(&mut runner).unwrap().current());
                let mut run = Run::new(&app, trust);
                for (step, at) in sequence.iter().zip(1..) {
                    run.step(step);
                    run.turn += 1;
                    run.check(&sequence[..at]);
                    seen += 1;
                }
                let_in += run.let_in;
            }
            assert!(round > 0 || let_in > 0, "the route was never needed");
        }
        crate::say!("readers, {backend:?}: {seen} steps, after {let_in} of them somebody above read alone");
    }
}
