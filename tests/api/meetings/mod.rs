//! Tests of `features/meetings`, and of scrutiny, closure and reopening in `features/concerns`.

mod chronology;
mod conflicts;
mod corrections;
mod decisions;
mod machine;
mod panels;
mod races;
mod sight;
mod statement;
mod unanimous;

use serde_json::{Value, json};
use tutela::clock::{Clock, Date};
use tutela::ids::Id;

use crate::support::{Answer, Client, DemoApp};

/// The roles that have a vote at the first school of Trust A.
pub const VOTERS: [&str; 5] = ["dsl", "deputy-dsl", "welfare-lap", "headteacher", "trust-safeguarding-lead"];

/// Who holds a role, and the role as a token names it: at a school, or in the trust.
pub fn holder(app: &DemoApp, trust: usize, school: usize, role: &str) -> (Id, String) {
    let trust = &app.demo.trusts[trust];
    match trust.central.get(role) {
        Some(person) => (*person, role.to_owned()),
        None => trust.schools[school].holder(role).unwrap(),
    }
}

/// A caller in a role.
pub fn as_role(app: &DemoApp, trust: usize, school: usize, role: &str) -> Client {
    let (person, claim) = holder(app, trust, school, role);
    app.person(&app.demo.trusts[trust].slug, person, &[&claim])
}

pub fn today() -> Date {
    Clock::System.now().london_date()
}

/// A change of a record whose newest version `reader` has just read.
pub fn on(reader: &Client, writer: &Client, record: &str, part: &str, body: Value) -> Answer {
    let tag = reader.get(record).etag();
    writer.post_on(&format!("{record}/{part}"), &tag, body)
}

/// A concern about a pupil of a school, and who works on it.
pub struct Case<'a> {
    pub app: &'a DemoApp,
    pub trust: usize,
    pub school: usize,
    pub id: String,
    pub dsl: Client,
}

impl<'a> Case<'a> {
    /// A concern that the school's teacher has raised.
    pub fn raised(app: &'a DemoApp, trust: usize, school: usize, pupil: usize) -> Self {
        let place = &app.demo.trusts[trust].schools[school];
        let body = json!({
            "school_id": place.id, "pupils": [{"pupil_id": place.pupils[pupil], "role": "subject"}],
            "place": "classroom", "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"},
            "summary": "Would not take off his coat."
        });
        let id = as_role(app, trust, school, "staff").post("/v1/concerns", body).id();
        Self { app, trust, school, id, dsl: as_role(app, trust, school, "dsl") }
    }

    /// One with an action, and scrutinised as both trusts ask.
    pub fn worked(app: &'a DemoApp, trust: usize, school: usize, pupil: usize) -> Self {
        let case = Self::raised(app, trust, school, pupil);
        case.act(false).expect(201);
        case.stamp("dsl", "team").expect(201);
        if trust == 0 {
            case.stamp("trust-safeguarding-lead", "trust_lead").expect(201);
        }
        case
    }

    pub fn path(&self) -> String {
        format!("/v1/concerns/{}", self.id)
    }

    pub fn view(&self) -> Value {
        self.dsl.get(&self.path()).expect(200)
    }

    pub fn caller(&self, role: &str) -> Client {
        as_role(self.app, self.trust, self.school, role)
    }

    /// The DSL records something.
    pub fn record(&self, part: &str, body: Value) -> Answer {
        on(&self.dsl, &self.dsl, &self.path(), part, body)
    }

    pub fn act(&self, required: bool) -> Answer {
        self.record("actions", json!({"kind": "observe", "description": "Watch.", "is_required": required}))
    }

    pub fn note(&self) -> Answer {
        self.record("notes", json!({"text": "Spoke with his tutor."}))
    }

    pub fn stamp(&self, role: &str, capacity: &str) -> Answer {
        on(&self.dsl, &self.caller(role), &self.path(), "scrutiny", json!({"as": capacity}))
    }

    /// The reporter adds something.
    pub fn add(&self) -> Answer {
        let path = format!("{}/addenda", self.path());
        self.caller("staff").post(&path, json!({"text": "His brother said the same."}))
    }

    pub fn close_in(&self, role: &str, panel: &str) -> Answer {
        let body =
            json!({"panel_id": panel, "outcome": "Settled.", "closure_rationale": "Nothing is left to do."});
        on(&self.dsl, &self.caller(role), &self.path(), "closure", body)
    }

    pub fn close_safely(&self, role: &str) -> Answer {
        let body = json!({"outcome": "Settled.", "safety_statement": "He says that he is safe."});
        on(&self.dsl, &self.caller(role), &self.path(), "closure", body)
    }

    pub fn reopen(&self) -> Answer {
        self.record("reopening", json!({"reason": "It has begun again."}))
    }

    /// A person's answer in a panel, who has seen everything.
    pub fn answer(&self, panel: &str, role: &str, answer: &str) -> Answer {
        self.answer_as(&self.caller(role), panel, answer)
    }

    pub fn answer_as(&self, caller: &Client, panel: &str, answer: &str) -> Answer {
        let tag = self.dsl.get(&self.path()).etag();
        let seen: i64 = crate::support::version_of(&tag);
        let body = json!({"concern_id": self.id, "concern_version": seen, "answer": answer});
        caller.post(&format!("/v1/panels/{panel}/agreements"), body)
    }

    /// Everybody with a vote agrees.
    pub fn agree(&self, panel: &str, roles: &[&str]) {
        for role in roles {
            self.answer(panel, role, "agree").expect(201);
        }
    }
}

/// A panel of a school that has not been held.
pub fn called(app: &DemoApp, trust: usize, school: usize, meets_on: Date) -> String {
    let body = json!({"school_id": app.demo.trusts[trust].schools[school].id, "meets_on": meets_on});
    as_role(app, trust, school, "dsl").post("/v1/panels", body).id()
}

/// Says that the holder of a role attended in it.
pub fn attends(app: &DemoApp, trust: usize, school: usize, panel: &str, role: &str) -> Answer {
    let dsl = as_role(app, trust, school, "dsl");
    let person = holder(app, trust, school, role).0;
    let body = json!({"person_id": person, "role": role, "present": true});
    on(&dsl, &dsl, &format!("/v1/panels/{panel}"), "attendance", body)
}

pub fn hold(app: &DemoApp, trust: usize, school: usize, panel: &str) -> Answer {
    let dsl = as_role(app, trust, school, "dsl");
    on(&dsl, &dsl, &format!("/v1/panels/{panel}"), "holding", json!({}))
}

/// This week's panel of a school, held with these roles.
pub fn held(app: &DemoApp, trust: usize, school: usize, roles: &[&str]) -> String {
    let panel = called(app, trust, school, today());
    for role in roles {
        attends(app, trust, school, &panel, role).expect(201);
    }
    hold(app, trust, school, &panel).expect(201);
    panel
}

/// How many notifications of a kind a caller has about a record.
pub fn told(caller: &Client, kind: &str, record: &str) -> usize {
    let all = caller.get("/v1/me/notifications?limit=200").expect(200);
    let fits = |one: &&Value| one["kind"] == kind && one["record_id"] == record;
    all["items"].as_array().unwrap().iter().filter(fits).count()
}

/// The kinds of a caller's tasks about a concern.
pub fn tasks(caller: &Client, concern: &str) -> Vec<String> {
    let all = caller.get("/v1/me/tasks?limit=200").expect(200);
    let about = all["items"].as_array().unwrap().iter().filter(|task| task["concern_id"] == concern);
    about.map(|task| task["kind"].as_str().unwrap().to_owned()).collect()
}
