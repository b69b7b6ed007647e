//! A number that a pupil of another school holds opens nothing, and its answer does not tell.

use serde_json::{Value, json};

use super::place::Place;
use crate::on_both;
use crate::support::{Answer, Client};

const HELD: &str = "V825200025001";
const UNHELD: &str = "R826310024123";

/// An answer with what differs between any two records written the same: identifiers and moments.
fn shape(answer: &Answer) -> (u16, Vec<String>, Value) {
    fn plain(value: &mut Value) {
        match value {
            Value::Object(object) => object.iter_mut().for_each(|(name, value)| {
                if name == "id" || name.ends_with("_id") || name.ends_with("_at") || name == "upn" {
                    *value = json!(name);
                } else {
                    plain(value);
                }
            }),
            Value::Array(items) => items.iter_mut().for_each(plain),
            _ => {}
        }
    }
    let mut body = answer.json();
    plain(&mut body);
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
        .map(|(name, value)| match name.as_str() {
            "location" => format!("{name}: {}", value.len()),
            "etag" => format!("{name}: {}", value.to_str().unwrap().split('.').next().unwrap()),
            _ => format!("{name}: {value:?}"),
        })
        .collect();
    headers.sort();
    (answer.status, headers, body)
}

/// Makes the pupil at North with everything that South must not learn, and the record that South makes of the number.
fn claimed(place: &Place) -> (String, Answer) {
    let known = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id();
    let path = format!("/v1/pupils/{known}");
    let sen = json!({"kind": "sen", "value": "ehcp", "starts_on": "2024-09-03"});
    place.north_dsl.post(&format!("{path}/characteristics"), sen).expect(201);
    let conflict = json!({"person_id": place.staff_person, "pupil_id": known, "relationship": "parent"});
    place.north_dsl.post("/v1/conflicts", conflict).expect(201);
    (known, place.south_dsl.post("/v1/pupils", Place::pupil("Amy", Some(HELD), place.south)))
}

fn first_match(client: &Client) -> (String, Answer) {
    let list = client.get("/v1/pupil-matches?state=open").expect(200);
    let path = format!("/v1/pupil-matches/{}", list["items"][0]["id"].as_str().unwrap());
    let read = client.get(&path);
    (path, read)
}

on_both! {
    fn a_number_held_elsewhere_is_answered_like_one_that_is_not(backend) {
        let place = Place::new(backend);
        let (known, held) = claimed(&place);
        let unheld = place.south_dsl.post("/v1/pupils", Place::pupil("Amy", Some(UNHELD), place.south));
        let mut born_otherwise = Place::pupil("Amy", Some(HELD), place.north);
        born_otherwise["birth_date"] = json!("2015-10-02");
        place.south_dsl.post("/v1/pupils", Place::pupil("Bo", Some("N935400024999"), place.south)).expect(201);
        born_otherwise["upn"] = json!("N935400024999");
        let otherwise = place.north_dsl.post("/v1/pupils", born_otherwise.clone());
        born_otherwise["upn"] = json!("B801200005001");
        let fresh = place.north_dsl.post("/v1/pupils", born_otherwise);
        assert_ne!(held.id(), known);
        for (one, other, client) in [(&held, &unheld, &place.south_dsl), (&otherwise, &fresh, &place.north_dsl)] {
            assert_eq!(shape(one), shape(other));
            let at = |answer: &Answer, rest: &str| format!("{}{rest}", answer.header("location"));
            for rest in ["", "/enrolments", "/characteristics?count=true"] {
                assert_eq!(shape(&client.get(&at(one, rest))), shape(&client.get(&at(other, rest))), "{rest}");
            }
            let sen = json!({"kind": "sen", "value": "none", "starts_on": "2024-09-03"});
            let add = |answer: &Answer| client.post(&at(answer, "/characteristics"), sen.clone());
            assert_eq!(shape(&add(one)), shape(&add(other)));
            let patch = |answer: &Answer| client.patch(answer.header("location"), &answer.etag(), json!({"given_name": "Amya"}));
            assert_eq!(shape(&patch(one)), shape(&patch(other)));
            let found = |answer: &Answer| {
                let body = json!({"upn": answer.json()["upn"]});
                client.search("/v1/pupils/searches", body).expect(200)["items"].as_array().unwrap().len()
            };
            assert_eq!((found(one), found(other)), (1, 1));
            let entries = |answer: &Answer| client.get(&format!("/v1/audit/entries?count=true&record_id={}", answer.json()["id"].as_str().unwrap())).expect(200)["count"].clone();
            assert_eq!(entries(one), entries(other));
            assert_eq!(client.get("/v1/pupil-matches?count=true").expect(200)["items"].as_array().unwrap().iter().filter(|item| item["pupil_id"] == one.json()["id"]).count(), 0);
        }
        assert_eq!(held.json()["given_name"], "Amy");
        assert!(place.south_dsl.get(&format!("/v1/pupils/{known}")).status == 404);
        assert_eq!(place.south_dsl.get("/v1/conflicts?count=true").expect(200)["count"], 0);
        assert_eq!(place.south_dsl.get("/v1/me/notifications").expect(200)["items"], json!([]));
    }

    fn a_number_given_later_is_no_oracle_either(backend) {
        let place = Place::new(backend);
        place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).expect(201);
        let give = |upn: &str| {
            let made = place.south_dsl.post("/v1/pupils", Place::pupil("Amy", None, place.south));
            place.south_dsl.patch(made.header("location"), &made.etag(), json!({"upn": upn}))
        };
        let held = give(HELD);
        assert_eq!((held.expect(200)["upn"].clone(), shape(&held)), (json!(HELD), shape(&give(UNHELD))));
        assert_eq!(give(HELD).problem(409), "already_exists");
        assert_eq!(first_match(&place.north_dsl).1.expect(200)["given_name"], "Amy");
        let path = format!("/v1/pupils/{}", held.json()["id"].as_str().unwrap());
        place.south_dsl.patch(&path, &held.etag(), json!({"upn": null})).expect(200);
        assert_eq!(place.north_dsl.get("/v1/pupil-matches?state=open&count=true").expect(200)["count"], 0);
    }

    fn the_school_that_has_the_child_says_whether_they_are_one(backend) {
        let place = Place::new(backend);
        let (known, claim) = claimed(&place);
        let raised = json!({
            "school_id": place.south, "pupils": [{"pupil_id": claim.id(), "role": "subject"}], "place": "classroom",
            "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "Came without lunch."
        });
        let concern = place.south_dsl.post("/v1/concerns", raised).header("location").to_owned();
        let carer = json!({"kind": "young_carer", "starts_on": "2025-01-06", "note": "Looks after her brother."});
        let written = [
            place.south_dsl.post(&format!("{}/statuses", claim.header("location")), carer),
            place.south_dsl.post("/v1/complex-pupils", json!({
                "pupil_id": claim.id(), "school_id": place.south, "reason": "Three agencies at once.", "held_since": "2025-01-06", "next_review_on": "2030-01-15"
            })),
        ];
        let written = written.map(|made| (made.header("location").replace(&claim.id(), &known), made.id()));
        assert_eq!(place.south_dsl.get("/v1/pupil-matches?count=true").expect(200)["count"], 0);
        let (path, read) = first_match(&place.north_dsl);
        assert_eq!(read.expect(200)["pupil_id"], known);
        assert_eq!((read.json()["school_id"].clone(), read.json()["given_name"].clone()), (json!(place.south), json!("Amy")));
        assert!(!read.text.contains(&claim.id()));
        let confirmation = format!("{path}/confirmation");
        assert_eq!(place.south_dsl.post_on(&confirmation, &read.etag(), json!({})).problem(404), "not_found");
        assert_eq!(place.north_staff.post_on(&confirmation, &read.etag(), json!({})).problem(403), "forbidden");
        assert_eq!(place.north_dsl.post(&confirmation, json!({})).problem(428), "precondition_required");
        assert_eq!(place.south_dsl.get(&format!("/v1/pupils/{known}")).problem(404), "not_found");
        let settled = place.north_dsl.post_on(&confirmation, &read.etag(), json!({}));
        assert_eq!(settled.expect(200)["state"], "confirmed");
        assert_eq!(place.north_dsl.post_on(&confirmation, &settled.etag(), json!({})).problem(409), "state_conflict");
        let now = place.south_dsl.get(claim.header("location")).expect(200);
        assert_eq!((now["id"].clone(), now["given_name"].clone()), (json!(known), json!("Amara")));
        assert_eq!(now["enrolments"].as_array().unwrap().len(), 1);
        let all = place.trust_lead.get(&format!("/v1/pupils/{known}")).expect(200);
        assert_eq!(all["enrolments"].as_array().unwrap().len(), 2);
        assert_eq!(place.trust_lead.get("/v1/pupils?count=true").expect(200)["count"], 1);
        let seen = place.south_dsl.get(&format!("/v1/pupils/{known}/characteristics")).expect(200);
        assert_eq!(seen["items"][0]["value"], "ehcp");
        for ((location, id), words) in written.iter().zip(["her brother", "Three agencies"]) {
            let read = place.south_dsl.get(location);
            assert_eq!((read.expect(200)["id"].clone(), read.text.contains(words)), (json!(id), true), "{}", read.text);
        }
        let about = place.south_dsl.get(&concern);
        assert!(about.text.contains(&known) && !about.text.contains(&claim.id()), "{}", about.text);
    }

    fn records_that_say_different_things_wait(backend) {
        let place = Place::new(backend);
        let (known, claim) = claimed(&place);
        let path = format!("{}/characteristics", claim.header("location"));
        let said = place.south_dsl.post(&path, json!({"kind": "sen", "value": "none", "starts_on": "2025-01-06"}));
        let (at, read) = first_match(&place.trust_lead);
        let confirm = || place.trust_lead.post_on(&format!("{at}/confirmation"), &read.etag(), json!({}));
        assert_eq!(confirm().problem(409), "records_differ");
        place.south_dsl.patch(said.header("location"), &said.etag(), json!({"value": "ehcp"})).expect(200);
        assert_eq!(confirm().expect(200)["state"], "confirmed");
        let kept = place.north_dsl.get(&format!("/v1/pupils/{known}/characteristics")).expect(200);
        assert_eq!(kept["items"].as_array().unwrap().len(), 1);
    }

    fn a_refused_match_leaves_two_children(backend) {
        let place = Place::new(backend);
        let (known, claim) = claimed(&place);
        let (at, read) = first_match(&place.north_dsl);
        let before = shape(&place.south_dsl.get(claim.header("location")));
        let refused = place.north_dsl.post_on(&format!("{at}/refusal"), &read.etag(), json!({}));
        assert_eq!((refused.expect(200)["state"].clone(), refused.json()["given_name"].clone()), (json!("refused"), json!(null)));
        assert_eq!(shape(&place.south_dsl.get(claim.header("location"))), before);
        assert_eq!(place.south_dsl.get(&format!("/v1/pupils/{known}")).problem(404), "not_found");
    }

    fn one_who_has_left_is_linked(backend) {
        let place = Place::new(backend);
        let (known, claim) = claimed(&place);
        let enrolments = format!("/v1/pupils/{known}/enrolments");
        let one = place.north_dsl.get(&enrolments).expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let tag = place.north_dsl.get(&format!("{enrolments}/{one}")).etag();
        place.north_dsl.patch(&format!("{enrolments}/{one}"), &tag, json!({"ends_on": "2025-07-18"})).expect(200);
        assert_eq!(place.south_dsl.get(claim.header("location")).expect(200)["id"], known);
        assert_eq!(place.north_dsl.get(&format!("/v1/pupils/{known}/characteristics")).problem(404), "not_found");
        // North knows the child from before: a number that it remembers does not open what South records now.
        let back = place.north_dsl.post("/v1/pupils", {
            let mut again = Place::pupil("Amara", Some(HELD), place.north);
            again["enrolment"]["starts_on"] = json!("2025-09-03");
            again
        });
        assert_ne!(back.id(), known);
        assert_eq!(place.north_dsl.get(&format!("/v1/pupils/{known}/characteristics")).problem(404), "not_found");
    }
}
