//! Links and shares as they were known at a moment; a link is withdrawn and made again, and nothing is lost.

use serde_json::{Value, json};

use crate::meetings::{Case, as_role, on};
use crate::on_both;
use crate::support::{Answer, Client, TestApp};

/// The items of a list of a case, at a moment.
fn known(client: &Client, case: &Case<'_>, part: &str, at: &str) -> Vec<Value> {
    let found = client.get(&format!("{}/{part}?count=true&as_of={at}", case.path())).expect(200);
    let items = found["items"].as_array().unwrap().clone();
    assert_eq!(found["count"].as_u64(), u64::try_from(items.len()).ok());
    items
}

fn listed(client: &Client, case: &Case<'_>) -> Vec<Value> {
    client.get(&format!("{}/links", case.path())).expect(200)["items"].as_array().unwrap().clone()
}

fn link(case: &Case<'_>, other: &Case<'_>, reason: &str) -> Answer {
    case.record("links", json!({"concern_id": other.id, "reason": reason}))
}

fn withdraw(case: &Case<'_>, link: &str) -> Answer {
    case.record(&format!("links/{link}/withdrawal"), json!({"reason": "Another child."}))
}

on_both! {
    fn a_link_is_withdrawn_and_made_again_and_nothing_is_lost(backend) {
        let app = TestApp::start_demo(backend);
        let (one, two) = (Case::raised(&app, 0, 0, 1), Case::raised(&app, 0, 0, 2));
        let made = link(&one, &two, "One family.");
        let (id, made) = (made.id(), made.json());
        assert_eq!(link(&two, &one, "One family.").problem(409), "already_exists");
        let withdrawn = withdraw(&two, &id);
        assert_eq!((withdrawn.status, withdrawn.header("location")), (201, format!("{}/links", two.path()).as_str()));
        assert_eq!(withdrawn.version(), two.dsl.get(&two.path()).version());
        assert_eq!(withdraw(&one, &id).problem(409), "state_conflict");
        let seen = listed(&one.dsl, &one);
        assert_eq!((seen.len(), &seen[0]["reason"], &seen[0]["withdrawal_reason"]), (1, &json!("One family."), &json!("Another child.")));
        assert_eq!(seen[0]["withdrawn_by"], app.demo.trusts[0].schools[0].staff["dsl"].to_string());
        let ended = seen[0]["withdrawn_at"].as_str().unwrap();
        let again = link(&one, &two, "One family after all.");
        assert_eq!((again.id(), &again.json()["withdrawn_at"]), (id.clone(), &json!(null)));
        let begun = made["recorded_at"].as_str().unwrap();
        assert_eq!(known(&one.dsl, &one, "links", begun), [made]);
        assert_eq!(known(&one.dsl, &one, "links", ended), seen);
        assert_eq!(listed(&one.dsl, &one), [again.json()]);
        assert_eq!(listed(&two.dsl, &two)[0]["concern_id"], one.id);
        assert!(known(&one.dsl, &one, "links", "2020-01-01T00:00:00Z").is_empty());
        withdraw(&one, &id).expect(201);
        assert_eq!(listed(&two.dsl, &two)[0]["reason"], "One family after all.");
    }

    fn who_sees_one_end_only_knows_of_no_link(backend) {
        let app = TestApp::start_demo(backend);
        let (one, two) = (Case::raised(&app, 0, 0, 1), Case::raised(&app, 0, 0, 2));
        let id = link(&one, &two, "One family.").id();
        // Whoever works a concern that was shared with them, and sees nothing of the other.
        let ceo = as_role(&app, 0, 0, "ceo");
        let share = json!({"person_id": app.demo.trusts[0].central["ceo"], "kind": "share", "reason": "Advice."});
        one.record("shares", share).expect(201);
        assert!(listed(&ceo, &one).is_empty());
        assert!(known(&ceo, &one, "links", "2099-01-01T00:00:00Z").is_empty());
        let nobody = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";
        let by = |client: &Client, link: &str| {
            on(&one.dsl, client, &one.path(), &format!("links/{link}/withdrawal"), json!({"reason": "No."})).status
        };
        let lead = as_role(&app, 0, 0, "trust-safeguarding-lead");
        for link in [id.as_str(), nobody] {
            assert_eq!(by(&as_role(&app, 0, 0, "welfare-lap"), link), 403);
            assert_eq!(by(&as_role(&app, 0, 1, "dsl"), link), 404);
            assert_eq!(by(&ceo, link), 404);
        }
        assert_eq!(by(&lead, &id), 201);
    }

    fn shares_are_given_as_they_were_known(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let person = app.demo.trusts[0].schools[0].staff["welfare-lap"];
        let made = case.record("shares", json!({"person_id": person, "kind": "share", "reason": "Watches."}));
        let (id, made) = (made.id(), made.json());
        let ended = case.record(&format!("shares/{id}/revocation"), json!({"reason": "Has left."})).expect(201);
        let at = |moment: &Value| known(&case.dsl, &case, "shares", moment.as_str().unwrap());
        assert_eq!(at(&made["granted_at"]), std::slice::from_ref(&made));
        assert_eq!(at(&ended["ended_at"]), std::slice::from_ref(&ended));
        assert!(at(&json!("2020-01-01T00:00:00Z")).is_empty());
        let now = case.dsl.get(&format!("{}/shares", case.path())).expect(200);
        assert_eq!(now["items"], json!([ended]));
    }
}
