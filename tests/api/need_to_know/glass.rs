//! Breaking the glass: by whom, for how long, who is told, and that a second person says whether it was right.

use diesel::prelude::*;
use serde_json::{Value, json};
use tutela::clock::Clock;
use tutela::db::Target;
use tutela::db::schema::break_glass;
use tutela::ids::Id;

use super::{at, dismiss, has_task, raising, told, trust_b, work};
use crate::on_both;
use crate::races::together;
use crate::support::{Answer, Client, DemoApp, TestApp};

const NOBODY: &str = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";
const WHY: &str = "The police ask tonight, and nobody of the school answers.";

fn lead(app: &DemoApp) -> Client {
    app.as_role("trust-b", "trust-safeguarding-lead")
}

fn lead_id(app: &DemoApp) -> Id {
    trust_b(app).central["trust-safeguarding-lead"]
}

/// A concern of a school of Trust B, raised by its teacher.
fn concern(app: &DemoApp, school: usize, changes: Value) -> String {
    at(app, school, "staff").post("/v1/concerns", raising(&trust_b(app).schools[school], changes)).id()
}

fn break_for(client: &Client, named: Value) -> Answer {
    let mut body = json!({"minutes": 30, "reason": WHY});
    body.as_object_mut().unwrap().extend(named.as_object().cloned().unwrap());
    client.post("/v1/break-glass", body)
}

fn on(client: &Client, path: &str, part: &str, body: Value) -> Answer {
    let tag = client.get(path).etag();
    client.post_on(&format!("{path}/{part}"), &tag, body)
}

fn review(outcome: &str) -> Value {
    json!({"outcome": outcome, "words": "Read and talked through."})
}

/// Lets the time of an entry pass, as the clock would.
fn expire(app: &DemoApp, glass: &str) {
    let (trust, glass) = (trust_b(app).id, Id::parse(glass).unwrap());
    let now = Clock::System.now();
    app.services
        .db
        .write_now(Some(trust), move |conn| {
            diesel::update(break_glass::table.find((trust, glass)))
                .set(break_glass::ends_at.eq(now))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
}

fn relate(app: &DemoApp, person: Id, pupil: Id) {
    let conflict = json!({"person_id": person, "pupil_id": pupil, "relationship": "relative"});
    app.as_role("trust-b", "hr").post("/v1/conflicts", conflict).expect(201);
}

fn switch_restricted_log_on(app: &DemoApp) {
    let admin = app.as_role("trust-b", "trust-admin");
    let tag = admin.get("/v1/trust").etag();
    admin.patch("/v1/trust", &tag, json!({"restricted_log": true})).expect(200);
}

/// A refusal without what tells two requests apart.
fn bytes(answer: &Answer) -> (u16, Value) {
    let mut body = answer.json();
    for field in ["request_id", "instance"] {
        body.as_object_mut().unwrap().remove(field);
    }
    (answer.status, body)
}

on_both! {
    fn the_trust_lead_reads_for_a_while_and_the_schools_leads_are_told(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let concern = concern(&app, 0, json!({}));
        work(&dsl, &concern, "notes", json!({"text": "Spoke with him."})).expect(201);
        let path = format!("/v1/concerns/{concern}");
        assert_eq!(lead.get(&path).problem(404), "not_found");
        let made = break_for(&lead, json!({"concern_id": concern}));
        let view = made.expect(201);
        assert_eq!((&view["open"], &view["concern_id"], &view["reason"]), (&json!(true), &json!(concern), &json!(WHY)));
        let glass = view["id"].as_str().unwrap();
        for (school, role, count) in [
            (0, "dsl", 1), (0, "deputy-dsl", 1), (0, "headteacher", 1), (0, "staff", 0), (1, "dsl", 0), (1, "headteacher", 0),
        ] {
            assert_eq!(told(&at(&app, school, role), "glass_broken", glass), count, "{school} {role}");
        }
        assert_eq!(lead.get(&path).expect(200)["view"], "full");
        for part in [
            "notes", "accounts", "actions", "shares", "triages", "support-requests", "referrals", "escalations", "body-map",
            "attachments",
        ] {
            lead.get(&format!("{path}/{part}")).expect(200);
        }
        let listed = lead.get("/v1/concerns?count=true").expect(200);
        assert!(listed["items"].as_array().unwrap().iter().any(|item| item["id"] == *concern));
        let log = dsl.get(&format!("{path}/access-log?limit=200")).expect(200);
        let theirs: Vec<&Value> =
            log["items"].as_array().unwrap().iter().filter(|entry| entry["person_id"] == lead_id(&app).to_string()).collect();
        let reads = theirs.iter().filter(|entry| entry["outcome"] == "done" && entry["rule"] == "break-glass").count();
        assert_eq!(reads, 12, "{theirs:#?}");
        assert!(theirs.iter().any(|entry| entry["rule"] == "concern.glass-broken"));
        let explained = lead.get(&format!("/v1/access/explain?action=concern.read&record_id={concern}")).expect(200);
        assert_eq!((&explained["allowed"], &explained["rule"]), (&json!(true), &json!("break-glass")));
        assert_eq!(break_for(&lead, json!({"concern_id": concern})).problem(409), "state_conflict");
    }

    fn it_reads_and_changes_nothing(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let concern = concern(&app, 0, json!({}));
        let today = Clock::System.now().london_date();
        let owned = json!({"kind": "observe", "description": "Look.", "owner_id": lead_id(&app), "due_on": today});
        let action = work(&dsl, &concern, "actions", owned).id();
        break_for(&lead, json!({"concern_id": concern})).expect(201);
        let path = format!("/v1/concerns/{concern}");
        let tag = lead.get(&path).etag();
        for (part, body) in [
            ("notes".to_owned(), json!({"text": "Mine."})),
            ("triage".to_owned(), json!({"severity": "routine", "monitor": false, "parent_informed": "yes"})),
            ("corrections".to_owned(), json!({"reason": "Mine.", "opinion": "Mine."})),
            ("shares".to_owned(), json!({"person_id": lead_id(&app), "kind": "share", "reason": "Mine."})),
            (format!("actions/{action}/outcome"), json!({"done_on": "2025-01-15", "outcome": "Mine."})),
            ("escalations".to_owned(), json!({
                "level": "headteacher", "owner_id": lead_id(&app), "raised_at": Clock::System.now(), "review_on": today, "reason": "Mine."
            })),
            ("body-map".to_owned(), tutela::openapi::document()["components"]["schemas"]["ConcernMarkCreate"]["example"].clone()),
        ] {
            let answer = lead.post_on(&format!("{path}/{part}"), &tag, body);
            assert_eq!(answer.problem(404), "not_found", "{part}");
        }
        for part in ["closure", "reopening", "support-requests"] {
            let answer = lead.post_on(&format!("{path}/{part}"), &tag, json!({"reason": "Mine."}));
            assert!(matches!(answer.status, 403 | 422), "{part}: {}", answer.text);
        }
        assert_eq!(dsl.get(&path).etag(), tag);
        assert!(!has_task(&lead, "concern_action", &action));
        let due = lead.get("/v1/deadlines?rule=concern_action").expect(200);
        assert!(!due.to_string().contains(&concern), "{due}");
        assert_eq!(lead.get(&format!("{path}/access-log")).problem(404), "not_found");
    }

    fn it_ends_by_its_time_and_by_hand(backend) {
        let app = TestApp::start_demo(backend);
        let lead = lead(&app);
        let concern = concern(&app, 0, json!({}));
        let path = format!("/v1/concerns/{concern}");
        let first = break_for(&lead, json!({"concern_id": concern})).id();
        expire(&app, &first);
        assert_eq!(lead.get(&path).problem(404), "not_found");
        let over = format!("/v1/break-glass/{first}");
        assert_eq!(lead.get(&over).expect(200)["open"], false);
        assert_eq!(on(&lead, &over, "ending", json!({})).problem(409), "state_conflict");
        for ends in [lead.clone(), at(&app, 0, "headteacher")] {
            let glass = format!("/v1/break-glass/{}", break_for(&lead, json!({"concern_id": concern})).id());
            lead.get(&path).expect(200);
            let tag = ends.get(&glass).etag();
            assert_eq!(ends.post_on(&format!("{glass}/ending"), "\"7\"", json!({})).problem(412), "version_stale");
            let ended = ends.post_on(&format!("{glass}/ending"), &tag, json!({})).expect(200);
            assert_eq!(ended["open"], false);
            assert!(ended["ended_by"].is_string());
            assert_eq!(lead.get(&path).problem(404), "not_found");
        }
        assert_eq!(at(&app, 1, "dsl").post_on(&format!("{over}/ending"), "\"1\"", json!({})).problem(404), "not_found");
    }

    fn nobody_breaks_it_but_the_trust_lead_who_does_not_read_cases(backend) {
        let app = TestApp::start_demo(backend);
        let concern = concern(&app, 0, json!({}));
        for role in tutela::access::Role::ALL {
            let Some((person, claim)) = trust_b(&app).holder(role.as_str()) else { continue };
            let answer = break_for(&app.person("trust-b", person, &[&claim]), json!({"concern_id": concern}));
            let may = *role == tutela::access::Role::TrustSafeguardingLead;
            assert_eq!(answer.status, if may { 201 } else { 403 }, "{role}: {}", answer.text);
        }
        let other = app.demo.trusts[0].schools[0].concerns[0].to_string();
        let casework = app.as_role("trust-a", "trust-safeguarding-lead");
        assert_eq!(break_for(&casework, json!({"concern_id": other})).problem(403), "forbidden");
        let faceless = app.faceless("trust-b", &["trust-safeguarding-lead"]);
        assert_eq!(break_for(&faceless, json!({"concern_id": concern})).status, 403);
    }

    fn an_api_key_breaks_nothing_and_reads_nothing_by_it(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, concern) = (lead(&app), concern(&app, 0, json!({})));
        let expires_at = Clock::System.now().plus_seconds(86_400);
        let key = json!({
            "name": "Script", "owner": {"kind": "person", "person_id": lead_id(&app)}, "scopes": ["all"],
            "expires_at": expires_at
        });
        let made = lead.post("/v1/api-keys", key).expect(201);
        let by_key = app.bearer(made["key"].as_str().unwrap());
        assert_eq!(break_for(&by_key, json!({"concern_id": concern})).problem(403), "forbidden");
        let glass = break_for(&lead, json!({"concern_id": concern})).id();
        lead.get(&format!("/v1/concerns/{concern}")).expect(200);
        assert_eq!(by_key.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
        let ending = format!("/v1/break-glass/{glass}/ending");
        assert_eq!(by_key.post_on(&ending, "\"1\"", json!({})).problem(403), "forbidden");
    }

    fn what_is_not_there_is_another_trusts_or_closed_by_a_conflict_is_one_answer(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, school) = (lead(&app), &trust_b(&app).schools[0]);
        let theirs = concern(&app, 0, json!({"pupils": [{"pupil_id": school.pupils[2], "role": "subject"}]}));
        relate(&app, lead_id(&app), school.pupils[2]);
        let named = concern(&app, 0, json!({"adult_ids": [lead_id(&app)]}));
        let other = &app.demo.trusts[0].schools[0];
        let absent = break_for(&lead, json!({"concern_id": NOBODY}));
        assert_eq!(absent.problem(404), "not_found");
        for body in [
            json!({"concern_id": theirs}), json!({"concern_id": named}), json!({"concern_id": other.concerns[0]}),
            json!({"pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac"}), json!({"pupil_id": school.pupils[2]}), json!({"pupil_id": other.pupils[0]}),
            json!({"pupil_id": school.pupils[1], "school_id": trust_b(&app).schools[1].id}),
        ] {
            assert_eq!(bytes(&break_for(&lead, body.clone())), bytes(&absent), "{body}");
        }
        assert_eq!(break_for(&lead, json!({"concern_id": school.concerns[0]})).status, 201);
        assert_eq!(break_for(&lead, json!({"concern_id": school.concerns[0]})).status, 409);
        let auditor = app.bearer(&trust_b(&app).auditor_key);
        let tried = |outcome: &str| {
            let path = format!("/v1/audit/entries?action=break-glass.use&outcome={outcome}&count=true");
            auditor.get(&path).expect(200)["count"].as_i64().unwrap()
        };
        assert_eq!((tried("not_found"), tried("refused")), (8, 1));
        // Nor does one's own log tell a case that is closed from one that is not there.
        let mine = |record: &str| {
            let entries = lead.get(&format!("/v1/audit/entries?record_id={record}&count=true")).expect(200);
            let mut entry = entries["items"][0].clone();
            for field in ["id", "at", "request_id", "record_id"] {
                entry.as_object_mut().unwrap().remove(field);
            }
            (entries["count"].clone(), entry)
        };
        assert_eq!(mine(&theirs), mine(NOBODY));
    }

    fn a_conflict_that_is_recorded_while_it_lasts_closes_it(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, school) = (lead(&app), &trust_b(&app).schools[0]);
        let concern = concern(&app, 0, json!({}));
        let glass = break_for(&lead, json!({"concern_id": concern})).id();
        lead.get(&format!("/v1/concerns/{concern}")).expect(200);
        relate(&app, lead_id(&app), school.pupils[1]);
        assert_eq!(lead.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
        assert_eq!(lead.get(&format!("/v1/break-glass/{glass}")).problem(404), "not_found");
        assert!(!lead.get("/v1/break-glass").expect(200).to_string().contains(&glass));
        let ending = format!("/v1/break-glass/{glass}/ending");
        assert_eq!(lead.post_on(&ending, "\"1\"", json!({})).problem(404), "not_found");
    }

    fn a_body_says_what_and_for_how_long_and_why(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, concern) = (lead(&app), concern(&app, 0, json!({})));
        for (changes, pointer) in [
            (json!({"minutes": 0}), "/minutes"), (json!({"minutes": 61}), "/minutes"),
        ] {
            let mut body = json!({"concern_id": concern, "minutes": 30, "reason": WHY});
            body.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
            assert_eq!(lead.post("/v1/break-glass", body).invalid(), pointer);
        }
        let short = json!({"concern_id": concern, "minutes": 30, "reason": "Because it is late.    "});
        assert_eq!(lead.post("/v1/break-glass", short).broken(), "/reason");
        let both = json!({"concern_id": concern, "pupil_id": NOBODY, "minutes": 30, "reason": WHY});
        assert_eq!(lead.post("/v1/break-glass", both).broken(), "/concern_id");
        assert_eq!(lead.post("/v1/break-glass", json!({"minutes": 30, "reason": WHY})).broken(), "/concern_id");
        let placed = json!({"concern_id": concern, "school_id": NOBODY, "minutes": 30, "reason": WHY});
        assert_eq!(lead.post("/v1/break-glass", placed).broken(), "/school_id");
    }

    fn it_opens_the_restricted_log_too(backend) {
        let app = TestApp::start_demo(backend);
        switch_restricted_log_on(&app);
        let lead = lead(&app);
        let concern = concern(&app, 0, json!({"log": "restricted"}));
        assert_eq!(lead.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
        break_for(&lead, json!({"concern_id": concern})).expect(201);
        assert_eq!(lead.get(&format!("/v1/concerns/{concern}")).expect(200)["log"], "restricted");
    }

    fn for_a_pupil_it_opens_what_one_school_has(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, school) = (lead(&app), &trust_b(&app).schools[0]);
        let (pupil, other) = (school.pupils[1], school.pupils[2]);
        let about = concern(&app, 0, json!({}));
        let unrelated = concern(&app, 0, json!({"pupils": [{"pupil_id": other, "role": "subject"}]}));
        let both = json!([{"pupil_id": pupil, "role": "subject"}, {"pupil_id": other, "role": "witness"}]);
        let of_both = concern(&app, 0, json!({"pupils": both}));
        let file = format!("/v1/pupils/{pupil}");
        for part in ["chronology", "statuses"] {
            assert_eq!(lead.get(&format!("{file}/{part}")).problem(404), "not_found");
        }
        let made = break_for(&lead, json!({"pupil_id": pupil})).expect(201);
        assert_eq!((&made["school_id"], &made["pupil_id"]), (&json!(school.id), &json!(pupil)));
        let status = |concern: &str| lead.get(&format!("/v1/concerns/{concern}")).status;
        assert_eq!((status(&about), status(&unrelated), status(&of_both)), (200, 404, 200));
        let events = lead.get(&format!("{file}/chronology?limit=200")).expect(200).to_string();
        assert!(events.contains(&about) && !events.contains(&unrelated));
        lead.get(&format!("{file}/statuses")).expect(200);
        assert_eq!(lead.get(&format!("/v1/pupils/{other}/chronology")).problem(404), "not_found");
        assert_eq!(lead.get(&file).problem(403), "forbidden");
        let entries = at(&app, 0, "dsl").get(&format!("/v1/audit/entries?class=chronology&record_id={pupil}")).expect(200);
        assert_eq!(entries["items"][0]["rule"], "break-glass");
        assert_eq!(entries["items"][0]["school_id"], school.id.to_string());
        relate(&app, lead_id(&app), other);
        assert_eq!((status(&about), status(&of_both)), (200, 404));
        let glass = made["id"].as_str().unwrap();
        expire(&app, glass);
        assert_eq!(status(&about), 404);
        assert_eq!(lead.get(&format!("{file}/chronology")).problem(404), "not_found");
    }

    fn a_second_person_of_the_school_says_whether_it_was_right(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let concern = concern(&app, 0, json!({}));
        let glass = break_for(&lead, json!({"concern_id": concern})).id();
        let path = format!("/v1/break-glass/{glass}");
        let waits = |client: &Client| {
            let queue = client.get("/v1/break-glass?unreviewed=true&limit=200").expect(200);
            queue["items"].as_array().unwrap().iter().any(|item| item["id"] == *glass)
        };
        let due = |client: &Client, state: &str| {
            let found = client.get(&format!("/v1/deadlines?rule=break_glass_review&state={state}")).expect(200);
            found.to_string().contains(&glass)
        };
        for role in ["dsl", "deputy-dsl", "headteacher"] {
            let client = at(&app, 0, role);
            assert!(waits(&client) && has_task(&client, "break_glass_review", &glass), "{role}");
            assert!(due(&client, "due") || due(&client, "undecided"), "{role}");
        }
        assert!(!has_task(&lead, "break_glass_review", &glass) && !due(&lead, "due"));
        let stranger = at(&app, 1, "dsl");
        assert!(!waits(&stranger) && !has_task(&stranger, "break_glass_review", &glass));
        assert_eq!(stranger.get(&path).problem(404), "not_found");
        assert_eq!(stranger.post_on(&format!("{path}/review"), "\"1\"", review("justified")).problem(404), "not_found");
        assert_eq!(lead.post_on(&format!("{path}/review"), "\"1\"", review("justified")).problem(403), "forbidden");
        for role in ["staff", "welfare-lap", "safeguarding-governor", "chair-of-governors"] {
            assert_eq!(at(&app, 0, role).get(&path).problem(403), "forbidden", "{role}");
        }
        let ceo = app.as_role("trust-b", "ceo");
        assert_eq!(ceo.get(&path).problem(404), "not_found");
        let claim = format!("dsl:{}", trust_b(&app).schools[0].urn);
        let twice = app.person("trust-b", lead_id(&app), &["trust-safeguarding-lead", &claim]);
        assert_eq!(on(&twice, &path, "review", review("justified")).broken(), "/outcome");
        let done = on(&dsl, &path, "review", review("not_justified")).expect(200);
        assert_eq!((&done["open"], &done["review"]["outcome"]), (&json!(false), &json!("not_justified")));
        assert_eq!(lead.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
        assert_eq!(told(&lead, "glass_reviewed", &glass), 1);
        assert_eq!(lead.get(&path).expect(200)["review"]["words"], "Read and talked through.");
        assert_eq!(on(&at(&app, 0, "headteacher"), &path, "review", review("justified")).problem(409), "state_conflict");
        assert!(!waits(&dsl) && !has_task(&dsl, "break_glass_review", &glass) && due(&dsl, "met"));
    }

    fn of_two_reviews_at_once_one_is_stored(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, head) = (at(&app, 0, "dsl"), at(&app, 0, "headteacher"));
        let glass = break_for(&lead(&app), json!({"concern_id": concern(&app, 0, json!({}))})).id();
        let path = format!("/v1/break-glass/{glass}");
        let tag = dsl.get(&path).etag();
        let (one, other) = together(
            || dsl.post_on(&format!("{path}/review"), &tag, review("justified")),
            || head.post_on(&format!("{path}/review"), &tag, review("not_justified")),
        );
        let mut answers = [one.status, other.status];
        answers.sort_unstable();
        assert_eq!(answers, [200, 412]);
    }

    fn where_the_whole_school_is_related_it_goes_to_whoever_is_above(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, school) = (lead(&app), &trust_b(&app).schools[1]);
        relate(&app, school.staff["dsl"], school.pupils[1]);
        relate(&app, school.staff["headteacher"], school.pupils[1]);
        let glass = break_for(&lead, json!({"pupil_id": school.pupils[1]})).id();
        let path = format!("/v1/break-glass/{glass}");
        let (ceo, chair) = (app.as_role("trust-b", "ceo"), app.as_role("trust-b", "chair-of-trustees"));
        assert_eq!((told(&ceo, "glass_broken", &glass), told(&chair, "glass_broken", &glass)), (1, 0));
        assert!(has_task(&ceo, "break_glass_review", &glass));
        for role in ["dsl", "headteacher"] {
            let client = at(&app, 1, role);
            assert_eq!(told(&client, "glass_broken", &glass), 0);
            assert_eq!(client.get(&path).problem(404), "not_found");
            assert_eq!(client.post_on(&format!("{path}/review"), "\"1\"", review("justified")).problem(404), "not_found");
            assert_eq!(client.post_on(&format!("{path}/ending"), "\"1\"", json!({})).problem(404), "not_found");
            assert!(!client.get("/v1/break-glass").expect(200).to_string().contains(&glass));
            assert!(!has_task(&client, "break_glass_review", &glass));
        }
        on(&ceo, &path, "review", review("justified")).expect(200);
    }

    fn a_concern_that_is_placed_elsewhere_is_closed_again(backend) {
        let app = TestApp::start_demo(backend);
        let lead = lead(&app);
        let (here, there) = (&trust_b(&app).schools[0], &trust_b(&app).schools[1]);
        let (dsl, pupil) = (at(&app, 0, "dsl"), here.pupils[1]);
        let known = dsl.get(&format!("/v1/pupils/{pupil}")).expect(200);
        let enrolments = format!("/v1/pupils/{pupil}/enrolments");
        let one = dsl.get(&enrolments).expect(200)["items"][0]["id"].clone();
        let one = format!("{enrolments}/{}", one.as_str().unwrap());
        dsl.patch(&one, &dsl.get(&one).etag(), json!({"ends_on": "2025-07-18"})).expect(200);
        let new = json!({
            "upn": known["upn"], "given_name": known["given_name"], "family_name": known["family_name"],
            "birth_date": known["birth_date"], "enrolment": {"school_id": there.id, "starts_on": "2025-09-01"}
        });
        assert_eq!(at(&app, 1, "dsl").post("/v1/pupils", new).id(), pupil.to_string());
        let concern = concern(&app, 0, json!({}));
        let path = format!("/v1/concerns/{concern}");
        break_for(&lead, json!({"concern_id": concern})).expect(201);
        lead.get(&path).expect(200);
        let moved = json!({"school_id": there.id, "reason": "She is at the other school."});
        work(&dsl, &concern, "placements", moved).expect(201);
        assert_eq!(lead.get(&path).problem(404), "not_found");
        assert_eq!(break_for(&lead, json!({"concern_id": concern})).expect(201)["school_id"], there.id.to_string());
        lead.get(&path).expect(200);
    }

    fn whoever_a_concern_in_the_file_is_about_neither_hears_nor_judges(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, school) = (lead(&app), &trust_b(&app).schools[0]);
        let about = concern(&app, 0, json!({"adult_ids": [school.staff["dsl"]]}));
        let glass = break_for(&lead, json!({"pupil_id": school.pupils[1]})).id();
        let path = format!("/v1/break-glass/{glass}");
        let (dsl, deputy) = (at(&app, 0, "dsl"), at(&app, 0, "deputy-dsl"));
        assert_eq!((told(&dsl, "glass_broken", &glass), told(&deputy, "glass_broken", &glass)), (0, 1));
        assert_eq!(dsl.get(&path).problem(404), "not_found");
        assert!(!dsl.get("/v1/break-glass?limit=200").expect(200).to_string().contains(&glass));
        assert!(!has_task(&dsl, "break_glass_review", &glass));
        assert_eq!(dsl.post_on(&format!("{path}/ending"), "\"1\"", json!({})).problem(404), "not_found");
        assert_eq!(dsl.post_on(&format!("{path}/review"), "\"1\"", review("justified")).problem(404), "not_found");
        let log = dsl.get(&format!("/v1/audit/entries?record_id={glass}&outcome=done&count=true")).expect(200);
        assert_eq!(log["count"], 0);
        lead.get(&format!("/v1/concerns/{about}")).expect(200);
        assert_eq!(lead.get(&path).expect(200)["open"], true);
        on(&deputy, &path, "review", review("justified")).expect(200);
    }

    fn it_waits_for_whoever_is_left_on_the_day(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, school) = (lead(&app), &trust_b(&app).schools[1]);
        let glass = break_for(&lead, json!({"pupil_id": school.pupils[1]})).id();
        let path = format!("/v1/break-glass/{glass}");
        let (ceo, head) = (app.as_role("trust-b", "ceo"), at(&app, 1, "headteacher"));
        assert_eq!(told(&head, "glass_broken", &glass), 1);
        assert_eq!(ceo.get(&path).problem(404), "not_found");
        relate(&app, school.staff["dsl"], school.pupils[1]);
        assert_eq!(ceo.get(&path).problem(404), "not_found");
        relate(&app, school.staff["headteacher"], school.pupils[1]);
        assert_eq!(head.get(&path).problem(404), "not_found");
        assert!(has_task(&ceo, "break_glass_review", &glass));
        on(&ceo, &path, "review", review("justified")).expect(200);
    }

    fn nothing_is_linked_by_it(backend) {
        let app = TestApp::start_demo(backend);
        let dsl = at(&app, 0, "dsl");
        let (lead, other) = (lead(&app), at(&app, 0, "headteacher"));
        let supported = concern(&app, 0, json!({}));
        let broken = concern(&app, 0, json!({"pupils": [{"pupil_id": trust_b(&app).schools[0].pupils[2], "role": "subject"}]}));
        let request = work(&dsl, &supported, "support-requests", json!({"help": "Come."})).id();
        on(&lead, &format!("/v1/support-requests/{request}"), "answer", json!({"answer": "accept"})).expect(200);
        break_for(&lead, json!({"concern_id": broken})).expect(201);
        lead.get(&format!("/v1/concerns/{broken}")).expect(200);
        let link = json!({"concern_id": broken, "reason": "The same house."});
        assert_eq!(work(&lead, &supported, "links", link.clone()).broken(), "/concern_id");
        work(&other, &supported, "links", link).expect(201);
    }

    fn a_school_without_leads_on_record_is_told_above(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[1];
        dismiss(&app, school.staff["dsl"], "dsl");
        dismiss(&app, school.staff["headteacher"], "headteacher");
        let glass = break_for(&lead(&app), json!({"concern_id": concern(&app, 1, json!({}))})).id();
        assert_eq!(told(&app.as_role("trust-b", "ceo"), "glass_broken", &glass), 1);
    }

    fn the_same_request_breaks_it_once(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, concern) = (lead(&app), concern(&app, 0, json!({})));
        let body = json!({"concern_id": concern, "minutes": 5, "reason": WHY});
        let [one, again] = [0, 1].map(|_| lead.post_keyed("/v1/break-glass", "glass-1", body.clone()).id());
        assert_eq!(one, again);
        assert_eq!(told(&at(&app, 0, "dsl"), "glass_broken", &one), 1);
    }

    fn its_words_stand_sealed(backend) {
        let app = TestApp::start_demo(backend);
        let reason = "Zqglassreason was said to us in the night.";
        let body = json!({"concern_id": concern(&app, 0, json!({})), "minutes": 5, "reason": reason});
        let made = lead(&app).post("/v1/break-glass", body);
        let words = json!({"outcome": "justified", "words": "Zqglasswords of the second person."});
        on(&at(&app, 0, "dsl"), made.header("location"), "review", words).expect(200);
        if let Target::Sqlite(file) = &app.database.target {
            let mut stored = std::fs::read(file).unwrap();
            stored.extend(std::fs::read(format!("{}-wal", file.display())).unwrap());
            let text = String::from_utf8_lossy(&stored).to_lowercase();
            assert!(!text.contains("zqglassreason") && !text.contains("zqglasswords"));
        }
    }
}
