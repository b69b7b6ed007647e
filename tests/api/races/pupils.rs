//! Two schools at one number, one school twice, and two records that are joined while somebody writes in one of them.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::{Value, json};
use tutela::ids::Id;

use super::{ROUNDS, concern, together};
use crate::on_both;
use crate::support::made::{person, school};
use crate::support::{Backend, Client, TestApp};

/// A number with the right letter in front.
fn upn(n: usize) -> String {
    let digits = format!("8012345{n:05}");
    let sum: usize = digits.bytes().zip(2..).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{}{digits}", char::from(b"ABCDEFGHJKLMNPQRTUVWXYZ"[sum % 23]))
}

fn pupil(school: Id, upn: Option<&str>) -> Value {
    json!({
        "given_name": "Amara", "family_name": "Fenwick", "birth_date": "2015-10-01", "upn": upn,
        "enrolment": {"school_id": school, "starts_on": "2024-09-03"}
    })
}

/// Two schools with a lead each.
struct Two {
    app: TestApp,
    north: (Id, Client),
    south: (Id, Client),
}

fn two(backend: Backend) -> Two {
    let app = TestApp::start(backend);
    let lead = |urn: i32| {
        let school = school(&app, urn);
        (school, app.person("trust-a", person(&app, "Ash", Some(school)), &[&format!("dsl:{urn}")]))
    };
    let (north, south) = (lead(100_001), lead(100_002));
    Two { app, north, south }
}

on_both! {
    fn one_school_that_makes_a_pupil_twice_at_once_has_one(backend) {
        let Two { north: (school, lead), app: _app, .. } = two(backend);
        for round in 0..ROUNDS {
            let number = upn(round);
            let make = || lead.post("/v1/pupils", pupil(school, Some(&number)));
            let (a, b) = together(make, make);
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{} {}", a.text, b.text);
        }
        assert_eq!(lead.get("/v1/pupils?count=true").expect(200)["count"], ROUNDS);
        assert_eq!(lead.get("/v1/pupil-matches?count=true").expect(200)["count"], 0);
    }

    fn two_schools_that_give_a_number_at_once_learn_nothing(backend) {
        let Two { north, south, app: _app } = two(backend);
        for round in 0..ROUNDS {
            let number = upn(round);
            let give = |(school, lead): &(Id, Client)| {
                let made = lead.post("/v1/pupils", pupil(*school, None));
                lead.patch(made.header("location"), &made.etag(), json!({"upn": number}))
            };
            let (a, b) = together(|| give(&north), || give(&south));
            assert_eq!((a.expect(200)["upn"].clone(), b.expect(200)["upn"].clone()), (json!(number), json!(number)));
        }
        let open = |(_, lead): &(Id, Client)| lead.get("/v1/pupil-matches?count=true").expect(200)["count"].as_u64().unwrap();
        assert_eq!(open(&north) + open(&south), ROUNDS as u64);
    }
}

/// Starts a confirmation that has to wait for the pupil's row, which is held here, then does something in the record of
/// the other school, then lets go.
fn while_confirming(
    number: &str,
    act: impl FnOnce(&Two, &str) -> u16 + Send,
) -> Option<(Two, String, String, u16, u16)> {
    while_waiting(number, |known, _| known.to_owned(), |_, _| (), |two, claim, ()| act(two, claim))
}

/// The same with another row that is held, and something that was there before.
fn while_waiting<T: Send>(
    number: &str,
    held: impl FnOnce(&str, &str) -> String,
    before: impl FnOnce(&Two, &str) -> T,
    act: impl FnOnce(&Two, &str, T) -> u16 + Send,
) -> Option<(Two, String, String, u16, u16)> {
    if !Backend::Postgres.is_there() {
        return None;
    }
    let two = two(Backend::Postgres);
    let (north, south) = (&two.north, &two.south);
    let known = north.1.post("/v1/pupils", pupil(north.0, Some(number))).id();
    let sen = json!({"kind": "sen", "value": "none", "starts_on": "2025-09-01"});
    north.1.post(&format!("/v1/pupils/{known}/characteristics"), sen).expect(201);
    let claim = south.1.post("/v1/pupils", pupil(south.0, Some(number))).id();
    let list = north.1.get("/v1/pupil-matches?state=open").expect(200);
    let path = format!("/v1/pupil-matches/{}", list["items"][0]["id"].as_str().unwrap());
    let tag = north.1.get(&path).etag();
    let there = before(&two, &claim);
    let held = held(&known, &claim);
    let mut other = PgConnection::establish(&two.app.database.superuser().unwrap()).unwrap();
    other.batch_execute(&format!("BEGIN; SELECT 1 FROM pupils WHERE id = '{held}' FOR UPDATE")).unwrap();
    let (confirmed, acted) = std::thread::scope(|scope| {
        let confirming =
            scope.spawn(|| north.1.post_on(&format!("{path}/confirmation"), &tag, json!({})).status);
        std::thread::sleep(Duration::from_millis(500));
        let acting = scope.spawn(|| act(&two, &claim, there));
        std::thread::sleep(Duration::from_millis(500));
        other.batch_execute("ROLLBACK").unwrap();
        (confirming.join().unwrap(), acting.join().unwrap())
    });
    Some((two, known, claim, confirmed, acted))
}

#[test]
fn what_is_recorded_while_two_records_are_joined_is_not_lost() {
    let done = while_confirming(&upn(1), |two, claim| {
        let sen = json!({"kind": "sen", "value": "ehcp", "starts_on": "2025-09-01"});
        two.south.1.post(&format!("/v1/pupils/{claim}/characteristics"), sen).status
    });
    let Some((two, _, claim, confirmed, acted)) = done else { return };
    assert_eq!((confirmed, acted), (409, 201));
    let kept = two.south.1.get(&format!("/v1/pupils/{claim}/characteristics")).expect(200);
    assert_eq!(kept["items"][0]["value"], "ehcp");
}

#[test]
fn a_concern_that_is_raised_while_two_records_are_joined_is_taken() {
    let done = while_confirming(&upn(2), |two, claim| {
        let raised = two.south.1.post("/v1/concerns", concern(two.south.0, Id::parse(claim).unwrap()));
        assert_eq!(raised.status, 201, "{}", raised.text);
        raised.status
    });
    let Some((two, known, _, confirmed, _)) = done else { return };
    assert_eq!(confirmed, 200);
    let found = two.south.1.get(&format!("/v1/concerns?pupil_id={known}&count=true")).expect(200);
    assert_eq!(found["count"], 1);
}

#[test]
fn a_correction_and_a_confirmation_do_not_wait_for_each_other() {
    let raise = |two: &Two, claim: &str| {
        let raised = two.south.1.post("/v1/concerns", concern(two.south.0, Id::parse(claim).unwrap()));
        let path = raised.header("location").to_owned();
        let tag = two.south.1.get(&path).etag();
        (path, tag)
    };
    let done = while_waiting(
        &upn(3),
        |_, claim| claim.to_owned(),
        raise,
        |two, _, (path, tag)| {
            let body = json!({"reason": "She said more.", "summary": "Arrived without a coat and hungry."});
            two.south.1.post_on(&format!("{path}/corrections"), &tag, body).status
        },
    );
    let Some((_, _, _, confirmed, corrected)) = done else { return };
    assert_eq!(confirmed, 200);
    assert!([200, 412].contains(&corrected), "{corrected}");
}
