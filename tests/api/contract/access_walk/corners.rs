//! Ways round a record's own address: a part of one record asked for under another, and filters by what is out of
//! reach.

use serde_json::json;

use super::expect::{Facts, Want, expected};
use super::ground::{Ground, Walker};
use super::likeness;
use super::operations::{self, Ids};
use crate::on_both;

const NOBODY: &str = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";

on_both! {
    fn a_part_of_another_record_is_not_there(backend) {
        let ground = Ground::new(backend);
        let (mut asked, mut faults) = (0, Vec::new());
        for walker in &ground.walkers {
            let places = &ground.places[walker.caller.trust];
            let foreign = &ground.places[1 - walker.caller.trust][0];
            for operation in operations::all() {
                let [_, inner] = operation.records()[..] else { continue };
                if expected(&operation, &walker.caller, &places[0].facts) != Want::LetIn {
                    continue;
                }
                for elsewhere in [&places[1].ids, &foreign.ids, &places[0].restricted] {
                    let mut ids = places[0].ids.clone();
                    if ids[inner] == elsewhere[inner] || (inner == "characteristic" && elsewhere["school"] == ids["school"]) {
                        continue;
                    }
                    ids.insert(inner, elsewhere[inner].clone());
                    let answer = operation.send(&walker.client, &ids);
                    ids.insert(inner, NOBODY.to_owned());
                    let twin = operation.send(&walker.client, &ids);
                    asked += 1;
                    if answer.status != 404 || likeness(&answer) != likeness(&twin) {
                        let (role, id) = (walker.caller.role, &operation.id);
                        faults.push(format!("{role}: {id} of another record: {} {}", answer.status, answer.text));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(asked > 100, "{asked}");
    }

    fn a_filter_by_what_is_out_of_reach_tells_nothing(backend) {
        let ground = Ground::new(backend);
        let (mut asked, mut faults) = (0, Vec::new());
        for walker in &ground.walkers {
            for operation in operations::all().into_iter().filter(|operation| !operation.filters.is_empty()) {
                for (filter, id) in hidden(&ground, walker, &operation) {
                    let answer = operation.filtered(&walker.client, &filter, &id);
                    let twin = operation.filtered(&walker.client, &filter, NOBODY);
                    asked += 1;
                    // A list narrowed to what the caller does not reach is empty, whichever list it is.
                    if operation.is_list() && !operation.has_record() && answer.status != 403 {
                        let body = answer.json();
                        if answer.status != 200 || body["items"] != json!([]) || body["count"] != 0 {
                            faults.push(format!("{} by {filter}: {}", operation.id, answer.text));
                        }
                    }
                    let (shown, nothing) = (likeness(&answer), likeness(&twin));
                    let same = shown.0 == nothing.0 && shown.2.to_string().replace(&id, NOBODY) == nothing.2.to_string();
                    if !same {
                        let (role, name) = (walker.caller.role, &operation.id);
                        faults.push(format!("{role}: {name} by {filter}: {} / {}", answer.text, twin.text));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(asked > 300, "{asked}");
    }
}

/// Filters by records that the caller must not learn of.
fn hidden(ground: &Ground, walker: &Walker, operation: &operations::Operation) -> Vec<(String, String)> {
    let home = walker.caller.trust;
    let foreign = &ground.places[1 - home][0].ids;
    let pick = |ids: &Ids, filter: &str| match filter {
        "school_id" => ids["school"].clone(),
        "pupil_id" => ids["pupil"].clone(),
        "person_id" | "allocated_to_id" => ids["person"].clone(),
        "hub_id" => ids["hub"].clone(),
        "agency_id" => ids["agency"].clone(),
        "placement_id" => ids["ap_placement"].clone(),
        "assessment_id" => ids["risk_assessment"].clone(),
        "record_id" | "concern_id" => ids["concern"].clone(),
        _ => panic!("the walk does not know what {filter} is: add it"),
    };
    let mut out: Vec<(String, String)> =
        operation.filters.iter().map(|filter| (filter.clone(), pick(foreign, filter))).collect();
    let about_cases =
        matches!(operation.id.as_str(), "listConcerns" | "listPupils" | "listConflicts" | "listAuditEntries");
    let other = &ground.places[home][1];
    let beyond = |facts: &Facts| !walker.caller.covers(operation.action, facts.school);
    if about_cases && beyond(&other.facts) {
        let by_place =
            operation.filters.iter().filter(|filter| *filter != "school_id" || walker.shared.is_none());
        out.extend(by_place.map(|filter| (filter.clone(), pick(&other.ids, filter))));
    }
    if let Some((ids, _)) = &walker.conflicted {
        let about = |filter: &&String| match operation.id.as_str() {
            "listConcerns" => *filter == "pupil_id",
            "listAuditEntries" => *filter == "record_id",
            _ => false,
        };
        out.extend(operation.filters.iter().filter(about).map(|filter| (filter.clone(), pick(ids, filter))));
    }
    out
}
