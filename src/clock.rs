//! Time: the only place that asks what time it is, and the two forms in which time is written.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Europe::London;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

// The patterns leave only the length of months to the format, so that a generator that draws from them seldom misses.
const DATE_PATTERN: &str = "^(19[0-9]{2}|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
const MOMENT_PATTERN: &str = "^(19(0[1-9]|[1-9][0-9])|20[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

/// A moment, in UTC, in whole microseconds: what both databases can store and what is hashed.
///
/// On the wire it is RFC 3339 with `T` and a zone, within the years 1901 to 2099 and without a leap second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = crate::db::types::Moment)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// From microseconds since 1970.
    pub fn from_micros(micros: i64) -> Self {
        Self(DateTime::from_timestamp_micros(micros).unwrap_or_default())
    }

    /// Microseconds since 1970.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// The library's type, for the database layer.
    pub(crate) const fn chrono(self) -> DateTime<Utc> {
        self.0
    }

    /// Cuts the library's moment to microseconds.
    pub fn from_chrono(at: DateTime<Utc>) -> Self {
        Self::from_micros(at.timestamp_micros())
    }

    /// Later by so many seconds.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(self.micros().saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The day that a calendar on a wall in England shows.
    pub fn london_date(self) -> Date {
        Date(self.0.with_timezone(&London).date_naive())
    }

    /// The moment at which a day begins in England. Clocks change at one in the morning, so every day has a midnight.
    pub fn start_of(day: Date) -> Self {
        let midnight = day.0.and_time(chrono::NaiveTime::MIN);
        let at = midnight.and_local_timezone(London).earliest().map(|at| at.with_timezone(&Utc));
        Self::from_chrono(at.unwrap_or_else(|| midnight.and_utc()))
    }

    /// Reads RFC 3339, strictly: `T` and a zone, at most nine digits after the second, no leap second, and written
    /// within the years 1901 to 2099, so that no zone can move it out of what both databases and the document hold.
    pub fn parse(text: &str) -> Option<Self> {
        let (moment, rest) = text.split_at_checked(19)?;
        let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
        let strict = moment.as_bytes().get(10) == Some(&b'T')
            && !moment.ends_with("60")
            && rest.len() - zone.len() <= 10
            && (zone == "Z" || zone.len() == 6);
        let at = DateTime::parse_from_rfc3339(text).ok().filter(|_| strict && text.is_ascii())?;
        (1901..=2099).contains(&at.year()).then(|| Self::from_chrono(at.with_timezone(&Utc)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(
                "not a date-time: RFC 3339 with T and a zone, within 1901 to 2099, is expected",
            )
        })
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .max_length(Some(35))
            .pattern(Some(MOMENT_PATTERN))
            .examples([serde_json::json!("2026-01-15T09:30:00.000000Z")])
            .into()
    }
}

impl utoipa::ToSchema for Timestamp {}

/// A calendar day in England: exactly `YYYY-MM-DD`, within 1900 to 2100.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::AsExpression, diesel::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Date)]
pub struct Date(NaiveDate);

impl Date {
    /// The first day that can be given.
    pub const FIRST: Self = match NaiveDate::from_ymd_opt(1900, 1, 1) {
        Some(day) => Self(day),
        None => Self(NaiveDate::MIN),
    };

    /// Reads `YYYY-MM-DD`, strictly.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shape = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| match i {
                4 | 7 => *b == b'-',
                _ => b.is_ascii_digit(),
            });
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| shape)?;
        (1900..=2100).contains(&day.year()).then_some(Self(day))
    }

    /// From year, month and day, where such a day exists.
    pub fn ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// The library's type.
    pub const fn chrono(self) -> NaiveDate {
        self.0
    }

    /// From the library's type.
    pub const fn from_chrono(day: NaiveDate) -> Self {
        Self(day)
    }

    /// So many days later (or earlier, where negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.checked_add_signed(chrono::TimeDelta::days(days)).unwrap_or(self.0))
    }

    /// The moment at which the day begins in England.
    pub fn begins_at(self) -> Timestamp {
        let midnight = self.0.and_time(chrono::NaiveTime::MIN);
        let there = midnight.and_local_timezone(London).earliest().map(|at| at.with_timezone(&Utc));
        Timestamp::from_chrono(there.unwrap_or_else(|| midnight.and_utc()))
    }

    /// The calendar year in which the academic year of this day began: 1 September to 31 August.
    pub fn academic_year(self) -> i32 {
        if self.0.month() >= 9 { self.0.year() } else { self.0.year() - 1 }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("not a date: YYYY-MM-DD, within 1900 to 2100, is expected")
        })
    }
}

impl utoipa::PartialSchema for Date {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .min_length(Some(10))
            .max_length(Some(10))
            .pattern(Some(DATE_PATTERN))
            .examples([serde_json::json!("2026-01-15")])
            .into()
    }
}

impl utoipa::ToSchema for Date {}

/// Where the time comes from: the machine, or a test's hand.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until a test moves it (microseconds since 1970).
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock for tests that starts at the moment given.
    pub fn manual(at: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.micros())))
    }

    /// The time now, cut to microseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::from_chrono(Utc::now()),
            Self::Manual(micros) => Timestamp::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock on; the machine's clock cannot be moved.
    pub fn advance(&self, seconds: i64) {
        if let Self::Manual(micros) = self {
            micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_strictly() {
        assert!(Date::parse("2026-01-01").is_some());
        for wrong in
            ["2026-1-1", " 2026-01-01", "2026-02-30", "0000-01-01", "1899-12-31", "2101-01-01", "20260101"]
        {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn moments_are_read_strictly_and_cut_to_microseconds() {
        let at = Timestamp::parse("2026-06-01T10:00:00.123456789+01:00").map(|at| at.to_string());
        assert_eq!(at.as_deref(), Some("2026-06-01T09:00:00.123456Z"));
        assert!(Timestamp::parse("2026-06-01T10:00:00Z").is_some());
        for wrong in [
            "2026-06-01 10:00:00Z",
            "2026-06-01T10:00:60Z",
            "2026-06-01T10:00:00",
            "2026-06-01",
            "2026-06-01T10:00:00z",
            "2026-06-01T10:00:00.Z",
            "2026-06-01T10:00:00.0123456789Z",
            "2026-06-01T10:00:00+0100",
            "2026-06-01T10:00:00+24:00",
            "2026-06-01T10:00:0é",
            "1900-12-31T23:59:59Z",
            "2100-01-01T00:00:00Z",
        ] {
            assert_eq!(Timestamp::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_day_is_londons() {
        let at = Timestamp::parse("2026-06-30T23:30:00Z").map(Timestamp::london_date);
        assert_eq!(at, Date::ymd(2026, 7, 1));
    }

    #[test]
    fn a_day_begins_at_londons_midnight() {
        for (day, begins) in [
            ("2026-01-15", "2026-01-15T00:00:00.000000Z"),
            ("2026-03-29", "2026-03-29T00:00:00.000000Z"),
            ("2026-03-30", "2026-03-29T23:00:00.000000Z"),
            ("2026-10-25", "2026-10-24T23:00:00.000000Z"),
            ("2026-10-26", "2026-10-26T00:00:00.000000Z"),
        ] {
            assert_eq!(
                Date::parse(day).map(|day| Timestamp::start_of(day).to_string()).as_deref(),
                Some(begins)
            );
        }
    }

    #[test]
    fn an_academic_year_begins_in_september() {
        assert_eq!(Date::ymd(2026, 8, 31).map(Date::academic_year), Some(2025));
        assert_eq!(Date::ymd(2026, 9, 1).map(Date::academic_year), Some(2026));
    }
}
