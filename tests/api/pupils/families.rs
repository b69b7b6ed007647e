//! Families: whoever knows one child learns of no other by it, and a relative of any of them finds nothing.

use serde_json::{Value, json};
use tutela::clock::Timestamp;

use super::place::Place;
use crate::on_both;
use crate::support::made::{appoint, person};
use crate::support::{Client, TestApp};

fn member(pupil: &str) -> Value {
    json!({
        "pupil_id": pupil, "relationship": "half_sibling", "in_household": true, "adults": [{
            "name": "Joan Fenwick", "relationship": "Mother", "parental_responsibility": "held", "in_household": true,
            "address_confidential": true
        }]
    })
}

fn family(client: &Client, pupils: &[&str]) -> String {
    let members: Vec<Value> = pupils.iter().map(|pupil| member(pupil)).collect();
    let made = client.post("/v1/families", json!({"name": "Fenwick, Mill Lane", "members": members}));
    made.expect(201);
    made.header("location").to_owned()
}

fn pupil(client: &Client, given: &str, school: tutela::ids::Id) -> String {
    client.post("/v1/pupils", Place::pupil(given, None, school)).id()
}

fn members(view: &Value) -> Vec<&str> {
    view["members"].as_array().unwrap().iter().map(|one| one["pupil_id"].as_str().unwrap()).collect()
}

on_both! {
    fn nobody_learns_of_a_child_by_a_brother_or_sister(backend) {
        let place = Place::new(backend);
        let (north, south, lead) = (&place.north_dsl, &place.south_dsl, &place.trust_lead);
        let (amara, bea) = (pupil(north, "Amara", place.north), pupil(south, "Bea", place.south));
        let path = family(lead, &[&bea, &amara]);
        let whole = lead.get(&path).expect(200);
        assert!(members(&whole).contains(&amara.as_str()) && members(&whole).contains(&bea.as_str()), "{whole}");
        let seen = north.get(&path);
        assert_eq!(members(&seen.expect(200)), [amara.as_str()]);
        for hidden in [&bea, &place.south.to_string(), &"Mill Lane".to_owned()] {
            assert!(!seen.text.contains(hidden), "{hidden}: {}", seen.text);
        }
        assert_eq!(seen.expect(200)["members"][0]["adults"][0]["address_confidential"], true);
        assert_eq!(south.get(&path).expect(200)["named"]["name"], "Fenwick, Mill Lane");
        let cleo = pupil(south, "Cleo", place.south);
        south.post(&format!("{path}/members"), member(&cleo)).expect(201);
        let other = json!({"name": "Newcome", "reason": "They have married."});
        south.post_on(&format!("{path}/corrections"), &south.get(&path).etag(), other).expect(201);
        let after = north.get(&path);
        assert_eq!((after.etag(), &after.text), (seen.etag(), &seen.text));
        let listed = north.get(&format!("/v1/pupils/{amara}/families?count=true")).expect(200);
        assert_eq!((&listed["count"], members(&listed["items"][0])), (&json!(1), vec![amara.as_str()]));
        let told = north.get(&format!("/v1/pupils/{amara}/chronology")).expect(200).to_string();
        assert!(told.contains("in_family") && !told.contains(&bea), "{told}");
        assert_eq!(north.get(&format!("/v1/pupils/{bea}/families")).problem(404), "not_found");
        assert_eq!(north.post(&format!("{path}/members"), member(&bea)).broken(), "/pupil_id");
        assert_eq!(north.post("/v1/families", json!({"name": "X", "members": [member(&bea)]})).broken(), "/members/0/pupil_id");
        let rename = json!({"name": "X", "reason": "Y"});
        assert_eq!(north.post_on(&format!("{path}/corrections"), &seen.etag(), rename).problem(404), "not_found");
        assert_eq!(place.north_staff.get(&path).problem(403), "forbidden");
    }

    fn a_relative_of_any_child_in_it_finds_nothing(backend) {
        let place = Place::new(backend);
        let (north, lead) = (&place.north_dsl, &place.trust_lead);
        let (amara, bea) = (pupil(north, "Amara", place.north), pupil(north, "Bea", place.north));
        let path = family(north, &[&amara, &bea]);
        let view = north.get(&path);
        let at = format!("{path}/members/{}", view.expect(200)["members"][0]["id"].as_str().unwrap());
        let conflict = json!({"person_id": place.north_dsl_person, "pupil_id": bea, "relationship": "relative"});
        lead.post("/v1/conflicts", conflict).expect(201);
        north.get(&format!("/v1/pupils/{amara}")).expect(200);
        for address in [&path, &at] {
            assert_eq!(north.get(address).problem(404), "not_found");
        }
        let listed = north.get(&format!("/v1/pupils/{amara}/families?count=true")).expect(200);
        assert_eq!(listed, json!({"items": [], "count": 0}));
        assert_eq!(north.get(&format!("/v1/pupils/{bea}/families")).problem(404), "not_found");
        let tag = view.etag();
        let rename = json!({"name": "X", "reason": "Y"});
        assert_eq!(north.post_on(&format!("{path}/corrections"), &tag, rename).problem(404), "not_found");
        assert_eq!(north.post(&format!("{path}/members"), member(&amara)).problem(404), "not_found");
        let right = json!({"relationship": "cousin", "in_household": false, "reason": "So."});
        assert_eq!(north.post_on(&format!("{at}/corrections"), "\"1\"", right).problem(404), "not_found");
        let told = north.get(&format!("/v1/pupils/{amara}/chronology")).expect(200).to_string();
        assert!(!told.contains("in_family"), "{told}");
        assert_eq!(lead.get(&path).expect(200)["members"].as_array().unwrap().len(), 2);
        let support = json!({
            "pupil_id": amara, "family_id": path[13..], "allocated_to_id": place.staff_person, "started_on": "2026-01-12",
            "agreed": "A call.", "next_review_on": "2099-01-01"
        });
        assert_eq!(north.post("/v1/family-supports", support).broken(), "/family_id");
    }

    fn what_names_a_family_is_closed_to_a_relative_of_anybody_in_it(backend) {
        let place = Place::new(backend);
        let (north, lead) = (&place.north_dsl, &place.trust_lead);
        let (amara, bea) = (pupil(north, "Amara", place.north), pupil(north, "Bea", place.north));
        let path = family(north, &[&amara, &bea]);
        let [aunt, other] = ["Elm", "Oak"].map(|name| {
            let worker = person(&place.app, name, Some(place.north));
            appoint(&place.app, worker, "family-liaison", Some(place.north));
            (worker, place.app.person("trust-a", worker, &["family-liaison:100001"]))
        });
        let relate = |person| {
            let conflict = json!({"person_id": person, "pupil_id": bea, "relationship": "relative"});
            lead.post("/v1/conflicts", conflict).expect(201);
        };
        relate(aunt.0);
        let support = |worker, family: Option<&str>| json!({
            "pupil_id": amara, "family_id": family, "allocated_to_id": worker, "started_on": "2026-01-12",
            "agreed": "A call.", "next_review_on": "2099-01-01"
        });
        let supports = "/v1/family-supports";
        assert_eq!(north.post(supports, support(aunt.0, Some(&path[13..]))).broken(), "/allocated_to_id");
        let alone = north.post(supports, support(aunt.0, None));
        aunt.1.get(alone.header("location")).expect(200);
        let correction = |worker| json!({
            "family_id": path[13..], "allocated_to_id": worker, "started_on": "2026-01-12", "agreed": "A call.",
            "next_review_on": "2099-01-01", "reason": "All of them."
        });
        let corrections = format!("{}/corrections", alone.header("location"));
        assert_eq!(north.post_on(&corrections, &alone.etag(), correction(aunt.0)).broken(), "/allocated_to_id");
        north.post_on(&corrections, &alone.etag(), correction(other.0)).expect(201);
        let whole = north.post(supports, support(other.0, Some(&path[13..])));
        let contact = json!({"kind": "contact", "done_on": "2026-01-19", "summary": "Tired.", "method": "call"});
        let entry = other.1.post(&format!("{}/entries", whole.header("location")), contact).id();
        let view = lead.get(&path).expect(200);
        let place_of = |pupil: &str| {
            let members = view["members"].as_array().unwrap();
            members.iter().find(|one| one["pupil_id"] == *pupil).unwrap()["id"].as_str().unwrap().to_owned()
        };
        let about = [whole.id(), alone.id(), entry, place_of(&amara), place_of(&bea), path[13..].to_owned()];
        let log = |record: &str| {
            let path = format!("/v1/audit/entries?record_id={record}&outcome=done&count=true");
            north.get(&path).expect(200)["count"].as_i64().unwrap()
        };
        assert!(about.iter().all(|record| log(record) > 0));
        let tasks = |client: &Client| client.get("/v1/me/tasks").expect(200).to_string();
        assert!(!tasks(north).contains(&whole.id()));
        // Whoever it is allocated to is related to a sister by now: the team gives it to somebody else.
        relate(other.0);
        assert_eq!(other.1.get(whole.header("location")).problem(404), "not_found");
        assert!(tasks(north).contains(&whole.id()) && !tasks(&other.1).contains(&whole.id()));
        relate(place.north_dsl_person);
        assert!(!tasks(north).contains(&whole.id()));
        for record in &about {
            assert_eq!(log(record), 0, "{record}");
        }
    }

    fn children_of_two_schools_are_joined_by_the_identifier(backend) {
        let place = Place::new(backend);
        let (north, south) = (&place.north_dsl, &place.south_dsl);
        let (amara, bea) = (pupil(north, "Amara", place.north), pupil(south, "Bea", place.south));
        let path = family(north, &[&amara]);
        let before = north.get(&path);
        let members_of = format!("{path}/members");
        assert_eq!(south.post(&members_of, member(&amara)).problem(404), "not_found");
        let nowhere = "/v1/families/0192f0c1-8a2b-7c3d-9e4f-0123456789ab/members";
        assert_eq!(south.post(nowhere, member(&bea)).problem(404), "not_found");
        let joined = south.post(&members_of, member(&bea));
        assert_eq!(joined.expect(201)["pupil_id"], bea);
        let seen = south.get(&path);
        assert_eq!(members(&seen.expect(200)), [bea.as_str()]);
        assert!(!seen.text.contains(&amara) && !seen.text.contains("Mill Lane"), "{}", seen.text);
        let after = north.get(&path);
        assert_eq!((after.etag(), &after.text), (before.etag(), &before.text));
        assert_eq!(place.trust_lead.get(&path).expect(200)["members"].as_array().unwrap().len(), 2);
        let conflict = json!({"person_id": place.south_person, "pupil_id": amara, "relationship": "relative"});
        place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        let cleo = pupil(south, "Cleo", place.south);
        assert_eq!(south.post(&members_of, member(&cleo)).problem(404), "not_found");
    }

    fn that_a_family_was_looked_at_is_in_the_schools_log(backend) {
        let place = Place::new(backend);
        let north = &place.north_dsl;
        let amara = pupil(north, "Amara", place.north);
        family(north, &[&amara]);
        let worker = person(&place.app, "Elm", Some(place.north));
        appoint(&place.app, worker, "family-liaison", Some(place.north));
        let flo = place.app.person("trust-a", worker, &["family-liaison:100001"]);
        assert_eq!(flo.get(&format!("/v1/pupils/{amara}/families")).problem(404), "not_found");
        place.trust_lead.get(&format!("/v1/pupils/{amara}/families")).expect(200);
        let entries = |query: &str| {
            let log = north.get(&format!("/v1/audit/entries?limit=200&{query}")).expect(200);
            log["items"].as_array().unwrap().clone()
        };
        let found = entries("class=family&action=family.read");
        let by = |outcome: &str| found.iter().filter(|entry| entry["outcome"] == outcome).cloned().collect::<Vec<_>>();
        assert_eq!((by("not_found").len(), by("done").len()), (1, 1), "{found:?}");
        assert_eq!(by("done")[0]["school_id"], place.north.to_string());
        let made = north.post("/v1/family-supports", json!({
            "pupil_id": amara, "allocated_to_id": worker, "started_on": "2026-01-12", "agreed": "A call.",
            "next_review_on": "2099-01-01"
        }));
        let at = format!("{}/entries", made.header("location"));
        let contact = json!({"kind": "contact", "done_on": "2026-01-19", "summary": "Tired.", "method": "call"});
        let entry = flo.post(&at, contact).header("location").to_owned();
        let since = tutela::clock::Clock::System.now();
        flo.get(&at).expect(200);
        flo.get(&entry).expect(200);
        let read = entries(&format!("person_id={worker}&action=family-support.read&from={since}"));
        assert_eq!(read.len(), 2, "{read:?}");
        assert!(read.iter().all(|one| one["school_id"] == place.north.to_string()), "{read:?}");
    }

    fn a_name_and_a_place_are_put_right_and_what_was_said_before_is_kept(backend) {
        let place = Place::new(backend);
        let north = &place.north_dsl;
        let (amara, bea) = (pupil(north, "Amara", place.north), pupil(north, "Bea", place.north));
        let path = family(north, &[&amara]);
        let before = north.get(&path);
        let moment = before.expect(200)["named"]["recorded_at"].as_str().unwrap().to_owned();
        let rename = json!({"name": "Newcome", "reason": "They have married."});
        let corrections = format!("{path}/corrections");
        assert_eq!(north.post_on(&corrections, "*", rename.clone()).problem(412), "version_stale");
        assert_eq!(north.post_on(&corrections, &before.etag(), rename.clone()).expect(201)["named"]["number"], 2);
        assert_eq!(north.post_on(&corrections, &before.etag(), rename).problem(412), "version_stale");
        assert_eq!(north.get(&format!("{path}?as_of={moment}")).expect(200)["named"]["name"], "Fenwick, Mill Lane");
        let made = north.post(&format!("{path}/members"), member(&bea));
        assert_eq!(north.post(&format!("{path}/members"), member(&bea)).problem(409), "already_exists");
        let at = made.header("location").to_owned();
        let right = |withdrawn: bool| json!({
            "relationship": "cousin", "in_household": false, "starts_on": "2025-01-01", "ends_on": "2025-12-31",
            "withdrawn": withdrawn, "reason": "Lives with an aunt since."
        });
        let mut late = right(false);
        late["ends_on"] = json!("2024-12-31");
        assert_eq!(north.post_on(&format!("{at}/corrections"), &made.etag(), late).broken(), "/ends_on");
        let corrected = north.post_on(&format!("{at}/corrections"), &made.etag(), right(false));
        assert_eq!(corrected.expect(201)["number"], 2);
        let mut again = member(&bea);
        again["starts_on"] = json!("2026-01-01");
        north.post(&format!("{path}/members"), again).expect(201);
        let recorded = made.expect(201)["recorded_at"].as_str().unwrap().to_owned();
        assert_eq!(north.get(&format!("{at}?as_of={recorded}")).expect(200)["relationship"], "half_sibling");
        let withdrawn = north.post_on(&format!("{at}/corrections"), &corrected.etag(), right(true));
        assert_eq!(withdrawn.expect(201)["withdrawn"], true);
        assert_eq!(north.post_on(&format!("{at}/corrections"), &withdrawn.etag(), right(false)).problem(409), "state_conflict");
        let log = north.get(&format!("/v1/audit/entries?record_id={}", made.id())).expect(200).to_string();
        assert!(log.contains("family-member.corrected") && log.contains("family-member.withdrawn"), "{log}");
    }

    fn a_school_that_the_child_has_left_learns_no_more(backend) {
        let at = Timestamp::parse("2026-01-15T09:00:00Z").unwrap();
        let place = Place::over(TestApp::start_idle_at(backend, at));
        let amara = pupil(&place.north_dsl, "Amara", place.north);
        let path = family(&place.north_dsl, &[&amara]);
        let enrolments = format!("/v1/pupils/{amara}/enrolments");
        let list = place.north_dsl.get(&enrolments).expect(200);
        let one = format!("{enrolments}/{}", list["items"][0]["id"].as_str().unwrap());
        place.north_dsl.patch(&one, &place.north_dsl.get(&one).etag(), json!({"ends_on": "2026-01-16"})).expect(200);
        place.app.services.clock.advance(3 * 86_400);
        let north = place.app.person("trust-a", place.north_dsl_person, &["dsl:100001"]);
        // Nobody has the child: the school that had them last still writes.
        let member_at = |client: &Client| {
            let view = client.get(&path).expect(200);
            format!("{path}/members/{}", view["members"][0]["id"].as_str().unwrap())
        };
        let right = |note: &str| json!({
            "relationship": "half_sibling", "in_household": true, "note": note, "reason": "So."
        });
        let spot = member_at(&north);
        north.post_on(&format!("{spot}/corrections"), "\"1\"", right("Left on the 16th.")).expect(201);
        let south = place.app.person("trust-a", place.south_person, &["dsl:100002", "dsl:100001"]);
        south.post(&enrolments, json!({"school_id": place.south, "starts_on": "2026-01-17"})).expect(201);
        let seen = north.get(&path);
        assert_eq!(seen.expect(200)["members"][0]["number"], 1);
        assert!(seen.json().get("named").is_none(), "{}", seen.text);
        assert_eq!(north.post_on(&format!("{spot}/corrections"), "\"1\"", right("X")).problem(409), "state_conflict");
        assert_eq!(north.post(&format!("{path}/members"), member(&amara)).broken(), "/pupil_id");
        let there = place.app.person("trust-a", place.south_person, &["dsl:100002"]);
        assert_eq!(there.get(&path).expect(200)["members"][0]["note"], "Left on the 16th.");
        there.post_on(&format!("{spot}/corrections"), "\"2\"", right("Hidden from her father.")).expect(201);
        let after = north.get(&path);
        assert_eq!((after.etag(), &after.text), (seen.etag(), &seen.text));
    }

    fn a_child_who_was_two_records_is_in_the_family_once(backend) {
        const HELD: &str = "V825200025001";
        let place = Place::new(backend);
        appoint(&place.app, place.north_dsl_person, "dsl", Some(place.north));
        let known = place.north_dsl.post("/v1/pupils", Place::pupil("Amara", Some(HELD), place.north)).id();
        let claim = place.south_dsl.post("/v1/pupils", Place::pupil("Amy", Some(HELD), place.south)).id();
        let path = family(&place.trust_lead, &[&known, &claim]);
        let own = family(&place.south_dsl, &[&claim]);
        let list = place.north_dsl.get("/v1/pupil-matches?state=open").expect(200);
        let settle = format!("/v1/pupil-matches/{}", list["items"][0]["id"].as_str().unwrap());
        let tag = place.north_dsl.get(&settle).etag();
        place.north_dsl.post_on(&format!("{settle}/confirmation"), &tag, json!({})).expect(200);
        let view = place.trust_lead.get(&path).expect(200);
        let all = view["members"].as_array().unwrap();
        let stands: Vec<&Value> = all.iter().filter(|one| one["withdrawn"] == false).collect();
        assert_eq!((all.len(), stands.len()), (2, 1), "{view}");
        assert!(all.iter().all(|one| one["pupil_id"] == known), "{view}");
        assert!(all.iter().all(|one| one["adults"][0]["name"] == "Joan Fenwick"), "{view}");
        assert_eq!(place.south_dsl.get(&own).expect(200)["members"][0]["pupil_id"], known);
        let families = format!("/v1/pupils/{claim}/families?count=true");
        assert_eq!(place.south_dsl.get(&families).expect(200)["count"], 2);
    }

    fn who_works_with_a_child_by_name_sees_the_childs_place_alone(backend) {
        let place = Place::new(backend);
        let north = &place.north_dsl;
        let (amara, bea) = (pupil(north, "Amara", place.north), pupil(north, "Bea", place.north));
        let path = family(north, &[&amara, &bea]);
        let worker = person(&place.app, "Elm", Some(place.north));
        appoint(&place.app, worker, "family-liaison", Some(place.north));
        let flo = place.app.person("trust-a", worker, &["family-liaison:100001"]);
        assert_eq!(flo.get(&path).problem(404), "not_found");
        let concern = north.post("/v1/concerns", json!({
            "school_id": place.north, "pupils": [{"pupil_id": amara, "role": "subject"}], "place": "classroom",
            "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "Came without lunch."
        }));
        let share = json!({"person_id": worker, "kind": "share", "reason": "Works with her."});
        let concern = concern.header("location").to_owned();
        north.post_on(&format!("{concern}/shares"), &north.get(&concern).etag(), share).expect(201);
        let seen = flo.get(&path);
        assert_eq!(members(&seen.expect(200)), [amara.as_str()]);
        assert!(!seen.text.contains("Mill Lane"), "{}", seen.text);
        assert_eq!(flo.post(&format!("{path}/members"), member(&bea)).problem(403), "forbidden");
    }
}
