//! Support that a school asks of the trust's safeguarding lead: who asks, who answers, what it opens, and until when.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use tutela::ids::Id;

use super::{at, dismiss, has_task, raising, told, trust_b, work};
use crate::meetings::Case;
use crate::on_both;
use crate::races::together;
use crate::support::{Answer, Client, DemoApp, TestApp};

fn lead(app: &DemoApp) -> Client {
    app.as_role("trust-b", "trust-safeguarding-lead")
}

fn lead_id(app: &DemoApp) -> Id {
    trust_b(app).central["trust-safeguarding-lead"]
}

fn concern(app: &DemoApp, changes: Value) -> String {
    at(app, 0, "staff").post("/v1/concerns", raising(&trust_b(app).schools[0], changes)).id()
}

fn ask(client: &Client, concern: &str) -> Answer {
    work(client, concern, "support-requests", json!({"help": "Come to the meeting on Thursday."}))
}

fn answer(client: &Client, request: &str, body: Value) -> Answer {
    let path = format!("/v1/support-requests/{request}");
    let tag = client.get(&path).etag();
    client.post_on(&format!("{path}/answer"), &tag, body)
}

fn accept() -> Value {
    json!({"answer": "accept"})
}

fn withdraw(client: &Client, concern: &str, request: &str) -> Answer {
    let part = format!("support-requests/{request}/withdrawal");
    work(client, concern, &part, json!({"reason": "No longer needed."}))
}

fn relate(app: &DemoApp, person: Id, pupil: Id) {
    let conflict = json!({"person_id": person, "pupil_id": pupil, "relationship": "relative"});
    app.as_role("trust-b", "hr").post("/v1/conflicts", conflict).expect(201);
}

on_both! {
    fn whoever_accepts_reads_the_concern_until_the_school_ends_it(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let concern = concern(&app, json!({}));
        let path = format!("/v1/concerns/{concern}");
        let asked = ask(&dsl, &concern).expect(201);
        let request = asked["id"].as_str().unwrap();
        assert_eq!(asked["state"], "requested");
        assert_eq!(lead.get(&path).problem(404), "not_found");
        assert_eq!(told(&lead, "support_requested", request), 1);
        assert!(has_task(&lead, "support_request", request));
        let queue = lead.get("/v1/support-requests?state=requested&count=true").expect(200);
        assert!(queue["items"].as_array().unwrap().iter().any(|item| item["id"] == *request));
        assert_eq!(lead.get(&format!("/v1/support-requests/{request}")).expect(200)["help"], "Come to the meeting on Thursday.");
        assert_eq!(ask(&dsl, &concern).problem(409), "already_exists");
        let done = answer(&lead, request, accept()).expect(200);
        assert_eq!((&done["state"], &done["answered_by"]), (&json!("accepted"), &json!(lead_id(&app))));
        assert_eq!(told(&dsl, "support_answered", &concern), 1);
        assert!(!has_task(&lead, "support_request", request));
        assert_eq!(lead.get(&path).expect(200)["view"], "full");
        for part in ["referrals", "body-map", "attachments"] {
            lead.get(&format!("{path}/{part}")).expect(200);
        }
        work(&lead, &concern, "notes", json!({"text": "I shall come."})).expect(201);
        let shares = dsl.get(&format!("{path}/shares")).expect(200);
        let share = shares["items"].as_array().unwrap().iter().find(|share| share["kind"] == "support").unwrap().clone();
        assert_eq!(share["person_id"], lead_id(&app).to_string());
        let end = json!({"reason": "Not here."});
        let revoked = work(&dsl, &concern, &format!("shares/{}/revocation", share["id"].as_str().unwrap()), end);
        assert_eq!(revoked.problem(409), "state_conflict");
        let mine = lead.get("/v1/me/shares?kind=support").expect(200);
        assert_eq!(mine["items"].as_array().unwrap().len(), 1);
        assert_eq!(withdraw(&dsl, &concern, request).expect(201)["state"], "ended");
        assert_eq!(lead.get(&path).problem(404), "not_found");
        assert_eq!(told(&lead, "support_ended", request), 1);
        assert_eq!(withdraw(&dsl, &concern, request).problem(409), "state_conflict");
        assert_eq!(answer(&lead, request, accept()).problem(409), "state_conflict");
        let listed = dsl.get(&format!("{path}/support-requests?count=true")).expect(200);
        assert_eq!((&listed["count"], &listed["items"][0]["state"]), (&json!(1), &json!("ended")));
        ask(&dsl, &concern).expect(201);
    }

    fn closing_a_concern_leaves_the_support_to_be_ended_by_who_asked(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, case) = (lead(&app), Case::worked(&app, 1, 0, 2));
        let request = ask(&case.dsl, &case.id).id();
        answer(&lead, &request, accept()).expect(200);
        case.close_safely("dsl").expect(201);
        assert_eq!(lead.get(&case.path()).expect(200)["view"], "full");
        assert!(lead.get("/v1/me/shares?kind=support").expect(200).to_string().contains(&case.id));
        assert_eq!(withdraw(&case.dsl, &case.id, &request).expect(201)["state"], "ended");
        assert_eq!(lead.get(&case.path()).problem(404), "not_found");
    }

    fn a_refusal_says_why_and_opens_nothing(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let concern = concern(&app, json!({}));
        let request = ask(&dsl, &concern).id();
        assert_eq!(answer(&lead, &request, json!({"answer": "refuse"})).broken(), "/reason");
        let refused = answer(&lead, &request, json!({"answer": "refuse", "reason": "Ask the hub's lead first."}));
        assert_eq!(refused.expect(200)["state"], "refused");
        assert_eq!(lead.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
        let read = dsl.get(&format!("/v1/concerns/{concern}/support-requests/{request}")).expect(200);
        assert_eq!(read["answer_reason"], "Ask the hub's lead first.");
    }

    fn the_lead_hands_it_back_and_reads_no_more(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let concern = concern(&app, json!({}));
        let request = ask(&dsl, &concern).id();
        let back = || json!({"answer": "hand_back", "reason": "Done."});
        assert_eq!(answer(&lead, &request, back()).problem(409), "state_conflict");
        answer(&lead, &request, accept()).expect(200);
        assert_eq!(answer(&lead, &request, back()).expect(200)["state"], "ended");
        assert_eq!(lead.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
    }

    fn it_is_over_when_it_was_wanted_until(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let concern = concern(&app, json!({}));
        let past = json!({"help": "Come.", "wanted_until": "2024-01-15T10:00:00Z"});
        assert_eq!(work(&dsl, &concern, "support-requests", past).broken(), "/wanted_until");
        let soon = tutela::clock::Clock::System.now().plus_seconds(2);
        let asked = work(&dsl, &concern, "support-requests", json!({"help": "Come.", "wanted_until": soon})).id();
        answer(&lead, &asked, accept()).expect(200);
        let path = format!("/v1/concerns/{concern}");
        while tutela::clock::Clock::System.now() <= soon {
            std::thread::yield_now();
        }
        assert_eq!(lead.get(&path).problem(404), "not_found");
        let state = |query: &str| lead.get(&format!("/v1/support-requests?state={query}")).expect(200).to_string().contains(&asked);
        assert_eq!((state("accepted"), state("ended")), (false, true));
        ask(&dsl, &concern).expect(201);
    }

    fn the_schools_team_and_head_ask_and_nobody_else(backend) {
        let app = TestApp::start_demo(backend);
        let concern = concern(&app, json!({}));
        let dsl = at(&app, 0, "dsl");
        for role in tutela::access::Role::ALL {
            let Some((person, claim)) = trust_b(&app).holder(role.as_str()) else { continue };
            let client = app.person("trust-b", person, &[&claim]);
            let tag = dsl.get(&format!("/v1/concerns/{concern}")).etag();
            let path = format!("/v1/concerns/{concern}/support-requests");
            let answer = client.post_on(&path, &tag, json!({"help": "Come."}));
            let may = ["dsl", "deputy-dsl", "headteacher"].contains(&role.as_str());
            assert_eq!(answer.status, if may { 201 } else { 403 }, "{role}: {}", answer.text);
            if may {
                withdraw(&client, &concern, &answer.id()).expect(201);
            }
        }
        let path = format!("/v1/concerns/{concern}/support-requests");
        assert_eq!(at(&app, 1, "dsl").post_on(&path, "\"1\"", json!({"help": "Come."})).problem(404), "not_found");
    }

    fn in_a_trust_whose_lead_works_cases_it_is_a_record_of_the_same_kind(backend) {
        let app = TestApp::start_demo(backend);
        let school = &app.demo.trusts[0].schools[0];
        let concern = app.as_role_at(0, "staff").post("/v1/concerns", raising(school, json!({}))).id();
        let lead = app.as_role("trust-a", "trust-safeguarding-lead");
        let request = ask(&app.as_role_at(0, "headteacher"), &concern).id();
        assert_eq!(answer(&lead, &request, accept()).expect(200)["state"], "accepted");
        withdraw(&app.as_role_at(0, "dsl"), &concern, &request).expect(201);
        lead.get(&format!("/v1/concerns/{concern}")).expect(200);
    }

    fn a_conflict_of_interest_in_between_closes_it(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let school = &trust_b(&app).schools[0];
        let pupil = |at: usize| json!({"pupils": [{"pupil_id": school.pupils[at], "role": "subject"}]});
        let (before, after) = (concern(&app, pupil(1)), concern(&app, pupil(2)));
        let asked = ask(&dsl, &before).id();
        let given = ask(&dsl, &after).id();
        answer(&lead, &given, accept()).expect(200);
        relate(&app, lead_id(&app), school.pupils[1]);
        relate(&app, lead_id(&app), school.pupils[2]);
        for (request, concern) in [(&asked, &before), (&given, &after)] {
            let path = format!("/v1/support-requests/{request}");
            assert_eq!(lead.get(&path).problem(404), "not_found");
            assert_eq!(lead.post_on(&format!("{path}/answer"), "\"1\"", accept()).problem(404), "not_found");
            assert_eq!(lead.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
            assert!(!has_task(&lead, "support_request", request));
            assert_eq!(told(&lead, "support_requested", request), 0);
        }
        let nothing = lead.get("/v1/support-requests?count=true").expect(200);
        assert_eq!(nothing["count"], 0);
        assert!(lead.get("/v1/me/shares").expect(200)["items"].as_array().unwrap().is_empty());
    }

    fn a_request_waits_for_whoever_comes_to_the_post(backend) {
        let app = TestApp::start_demo(backend);
        let dsl = at(&app, 0, "dsl");
        dismiss(&app, lead_id(&app), "trust-safeguarding-lead");
        let concern = concern(&app, json!({}));
        let asked = ask(&dsl, &concern);
        assert_eq!(asked.expect(201)["state"], "requested");
        let request = asked.id();
        let ceo = app.as_role("trust-b", "ceo");
        assert_eq!(told(&ceo, "support_requested", &request), 1);
        assert_eq!(ceo.get(&format!("/v1/support-requests/{request}")).problem(403), "forbidden");
        assert_eq!(ceo.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
        let next = trust_b(&app).schools[2].staff["dsl"];
        let post = json!({"person_id": next, "role": "trust-safeguarding-lead", "starts_on": "2024-09-01"});
        app.as_role("trust-b", "trust-admin").post("/v1/appointments", post).expect(201);
        let next = app.person("trust-b", next, &["trust-safeguarding-lead"]);
        assert!(has_task(&next, "support_request", &request));
        answer(&next, &request, accept()).expect(200);
        next.get(&format!("/v1/concerns/{concern}")).expect(200);
    }

    fn what_nobody_answered_in_time_is_over(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let concern = concern(&app, json!({}));
        let soon = tutela::clock::Clock::System.now().plus_seconds(2);
        let asked = work(&dsl, &concern, "support-requests", json!({"help": "Come.", "wanted_until": soon})).id();
        while tutela::clock::Clock::System.now() <= soon {
            std::thread::yield_now();
        }
        assert_eq!(lead.get(&format!("/v1/support-requests/{asked}")).expect(200)["state"], "ended");
        let state = |query: &str| lead.get(&format!("/v1/support-requests?state={query}")).expect(200).to_string().contains(&asked);
        assert_eq!((state("requested"), state("ended")), (false, true));
        assert_eq!(answer(&lead, &asked, accept()).problem(409), "state_conflict");
        assert_eq!(withdraw(&dsl, &concern, &asked).problem(409), "state_conflict");
        ask(&dsl, &concern).expect(201);
    }

    fn whoever_leaves_the_post_reads_no_more(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        let school = &trust_b(&app).schools[0];
        let (concern, shared) = (concern(&app, json!({})), concern(&app, json!({})));
        for one in [&concern, &shared] {
            answer(&lead, &ask(&dsl, one).id(), accept()).expect(200);
            lead.get(&format!("/v1/concerns/{one}")).expect(200);
        }
        let by_name = json!({"person_id": lead_id(&app), "kind": "share", "reason": "Teaches him now."});
        work(&dsl, &shared, "shares", by_name).expect(201);
        let staff = app.person("trust-b", lead_id(&app), &[&format!("staff:{}", school.urn)]);
        assert_eq!(staff.get(&format!("/v1/concerns/{concern}")).problem(404), "not_found");
        assert!(staff.get("/v1/me/shares?kind=support").expect(200)["items"].as_array().unwrap().iter().all(|share| share["concern_id"] != *concern));
        staff.get(&format!("/v1/concerns/{shared}")).expect(200);
        lead.get(&format!("/v1/concerns/{concern}")).expect(200);
    }

    fn whoever_stands_in_for_the_lead_answers_in_their_place(backend) {
        let app = TestApp::start_demo(backend);
        let school = &trust_b(&app).schools[0];
        relate(&app, lead_id(&app), school.pupils[1]);
        let concern = concern(&app, json!({}));
        let deputy = trust_b(&app).schools[1].staff["dsl"];
        let appointed = json!({"person_id": deputy, "reason": "The lead is an aunt."});
        app.as_role("trust-b", "ceo").post(&format!("/v1/concerns/{concern}/trust-lead-deputy"), appointed).expect(201);
        let deputy = at(&app, 1, "dsl");
        let request = ask(&at(&app, 0, "dsl"), &concern).id();
        assert_eq!(told(&deputy, "support_requested", &request), 1);
        assert!(has_task(&deputy, "support_request", &request));
        assert_eq!(answer(&deputy, &request, accept()).expect(200)["state"], "accepted");
        let other = at(&app, 2, "dsl");
        assert_eq!(other.get(&format!("/v1/support-requests/{request}")).problem(404), "not_found");
        assert_eq!(other.get("/v1/support-requests?count=true").expect(200)["count"], 0);
    }

    fn of_two_answers_at_once_one_counts(backend) {
        let app = TestApp::start_demo(backend);
        let lead = lead(&app);
        let second = app.second_node();
        let elsewhere = lead.at(second.base());
        for _ in 0..5 {
            let concern = concern(&app, json!({}));
            let request = ask(&at(&app, 0, "dsl"), &concern).id();
            let path = format!("/v1/support-requests/{request}");
            let tag = lead.get(&path).etag();
            let (one, other) = together(
                || lead.post_on(&format!("{path}/answer"), &tag, accept()),
                || elsewhere.post_on(&format!("{path}/answer"), &tag, json!({"answer": "refuse", "reason": "No."})),
            );
            let mut answers = [one.status, other.status];
            answers.sort_unstable();
            assert_eq!(answers, [200, 412], "{} {}", one.text, other.text);
            let reads = lead.get(&format!("/v1/concerns/{concern}")).status == 200;
            assert_eq!(reads, one.status == 200);
        }
    }

    fn an_answer_and_a_withdrawal_at_once_leave_no_access_behind(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl) = (lead(&app), at(&app, 0, "dsl"));
        for _ in 0..5 {
            let concern = concern(&app, json!({}));
            let request = ask(&dsl, &concern).id();
            let (tag, case) = (lead.get(&format!("/v1/support-requests/{request}")).etag(), format!("/v1/concerns/{concern}"));
            let of_concern = dsl.get(&case).etag();
            let reason = json!({"reason": "No longer needed."});
            let (answered, withdrawn) = together(
                || lead.post_on(&format!("/v1/support-requests/{request}/answer"), &tag, accept()),
                || dsl.post_on(&format!("{case}/support-requests/{request}/withdrawal"), &of_concern, reason),
            );
            let state = dsl.get(&format!("{case}/support-requests/{request}")).expect(200)["state"].clone();
            let fits = match (answered.status, withdrawn.status) {
                (200, 412) => state == "accepted",
                (412, 201) => state == "withdrawn",
                _ => false,
            };
            assert!(fits, "{state}: {} / {}", answered.text, withdrawn.text);
            assert_eq!(lead.get(&case).status == 200, state == "accepted");
        }
    }

    fn random_steps_by_random_people_leave_what_the_rules_say(backend) {
        let app = TestApp::start_demo(backend);
        let (lead, dsl, head) = (lead(&app), at(&app, 0, "dsl"), at(&app, 0, "headteacher"));
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::default()));
        for _ in 0..8 {
            let concern = concern(&app, json!({}));
            let steps = proptest::collection::vec((0..5usize, any::<bool>()), 12).new_tree(&mut runner).unwrap().current();
            let (mut state, mut request) = ("none", String::new());
            for (step, by_dsl) in steps {
                let team = if by_dsl { &dsl } else { &head };
                let (status, next) = match step {
                    0 => {
                        let asked = ask(team, &concern);
                        if asked.status == 201 {
                            request = asked.id();
                        }
                        (asked.status, if ["requested", "accepted"].contains(&state) { None } else { Some("requested") })
                    }
                    _ if state == "none" => continue,
                    1 => (answer(&lead, &request, accept()).status, (state == "requested").then_some("accepted")),
                    2 => (
                        answer(&lead, &request, json!({"answer": "refuse", "reason": "No."})).status,
                        (state == "requested").then_some("refused"),
                    ),
                    3 => (
                        answer(&lead, &request, json!({"answer": "hand_back", "reason": "Done."})).status,
                        (state == "accepted").then_some("ended"),
                    ),
                    _ => (
                        withdraw(team, &concern, &request).status,
                        match state {
                            "requested" => Some("withdrawn"),
                            "accepted" => Some("ended"),
                            _ => None,
                        },
                    ),
                };
                assert_eq!(status < 300, next.is_some(), "step {step} in {state}: {status}");
                assert!(status < 300 || status == 409, "{status}");
                state = next.unwrap_or(state);
                if state != "none" {
                    let shown = dsl.get(&format!("/v1/concerns/{concern}/support-requests/{request}")).expect(200);
                    assert_eq!(shown["state"], state);
                }
                let reads = lead.get(&format!("/v1/concerns/{concern}")).status == 200;
                assert_eq!(reads, state == "accepted", "in {state}");
            }
        }
    }
}
