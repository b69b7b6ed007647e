//! The weekly panel of each school.

use serde_json::{Value, json};
use tutela::clock::{Clock, Date};

use crate::on_both;
use crate::support::made::{appoint, endless_school, person, school};
use crate::support::{Client, TestApp};

fn today() -> Date {
    Clock::System.now().london_date()
}

fn weeks(by: &Client, query: &str) -> Vec<Value> {
    let path = format!("/v1/deadlines?rule=weekly_panel&limit=200{query}");
    by.get(&path).expect(200)["items"].as_array().unwrap().clone()
}

on_both! {
    fn a_span_that_is_too_long_is_refused_wherever_weeks_are_counted(backend) {
        let app = TestApp::start(backend);
        let lead = person(&app, "Lead", None);
        let lead = app.person("trust-a", lead, &["trust-safeguarding-lead"]);
        for list in ["/v1/deadlines", "/v1/panels/missed-weeks"] {
            for span in ["to=2100-01-01", "from=2024-09-01&to=2027-01-01"] {
                assert_eq!(lead.get(&format!("{list}?{span}")).problem(409), "rule_broken", "{list} {span}");
            }
            let empty = lead.get(&format!("{list}?from=2025-02-01&to=2025-01-01&count=true")).expect(200);
            assert_eq!((&empty["items"], &empty["count"]), (&json!([]), &json!(0)), "{list}");
        }
    }

    fn each_school_week_asks_for_a_panel_until_one_is_held(backend) {
        let app = TestApp::start(backend);
        let north = school(&app, 100_001);
        let lead = person(&app, "Lead", Some(north));
        appoint(&app, lead, "dsl", Some(north));
        let dsl = app.person("trust-a", lead, &["dsl:100001"]);
        let unknown = weeks(&dsl, "");
        assert_eq!(unknown.len(), 1);
        assert_eq!((&unknown[0]["state"], &unknown[0]["undecided_because"]), (&json!("undecided"), &json!("calendar_unknown")));
        endless_school(&app);
        let to = Date::ymd(today().academic_year() + 1, 8, 31).unwrap().min(today().plus_days(28));
        let asked = weeks(&dsl, &format!("&to={to}"));
        assert!(!asked.is_empty());
        assert!(asked.iter().all(|week| week["school_id"] == north.to_string() && week["state"] != "undecided"));
        let monday = asked[0]["week_starts_on"].as_str().unwrap().to_owned();
        let panel = dsl.post("/v1/panels", json!({"school_id": north, "meets_on": monday}));
        let path = panel.header("location").to_owned();
        let present = json!({"person_id": lead, "role": "dsl", "present": true});
        dsl.post_on(&format!("{path}/attendance"), &panel.etag(), present).expect(201);
        let tag = dsl.get(&path).etag();
        dsl.post_on(&format!("{path}/holding"), &tag, json!({})).expect(201);
        let rest = weeks(&dsl, &format!("&to={to}"));
        assert_eq!(rest.len(), asked.len() - 1);
        let met = weeks(&dsl, &format!("&to={to}&state=met"));
        assert_eq!((&met[0]["week_starts_on"], &met[0]["met_on"]), (&json!(monday), &json!(today().to_string())));
    }

    fn a_week_shows_to_those_who_read_in_which_weeks_panels_were_held(backend) {
        let app = TestApp::start(backend);
        let (north, south) = (school(&app, 100_001), school(&app, 100_002));
        endless_school(&app);
        let who = person(&app, "Reader", Some(north));
        let seen = |role: &str| {
            let items = weeks(&app.person("trust-a", who, &[role]), &format!("&to={}", today().plus_days(300)));
            let of = |school: tutela::ids::Id| items.iter().any(|week| week["school_id"] == school.to_string());
            (of(north), of(south))
        };
        assert_eq!(seen("safeguarding-governor:100001"), (true, false));
        assert_eq!(seen("trust-safeguarding-lead"), (true, true));
        assert_eq!(seen("staff:100001"), (false, false));
        let dsl = app.person("trust-a", who, &["dsl:100001"]);
        assert!(weeks(&dsl, &format!("&school_id={south}")).is_empty());
        let far = format!("/v1/deadlines?from={}&to=2100-01-01", today());
        assert_eq!(dsl.get(&far).problem(409), "rule_broken");
    }
}
