//! What a reporter sends.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::words::{ConcernLog, ConcernPlace, ConcernSource, PupilRole, ReporterKind, TimeSlot};
use crate::clock::Timestamp;
use crate::features::categories::CategoryCode;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

/// A concern about one or more children. Write what was seen and heard, facts apart from opinion, with full names and
/// in the child's own words (KCSIE Part 1).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check))]
#[schema(example = json!({
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab",
    "pupils": [{"pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "role": "subject"}],
    "occurred_at": "2026-01-15T12:40:00Z", "place": "playground", "time_slot": "lunch", "source": "child_disclosure",
    "reporter": {"kind": "self"},
    "categories": [{"code": "COC-BUL", "is_primary": true}],
    "summary": "Told me that two older pupils took his lunch again.",
    "verbatim_words": "They said they'd get me after school.",
    "immediate_action": "Stayed with him and told the deputy DSL."
}))]
pub struct ConcernCreate {
    /// The school that the concern belongs to; one at which you may raise concerns.
    pub school_id: Id,
    /// The log to write it in. `restricted` is 409 where the trust has not switched that log on.
    #[serde(default = "safeguarding")]
    #[schema(default = "safeguarding")]
    pub log: ConcernLog,
    /// The children, each with their part in it; all are or were on roll at the school.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub pupils: Vec<PupilNamed>,
    /// Children who could not be named, described. Required where `pupils` is empty.
    pub unnamed_pupils: Option<Text<500>>,
    /// When it happened; not in the future and not before 1990.
    pub occurred_at: Option<Timestamp>,
    /// Whether that time is only approximate.
    #[serde(default)]
    pub occurred_approximately: bool,
    /// Where it happened.
    pub place: ConcernPlace,
    /// When in the day or week it happened.
    pub time_slot: TimeSlot,
    /// How you came to know.
    pub source: ConcernSource,
    /// Who reports.
    pub reporter: ReporterGiven,
    /// What kind of concern it is. Exactly one is the primary one; without any the concern counts as `OTH-UNC`.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub categories: Vec<CategoryGiven>,
    /// A clear and comprehensive summary (KCSIE Part 1, record keeping).
    pub summary: Text<2000>,
    /// The child's own words, exactly.
    pub verbatim_words: Option<Text<10000>>,
    /// What was seen and heard.
    pub facts: Option<Text<10000>>,
    /// What the reporter makes of it, kept apart from the facts.
    pub opinion: Option<Text<5000>>,
    /// What the child wishes and feels.
    pub voice_of_child: Option<Text<5000>>,
    /// What was done at once.
    pub immediate_action: Option<Text<5000>>,
    /// Who else saw or heard it.
    pub witnesses: Option<Text<2000>>,
    /// Who was told, and when.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub told: Vec<Told>,
    /// Adults of the trust whom the concern touches, for instance as a parent. They will never see it, under any role.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub adult_ids: Vec<Id>,
    /// The version of the recording guidance that was shown.
    pub guidance_id: Option<Id>,
}

impl MediaType for ConcernCreate {}

/// A child's part in a concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "role": "subject"}))]
pub struct PupilNamed {
    /// The pupil.
    pub pupil_id: Id,
    /// Their part.
    pub role: PupilRole,
}

/// A category of a concern.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "COC-BUL", "is_primary": true}))]
pub struct CategoryGiven {
    /// The code.
    pub code: CategoryCode,
    /// Whether it is the one by which the concern is counted.
    #[serde(default)]
    pub is_primary: bool,
}

/// Who reports a concern.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "parent", "name": "Robin Example", "protect_identity": true}))]
pub struct ReporterGiven {
    /// Who reports.
    pub kind: ReporterKind,
    /// Their name, where somebody else than the recorder reports; never with `anonymous`.
    pub name: Option<Name<150>>,
    /// Hides the reporter, and who recorded it, from all but the designated safeguarding leads and the trust lead.
    #[serde(default)]
    pub protect_identity: bool,
}

/// Somebody who was told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Sam Example", "at": "2026-01-15T13:05:00Z"}))]
pub struct Told {
    /// Their full name.
    pub name: Name<150>,
    /// When they were told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

const fn safeguarding() -> ConcernLog {
    ConcernLog::Safeguarding
}

fn check(input: &ConcernCreate) -> Result<(), ValidationError> {
    if input.pupils.is_empty() && input.unnamed_pupils.is_none() {
        return Err(fault("/pupils", "required", "name a pupil, or describe the children in unnamed_pupils"));
    }
    if input.reporter.kind == ReporterKind::Anonymous && input.reporter.name.is_some() {
        return Err(fault(
            "/reporter/name",
            "not_allowed",
            "the name of an anonymous reporter is not stored",
        ));
    }
    check_people(&input.pupils, &input.adult_ids)?;
    check_categories(&input.categories)
}

/// Nobody is named twice.
pub(super) fn check_people(pupils: &[PupilNamed], adults: &[Id]) -> Result<(), ValidationError> {
    if repeats(pupils.iter().map(|pupil| pupil.pupil_id)) {
        return Err(fault("/pupils", "repeated", "a pupil is named more than once"));
    }
    if repeats(adults.iter().copied()) {
        return Err(fault("/adult_ids", "repeated", "an adult is named more than once"));
    }
    Ok(())
}

/// Each code once, and exactly one of them the primary one.
pub(super) fn check_categories(categories: &[CategoryGiven]) -> Result<(), ValidationError> {
    if repeats(categories.iter().map(|category| &category.code)) {
        return Err(fault("/categories", "repeated", "a category is given more than once"));
    }
    let primary = categories.iter().filter(|category| category.is_primary).count();
    if !categories.is_empty() && primary != 1 {
        return Err(fault("/categories", "primary", "exactly one category must be the primary one"));
    }
    Ok(())
}

fn repeats<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut items = items;
    !items.all(|item| seen.insert(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: serde_json::Value) -> Result<ConcernCreate, String> {
        let mut whole = serde_json::json!({
            "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "unnamed_pupils": "two boys in year 3",
            "place": "playground", "time_slot": "lunch", "source": "observation", "reporter": {"kind": "self"},
            "summary": "text"
        });
        if let (Some(whole), Some(json)) = (whole.as_object_mut(), json.as_object()) {
            whole.extend(json.clone());
        }
        let input: ConcernCreate = serde_json::from_value(whole).map_err(|error| error.to_string())?;
        input.validate().map_err(|errors| format!("{:?}", crate::http::faults::flatten(&errors)))?;
        Ok(input)
    }

    #[test]
    fn a_concern_needs_a_pupil_or_a_description() {
        assert!(read(serde_json::json!({})).is_ok());
        assert!(read(serde_json::json!({"unnamed_pupils": null})).unwrap_err().contains("/pupils"));
    }

    #[test]
    fn exactly_one_category_is_primary() {
        let given = |first, second| {
            read(serde_json::json!({"categories": [
                {"code": "COC-BUL", "is_primary": first}, {"code": "ONL-CND", "is_primary": second}
            ]}))
        };
        assert!(given(true, false).is_ok());
        assert!(given(true, true).unwrap_err().contains("/categories"));
        assert!(given(false, false).unwrap_err().contains("/categories"));
    }

    #[test]
    fn an_anonymous_reporter_has_no_name() {
        let refusal = read(serde_json::json!({"reporter": {"kind": "anonymous", "name": "Robin"}}));
        assert!(refusal.unwrap_err().contains("/reporter/name"));
    }
}
