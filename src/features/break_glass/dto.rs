//! What goes over the wire about broken glass.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::clock::{Date, Timestamp};
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::Text;

/// How many characters a reason has at least, without the blanks around it.
const LEAST: usize = 20;

crate::words! {
    /// What the second person says.
    pub enum BreakGlassOutcome {
        /// It was right.
        Justified = "justified",
        /// It was not.
        NotJustified = "not_justified",
    }
}

/// Breaks the glass for one concern, or for what one school has of one pupil.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check))]
#[schema(example = json!({
    "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "minutes": 30,
    "reason": "The police are at the door and ask where the child may be; nobody of the school answers."
}))]
pub struct BreakGlassCreate {
    /// The concern. Either this or `pupil_id` is given.
    pub concern_id: Option<Id>,
    /// The pupil: opens the concerns about them that one school has, and the chronology and statuses that it knows.
    pub pupil_id: Option<Id>,
    /// Which school's file of the pupil; where absent, that of the school at which they are on roll, or were last. Only with
    /// `pupil_id`.
    pub school_id: Option<Id>,
    /// For how many minutes.
    #[validate(range(min = 1, max = 60))]
    #[schema(minimum = 1, maximum = 60)]
    pub minutes: i16,
    /// Why it cannot wait: at least 20 characters. The school's leads read it, and whoever reviews it.
    pub reason: Text<2000>,
}

impl MediaType for BreakGlassCreate {}

fn check(input: &BreakGlassCreate) -> Result<(), ValidationError> {
    if input.concern_id.is_some() == input.pupil_id.is_some() {
        return Err(fault("/concern_id", "one_of", "name a concern or a pupil"));
    }
    if input.school_id.is_some() && input.pupil_id.is_none() {
        return Err(fault("/school_id", "not_allowed", "a concern belongs to one school"));
    }
    if input.reason.trim().chars().count() < LEAST {
        return Err(fault("/reason", "too_short", "say why in at least 20 characters"));
    }
    Ok(())
}

/// Ends it before its time: an empty object.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct BreakGlassEnding {}

impl MediaType for BreakGlassEnding {}

/// Says whether it was right.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "outcome": "justified", "words": "The DSL and the headteacher were on the same flight; the police needed the address."
}))]
pub struct BreakGlassReviewCreate {
    /// Whether it was right.
    pub outcome: BreakGlassOutcome,
    /// Why, in words.
    pub words: Text<5000>,
}

impl MediaType for BreakGlassReviewCreate {}

/// That somebody broke the glass.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "person_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "concern_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac",
    "reason": "The police are at the door and ask where the child may be; nobody of the school answers.",
    "broken_at": "2026-01-15T20:10:00.000000Z", "ends_at": "2026-01-15T20:40:00.000000Z", "open": false,
    "review_due_on": "2026-01-22"
}))]
pub struct BreakGlassView {
    /// The entry.
    pub id: Id,
    /// Who broke the glass.
    pub person_id: Id,
    /// The school whose leads were told, and review it.
    pub school_id: Id,
    /// The concern that was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern_id: Option<Id>,
    /// The pupil whose file at the school was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<Id>,
    /// Why it could not wait; absent once the case was disposed of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
    /// When.
    pub broken_at: Timestamp,
    /// When it ends by itself.
    pub ends_at: Timestamp,
    /// When somebody ended it before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<Id>,
    /// Whether it lasts at this moment.
    pub open: bool,
    /// By when a second person is to say whether it was right; absent where the school's calendar does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_due_on: Option<Date>,
    /// What they said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<BreakGlassReviewView>,
}

/// What a second person said of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "outcome": "justified", "words": "The DSL and the headteacher were on the same flight; the police needed the address.",
    "reviewed_by": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "reviewed_at": "2026-01-19T09:00:00.000000Z"
}))]
pub struct BreakGlassReviewView {
    /// Whether it was right.
    pub outcome: BreakGlassOutcome,
    /// Why, in words; absent once the case was disposed of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Text<5000>>,
    /// Who said so.
    pub reviewed_by: Id,
    /// When.
    pub reviewed_at: Timestamp,
}

/// Which entries to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct BreakGlassFilter {
    /// Only those that wait for a review (`true`), or only those that had one (`false`).
    #[param(inline)]
    pub unreviewed: Option<bool>,
    /// Of this school only.
    #[param(inline)]
    pub school_id: Option<Id>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn fault_of(body: Value) -> Option<String> {
        let input: BreakGlassCreate = serde_json::from_value(body).unwrap();
        check(&input).err().map(|error| error.code.into_owned())
    }

    #[test]
    fn a_concern_or_a_pupil_is_named_and_why_is_said() {
        let id = Id::from_bytes([1; 16]);
        let why = "It cannot wait until tomorrow.";
        let base = |more: Value| {
            let mut body = json!({"minutes": 30, "reason": why});
            body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
            body
        };
        assert_eq!(fault_of(base(json!({"concern_id": id}))), None);
        assert_eq!(fault_of(base(json!({"pupil_id": id, "school_id": id}))), None);
        assert_eq!(fault_of(base(json!({}))).as_deref(), Some("one_of"));
        assert_eq!(fault_of(base(json!({"concern_id": id, "pupil_id": id}))).as_deref(), Some("one_of"));
        let of_school = base(json!({"concern_id": id, "school_id": id}));
        assert_eq!(fault_of(of_school).as_deref(), Some("not_allowed"));
        for short in ["Because.", "   nineteen letters.            "] {
            let body = base(json!({"concern_id": id, "reason": short}));
            assert_eq!(fault_of(body).as_deref(), Some("too_short"), "{short}");
        }
    }
}
