//! Restrictive interventions: whoever takes part or submits one reads what they submitted; a parent is told, and until then
//! it is due.

use serde_json::{Value, json};
use tutela::clock::Clock;
use tutela::ids::Id;

use super::place::Place;
use crate::on_both;
use crate::support::Client;
use crate::support::made::{appoint, person};

fn facts(staff: &[Id], at: &str) -> Value {
    let staff: Vec<Value> =
        staff.iter().map(|id| json!({"person_id": id, "part": "Held his left arm."})).collect();
    json!({
        "occurred_at": at, "minutes": 4, "place": "The corridor", "kinds": ["force"], "staff": staff,
        "led_to": "Two pupils were fighting.", "techniques": "A guiding hold.", "necessity": "His head was near the radiator."
    })
}

fn record(client: &Client, pupil: &str, facts: Value) -> crate::support::Answer {
    client.post("/v1/restrictive-interventions", json!({"pupil_id": pupil, "facts": facts}))
}

fn told(at: &str) -> Value {
    json!({"parent": {
        "told": "told", "at": at, "by": "call", "who_told": "The deputy head", "who_was_told": "His mother",
        "summary": "She comes in tomorrow."
    }})
}

fn count(client: &Client, query: &str) -> i64 {
    client.get(&format!("/v1/restrictive-interventions?count=true{query}")).expect(200)["count"]
        .as_i64()
        .unwrap()
}

const AT: &str = "2026-04-15T12:10:00Z";

on_both! {
    fn the_leads_follow_it_up_and_whoever_submitted_it_reads_the_submission(backend) {
        let place = Place::new(backend);
        let (dsl, teacher) = (&place.north_dsl, &place.north_staff);
        let bo = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        let made = record(teacher, &bo, facts(&[place.staff_person], AT));
        let path = made.header("location").to_owned();
        assert_eq!(made.expect(201)["parent_due_on"], "2026-04-15");
        let work = |part: &str, tag: &str, body: Value| dsl.post_on(&format!("{path}/{part}"), tag, body);
        assert_eq!(work("follow-up", &made.etag(), json!({})).broken(), "/parent");
        assert_eq!(work("follow-up", &made.etag(), told("2026-04-15T12:00:00Z")).broken(), "/parent/at");
        let first = work("follow-up", &made.etag(), told("2026-04-15T14:00:00Z"));
        assert!(first.expect(201).get("parent_due_on").is_none(), "{}", first.text);
        assert_eq!(work("follow-up", &made.etag(), told("2026-04-15T14:00:00Z")).problem(412), "version_stale");
        let step = json!({"done_on": "2026-04-16", "by": "Mrs Hale", "summary": "He drew it."});
        let second = work("follow-up", &first.etag(), json!({"pupil_debrief": step, "review": step}));
        assert_eq!(second.expect(201)["parent"]["who_was_told"], "His mother");
        let mut longer = facts(&[place.staff_person], AT);
        longer["minutes"] = json!(6);
        let right = json!({"facts": longer, "reason": "The camera shows six."});
        assert_eq!(work("corrections", &second.etag(), right.clone()).expect(201)["facts"]["minutes"], 6);
        let own = teacher.get(&path);
        assert_eq!((&own.expect(200)["number"], own.etag()), (&json!(1), made.etag()));
        assert!(!own.text.contains("His mother"), "{}", own.text);
        for list in [format!("{path}/versions?count=true"), "/v1/restrictive-interventions?count=true".to_owned()] {
            let seen = teacher.get(&list).expect(200);
            assert_eq!((&seen["count"], &seen["items"][0]["number"]), (&json!(1), &json!(1)), "{list}");
        }
        assert_eq!(teacher.post_on(&format!("{path}/follow-up"), "\"1\"", told(AT)).problem(403), "forbidden");
        assert_eq!(dsl.get(&format!("{path}/versions?count=true")).expect(200)["count"], 4);
        let told = dsl.get(&format!("/v1/pupils/{bo}/chronology")).expect(200).to_string();
        assert!(told.contains("restrictive_intervention") && told.contains("Two pupils were fighting."), "{told}");
    }

    fn whoever_took_part_reads_nothing_that_came_afterwards(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let bo = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        let head_person = person(&place.app, "Hazel", Some(place.north));
        let head = place.app.person("trust-a", head_person, &["headteacher:100001"]);
        // The lead submits one in which she took part herself, and the head took part too.
        let made = record(dsl, &bo, facts(&[place.north_dsl_person, head_person], AT));
        let path = made.header("location").to_owned();
        assert_eq!(head.get(&path).problem(404), "not_found");
        assert_eq!((count(&head, ""), count(dsl, "")), (0, 1));
        for client in [dsl, &head] {
            let status = client.post_on(&format!("{path}/follow-up"), &made.etag(), told("2026-04-15T14:00:00Z")).status;
            assert!([404, 409].contains(&status), "{status}");
        }
        let deputy_person = person(&place.app, "Birch", Some(place.north));
        let deputy = place.app.person("trust-a", deputy_person, &["deputy-dsl:100001"]);
        let done = deputy.post_on(&format!("{path}/follow-up"), &made.etag(), told("2026-04-15T14:00:00Z"));
        done.expect(201);
        let own = dsl.get(&path);
        assert_eq!((&own.expect(200)["number"], own.etag()), (&json!(1), made.etag()));
        assert_eq!(dsl.get(&format!("{path}/versions?count=true")).expect(200)["count"], 1);
        let seen = head.get(&format!("/v1/pupils/{bo}/chronology")).expect(200).to_string();
        assert!(!seen.contains("restrictive_intervention"), "{seen}");
        let itself = json!({"facts": facts(&[deputy_person], AT), "reason": "So."});
        assert_eq!(deputy.post_on(&format!("{path}/corrections"), &done.etag(), itself).problem(409), "conflict_of_interest");
        let right = json!({"facts": facts(&[place.north_dsl_person], AT), "reason": "The head came afterwards."});
        deputy.post_on(&format!("{path}/corrections"), &done.etag(), right).expect(201);
        assert_eq!(head.get(&path).expect(200)["number"], 3);
    }

    fn whoever_works_at_two_schools_records_what_they_saw_at_one(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let bo = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        let cy = place.south_dsl.post("/v1/pupils", Place::pupil("Cy", None, place.south)).id();
        let both = place.app.person("trust-a", place.staff_person, &["staff:100001", "dsl:100002"]);
        let colleague = person(&place.app, "Elm", Some(place.north));
        let made = record(&both, &bo, facts(&[colleague], AT));
        assert_eq!(made.expect(201)["number"], 1);
        let path = made.header("location").to_owned();
        dsl.post_on(&format!("{path}/follow-up"), &made.etag(), told("2026-04-15T14:00:00Z")).expect(201);
        let own = both.get(&path);
        assert_eq!((&own.expect(200)["number"], own.etag()), (&json!(1), made.etag()));
        assert_eq!(both.get(&format!("{path}/versions?count=true")).expect(200)["count"], 1);
        assert_eq!(both.post_on(&format!("{path}/follow-up"), "\"1\"", told(AT)).problem(404), "not_found");
        // What they see whole at the other school is there beside it, each once.
        let theirs = record(&both, &cy, facts(&[place.south_person], AT));
        let at_south = theirs.header("location").to_owned();
        both.post_on(&format!("{at_south}/follow-up"), &theirs.etag(), told("2026-04-15T14:00:00Z")).expect(201);
        let list = both.get("/v1/restrictive-interventions?count=true").expect(200);
        let numbers: Vec<(&Value, &Value)> =
            list["items"].as_array().unwrap().iter().map(|one| (&one["id"], &one["number"])).collect();
        assert_eq!(list["count"], 2);
        assert_eq!(numbers, [(&json!(made.id()), &json!(1)), (&json!(theirs.id()), &json!(2))]);
        let paged = both.get("/v1/restrictive-interventions?limit=1").expect(200);
        let next = paged["next_cursor"].as_str().unwrap();
        let rest = both.get(&format!("/v1/restrictive-interventions?limit=1&cursor={next}")).expect(200);
        assert_eq!((&paged["items"][0]["id"], &rest["items"][0]["id"]), (&json!(made.id()), &json!(theirs.id())));
        let due = both.get("/v1/deadlines?rule=intervention_parent").expect(200).to_string();
        assert!(!due.contains(&made.id()), "{due}");
    }

    fn a_key_for_one_school_shows_nothing_of_the_other(backend) {
        let place = Place::new(backend);
        let bo = place.north_dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        for (school, role) in [(place.north, "staff"), (place.south, "staff")] {
            appoint(&place.app, place.staff_person, role, Some(school));
        }
        let made = record(&place.north_staff, &bo, facts(&[place.staff_person], AT));
        made.expect(201);
        let person = place.app.person("trust-a", place.staff_person, &["staff:100001", "staff:100002"]);
        let key = |school: Id| {
            let body = json!({
                "name": "Script", "owner": {"kind": "person", "person_id": place.staff_person}, "scopes": ["all"],
                "school_ids": [school], "expires_at": Clock::System.now().plus_seconds(86_400)
            });
            let made = person.post("/v1/api-keys", body).expect(201);
            place.app.bearer(made["key"].as_str().unwrap())
        };
        let (north, south) = (key(place.north), key(place.south));
        assert_eq!((count(&north, ""), count(&south, "")), (1, 0));
        assert_eq!(south.get(made.header("location")).problem(404), "not_found");
        north.get(made.header("location")).expect(200);
    }

    fn where_everybody_who_leads_took_part_it_goes_above(backend) {
        let place = Place::new(backend);
        let (teacher, dsl) = (&place.north_staff, &place.north_dsl);
        let bo = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        let head_person = person(&place.app, "Hazel", Some(place.north));
        appoint(&place.app, place.north_dsl_person, "dsl", Some(place.north));
        appoint(&place.app, head_person, "headteacher", Some(place.north));
        let [ceo_person, chair_person] = ["Yew", "Ivy"].map(|name| person(&place.app, name, None));
        appoint(&place.app, ceo_person, "ceo", None);
        appoint(&place.app, chair_person, "chair-of-trustees", None);
        let ceo = place.app.person("trust-a", ceo_person, &["ceo"]);
        let chair = place.app.person("trust-a", chair_person, &["chair-of-trustees"]);
        let ordinary = record(teacher, &bo, facts(&[place.north_dsl_person], AT));
        let began = Clock::System.now().plus_seconds(-2 * 86_400);
        let made = record(teacher, &bo, facts(&[place.north_dsl_person, head_person], &began.to_string()));
        let path = made.header("location").to_owned();
        let hears = |client: &Client, record: &str| client.get("/v1/me/notifications").expect(200).to_string().contains(record);
        assert!(hears(&ceo, &made.id()) && !hears(&ceo, &ordinary.id()) && !hears(&chair, &made.id()));
        assert_eq!(ceo.get(&path).expect(200)["number"], 1);
        assert_eq!((count(&ceo, ""), count(&chair, ""), count(dsl, "")), (1, 0, 0));
        assert_eq!(ceo.get(ordinary.header("location")).problem(404), "not_found");
        assert_eq!(chair.get(&path).problem(404), "not_found");
        let due = |client: &Client| client.get("/v1/deadlines?rule=intervention_parent&owner=me").expect(200).to_string();
        assert!(due(&ceo).contains(&made.id()) && !due(dsl).contains(&made.id()));
        let parent = || told(&began.plus_seconds(3600).to_string());
        assert_eq!(chair.post_on(&format!("{path}/follow-up"), &made.etag(), parent()).problem(404), "not_found");
        ceo.post_on(&format!("{path}/follow-up"), &made.etag(), parent()).expect(201);
        // A deputy who comes later sees to it, and nobody above does.
        let deputy_person = person(&place.app, "Birch", Some(place.north));
        appoint(&place.app, deputy_person, "deputy-dsl", Some(place.north));
        let deputy = place.app.person("trust-a", deputy_person, &["deputy-dsl:100001"]);
        assert_eq!(deputy.get(&path).expect(200)["number"], 2);
        assert_eq!(ceo.get(&path).problem(404), "not_found");
    }

    fn whoever_the_concern_is_about_neither_hears_nor_keeps_it_from_those_above(backend) {
        let place = Place::new(backend);
        let (dsl, teacher) = (&place.north_dsl, &place.north_staff);
        let bo = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        appoint(&place.app, place.north_dsl_person, "dsl", Some(place.north));
        let ceo_person = person(&place.app, "Yew", None);
        appoint(&place.app, ceo_person, "ceo", None);
        let ceo = place.app.person("trust-a", ceo_person, &["ceo"]);
        let deputy_person = person(&place.app, "Birch", Some(place.north));
        let deputy = place.app.person("trust-a", deputy_person, &["deputy-dsl:100001"]);
        let concern = teacher.post("/v1/concerns", json!({
            "school_id": place.north, "pupils": [{"pupil_id": bo, "role": "subject"}], "place": "classroom",
            "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "He was held.",
            "adult_ids": [place.north_dsl_person]
        })).id();
        let body = json!({"pupil_id": bo, "facts": facts(&[place.staff_person], AT), "concern_id": concern});
        let made = deputy.post("/v1/restrictive-interventions", body);
        made.expect(201);
        assert!(!dsl.get("/v1/me/notifications").text.contains(&made.id()));
        assert_eq!(dsl.get(made.header("location")).problem(404), "not_found");
        assert!(ceo.get("/v1/me/notifications").text.contains(&made.id()));
        assert_eq!(ceo.get(made.header("location")).expect(200)["concern_id"], concern);
        assert_eq!(dsl.get(&format!("/v1/audit/entries?record_id={}&outcome=done&count=true", made.id())).expect(200)["count"], 0);
    }

    fn a_version_that_stood_in_a_hidden_concern_stays_hidden(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let bo = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        let deputy_person = person(&place.app, "Birch", Some(place.north));
        let deputy = place.app.person("trust-a", deputy_person, &["deputy-dsl:100001"]);
        let concern = dsl.post("/v1/concerns", json!({
            "school_id": place.north, "pupils": [{"pupil_id": bo, "role": "subject"}], "place": "classroom",
            "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "He was held.",
            "adult_ids": [deputy_person]
        })).id();
        let made = record(dsl, &bo, facts(&[place.staff_person], AT));
        let path = made.header("location").to_owned();
        let right = |concern: Option<&str>, reason: &str| {
            json!({"facts": facts(&[place.staff_person], AT), "concern_id": concern, "reason": reason})
        };
        let tied = dsl.post_on(&format!("{path}/corrections"), &made.etag(), right(Some(&concern), "Zebra."));
        tied.expect(201);
        assert_eq!(deputy.get(&path).problem(404), "not_found");
        dsl.post_on(&format!("{path}/corrections"), &tied.etag(), right(None, "Another matter.")).expect(201);
        assert_eq!(deputy.get(&path).expect(200)["number"], 3);
        let versions = deputy.get(&format!("{path}/versions?count=true"));
        let numbers: Vec<Value> =
            versions.expect(200)["items"].as_array().unwrap().iter().map(|one| one["number"].clone()).collect();
        assert_eq!((&versions.json()["count"], numbers), (&json!(2), vec![json!(1), json!(3)]));
        assert!(!versions.text.contains(&concern) && !versions.text.contains("Zebra"), "{}", versions.text);
        assert_eq!(dsl.get(&format!("{path}/versions?count=true")).expect(200)["count"], 3);
    }

    fn whoever_submitted_one_does_not_learn_by_a_deadline_that_a_parent_was_told(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let bo = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        let deputy_person = person(&place.app, "Birch", Some(place.north));
        let deputy = place.app.person("trust-a", deputy_person, &["deputy-dsl:100001"]);
        let began = Clock::System.now().plus_seconds(-2 * 86_400).to_string();
        let made = record(dsl, &bo, facts(&[place.north_dsl_person], &began));
        let due = |client: &Client| {
            client.get("/v1/deadlines?rule=intervention_parent&count=true").expect(200)["count"].as_i64().unwrap()
        };
        assert_eq!((due(dsl), due(&deputy)), (0, 1));
        let path = made.header("location");
        deputy.post_on(&format!("{path}/follow-up"), &made.etag(), told(&began)).expect(201);
        assert_eq!((due(dsl), due(&deputy)), (0, 0));
    }

    fn it_is_for_the_school_and_for_no_relative(backend) {
        let place = Place::new(backend);
        let (dsl, teacher) = (&place.north_dsl, &place.north_staff);
        let bo = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        let made = record(teacher, &bo, facts(&[place.staff_person], AT));
        let path = made.header("location").to_owned();
        assert_eq!(place.trust_lead.get(&path).expect(200)["number"], 1);
        assert_eq!(place.south_dsl.get(&path).problem(404), "not_found");
        assert_eq!(count(&place.south_dsl, &format!("&pupil_id={bo}")), 0);
        let other = person(&place.app, "Elm", Some(place.north));
        let colleague = place.app.person("trust-a", other, &["staff:100001"]);
        assert_eq!(colleague.get(&path).problem(404), "not_found");
        let far = facts(&[place.south_person], AT);
        assert_eq!(record(teacher, &bo, far).broken(), "/facts/staff/0/person_id");
        assert_eq!(record(&place.south_dsl, &bo, facts(&[place.south_person], AT)).broken(), "/pupil_id");
        assert_eq!(record(teacher, &bo, facts(&[place.staff_person], "2099-01-01T00:00:00Z")).broken(), "/facts/occurred_at");
        for relative in [place.north_dsl_person, place.staff_person] {
            let conflict = json!({"person_id": relative, "pupil_id": bo, "relationship": "relative"});
            place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        }
        for client in [dsl, teacher] {
            for part in ["", "/versions"] {
                assert_eq!(client.get(&format!("{path}{part}")).problem(404), "not_found", "{part}");
            }
            assert_eq!(count(client, ""), 0);
            assert_eq!(record(client, &bo, facts(&[place.staff_person], AT)).broken(), "/pupil_id");
        }
        let right = json!({"facts": facts(&[place.staff_person], AT), "reason": "So."});
        for (part, body) in [("follow-up", told(AT)), ("corrections", right), ("withdrawal", json!({"reason": "So."}))] {
            assert_eq!(dsl.post_on(&format!("{path}/{part}"), &made.etag(), body).problem(404), "not_found", "{part}");
        }
    }

    fn until_a_parent_is_told_it_is_due(backend) {
        let place = Place::new(backend);
        let dsl = &place.north_dsl;
        let bo = dsl.post("/v1/pupils", Place::pupil("Bo", None, place.north)).id();
        let began = Clock::System.now().plus_seconds(-2 * 86_400);
        appoint(&place.app, place.north_dsl_person, "dsl", Some(place.north));
        let made = record(&place.north_staff, &bo, facts(&[place.staff_person], &began.to_string()));
        assert!(dsl.get("/v1/me/notifications").text.contains("intervention_recorded"));
        let due = |client: &Client, query: &str| {
            let list = client.get(&format!("/v1/deadlines?rule=intervention_parent{query}")).expect(200);
            list["items"].as_array().unwrap().clone()
        };
        let one = due(dsl, "&state=overdue&owner=me");
        assert_eq!((one.len(), &one[0]["intervention_id"]), (1, &json!(made.id())));
        assert_eq!((due(&place.south_dsl, "").len(), due(&place.north_staff, "").len()), (0, 0));
        let path = made.header("location");
        dsl.post_on(&format!("{path}/follow-up"), &made.etag(), told(&began.plus_seconds(3600).to_string())).expect(201);
        assert_eq!(due(dsl, "").len(), 0);
    }
}
