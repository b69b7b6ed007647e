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

/// The switches of a trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the trust uses its safeguarding lead.
    pub trust_lead_column: TrustLeadColumn,
    /// How a concern is closed.
    pub closure_rule: ClosureRule,
    /// Whether there is a restricted log beside the ordinary one.
    pub restricted_log: bool,
}

impl Default for Settings {
    /// The narrowest: the trust's lead sees aggregates, and a restricted log is there.
    fn default() -> Self {
        Self {
            trust_lead_column: TrustLeadColumn::Aggregate,
            closure_rule: ClosureRule::SafetyStatement,
            restricted_log: true,
        }
    }
}

/// Refuses settings that contradict each other: a panel in which the trust's lead must agree to every closure needs a
/// lead who may see the cases.
pub fn check(settings: Settings) -> ApiResult<()> {
    let contradicts = settings.closure_rule == ClosureRule::UnanimousPanel
        && settings.trust_lead_column == TrustLeadColumn::Aggregate;
    if !contradicts {
        return Ok(());
    }
    Err(ApiError {
        errors: vec![FieldError::new(
            "/closure_rule",
            "contradicts",
            "a unanimous panel needs a trust lead who works cases: trust_lead_column must be casework",
        )],
        ..ApiError::of(Code::SettingsConflict)
    })
}

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
    fn only_a_panel_without_a_working_lead_is_a_contradiction() {
        for closure_rule in ClosureRule::ALL.iter().copied() {
            for trust_lead_column in TrustLeadColumn::ALL.iter().copied() {
                let refused = check(Settings { trust_lead_column, closure_rule, restricted_log: false });
                let contradicts = closure_rule == ClosureRule::UnanimousPanel
                    && trust_lead_column == TrustLeadColumn::Aggregate;
                assert_eq!(refused.is_err(), contradicts, "{closure_rule} {trust_lead_column}");
                if let Err(error) = refused {
                    assert_eq!(error.code, Code::SettingsConflict);
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
