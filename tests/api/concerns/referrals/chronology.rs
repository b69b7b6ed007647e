//! What a child's chronology tells of referrals: of those about this child, and of no other.

use serde_json::json;

use super::*;
use crate::on_both;
use crate::support::TestApp;

/// The kinds and texts of a chronology's lines about referrals of a case, the newest first.
fn lines(case: &Case<'_>, pupil: &Value) -> Vec<(String, String)> {
    let path = format!("/v1/pupils/{}/chronology?limit=200", pupil.as_str().unwrap());
    let page = case.dsl.get(&path).expect(200);
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let items = page["items"].as_array().unwrap().iter();
    let about = |one: &&Value| one["concern_id"] == *case.id && text(one, "kind").starts_with("referral");
    items.filter(about).map(|one| (text(one, "kind"), text(one, "summary"))).collect()
}

fn line(kind: &str, text: &str) -> (String, String) {
    (kind.to_owned(), text.to_owned())
}

on_both! {
    fn a_referral_stands_in_the_chronology_of_the_child_whom_it_is_about(backend) {
        let app = TestApp::start_demo(backend);
        let (case, one, other) = about_two(&app);
        let referral = case.record("referrals", asked(&case, 5, json!({"pupil_ids": [other], "reason": "About the brother."})));
        step(&case, &referral, "acknowledgement", acknowledged(3)).expect(201);
        assert!(lines(&case, &one).is_empty());
        let told = [line("referral_step", "acknowledged: P. Elmer, duty desk"), line("referral_made", "About the brother.")];
        assert_eq!(lines(&case, &other), told);
    }

    fn what_was_decided_about_one_child_is_not_told_of_the_other(backend) {
        let app = TestApp::start_demo(backend);
        let (case, one, other) = about_two(&app);
        let referral = case.record("referrals", asked(&case, 5, json!({"pupil_ids": [one, other], "reason": "About both."})));
        let decided = decision(&case, &one, 3);
        name(&case, &referral, &decided).expect(201);
        let made = line("referral_made", "About both.");
        assert_eq!(lines(&case, &one), [line("referral_step", "decided"), made.clone()]);
        assert_eq!(lines(&case, &other), std::slice::from_ref(&made));
        undo(&case, &one, &decided);
        assert_eq!(lines(&case, &one), [made], "a decision that was never made is told of nobody");
    }
}
