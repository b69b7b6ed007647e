//! What is made is read where its `Location` says, by whoever made it (decision 0015).

use serde_json::json;

use super::access_walk::ground::{self, Ground};
use crate::on_both;
use crate::support::created;

/// Makers who may not read what they made: who appoints a deputy for the trust lead reads no case.
const BLIND: &[&str] = &["appointTrustLeadDeputy"];

/// How many of the document's operations are followed at least: the others are held to the document only, in the tests
/// of their features.
const FOLLOWED: usize = 30;

on_both! {
    fn whoever_made_it_reads_it_at_its_location(backend) {
        created::follow();
        let ground = Ground::new(backend);
        let trust = &ground.app.demo.trusts[0];
        let school = &trust.schools[0];
        let lead = ground::holder(&ground.app, trust, school, "dsl");
        let ids = &ground.places[0][0].ids;
        let concern = format!("/v1/concerns/{}", ids["concern"]);
        let on = |part: &str, body: serde_json::Value| {
            let tag = lead.get(&concern).etag();
            lead.post_on(&format!("{concern}/{part}"), &tag, body).expect(201)
        };
        let reason = json!({"reason": "Walked wrongly."});
        on(&format!("notes/{}/corrections", ids["note"]), json!({"text": "Walks on.", "reason": "Walked wrongly."}));
        on(&format!("actions/{}/outcome", ids["action"]), json!({"outcome": "Walked.", "done_on": "2025-01-15"}));
        let mark = json!({
            "view": "left", "x": 0.4, "y": 0.3, "size_mm": 20, "shape": "oval", "colour": "red", "skin_broken": false,
            "seen_at": "2025-01-15T12:00:00Z", "correction_reason": "Walked wrongly."
        });
        on(&format!("body-map/{}/corrections", ids["mark"]), mark);
        on("scrutiny", json!({"as": "team", "comment": "Walked."}));
        on(&format!("links/{}/withdrawal", ids["link"]), reason.clone());
        on(&format!("shares/{}/revocation", ids["share"]), reason.clone());
        let mark = json!({"kind": "status_started", "source_id": ids["status"], "significant": true, "reason": "Walks."});
        lead.post(&format!("/v1/pupils/{}/chronology/marks", ids["pupil"]), mark).expect(201);
        let complex = format!("/v1/complex-pupils/{}", ids["complex_pupil"]);
        let review = json!({"held_on": "2025-02-10", "outcome": "remains", "next_review_on": "2025-03-10", "summary": "Walked."});
        lead.post_on(&format!("{complex}/reviews"), &lead.get(&complex).etag(), review).expect(201);
        let status = format!("/v1/pupils/{}/statuses/{}", ids["pupil"], ids["status"]);
        let correction = json!({"starts_on": "2025-01-14", "reason": "Walked wrongly."});
        lead.post_on(&format!("{status}/corrections"), &lead.get(&status).etag(), correction).expect(201);
        let support = format!("/v1/family-supports/{}", ids["support"]);
        let review = json!({"held_on": "2025-02-10", "summary": "Walked.", "next_review_on": "2025-03-10"});
        lead.post_on(&format!("{support}/reviews"), &lead.get(&support).etag(), review).expect(201);
        let panel = format!("/v1/panels/{}", ids["panel"]);
        let minutes = json!({"text": "Walked."});
        lead.post_on(&format!("{panel}/minutes"), &lead.get(&panel).etag(), minutes).expect(201);
        let admin = ground.app.as_role(&trust.slug, "trust-admin");
        let key = format!("/v1/api-keys/{}", ids["key"]);
        admin.post_on(&format!("{key}/rotation"), &admin.get(&key).etag(), json!({"overlap_hours": 1})).expect(201);

        let all = created::followed();
        let wrong: Vec<_> = all
            .iter()
            .filter(|one| !BLIND.contains(&one.operation.as_str()))
            .filter(|one| one.status != 200 || !one.is_same || !one.location.starts_with("/v1/"))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let operations: std::collections::BTreeSet<&str> = all.iter().map(|one| one.operation.as_str()).collect();
        assert!(operations.len() >= FOLLOWED, "{}: {operations:?}", operations.len());
    }
}
