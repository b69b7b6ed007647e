//! How a trust begins: its settings and calendar, its schools, who works there and who learns there.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tutela::features::exchange::imports::establishments;
use tutela::ids::Id;

use super::Trust;
use super::calendar;
use super::school::{Child, Ledger, Lot, School, Ways};
use crate::process::load::whole_or_short;
use crate::support::{Client, TestApp};

const POSTS: [&str; 6] = ["dsl", "deputy-dsl", "headteacher", "welfare-lap", "staff", "colleague"];
const CHILDREN: usize = 8;

pub fn trust(app: &TestApp, ways: Ways, schools: usize) -> Trust {
    register(app, ways, schools);
    let admin = app.faceless(ways.slug, &["trust-admin"]);
    let mut start = Start { app, ways, admin, ledger: Ledger::default() };
    start.settings();
    start.make("/v1/academic-years", calendar::body());
    let hubs: Vec<Id> = ways.hubs.iter().map(|name| start.make("/v1/hubs", json!({"name": name}))).collect();
    let lead = start.appointed("trust-safeguarding-lead", None);
    let schools = (0..schools).map(|n| start.school(n, hubs.get(n % hubs.len().max(1)), lead)).collect();
    Trust { ledger: start.ledger, schools }
}

/// The register of establishments has the schools.
fn register(app: &TestApp, ways: Ways, schools: usize) {
    let rows: String = (0..)
        .take(schools)
        .map(|n| format!("{},Example School {n},01-09-2014,Example Town,ZZ1 9ZZ\n", ways.first_urn + n))
        .collect();
    let file = std::io::Cursor::new(format!("urn,name,open_date,town,postcode\n{rows}"));
    let options = establishments::Options::default();
    establishments::run(&app.services.db, app.services.clock.now(), file, options, &mut |_| {}).unwrap();
}

struct Start<'a> {
    app: &'a TestApp,
    ways: Ways,
    admin: Client,
    ledger: Ledger,
}

impl Start<'_> {
    fn make_by(&mut self, by: &Client, path: &str, body: Value) -> Id {
        self.app.services.clock.advance(1);
        let answer = by.post(path, body);
        let id = Id::parse(&answer.id()).unwrap();
        self.ledger.made.insert(answer.request());
        id
    }

    fn make(&mut self, path: &str, body: Value) -> Id {
        let admin = self.admin.clone();
        self.make_by(&admin, path, body)
    }

    fn settings(&mut self) {
        let mut body = json!({"scrutiny_alert_days": 7});
        if self.ways.is_panel {
            body["closure_rule"] = json!("unanimous_panel");
            body["scrutiny"] = json!("team_and_trust_lead");
            body["panel_expected"] = json!("academy_team_and_trust_lead");
        } else {
            body["scrutiny"] = json!("dsl_team");
            body["panel_expected"] = json!("all_dsls");
        }
        let tag = self.admin.get("/v1/trust").etag();
        let answer = self.admin.patch("/v1/trust", &tag, body);
        assert_eq!(answer.expect(200)["closure_rule"] == "unanimous_panel", self.ways.is_panel);
        // What is set as it was leaves nothing behind.
        if answer.etag() != tag {
            self.ledger.made.insert(answer.request());
        }
    }

    /// Somebody with a post, at a school or in the trust.
    fn appointed(&mut self, role: &str, school: Option<Id>) -> Id {
        let person = json!({
            "given_name": "Robin", "family_name": "Example",
            "engagement": {"school_id": school, "category": "teacher", "starts_on": "2020-09-01"}
        });
        let person = self.make("/v1/people", person);
        let body = json!({"person_id": person, "role": role, "school_id": school, "starts_on": "2020-09-01"});
        self.make("/v1/appointments", body);
        person
    }

    fn school(&mut self, number: usize, hub: Option<&Id>, lead: Id) -> School {
        let urn = self.ways.first_urn + i32::try_from(number).unwrap();
        let id = self.make("/v1/schools", json!({"urn": urn, "hub_id": hub, "phase": "primary"}));
        let mut posts = BTreeMap::from([("trust-safeguarding-lead", lead)]);
        for post in POSTS {
            let role = if post == "colleague" { "staff" } else { post };
            posts.insert(post, self.appointed(role, Some(id)));
        }
        let mut school = School {
            ways: self.ways,
            id,
            urn,
            posts,
            children: Vec::new(),
            concerns: Vec::new(),
            called: None,
            room: None,
            weeks_held: std::collections::BTreeSet::new(),
            weeks_missed: std::collections::BTreeSet::new(),
            ledger: Ledger::default(),
            lot: Lot::new(u64::from(urn.unsigned_abs())),
            unrest: whole_or_short(1, 6),
            line: self.app.nobody(),
        };
        for child in 0..CHILDREN {
            let child = self.child(&school, child);
            school.children.push(child);
        }
        school
    }

    /// The first child is in need by the authority's decision, the second one cares for somebody.
    fn child(&mut self, school: &School, number: usize) -> Child {
        let dsl = school.by(self.app, "dsl");
        let body = json!({
            "given_name": "Amara", "family_name": "Fenwick", "birth_date": "2015-10-01",
            "enrolment": {"school_id": school.id, "starts_on": "2024-09-03"}
        });
        let pupil = self.make_by(&dsl, "/v1/pupils", body);
        let enrolments = dsl.get(&format!("/v1/pupils/{pupil}/enrolments")).expect(200);
        let enrolment = enrolments["items"][0]["id"].as_str().unwrap().to_owned();
        let mut child = Child {
            id: pupil.to_string(),
            told: vec![("enrolled", enrolment)],
            decided_on: None,
            carer: None,
        };
        let path = format!("/v1/pupils/{pupil}");
        if number == 0 {
            let day = calendar::day(2025, 8, 20);
            let decision = self.make_by(&dsl, &format!("{path}/external-decisions"), decision(day, "begins"));
            let status = json!({"kind": "child_in_need", "starts_on": day, "external_decision_id": decision});
            let status = self.make_by(&dsl, &format!("{path}/statuses"), status);
            child.told.extend([
                ("external_decision", decision.to_string()),
                ("status_started", status.to_string()),
            ]);
            child.decided_on = Some(day);
        }
        if number == 1 {
            let body = json!({"kind": "young_carer", "starts_on": "2025-08-20"});
            let status = self.make_by(&dsl, &format!("{path}/statuses"), body);
            child.told.push(("status_started", status.to_string()));
            child.carer = Some((status.to_string(), "\"1\"".to_owned()));
        }
        child
    }
}

/// A decision of social care.
pub fn decision(day: tutela::clock::Date, outcome: &str) -> Value {
    json!({
        "agency": "children_social_care", "decision_maker_name": "R. Holloway", "decision_maker_role": "Team manager",
        "decided_on": day, "outcome": outcome, "level": "L3", "reference": "A-1"
    })
}
