//! England's bank holidays, from `reference/bank-holidays.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::clock::Date;

const FILE: &str = include_str!("../../../../../reference/bank-holidays.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    holiday: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    date: Date,
    name: String,
    /// Stands for a holiday that falls on a weekend.
    #[serde(default)]
    #[expect(dead_code, reason = "part of the file's form, for its readers")]
    substitute: bool,
}

/// Whether a day is a bank holiday in England. Outside the years of the file nobody knows, and the answer is no.
pub fn is_bank_holiday(day: Date) -> bool {
    holidays().contains_key(&day)
}

fn holidays() -> &'static BTreeMap<Date, String> {
    static HOLIDAYS: OnceLock<BTreeMap<Date, String>> = OnceLock::new();
    // The file is part of the program, and a test reads it: it cannot be broken here.
    HOLIDAYS.get_or_init(|| parse().unwrap_or_default())
}

fn parse() -> Result<BTreeMap<Date, String>, toml::de::Error> {
    let file: File = toml::from_str(FILE)?;
    Ok(file.holiday.into_iter().map(|holiday| (holiday.date, holiday.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::super::is_weekday;
    use super::*;

    #[test]
    fn the_file_is_read_and_each_year_has_its_eight_weekdays() {
        let holidays = parse().unwrap();
        assert!(holidays.keys().all(|day| is_weekday(*day)));
        for year in 2020..=2030 {
            let prefix = year.to_string();
            let count = holidays.keys().filter(|day| day.to_string().starts_with(&prefix)).count();
            assert!((8..=10).contains(&count), "{year}: {count}");
        }
        assert_eq!(
            holidays.get(&Date::ymd(2025, 12, 25).unwrap()).map(String::as_str),
            Some("Christmas Day")
        );
    }
}
