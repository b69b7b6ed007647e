//! Two who change the same version of a record at the same moment.

use serde_json::json;

use super::{ROUNDS, together};
use crate::on_both;
use crate::support::{Answer, Backend, TestApp};

/// One was carried out; the other was told that the record has moved on.
fn one_wins(a: &Answer, b: &Answer, done: u16) {
    let (won, lost) = if a.status == done { (a, b) } else { (b, a) };
    won.expect(done);
    assert_eq!(lost.problem(412), "version_stale");
}

on_both! {
    fn of_two_changes_of_one_version_one_wins(backend) {
        let app = TestApp::start(backend);
        let other = if backend == Backend::Postgres { Some(app.second_node()) } else { None };
        let admin = app.faceless("trust-a", &["trust-admin"]);
        let twin = other.as_ref().map_or_else(|| admin.clone(), |other| admin.at(other.base()));
        let path = admin.post("/v1/hubs", json!({"name": "Hub"})).header("location").to_owned();
        for round in 0..ROUNDS {
            let tag = admin.get(&path).etag();
            let (north, south) = (format!("North {round}"), format!("South {round}"));
            let (a, b) = together(|| admin.patch(&path, &tag, json!({"name": north})), || twin.patch(&path, &tag, json!({"name": south})));
            one_wins(&a, &b, 200);
            let winner = if a.status == 200 { &north } else { &south };
            assert_eq!(admin.get(&path).expect(200)["name"], winner.as_str());
        }
    }

    fn of_two_who_let_somebody_in_at_once_one_wins(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, deputy) = (app.as_role_at(0, "dsl"), app.as_role_at(0, "deputy-dsl"));
        let school = &app.demo.trusts[0].schools[0];
        let path = format!("/v1/concerns/{}", school.concerns[1]);
        let shares = format!("{path}/shares");
        let body = |person: &str, kind: &str| json!({"person_id": school.staff[person], "kind": kind, "reason": "Knows the family."});
        let people = ["welfare-lap", "family-liaison", "plan-lead", "headteacher", "staff"];
        for (round, person) in people.into_iter().enumerate() {
            let tag = dsl.get(&path).etag();
            assert_eq!(deputy.get(&path).etag(), tag);
            let (a, b) = together(
                || dsl.post_on(&shares, &tag, body(person, "assignment")),
                || deputy.post_on(&shares, &tag, body(person, "assignment")),
            );
            one_wins(&a, &b, 201);
            // Whoever lost and tries again on the new version is told that it is done.
            let tag = dsl.get(&path).etag();
            assert_eq!(deputy.post_on(&shares, &tag, body(person, "assignment")).problem(409), "already_exists");
            let items = dsl.get(&shares).expect(200)["items"].as_array().unwrap().len();
            assert_eq!(items, round + 1);
        }
    }

    fn a_note_and_a_triage_at_once_leave_no_half_change(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, deputy) = (app.as_role_at(0, "dsl"), app.as_role_at(0, "deputy-dsl"));
        let path = format!("/v1/concerns/{}", app.demo.trusts[0].schools[0].concerns[2]);
        let (mut notes, mut triages) = (0, 0);
        for _ in 0..ROUNDS {
            let tag = dsl.get(&path).etag();
            let triage = json!({"severity": "same_day", "school_view_level": 2, "monitor": true, "parent_informed": "yes"});
            let (note, triage) = together(
                || dsl.post_on(&format!("{path}/notes"), &tag, json!({"text": "Spoke with the class teacher."})),
                || deputy.post_on(&format!("{path}/triage"), &tag, triage),
            );
            one_wins(&note, &triage, 201);
            if note.status == 201 { notes += 1 } else { triages += 1 }
        }
        let count = |part: &str| dsl.get(&format!("{path}/{part}")).expect(200)["items"].as_array().unwrap().len();
        assert_eq!((count("notes"), count("triages")), (notes, triages));
    }
}
