//! A school that a child has left goes on seeing the child as they were called on its last day, and learns no more.

use serde_json::{Value, json};
use tutela::clock::Timestamp;

use super::place::Place;
use crate::on_both;
use crate::support::made::{person, school};
use crate::support::{Client, TestApp};

const HELD: &str = "V825200025001";
const LATER: &str = "T800000025002";

fn items(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).expect(200)["items"].as_array().unwrap().clone()
}

fn found(client: &Client, body: Value) -> Vec<Value> {
    client.search("/v1/pupils/searches", body).expect(200)["items"].as_array().unwrap().clone()
}

fn given_names(pupils: &[Value]) -> Vec<&str> {
    pupils.iter().map(|pupil| pupil["given_name"].as_str().unwrap()).collect()
}

/// Ends the only enrolment of a pupil that a caller sees.
fn end(client: &Client, pupil: &str, on: &str) {
    let path = format!("/v1/pupils/{pupil}/enrolments");
    let one = format!("{path}/{}", items(client, &path)[0]["id"].as_str().unwrap());
    client.patch(&one, &client.get(&one).etag(), json!({"ends_on": on})).expect(200);
}

fn rename(client: &Client, pupil: &str, body: Value) {
    let path = format!("/v1/pupils/{pupil}");
    client.patch(&path, &client.get(&path).etag(), body).expect(200);
}

/// A number of the right form.
fn number(digits: &str) -> String {
    let sum: usize = digits.bytes().zip(2..).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{}{digits}", char::from(b"ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23]))
}

/// A child whom North had until the summer, and South has now, by other names, number and day of birth.
fn moved_on(place: &Place) -> String {
    let pupil = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id();
    end(&place.north_dsl, &pupil, "2025-07-18");
    let same = place.south_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.south)).id();
    assert_eq!(same, pupil);
    pupil
}

fn by_other_names(place: &Place, pupil: &str) {
    let other = json!({
        "given_name": "Zadie", "family_name": "Newcome", "preferred_name": "Zed", "birth_date": "2015-11-02",
        "upn": number(&LATER[1..])
    });
    rename(&place.south_dsl, pupil, other);
}

on_both! {
    fn what_others_call_the_child_afterwards_stays_unknown(backend) {
        let place = Place::new(backend);
        let pupil = moved_on(&place);
        let (north, path) = (&place.north_dsl, format!("/v1/pupils/{pupil}"));
        let (before, listed) = (north.get(&path), items(north, "/v1/pupils"));
        by_other_names(&place, &pupil);
        let after = north.get(&path);
        assert_eq!((after.expect(200), after.etag()), (before.expect(200), before.etag()));
        assert_eq!(north.send("GET", &path, &[("If-None-Match", &before.etag())], None).status, 304);
        assert_eq!(items(north, "/v1/pupils"), listed);
        assert_eq!(north.get("/v1/pupils?count=true").expect(200)["count"], 1);
        let at_north = format!("/v1/pupils?count=true&school_id={}", place.north);
        assert_eq!(north.get(&at_north).expect(200)["count"], 1);
        for (body, count) in [
            (json!({"words": "newcome"}), 0),
            (json!({"words": "zed"}), 0),
            (json!({"upn": number(&LATER[1..])}), 0),
            (json!({"words": "amara fen"}), 1),
            (json!({"upn": HELD}), 1),
            (json!({"upn": HELD, "on": "2025-01-15", "school_id": place.north}), 1),
            (json!({"words": "newcome", "on": "2025-01-15"}), 0),
            (json!({"words": "amara", "on": "2025-09-15"}), 0),
        ] {
            assert_eq!(found(north, body.clone()).len(), count, "{body}");
        }
        let refused = north.patch(&path, &before.etag(), json!({"family_name": "X"}));
        assert_eq!(refused.problem(409), "state_conflict");
        for knows in [&place.south_dsl, &place.trust_lead] {
            assert_eq!(given_names(&found(knows, json!({"words": "newcome"}))), ["Zadie"]);
            assert_eq!(found(knows, json!({"words": "amara"})), Vec::<Value>::new());
            assert_eq!(knows.get(&path).expect(200)["given_name"], "Zadie");
        }
    }

    fn the_order_and_the_pages_are_those_of_the_names_that_are_shown(backend) {
        let place = Place::new(backend);
        for given in ["Bo", "Zoe"] {
            place.north_dsl.post("/v1/pupils", Place::pupil(given, None, place.north)).expect(201);
        }
        let pupil = moved_on(&place);
        by_other_names(&place, &pupil);
        let pages = |path: &dyn Fn(Option<&Value>) -> Value| -> Vec<Value> {
            let (mut out, mut page) = (Vec::new(), path(None));
            loop {
                out.extend(page["items"].as_array().unwrap().clone());
                assert!(out.len() < 9, "the pages never end");
                if page["next_cursor"].is_null() {
                    return out;
                }
                page = path(Some(&page["next_cursor"]));
            }
        };
        let searched = pages(&|cursor| {
            let body = cursor.map_or(json!({"limit": 1}), |cursor| json!({"limit": 1, "cursor": cursor}));
            place.north_dsl.search("/v1/pupils/searches", body).expect(200)
        });
        assert_eq!(given_names(&searched), ["Amara", "Bo", "Zoe"]);
        let listed = pages(&|cursor| {
            let after = cursor.map_or(String::new(), |cursor| format!("&cursor={}", cursor.as_str().unwrap()));
            place.north_dsl.get(&format!("/v1/pupils?limit=1{after}")).expect(200)
        });
        assert_eq!(given_names(&listed), ["Bo", "Zoe", "Amara"]);
    }

    fn the_end_of_the_last_day_counts_however_late_it_is_recorded(backend) {
        let first = Timestamp::parse("2025-10-01T09:00:00Z").unwrap();
        let place = Place::over(TestApp::start_idle_at(backend, first));
        let made: Vec<String> = ["Amara", "Bo", "Cy"]
            .map(|given| place.north_dsl.post("/v1/pupils", Place::pupil(given, None, place.north)).id())
            .into();
        let days = |days: i64| place.app.services.clock.advance(days * 86_400);
        days(2);
        for pupil in &made {
            rename(&place.north_now(), pupil, json!({"given_name": "Third"}));
            rename(&place.north_now(), pupil, json!({"given_name": "Last"}));
        }
        days(2);
        let north = place.north_now();
        for (pupil, last) in made.iter().zip(["2025-10-01", "2025-10-02", "2025-10-03"]) {
            end(&north, pupil, last);
        }
        let seen: Vec<Value> = made
            .iter()
            .map(|pupil| north.get(&format!("/v1/pupils/{pupil}")).expect(200)["given_name"].clone())
            .collect();
        assert_eq!(seen, ["Amara", "Bo", "Last"]);
        assert_eq!(given_names(&found(&north, json!({"words": "last"}))), ["Last"]);
        assert_eq!(found(&north, json!({"words": "third"})), Vec::<Value>::new());
        assert_eq!(north.get("/v1/pupils?count=true").expect(200)["count"], 3);
    }

    fn a_school_that_had_left_before_its_record_went_into_the_pupils_sees_its_own(backend) {
        let place = Place::new(backend);
        let known = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id();
        let claim = place.south_dsl.post("/v1/pupils", Place::pupil("Amy", Some(HELD), place.south)).id();
        end(&place.south_dsl, &claim, "2025-07-18");
        let before = place.south_dsl.get(&format!("/v1/pupils/{claim}")).expect(200);
        let path = format!("/v1/pupil-matches/{}", items(&place.north_dsl, "/v1/pupil-matches")[0]["id"].as_str().unwrap());
        let tag = place.north_dsl.get(&path).etag();
        place.north_dsl.post_on(&format!("{path}/confirmation"), &tag, json!({})).expect(200);
        for id in [&claim, &known] {
            let after = place.south_dsl.get(&format!("/v1/pupils/{id}")).expect(200);
            for field in ["given_name", "upn", "created_at", "updated_at"] {
                assert_eq!(after[field], before[field], "{field}");
            }
        }
        assert_eq!(given_names(&found(&place.south_dsl, json!({"words": "fenwick"}))), ["Amy"]);
        assert_eq!(found(&place.south_dsl, json!({"words": "amara"})), Vec::<Value>::new());
        assert_eq!(place.south_dsl.get("/v1/pupils?count=true").expect(200)["count"], 1);
        for knows in [&place.north_dsl, &place.trust_lead] {
            assert_eq!(given_names(&items(knows, "/v1/pupils")), ["Amara"]);
        }
    }

    fn a_school_to_which_the_child_comes_back_sees_them_as_they_are(backend) {
        let place = Place::new(backend);
        let pupil = moved_on(&place);
        by_other_names(&place, &pupil);
        end(&place.south_dsl, &pupil, "2026-01-30");
        assert_eq!(place.north_dsl.get(&format!("/v1/pupils/{pupil}")).expect(200)["given_name"], "Amara");
        let mut again = Place::pupil("Zadie", Some(&number(&LATER[1..])), place.north);
        again["birth_date"] = json!("2015-11-02");
        again["enrolment"]["starts_on"] = json!("2026-02-02");
        let again = place.north_dsl.post("/v1/pupils", again);
        assert_eq!((again.id(), again.json()["family_name"].as_str()), (pupil.clone(), Some("Newcome")));
        rename(&place.north_dsl, &pupil, json!({"preferred_name": null}));
        assert_eq!(given_names(&found(&place.north_dsl, json!({"words": "newcome"}))), ["Zadie"]);
        assert_eq!(given_names(&items(&place.south_dsl, "/v1/pupils")), ["Amara"], "as on its last day");
    }

    fn one_of_two_schools_of_a_caller_is_enough_to_see_the_child_as_they_are(backend) {
        let place = Place::new(backend);
        let pupil = moved_on(&place);
        by_other_names(&place, &pupil);
        let both = place.app.person("trust-a", place.staff_person, &["dsl:100001", "dsl:100002"]);
        let at_north = format!("/v1/pupils?school_id={}", place.north);
        for path in ["/v1/pupils", at_north.as_str()] {
            assert_eq!(given_names(&items(&both, path)), ["Zadie"], "{path}");
        }
        assert_eq!(found(&both, json!({"words": "amara", "school_id": place.north})), Vec::<Value>::new());
        end(&place.south_dsl, &pupil, "2026-01-30");
        assert_eq!(given_names(&items(&both, "/v1/pupils")), ["Amara"], "both have left before the change");
    }

    fn only_the_school_that_had_the_child_last_is_shown_what_others_send(backend) {
        let place = Place::new(backend);
        let third = school(&place.app, 100_003);
        let east = place.app.person("trust-a", person(&place.app, "Elm", Some(third)), &["dsl:100003"]);
        for (client, at, last) in [(&place.north_dsl, place.north, "2024-12-20"), (&east, third, "2025-07-18")] {
            let mut left = Place::pupil("Amara", Some(HELD), at);
            left["enrolment"]["ends_on"] = json!(last);
            client.post("/v1/pupils", left).expect(201);
        }
        let mut otherwise = Place::pupil("Amy", Some(HELD), place.south);
        otherwise["birth_date"] = json!("2015-10-02");
        place.south_dsl.post("/v1/pupils", otherwise).expect(201);
        let shown = |client: &Client| client.get("/v1/pupil-matches?count=true").expect(200)["count"].clone();
        assert_eq!((shown(&place.north_dsl), shown(&east), shown(&place.trust_lead)), (json!(0), json!(1), json!(1)));
    }

    /// The child was at North, then at South by other names, and has left the trust.
    fn a_school_before_the_last_one_is_let_back_in_by_nothing(backend) {
        let place = Place::new(backend);
        let pupil = moved_on(&place);
        by_other_names(&place, &pupil);
        place.south_dsl.post(&format!("/v1/pupils/{pupil}/statuses"), json!({"kind": "young_carer", "starts_on": "2025-09-05"})).expect(201);
        end(&place.south_dsl, &pupil, "2025-12-19");
        let north = &place.north_dsl;
        let path = format!("/v1/pupils/{pupil}");
        let (before, statuses) = (north.get(&path), format!("{path}/statuses"));
        assert_eq!(before.expect(200)["given_name"], "Amara");
        assert_eq!(items(north, &statuses), Vec::<Value>::new());
        let enrolments = format!("{path}/enrolments");
        let one = format!("{enrolments}/{}", items(north, &enrolments)[0]["id"].as_str().unwrap());
        let of_it = |body: Value| north.patch(&one, &north.get(&one).etag(), body);
        for refused in [
            north.patch(&path, &before.etag(), json!({})),
            north.patch(&path, &before.etag(), json!({"given_name": "Fixed"})),
            north.patch(&path, "*", json!({})),
            of_it(json!({})),
            of_it(json!({"ends_on": null})),
            of_it(json!({"ends_on": "2026-01-05"})),
            north.post(&enrolments, json!({"school_id": place.north, "starts_on": "2026-01-05"})),
            north.post(&statuses, json!({"kind": "young_carer", "starts_on": "2025-09-05"})),
            north.post(&statuses, json!({"kind": "kinship_care", "starts_on": "2025-09-05"})),
        ] {
            assert_eq!(refused.problem(409), "state_conflict");
            assert!(!refused.text.contains("Zadie"), "{}", refused.text);
        }
        assert_eq!(north.patch(&path, "\"7\"", json!({})).problem(412), "version_stale");
        assert_eq!(north.send("PATCH", &path, &[("Content-Type", "application/merge-patch+json")], Some(b"{}")).status, 428);
        assert_eq!(north.get(&path).expect(200), before.expect(200));
        // The school that had the child last puts its own days right, and changes the names no more.
        let south = &place.south_dsl;
        let theirs = south.get(&path);
        assert_eq!(south.patch(&path, &theirs.etag(), json!({"given_name": "Amy"})).problem(409), "state_conflict");
        end(south, &pupil, "2025-12-18");
    }

    fn a_change_that_changes_nothing_is_a_look(backend) {
        let place = Place::new(backend);
        let pupil = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id();
        let path = format!("/v1/pupils/{pupil}");
        let entries = || place.north_dsl.get(&format!("/v1/audit/entries?record_id={pupil}&count=true")).expect(200)["count"].as_i64().unwrap();
        let tag = place.north_dsl.get(&path).etag();
        let before = entries();
        let same = place.north_dsl.patch(&path, &tag, json!({}));
        assert_eq!((same.status, same.etag()), (200, tag));
        assert_eq!(entries(), before + 1);
    }

    /// What is done again is answered by what it made, although it could not be done any more.
    fn a_repeated_status_is_answered_after_the_child_has_moved_on(backend) {
        let place = Place::new(backend);
        let pupil = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id();
        let path = format!("/v1/pupils/{pupil}/statuses");
        let status = json!({"kind": "young_carer", "starts_on": "2025-02-03"});
        let made = place.north_dsl.post_keyed(&path, "again", status.clone());
        made.expect(201);
        end(&place.north_dsl, &pupil, "2025-07-18");
        place.south_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.south)).expect(201);
        let again = place.north_dsl.post_keyed(&path, "again", status.clone());
        assert_eq!((again.status, again.id()), (201, made.id()));
        assert_eq!(place.north_dsl.post_keyed(&path, "other", status).problem(409), "state_conflict");
    }
}
