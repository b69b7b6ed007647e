//! Who may, and who may not: each role, another school, another trust, a relative.

use super::*;
use crate::on_both;
use crate::support::made::person;

/// A concern about the pupil that is shared with a person by name.
fn share(place: &Place, pupil: &str, with: Id) {
    let raised = place.north_staff.post(
        "/v1/concerns",
        json!({
            "school_id": place.north, "pupils": [{"pupil_id": pupil, "role": "subject"}], "place": "classroom",
            "time_slot": "lesson", "source": "observation", "reporter": {"kind": "self"}, "summary": "Hungry."
        }),
    );
    let path = format!("/v1/concerns/{}", raised.id());
    let share = json!({"person_id": with, "kind": "share", "reason": "Works with her."});
    step(&place.north_dsl, &path, "shares", &share).expect(201);
}

/// Every request about a record of a class: reading, making, each step.
fn all(client: &Client, pupil: &str, class: &Class, record: &str) -> Vec<(String, u16)> {
    let list = at(pupil, class.base);
    let path = format!("{list}/{record}");
    let mut all = vec![
        (list.clone(), client.get(&list).status),
        (path.clone(), client.get(&path).status),
        (format!("POST {list}"), client.post(&list, class.body.clone()).status),
        (
            format!("{path}/corrections"),
            client.post_on(&format!("{path}/corrections"), "\"1\"", class.correction.clone()).status,
        ),
    ];
    for (part, body) in &class.steps {
        let at = format!("{path}/{part}");
        all.push((at.clone(), client.post_on(&at, "\"1\"", body.clone()).status));
    }
    all
}

on_both! {
    fn another_school_and_another_trust_find_nothing(backend) {
        let place = Place::new(backend);
        let pupil = pupil(&place);
        for class in classes(place.north_dsl_person) {
            let id = place.north_dsl.post(&at(&pupil, class.base), class.body.clone()).id();
            let there = place.app.person("trust-b", place.south_person, &["dsl:100002"]);
            for (what, status) in all(&place.south_dsl, &pupil, &class, &id) {
                assert_eq!(status, 404, "{what}");
            }
            for (what, status) in all(&there, &pupil, &class, &id) {
                assert!(matches!(status, 403 | 404), "{what}: {status}");
            }
            assert!(due(&place.south_dsl, class.rule, &id, "").is_empty());
            let lead = place.trust_lead.get(&format!("{}/{id}", at(&pupil, class.base)));
            assert_eq!(lead.expect(200)["id"], json!(id));
            assert_eq!(due(&place.trust_lead, class.rule, &id, "").len(), 1);
        }
    }

    fn a_relative_of_the_child_has_no_part_in_it(backend) {
        let place = Place::new(backend);
        let pupil = pupil(&place);
        let made: Vec<(Class, String)> = classes(place.staff_person)
            .into_iter()
            .map(|class| {
                let id = place.north_dsl.post(&at(&pupil, class.base), class.body.clone()).id();
                (class, id)
            })
            .collect();
        let conflict = json!({"person_id": place.north_dsl_person, "pupil_id": pupil, "relationship": "relative"});
        place.trust_lead.post("/v1/conflicts", conflict).expect(201);
        for (class, id) in &made {
            for (what, status) in all(&place.north_dsl, &pupil, class, id) {
                assert_eq!(status, 404, "{what}");
            }
            assert!(due(&place.north_dsl, class.rule, id, "").is_empty(), "{}", class.base);
            let entries = place.north_dsl.get(&format!("/v1/audit/entries?record_id={id}&outcome=done&count=true")).expect(200);
            assert_eq!(entries["count"], 0, "{}: {entries}", class.base);
        }
        // Nor is a relative named for anything in it.
        let lead = &place.trust_lead;
        let named = lead.post(&at(&pupil, "agency-meetings"), meeting(place.north_dsl_person));
        assert_eq!(named.problem(409), "conflict_of_interest");
        let named = lead.post(&at(&pupil, "fgm-reports"), report(place.north_dsl_person));
        assert_eq!(named.problem(409), "conflict_of_interest");
        assert_eq!(lead.post(&at(&pupil, "agency-meetings"), meeting(Id::new(Clock::System.now()))).broken(), "/attendees");
    }

    fn each_role_gets_what_the_matrix_says(backend) {
        let place = Place::new(backend);
        let pupil = pupil(&place);
        let who = person(&place.app, "Rowan", Some(place.north));
        let named = person(&place.app, "Linden", Some(place.north));
        share(&place, &pupil, named);
        for class in classes(place.north_dsl_person) {
            let made = place.north_dsl.post(&at(&pupil, class.base), class.body.clone());
            let path = made.header("location").to_owned();
            let status = |person: Id, role: &str| {
                let client = place.app.person("trust-a", person, &[role]);
                let read = client.get(&path).status;
                let stale = json!({"reason": "Not I."});
                (read, client.post_on(&format!("{path}/withdrawal"), "\"9\"", stale).status)
            };
            // Whoever may write is told that the version is another one.
            let (own, head) = match class.base {
                "fgm-reports" => (404, (200, 404)),
                "ap-placements" => (403, (200, 412)),
                _ => (403, (200, 403)),
            };
            for role in ["dsl:100001", "deputy-dsl:100001", "trust-safeguarding-lead"] {
                assert_eq!(status(who, role), (200, 412), "{role} {}", class.base);
            }
            assert_eq!(status(who, "headteacher:100001"), head, "{}", class.base);
            assert_eq!(status(who, "staff:100001"), (own, own), "{}", class.base);
            for role in ["volunteer:100001", "governor:100001", "safeguarding-governor:100001", "ceo", "hr", "trust-admin"] {
                assert_eq!(status(who, role), (403, 403), "{role} {}", class.base);
            }
            // With whom a concern about the child is shared by name reads what the role reads.
            let (lap, liaison) = match class.base {
                "fgm-reports" => ((404, 404), (404, 404)),
                "risk-assessments" => ((200, 403), (403, 403)),
                _ => ((200, 403), (200, 403)),
            };
            assert_eq!(status(named, "welfare-lap:100001"), lap, "{}", class.base);
            assert_eq!(status(named, "family-liaison:100001"), liaison, "{}", class.base);
            let unnamed = if lap.0 == 200 { 404 } else { lap.0 };
            assert_eq!(status(who, "welfare-lap:100001").0, unnamed, "{}", class.base);
        }
    }
}
