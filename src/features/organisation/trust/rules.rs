//! Which settings go together, and what a trust may be called in tokens.

use crate::access::matrix::TrustLeadColumn;
use crate::error::{ApiError, ApiResult, Code, FieldError};

crate::words! {
    /// How a concern about a child is closed in this trust.
    pub enum ClosureRule {
        /// Only in a held panel in which everybody agrees, the trust's safeguarding lead among them.
        UnanimousPanel = "unanimous_panel",
        /// By the school's safeguarding lead, who states why the child is safe.
        SafetyStatement = "safety_statement",
    }
}

crate::words! {
    /// Who scrutinises each concern before it can be closed.
    pub enum ScrutinyRule {
        /// The school's safeguarding team and the trust's safeguarding lead: two people.
        TeamAndTrustLead = "team_and_trust_lead",
        /// The school's safeguarding team: a DSL or deputy.
        DslTeam = "dsl_team",
    }
}

crate::words! {
    /// Who is expected in a school's weekly panel.
    pub enum PanelExpected {
        /// The school's DSLs, deputies, welfare LAPs and headteacher, and the trust's safeguarding lead.
        AcademyTeamAndTrustLead = "academy_team_and_trust_lead",
        /// All the school's DSLs and deputies (B-83).
        AllDsls = "all_dsls",
    }
}

/// The days after which a trust is told of a concern that nobody has scrutinised, until it decides otherwise.
pub const ALERT_DAYS: i16 = 7;

/// The switches of a trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the trust uses its safeguarding lead.
    pub trust_lead_column: TrustLeadColumn,
    /// How a concern is closed.
    pub closure_rule: ClosureRule,
    /// Who scrutinises a concern.
    pub scrutiny: ScrutinyRule,
    /// Who is expected in the weekly panel.
    pub panel_expected: PanelExpected,
    /// Whether there is a restricted log beside the ordinary one.
    pub restricted_log: bool,
    /// After how many days a concern that nobody has scrutinised is overdue; none while the trust has not decided.
    pub scrutiny_alert_days: Option<i16>,
}

impl Default for Settings {
    /// The narrowest: the trust's lead sees aggregates, and a restricted log is there.
    fn default() -> Self {
        Self {
            trust_lead_column: TrustLeadColumn::Aggregate,
            closure_rule: ClosureRule::SafetyStatement,
            scrutiny: ScrutinyRule::DslTeam,
            panel_expected: PanelExpected::AllDsls,
            restricted_log: true,
            scrutiny_alert_days: Some(ALERT_DAYS),
        }
    }
}

impl Settings {
    /// Whether concerns wait for the trust's lead: for a stamp, or in the panel.
    pub fn needs_trust_lead(&self) -> bool {
        self.closure_rule == ClosureRule::UnanimousPanel || self.scrutiny == ScrutinyRule::TeamAndTrustLead
    }
}

/// Refuses settings that contradict each other: where the trust's lead must agree to every closure, scrutinise every
/// concern or sit in every panel, the lead must be one who may see the cases. Each setting at fault is named.
pub fn check(settings: Settings) -> ApiResult<()> {
    if settings.trust_lead_column == TrustLeadColumn::Casework {
        return Ok(());
    }
    let needs_lead = [
        (settings.closure_rule == ClosureRule::UnanimousPanel, "/closure_rule", "a unanimous panel needs"),
        (
            settings.scrutiny == ScrutinyRule::TeamAndTrustLead,
            "/scrutiny",
            "scrutiny by team and trust lead needs",
        ),
        (
            settings.panel_expected == PanelExpected::AcademyTeamAndTrustLead,
            "/panel_expected",
            "a panel of the academy team and the trust lead needs",
        ),
    ];
    let errors: Vec<FieldError> = needs_lead
        .into_iter()
        .filter(|(needs, ..)| *needs)
        .map(|(_, pointer, what)| {
            let words = format!("{what} a trust lead who works cases: trust_lead_column must be casework");
            FieldError::new(pointer, "contradicts", words)
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(ApiError { errors, ..ApiError::of(Code::SettingsConflict) }) }
}

/// What a slug looks like, for people.
pub const SLUG_FORM: &str = "2 to 41 lower-case letters, digits and hyphens, not beginning with a hyphen";

/// Whether a word can stand for a trust in tokens, keys and addresses: `^[a-z0-9][a-z0-9-]{1,40}$`.
pub fn is_slug(word: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (2..=41).contains(&word.len())
        && word.bytes().next().is_some_and(plain)
        && word.bytes().all(|b| plain(b) || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_working_lead_contradicts_one_who_sees_aggregates() {
        for trust_lead_column in TrustLeadColumn::ALL.iter().copied() {
            for closure_rule in ClosureRule::ALL.iter().copied() {
                for scrutiny in ScrutinyRule::ALL.iter().copied() {
                    for panel_expected in PanelExpected::ALL.iter().copied() {
                        let settings = Settings {
                            trust_lead_column,
                            closure_rule,
                            scrutiny,
                            panel_expected,
                            restricted_log: false,
                            scrutiny_alert_days: None,
                        };
                        let needs = usize::from(closure_rule == ClosureRule::UnanimousPanel)
                            + usize::from(scrutiny == ScrutinyRule::TeamAndTrustLead)
                            + usize::from(panel_expected == PanelExpected::AcademyTeamAndTrustLead);
                        let faults = check(settings).map_or_else(
                            |error| {
                                assert_eq!(error.code, Code::SettingsConflict);
                                error.errors.len()
                            },
                            |()| 0,
                        );
                        let has_lead = trust_lead_column == TrustLeadColumn::Casework;
                        assert_eq!(faults, if has_lead { 0 } else { needs }, "{settings:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_default_settings_agree() {
        assert!(check(Settings::default()).is_ok());
    }

    #[test]
    fn a_slug_is_short_and_plain() {
        for right in ["a1", "trust-a", "9-", &"x".repeat(41)] {
            assert!(is_slug(right), "{right}");
        }
        for wrong in ["", "a", "-a", "Trust", "trust_a", "trüst", "trust a", &"x".repeat(42)] {
            assert!(!is_slug(wrong), "{wrong}");
        }
    }
}
