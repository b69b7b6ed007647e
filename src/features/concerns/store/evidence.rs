//! Marks on the body, in versions, and what is known of files; what is in a file stands in the file store.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::dto::{BodyMarkColour, BodyMarkShape, BodyView, Fraction};
use super::ConcernRow;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::db::schema::{concern_attachments, concern_body_marks};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::in_versions;
use crate::text::{Name, Text};

/// A version of a mark as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_body_marks, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct MarkRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub concern_id: Id,
    pub pupil_id: Option<Id>,
    pub author_id: Option<Id>,
    pub by_reporter: bool,
    pub seen_at: Timestamp,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// What is sealed of a mark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MarkBody {
    pub view: BodyView,
    pub x: Fraction,
    pub y: Fraction,
    pub size_mm: i16,
    pub shape: BodyMarkShape,
    pub colour: BodyMarkColour,
    pub skin_broken: bool,
    pub description: Option<Text<2000>>,
    pub seen_by: Option<Name<150>>,
    /// Why the version before was corrected; none in the first.
    pub correction_reason: Option<Text<2000>>,
}

in_versions!(MarkRow, concern_body_marks, MarkBody, ConcernRow, concern_id);

/// A file as it is stored, but for what is in it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = concern_attachments, check_for_backend(crate::db::Backend), treat_none_as_default_value = false)]
pub struct AttachmentRow {
    pub trust_id: Id,
    pub id: Id,
    pub concern_id: Id,
    pub author_id: Option<Id>,
    pub by_reporter: bool,
    pub size: i64,
    pub recorded_at: Timestamp,
    pub body: Sealed,
}

/// What is sealed of a file in its row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AttachmentBody {
    pub name: Name<150>,
    pub media_type: String,
    pub sha256: String,
}

/// Under which its rows' text is sealed.
pub const ATTACHMENTS: &str = "concern_attachments";

/// The marks that the reporter recorded, as they were entered, by identifier.
pub fn marks_of_reporter(
    conn: &mut Conn,
    concern: &ConcernRow,
    at: Timestamp,
    after: Option<Id>,
    rows: i64,
) -> ApiResult<Vec<MarkRow>> {
    let mut query = concern_body_marks::table
        .filter(concern_body_marks::trust_id.eq(concern.trust_id))
        .filter(concern_body_marks::concern_id.eq(concern.id))
        .filter(concern_body_marks::by_reporter)
        .filter(concern_body_marks::number.eq(1))
        .filter(concern_body_marks::recorded_at.le(at))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(concern_body_marks::id.gt(after));
    }
    Ok(query.order(concern_body_marks::id).limit(rows).select(MarkRow::as_select()).load(conn)?)
}

/// The files of a concern by identifier: all, or those that the reporter gave.
pub fn attachments(
    conn: &mut Conn,
    concern: &ConcernRow,
    of_reporter: bool,
    after: Option<Id>,
    rows: i64,
) -> ApiResult<Vec<AttachmentRow>> {
    let mut query = concern_attachments::table
        .filter(concern_attachments::trust_id.eq(concern.trust_id))
        .filter(concern_attachments::concern_id.eq(concern.id))
        .into_boxed();
    if of_reporter {
        query = query.filter(concern_attachments::by_reporter);
    }
    if let Some(after) = after {
        query = query.filter(concern_attachments::id.gt(after));
    }
    Ok(query.order(concern_attachments::id).limit(rows).select(AttachmentRow::as_select()).load(conn)?)
}

/// A file of a trust: for what the service does by itself.
pub fn attachment_of_trust(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<Option<AttachmentRow>> {
    Ok(concern_attachments::table
        .find((trust, id))
        .select(AttachmentRow::as_select())
        .first(conn)
        .optional()?)
}

/// Stores what is known of a file.
pub fn insert_attachment(conn: &mut Conn, row: &AttachmentRow) -> ApiResult<()> {
    diesel::insert_into(concern_attachments::table).values(row).execute(conn)?;
    Ok(())
}
