//! The chronology builds itself, pages evenly, and shows an entry exactly where its source shows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::place::Place;
use super::statuses::decide;
use crate::on_both;
use crate::support::Client;

fn pupil(place: &Place) -> String {
    place.north_dsl.post("/v1/pupils", Place::pupil("Amara", None, place.north)).id()
}

fn raise(place: &Place, pupil: &str, log: &str, at: &str) -> String {
    let body = json!({
        "school_id": place.north, "log": log, "pupils": [{"pupil_id": pupil, "role": "subject"}],
        "place": "classroom", "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"},
        "summary": format!("Seen\non {at}."), "occurred_at": at
    });
    place.north_staff.post("/v1/concerns", body).id()
}

fn add(client: &Client, concern: &str, part: &str, body: Value) -> String {
    let path = format!("/v1/concerns/{concern}");
    let tag = client.get(&path).etag();
    client.post_on(&format!("{path}/{part}"), &tag, body).id()
}

fn note(client: &Client, concern: &str, at: &str) -> String {
    add(client, concern, "notes", json!({"text": "Noted.", "happened_at": at}))
}

fn items(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).expect(200)["items"].as_array().unwrap().clone()
}

/// All pages of a list.
fn paged(client: &Client, path: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}?limit={limit}{cursor}")).expect(200);
        all.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { return all };
        cursor = format!("&cursor={next}");
    }
}

on_both! {
    fn it_builds_itself_from_everything_recorded(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let concern = raise(&place, &pupil, "safeguarding", "2026-01-10T12:00:00Z");
        note(dsl, &concern, "2026-01-11T09:00:00Z");
        let action = add(dsl, &concern, "actions", json!({"kind": "observe", "description": "Watch."}));
        add(dsl, &concern, &format!("actions/{action}/outcome"), json!({"done_on": "2026-01-12", "outcome": "Watched."}));
        let decided = json!({"kind": "decision", "decision": "Refer.", "reason": "It goes on.", "decided_at": "2026-01-13T10:00:00Z"});
        add(dsl, &concern, "decisions", decided);
        add(dsl, &concern, "triage", json!({"severity": "routine", "parent_informed": "yes"}));
        add(dsl, &concern, "scrutiny", json!({"as": "team", "comment": "Seen."}));
        place.north_staff.post(&format!("/v1/concerns/{concern}/addenda"), json!({"text": "Again."})).expect(201);
        let began = decide(dsl, &pupil, "2026-01-20", "begins", Some("L3"));
        let status = json!({"kind": "child_in_need", "starts_on": "2026-01-20", "external_decision_id": began, "note": "Agreed."});
        dsl.post(&format!("/v1/pupils/{pupil}/statuses"), status).expect(201);
        let path = format!("/v1/pupils/{pupil}/chronology");
        let all = items(dsl, &path);
        let kinds: Vec<&str> = all.iter().rev().map(|item| item["kind"].as_str().unwrap()).collect();
        let (dated, now) = kinds.split_at(7);
        let expected = ["enrolled", "concern_raised", "concern_note", "action_done", "concern_decision"];
        assert_eq!(&dated[..5], &expected);
        assert_eq!(BTreeSet::from_iter(&dated[5..]), BTreeSet::from_iter(&["external_decision", "status_started"]));
        let today = ["concern_triaged", "concern_addendum", "action_set", "concern_scrutinised"];
        assert_eq!(BTreeSet::from_iter(now), BTreeSet::from_iter(&today));
        let raised = all.iter().find(|item| item["kind"] == "concern_raised").unwrap();
        assert_eq!(raised["summary"], "Seen on 2026-01-10T12:00:00Z.");
        assert_eq!((&raised["source_id"], &raised["happened_on"]), (&json!(concern), &json!("2026-01-10")));
        let find = |kind: &str| all.iter().find(|item| item["kind"] == kind).unwrap()["summary"].clone();
        assert_eq!((find("action_done"), find("status_started")), (json!("Watched."), json!("child_in_need: Agreed.")));
        assert_eq!(items(dsl, &format!("{path}?from=2026-01-11&to=2026-01-12")).len(), 2);
        assert_eq!(items(dsl, &format!("{path}?kind=concern_note")).len(), 1);
        assert_eq!(dsl.get(&format!("{path}?count=true&limit=2")).expect(200)["count"], 11);
        assert_eq!(place.north_staff.get(&path).problem(403), "forbidden");
        assert_eq!(place.south_dsl.get(&path).problem(404), "not_found");
    }

    fn an_entry_is_visible_exactly_where_its_source_is(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let open: Vec<String> =
            (1..4).map(|n| raise(&place, &pupil, "safeguarding", &format!("2026-01-0{n}T12:00:00Z"))).collect();
        let restricted = raise(&place, &pupil, "restricted", "2026-01-04T12:00:00Z");
        for concern in open.iter().chain([&restricted]) {
            note(dsl, concern, "2026-01-10T12:00:00Z");
        }
        let carer = json!({"kind": "young_carer", "starts_on": "2025-01-12"});
        dsl.post(&format!("/v1/pupils/{pupil}/statuses"), carer).expect(201);
        let path = format!("/v1/pupils/{pupil}/chronology");
        let lap = place.app.person("trust-a", place.staff_person, &["welfare-lap:100001"]);
        assert_eq!(lap.get(&path).problem(404), "not_found");
        let share = |concern: &str, person| {
            let body = json!({"person_id": person, "kind": "share", "reason": "Works with the family."});
            add(dsl, concern, "shares", body)
        };
        share(&open[0], place.staff_person);
        share(&open[1], place.south_person);
        let named = json!({"reason": "She saw it too.", "adult_ids": [place.north_dsl_person]});
        let third = format!("/v1/concerns/{}", open[2]);
        place.trust_lead.post_on(&format!("{third}/corrections"), &dsl.get(&third).etag(), named).expect(201);
        let head = place.app.person("trust-a", place.south_person, &["headteacher:100001"]);
        for (who, client, some) in [
            ("dsl", dsl, 3), ("lap", &lap, 1), ("other school", &place.south_dsl, 1), ("head", &head, 4),
            ("trust lead", &place.trust_lead, 4),
        ] {
            let listed = items(client, &format!("/v1/concerns?pupil_id={pupil}"));
            let sources: BTreeSet<String> = listed.iter().filter(|item| item["view"] == "full")
                .map(|item| item["id"].as_str().unwrap().to_owned()).collect();
            let entries = items(client, &path);
            let seen = |kind: &str| -> BTreeSet<String> {
                entries.iter().filter(|item| item["kind"] == kind)
                    .map(|item| item["concern_id"].as_str().unwrap().to_owned()).collect()
            };
            assert_eq!(sources.len(), some, "{who}");
            assert_eq!((seen("concern_raised"), seen("concern_note")), (sources.clone(), sources), "{who}");
            let statuses = items(client, &format!("/v1/pupils/{pupil}/statuses")).len();
            assert_eq!(entries.iter().filter(|item| item["source"] == "status").count(), statuses, "{who}");
            let on_roll = client.get(&format!("/v1/pupils/{pupil}/enrolments")).json()["items"].as_array().map_or(0, Vec::len);
            assert_eq!(entries.iter().filter(|item| item["source"] == "enrolment").count(), on_roll, "{who}");
            let count = client.get(&format!("{path}?count=true")).expect(200)["count"].clone();
            assert_eq!(count, json!(entries.len()), "{who}");
        }
    }

    fn pages_of_any_size_make_the_same_whole(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        for n in 1..4 {
            let concern = raise(&place, &pupil, "safeguarding", "2026-01-12T00:00:00Z");
            for at in ["2026-01-12T00:00:00Z", "2026-01-12T00:00:00Z", &format!("2026-01-1{n}T09:00:00Z")] {
                note(dsl, &concern, at);
            }
            let action = add(dsl, &concern, "actions", json!({"kind": "observe", "description": "Watch."}));
            add(dsl, &concern, &format!("actions/{action}/outcome"), json!({"done_on": "2026-01-12", "outcome": "Watched."}));
        }
        for kind in ["young_carer", "kinship_care"] {
            let path = format!("/v1/pupils/{pupil}/statuses");
            let made = dsl.post(&path, json!({"kind": kind, "starts_on": "2026-01-12"}));
            let end = json!({"ends_on": "2026-01-12", "reason": "Over."});
            dsl.post_on(&format!("{}/ending", made.header("location")), &made.etag(), end).expect(200);
        }
        let path = format!("/v1/pupils/{pupil}/chronology");
        let whole = items(dsl, &format!("{path}?limit=200"));
        assert_eq!(whole.len(), 1 + 3 + 9 + 6 + 4);
        for limit in [1, 2, 3, 7] {
            assert_eq!(paged(dsl, &path, limit), whole, "{limit} at a time");
        }
        let other = dsl.get(&format!("{path}?limit=1")).json()["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(place.trust_lead.get(&format!("{path}?limit=1&cursor={other}")).problem(409), "rule_broken");
    }

    fn what_is_significant_is_marked_with_a_reason(backend) {
        let place = Place::new(backend);
        let (dsl, pupil) = (&place.north_dsl, pupil(&place));
        let concern = raise(&place, &pupil, "restricted", "2026-01-10T12:00:00Z");
        let path = format!("/v1/pupils/{pupil}/chronology");
        let marks = format!("{path}/marks");
        let mark = |significant: bool, reason: &str| json!({
            "kind": "concern_raised", "source_id": concern, "significant": significant, "reason": reason
        });
        assert_eq!(dsl.post(&marks, mark(false, "Never was.")).problem(409), "state_conflict");
        dsl.post(&marks, mark(true, "The first time.")).expect(201);
        assert_eq!(dsl.post(&marks, mark(true, "The first time.")).problem(409), "state_conflict");
        let found = items(dsl, &format!("{path}?significant=true"));
        assert_eq!((found.len(), &found[0]["mark"]["reason"]), (1, &json!("The first time.")));
        assert_eq!(dsl.post(&marks, mark(false, "It was not.")).expect(201)["number"], 2);
        assert_eq!(items(dsl, &format!("{path}?significant=true")), Vec::<Value>::new());
        assert_eq!(items(dsl, &marks).len(), 2);
        assert_eq!(dsl.get(&format!("{marks}?count=true&limit=1")).expect(200)["count"], 2);
        let head = place.app.person("trust-a", place.south_person, &["headteacher:100001"]);
        assert_eq!(head.post(&marks, mark(true, "I think so.")).problem(403), "forbidden");
        let lap = place.app.person("trust-a", place.staff_person, &["welfare-lap:100001"]);
        let other = raise(&place, &pupil, "safeguarding", "2026-01-11T12:00:00Z");
        let share = json!({"person_id": place.staff_person, "kind": "share", "reason": "Works with the family."});
        add(dsl, &other, "shares", share);
        assert_eq!(items(&lap, &marks), Vec::<Value>::new());
        assert_eq!(lap.get(&format!("{marks}?count=true")).expect(200)["count"], 0);
        let nowhere = json!({"kind": "concern_note", "source_id": concern, "significant": true, "reason": "No."});
        assert_eq!(dsl.post(&marks, nowhere).broken(), "/source_id");
    }
}
