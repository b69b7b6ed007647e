//! The weekly panel of a school, and what is closed in it or after it.

use std::collections::BTreeSet;

use serde_json::json;
use tutela::clock::Date;

use super::school::{Room, School, Write};
use crate::support::TestApp;

impl School {
    /// The end of a week: the panel that was called is held, unless nobody comes to it.
    pub fn meet(&mut self, app: &TestApp, monday: Date, today: Date) {
        let held = match self.called.take() {
            Some(panel) if self.lot.falls(100 - 3 * self.unrest) => self.hold(app, panel),
            _ => None,
        };
        match held {
            Some(room) => {
                self.weeks_held.insert(monday);
                self.ledger.count("panels held");
                for concern in &mut self.concerns {
                    concern.answers.clear();
                }
                self.room = Some(room);
                self.decide(app, today);
                self.close_some(app, 75);
            }
            None => {
                self.weeks_missed.insert(monday);
                self.ledger.count("missed weeks");
                self.close_some(app, 10);
            }
        }
    }

    /// Records who came and holds it; none where no lead came.
    fn hold(&mut self, app: &TestApp, (panel, mut version): (String, i64)) -> Option<Room> {
        let present: Vec<&'static str> = self
            .ways
            .expected
            .iter()
            .copied()
            .filter(|role| self.lot.falls(if *role == "dsl" { 97 } else { 92 }))
            .collect();
        let chair = present.iter().copied().find(|role| ["dsl", "deputy-dsl"].contains(role))?;
        for role in self.ways.expected {
            let came = present.contains(role);
            if !came {
                self.ledger.count("absences");
                // Of some who did not come nothing is recorded.
                if self.lot.falls(30) {
                    continue;
                }
            }
            let reason = (!came).then_some("Ill.");
            let body = json!({"person_id": self.posts[role], "role": role, "present": came, "absence_reason": reason});
            self.on_panel(
                app,
                chair,
                (&panel, &mut version),
                "attendance",
                body,
                "panel.attendance-recorded",
            );
        }
        if self.lot.falls(10) {
            let body = json!({"guest": {"name": "Robin Example"}, "role": "guest", "present": true});
            self.on_panel(
                app,
                chair,
                (&panel, &mut version),
                "attendance",
                body,
                "panel.attendance-recorded",
            );
        }
        self.on_panel(app, chair, (&panel, &mut version), "holding", json!({}), "panel.held");
        let body = json!({"text": "Lunch is quieter."});
        self.on_panel(app, chair, (&panel, &mut version), "minutes", body, "panel.minuted");
        let agenda = self.open().into_iter().map(|at| self.concerns[at].id.clone()).collect();
        let room = Room { id: panel, present, agenda };
        self.check_agenda(app, &room);
        self.called = Some((room.id.clone(), version));
        Some(room)
    }

    fn on_panel(
        &mut self,
        app: &TestApp,
        role: &str,
        (panel, version): (&str, &mut i64),
        part: &str,
        body: serde_json::Value,
        act: &'static str,
    ) -> String {
        let path = format!("/v1/panels/{panel}/{part}");
        let made = self.write(
            app,
            role,
            Write { path: &path, version: Some(*version), body, act, record: Some(panel) },
        );
        *version += 1;
        made
    }

    fn check_agenda(&self, app: &TestApp, room: &Room) {
        let page = self.by(app, "dsl").get(&format!("/v1/panels/{}/agenda?limit=200", room.id)).expect(200);
        let shown: BTreeSet<String> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["concern_id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(shown, room.agenda);
    }

    /// What the panel decides beside closures.
    fn decide(&mut self, app: &TestApp, today: Date) {
        let Some((panel, mut version)) = self.called.take() else { return };
        let open = self.open();
        let about = (!open.is_empty() && self.lot.falls(30)).then(|| self.lot.one_of(&open));
        let concern = about.map(|at| self.concerns[at].id.clone());
        if about.is_none() && self.lot.falls(60) {
            return;
        }
        let body = json!({
            "kind": if about.is_some() { "concern" } else { "trend" }, "concern_id": concern, "text": "Ring home.",
            "owner_id": self.posts["headteacher"], "due_on": today.plus_days(14)
        });
        let made = self.on_panel(app, "dsl", (&panel, &mut version), "decisions", body, "panel.decided");
        if let Some(at) = about {
            self.tells(at, "panel_decision", &made);
        }
    }

    /// Closes what is ready, and tries some of what is not.
    fn close_some(&mut self, app: &TestApp, percent: usize) {
        for at in self.open() {
            let is_ready = self.unfinished(at).is_none();
            if !self.lot.falls(if is_ready { percent } else { percent / 10 }) {
                continue;
            }
            if self.ways.is_panel {
                self.ask(app, at);
            }
            self.close(app, at);
        }
    }

    /// Who is asked on a concern in the last panel.
    fn voters(&self, at: usize) -> Vec<&'static str> {
        let room = self.room.as_ref();
        let present = room.map(|room| room.present.clone()).unwrap_or_default();
        present
            .into_iter()
            .filter(|role| *role != "welfare-lap" || !self.concerns[at].is_restricted)
            .collect()
    }

    /// Those who were there answer, each for themself; some do not, or not with yes.
    fn ask(&mut self, app: &TestApp, at: usize) {
        let Some(room) = self.room.clone() else { return };
        if !room.agenda.contains(&self.concerns[at].id) {
            return;
        }
        let seen = self.concerns[at].version;
        for role in self.voters(at) {
            let answer = match self.lot.below(100) {
                0..=93 => "agree",
                94..=95 => "disagree",
                96..=97 => "abstain",
                _ => continue,
            };
            let concern = self.concerns[at].id.clone();
            let body = json!({"concern_id": concern, "concern_version": seen, "answer": answer});
            let path = format!("/v1/panels/{}/agreements", room.id);
            let act = "concern.closure-answered";
            let made = self.write(
                app,
                role,
                Write { path: &path, version: None, body, act, record: Some(&concern) },
            );
            self.tells(at, "panel_agreement", &made);
            self.concerns[at].version += 1;
            self.concerns[at].answers.insert(role, answer);
            self.ledger.count("answers");
        }
    }

    /// What the work still lacks, in the words of the answer.
    fn unfinished(&self, at: usize) -> Option<&'static str> {
        let concern = &self.concerns[at];
        let both = concern.has_stamp("trust_lead") || !self.ways.is_panel;
        if !concern.has_stamp("team") || !both {
            Some("scrutiny_incomplete")
        } else if concern.tasks.iter().any(|task| task.is_required && !task.is_done) {
            Some("required_action_open")
        } else if !concern.acted {
            Some("no_action_or_reason")
        } else {
            None
        }
    }

    /// Why a panel does not let it be closed.
    fn in_panel(&self, at: usize) -> Option<&'static str> {
        let Some(room) = &self.room else { return Some("panel_required") };
        let (concern, voters) = (&self.concerns[at], self.voters(at));
        let said = |answer: &str| voters.iter().any(|role| concern.answers.get(role) == Some(&answer));
        let conditions = [
            (room.agenda.contains(&concern.id), "not_on_agenda"),
            (voters.iter().any(|role| ["dsl", "deputy-dsl"].contains(role)), "panel_without_dsl"),
            (voters.contains(&"trust-safeguarding-lead"), "panel_without_trust_lead"),
            (!said("disagree"), "panel_not_unanimous"),
            (!said("abstain"), "agreement_abstained"),
            (voters.iter().all(|role| concern.answers.contains_key(role)), "agreement_missing"),
        ];
        conditions.into_iter().find(|(holds, _)| !holds).map(|(_, code)| code)
    }

    /// Why a statement does not: the authority has not decided since the round began.
    fn by_statement(&self, at: usize) -> Option<&'static str> {
        let concern = &self.concerns[at];
        let decided = self.children[concern.children[0]].decided_on;
        decided.is_some_and(|day| day < concern.began).then_some("external_decision_required")
    }

    fn close(&mut self, app: &TestApp, at: usize) {
        let (id, version) = (self.concerns[at].id.clone(), self.concerns[at].version);
        let (refusal, body, role, how) = if self.ways.is_panel {
            let panel = self.room.as_ref().map(|room| room.id.clone());
            let body = json!({"panel_id": panel, "outcome": "Settled.", "closure_rationale": "Nothing is left to do."});
            let role = self.lot.one_of(&["dsl", "deputy-dsl", "trust-safeguarding-lead"]);
            (self.unfinished(at).or_else(|| self.in_panel(at)), body, role, "closed in a panel")
        } else {
            let body = json!({"outcome": "Settled.", "safety_statement": "He says that he is safe."});
            let role = self.lot.one_of(&["dsl", "deputy-dsl"]);
            (self.unfinished(at).or_else(|| self.by_statement(at)), body, role, "closed by a statement")
        };
        app.services.clock.advance(1);
        let answer = self.by(app, role).post_on(
            &format!("/v1/concerns/{id}/closure"),
            &format!("\"{version}\""),
            body,
        );
        if let Some(code) = refusal {
            self.refused(&answer, 409, code);
            return;
        }
        let made = answer.id();
        self.did(&answer, "concern.closed", &id);
        self.concerns[at].version += 1;
        self.concerns[at].is_closed = true;
        self.tells(at, "concern_closed", &made);
        self.counts(at, "closures");
        self.ledger.count(how);
    }
}
