//! Family support: who works with a family sees what is theirs; a review that is due is their task.

use serde_json::{Value, json};
use tutela::clock::{Clock, Timestamp};
use tutela::ids::Id;

use super::place::Place;
use crate::on_both;
use crate::support::made::{appoint, person};
use crate::support::{Client, TestApp};

/// A family liaison officer of North, on record.
fn officer(place: &Place, family: &str) -> (Id, Client) {
    let worker = person(&place.app, family, Some(place.north));
    appoint(&place.app, worker, "family-liaison", Some(place.north));
    (worker, place.app.person("trust-a", worker, &["family-liaison:100001"]))
}

fn pupil(client: &Client, given: &str, school: Id) -> String {
    client.post("/v1/pupils", Place::pupil(given, None, school)).id()
}

fn body(pupil: &str, worker: Id, review: &str) -> Value {
    json!({
        "pupil_id": pupil, "allocated_to_id": worker, "started_on": "2026-01-12", "agreed": "A call every Monday.",
        "next_review_on": review
    })
}

fn items(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).expect(200)["items"].as_array().unwrap().clone()
}

on_both! {
    fn the_officer_agrees_signposts_reviews_and_ends(backend) {
        let place = Place::new(backend);
        let (worker, flo) = officer(&place, "Elm");
        let amara = pupil(&place.north_dsl, "Amara", place.north);
        let made = flo.post("/v1/family-supports", body(&amara, worker, "2026-02-09"));
        let path = made.header("location").to_owned();
        assert_eq!(made.expect(201)["review_overdue"], true);
        let contact = json!({"kind": "contact", "done_on": "2026-01-19", "summary": "She is tired.", "method": "call", "with": "Her mother"});
        flo.post(&format!("{path}/entries"), contact.clone()).expect(201);
        let offer = json!({
            "kind": "signpost", "done_on": "2026-01-19", "summary": "Rang with her.", "resource": "Family hub",
            "link": "https://hub.example", "response": "offered"
        });
        let offered = flo.post(&format!("{path}/entries"), offer.clone());
        let mut agreed = offer;
        (agreed["response"], agreed["reason"]) = (json!("agreed"), json!("She rang back."));
        let corrections = format!("{}/corrections", offered.header("location"));
        assert_eq!(flo.post_on(&corrections, &offered.etag(), agreed.clone()).broken(), "/responded_on");
        agreed["responded_on"] = json!("2026-01-20");
        assert_eq!(flo.post_on(&corrections, &offered.etag(), agreed).expect(201)["number"], 2);
        let recorded = offered.expect(201)["recorded_at"].as_str().unwrap().to_owned();
        let then = flo.get(&format!("{}?as_of={recorded}", offered.header("location"))).expect(200);
        assert_eq!(then["response"], "offered");
        assert_eq!(items(&flo, &format!("{path}/entries?count=true")).len(), 2);
        let mut odd = contact;
        odd["resource"] = json!("Family hub");
        assert_eq!(flo.post(&format!("{path}/entries"), odd).broken(), "/resource");
        let review = json!({"held_on": "2026-02-09", "summary": "Better.", "next_review_on": "2099-01-01"});
        let reviewed = flo.post_on(&format!("{path}/reviews"), &made.etag(), review.clone());
        assert_eq!((&reviewed.expect(201)["number"], &reviewed.json()["review_overdue"]), (&json!(2), &json!(false)));
        assert_eq!(flo.post_on(&format!("{path}/reviews"), &made.etag(), review.clone()).problem(412), "version_stale");
        assert_eq!(flo.post_on(&format!("{path}/reviews"), "*", review.clone()).problem(412), "version_stale");
        let end = json!({"ended_on": "2026-03-09", "outcome": "needs_met", "summary": "He eats at school."});
        let ended = flo.post_on(&format!("{path}/ending"), &reviewed.etag(), end);
        assert_eq!(ended.expect(200)["outcome"], "needs_met");
        assert_eq!(flo.post_on(&format!("{path}/reviews"), &ended.etag(), review).problem(409), "state_conflict");
        assert_eq!(items(&flo, "/v1/family-supports").len(), 0);
        assert_eq!(items(&flo, "/v1/family-supports?with_ended=true").len(), 1);
        let versions = place.north_dsl.get(&format!("{path}/versions?count=true")).expect(200);
        assert_eq!((&versions["count"], &versions["items"][0]["next_review_on"]), (&json!(3), &json!("2026-02-09")));
        let told = place.north_dsl.get(&format!("/v1/pupils/{amara}/chronology")).expect(200).to_string();
        assert!(told.contains("support_started") && told.contains("needs_met: He eats at school."), "{told}");
    }

    fn it_is_for_who_is_allocated_and_for_the_leads(backend) {
        let place = Place::new(backend);
        let (worker, flo) = officer(&place, "Elm");
        let (other, other_flo) = officer(&place, "Oak");
        let amara = pupil(&place.north_dsl, "Amara", place.north);
        let bea = pupil(&place.south_dsl, "Bea", place.south);
        assert_eq!(flo.post("/v1/family-supports", body(&bea, worker, "2099-01-01")).broken(), "/pupil_id");
        let stranger = body(&amara, place.south_person, "2099-01-01");
        assert_eq!(flo.post("/v1/family-supports", stranger).broken(), "/allocated_to_id");
        let made = place.north_dsl.post("/v1/family-supports", body(&amara, worker, "2099-01-01"));
        let path = made.header("location").to_owned();
        let head = place.app.person("trust-a", place.staff_person, &["headteacher:100001"]);
        for reader in [&flo, &head, &place.trust_lead, &place.north_dsl] {
            assert_eq!(reader.get(&path).expect(200)["agreed"], "A call every Monday.");
        }
        for stranger in [&other_flo, &place.south_dsl] {
            assert_eq!(stranger.get(&path).problem(404), "not_found");
            assert_eq!(stranger.get(&format!("{path}/entries")).problem(404), "not_found");
            assert_eq!(stranger.get("/v1/family-supports?count=true").expect(200), json!({"items": [], "count": 0}));
        }
        assert_eq!(place.north_staff.get(&path).problem(403), "forbidden");
        let correction = |worker: Id| json!({
            "allocated_to_id": worker, "started_on": "2026-01-12", "agreed": "A call every Monday.",
            "next_review_on": "2099-01-01", "reason": "Works nearer by."
        });
        for reader in [&head, &place.trust_lead] {
            let corrections = format!("{path}/corrections");
            assert_eq!(reader.post_on(&corrections, &made.etag(), correction(other)).problem(403), "forbidden");
        }
        place.north_dsl.post_on(&format!("{path}/corrections"), &made.etag(), correction(other)).expect(201);
        assert_eq!(other_flo.get(&path).expect(200)["number"], 2);
        assert!(other_flo.get("/v1/me/notifications").text.contains("family_support_allocated"));
        assert_eq!(flo.get(&path).problem(404), "not_found");
        let mistaken = json!({"reason": "Another child."});
        let withdrawn = place.north_dsl.post_on(&format!("{path}/withdrawal"), "\"2\"", mistaken);
        assert_eq!(withdrawn.expect(200)["withdrawn"], true);
        let told = place.north_dsl.get(&format!("/v1/pupils/{amara}/chronology")).expect(200).to_string();
        assert!(!told.contains("support_started"), "{told}");
    }

    fn whoever_begins_support_for_somebody_else_sees_it_no_more(backend) {
        let place = Place::new(backend);
        let ((_, flo), (other, other_flo)) = (officer(&place, "Elm"), officer(&place, "Oak"));
        let amara = pupil(&place.north_dsl, "Amara", place.north);
        let send = || flo.post_keyed("/v1/family-supports", "support-1", body(&amara, other, "2099-01-01"));
        let (made, again) = (send(), send());
        assert_eq!(made.expect(201)["allocated_to_id"], other.to_string());
        assert_eq!(again.expect(201), made.expect(201));
        let path = made.header("location");
        assert_eq!(flo.get(path).problem(404), "not_found");
        assert_eq!(flo.get("/v1/family-supports?count=true").expect(200)["count"], 0);
        let contact = json!({"kind": "contact", "done_on": "2026-01-19", "summary": "Tired.", "method": "call"});
        assert_eq!(flo.post(&format!("{path}/entries"), contact.clone()).problem(404), "not_found");
        other_flo.get(path).expect(200);
        other_flo.post(&format!("{path}/entries"), contact).expect(201);
    }

    fn what_was_to_be_done_by_somebody_who_has_left_comes_back_to_the_team(backend) {
        let place = Place::new(backend);
        let (worker, flo) = officer(&place, "Elm");
        let amara = pupil(&place.north_dsl, "Amara", place.north);
        let made = flo.post("/v1/family-supports", body(&amara, worker, "2099-01-01"));
        let has = |client: &Client| client.get("/v1/me/tasks").expect(200).to_string().contains(&made.id());
        assert!(!has(&place.north_dsl) && !has(&place.south_dsl));
        let admin = crate::support::made::admin(&place.app);
        let found = admin.get(&format!("/v1/appointments?person_id={worker}")).expect(200);
        let one = format!("/v1/appointments/{}", found["items"][0]["id"].as_str().unwrap());
        admin.patch(&one, &admin.get(&one).etag(), json!({"ends_on": "2025-07-18"})).expect(200);
        assert!(has(&place.north_dsl) && !has(&place.south_dsl));
    }

    fn a_relative_sees_nothing_of_it_and_is_not_allocated(backend) {
        let place = Place::new(backend);
        let (worker, flo) = officer(&place, "Elm");
        let amara = pupil(&place.north_dsl, "Amara", place.north);
        let made = flo.post("/v1/family-supports", body(&amara, worker, "2026-02-09"));
        let path = made.header("location").to_owned();
        let contact = json!({"kind": "contact", "done_on": "2026-01-19", "summary": "She is tired.", "method": "call"});
        let entry = flo.post(&format!("{path}/entries"), contact.clone());
        for relative in [worker, place.north_dsl_person] {
            let conflict = json!({"person_id": relative, "pupil_id": amara, "relationship": "relative"});
            place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        }
        let review = json!({"held_on": "2026-02-09", "summary": "Better.", "next_review_on": "2099-01-01"});
        let end = json!({"ended_on": "2026-03-09", "outcome": "other", "summary": "So."});
        let correction = json!({
            "allocated_to_id": worker, "started_on": "2026-01-12", "agreed": "X", "next_review_on": "2099-01-01", "reason": "Y"
        });
        let mut entry_correction = contact.clone();
        entry_correction["reason"] = json!("Y");
        for relative in [&flo, &place.north_dsl] {
            for part in ["", "/versions", "/entries", &entry.header("location")[path.len()..]] {
                assert_eq!(relative.get(&format!("{path}{part}")).problem(404), "not_found", "{part}");
            }
            for (part, body) in [
                ("corrections", &correction),
                ("reviews", &review),
                ("ending", &end),
                ("withdrawal", &json!({"reason": "So."})),
                ("entries", &contact),
            ] {
                let answer = relative.post_on(&format!("{path}/{part}"), &made.etag(), body.clone());
                assert_eq!(answer.problem(404), "not_found", "{part}");
            }
            let corrections = format!("{}/corrections", entry.header("location"));
            assert_eq!(relative.post_on(&corrections, "\"1\"", entry_correction.clone()).problem(404), "not_found");
            assert_eq!(relative.post("/v1/family-supports", body(&amara, worker, "2099-01-01")).broken(), "/pupil_id");
            assert_eq!(relative.get("/v1/family-supports?count=true").expect(200), json!({"items": [], "count": 0}));
            for list in ["/v1/me/tasks", "/v1/deadlines"] {
                assert!(!relative.get(list).expect(200).to_string().contains(&made.id()), "{list}");
            }
        }
        let deputy = person(&place.app, "Birch", Some(place.north));
        let deputy = place.app.person("trust-a", deputy, &["deputy-dsl:100001"]);
        assert_eq!(deputy.get(&path).expect(200)["number"], 1);
        assert_eq!(deputy.post("/v1/family-supports", body(&amara, worker, "2099-01-01")).broken(), "/allocated_to_id");
    }

    fn a_review_that_is_due_is_a_deadline_and_the_officers_task(backend) {
        let place = Place::new(backend);
        let (worker, flo) = officer(&place, "Elm");
        let amara = pupil(&place.north_dsl, "Amara", place.north);
        let today = Clock::System.now().london_date();
        let soon = today.plus_days(7).to_string();
        let made = flo.post("/v1/family-supports", body(&amara, worker, &soon));
        let later = flo.post("/v1/family-supports", body(&amara, worker, &today.plus_days(200).to_string())).id();
        let tasks = flo.get("/v1/me/tasks").expect(200).to_string();
        assert!(tasks.contains(&made.id()) && !tasks.contains(&later), "{tasks}");
        for reader in [&flo, &place.north_dsl, &place.trust_lead] {
            let due = items(reader, "/v1/deadlines?rule=family_support_review&count=true");
            assert_eq!(due.len(), 1, "{due:?}");
            assert_eq!((&due[0]["family_support_id"], &due[0]["due_on"]), (&json!(made.id()), &json!(soon)));
        }
        assert_eq!(items(&flo, "/v1/deadlines?rule=family_support_review&owner=me").len(), 1);
        assert_eq!(items(&place.north_dsl, "/v1/deadlines?rule=family_support_review&owner=me").len(), 0);
        assert_eq!(items(&place.south_dsl, "/v1/deadlines?rule=family_support_review").len(), 0);
        assert_eq!(items(&flo, "/v1/deadlines?rule=family_support_review&state=overdue").len(), 0);
        let rules = items(&flo, "/v1/deadlines/rules");
        assert!(rules.iter().any(|rule| rule["rule"] == "family_support_review" && rule["source"] == "B-51"));
    }

    fn a_school_that_the_child_has_left_sees_the_support_of_its_last_day(backend) {
        let at = Timestamp::parse("2026-01-15T09:00:00Z").unwrap();
        let place = Place::over(TestApp::start_idle_at(backend, at));
        let (worker, flo) = officer(&place, "Elm");
        let amara = pupil(&place.north_dsl, "Amara", place.north);
        let path = flo.post("/v1/family-supports", body(&amara, worker, "2026-02-09")).header("location").to_owned();
        let contact = |text: &str| json!({"kind": "contact", "done_on": "2026-01-15", "summary": text, "method": "call"});
        flo.post(&format!("{path}/entries"), contact("At North.")).expect(201);
        let enrolments = format!("/v1/pupils/{amara}/enrolments");
        let one = format!("{enrolments}/{}", items(&place.north_dsl, &enrolments)[0]["id"].as_str().unwrap());
        place.north_dsl.patch(&one, &place.north_dsl.get(&one).etag(), json!({"ends_on": "2026-01-16"})).expect(200);
        place.app.services.clock.advance(3 * 86_400);
        let both = place.app.person("trust-a", place.south_person, &["dsl:100001", "dsl:100002"]);
        both.post(&enrolments, json!({"school_id": place.south, "starts_on": "2026-01-17"})).expect(201);
        let (north, south) = (place.north_now(), place.app.person("trust-a", place.south_person, &["dsl:100002"]));
        let flo = place.app.person("trust-a", worker, &["family-liaison:100001"]);
        let seen = north.get(&path);
        let review = json!({"held_on": "2026-01-17", "summary": "Moved.", "next_review_on": "2026-03-09"});
        assert_eq!(south.post_on(&format!("{path}/reviews"), "\"1\"", review.clone()).expect(201)["number"], 2);
        south.post(&format!("{path}/entries"), contact("At South.")).expect(201);
        let after = north.get(&path);
        assert_eq!((seen.expect(200), &after.text), (after.expect(200), &seen.text));
        assert_eq!(items(&north, &format!("{path}/versions?count=true")).len(), 1);
        assert_eq!(items(&north, &format!("{path}/entries")).len(), 1);
        assert_eq!(items(&north, "/v1/family-supports").len(), 0);
        assert_eq!(items(&north, &format!("/v1/family-supports?pupil_id={amara}")).len(), 1);
        assert_eq!(north.post_on(&format!("{path}/reviews"), "\"1\"", review).problem(409), "state_conflict");
        assert_eq!(north.post(&format!("{path}/entries"), contact("Late.")).problem(409), "state_conflict");
        assert_eq!(flo.get(&path).problem(404), "not_found");
        assert_eq!(items(&north, "/v1/deadlines?rule=family_support_review&to=2026-12-31").len(), 0);
    }
}
