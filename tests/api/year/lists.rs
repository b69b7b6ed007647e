//! What the lists show at the end of the year: every record of every concern, each child's chronology, the missed weeks,
//! and what is due.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tutela::clock::Date;

use super::school::{Concern, School};
use super::{Year, calendar};
use crate::support::{Client, TestApp};

const LISTS: [&str; 6] = ["triages", "notes", "actions", "decisions", "scrutiny", "closures"];

/// All pages of a list.
pub fn paged(client: &Client, path: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    let joint = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = client.get(&format!("{path}{joint}limit=200{cursor}")).expect(200);
        all.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { return all };
        cursor = format!("&cursor={next}");
    }
}

pub fn check(year: &Year) -> String {
    let (mut records, mut entries, mut due) = (0, 0, 0);
    for school in year.trusts.iter().flat_map(|trust| &trust.schools) {
        for concern in &school.concerns {
            records += parts(&year.app, school, concern);
        }
        entries += chronologies(&year.app, school);
        due += deadlines(year, school);
    }
    let missed = missed_weeks(year);
    format!(
        "{records} records in their lists, {entries} entries of chronologies, {missed} missed weeks and {due} other deadlines listed"
    )
}

/// Each list of a concern holds what was recorded, and nothing more.
fn parts(app: &TestApp, school: &School, concern: &Concern) -> usize {
    let dsl = school.by(app, "dsl");
    let mut all = 0;
    for part in LISTS {
        let rows = paged(&dsl, &format!("/v1/concerns/{}/{part}", concern.id));
        assert_eq!(rows.len(), concern.parts.get(part).copied().unwrap_or_default(), "{part}: {concern:?}");
        all += rows.len();
    }
    all
}

/// The kind and source of each entry, each once.
fn chronologies(app: &TestApp, school: &School) -> usize {
    let dsl = school.by(app, "dsl");
    let mut all = 0;
    for child in &school.children {
        let shown = paged(&dsl, &format!("/v1/pupils/{}/chronology", child.id));
        let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
        let mut found: Vec<(String, String)> =
            shown.iter().map(|entry| (text(entry, "kind"), text(entry, "source_id"))).collect();
        let mut told: Vec<(String, String)> =
            child.told.iter().map(|(kind, source)| ((*kind).to_owned(), source.clone())).collect();
        found.sort_unstable();
        told.sort_unstable();
        assert_eq!(found, told, "the chronology of {}", child.id);
        let days: Vec<String> = shown.iter().map(|entry| text(entry, "happened_on")).collect();
        assert!(days.is_sorted_by(|one, next| one >= next), "{days:?}");
        all += found.len();
    }
    all
}

/// What is due is what is open: actions with a day, scrutiny that nobody gave, and panels that were not held.
fn deadlines(year: &Year, school: &School) -> usize {
    let dsl = school.by(&year.app, "dsl");
    let last = year.weeks.last().unwrap().monday.plus_days(6);
    let listed = |rule: &str, to: Date, field: &str| -> BTreeSet<String> {
        let path = format!("/v1/deadlines?rule={rule}&from={}&to={to}", calendar::day(2025, 9, 1));
        let all = paged(&dsl, &path);
        let ids: BTreeSet<String> = all.iter().map(|one| one[field].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), all.len(), "{rule}: something is listed twice");
        assert!(all.iter().all(|one| one["school_id"] == school.id.to_string()));
        ids
    };
    let open: Vec<&Concern> = school.concerns.iter().filter(|concern| !concern.is_closed).collect();
    let to = last.plus_days(60);
    let tasks =
        open.iter().flat_map(|concern| &concern.tasks).filter(|task| !task.is_done && task.due_on.is_some());
    let actions: BTreeSet<String> = tasks.map(|task| task.id.clone()).collect();
    assert_eq!(listed("concern_action", to, "action_id"), actions);
    let capacities: &[&str] = if school.ways.is_panel { &["team", "trust_lead"] } else { &["team"] };
    let lacks = |concern: &&&Concern| capacities.iter().any(|one| !concern.has_stamp(one));
    let scrutiny: BTreeSet<String> = open.iter().filter(lacks).map(|concern| concern.id.clone()).collect();
    assert_eq!(listed("concern_scrutiny", to, "concern_id"), scrutiny);
    let missed: BTreeSet<String> = school.weeks_missed.iter().map(ToString::to_string).collect();
    assert_eq!(listed("weekly_panel", last, "week_starts_on"), missed);
    actions.len() + scrutiny.len()
}

/// The missed weeks of each trust are those in which no panel was held, and no week is both.
fn missed_weeks(year: &Year) -> usize {
    let last = year.weeks.last().unwrap().monday;
    let mut all = 0;
    for trust in &year.trusts {
        let lead = trust.schools[0].by(&year.app, "trust-safeguarding-lead");
        let path = format!("/v1/panels/missed-weeks?from={}&to={last}", calendar::day(2025, 9, 1));
        let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for week in paged(&lead, &path) {
            let (school, day) =
                (week["school_id"].as_str().unwrap(), week["week_starts_on"].as_str().unwrap());
            assert!(listed.entry(school.to_owned()).or_default().insert(day.to_owned()));
            all += 1;
        }
        for school in &trust.schools {
            let missed: BTreeSet<String> = school.weeks_missed.iter().map(ToString::to_string).collect();
            assert_eq!(listed.remove(&school.id.to_string()).unwrap_or_default(), missed);
            assert!(school.weeks_held.is_disjoint(&school.weeks_missed));
            assert_eq!(school.weeks_held.len() + school.weeks_missed.len(), year.weeks.len());
        }
        assert!(listed.is_empty());
    }
    all
}
