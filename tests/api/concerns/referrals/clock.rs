//! An agency answers within one working day, and whoever waits is told so.

use serde_json::{Value, json};
use tutela::features::organisation::calendar::Calendar;

use super::*;
use crate::meetings::{as_role, on};
use crate::on_both;
use crate::support::TestApp;

/// What a list of deadlines has, read so many at a time.
fn walked(client: &Client, query: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/v1/deadlines?limit={limit}{query}{after}")).expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        all.extend(items.clone());
        let Some(cursor) = page["next_cursor"].as_str() else { return all };
        after = format!("&cursor={cursor}");
    }
}

on_both! {
    fn an_answer_is_due_on_the_next_working_day(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let (new, old) = (refer(&case, 0), refer(&case, 10));
        let by = Calendar::add_working_days(ago(0).london_date(), 1);
        let due = deadline(&case.dsl, &new.id(), "").unwrap();
        assert_eq!((&due["due_on"], &due["state"], &due["concern_id"]), (&json!(by), &json!("due"), &json!(case.id)));
        assert_eq!(deadline(&case.dsl, &old.id(), "&state=overdue").unwrap()["state"], "overdue");
        assert_eq!(deadline(&case.dsl, &new.id(), "&state=overdue"), None);
        assert_eq!(task(&case.dsl, &old.id()).unwrap()["overdue"], true);
        step(&case, &old, "acknowledgement", acknowledged(2)).expect(201);
        assert_eq!((deadline(&case.dsl, &old.id(), ""), task(&case.dsl, &old.id())), (None, None));
        assert_eq!(deadline(&case.dsl, &old.id(), "&state=met").unwrap()["met_on"], json!(ago(2).london_date()));
        step(&case, &new, "withdrawal", json!({"withdrawn_at": ago(0), "reason": "So."})).expect(201);
        assert_eq!((deadline(&case.dsl, &new.id(), ""), task(&case.dsl, &new.id())), (None, None));
        assert_eq!(deadline(&case.dsl, &new.id(), "&state=met"), None);
    }

    fn a_decision_is_an_answer(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let referral = refer(&case, 5);
        let decided = decision(&case, &pupil(&case), 3);
        step(&case, &referral, "decisions", json!({"external_decision_id": decided})).expect(201);
        assert_eq!((deadline(&case.dsl, &referral.id(), ""), task(&case.dsl, &referral.id())), (None, None));
        let met = || deadline(&case.dsl, &referral.id(), "&state=met").unwrap()["met_on"].clone();
        assert_eq!(met(), json!(ago(3).london_date()), "the agency is not late because the record is");
        step(&case, &referral, "acknowledgement", acknowledged(1)).expect(201);
        assert_eq!(met(), json!(ago(3).london_date()));
        let path = format!("/v1/pupils/{}/external-decisions/{decided}", pupil(&case).as_str().unwrap());
        let earlier = json!({
            "agency": "mash", "decision_maker_name": "P. Elmer", "decision_maker_role": "Duty manager",
            "decided_on": ago(4).london_date(), "outcome": "begins", "level": "L3", "reason": "It says the fourth."
        });
        let tag = case.dsl.get(&path).etag();
        case.dsl.post_on(&format!("{path}/corrections"), &tag, earlier).expect(201);
        assert_eq!(met(), json!(ago(4).london_date()));
    }

    fn pages_of_deadlines_are_what_the_whole_list_is(backend) {
        let app = TestApp::start_demo(backend);
        let (one, other) = (Case::raised(&app, 0, 0, 1), Case::raised(&app, 0, 0, 2));
        for (days, case) in [(9, &one), (5, &other), (4, &one), (4, &other), (2, &one), (0, &other)] {
            refer(case, days);
        }
        step(&one, &refer(&one, 3), "acknowledgement", acknowledged(1)).expect(201);
        for days in [3, 1, 1, -2] {
            let owner = holder(&app, 0, 0, "headteacher").0;
            let raised = json!({
                "level": "headteacher", "owner_id": owner, "raised_at": ago(4), "review_on": ago(days).london_date(), "reason": "So."
            });
            one.record("escalations", raised).expect(201);
        }
        for query in ["&rule=referral_response", "&rule=referral_response&owner=me", "&rule=escalation_review", "", "&state=overdue", "&state=met&rule=referral_response"] {
            let whole = walked(&one.dsl, query, 200);
            assert!(!whole.is_empty(), "{query}");
            assert_eq!(walked(&one.dsl, query, 1), whole, "{query}");
            assert_eq!(walked(&one.dsl, query, 3), whole, "{query}");
            let counted = one.dsl.get(&format!("/v1/deadlines?limit=1&count=true{query}")).expect(200);
            assert_eq!(counted["count"], whole.len(), "{query}");
        }
    }

    fn it_is_a_task_of_who_made_it_and_of_the_team(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let lead = holder(&app, 0, 0, "trust-safeguarding-lead").0;
        let made = case.record("referrals", asked(&case, 3, json!({"made_by_id": lead})));
        for role in ["dsl", "deputy-dsl", "trust-safeguarding-lead"] {
            let shown = task(&case.caller(role), &made.id()).unwrap();
            assert_eq!((&shown["kind"], &shown["concern_id"]), (&json!("referral_response"), &json!(case.id)), "{role}");
        }
        let mine = |role: &str| deadline(&case.caller(role), &made.id(), "&owner=me").is_some();
        assert!(mine("dsl") && mine("deputy-dsl") && mine("trust-safeguarding-lead") && !mine("headteacher"));
        assert_eq!(task(&case.caller("headteacher"), &made.id()), None);
        assert!(deadline(&case.caller("headteacher"), &made.id(), "").is_some());
        for (who, role) in [(as_role(&app, 0, 1, "dsl"), "another school's"), (as_role(&app, 1, 0, "dsl"), "another trust's"), (case.caller("staff"), "a teacher")] {
            assert_eq!((task(&who, &made.id()), deadline(&who, &made.id(), "")), (None, None), "{role}");
        }
        // Whoever reads the concern by name, and not its referrals, is not told of them.
        let share = json!({"person_id": holder(&app, 0, 0, "plan-lead").0, "kind": "share", "reason": "Teaches him."});
        on(&case.dsl, &case.dsl, &case.path(), "shares", share).expect(201);
        assert_eq!(deadline(&case.caller("plan-lead"), &made.id(), ""), None);
    }
}
