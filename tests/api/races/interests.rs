//! A concern is raised at the moment in which somebody's conflict of interest is recorded: whoever comes first, the
//! person linked to the child reads nothing of it, and somebody is left who does.

use serde_json::{Value, json};

use super::{concern, together};
use crate::on_both;
use crate::support::{Client, TestApp};

/// What a caller could learn of a concern, all in one text.
fn sees(caller: &Client, concern: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for path in [format!("/v1/concerns/{concern}"), format!("/v1/concerns/{concern}/access-log")] {
        let answer = caller.get(&path);
        if answer.status == 200 {
            seen.push(path);
        } else {
            assert!(matches!(answer.status, 403 | 404), "{path}: {}", answer.text);
        }
    }
    for path in ["/v1/concerns?limit=200", "/v1/me/notifications?limit=200", "/v1/me/tasks?limit=200"] {
        if caller.get(path).expect(200).to_string().contains(concern) {
            seen.push(path.to_owned());
        }
    }
    let words = caller.search("/v1/concerns/searches", json!({"words": ["coat"], "limit": 200}));
    if words.expect(200).to_string().contains(concern) {
        seen.push("/v1/concerns/searches".to_owned());
    }
    seen
}

on_both! {
    fn a_conflict_recorded_while_a_concern_is_raised_hides_it(backend) {
        let app = TestApp::start_demo(backend);
        let trust = &app.demo.trusts[0];
        let (lead, staff) = (app.as_role("trust-a", "trust-safeguarding-lead"), app.as_role_at(0, "staff"));
        let (dsl, head) = (app.as_role_at(0, "dsl"), app.as_role_at(0, "headteacher"));
        let school = &trust.schools[0];
        for pupil in &school.pupils {
            let conflict = json!({"person_id": school.staff["dsl"], "pupil_id": pupil, "relationship": "parent"});
            let (raised, recorded) = together(
                || staff.post("/v1/concerns", concern(school.id, *pupil)),
                || lead.post("/v1/conflicts", conflict),
            );
            recorded.expect(201);
            let id = raised.id();
            assert_eq!(sees(&dsl, &id), Vec::<String>::new());
            head.get(&format!("/v1/concerns/{id}")).expect(200);
        }
    }

    /// The head and the DSL are all who would learn of it at this school: the second of them becomes linked to the
    /// child at the moment in which the concern is raised.
    fn somebody_is_left_who_reads_it(backend) {
        let app = TestApp::start_demo(backend);
        let trust = &app.demo.trusts[1];
        let school = &trust.schools[1];
        let at = |role: &str| {
            let (person, claim) = school.holder(role).unwrap();
            (person, app.person("trust-b", person, &[&claim]))
        };
        let ((dsl, as_dsl), (head, as_head), (_, staff)) = (at("dsl"), at("headteacher"), at("staff"));
        let readers: Vec<Client> = ["ceo", "trust-safeguarding-lead", "trustee-safeguarding-lead", "chair-of-trustees"]
            .iter()
            .map(|role| app.as_role("trust-b", role))
            .chain(trust.schools.iter().flat_map(|school| {
                ["dsl", "deputy-dsl", "headteacher"].into_iter().filter_map(|role| school.holder(role))
            }).map(|(person, claim)| app.person("trust-b", person, &[&claim])))
            .collect();
        for pupil in &school.pupils {
            let link = |person| -> Value { json!({"person_id": person, "pupil_id": pupil, "relationship": "relative"}) };
            as_head.post("/v1/conflicts", link(dsl)).expect(201);
            let (raised, recorded) = together(
                || staff.post("/v1/concerns", concern(school.id, *pupil)),
                || as_head.post("/v1/conflicts", link(head)),
            );
            recorded.expect(201);
            let id = raised.id();
            assert_eq!(sees(&as_dsl, &id), Vec::<String>::new());
            assert_eq!(sees(&as_head, &id), Vec::<String>::new());
            let reads = |reader: &&Client| reader.get(&format!("/v1/concerns/{id}")).status == 200;
            assert!(readers.iter().any(|reader| reads(&reader)), "nobody is left who reads {id}");
        }
    }
}
