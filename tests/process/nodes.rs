//! Two services in processes of their own over one database.

use std::time::{Duration, Instant};

use serde_json::json;
use tutela::clock::Clock;
use tutela::demo::DemoTrust;

use super::load::Ground;
use super::program::{Service, serve, signer, until};
use crate::exchange::pupils_file;
use crate::on_both;
use crate::support::{Backend, Client};

/// Rows of the file that is brought in.
const ROWS: usize = 3_000;
/// The promise: a revocation holds on every node within this time.
const REVOKED_WITHIN: Duration = Duration::from_secs(5);

/// The holder of a role in a trust, as a caller of a service.
fn caller(service: &Service, trust: &DemoTrust, role: &str) -> Client {
    let (person, claim) = trust.holder(role).unwrap();
    service.bearer(&signer().token_for(&trust.slug, &[&claim], Some(person), Clock::System.now()))
}

#[test]
fn a_revocation_holds_on_every_node_within_five_seconds() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let ground = Ground::new(Backend::Postgres);
    let [one, other] = [0, 1].map(|_| serve(&ground.database.target));
    let trust = &ground.demo.trusts[0];
    let dsl = caller(&other, trust, "dsl");
    dsl.get("/v1/me").expect(200);
    let person = trust.holder("dsl").unwrap().0;
    let revoked = json!({"person_id": person, "reason": "Suspended."});
    caller(&one, trust, "trust-admin").post("/v1/revocations", revoked).expect(201);
    let begun = Instant::now();
    until("the other node refuses the caller", || Some(()).filter(|()| dsl.get("/v1/me").status == 401));
    let took = begun.elapsed();
    crate::say!("revocation: the other node refuses its caller after {took:.1?}");
    assert!(took < REVOKED_WITHIN, "{took:?}");
}

on_both! {
    fn an_upload_whose_node_was_killed_is_applied_by_the_next_each_row_once(backend) {
        let ground = Ground::new(backend);
        let trust = &ground.demo.trusts[0];
        let (_, claim) = trust.holder("mis-admin").unwrap();
        let school = trust.schools.iter().find(|school| claim.ends_with(&school.urn.to_string())).unwrap().id;
        let mut first = serve(&ground.database.target);
        let office = caller(&first, trust, "mis-admin");
        let upload = office.upload(&format!("/v1/imports?map=pupils&school_id={school}"), pupils_file(ROWS).as_bytes());
        let path = format!("/v1/imports/{}", upload.expect(202)["id"].as_str().unwrap());
        let plan = until("it is rehearsed", || Some(office.get(&path).expect(200)).filter(|plan| plan["state"] == "rehearsed"));
        office.post(&format!("{path}/application"), json!({"plan_hash": plan["plan_hash"]})).expect(202);
        until("some rows are in", || office.get(&path).expect(200)["applied"].as_i64().filter(|rows| *rows > 0));
        first.running.kill();
        let second = serve(&ground.database.target);
        let office = caller(&second, trust, "mis-admin");
        let before = office.get(&path).expect(200)["applied"].as_i64().unwrap();
        let done = until("it is applied", || Some(office.get(&path).expect(200)).filter(|done| done["state"] == "applied"));
        assert_eq!((&done["applied"], &done["failed"]), (&json!(ROWS), &json!(0)), "{done}");
        let pupils = office.get(&format!("/v1/pupils?school_id={school}&limit=1&count=true")).expect(200);
        let there = ground.demo.trusts[0].schools.iter().find(|one| one.id == school).unwrap().pupils.len();
        assert_eq!(pupils["count"], json!(ROWS + there));
        crate::say!("kill -9 of a node, {backend:?}: {before} of {ROWS} rows were in, the next node added the rest");
    }
}
