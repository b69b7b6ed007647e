//! Contacts and signposts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::super::super::records::{RecordClass, RecordRow};
use super::super::content::{ContactMethod, EntryBody, SignpostResponse, SupportEntryKind};
use crate::clock::{Date, Timestamp};
use crate::http::ETag;
use crate::http::body::{MediaType, fault};
use crate::ids::Id;
use crate::text::{Name, Text};

/// Something that was done for a family.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = fits_kind))]
#[schema(example = json!({
    "kind": "signpost", "done_on": "2026-01-19", "summary": "Gave her the leaflet and rang with her.",
    "resource": "Family hub, Tuesday group", "link": "https://familyhub.example/tuesday", "response": "agreed",
    "responded_on": "2026-01-20"
}))]
pub struct SupportEntryCreate {
    /// What was done.
    pub kind: SupportEntryKind,
    /// The day of the contact, or on which help was offered; not in the future and not before 1990.
    pub done_on: Date,
    /// What was said and done.
    pub summary: Text<5000>,
    /// How somebody was reached: of a contact, and only there.
    #[serde(default)]
    pub method: Option<ContactMethod>,
    /// Who was reached.
    #[serde(default)]
    pub with: Option<Name<150>>,
    /// The help to which the family was shown the way: of a signpost, and only there.
    #[serde(default)]
    pub resource: Option<Name<200>>,
    /// Its address on the web.
    #[serde(default)]
    pub link: Option<Name<500>>,
    /// What the family said: of a signpost, and only there.
    #[serde(default)]
    pub response: Option<SignpostResponse>,
    /// When it said so, not before `done_on`: where it has agreed or declined, and only there.
    #[serde(default)]
    pub responded_on: Option<Date>,
}

impl MediaType for SupportEntryCreate {}

/// A corrected version of an entry, such as what the family said to an offer: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = correction_fits_kind))]
#[schema(example = json!({
    "kind": "signpost", "done_on": "2026-01-19", "summary": "Gave her the leaflet and rang with her.",
    "resource": "Family hub, Tuesday group", "response": "declined", "responded_on": "2026-01-27",
    "reason": "She has started work on Tuesdays."
}))]
pub struct SupportEntryCorrection {
    /// What was done.
    pub kind: SupportEntryKind,
    /// The day of the contact, or on which help was offered; not in the future and not before 1990.
    pub done_on: Date,
    /// What was said and done.
    pub summary: Text<5000>,
    /// How somebody was reached: of a contact, and only there.
    #[serde(default)]
    pub method: Option<ContactMethod>,
    /// Who was reached.
    #[serde(default)]
    pub with: Option<Name<150>>,
    /// The help to which the family was shown the way: of a signpost, and only there.
    #[serde(default)]
    pub resource: Option<Name<200>>,
    /// Its address on the web.
    #[serde(default)]
    pub link: Option<Name<500>>,
    /// What the family said: of a signpost, and only there.
    #[serde(default)]
    pub response: Option<SignpostResponse>,
    /// When it said so, not before `done_on`: where it has agreed or declined, and only there.
    #[serde(default)]
    pub responded_on: Option<Date>,
    /// Why the record is corrected.
    pub reason: Text<2000>,
}

impl MediaType for SupportEntryCorrection {}

impl SupportEntryCorrection {
    /// The entry as it should read, and why.
    pub fn into_parts(self) -> (SupportEntryCreate, Text<2000>) {
        let entry = SupportEntryCreate {
            kind: self.kind,
            done_on: self.done_on,
            summary: self.summary,
            method: self.method,
            with: self.with,
            resource: self.resource,
            link: self.link,
            response: self.response,
            responded_on: self.responded_on,
        };
        (entry, self.reason)
    }
}

fn correction_fits_kind(input: &SupportEntryCorrection) -> Result<(), ValidationError> {
    let (entry, _) = input.clone().into_parts();
    fits_kind(&entry)
}

/// A contact says how, a signpost to what and what the family said.
fn fits_kind(input: &SupportEntryCreate) -> Result<(), ValidationError> {
    let is_contact = input.kind == SupportEntryKind::Contact;
    let fields = [
        ("/method", input.method.is_some(), is_contact),
        ("/resource", input.resource.is_some(), !is_contact),
        ("/response", input.response.is_some(), !is_contact),
    ];
    for (pointer, is_there, is_wanted) in fields {
        match (is_there, is_wanted) {
            (false, true) => return Err(fault(pointer, "required", "an entry of this kind says so")),
            (true, false) => return Err(fault(pointer, "not_allowed", "not in an entry of this kind")),
            _ => {}
        }
    }
    if is_contact && input.link.is_some() {
        return Err(fault("/link", "not_allowed", "not in an entry of this kind"));
    }
    let has_answered = input.response.is_some_and(|response| response != SignpostResponse::Offered);
    match (has_answered, input.responded_on) {
        (true, None) => Err(fault("/responded_on", "required", "say when the family said so")),
        (false, Some(_)) => Err(fault("/responded_on", "not_allowed", "there is no answer yet")),
        (true, Some(day)) if day < input.done_on => {
            Err(fault("/responded_on", "range", "must not be before done_on"))
        }
        _ => Ok(()),
    }
}

/// Something that was done for a family, in the version that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ad", "number": 1, "support_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af",
    "kind": "signpost", "done_on": "2026-01-19", "summary": "Gave her the leaflet and rang with her.",
    "resource": "Family hub, Tuesday group", "link": "https://familyhub.example/tuesday", "response": "agreed",
    "responded_on": "2026-01-20", "recorded_at": "2026-01-20T09:00:00.000000Z"
}))]
pub struct SupportEntryView {
    /// The entry: the same for all its versions.
    pub id: Id,
    /// 1 as first recorded; a correction is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The support to which it belongs.
    pub support_id: Id,
    /// What was done.
    pub kind: SupportEntryKind,
    /// The day of the contact, or on which help was offered.
    pub done_on: Date,
    /// What was said and done.
    pub summary: Text<5000>,
    /// How somebody was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<ContactMethod>,
    /// Who was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<Name<150>>,
    /// The help to which the family was shown the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Name<200>>,
    /// Its address on the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Name<500>>,
    /// What the family said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<SignpostResponse>,
    /// When it said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responded_on: Option<Date>,
    /// Who recorded this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// Why the version before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<2000>>,
}

impl SupportEntryView {
    /// The view of a version.
    pub fn new(row: RecordRow, body: EntryBody) -> Self {
        let is_contact = row.class == RecordClass::SupportContact;
        Self {
            id: row.id,
            number: row.number,
            support_id: row.parent_id.unwrap_or(row.id),
            kind: if is_contact { SupportEntryKind::Contact } else { SupportEntryKind::Signpost },
            done_on: row.happened_on,
            summary: body.summary,
            method: body.method,
            with: body.with,
            resource: body.resource,
            link: body.link,
            response: body.response,
            responded_on: body.responded_on,
            author_id: row.author_id,
            recorded_at: row.recorded_at,
            reason: body.reason,
        }
    }

    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version(i64::from(self.number))
    }
}

impl From<&SupportEntryCreate> for RecordClass {
    fn from(input: &SupportEntryCreate) -> Self {
        match input.kind {
            SupportEntryKind::Contact => Self::SupportContact,
            SupportEntryKind::Signpost => Self::SupportSignpost,
        }
    }
}

impl From<SupportEntryCreate> for EntryBody {
    fn from(input: SupportEntryCreate) -> Self {
        Self {
            summary: input.summary,
            method: input.method,
            with: input.with,
            resource: input.resource,
            link: input.link,
            response: input.response,
            responded_on: input.responded_on,
            reason: None,
        }
    }
}
