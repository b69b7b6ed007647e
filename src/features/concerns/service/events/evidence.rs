//! Marks and files among what happened in a concern.

use super::super::super::content::CaseKey;
use super::super::super::store::{ATTACHMENTS, AttachmentBody, AttachmentRow, MarkBody, MarkRow};
use super::{CaseEvent, CaseEventKind, Record, at_moment};
use crate::error::ApiResult;

pub(super) fn of_mark(row: MarkRow) -> CaseEvent {
    let ids = (row.id, row.concern_id);
    at_moment(CaseEventKind::Marked, row.seen_at, row.recorded_at, ids, Record::Mark(row))
}

pub(super) fn of_attachment(row: AttachmentRow) -> CaseEvent {
    let (at, ids) = (row.recorded_at, (row.id, row.concern_id));
    at_moment(CaseEventKind::Attached, at, at, ids, Record::Attachment(row))
}

pub(super) fn mark_text(key: &CaseKey, row: &MarkRow) -> ApiResult<String> {
    let body: MarkBody = key.unseal("concern_body_marks", row.id, &row.body)?;
    let broken = if body.skin_broken { ", skin broken" } else { "" };
    let said = body.description.as_deref().map(|said| format!(": {said}")).unwrap_or_default();
    let (view, size, shape, colour) = (body.view, body.size_mm, body.shape, body.colour);
    Ok(format!("body map, {view}, {size} mm, {shape}, {colour}{broken}{said}"))
}

pub(super) fn attachment_text(key: &CaseKey, row: &AttachmentRow) -> ApiResult<String> {
    let body: AttachmentBody = key.unseal(ATTACHMENTS, row.id, &row.body)?;
    Ok(format!("file: {}", body.name.as_str()))
}
