//! Two records become one.

use super::super::{
    agency_meetings, case, characteristics, complex, conflicts, enrolments, families, statuses,
    store as pupils,
};
use super::store::{self, MatchRow};
use crate::access::{Scope, Tx};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns;
use crate::ids::Id;

/// What stands in the way of one record, in words that say what to put right; none where the two could be one on every
/// day. Ask with both records held, so that the answer is still true when they are joined.
pub fn obstacle(conn: &mut Conn, vault: &Vault, row: &MatchRow) -> ApiResult<Option<&'static str>> {
    let (trust, from, to) = (row.trust_id, row.claiming_id, row.pupil_id);
    Ok(if !characteristics::agree(conn, vault, trust, from, to)? {
        Some("the two records give different characteristics for the same days: put them right first")
    } else if !statuses::go_together(conn, trust, from, to)? {
        Some(
            "the two records have statuses of the same days that cannot stand together: put them right first",
        )
    } else if !enrolments::agree(conn, trust, from, to)? {
        Some(
            "the two records give different year groups for the same days at one school: put them right first",
        )
    } else if !complex::go_together(conn, trust, from, to)? {
        Some("one school holds both as complex pupils: end one of the two entries first")
    } else {
        None
    })
}

/// Gives everything of the claiming record to the pupil, and takes the record away. Names, number and day of birth stay
/// as the pupil's record has them; its version is newer than any that was seen of either.
pub fn carry_out(tx: &mut Tx<'_>, scope: &Scope, row: &MatchRow, place: Option<Id>) -> ApiResult<()> {
    let (trust, from, to) = (row.trust_id, row.claiming_id, row.pupil_id);
    enrolments::hand_over(tx, from, to)?;
    characteristics::hand_over(tx, from, to, row.school_id)?;
    conflicts::hand_over(tx, scope, (from, to), row.school_id)?;
    concerns::rename_pupil(tx, from, to)?;
    families::hand_over(tx, (from, to))?;
    case::hand_over(tx, from, to)?;
    agency_meetings::follow(tx, to)?;
    store::hand_over(tx.conn, trust, from, to)?;
    let now = tx.now();
    pupils::take_in(tx.conn, trust, from, to, now)?;
    pupils::delete(tx.conn, trust, from)?;
    tx.did("pupil.merged", "pupil", from, Some(row.school_id))?;
    tx.did("pupil.changed", "pupil", to, place)?;
    concerns::ensure_readers(tx, scope, to)
}

#[cfg(test)]
mod tests {
    /// The tables in which a pupil's identifier stands, each of which `carry_out` hands over.
    const HANDED_OVER: [&str; 24] = [
        "agency_meetings",
        "ap_checks",
        "ap_placements",
        "break_glass",
        "characteristics",
        "chronology_marks",
        "complex_pupil_reviews",
        "complex_pupils",
        "concern_body_marks",
        "concern_pupils",
        "concern_referral_pupils",
        "concern_referral_steps",
        "conflicts",
        "enrolments",
        "external_decisions",
        "family_members",
        "fgm_reports",
        "pupil_cases",
        "pupil_matches",
        "pupil_records",
        "pupil_statuses",
        "pupil_versions",
        "risk_actions",
        "risk_assessments",
    ];

    #[test]
    fn every_table_that_names_a_pupil_is_handed_over() {
        let schema = include_str!("../../../db/schema.rs");
        let naming = schema.split("diesel::table!").filter(|table| table.contains(" pupil_id -> "));
        let mut names: Vec<&str> = naming
            .map(|table| {
                let head = table.split(" (trust_id").next().unwrap();
                head.rsplit(' ').next().unwrap()
            })
            .collect();
        names.sort_unstable();
        assert_eq!(names, HANDED_OVER, "a table that names pupils: let carry_out hand it over too");
    }
}
