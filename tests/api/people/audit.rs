//! The audit log, read.

use diesel::prelude::*;
use serde_json::Value;
use tutela::audit::{self, Entry, EntryRow, Outcome};
use tutela::clock::Clock;
use tutela::crypto::{Place, RecordKey};
use tutela::db::schema::{concern_adults, concerns};
use tutela::ids::Id;

use crate::on_both;
use crate::support::TestApp;
use crate::support::made::{admin, person, school};

/// An entry of somebody's about records of a school.
fn entry(app: &TestApp, school: Option<Id>, record: Option<Id>, records: Vec<Id>) -> Id {
    entry_by(app, None, "concern", school, record, records)
}

fn entry_by(
    app: &TestApp,
    person: Option<Id>,
    class: &'static str,
    school: Option<Id>,
    record: Option<Id>,
    records: Vec<Id>,
) -> Id {
    let (trust, now) = (app.world.trust_a, Clock::System.now());
    let id = Id::new(now);
    let row = EntryRow::try_from(Entry {
        action: "concern.read".to_owned(),
        at: now,
        class: class.into(),
        commitment: Some("ab".repeat(32)),
        id,
        outcome: Outcome::Done,
        person,
        principal: "jwt:somebody#else".to_owned(),
        record,
        records,
        request: "request-1".to_owned(),
        role: Some("dsl"),
        rule: "concern.read",
        school,
        trust,
    })
    .unwrap();
    app.services.db.write_now(Some(trust), move |conn| audit::insert(conn, &[row])).unwrap();
    id
}

/// Makes a person the protected reporter of a concern.
fn protect(app: &TestApp, concern: Id, reporter: Id) {
    app.services
        .db
        .write_now(Some(app.world.trust_a), move |conn| {
            diesel::update(concerns::table.filter(concerns::id.eq(concern)))
                .set((concerns::raised_by.eq(Some(reporter)), concerns::reporter_protected.eq(true)))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
}

/// A concern at a school that names an adult.
fn concern_about(app: &TestApp, school: Id, adult: Id) -> Id {
    let (trust, now) = (app.world.trust_a, Clock::System.now());
    let id = Id::new(now);
    let place = Place::new(trust, "concerns", "data_key", id);
    let sealed = RecordKey::generate().unwrap().seal(place, b"key").unwrap();
    app.services
        .db
        .write_now(Some(trust), move |conn| {
            diesel::insert_into(concerns::table)
                .values((
                    concerns::trust_id.eq(trust),
                    concerns::id.eq(id),
                    concerns::school_id.eq(school),
                    concerns::log.eq("ordinary"),
                    concerns::raised_by_principal.eq("jwt:somebody#else"),
                    concerns::reporter_kind.eq("self"),
                    concerns::reporter_protected.eq(false),
                    concerns::reported_at.eq(now),
                    concerns::account_number.eq(1),
                    concerns::state.eq("new"),
                    concerns::monitor.eq(false),
                    concerns::data_key.eq(sealed),
                    concerns::version.eq(1_i64),
                    concerns::updated_at.eq(now),
                ))
                .execute(conn)?;
            diesel::insert_into(concern_adults::table)
                .values((
                    concern_adults::trust_id.eq(trust),
                    concern_adults::concern_id.eq(id),
                    concern_adults::number.eq(1),
                    concern_adults::person_id.eq(adult),
                ))
                .execute(conn)?;
            Ok(())
        })
        .unwrap();
    id
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    fn each_sees_as_far_as_the_role_reaches(backend) {
        let app = TestApp::start(backend);
        let (one, two) = (school(&app, 100_001), school(&app, 100_002));
        let who = person(&app, "Lead", Some(one));
        let (here, there) = (entry(&app, Some(one), None, vec![]), entry(&app, Some(two), None, vec![]));
        let of = |roles: &[&str]| {
            ids(&app.person("trust-a", who, roles).get("/v1/audit/entries?action=concern.read").expect(200))
        };
        assert_eq!(of(&["dsl:100001"]), [here.to_string()]);
        assert!(of(&["staff:100001"]).is_empty());
        assert_eq!(of(&["auditor"]), [there.to_string(), here.to_string()]);
        let lead = app.person("trust-a", who, &["dsl:100001"]);
        let one_entry = lead.get(&format!("/v1/audit/entries/{here}")).expect(200);
        assert_eq!(one_entry["commitment"], "ab".repeat(32));
        assert_eq!(lead.get(&format!("/v1/audit/entries/{there}")).problem(404), "not_found");
        let own = lead.get("/v1/audit/entries?action=audit.read").expect(200);
        assert!(own["items"].as_array().unwrap().iter().any(|item| item["class"] == "audit_entry"));
    }

    fn an_act_is_in_the_log(backend) {
        let app = TestApp::start(backend);
        let who = person(&app, "One", None);
        let auditor = app.faceless("trust-a", &["auditor"]);
        let page = auditor.get(&format!("/v1/audit/entries?record_id={who}")).expect(200);
        let rules: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["rule"].clone()).collect();
        assert!(rules.contains(&"person.created".into()), "{rules:?}");
        let none = auditor.get("/v1/audit/entries?to=2020-01-01T00:00:00Z").expect(200);
        assert!(ids(&none).is_empty());
    }

    fn a_token_without_a_person_gets_nothing_about_children(backend) {
        let app = TestApp::start(backend);
        school(&app, 100_001);
        let unknown = app.faceless("trust-a", &["dsl:100001"]);
        for path in ["/v1/audit/entries", "/v1/pupils"] {
            assert_eq!(unknown.get(path).problem(403), "person_unknown", "{path}");
        }
        let made = unknown.post("/v1/pupils", serde_json::json!({}));
        assert_eq!(made.problem(403), "person_unknown");
        assert_eq!(app.faceless("trust-a", &["auditor"]).get("/v1/audit/entries").status, 200);
    }

    fn a_record_is_found_in_the_lists_that_showed_it(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let (record, other) = (Id::new(Clock::System.now()), Id::new(Clock::System.now()));
        let listed = entry(&app, Some(one), None, vec![other, record]);
        entry(&app, Some(one), None, vec![other]);
        let query = format!("/v1/audit/entries?record_id={record}&class=concern&count=true");
        let lead = app.person("trust-a", person(&app, "Lead", Some(one)), &["dsl:100001"]);
        let page = lead.get(&query);
        assert_eq!(ids(&page.expect(200)), [listed.to_string()]);
        assert_eq!(page.json()["count"], 1);
        let auditor = app.faceless("trust-a", &["auditor"]);
        assert_eq!(auditor.get(&query).expect(200)["count"], 0);
        let entry = auditor.get(&format!("/v1/audit/entries/{listed}")).expect(200);
        assert_eq!(entry["record_ids"], serde_json::json!([]));
        assert!(entry["person_id"].is_null() && entry["principal"].is_null());
        assert_eq!((entry["role"].clone(), entry["school_id"].clone()), ("dsl".into(), one.to_string().into()));
    }

    fn a_trust_lead_who_reads_no_cases_is_shown_none_in_the_log(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let reader = person(&app, "Lead", None);
        let lead = app.person("trust-a", reader, &["trust-safeguarding-lead"]);
        let [concern, pupil, person_read] = [(); 3].map(|()| Id::new(Clock::System.now()));
        let entries = [("concern", concern), ("pupil", pupil), ("person", person_read)]
            .map(|(class, record)| entry_by(&app, None, class, Some(one), Some(record), vec![record]));
        let shown = |lead: &crate::support::Client| entries.map(|id| {
            let entry = lead.get(&format!("/v1/audit/entries/{id}")).expect(200);
            (entry["record_id"].clone(), entry["principal"].clone(), entry["record_ids"].clone())
        });
        let whole = |record: Id| (record.to_string().into(), "jwt:somebody#else".into(), serde_json::json!([record]));
        assert_eq!(shown(&lead), [whole(concern), whole(pupil), whole(person_read)]);
        let settings = admin(&app).get("/v1/trust").etag();
        admin(&app).patch("/v1/trust", &settings, serde_json::json!({"trust_lead_column": "aggregate"})).expect(200);
        // Another token: what was found for the first one is taken as read for two seconds.
        let lead = app.bearer(&app.token("trust-a", "esl", Some(reader), &["trust-safeguarding-lead"]));
        let masked = || (Value::Null, Value::Null, serde_json::json!([]));
        assert_eq!(shown(&lead), [masked(), masked(), whole(person_read)]);
        for record in [concern, pupil] {
            let found = lead.get(&format!("/v1/audit/entries?record_id={record}&count=true")).expect(200);
            assert_eq!(found["count"], 0);
        }
        let entry = lead.get(&format!("/v1/audit/entries/{}", entries[0])).expect(200);
        assert_eq!((entry["role"].clone(), entry["school_id"].clone()), ("dsl".into(), one.to_string().into()));
    }

    fn a_protected_reporter_is_not_named_nor_found(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let (reporter, other) = (person(&app, "Reporter", Some(one)), person(&app, "Other", Some(one)));
        let concern = concern_about(&app, one, other);
        protect(&app, concern, reporter);
        let made = entry_by(&app, Some(reporter), "concern", Some(one), Some(concern), vec![]);
        let plain = entry_by(&app, Some(reporter), "person", Some(one), None, vec![]);
        let lead = person(&app, "Lead", Some(one));
        let (head, dsl) =
            (app.person("trust-a", lead, &["headteacher:100001"]), app.person("trust-a", lead, &["dsl:100001"]));
        let by_person = format!("/v1/audit/entries?person_id={reporter}");
        assert_eq!(ids(&head.get(&by_person).expect(200)), [plain.to_string()]);
        assert_eq!(ids(&dsl.get(&by_person).expect(200)).len(), 2);
        let seen = head.get(&format!("/v1/audit/entries/{made}")).expect(200);
        for field in ["person_id", "principal", "role", "request_id"] {
            assert!(seen[field].is_null(), "{field}");
        }
        assert_eq!(seen["record_id"], concern.to_string());
        let listed = head.get(&format!("/v1/audit/entries?record_id={concern}")).expect(200);
        assert!(listed["items"].as_array().unwrap().iter().all(|item| item["person_id"] != reporter.to_string()));
    }

    fn what_a_reading_of_the_log_showed_is_known_to_its_reader_alone(backend) {
        let app = TestApp::start(backend);
        let (one, shown) = (school(&app, 100_001), Id::new(Clock::System.now()));
        let (reader, lead) = (person(&app, "Reader", Some(one)), person(&app, "Lead", Some(one)));
        let read = entry_by(&app, Some(reader), "audit_entry", Some(one), None, vec![shown]);
        let path = format!("/v1/audit/entries/{read}");
        let records = |who| app.person("trust-a", who, &["dsl:100001"]).get(&path).expect(200)["record_ids"].clone();
        assert_eq!(records(lead), serde_json::json!([]));
        assert_eq!(records(reader), serde_json::json!([shown]));
    }

    fn nobody_sees_entries_about_what_is_hidden_from_them(backend) {
        let app = TestApp::start(backend);
        let one = school(&app, 100_001);
        let (lead, other) = (person(&app, "Lead", Some(one)), person(&app, "Other", Some(one)));
        let (mine, theirs) = (concern_about(&app, one, lead), concern_about(&app, one, other));
        entry(&app, Some(one), Some(mine), vec![]);
        let listed = entry(&app, Some(one), None, vec![mine, theirs]);
        let client = app.person("trust-a", lead, &["dsl:100001"]);
        let page = client.get("/v1/audit/entries?action=concern.read").expect(200);
        assert_eq!(ids(&page), [listed.to_string()]);
        assert_eq!(page["items"][0]["record_ids"], serde_json::json!([theirs]));
        assert!(ids(&client.get(&format!("/v1/audit/entries?record_id={mine}")).expect(200)).is_empty());
        let unconcerned = app.person("trust-a", other, &["dsl:100001"]);
        let page = unconcerned.get(&format!("/v1/audit/entries?record_id={mine}")).expect(200);
        assert_eq!(ids(&page).len(), 2);
    }
}
