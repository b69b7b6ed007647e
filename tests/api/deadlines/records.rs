//! What is due in concerns.

use serde_json::{Value, json};
use tutela::clock::{Clock, Date};
use tutela::db::Target;

use crate::contract::probes::sql;
use crate::meetings::Case;
use crate::on_both;
use crate::support::{Client, DemoApp, TestApp};

fn today() -> Date {
    Clock::System.now().london_date()
}

/// The concern of the first school of a trust of the demo that stands at a place.
fn concern(app: &DemoApp, trust: usize, at: usize) -> String {
    app.demo.trusts[trust].schools[0].concerns[at].to_string()
}

/// An action of a concern, due so many days from today.
fn act(by: &Client, concern: &str, days: i64, owner: Option<&str>) -> String {
    let tag = by.get(&format!("/v1/concerns/{concern}")).etag();
    let body = json!({
        "kind": "observe", "description": "Watch at lunch.", "is_required": false, "owner_id": owner,
        "due_on": today().plus_days(days).to_string()
    });
    by.post_on(&format!("/v1/concerns/{concern}/actions"), &tag, body).id()
}

fn list(by: &Client, query: &str) -> Vec<Value> {
    by.get(&format!("/v1/deadlines?limit=200{query}")).expect(200)["items"].as_array().unwrap().clone()
}

fn about<'a>(items: &'a [Value], field: &str, id: &str) -> Option<&'a Value> {
    items.iter().find(|item| item[field] == id)
}

on_both! {
    fn an_action_is_due_then_overdue_then_met(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, concern) = (app.as_role("trust-a", "dsl"), concern(&app, 0, 0));
        let (late, soon) = (act(&dsl, &concern, -1, None), act(&dsl, &concern, 0, None));
        let state = |id: &str, query: &str| {
            about(&list(&dsl, query), "action_id", id).map(|item| item["state"].as_str().unwrap().to_owned())
        };
        assert_eq!(state(&late, "").as_deref(), Some("overdue"));
        assert_eq!(state(&soon, "&rule=concern_action").as_deref(), Some("due"));
        assert_eq!(state(&soon, "&state=overdue"), None);
        assert_eq!(state(&late, &format!("&from={}", today())), None);
        assert_eq!(state(&soon, &format!("&to={}", today().plus_days(-1))), None);
        let tag = dsl.get(&format!("/v1/concerns/{concern}")).etag();
        let outcome = json!({"done_on": today().to_string(), "outcome": "He ate with the others."});
        dsl.post_on(&format!("/v1/concerns/{concern}/actions/{late}/outcome"), &tag, outcome).expect(201);
        assert_eq!(state(&late, ""), None);
        let met = list(&dsl, "&state=met&rule=concern_action");
        assert_eq!(about(&met, "action_id", &late).unwrap()["met_on"], today().to_string());
    }

    fn a_deadline_shows_to_whoever_reads_the_concern_and_to_nobody_else(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, concern) = (app.as_role("trust-a", "dsl"), concern(&app, 0, 0));
        let action = act(&dsl, &concern, -1, None);
        let other = &app.demo.trusts[0].schools[1];
        let (person, claim) = other.holder("dsl").unwrap();
        for (name, stranger) in [
            ("another school's DSL", app.person("trust-a", person, &[&claim])),
            ("another trust's DSL", app.as_role("trust-b", "dsl")),
            ("a teacher", app.as_role("trust-a", "staff")),
            ("a governor", app.as_role("trust-a", "safeguarding-governor")),
        ] {
            let items = list(&stranger, "");
            assert!(about(&items, "action_id", &action).is_none(), "{name}");
            assert!(about(&items, "concern_id", &concern).is_none(), "{name}");
        }
        let whole = dsl.get("/v1/deadlines?count=true&rule=concern_action").expect(200);
        assert_eq!(whole["count"], whole["items"].as_array().unwrap().len());
        let item = about(whole["items"].as_array().unwrap(), "action_id", &action).unwrap().clone();
        let mut fields: Vec<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["action_id", "concern_id", "due_on", "owner_role", "rule", "school_id", "state"]);
    }

    fn mine_is_what_names_me_and_what_my_role_has_to_do(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, concern) = (app.as_role("trust-a", "dsl"), concern(&app, 0, 0));
        let me = dsl.get("/v1/me").expect(200)["person_id"].as_str().unwrap().to_owned();
        let (mine, nobodys) = (act(&dsl, &concern, 3, Some(&me)), act(&dsl, &concern, 3, None));
        let items = list(&dsl, "&owner=me");
        assert!(about(&items, "action_id", &mine).is_some());
        assert!(about(&items, "action_id", &nobodys).is_none());
        assert!(items.iter().any(|item| item["rule"] == "concern_scrutiny"));
        let head = list(&app.as_role("trust-a", "headteacher"), "&owner=me");
        assert!(head.iter().all(|item| item["rule"] != "concern_scrutiny"));
    }

    fn pages_follow_each_other_without_gap_or_repetition(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, concern) = (app.as_role("trust-a", "dsl"), concern(&app, 0, 0));
        for days in [-2, 7, 7, 7, 1] {
            act(&dsl, &concern, days, None);
        }
        let whole = list(&dsl, "");
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = dsl.get(&format!("/v1/deadlines?limit=2{cursor}")).expect(200);
            paged.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, whole);
        let days: Vec<&str> = whole.iter().filter_map(|item| item["due_on"].as_str()).collect();
        assert!(days.is_sorted() && days.len() > 5, "{days:?}");
    }

    fn a_concern_is_scrutinised_within_the_days_that_the_trust_sets(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, concern) = (app.as_role("trust-b", "dsl"), concern(&app, 1, 0));
        let found = |query: &str| about(&list(&dsl, query), "concern_id", &concern).cloned();
        let due = found("&rule=concern_scrutiny").unwrap();
        assert_eq!((&due["state"], &due["due_on"]), (&json!("due"), &json!(today().plus_days(7).to_string())));
        assert!(found(&format!("&rule=concern_scrutiny&to={}", today().plus_days(6))).is_none());
        let admin = app.as_role("trust-b", "trust-admin");
        let set = |days: Value| {
            let tag = admin.get("/v1/trust").etag();
            admin.patch("/v1/trust", &tag, json!({"scrutiny_alert_days": days})).expect(200)
        };
        assert_eq!(set(json!(30))["scrutiny_alert_days"], 30);
        assert!(found("&rule=concern_scrutiny").is_none(), "beyond the next 28 days");
        set(Value::Null);
        let undecided = found("&rule=concern_scrutiny&state=undecided").unwrap();
        assert_eq!(undecided["undecided_because"], "setting_unset");
        assert!(undecided["due_on"].is_null() && found("&rule=concern_scrutiny&state=met").is_none());
        set(json!(7));
        let tag = dsl.get(&format!("/v1/concerns/{concern}")).etag();
        dsl.post_on(&format!("/v1/concerns/{concern}/scrutiny"), &tag, json!({"as": "team"})).expect(201);
        assert!(found("&rule=concern_scrutiny").is_none());
        assert_eq!(found("&rule=concern_scrutiny&state=met").unwrap()["met_on"], today().to_string());
    }

    fn a_reopened_concern_is_to_be_scrutinised_again(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        let found = |query: &str| about(&list(&case.dsl, query), "concern_id", &case.id).is_some();
        let (open, met) = ("&rule=concern_scrutiny", "&rule=concern_scrutiny&state=met");
        assert_eq!((found(open), found(met)), (false, true));
        case.close_safely("dsl").expect(201);
        case.reopen().expect(201);
        assert_eq!((found(open), found(met)), (true, false));
        case.stamp("dsl", "team").expect(201);
        assert_eq!((found(open), found(met)), (false, true));
    }

    fn scrutiny_is_the_task_of_whoever_can_give_the_missing_stamp(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        case.act(false).expect(201);
        let owner = |role: &str| {
            let items = list(&case.caller(role), "&rule=concern_scrutiny&owner=me");
            about(&items, "concern_id", &case.id).map(|item| item["owner_role"].as_str().unwrap().to_owned())
        };
        for role in ["dsl", "deputy-dsl", "trust-safeguarding-lead"] {
            assert_eq!(owner(role).as_deref(), Some("dsl"), "{role}");
        }
        assert_eq!(owner("headteacher"), None);
        case.stamp("deputy-dsl", "team").expect(201);
        assert_eq!((owner("dsl"), owner("deputy-dsl")), (None, None));
        assert_eq!(owner("trust-safeguarding-lead").as_deref(), Some("trust-safeguarding-lead"));
    }

    fn tasks_and_deadlines_say_the_same_day(backend) {
        let app = TestApp::start_demo(backend);
        let (dsl, concern) = (app.as_role("trust-b", "dsl"), concern(&app, 1, 0));
        let admin = app.as_role("trust-b", "trust-admin");
        for (days, due) in [(json!(3), json!(today().plus_days(3).to_string())), (Value::Null, Value::Null)] {
            let tag = admin.get("/v1/trust").etag();
            admin.patch("/v1/trust", &tag, json!({"scrutiny_alert_days": days})).expect(200);
            let tasks = dsl.get("/v1/me/tasks?limit=200").expect(200);
            let is_it = |task: &&Value| task["concern_id"] == concern && task["kind"] == "concern_scrutiny";
            assert_eq!(tasks["items"].as_array().unwrap().iter().find(is_it).unwrap()["due_on"], due);
            let found = list(&dsl, "&rule=concern_scrutiny");
            assert_eq!(about(&found, "concern_id", &concern).unwrap()["due_on"], due);
        }
    }

    fn a_school_that_was_only_asked_for_is_not_in_the_log(backend) {
        let app = TestApp::start_demo(backend);
        let schools = &app.demo.trusts[0].schools;
        let (here, elsewhere) = (app.as_role_at(0, "dsl"), app.as_role_at(1, "dsl"));
        for list in ["concerns", "panels", "deadlines"] {
            elsewhere.get(&format!("/v1/{list}?school_id={}", schools[0].id)).expect(200);
        }
        elsewhere.get(&format!("/v1/concerns?school_id={}", schools[1].id)).expect(200);
        let person = schools[1].holder("dsl").unwrap().0;
        let of = |by: &Client| {
            let page = by.get(&format!("/v1/audit/entries?limit=200&person_id={person}")).expect(200);
            page["items"].as_array().unwrap().iter().map(|one| one["school_id"].clone()).collect::<Vec<_>>()
        };
        assert!(!of(&here).contains(&json!(schools[0].id)), "{:?}", of(&here));
        assert!(of(&elsewhere).contains(&json!(schools[1].id)));
        // A chronology is no school's more than another's.
        let pupil = schools[1].pupils[0];
        elsewhere.get(&format!("/v1/pupils/{pupil}/chronology")).expect(200);
        let page = elsewhere.get(&format!("/v1/audit/entries?record_id={pupil}&class=chronology")).expect(200);
        let entry = &page["items"][0];
        assert_eq!((&entry["rule"], &entry["role"]), (&json!("within-reach"), &json!("dsl")), "{page}");
    }

    fn the_days_of_a_reopened_concern_count_from_the_reopening(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::worked(&app, 1, 0, 2);
        let long_ago = Clock::System.now().plus_seconds(-20 * 86_400);
        let superuser = app.database.superuser().map(Target::Postgres);
        let target = superuser.unwrap_or_else(|| app.database.target.clone());
        sql(&target, &format!("UPDATE concerns SET reported_at = '{long_ago}', round_began_at = '{long_ago}' WHERE id = '{}'", case.id));
        let due = || about(&list(&case.dsl, "&rule=concern_scrutiny"), "concern_id", &case.id).map(|item| item["due_on"].clone());
        let task = || {
            let tasks = case.dsl.get("/v1/me/tasks?limit=200").expect(200);
            let is_it = |task: &&Value| task["concern_id"] == case.id && task["kind"] == "concern_scrutiny";
            tasks["items"].as_array().unwrap().iter().find(is_it).map(|task| task["due_on"].clone())
        };
        case.close_safely("dsl").expect(201);
        case.reopen().expect(201);
        let in_days = |days| Some(json!(today().plus_days(days)));
        assert_eq!((due(), task()), (in_days(7), in_days(7)));
        // The tasks say the same day as the deadlines, whatever the trust has set.
        let admin = app.as_role("trust-b", "trust-admin");
        let set = |days: Value| {
            let tag = admin.get("/v1/trust").etag();
            admin.patch("/v1/trust", &tag, json!({"scrutiny_alert_days": days})).expect(200)
        };
        set(json!(3));
        assert_eq!((due(), task()), (in_days(3), in_days(3)));
        set(Value::Null);
        assert_eq!((due(), task()), (Some(Value::Null), Some(Value::Null)));
    }

    fn a_rule_says_who_says_so(backend) {
        let app = TestApp::start(backend);
        let rules = app.faceless("trust-a", &["trust-admin"]).get("/v1/deadlines/rules?count=true").expect(200);
        let in_file = include_str!("../../../reference/deadlines.toml").matches("[[rule]]").count();
        assert_eq!(rules["count"], in_file);
        let first = app.faceless("trust-a", &["trust-admin"]).get("/v1/deadlines/rules?limit=5").expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = app.faceless("trust-a", &["trust-admin"]).get(&format!("/v1/deadlines/rules?limit=100&cursor={cursor}"));
        assert_eq!(rest.expect(200)["items"].as_array().unwrap().len(), in_file - 5);
        let scrutiny = about(rules["items"].as_array().unwrap(), "rule", "concern_scrutiny").unwrap().clone();
        assert_eq!((&scrutiny["source"], &scrutiny["setting"]), (&json!("A-34"), &json!("scrutiny_alert_days")));
    }
}
