//! Decisions of panels reach their owners, and come to an end.

use serde_json::{Value, json};

use super::{Case, VOTERS, as_role, held, holder, on, today, told};
use crate::on_both;
use crate::support::{Answer, Client, DemoApp, TestApp};

/// A decision that a teacher owns.
struct Decided<'a> {
    case: Case<'a>,
    panel: String,
    id: String,
    teacher: Client,
}

impl<'a> Decided<'a> {
    /// About the concern, or about a trend.
    fn made(app: &'a DemoApp, is_about_concern: bool) -> Self {
        let case = Case::worked(app, 0, 0, 1);
        let panel = held(app, 0, 0, &VOTERS);
        let teacher = as_role(app, 0, 0, "staff");
        let mut body = json!({
            "kind": "trend", "text": "Stand at the gate.", "owner_id": holder(app, 0, 0, "staff").0,
            "due_on": today().plus_days(3)
        });
        if is_about_concern {
            body["kind"] = json!("concern");
            body["concern_id"] = json!(case.id);
        }
        let id = on(&case.dsl, &case.dsl, &format!("/v1/panels/{panel}"), "decisions", body).id();
        Self { case, panel, id, teacher }
    }

    fn path(&self) -> String {
        format!("/v1/panels/{}/decisions/{}", self.panel, self.id)
    }

    fn end(&self, caller: &Client, part: &str, body: Value) -> Answer {
        on(caller, caller, &self.path(), part, body)
    }

    fn tasks(&self, caller: &Client) -> Vec<Value> {
        let all = caller.get("/v1/me/tasks?limit=200").expect(200);
        all["items"].as_array().unwrap().iter().filter(|task| task["id"] == self.id).cloned().collect()
    }

    fn deadlines(&self, caller: &Client, query: &str) -> Vec<Value> {
        let page = caller.get(&format!("/v1/deadlines?rule=panel_decision&limit=200{query}")).expect(200);
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|due| due["decision_id"] == self.id)
            .cloned()
            .collect()
    }
}

on_both! {
    fn an_owner_reads_what_was_decided_for_them_and_nothing_else(backend) {
        let app = TestApp::start_demo(backend);
        let decided = Decided::made(&app, true);
        let view = decided.teacher.get(&decided.path()).expect(200);
        assert_eq!((&view["text"], &view["state"]), (&json!("Stand at the gate."), &json!("open")));
        assert!(view.get("concern_id").is_none(), "{view}");
        assert_eq!(decided.case.dsl.get(&decided.path()).expect(200)["concern_id"], decided.case.id);
        let panel = format!("/v1/panels/{}", decided.panel);
        for part in ["", "/agenda", "/attendance", "/minutes", "/decisions", "/agreements"] {
            assert_eq!(decided.teacher.get(&format!("{panel}{part}")).status, 403, "{part}");
        }
        assert_eq!(decided.teacher.get(&format!("{}/versions", decided.path())).status, 403);
        // A LAP attended, but sees no concern of this kind by that; another school's teacher is nobody to it.
        decided.case.caller("welfare-lap").get(&decided.path()).problem(404);
        as_role(&app, 0, 1, "staff").get(&decided.path()).problem(404);
        as_role(&app, 1, 0, "staff").get(&decided.path()).problem(404);
        assert_eq!(told(&decided.teacher, "panel_decision_assigned", &decided.id), 1);
        // Their look is in the log, by the rule that let them in.
        let entries = decided.case.dsl.get(&format!("/v1/audit/entries?record_id={}&limit=200", decided.id)).expect(200);
        let rules: Vec<&Value> = entries["items"].as_array().unwrap().iter().map(|entry| &entry["rule"]).collect();
        assert!(rules.contains(&&json!("own")), "{rules:?}");
    }

    fn a_decision_is_a_task_and_a_deadline_until_it_is_done(backend) {
        let app = TestApp::start_demo(backend);
        let decided = Decided::made(&app, true);
        let tasks = decided.tasks(&decided.teacher);
        assert_eq!((&tasks[0]["kind"], &tasks[0]["panel_id"]), (&json!("panel_decision"), &json!(decided.panel)));
        assert!(tasks[0].get("concern_id").is_none() && decided.tasks(&decided.case.dsl).is_empty());
        let mine = decided.deadlines(&decided.teacher, "&owner=me");
        assert_eq!((&mine[0]["state"], mine[0].get("concern_id")), (&json!("due"), None));
        assert_eq!(decided.deadlines(&decided.case.dsl, "&count=true")[0]["concern_id"], decided.case.id);
        assert!(decided.deadlines(&decided.case.caller("welfare-lap"), "").is_empty());
        assert!(decided.deadlines(&as_role(&app, 0, 1, "dsl"), "").is_empty());
        let body = json!({"done_on": today(), "outcome": "Nobody was late."});
        let late = json!({"done_on": today().plus_days(1), "outcome": "x"});
        assert_eq!(decided.end(&decided.teacher, "outcome", late).broken(), "/done_on");
        assert_eq!(as_role(&app, 0, 1, "staff").post_on(&format!("{}/outcome", decided.path()), "\"1\"", body.clone()).status, 404);
        decided.teacher.post_on(&format!("{}/outcome", decided.path()), "\"7\"", body.clone()).problem(412);
        let done = decided.end(&decided.teacher, "outcome", body.clone());
        let view = done.expect(201);
        assert_eq!((&view["state"], &view["number"], &view["outcome"]), (&json!("done"), &json!(2), &json!("Nobody was late.")));
        assert_eq!(done.header("location"), decided.path());
        assert_eq!(decided.end(&decided.teacher, "outcome", body).problem(409), "superseded");
        assert_eq!(decided.end(&decided.case.dsl, "withdrawal", json!({"reason": "x"})).problem(409), "superseded");
        assert!(decided.tasks(&decided.teacher).is_empty() && decided.deadlines(&decided.teacher, "").is_empty());
        assert_eq!(decided.deadlines(&decided.case.dsl, "&state=met")[0]["met_on"], json!(today()));
    }

    fn a_decision_is_called_off_by_its_owner_or_a_lead(backend) {
        let app = TestApp::start_demo(backend);
        let decided = Decided::made(&app, false);
        let off = json!({"reason": "The gate is gone."});
        assert_eq!(decided.case.caller("headteacher").post_on(&format!("{}/withdrawal", decided.path()), "\"1\"", off.clone()).status, 404);
        let view = decided.end(&decided.case.dsl, "withdrawal", off).expect(201);
        assert_eq!((&view["state"], &view["called_off_reason"]), (&json!("called_off"), &json!("The gate is gone.")));
        assert!(decided.tasks(&decided.teacher).is_empty());
        assert!(decided.deadlines(&decided.case.dsl, "").is_empty() && decided.deadlines(&decided.case.dsl, "&state=met").is_empty());
        assert_eq!(decided.teacher.get(&decided.path()).expect(200)["state"], "called_off");
    }

    fn whoever_is_linked_to_the_case_loses_the_decision(backend) {
        let app = TestApp::start_demo(backend);
        let decided = Decided::made(&app, true);
        let teacher = holder(&app, 0, 0, "staff").0;
        let pupil = app.demo.trusts[0].schools[0].pupils[1];
        let conflict = json!({"person_id": teacher, "pupil_id": pupil, "relationship": "relative"});
        app.as_role("trust-a", "hr").post("/v1/conflicts", conflict).expect(201);
        decided.teacher.get(&decided.path()).problem(404);
        decided.teacher.post_on(&format!("{}/outcome", decided.path()), "\"1\"", json!({"done_on": today(), "outcome": "x"})).problem(404);
        assert!(decided.tasks(&decided.teacher).is_empty() && decided.deadlines(&decided.teacher, "").is_empty());
        // Somebody else is given it, but not one who is linked.
        let body = |owner: Value| json!({"text": "Stand at the gate.", "owner_id": owner, "due_on": today(), "reason": "Given anew."});
        let refused = decided.end(&decided.case.dsl, "corrections", body(json!(teacher)));
        assert_eq!(refused.problem(409), "conflict_of_interest");
        let lap = holder(&app, 0, 0, "welfare-lap").0;
        decided.end(&decided.case.dsl, "corrections", body(json!(lap))).expect(201);
        assert_eq!(decided.tasks(&decided.case.caller("welfare-lap")).len(), 1);
        decided.case.caller("welfare-lap").get(&decided.path()).expect(200);
    }

    fn an_owner_reads_nothing_of_what_was_anothers(backend) {
        let app = TestApp::start_demo(backend);
        let decided = Decided::made(&app, true);
        let dsl = &decided.case.dsl;
        let recorded = dsl.get(&decided.path()).expect(200)["recorded_at"].as_str().unwrap().to_owned();
        let lap = as_role(&app, 0, 0, "welfare-lap");
        let correction = json!({
            "text": "Walk with her.", "owner_id": holder(&app, 0, 0, "welfare-lap").0, "due_on": today().plus_days(4),
            "reason": "The teacher must not hear of it."
        });
        on(dsl, dsl, &decided.path(), "corrections", correction.clone()).expect(201);
        let view = lap.get(&decided.path()).expect(200);
        assert_eq!(view["text"], "Walk with her.");
        assert!(view.get("correction_reason").is_none() && view.get("author_id").is_none(), "{view}");
        assert_eq!(dsl.get(&decided.path()).expect(200)["correction_reason"], "The teacher must not hear of it.");
        let list = format!("/v1/panels/{}/decisions", decided.panel);
        let known = |query: &str| lap.get(&format!("{list}?limit=200{query}")).expect(200).to_string();
        assert!(known("").contains("Walk with her."));
        assert!(!known(&format!("&as_of={recorded}")).contains("Stand at the gate."));
        // Whoever owns it settles it, and changes nothing else of a panel that they do not run.
        let other = as_role(&app, 0, 1, "dsl");
        let to_them = json!({
            "text": "Ring them.", "owner_id": holder(&app, 0, 1, "dsl").0, "due_on": today().plus_days(4), "reason": "Theirs."
        });
        on(dsl, dsl, &decided.path(), "corrections", to_them).expect(201);
        assert_eq!(on(&other, &other, &decided.path(), "corrections", correction).problem(404), "not_found");
        decided.end(&other, "outcome", json!({"done_on": today(), "outcome": "Rang them."})).expect(201);
    }
}
