//! Two records become one: nothing that either says of a day is lost, and what led to the one leads to the other.

use serde_json::{Value, json};

use super::place::Place;
use crate::on_both;
use crate::support::made::{appoint, person, school};
use crate::support::{Answer, Client};

const HELD: &str = "V825200025001";

/// The pupil whom North has, and the record that South makes of the same number.
fn two(place: &Place) -> (String, String) {
    let known = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id();
    let claim = place.south_dsl.post("/v1/pupils", Place::pupil("Amy", Some(HELD), place.south)).id();
    (known, claim)
}

fn confirm(client: &Client) -> Answer {
    let list = client.get("/v1/pupil-matches?state=open").expect(200);
    let path = format!("/v1/pupil-matches/{}", list["items"][0]["id"].as_str().unwrap());
    let tag = client.get(&path).etag();
    client.post_on(&format!("{path}/confirmation"), &tag, json!({}))
}

fn items(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).expect(200)["items"].as_array().unwrap().clone()
}

/// First day, last day and one more field of everything on a list.
fn periods(client: &Client, path: &str, field: &str) -> Vec<(Value, Value, Value)> {
    let mut out: Vec<_> = items(client, path)
        .iter()
        .map(|item| (item["starts_on"].clone(), item["ends_on"].clone(), item[field].clone()))
        .collect();
    out.sort_by_key(|row| row.0.to_string());
    out
}

fn concern(place: &Place, pupil: &str) -> Value {
    json!({
        "school_id": place.south, "pupils": [{"pupil_id": pupil, "role": "subject"}], "place": "classroom",
        "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "Came without lunch."
    })
}

/// A mark that is put on a pupil's body in a concern about them.
fn marked(place: &Place, pupil: &str) -> String {
    let raised = place.south_dsl.post("/v1/concerns", concern(place, pupil)).id();
    let mark = json!({
        "pupil_id": pupil, "view": "front", "x": 0.5, "y": 0.5, "size_mm": 9, "shape": "round", "colour": "red",
        "skin_broken": false
    });
    let path = format!("/v1/concerns/{raised}/body-map");
    place.south_dsl.post(&path, mark).expect(201);
    path
}

on_both! {
    fn a_mark_is_on_the_child_whose_record_stays(backend) {
        let place = Place::new(backend);
        let (known, claim) = two(&place);
        let path = marked(&place, &claim);
        confirm(&place.north_dsl).expect(200);
        assert_eq!(items(&place.south_dsl, &path)[0]["pupil_id"], *known);
    }

    fn what_either_said_of_a_day_is_said_afterwards(backend) {
        let place = Place::new(backend);
        let both = place.app.person("trust-a", place.staff_person, &["dsl:100001", "dsl:100002"]);
        let known = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id();
        let at = |pupil: &str, rest: &str| format!("/v1/pupils/{pupil}/{rest}");
        let before = json!({"school_id": place.south, "starts_on": "2023-09-04", "ends_on": "2024-07-19", "year_group": 3});
        both.post(&at(&known, "enrolments"), before).expect(201);
        let mut again = Place::pupil("Amara", Some(HELD), place.south);
        again["enrolment"] = json!({"school_id": place.south, "starts_on": "2023-09-04", "year_group": 5});
        let claim = place.south_dsl.post("/v1/pupils", again).id();
        assert_ne!(claim, known);
        let say = |client: &Client, pupil: &str, body: Value| client.post(&at(pupil, "characteristics"), body).id();
        say(&place.north_dsl, &known, json!({"kind": "sen", "value": "ehcp", "starts_on": "2025-09-01", "ends_on": "2025-12-31"}));
        say(&place.north_dsl, &known, json!({"kind": "eal", "value": "yes", "starts_on": "2024-09-03"}));
        say(&place.south_dsl, &claim, json!({"kind": "sen", "value": "ehcp", "starts_on": "2025-10-01"}));
        let covered = say(&place.south_dsl, &claim, json!({"kind": "eal", "value": "yes", "starts_on": "2025-01-06"}));
        confirm(&place.north_dsl).expect(200);
        let ehcp = |from: &str, to: Value| (json!(from), to, json!("ehcp"));
        let sen = periods(&place.south_dsl, &at(&known, "characteristics?kind=sen"), "value");
        assert_eq!(sen, [ehcp("2025-09-01", json!("2025-12-31")), ehcp("2026-01-01", Value::Null)]);
        assert_eq!(items(&place.south_dsl, &at(&known, "characteristics?kind=eal")).len(), 1);
        let stays = periods(&place.south_dsl, &at(&known, "enrolments"), "year_group");
        assert_eq!(stays, [
            (json!("2023-09-04"), json!("2024-07-19"), json!(3)),
            (json!("2024-07-20"), Value::Null, json!(5)),
        ]);
        place.south_dsl.get(&at(&known, "statuses")).expect(200);
        let entries = place.south_dsl.get(&format!("/v1/audit/entries?record_id={covered}"));
        assert!(entries.expect(200).to_string().contains("characteristic.joined"), "{}", entries.text);
    }

    fn a_year_group_that_would_go_is_put_right_first(backend) {
        let place = Place::new(backend);
        let both = place.app.person("trust-a", place.staff_person, &["dsl:100001", "dsl:100002"]);
        let (known, claim) = two(&place);
        let stay = |year: i32| json!({"school_id": place.south, "starts_on": "2024-09-03", "year_group": year});
        let own = both.post(&format!("/v1/pupils/{known}/enrolments"), stay(4));
        let path = format!("/v1/pupils/{claim}/enrolments");
        let one = format!("{path}/{}", items(&place.south_dsl, &path)[0]["id"].as_str().unwrap());
        let tag = place.south_dsl.get(&one).etag();
        place.south_dsl.patch(&one, &tag, json!({"year_group": 5})).expect(200);
        assert_eq!(confirm(&place.north_dsl).problem(409), "records_differ");
        both.patch(own.header("location"), &own.etag(), json!({"year_group": null})).expect(200);
        confirm(&place.north_dsl).expect(200);
        assert_eq!(both.get(own.header("location")).expect(200)["year_group"], 5);
    }

    fn a_referral_about_both_is_about_the_child_once(backend) {
        let place = Place::new(backend);
        let both = place.app.person("trust-a", place.staff_person, &["dsl:100001", "dsl:100002"]);
        let (known, claim) = two(&place);
        let before = json!({"school_id": place.south, "starts_on": "2023-09-04", "ends_on": "2024-07-19"});
        both.post(&format!("/v1/pupils/{known}/enrolments"), before).expect(201);
        let mut body = concern(&place, &claim);
        body["pupils"].as_array_mut().unwrap().push(json!({"pupil_id": known, "role": "sibling"}));
        let raised = place.south_dsl.post("/v1/concerns", body);
        let agency = json!({"kind": "mash", "name": "Front door", "used_from": "2020-01-01"});
        let referral = json!({
            "agency_id": place.south_dsl.post("/v1/agencies", agency).id(), "pupil_ids": [claim, known],
            "made_at": "2026-01-15T12:00:00Z", "made_by_id": place.south_person, "method": "telephone",
            "consent": "given", "reason": "Came without lunch."
        });
        let path = format!("{}/referrals", raised.header("location"));
        let tag = place.south_dsl.get(raised.header("location")).etag();
        let made = place.south_dsl.post_on(&path, &tag, referral);
        assert_eq!(made.expect(201)["pupil_ids"].as_array().unwrap().len(), 2);
        let decision = json!({
            "agency": "mash", "decision_maker_name": "P. Elmer", "decision_maker_role": "Duty manager",
            "decided_on": "2026-01-16", "outcome": "no_further_action"
        });
        let decided = place.south_dsl.post(&format!("/v1/pupils/{claim}/external-decisions"), decision).id();
        let named = format!("{}/decisions", made.header("location"));
        place.south_dsl.post_on(&named, &made.etag(), json!({"external_decision_id": decided})).expect(201);
        let counted = || place.south_dsl.get("/v1/agency-usage").expect(200)["items"][0].clone();
        assert_eq!((&counted()["acknowledged"], &counted()["decided"]), (&json!(1), &json!(0)));
        confirm(&place.north_dsl).expect(200);
        assert_eq!((&counted()["acknowledged"], &counted()["decided"]), (&json!(0), &json!(1)));
        let met = place.south_dsl.get("/v1/deadlines?rule=referral_response&state=met").expect(200);
        assert_eq!(met["items"][0]["met_on"], "2026-01-16");
        let waiting = place.south_dsl.get("/v1/deadlines?rule=referral_response").expect(200);
        assert!(waiting["items"].as_array().unwrap().is_empty());
        let now = place.south_dsl.get(made.header("location")).expect(200);
        assert_eq!((&now["pupil_ids"], &now["decisions"][0]["pupil_id"]), (&json!([known]), &json!(known)));
        assert_eq!((&now["state"], &now["decisions"][0]["decision"]["id"]), (&json!("decided"), &json!(decided)));
    }

    fn a_concern_that_names_both_names_the_child_once_and_keeps_what_it_said(backend) {
        let place = Place::new(backend);
        let both = place.app.person("trust-a", place.staff_person, &["dsl:100001", "dsl:100002"]);
        let (known, claim) = two(&place);
        let before = json!({"school_id": place.south, "starts_on": "2023-09-04", "ends_on": "2024-07-19"});
        both.post(&format!("/v1/pupils/{known}/enrolments"), before).expect(201);
        let mut body = concern(&place, &claim);
        body["pupils"].as_array_mut().unwrap().push(json!({"pupil_id": known, "role": "witness"}));
        let raised = place.south_dsl.post("/v1/concerns", body);
        let path = raised.header("location").to_owned();
        let moment = tutela::clock::Clock::System.now();
        confirm(&place.north_dsl).expect(200);
        let pupils = |view: &Value| view["account"]["pupils"].clone();
        let now = place.south_dsl.get(&path).expect(200);
        assert_eq!(pupils(&now), json!([{"pupil_id": known, "role": "subject"}]));
        let then = place.south_dsl.get(&format!("{path}?as_of={moment}")).expect(200);
        let said = [(&known, "witness"), (&claim, "subject")];
        let said: Vec<Value> = said.into_iter().map(|(id, role)| json!({"pupil_id": id, "role": role})).collect();
        assert_eq!(pupils(&then), json!(said));
        let accounts = |query: &str| items(&place.south_dsl, &format!("{path}/accounts{query}"))[0]["pupils"].clone();
        assert_eq!((accounts(""), accounts(&format!("?as_of={moment}"))), (pupils(&now), json!(said)));
    }

    fn why_a_conflict_ended_is_read_under_the_key_of_the_record_that_is_left(backend) {
        let place = Place::new(backend);
        let (known, claim) = two(&place);
        let head = head_of_south(&place);
        let body = json!({"person_id": place.south_person, "pupil_id": claim, "relationship": "relative"});
        let made = head.post("/v1/conflicts", body);
        let path = made.header("location").to_owned();
        let reason = json!({"reason": "Another family of that name."});
        head.post_on(&format!("{path}/ending"), &made.etag(), reason).expect(200);
        let say = json!({"kind": "religion", "value": "Quaker", "starts_on": "2024-09-03"});
        let said = head.post(&format!("/v1/pupils/{claim}/characteristics"), say).id();
        confirm(&place.north_dsl).expect(200);
        assert_eq!(head.get(&path).expect(200)["end_reason"], "Another family of that name.");
        let said = head.get(&format!("/v1/pupils/{known}/characteristics/{said}"));
        assert_eq!(said.expect(200)["value"], "Quaker");
    }

    fn the_old_address_goes_on_leading_to_the_pupil(backend) {
        let place = Place::new(backend);
        let (known, claim) = two(&place);
        let tag = place.south_dsl.get(&format!("/v1/pupils/{claim}")).etag();
        let raised = place.south_dsl.post("/v1/concerns", concern(&place, &claim));
        let path = raised.header("location").to_owned();
        let before = place.south_dsl.get(&path).etag();
        confirm(&place.north_dsl).expect(200);
        let now = place.south_dsl.get(&path);
        assert_ne!(now.etag(), before);
        assert!(now.text.contains(&known) && !now.text.contains(&claim), "{}", now.text);
        let log = place.south_dsl.get(&format!("/v1/audit/entries?record_id={}", raised.id()));
        assert!(log.expect(200).to_string().contains("concern.pupil-renamed"), "{}", log.text);
        let late = place.south_dsl.post("/v1/concerns", concern(&place, &claim));
        assert!(place.south_dsl.get(late.header("location")).text.contains(&known), "{}", late.text);
        for pupil in [&known, &claim] {
            assert_eq!(items(&place.south_dsl, &format!("/v1/concerns?pupil_id={pupil}")).len(), 2);
        }
        let at = |rest: &str| format!("/v1/pupils/{claim}/{rest}");
        let carer = json!({"kind": "young_carer", "starts_on": "2025-01-06"});
        let made = place.south_dsl.post(&at("statuses"), carer);
        assert!(made.header("location").contains(&known), "{}", made.text);
        let eal = json!({"kind": "eal", "value": "yes", "starts_on": "2025-01-06"});
        place.south_dsl.post(&at("characteristics"), eal).expect(201);
        for rest in ["enrolments", "characteristics", "statuses", "external-decisions", "chronology", "chronology/marks"] {
            place.south_dsl.get(&at(rest)).expect(200);
        }
        assert_eq!(place.south_dsl.get(&at("statuses")).text, place.south_dsl.get(&format!("/v1/pupils/{known}/statuses")).text);
        let held = json!({"pupil_id": claim, "school_id": place.south, "reason": "Many.", "held_since": "2025-01-06", "next_review_on": "2030-01-15"});
        assert_eq!(place.south_dsl.post("/v1/complex-pupils", held).expect(201)["pupil_id"], known);
        assert_eq!(items(&place.south_dsl, &format!("/v1/complex-pupils?pupil_id={claim}")).len(), 1);
        let link = json!({"person_id": place.south_person, "pupil_id": claim, "relationship": "relative"});
        let path = format!("/v1/pupils/{claim}");
        // What was seen of the record that is gone is older than the one that is left.
        assert_eq!(place.south_dsl.patch(&path, &tag, json!({"given_name": "Amy"})).problem(412), "version_stale");
        let tag = place.south_dsl.get(&path).etag();
        assert_eq!(place.south_dsl.patch(&path, &tag, json!({"preferred_name": "Amy"})).expect(200)["id"], known);
        assert_eq!(place.south_dsl.post("/v1/conflicts", link).expect(201)["pupil_id"], known);
    }

    fn whoever_is_related_to_the_child_has_no_part_in_it(backend) {
        let place = Place::new(backend);
        appoint(&place.app, place.north_dsl_person, "dsl", Some(place.north));
        let other = person(&place.app, "Birch", Some(place.north));
        appoint(&place.app, other, "deputy-dsl", Some(place.north));
        let deputy = place.app.person("trust-a", other, &["deputy-dsl:100001"]);
        let known = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id();
        let link = |pupil: &str, person| json!({"person_id": person, "pupil_id": pupil, "relationship": "parent"});
        deputy.post("/v1/conflicts", link(&known, place.north_dsl_person)).expect(201);
        place.trust_lead.post("/v1/conflicts", link(&known, place.south_person)).expect(201);
        let claim = place.south_dsl.post("/v1/pupils", Place::pupil("Amy", Some(HELD), place.south)).id();
        let second = head_of_south(&place).post("/v1/conflicts", link(&claim, place.south_person));
        assert_eq!(second.status, 201, "{}", second.text);
        let path = format!("/v1/pupil-matches/{}", items(&deputy, "/v1/pupil-matches")[0]["id"].as_str().unwrap());
        let tag = deputy.get(&path).etag();
        assert_eq!(place.north_dsl.get("/v1/pupil-matches?count=true").expect(200)["count"], 0);
        assert_eq!(place.north_dsl.get(&path).problem(404), "not_found");
        let settle = |client: &Client, how: &str| client.post_on(&format!("{path}/{how}"), &tag, json!({}));
        assert_eq!(settle(&place.north_dsl, "confirmation").problem(404), "not_found");
        let told = |client: &Client, list: &str| client.get(list).expect(200).to_string().contains(&path[18..]);
        for list in ["/v1/me/notifications", "/v1/me/tasks"] {
            assert_eq!((told(&deputy, list), told(&place.north_dsl, list)), (true, false), "{list}");
        }
        let office = place.app.person("trust-a", place.staff_person, &["mis-admin:100001"]);
        office.get(&path).expect(200);
        assert_eq!(settle(&office, "confirmation").problem(403), "forbidden");
        assert_eq!(settle(&office, "refusal").problem(403), "forbidden");
        settle(&deputy, "confirmation").expect(200);
        // Of the two conflicts of one person one stands, and what was done with the record that is gone stays closed.
        let standing = items(&deputy, &format!("/v1/conflicts?pupil_id={known}"));
        let standing = standing.iter().filter(|item| item["ended_at"].is_null() && item["person_id"] == json!(place.south_person));
        assert_eq!(standing.count(), 1);
        let log = format!("/v1/audit/entries?record_id={claim}&count=true");
        assert_eq!(place.south_dsl.get(&log).expect(200)["count"], 0);
        assert!(!told(&deputy, "/v1/me/tasks"));
    }

    fn the_school_that_had_the_child_last_is_asked(backend) {
        let place = Place::new(backend);
        appoint(&place.app, place.north_dsl_person, "dsl", Some(place.north));
        let mut left = Place::pupil("Amara", Some(HELD), place.north);
        left["enrolment"]["ends_on"] = json!("2025-07-18");
        place.north_dsl.post("/v1/pupils", left).expect(201);
        let mut otherwise = Place::pupil("Amy", Some(HELD), place.south);
        otherwise["birth_date"] = json!("2015-10-02");
        place.south_dsl.post("/v1/pupils", otherwise).expect(201);
        for list in ["/v1/me/notifications", "/v1/me/tasks"] {
            assert!(place.north_dsl.get(list).text.contains("pupil_match"), "{list}");
        }
    }

    fn a_number_that_is_given_up_goes_to_who_claimed_it_first(backend) {
        let place = Place::new(backend);
        let third = school(&place.app, 100_003);
        let east = place.app.person("trust-a", person(&place.app, "Elm", Some(third)), &["dsl:100003"]);
        let (known, claim) = two(&place);
        let other = east.post("/v1/pupils", Place::pupil("Ami", Some(HELD), third)).id();
        let number = |client: &Client, pupil: &str, upn: Value| {
            let path = format!("/v1/pupils/{pupil}");
            let tag = client.get(&path).etag();
            client.patch(&path, &tag, json!({"upn": upn})).expect(200)
        };
        let open = |client: &Client| -> Vec<(Value, Value)> {
            items(client, "/v1/pupil-matches?state=open").iter().map(|item| (item["pupil_id"].clone(), item["school_id"].clone())).collect()
        };
        let before = place.south_dsl.get(&format!("/v1/pupils/{claim}"));
        number(&place.north_dsl, &known, Value::Null);
        assert_eq!(place.south_dsl.get(&format!("/v1/pupils/{claim}")).etag(), before.etag());
        assert_eq!(open(&place.north_dsl), []);
        assert_eq!(open(&place.south_dsl), [(json!(claim), json!(third))]);
        number(&place.north_dsl, &known, json!(HELD));
        assert_eq!(open(&place.north_dsl), []);
        assert_eq!(open(&place.south_dsl), [(json!(claim), json!(third)), (json!(claim), json!(place.north))]);
        assert_eq!(east.get(&format!("/v1/pupils/{other}")).expect(200)["upn"], HELD);
    }
}

/// Somebody at South who may record conflicts of interest there.
fn head_of_south(place: &Place) -> Client {
    let head = person(&place.app, "Hazel", Some(place.south));
    place.app.person("trust-a", head, &["headteacher:100002"])
}
