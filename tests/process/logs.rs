//! The log names requests, records and faults, and nobody: neither what is written about a child, nor a name, nor a token,
//! however much of it is asked for.

use serde_json::json;
use tutela::clock::Clock;

use super::load::Ground;
use super::program::{Program, Service, signer};
use crate::on_both;
use crate::support::Client;

/// Stands in every text that is sent here.
const WORD: &str = "zqwitness";

/// What a caller sends, the right and the wrong: each with the status it ends in.
fn ask_everything(ground: &Ground, service: &Service, token: &str) -> usize {
    let school = &ground.demo.trusts[0].schools[0];
    let dsl = Client::new(&service.base, Some(token.to_owned()));
    let concern = |summary: &str| {
        json!({
            "school_id": school.id, "pupils": [{"pupil_id": school.pupils[0], "role": "subject"}],
            "place": "classroom", "time_slot": "lesson", "source": "observation",
            "reporter": {"kind": "professional", "name": format!("{WORD} name"), "protect_identity": true},
            "summary": summary, "verbatim_words": format!("{WORD} words")
        })
    };
    let made = dsl.post("/v1/concerns", concern(&format!("{WORD} summary")));
    let path = format!("/v1/concerns/{}", made.id());
    let tag = dsl.get(&path).etag();
    let wrong = dsl.post("/v1/concerns", concern(&WORD.repeat(4000)));
    let mut strange = concern("A coat.");
    strange[WORD] = json!(WORD);
    strange["place"] = json!(WORD);
    let cut = format!("{{\"summary\": \"{WORD}");
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "\"zqwitness-key\"")];
    let answers = [
        (made.status, 201),
        (wrong.status, 422),
        (dsl.post("/v1/concerns", strange).status, 422),
        (dsl.send("POST", "/v1/concerns", &headers, Some(cut.as_bytes())).status, 400),
        (dsl.post_on(&format!("{path}/notes"), &tag, json!({"text": WORD})).status, 201),
        (dsl.post_on(&format!("{path}/notes"), &tag, json!({"text": WORD})).status, 412),
        (dsl.search("/v1/concerns/searches", json!({"words": [WORD], "limit": 5})).status, 200),
        (dsl.get(&format!("/v1/concerns?state={WORD}")).status, 422),
        (dsl.get(&format!("/v1/concerns?cursor={WORD}")).status, 409),
        (dsl.get(&format!("/v1/{WORD}")).status, 404),
        (dsl.get(&format!("/v1/concerns/{WORD}")).status, 404),
        (dsl.with_token(format!("{WORD}.{WORD}.{WORD}")).get(&path).status, 401),
        (dsl.with_token(format!("tut_{WORD}")).get(&path).status, 401),
    ];
    for (at, (status, wanted)) in answers.iter().enumerate() {
        assert_eq!(status, wanted, "request {at}");
    }
    answers.len() + 1
}

on_both! {
    fn the_log_holds_no_personal_data(backend) {
        let ground = Ground::new(backend);
        let service = Program::new(&["serve"])
            .over(&ground.database.target)
            .listening()
            .env("RUST_LOG", "trace")
            .serve();
        let trust = &ground.demo.trusts[0];
        let (person, claim) = trust.schools[0].holder("dsl").unwrap();
        let token = signer().token_for(&trust.slug, &[&claim], Some(person), Clock::System.now());
        let asked = ask_everything(&ground, &service, &token);
        let said = service.stop().err;
        let lines: Vec<&str> = said.lines().filter(|line| line.contains(" access]")).collect();
        assert_eq!(lines.len(), asked, "one line a request: {said}");
        assert!(lines.iter().any(|line| line.contains("POST /v1/concerns 201")), "{lines:?}");
        for word in [WORD, token.as_str(), token.rsplit('.').next().unwrap()] {
            let shown: Vec<&str> = said.lines().filter(|line| line.to_lowercase().contains(&word.to_lowercase())).collect();
            assert!(shown.is_empty(), "{word}: {shown:#?}");
        }
    }
}
