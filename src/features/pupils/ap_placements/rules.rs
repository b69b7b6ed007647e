//! What is due of a placement: decisions without records.

use super::super::case_records::{DueDays, Line};
use super::store::PlacementRow;
use crate::clock::Date;

/// Between which days something of it is due: as long as it lasts. One that has ended asks for nothing more.
pub fn due_days(row: &PlacementRow) -> DueDays {
    let is_over = row.ends_on.is_some_and(|end| end <= row.recorded_at.london_date());
    DueDays { first: Some(row.starts_on), last: row.ends_on, settled: row.ended && is_over }
}

/// That the provider's confirmation is there before the child is. Where the placement ended without it, it is due no more.
pub fn confirmation(row: &PlacementRow, today: Date) -> Option<Line> {
    let is_over = row.ended && row.ends_on.is_some_and(|end| end < today);
    let is_asked = row.confirmed_on.is_some() || !is_over;
    is_asked.then_some(Line { due_on: row.starts_on, met_on: row.confirmed_on, owner: None })
}

/// Whether a placement is in force on a day.
pub fn is_in_force(row: &PlacementRow, day: Date) -> bool {
    !row.withdrawn && row.starts_on <= day && row.ends_on.is_none_or(|end| end >= day)
}
