//! What happens at a school between its panels.

use serde_json::{Value, json};
use tutela::clock::Date;

use super::school::{Concern, School, Task, Write};
use super::start::decision;
use crate::support::TestApp;

const TEAM: [&str; 2] = ["dsl", "deputy-dsl"];

impl School {
    /// The beginning of a week: staff raise what they saw, the team judges it, and the panel is called.
    pub fn raise(&mut self, app: &TestApp, meets_on: Date) {
        for _ in 0..self.lot.below(4) {
            self.raise_one(app);
        }
        for at in self.open() {
            if !self.concerns[at].is_triaged && self.lot.falls(85) {
                let body = json!({"severity": "same_day", "monitor": false, "parent_informed": "yes"});
                let role = self.lot.one_of(&TEAM);
                let made = self.add(app, at, role, "triage", body, "concern.triaged");
                self.concerns[at].is_triaged = true;
                self.tells(at, "concern_triaged", &made);
                self.counts(at, "triages");
            }
        }
        if self.lot.falls(100 - 3 * self.unrest) {
            let body = json!({"school_id": self.id, "meets_on": meets_on});
            let write = Write { path: "/v1/panels", version: None, body, act: "panel.called", record: None };
            let role = self.lot.one_of(&TEAM);
            let panel = self.write(app, role, write);
            self.called = Some((panel, 1));
        }
    }

    fn raise_one(&mut self, app: &TestApp) {
        let (subject, other) = (self.lot.below(self.children.len()), self.lot.below(self.children.len()));
        let mut children = vec![subject];
        if subject != other && self.lot.falls(25) {
            children.push(other);
        }
        let is_restricted = self.ways.is_panel && self.lot.falls(6);
        let named: Vec<Value> = children
            .iter()
            .zip(["subject", "witness"])
            .map(|(child, role)| json!({"pupil_id": self.children[*child].id, "role": role}))
            .collect();
        let body = json!({
            "school_id": self.id, "log": if is_restricted { "restricted" } else { "safeguarding" }, "pupils": named,
            "place": "classroom", "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"},
            "summary": "Would not take off his coat."
        });
        let reporter = self.lot.one_of(&["staff", "colleague"]);
        let write = Write { path: "/v1/concerns", version: None, body, act: "concern.raised", record: None };
        let id = self.write(app, reporter, write);
        self.concerns.push(Concern {
            id: id.clone(),
            is_restricted,
            children,
            reporter,
            version: 1,
            round: 1,
            began: app.services.clock.now().london_date(),
            is_closed: false,
            is_triaged: false,
            acted: false,
            stamps: std::collections::BTreeMap::new(),
            tasks: Vec::new(),
            answers: std::collections::BTreeMap::new(),
            parts: std::collections::BTreeMap::new(),
        });
        self.tells(self.concerns.len() - 1, "concern_raised", &id);
        self.ledger.count("raised");
    }

    /// The middle of a week: actions, notes, scrutiny; something is added, corrected, reopened.
    pub fn work(&mut self, app: &TestApp, today: Date) {
        for at in self.open() {
            self.act(app, at, today);
            self.stamp(app, at);
            if self.lot.falls(15) {
                let note = self.add(
                    app,
                    at,
                    "dsl",
                    "notes",
                    json!({"text": "Spoke with his tutor."}),
                    "concern.note-recorded",
                );
                self.tells(at, "concern_note", &note);
                self.counts(at, "notes");
            }
            if self.lot.falls(4) {
                let body = json!({"reason": "Misheard.", "facts": "It was his brother's coat."});
                self.add(app, at, "dsl", "corrections", body, "concern.corrected");
            }
            if self.lot.falls(5) {
                self.addendum(app, at);
            }
            if self.lot.falls(25) {
                self.read(app, at);
            }
            if self.lot.falls(4 * self.unrest) {
                self.try_wrong(app, at);
            }
        }
        for at in self.closed() {
            if self.lot.falls(self.unrest) {
                self.addendum(app, at);
            }
            if self.lot.falls(2 * self.unrest) {
                self.reopen(app, at, today);
            }
        }
        self.pupils(app, today);
    }

    fn act(&mut self, app: &TestApp, at: usize, today: Date) {
        let concern = &self.concerns[at];
        if !concern.acted {
            if self.lot.falls(70) {
                for _ in 0..=self.lot.below(2) {
                    self.task(app, at, today);
                }
            } else if self.lot.falls(50) {
                let body = json!({"kind": "no_action", "decision": "None.", "reason": "A game.", "decided_at": app.services.clock.now()});
                let made = self.add(app, at, "dsl", "decisions", body, "concern.decision-recorded");
                self.concerns[at].acted = true;
                self.tells(at, "concern_decision", &made);
                self.counts(at, "decisions");
            }
        }
        let open: Vec<usize> = (0..self.concerns[at].tasks.len())
            .filter(|task| !self.concerns[at].tasks[*task].is_done)
            .collect();
        for task in open {
            if self.lot.falls(55) {
                let id = self.concerns[at].tasks[task].id.clone();
                let body = json!({"done_on": today, "outcome": "Done."});
                self.add(app, at, "dsl", &format!("actions/{id}/outcome"), body, "concern.action-completed");
                self.concerns[at].tasks[task].is_done = true;
                self.concerns[at].acted = true;
                self.tells(at, "action_done", &id);
            } else if self.lot.falls(10) {
                let id = self.concerns[at].tasks[task].id.clone();
                let due_on = Some(today.plus_days(14));
                let is_required = self.concerns[at].tasks[task].is_required;
                let body = json!({
                    "kind": "observe", "description": "Watch at lunch.", "is_required": is_required, "due_on": due_on,
                    "reason": "Another place."
                });
                self.add(
                    app,
                    at,
                    "deputy-dsl",
                    &format!("actions/{id}/corrections"),
                    body,
                    "concern.action-corrected",
                );
                self.concerns[at].tasks[task].due_on = due_on;
                self.concerns[at].acted = true;
            }
        }
    }

    fn task(&mut self, app: &TestApp, at: usize, today: Date) {
        let is_required = self.lot.falls(50);
        let days = i64::try_from(2 + self.lot.below(20)).unwrap();
        let due_on = self.lot.falls(75).then(|| today.plus_days(days));
        let body =
            json!({"kind": "observe", "description": "Watch.", "is_required": is_required, "due_on": due_on});
        let role = self.lot.one_of(&TEAM);
        let id = self.add(app, at, role, "actions", body, "concern.action-recorded");
        self.tells(at, "action_set", &id);
        self.counts(at, "actions");
        self.concerns[at].acted = true;
        self.concerns[at].tasks.push(Task { id, due_on, is_required, is_done: false });
    }

    fn stamp(&mut self, app: &TestApp, at: usize) {
        let mut wanted = vec![(self.lot.one_of(&TEAM), "team")];
        if self.ways.is_panel {
            wanted.push(("trust-safeguarding-lead", "trust_lead"));
        }
        for (role, capacity) in wanted {
            if !self.concerns[at].has_stamp(capacity) && self.lot.falls(70) {
                let made =
                    self.record(app, at, role, "scrutiny", json!({"as": capacity}), "concern.scrutinised");
                self.concerns[at].stamps.insert(role, capacity);
                self.tells(at, "concern_scrutinised", &made);
                self.counts(at, "scrutiny");
            }
        }
    }

    /// The reporter adds something; now and then the line breaks, and the same request comes again.
    fn addendum(&mut self, app: &TestApp, at: usize) {
        app.services.clock.advance(1);
        let concern = self.concerns[at].id.clone();
        let (path, key) = (
            format!("/v1/concerns/{concern}/addenda"),
            format!("add-{}-{}", self.urn, self.ledger.acts.len()),
        );
        let caller = self.by(app, self.concerns[at].reporter);
        let send = || caller.post_keyed(&path, &key, json!({"text": "His brother said the same."}));
        let answer = send();
        let made = answer.id();
        if self.lot.falls(40) {
            let again = send();
            assert_eq!(again.id(), made);
            self.ledger.repeated.push(again.request());
        }
        self.did(&answer, "concern.addendum-recorded", &concern);
        self.concerns[at].version += 1;
        self.concerns[at].answers.clear();
        self.tells(at, "concern_addendum", &made);
        self.counts(at, "notes");
    }

    fn reopen(&mut self, app: &TestApp, at: usize, today: Date) {
        let role =
            if self.concerns[at].is_restricted { "dsl" } else { self.lot.one_of(&["dsl", "headteacher"]) };
        let made = self.add(
            app,
            at,
            role,
            "reopening",
            json!({"reason": "It has begun again."}),
            "concern.reopened",
        );
        self.tells(at, "concern_reopened", &made);
        let concern = &mut self.concerns[at];
        concern.round += 1;
        concern.is_closed = false;
        concern.began = today;
        concern.stamps.clear();
        concern.acted = false;
        concern.is_triaged = false;
        self.ledger.count("reopened");
    }

    /// What nobody may do: it is refused, and leaves nothing behind.
    fn try_wrong(&mut self, app: &TestApp, at: usize) {
        let (id, version) = (self.concerns[at].id.clone(), self.concerns[at].version);
        let (path, tag) = (format!("/v1/concerns/{id}"), format!("\"{version}\""));
        let note = json!({"text": "x"});
        match self.lot.below(4) {
            0 => {
                let body = json!({"outcome": "Settled.", "safety_statement": "Safe."});
                let answer = self.by(app, "headteacher").post_on(&format!("{path}/closure"), &tag, body);
                self.refused(&answer, 403, "forbidden");
            }
            1 => {
                let answer = self.by(app, "staff").post_on(&format!("{path}/notes"), &tag, note);
                self.refused(&answer, 403, "forbidden");
            }
            2 if version > 1 => {
                let answer = self.by(app, "dsl").post_on(
                    &format!("{path}/notes"),
                    &format!("\"{}\"", version - 1),
                    note,
                );
                self.refused(&answer, 412, "version_stale");
            }
            _ => {
                let answer =
                    self.by(app, "dsl").post_on(&format!("{path}/reopening"), &tag, json!({"reason": "x"}));
                self.refused(&answer, 409, "concern_open");
            }
        }
    }

    /// The authority reviews its child; the carer's task comes to an end.
    fn pupils(&mut self, app: &TestApp, today: Date) {
        if self.children[0].decided_on.is_some_and(|day| day < today) && self.lot.falls(10) {
            let path = format!("/v1/pupils/{}/external-decisions", self.children[0].id);
            let body = decision(today, "continues");
            let write =
                Write { path: &path, version: None, body, act: "external_decision.recorded", record: None };
            let made = self.write(app, "dsl", write);
            self.children[0].told.push(("external_decision", made));
            self.children[0].decided_on = Some(today);
            self.ledger.count("decisions of the authority");
        }
        if self.lot.falls(4)
            && let Some((status, tag)) = self.children[1].carer.take()
        {
            let path = format!("/v1/pupils/{}/statuses/{status}/ending", self.children[1].id);
            app.services.clock.advance(1);
            let body = json!({"ends_on": today, "reason": "Her mother is well."});
            let answer = self.by(app, "dsl").post_on(&path, &tag, body);
            answer.expect(200);
            self.did(&answer, "status.ended", &status);
            self.children[1].told.push(("status_ended", status));
        }
    }
}
