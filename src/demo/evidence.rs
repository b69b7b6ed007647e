//! What is seen of the first concern of a school: two marks on the child's body, and a note that came by mail.

use serde_json::json;

use super::caller::Caller;
use crate::ids::Id;

const NOTE: &str = "From: The lunchtime supervisor\nSubject: Today at lunch\n\n\
    He held his left arm and would not say why. I walked him to the office.\n";

/// Adds it, in the name of the school's lead.
pub(super) fn seed(caller: &mut Caller<'_>, lead: &str, concern: Id, pupil: Id) -> Result<(), String> {
    let base = format!("/v1/concerns/{concern}");
    let marks = [
        json!({
            "pupil_id": pupil, "view": "left", "x": 0.46, "y": 0.34, "size_mm": 35, "shape": "oval", "colour": "purple",
            "skin_broken": false, "description": "Outside of the upper arm. He said: they pulled me off the bench.",
            "seen_by": "Sam Fennel"
        }),
        json!({
            "pupil_id": pupil, "view": "hands", "x": 0.71, "y": 0.52, "size_mm": 8, "shape": "line", "colour": "red",
            "skin_broken": true, "description": "On the palm of the right hand; cleaned in the office."
        }),
    ];
    for mark in &marks {
        caller.post(lead, &format!("{base}/body-map"), mark)?;
    }
    caller.upload(lead, &format!("{base}/attachments"), "lunchtime.eml", NOTE)
}
