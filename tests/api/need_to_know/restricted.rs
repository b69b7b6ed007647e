//! The restricted log: its own list and its own log of who looked, and that nothing else moves for what is done in it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tutela::access::matrix::Reach;
use tutela::access::{Action, Role};
use tutela::clock::{Clock, Timestamp};

use super::{at, raising, trust_b, work};
use crate::contract::access_walk::ground::{self, Ground};
use crate::contract::access_walk::operations::{self, Ids};
use crate::on_both;
use crate::support::{Client, DemoApp, TestApp};

fn switch_on(app: &DemoApp) {
    let admin = app.as_role("trust-b", "trust-admin");
    let tag = admin.get("/v1/trust").etag();
    admin.patch("/v1/trust", &tag, json!({"restricted_log": true})).expect(200);
}

/// What a caller can read, by operation and with its headers that say something of it.
type Snapshot = BTreeMap<String, String>;

/// Everything that a caller is shown by the reading operations of the document, about the records of a place. The audit log
/// grows by its being read: it is asked by time, below.
fn snapshot(client: &Client, ids: &Ids) -> Snapshot {
    let reads = operations::all().into_iter().filter(operations::Operation::is_read);
    reads
        .filter(|operation| {
            !operation.path.starts_with("/v1/audit") && !operation.path.ends_with("/access-log")
        })
        .filter(|operation| operation.records().iter().all(|record| ids.contains_key(record)))
        .map(|operation| {
            let answer = operation.counted(client, ids);
            let mut body = answer.text.clone();
            if answer.status >= 400 {
                let mut refused = answer.json();
                for field in ["request_id", "instance"] {
                    refused.as_object_mut().unwrap().remove(field);
                }
                body = refused.to_string();
            }
            let headers = ["etag", "link", "location"].map(|name| answer.header(name).to_owned());
            (operation.id, format!("{} {headers:?}\n{body}", answer.status))
        })
        .collect()
}

/// A concern of the restricted log about a pupil, with everything that is done in one; and where nothing stands against
/// it, to its end and beyond.
fn raise_and_work(app: &DemoApp, pupil: usize, is_closed: bool) -> String {
    let school = &trust_b(app).schools[0];
    let (dsl, deputy) = (at(app, 0, "dsl"), at(app, 0, "deputy-dsl"));
    let about = json!([{"pupil_id": school.pupils[pupil], "role": "subject"}]);
    let concern =
        deputy.post("/v1/concerns", raising(school, json!({"log": "restricted", "pupils": about}))).id();
    let path = format!("/v1/concerns/{concern}");
    let owner = school.staff["deputy-dsl"];
    let today = Clock::System.now().london_date();
    let done = |part: &str, body: Value| work(&dsl, &concern, part, body).expect(201);
    done(
        "triage",
        json!({"severity": "immediate", "monitor": true, "parent_informed": "not_safe", "parent_informed_reason": "Both are involved."}),
    );
    let note = done("notes", json!({"text": "Heard him."}));
    done(
        &format!("notes/{}/corrections", note["id"].as_str().unwrap()),
        json!({"text": "Heard her.", "reason": "A slip."}),
    );
    let action = done(
        "actions",
        json!({"kind": "observe", "description": "Look.", "owner_id": owner, "due_on": today}),
    );
    done(
        &format!("actions/{}/outcome", action["id"].as_str().unwrap()),
        json!({"done_on": today, "outcome": "Looked."}),
    );
    done(
        "decisions",
        json!({"kind": "decision", "decision": "Wait.", "reason": "So.", "decided_at": Clock::System.now()}),
    );
    done("shares", json!({"person_id": owner, "kind": "assignment", "reason": "Works on it."}));
    done("corrections", json!({"reason": "A slip.", "opinion": "Otherwise."}));
    deputy.post(&format!("{path}/addenda"), json!({"text": "One thing more."})).expect(201);
    done("scrutiny", json!({"as": "team"}));
    for client in [&dsl, &deputy, &at(app, 0, "headteacher")] {
        for read in
            [&path, "/v1/restricted-log", "/v1/restricted-log/access-log", "/v1/concerns?log=restricted"]
        {
            client.get(read).expect(200);
        }
    }
    if is_closed {
        done("closure", json!({"outcome": "Settled.", "safety_statement": "She is safe."}));
        done("reopening", json!({"reason": "It has begun again."}));
    }
    concern
}

on_both! {
    fn the_log_has_a_list_and_an_access_log_of_its_own(backend) {
        let app = TestApp::start_demo(backend);
        switch_on(&app);
        let school = &trust_b(&app).schools[0];
        let ordinary = at(&app, 0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let restricted = at(&app, 0, "staff").post("/v1/concerns", raising(school, json!({"log": "restricted"}))).id();
        let list = |client: &Client| client.get("/v1/restricted-log?count=true").expect(200);
        for role in ["dsl", "deputy-dsl", "headteacher"] {
            let page = list(&at(&app, 0, role));
            assert_eq!((&page["count"], &page["items"][0]["id"]), (&json!(1), &json!(restricted)), "{role}");
        }
        assert_eq!(list(&at(&app, 1, "dsl"))["count"], 0);
        for role in Role::ALL {
            let Some((person, claim)) = trust_b(&app).holder(role.as_str()) else { continue };
            let client = app.person("trust-b", person, &[&claim]);
            let may = tutela::access::matrix::reach(
                Action::ConcernReadRestricted, *role, tutela::access::matrix::TrustLeadColumn::Aggregate,
            );
            let answer = client.get("/v1/restricted-log?count=true");
            assert_eq!(answer.status, if may == Reach::None { 403 } else { 200 }, "{role}");
            if may < Reach::School && may != Reach::None {
                assert_eq!(answer.json()["count"], 0, "{role}");
            }
        }
        let dsl = at(&app, 0, "dsl");
        dsl.get(&format!("/v1/concerns/{restricted}")).expect(200);
        dsl.get(&format!("/v1/concerns/{ordinary}")).expect(200);
        let log = dsl.get("/v1/restricted-log/access-log?limit=200").expect(200);
        assert!(log.to_string().contains(&restricted) && !log.to_string().contains(&ordinary));
        let elsewhere = at(&app, 1, "dsl").get("/v1/restricted-log/access-log?count=true").expect(200);
        assert_eq!(elsewhere["count"], 0);
        assert_eq!(at(&app, 0, "staff").get("/v1/restricted-log/access-log").problem(403), "forbidden");
        let conflict = json!({"person_id": school.staff["deputy-dsl"], "pupil_id": school.pupils[1], "relationship": "relative"});
        app.as_role("trust-b", "hr").post("/v1/conflicts", conflict).expect(201);
        let deputy = at(&app, 0, "deputy-dsl");
        assert_eq!(list(&deputy)["count"], 0);
        assert!(!deputy.get("/v1/restricted-log/access-log").expect(200).to_string().contains(&restricted));
    }

    fn what_was_written_before_stays_and_what_stands_beside_is_not_shown(backend) {
        let app = TestApp::start_demo(backend);
        switch_on(&app);
        let school = &trust_b(&app).schools[0];
        let (dsl, lead) = (at(&app, 0, "dsl"), app.as_role("trust-b", "trust-safeguarding-lead"));
        let count = |client: &Client, (from, to): (Timestamp, Timestamp)| {
            let log = client.get(&format!("/v1/audit/entries?from={from}&to={to}&count=true")).expect(200);
            log["count"].as_i64().unwrap()
        };
        let during = |work: &dyn Fn()| {
            let from = Clock::System.now();
            work();
            (from, Clock::System.now())
        };
        let moved = at(&app, 0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let before = during(&|| {
            dsl.get(&format!("/v1/concerns/{moved}")).expect(200);
        });
        assert_eq!(count(&lead, before), 1);
        let path = format!("/v1/concerns/{moved}");
        let tag = dsl.get(&path).etag();
        let after = during(&|| {
            let restricted = json!({"log": "restricted", "reason": "Touches a colleague."});
            dsl.post_on(&format!("{path}/placements"), &tag, restricted).expect(201);
            work(&dsl, &moved, "notes", json!({"text": "Heard her."})).expect(201);
        });
        assert_eq!((count(&lead, before), count(&lead, after)), (1, 0));
        let facts = json!({
            "occurred_at": "2026-04-15T12:10:00Z", "minutes": 4, "place": "The corridor", "kinds": ["force"],
            "staff": [{"person_id": school.staff["staff"], "part": "Held his left arm."}], "led_to": "A fight.",
            "techniques": "A guiding hold.", "necessity": "His head was near the radiator."
        });
        let record = |concern: Option<&str>| {
            let body = json!({"pupil_id": school.pupils[1], "concern_id": concern, "facts": facts});
            during(&|| {
                dsl.post("/v1/restrictive-interventions", body.clone()).expect(201);
            })
        };
        let (open, beside) = (record(None), record(Some(&moved)));
        assert_eq!((count(&lead, open), count(&lead, beside)), (1, 0));
        assert_eq!((count(&dsl, open), count(&dsl, beside)), (1, 1));
    }

    fn nothing_moves_for_those_who_do_not_read_it(backend) {
        let ground = Ground::new(backend);
        let app = &ground.app;
        let school = &trust_b(app).schools[0];
        let mut callers: Vec<(String, Client)> = Role::ALL
            .iter()
            .map(|role| ground::caller(app, 1, *role))
            .filter(|(caller, _)| caller.reach(Action::ConcernReadRestricted) < Reach::School)
            .map(|(caller, client)| (caller.role.to_string(), client))
            .collect();
        for role in ["dsl", "headteacher", "staff"] {
            callers.push((format!("{role} of another school"), at(app, 1, role)));
        }
        let reviewer = app.bearer(&trust_b(app).auditor_key);
        // A key shows when it was used last.
        reviewer.get("/v1/me").expect(200);
        callers.push(("reviewer".to_owned(), reviewer));
        assert!(callers.len() > 20, "{}", callers.len());
        let place = &ground.places[1][0];
        let liaison = json!({"person_id": school.staff["family-liaison"], "kind": "share", "reason": "Visits."});
        work(&at(app, 0, "dsl"), &place.ids["concern"], "shares", liaison).expect(201);
        let before: Vec<Snapshot> = callers.iter().map(|(_, client)| snapshot(client, &place.ids)).collect();
        assert!(before.iter().all(|one| one.len() > 60), "{}", before[0].len());
        let from = Clock::System.now();
        let concern = raise_and_work(app, 1, false);
        raise_and_work(app, 2, true);
        let to = Clock::System.now();
        let mut faults = Vec::new();
        for ((who, client), before) in callers.iter().zip(&before) {
            let after = snapshot(client, &place.ids);
            for (operation, was) in before {
                let is = &after[operation];
                if was != is {
                    faults.push(format!("{who}: {operation}\n  was {was}\n  is  {is}"));
                }
            }
            let log = client.get(&format!("/v1/audit/entries?from={from}&to={to}&count=true"));
            if log.status == 200 && log.json()["count"] != 0 {
                faults.push(format!("{who}: the audit log shows {}", log.text));
            }
            let path = format!("/v1/concerns/{concern}");
            let nobody = "/v1/concerns/0192f0c1-8a2b-7c3d-9e4f-0123456789ab";
            assert_eq!(client.get(&path).status, client.get(nobody).status, "{who}");
        }
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
        let seen = at(app, 0, "dsl").get("/v1/restricted-log").expect(200);
        assert!(seen.to_string().contains(&concern));
    }
}
