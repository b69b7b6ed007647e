//! Decisions about schools: the phase that the register's words mean, and dates that fit together.

use crate::clock::Date;
use crate::error::{ApiError, ApiResult, FieldError};

crate::words! {
    /// A school's phase of education.
    pub enum Phase {
        /// Nursery school.
        Nursery = "nursery",
        /// Primary school.
        Primary = "primary",
        /// Middle school that counts as primary.
        MiddleDeemedPrimary = "middle_deemed_primary",
        /// Middle school that counts as secondary.
        MiddleDeemedSecondary = "middle_deemed_secondary",
        /// Secondary school.
        Secondary = "secondary",
        /// School for all ages.
        AllThrough = "all_through",
        /// Sixth form or further education.
        SixteenPlus = "sixteen_plus",
        /// Alternative provision or pupil referral unit.
        AlternativeProvision = "alternative_provision",
        /// Special school.
        Special = "special",
        /// None of these.
        NotApplicable = "not_applicable",
    }
}

/// The phase that the register's words mean. The register calls the phase of special schools and of alternative
/// provision "Not applicable": there the type of establishment tells. None where neither is known.
pub fn phase_of(phase_name: Option<&str>, type_name: Option<&str>) -> Option<Phase> {
    let small = |text: &str| text.to_lowercase().replace('-', " ");
    let named = match phase_name.map(small).as_deref() {
        Some("nursery") => Some(Phase::Nursery),
        Some("primary") => Some(Phase::Primary),
        Some("middle deemed primary") => Some(Phase::MiddleDeemedPrimary),
        Some("middle deemed secondary") => Some(Phase::MiddleDeemedSecondary),
        Some("secondary") => Some(Phase::Secondary),
        Some("all through") => Some(Phase::AllThrough),
        Some("16 plus") => Some(Phase::SixteenPlus),
        _ => None,
    };
    named.or_else(|| {
        let kind = type_name.map(small).unwrap_or_default();
        if kind.contains("alternative provision") || kind.contains("pupil referral unit") {
            Some(Phase::AlternativeProvision)
        } else if kind.contains("special") {
            Some(Phase::Special)
        } else {
            phase_name.map(|_| Phase::NotApplicable)
        }
    })
}

/// The LAESTAB of the register's two numbers, where it has both: `935/4999`.
pub fn laestab_of(la_code: Option<&str>, establishment_number: Option<&str>) -> Option<String> {
    Some(format!("{}/{}", la_code?, establishment_number?))
}

/// A school cannot leave the trust before it joined.
pub fn check_dates(joined_on: Option<Date>, left_on: Option<Date>) -> ApiResult<()> {
    match (joined_on, left_on) {
        (Some(joined), Some(left)) if left < joined => {
            Err(ApiError::rule("/left_on", "order", "must not lie before joined_on"))
        }
        _ => Ok(()),
    }
}

/// The phase and LAESTAB that a new school gets: the caller's phase, else the register's; the register's LAESTAB, else
/// the caller's.
pub fn fill(
    phase: (Option<Phase>, Option<Phase>),
    laestab: (Option<String>, Option<String>),
) -> ApiResult<(Phase, Option<String>)> {
    let mut faults = Vec::new();
    let (given, known) = phase;
    let phase = given.or(known);
    if phase.is_none() {
        faults.push(FieldError::new("/phase", "required", "the register does not know this school's phase"));
    }
    let (given, known) = laestab;
    if given.is_some() && known.is_some() && given != known {
        faults.push(FieldError::new(
            "/laestab",
            "contradicts",
            "the register has another LAESTAB for this school",
        ));
    }
    match phase {
        Some(phase) if faults.is_empty() => Ok((phase, known.or(given))),
        _ => Err(ApiError::rule_all(faults)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registers_words_become_phases() {
        for (phase, kind, expected) in [
            (Some("Primary"), Some("Academy converter"), Some(Phase::Primary)),
            (Some("16 plus"), None, Some(Phase::SixteenPlus)),
            (Some("All-through"), None, Some(Phase::AllThrough)),
            (Some("Middle deemed secondary"), None, Some(Phase::MiddleDeemedSecondary)),
            (Some("Not applicable"), Some("Pupil referral unit"), Some(Phase::AlternativeProvision)),
            (
                Some("Not applicable"),
                Some("Free schools alternative provision"),
                Some(Phase::AlternativeProvision),
            ),
            (Some("Not applicable"), Some("Academy special converter"), Some(Phase::Special)),
            (Some("Not applicable"), Some("Other independent school"), Some(Phase::NotApplicable)),
            (None, Some("Community special school"), Some(Phase::Special)),
            (None, None, None),
        ] {
            assert_eq!(phase_of(phase, kind), expected, "{phase:?} {kind:?}");
        }
    }

    #[test]
    fn a_laestab_needs_both_numbers() {
        assert_eq!(laestab_of(Some("935"), Some("4999")).as_deref(), Some("935/4999"));
        assert_eq!(laestab_of(Some("935"), None), None);
    }

    #[test]
    fn nobody_leaves_before_joining() {
        let day = |day| Date::ymd(2025, 9, day);
        assert!(check_dates(day(1), day(1)).is_ok());
        assert!(check_dates(None, day(1)).is_ok());
        assert_eq!(check_dates(day(2), day(1)).unwrap_err().errors[0].pointer, "/left_on");
    }

    #[test]
    fn what_the_register_lacks_comes_from_the_caller() {
        let estab = |text: &str| Some(text.to_owned());
        let filled = fill((Some(Phase::Primary), None), (estab("825/2001"), None)).unwrap();
        assert_eq!(filled, (Phase::Primary, estab("825/2001")));
        let register = (None, Some(Phase::Secondary));
        assert_eq!(fill(register, (None, estab("825/2001"))).unwrap().0, Phase::Secondary);
        assert_eq!(fill((None, None), (None, None)).unwrap_err().errors[0].pointer, "/phase");
        let error = fill(register, (estab("825/2002"), estab("825/2001"))).unwrap_err();
        assert_eq!(error.errors[0].pointer, "/laestab");
    }
}
