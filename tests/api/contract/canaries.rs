//! Words that stand in sensitive fields and nowhere else: they reach nobody without the right, by any way, and never
//! stand in the database as they are.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use tutela::access::{Action, Role};
use tutela::db::Target;
use tutela::ids::Id;

use super::access_walk::expect::Caller;
use super::access_walk::ground::{caller, holder};
use super::access_walk::operations::{self, Ids, Operation};
use crate::on_both;
use crate::support::{Client, DemoApp, TestApp, dump};

/// A group of words with the same readers. No canary is a part of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    /// What the reporter wrote; the reporter reads it.
    Submission,
    /// What the safeguarding team wrote.
    Work,
    /// Who reported, under protection; the reporter knows.
    Reporter,
    /// A protected characteristic of a pupil.
    Characteristic,
    /// What is written about a pupil's statuses, the decisions on which they rest, and the marks of the chronology.
    Status,
    /// Why a school holds a pupil as complex.
    Complex,
}

const GROUPS: [Group; 6] =
    [Group::Submission, Group::Work, Group::Reporter, Group::Characteristic, Group::Status, Group::Complex];

/// A concern full of canaries, in one of the logs.
struct Planted {
    log: &'static str,
    reporter: Id,
    ids: Ids,
}

impl Group {
    fn word(self) -> &'static str {
        match self {
            Self::Submission => "zqsubmission",
            Self::Work => "zqwork",
            Self::Reporter => "zqreporter",
            Self::Characteristic => "zqcharacteristic",
            Self::Status => "zqstatus",
            Self::Complex => "zqcomplex",
        }
    }

    /// How the canaries of a concern begin; the field's name follows.
    fn canary(self, log: &str) -> String {
        format!("{}{log}", self.word())
    }

    /// Who may read it.
    fn may(self, caller: &Caller, school: Id, planted: &Planted) -> bool {
        let here = caller.trust == 0;
        let is_reporter = caller.person == Some(planted.reporter);
        let restricted = planted.log != "restricted" || caller.covers(Action::ConcernReadRestricted, school);
        let reads = here && caller.covers(Action::ConcernRead, school) && restricted;
        match self {
            Self::Submission => reads || is_reporter,
            Self::Work => reads,
            Self::Reporter => (reads && caller.covers(Action::ConcernReadReporter, school)) || is_reporter,
            Self::Characteristic => here && caller.covers(Action::PupilReadProtected, school),
            Self::Status => here && caller.covers(Action::StatusRead, school),
            Self::Complex => here && caller.covers(Action::ComplexPupilRead, school),
        }
    }
}

fn word(group: Group, log: &str, field: &str) -> Value {
    json!(format!("{}{field}", group.canary(log)))
}

fn plant(app: &DemoApp, log: &'static str, reporter: Id) -> Planted {
    let trust = &app.demo.trusts[0];
    let school = &trust.schools[0];
    let raiser = app.person(&trust.slug, reporter, &[&format!("staff:{}", school.urn)]);
    let lead = holder(app, trust, school, "dsl");
    let told = |field| word(Group::Submission, log, field);
    let concern = json!({
        "school_id": school.id, "log": log, "pupils": [{"pupil_id": school.pupils[1], "role": "subject"}],
        "place": "classroom", "time_slot": "lesson", "source": "observation",
        "reporter": {"kind": "professional", "protect_identity": true, "name": word(Group::Reporter, log, "name")},
        "summary": told("summary"), "verbatim_words": told("verbatim"), "facts": told("facts"),
        "opinion": told("opinion"), "voice_of_child": told("voice"), "immediate_action": told("immediate"),
        "witnesses": told("witnesses"), "told": [{"name": told("told")}], "unnamed_pupils": told("unnamed")
    });
    let id = raiser.post("/v1/concerns", concern).id();
    let path = format!("/v1/concerns/{id}");
    raiser.post(&format!("{path}/addenda"), json!({"text": told("addendum")})).expect(201);
    // Somebody who reads both logs by their role: in the restricted one few others can be named.
    let [owner, shared_with] = ["deputy-dsl", "deputy-dsl"].map(|role| school.holder(role).unwrap().0);
    let mut ids = work(&lead, log, &id, (owner, shared_with), school.pupils[1]);
    ids.insert("concern", id);
    ids.insert("pupil", school.pupils[1].to_string());
    ids.insert("school", school.id.to_string());
    Planted { log, reporter, ids }
}

/// The work on it: every text of it is a canary.
fn work(lead: &Client, log: &str, concern: &str, (owner, shared_with): (Id, Id), pupil: Id) -> Ids {
    let text = |field| word(Group::Work, log, field);
    let path = format!("/v1/concerns/{concern}");
    let post = |part: &str, body: Value| {
        let tag = lead.get(&path).etag();
        let made = lead.post_on(&format!("{path}/{part}"), &tag, body).expect(201);
        made["id"].as_str().unwrap().to_owned()
    };
    post(
        "triage",
        json!({
            "severity": "same_day", "parent_informed": "not_safe", "parent_informed_reason": text("triage")
        }),
    );
    let decided = "2025-01-15T15:00:00Z";
    let decision = json!({"kind": "decision", "decision": text("decision"), "reason": text("because"), "decided_at": decided});
    let note = post("notes", json!({"text": text("note")}));
    let action =
        post("actions", json!({"kind": "observe", "description": text("action"), "owner_id": owner}));
    let decision = post("decisions", decision);
    let share = json!({"person_id": shared_with, "kind": "share", "reason": text("share")});
    let share = post("shares", share);
    post("corrections", json!({"reason": text("correction"), "opinion": text("opinion")}));
    post(&format!("notes/{note}/corrections"), json!({"text": text("noted"), "reason": text("misnoted")}));
    post(&format!("actions/{action}/outcome"), json!({"done_on": "2025-01-15", "outcome": text("outcome")}));
    let (referral, escalation) = referred(lead, log, &post, owner, pupil);
    Ids::from([
        ("note", note),
        ("action", action),
        ("decision", decision),
        ("share", share),
        ("referral", referral),
        ("escalation", escalation),
    ])
}

/// A referral with what became of it, and an escalation: every text of them is a canary.
fn referred(
    lead: &Client,
    log: &str,
    post: &dyn Fn(&str, Value) -> String,
    owner: Id,
    pupil: Id,
) -> (String, String) {
    let text = |field| word(Group::Work, log, field);
    let agency = json!({"kind": "mash", "name": format!("Agency {log}"), "used_from": "2020-01-01"});
    let agency = lead.post("/v1/agencies", agency).id();
    let at = "2025-01-15T15:00:00Z";
    let asked = |more: Value| {
        let mut body = json!({
            "agency_id": agency, "made_at": at, "made_by_id": owner, "method": "web_form", "form": text("form"),
            "consent": "refused", "consent_reason": text("consent"), "reason": text("referral")
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let referral = post("referrals", asked(json!({"pupil_ids": [pupil]})));
    let path = format!("referrals/{referral}");
    post(&format!("{path}/corrections"), asked(json!({"correction_reason": text("misreferred")})));
    let steps = [
        (
            "acknowledgement",
            json!({"acknowledged_at": at, "acknowledged_by": text("acknowledged"), "note": text("heard")}),
        ),
        (
            "acknowledgement",
            json!({"acknowledged_at": at, "acknowledged_by": text("twice"), "correction_reason": text("misheard")}),
        ),
        (
            "chases",
            json!({"chased_at": at, "chased_by_id": owner, "method": "telephone", "to_whom": text("desk"), "note": text("chased")}),
        ),
        (
            "challenges",
            json!({
                "step": "manager", "raised_at": at, "raised_by_id": owner, "to_whom": text("manager"),
                "said": text("disagreed"), "skipped_because": text("skipped")
            }),
        ),
        ("challenge-answers", json!({"step": "manager", "answered_at": at, "answer": text("answered")})),
        ("feedback", json!({"told_at": at, "told_by_id": owner, "note": text("fedback")})),
        ("withdrawal", json!({"withdrawn_at": at, "reason": text("withdrawn")})),
    ];
    for (part, body) in steps {
        post(&format!("{path}/{part}"), body);
    }
    let escalation = json!({
        "level": "headteacher", "owner_id": owner, "raised_at": at, "review_on": "2025-01-22", "reason": text("escalated")
    });
    let escalation = post("escalations", escalation);
    let far = tutela::clock::Clock::System.now().london_date().plus_days(7);
    post(&format!("escalations/{escalation}/reviews"), json!({"found": text("found"), "review_on": far}));
    post(&format!("escalations/{escalation}/outcome"), json!({"ended_at": at, "outcome": text("ended")}));
    (referral, escalation)
}

/// What is written about the pupil outside the concern: every text of it is a canary.
fn of_pupil(lead: &Client, planted: &mut Planted) {
    let text = |field| word(Group::Status, planted.log, field);
    let path = format!("/v1/pupils/{}", planted.ids["pupil"]);
    let decision = json!({
        "agency": "health", "decision_maker_name": text("maker"), "decision_maker_role": text("role"),
        "decided_on": "2025-01-13", "outcome": "continues", "reference": text("reference"), "summary": text("said")
    });
    let decision = lead.post(&format!("{path}/external-decisions"), decision).id();
    let kind = if planted.log == "restricted" { "kinship_care" } else { "young_carer" };
    let status = json!({"kind": kind, "starts_on": "2025-01-13", "note": text("note")});
    let status = lead.post(&format!("{path}/statuses"), status).id();
    let mark =
        json!({"kind": "status_started", "source_id": status, "significant": true, "reason": text("mark")});
    lead.post(&format!("{path}/chronology/marks"), mark).expect(201);
    let reason = word(Group::Complex, planted.log, "reason");
    let held = json!({
        "school_id": planted.ids["school"], "pupil_id": planted.ids["pupil"], "held_since": "2025-01-13",
        "next_review_on": "2025-02-10", "reason": reason
    });
    // The second time it is on the list already, and what it says is corrected.
    let made = lead.post("/v1/complex-pupils", held);
    if made.status == 409 {
        let list = lead.get("/v1/complex-pupils").expect(200);
        let held =
            list["items"].as_array().unwrap().iter().find(|item| item["pupil_id"] == *planted.ids["pupil"]);
        let held = format!("/v1/complex-pupils/{}", held.unwrap()["id"].as_str().unwrap());
        let was = lead.get(&held);
        let both = format!("{} {}", was.json()["reason"].as_str().unwrap(), reason.as_str().unwrap());
        let review = json!({"held_since": "2025-01-13", "next_review_on": "2025-02-10", "reason": both,
            "correction_reason": reason});
        lead.post_on(&format!("{held}/corrections"), &was.etag(), review).expect(201);
    }
    planted.ids.insert("status", status);
    planted.ids.insert("external_decision", decision);
}

/// Why a conflict of interest ended; those who may end one read it.
const ENDED: &str = "zqended";

fn conflict(lead: &Client, person: Id, pupil: &str) {
    let made = lead
        .post("/v1/conflicts", json!({"person_id": person, "pupil_id": pupil, "relationship": "relative"}));
    let ending = format!("{}/ending", made.header("location"));
    let ended = lead.post_on(&ending, &made.etag(), json!({"reason": ENDED}));
    assert_eq!(ended.expect(200)["end_reason"], ENDED);
    assert_eq!(lead.get(made.header("location")).expect(200)["end_reason"], ENDED);
}

/// The reading operations that this world has a record for.
fn readings() -> Vec<Operation> {
    let planted = [
        "concern",
        "note",
        "action",
        "decision",
        "share",
        "referral",
        "escalation",
        "pupil",
        "characteristic",
        "school",
        "status",
        "external_decision",
    ];
    let reads = operations::all().into_iter().filter(Operation::is_read);
    reads.filter(|operation| operation.records().iter().all(|record| planted.contains(record))).collect()
}

/// Everything that a caller can get, with what was asked.
fn everything(client: &Client, planted: &Planted, app: &DemoApp) -> Vec<(String, String)> {
    let mut ids = planted.ids.clone();
    ids.insert("bystander", app.demo.trusts[0].id.to_string());
    let mut asked: Vec<(String, Value, Operation)> = Vec::new();
    for operation in readings() {
        let body = operation.body(&ids);
        asked.push((operation.id.clone(), body, operation.clone()));
        if operation.id == "searchConcerns" {
            for group in GROUPS {
                let body = json!({"words": [group.canary(planted.log)], "limit": 20});
                asked.push((format!("searchConcerns {group:?}"), body, operation.clone()));
            }
        }
    }
    asked
        .into_iter()
        .map(|(what, body, operation)| {
            let answer = operation.send_body(client, &ids, body);
            let mut text = format!("{:?}\n{}", answer.headers, answer.text).to_lowercase();
            // Who finds a concern by a word knows that the word is in it.
            if what.starts_with("searchConcerns ") && answer.text.contains(&planted.ids["concern"]) {
                let group = GROUPS.into_iter().find(|group| what.ends_with(&format!("{group:?}"))).unwrap();
                text.push_str(&group.canary(planted.log));
            }
            (what, text)
        })
        .collect()
}

/// What a caller is told of the concern itself and of what was done with it.
fn about(client: &Client, planted: &Planted) -> Vec<(String, String)> {
    let concern = &planted.ids["concern"];
    let of_concern =
        readings().into_iter().filter(|operation| operation.path.starts_with("/v1/concerns/{id}"));
    let mut got: Vec<(String, String)> = of_concern
        .map(|operation| (operation.id.clone(), operation.send(client, &planted.ids).text))
        .collect();
    let log = operations::all().into_iter().find(|operation| operation.id == "listAuditEntries").unwrap();
    let entries = log.filtered(client, "action=concern.raise&record_id", concern);
    let mut body = entries.json();
    if let Some(items) = body["items"].as_array_mut() {
        items.retain(|item| item["record_id"] == **concern);
    }
    got.push((log.id, body.to_string()));
    got
}

on_both! {
    fn a_word_of_a_case_reaches_nobody_without_the_right(backend) {
        let app = TestApp::start_demo(backend);
        let trust = &app.demo.trusts[0];
        let school = &trust.schools[0];
        let staff = school.holder("staff").unwrap().0;
        let lap = school.holder("welfare-lap").unwrap().0;
        let mut planted = vec![plant(&app, "safeguarding", staff), plant(&app, "restricted", lap)];
        let lead = holder(&app, trust, school, "dsl");
        for (one, kind) in planted.iter_mut().zip(["religion", "disability"]) {
            let path = format!("/v1/pupils/{}/characteristics", one.ids["pupil"]);
            let value = word(Group::Characteristic, one.log, "value");
            let made = lead.post(&path, json!({"kind": kind, "value": value, "starts_on": "2024-09-02"}));
            one.ids.insert("characteristic", made.id());
            of_pupil(&lead, one);
            conflict(&lead, school.staff["volunteer"], &one.ids["pupil"]);
        }
        let (mut faults, mut answers) = (Vec::new(), 0);
        for (trust, role) in [0, 1].into_iter().flat_map(|trust| Role::ALL.iter().map(move |role| (trust, *role))) {
            let (caller, client) = caller(&app, trust, role);
            for one in &planted {
                let got = everything(&client, one, &app);
                answers += got.len();
                if !Group::Reporter.may(&caller, school.id, one) {
                    let reporter = one.reporter.to_string();
                    let shown = about(&client, one).into_iter().filter(|(_, text)| text.contains(&reporter));
                    faults.extend(shown.map(|(what, _)| format!("{role} of trust {trust}: {what} names the reporter")));
                }
                for group in GROUPS {
                    let canary = group.canary(one.log);
                    let shown: Vec<&str> =
                        got.iter().filter(|(_, text)| text.contains(&canary)).map(|(what, _)| what.as_str()).collect();
                    let may = group.may(&caller, school.id, one);
                    if may == shown.is_empty() {
                        faults.push(format!("{role} of trust {trust}, {canary}: may {may}, shown in {shown:?}"));
                    }
                }
            }
        }
        crate::say!("canaries: {answers} answers on {backend:?}");
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        let stored = stored(&app);
        assert!(stored.len() > 100_000, "{}", stored.len());
        for word in GROUPS.iter().map(|group| group.word()).chain([ENDED]) {
            let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
            for canary in [word, hex.as_str()] {
                let found = stored.windows(canary.len()).any(|window| window == canary.as_bytes());
                assert!(!found, "{canary} stands in the {backend:?} database as it is");
            }
        }
    }
}

/// All that is stored: of SQLite the file and its write-ahead log, of PostgreSQL the rows of every table as text, and a
/// dump.
fn stored(app: &DemoApp) -> Vec<u8> {
    match &app.database.target {
        Target::Sqlite(file) => {
            let mut bytes = std::fs::read(file).unwrap();
            bytes.extend(std::fs::read(format!("{}-wal", file.display())).unwrap());
            bytes
        }
        Target::Postgres(_) => {
            let superuser = app.database.superuser().unwrap();
            let mut bytes = rows(&superuser);
            if let Some(dump) = dump(&superuser) {
                assert!(dump.len() > 100_000, "{}", dump.len());
                bytes.extend(dump.to_ascii_lowercase());
            }
            bytes
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn rows(superuser: &str) -> Vec<u8> {
    let mut conn = PgConnection::establish(superuser).unwrap();
    let tables: Vec<Line> =
        diesel::sql_query("SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'")
            .load(&mut conn)
            .unwrap();
    assert!(tables.len() > 20, "{}", tables.len());
    let mut all = Vec::new();
    for table in tables {
        let query = format!("SELECT t::text AS line FROM \"{}\" t", table.line);
        let lines: Vec<Line> = diesel::sql_query(query).load(&mut conn).unwrap();
        lines.into_iter().for_each(|row| all.extend(row.line.to_lowercase().into_bytes()));
    }
    all
}
