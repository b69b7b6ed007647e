//! Two records become one.

use super::super::{case, characteristics, conflicts, enrolments, statuses, store as pupils};
use super::store::{self, MatchRow};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::features::concerns;

/// Whether nothing stands in the way: the two records could be one on every day.
pub fn is_possible(conn: &mut Conn, row: &MatchRow) -> ApiResult<bool> {
    Ok(characteristics::agree(conn, row.trust_id, row.claiming_id, row.pupil_id)?
        && statuses::go_together(conn, row.trust_id, row.claiming_id, row.pupil_id)?)
}

/// Gives everything of the claiming record to the pupil, and takes the record away. Names, number and day of birth stay
/// as the pupil's record has them.
pub fn carry_out(tx: &mut Tx<'_>, scope: &Scope, row: &MatchRow) -> ApiResult<()> {
    let (trust, from, to) = (row.trust_id, row.claiming_id, row.pupil_id);
    enrolments::hand_over(tx.conn, trust, from, to)?;
    characteristics::hand_over(tx.conn, trust, from, to)?;
    conflicts::hand_over(tx.conn, trust, from, to)?;
    concerns::rename_pupil(tx.conn, trust, from, to)?;
    case::hand_over(tx, from, to)?;
    store::hand_over(tx.conn, trust, from, to)?;
    pupils::delete(tx.conn, trust, from)?;
    tx.did("pupil.merged", "pupil", from, Some(row.school_id))?;
    concerns::ensure_readers(tx, scope, to)
}

#[cfg(test)]
mod tests {
    /// The tables in which a pupil's identifier stands, each of which `carry_out` hands over.
    const HANDED_OVER: [&str; 11] = [
        "characteristics",
        "chronology_marks",
        "complex_pupil_reviews",
        "complex_pupils",
        "concern_pupils",
        "conflicts",
        "enrolments",
        "external_decisions",
        "pupil_cases",
        "pupil_matches",
        "pupil_statuses",
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
