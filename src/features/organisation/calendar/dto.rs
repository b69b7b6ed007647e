//! What goes over the wire about calendars.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::rules;
use super::store::AcademicYear;
use crate::clock::{Date, Timestamp};
use crate::http::body::MediaType;
use crate::http::patch::not_null;
use crate::ids::Id;

crate::words! {
    /// Why pupils do not come on a day within a half-term.
    pub enum ClosedKind {
        /// Training day of the staff (INSET or PD day).
        Inset = "inset",
        /// The school is closed.
        Closure = "closure",
    }
}

/// One of the six half-terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": 1, "starts_on": "2025-09-03", "ends_on": "2025-10-24"}))]
pub struct HalfTerm {
    /// 1 and 2 are the autumn term, 3 and 4 spring, 5 and 6 summer.
    #[validate(range(min = 1, max = 6))]
    #[schema(minimum = 1, maximum = 6)]
    pub number: i16,
    /// Its first day, within the academic year and after the half-term before.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Date,
}

impl HalfTerm {
    /// Whether a day lies in it.
    pub fn contains(&self, day: Date) -> bool {
        (self.starts_on..=self.ends_on).contains(&day)
    }
}

/// A day within a half-term on which pupils do not come. Bank holidays are known and need not be listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"day": "2025-09-03", "kind": "inset"}))]
pub struct ClosedDay {
    /// The day: one of Monday to Friday, in a half-term.
    pub day: Date,
    /// Why pupils do not come.
    pub kind: ClosedKind,
}

/// A new academic year.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "start_year": 2025,
    "half_terms": [
        {"number": 1, "starts_on": "2025-09-03", "ends_on": "2025-10-24"},
        {"number": 2, "starts_on": "2025-11-03", "ends_on": "2025-12-19"},
        {"number": 3, "starts_on": "2026-01-05", "ends_on": "2026-02-13"},
        {"number": 4, "starts_on": "2026-02-23", "ends_on": "2026-03-27"},
        {"number": 5, "starts_on": "2026-04-13", "ends_on": "2026-05-22"},
        {"number": 6, "starts_on": "2026-06-01", "ends_on": "2026-07-21"}
    ],
    "closed_days": [{"day": "2025-09-03", "kind": "inset"}]
}))]
pub struct AcademicYearCreate {
    /// The calendar year in which the academic year begins: 2025 for 2025-26.
    #[validate(range(min = 2000, max = 2099))]
    #[schema(minimum = 2000, maximum = 2099)]
    pub start_year: i16,
    /// The school whose own calendar this is; absent for the trust's, which holds for every school without its own.
    /// Required of callers whose right reaches single schools only.
    pub school_id: Option<Id>,
    /// The six half-terms in their order.
    #[validate(length(min = 6, max = 6), nested)]
    #[schema(min_items = 6, max_items = 6)]
    pub half_terms: Vec<HalfTerm>,
    /// Days within half-terms on which pupils do not come.
    #[serde(default)]
    #[validate(length(max = 60), nested)]
    #[schema(max_items = 60)]
    pub closed_days: Vec<ClosedDay>,
}

impl MediaType for AcademicYearCreate {}

/// Changes to an academic year: absent fields stay as they are, a list that is given replaces the stored one.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"closed_days": [
    {"day": "2025-09-03", "kind": "inset"}, {"day": "2025-11-03", "kind": "closure"}
]}))]
pub struct AcademicYearPatch {
    /// The six half-terms in their order.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(min = 6, max = 6), nested)]
    #[schema(min_items = 6, max_items = 6, nullable = false)]
    pub half_terms: Option<Vec<HalfTerm>>,
    /// Days within half-terms on which pupils do not come.
    #[serde(default, deserialize_with = "not_null")]
    #[validate(length(max = 60), nested)]
    #[schema(max_items = 60, nullable = false)]
    pub closed_days: Option<Vec<ClosedDay>>,
}

impl MediaType for AcademicYearPatch {
    const ACCEPTED: &'static str = "application/merge-patch+json";
}

/// An academic year: 1 September to 31 August.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "school_id": null, "start_year": 2025, "label": "2025-26",
    "half_terms": [
        {"number": 1, "starts_on": "2025-09-03", "ends_on": "2025-10-24"},
        {"number": 2, "starts_on": "2025-11-03", "ends_on": "2025-12-19"},
        {"number": 3, "starts_on": "2026-01-05", "ends_on": "2026-02-13"},
        {"number": 4, "starts_on": "2026-02-23", "ends_on": "2026-03-27"},
        {"number": 5, "starts_on": "2026-04-13", "ends_on": "2026-05-22"},
        {"number": 6, "starts_on": "2026-06-01", "ends_on": "2026-07-21"}
    ],
    "closed_days": [{"day": "2025-09-03", "kind": "inset"}],
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:00.000000Z"
}))]
pub struct AcademicYearView {
    /// The academic year.
    pub id: Id,
    /// The school whose own calendar this is; null for the trust's.
    pub school_id: Option<Id>,
    /// The calendar year in which it begins.
    #[schema(minimum = 2000, maximum = 2099)]
    pub start_year: i16,
    /// Its label: `2025-26`.
    #[schema(min_length = 7, max_length = 7, pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub label: String,
    /// The six half-terms in their order.
    #[schema(min_items = 6, max_items = 6)]
    pub half_terms: Vec<HalfTerm>,
    /// Days within half-terms on which pupils do not come, in their order.
    #[schema(max_items = 60)]
    pub closed_days: Vec<ClosedDay>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<AcademicYear> for AcademicYearView {
    fn from(year: AcademicYear) -> Self {
        Self {
            id: year.row.id,
            school_id: year.row.school_id,
            start_year: year.row.start_year,
            label: rules::label(i32::from(year.row.start_year)),
            half_terms: year.half_terms,
            closed_days: year.closed_days,
            created_at: year.row.created_at,
            updated_at: year.row.updated_at,
        }
    }
}

/// Which academic years to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct AcademicYearFilter {
    /// Only the academic years that begin in this calendar year.
    #[param(required = false, minimum = -32_768, maximum = 32_767, example = 2025)]
    pub start_year: Option<i16>,
    /// Only a school's own academic years.
    #[param(required = false)]
    pub school_id: Option<Id>,
}

/// Which days to show.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DaysQuery {
    /// The first day.
    #[param(example = "2025-10-20")]
    pub from: Date,
    /// How many days from then on; days after the year 2100 are left out.
    #[serde(default = "a_month")]
    #[param(required = false, minimum = 1, maximum = 400, default = 31, example = 19)]
    pub days: u16,
    /// The school whose days they are: its own calendar, or the trust's in its place. Absent for the trust's calendar.
    #[serde(default)]
    #[param(required = false)]
    pub school_id: Option<Id>,
}

const fn a_month() -> u16 {
    31
}

impl DaysQuery {
    /// The last day asked for, or the last that can be written.
    pub fn last(&self) -> Date {
        let last = self.from.plus_days(i64::from(self.days) - 1);
        Date::ymd(2100, 12, 31).map_or(last, |end| end.min(last))
    }

    /// The days asked for, in their order.
    pub fn dates(&self) -> impl Iterator<Item = Date> {
        let (from, last) = (self.from, self.last());
        (0..i64::from(self.days))
            .map(move |offset| from.plus_days(offset))
            .take_while(move |day| *day <= last)
    }
}

/// What a day is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "date": "2025-10-22", "academic_year": "2025-26", "half_term": 1, "is_school_day": true, "is_working_day": true
}))]
pub struct DayView {
    /// The day.
    pub date: Date,
    /// The label of its academic year.
    #[schema(min_length = 7, max_length = 7, pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub academic_year: String,
    /// The sixth of the academic year to which it belongs, breaks included: window 1 begins on 1 September, each other
    /// one the day after the last school day of the one before, and window 6 runs to 31 August. Null where the
    /// calendar of that academic year is not known.
    #[schema(minimum = 1, maximum = 6)]
    pub half_term: Option<u8>,
    /// Whether pupils come: Monday to Friday in a half-term, no bank holiday, no closed day. Null where the calendar
    /// of that academic year is not known.
    pub is_school_day: Option<bool>,
    /// Whether it is one of Monday to Friday and no bank holiday in England; bank holidays are known for 2020 to 2030.
    pub is_working_day: bool,
}

/// The days asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [
    {"date": "2025-10-22", "academic_year": "2025-26", "half_term": 1, "is_school_day": true, "is_working_day": true},
    {"date": "2025-10-25", "academic_year": "2025-26", "half_term": 2, "is_school_day": false, "is_working_day": false}
]}))]
pub struct DaysView {
    /// The days in their order.
    #[schema(max_items = 400)]
    pub items: Vec<DayView>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, days: u16) -> Vec<String> {
        let query = DaysQuery { from: Date::parse(from).unwrap(), days, school_id: None };
        query.dates().map(|day| day.to_string()).collect()
    }

    #[test]
    fn a_span_has_as_many_days_as_were_asked_for() {
        assert_eq!(span("2025-12-31", 2), ["2025-12-31", "2026-01-01"]);
        assert_eq!(span("2025-01-01", a_month()).last().unwrap(), "2025-01-31");
        assert_eq!(span("2100-12-30", 400), ["2100-12-30", "2100-12-31"]);
    }
}
