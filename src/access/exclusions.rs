//! What is closed to a person whatever their roles: the cases of pupils with whom they have a conflict of interest,
//! and the concerns any of whose accounts names them.
//!
//! The identifiers are read first and then taken out of a query: a person has few conflicts, and lists that mix many
//! classes of record (audit entries, tasks) have no join to test.

use crate::db::prelude::*;

use super::scope::Scope;
use crate::db::Conn;
use crate::db::schema::{
    agency_meetings, ap_checks, ap_placements, break_glass, characteristics, chronology_marks,
    complex_pupil_reviews, complex_pupils, concern_accounts, concern_actions, concern_adults,
    concern_attachments, concern_body_marks, concern_closures, concern_decisions, concern_escalations,
    concern_link_versions, concern_links, concern_naming_liftings, concern_notes, concern_placements,
    concern_pupils, concern_referral_steps, concern_referrals, concern_reopenings, concern_scrutiny,
    concern_shares, concern_support_requests, concern_triages, concerns, conflicts, enrolments,
    external_decisions, family_members, fgm_reports, panel_agreements, panel_decisions, panel_minutes,
    pupil_matches, pupil_record_people, pupil_records, pupil_statuses, risk_actions, risk_assessments,
};
use crate::error::ApiResult;
use crate::ids::Id;

/// Records that must not be seen, counted or found by this caller; sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Concerns.
    pub concerns: Vec<Id>,
    /// Concerns with everything that hangs on them, and the pupils with whom there is a conflict.
    pub records: Vec<Id>,
}

/// What is closed to the person behind the caller; nothing where there is no person.
pub fn hidden(conn: &mut Conn, scope: &Scope) -> ApiResult<Hidden> {
    let Some(person) = scope.person() else { return Ok(Hidden::default()) };
    let trust = scope.trust();
    let pupils: Vec<Id> = conflicts::table
        .filter(conflicts::trust_id.eq(trust))
        .filter(conflicts::person_id.eq(person))
        .filter(conflicts::ended_at.is_null())
        .select(conflicts::pupil_id)
        .load(conn)?;
    let pupils = with_those_gone_into(conn, trust, pupils)?;
    let mut closed: Vec<Id> = concern_adults::table
        .filter(concern_adults::trust_id.eq(trust))
        .filter(concern_adults::person_id.eq(person))
        .filter(concern_adults::lifted_at.is_null())
        .select(concern_adults::concern_id)
        .load(conn)?;
    closed.extend(
        concern_pupils::table
            .filter(concern_pupils::trust_id.eq(trust))
            .filter(concern_pupils::pupil_id.eq_any(&pupils))
            .select(concern_pupils::concern_id)
            .load::<Id>(conn)?,
    );
    closed.sort_unstable();
    closed.dedup();
    let mut records = parts(conn, trust, &closed)?;
    records.extend(written_of(conn, trust, &pupils)?);
    records.extend(of_families(conn, trust, &pupils)?);
    records.extend(glass_of_files(conn, trust, person, &closed)?);
    records.extend(named_in(conn, trust, person)?);
    records.extend(pupils);
    records.sort_unstable();
    records.dedup();
    Ok(Hidden { concerns: closed, records })
}

/// These pupils, and the records that have gone into theirs: what was done with one before is about the same child.
fn with_those_gone_into(conn: &mut Conn, trust: Id, mut pupils: Vec<Id>) -> ApiResult<Vec<Id>> {
    if pupils.is_empty() {
        return Ok(pupils);
    }
    let gone: Vec<Id> = pupil_matches::table
        .filter(pupil_matches::trust_id.eq(trust))
        .filter(pupil_matches::pupil_id.eq_any(&pupils))
        .filter(pupil_matches::state.eq("confirmed"))
        .select(pupil_matches::claiming_id)
        .load(conn)?;
    pupils.extend(gone);
    Ok(pupils)
}

/// The identifiers of these concerns and of everything that hangs on them.
fn parts(conn: &mut Conn, trust: Id, concerns: &[Id]) -> ApiResult<Vec<Id>> {
    let mut out: Vec<Id> = Vec::new();
    if concerns.is_empty() {
        return Ok(out);
    }
    macro_rules! add {
        ($($table:ident),+) => {
            $(out.extend(
                $table::table
                    .filter($table::trust_id.eq(trust))
                    .filter($table::concern_id.eq_any(concerns))
                    .select($table::id)
                    .load::<Id>(conn)?,
            );)+
        };
    }
    add!(
        concern_accounts,
        concern_triages,
        concern_notes,
        concern_actions,
        concern_decisions,
        concern_links,
        concern_link_versions,
        concern_shares,
        concern_support_requests,
        concern_scrutiny,
        concern_closures,
        concern_reopenings,
        panel_agreements,
        concern_naming_liftings,
        concern_placements,
        concern_referrals,
        concern_referral_steps,
        concern_escalations,
        concern_body_marks,
        concern_attachments
    );
    let named: Vec<Option<Id>> = concerns.iter().copied().map(Some).collect();
    macro_rules! add_named {
        ($($table:ident),+) => {
            $(out.extend(
                $table::table
                    .filter($table::trust_id.eq(trust))
                    .filter($table::concern_id.eq_any(named.clone()))
                    .select($table::id)
                    .load::<Id>(conn)?,
            );)+
        };
    }
    add_named!(panel_minutes, panel_decisions, break_glass, pupil_records);
    out.extend(concerns);
    out.extend(marks_of(conn, trust, &out)?);
    Ok(out)
}

/// The marks of entries of a chronology that come from these records.
fn marks_of(conn: &mut Conn, trust: Id, sources: &[Id]) -> ApiResult<Vec<Id>> {
    let mut out = Vec::new();
    for some in sources.chunks(500) {
        out.extend(
            chronology_marks::table
                .filter(chronology_marks::trust_id.eq(trust))
                .filter(chronology_marks::source_id.eq_any(some))
                .select(chronology_marks::id)
                .load::<Id>(conn)?,
        );
    }
    Ok(out)
}

/// The identifiers of what is written about these pupils outside any concern.
fn written_of(conn: &mut Conn, trust: Id, pupils: &[Id]) -> ApiResult<Vec<Id>> {
    let mut out: Vec<Id> = Vec::new();
    if pupils.is_empty() {
        return Ok(out);
    }
    macro_rules! add {
        ($($table:ident),+) => {
            $(out.extend(
                $table::table
                    .filter($table::trust_id.eq(trust))
                    .filter($table::pupil_id.eq_any(pupils))
                    .select($table::id)
                    .load::<Id>(conn)?,
            );)+
        };
    }
    add!(
        agency_meetings,
        ap_placements,
        ap_checks,
        fgm_reports,
        risk_assessments,
        risk_actions,
        pupil_statuses,
        external_decisions,
        chronology_marks,
        complex_pupils,
        complex_pupil_reviews,
        characteristics,
        conflicts,
        enrolments,
        family_members,
        pupil_records
    );
    out.extend(
        pupil_matches::table
            .filter(pupil_matches::trust_id.eq(trust))
            .filter(pupil_matches::pupil_id.eq_any(pupils).or(pupil_matches::claiming_id.eq_any(pupils)))
            .select(pupil_matches::id)
            .load::<Id>(conn)?,
    );
    let named: Vec<Option<Id>> = pupils.iter().copied().map(Some).collect();
    out.extend(
        break_glass::table
            .filter(break_glass::trust_id.eq(trust))
            .filter(break_glass::pupil_id.eq_any(named))
            .select(break_glass::id)
            .load::<Id>(conn)?,
    );
    Ok(out)
}

/// A family is closed to whoever is related to anybody in it: so are the places of the others in it, and what names it with
/// everything that was done there.
fn of_families(conn: &mut Conn, trust: Id, pupils: &[Id]) -> ApiResult<Vec<Id>> {
    if pupils.is_empty() {
        return Ok(Vec::new());
    }
    let mut out: Vec<Id> = family_members::table
        .filter(family_members::trust_id.eq(trust))
        .filter(family_members::pupil_id.eq_any(pupils))
        .filter(family_members::superseded_at.is_null())
        .filter(family_members::withdrawn.eq(false))
        .select(family_members::family_id)
        .distinct()
        .load(conn)?;
    let places: Vec<Id> = family_members::table
        .filter(family_members::trust_id.eq(trust))
        .filter(family_members::family_id.eq_any(&out))
        .select(family_members::id)
        .load(conn)?;
    let named: Vec<Option<Id>> = out.iter().copied().map(Some).collect();
    let records: Vec<Id> = pupil_records::table
        .filter(pupil_records::trust_id.eq(trust))
        .filter(pupil_records::family_id.eq_any(named))
        .select(pupil_records::id)
        .load(conn)?;
    let parents: Vec<Option<Id>> = records.iter().copied().map(Some).collect();
    let entries: Vec<Id> = pupil_records::table
        .filter(pupil_records::trust_id.eq(trust))
        .filter(pupil_records::parent_id.eq_any(parents))
        .select(pupil_records::id)
        .load(conn)?;
    out.extend(places.into_iter().chain(records).chain(entries));
    Ok(out)
}

/// That the glass was broken for the file of a pupil is for others to hear and to judge than those whom a concern in that
/// file is about, or who are linked to it: the reason may be about them. Whoever broke it sees their own entry.
fn glass_of_files(conn: &mut Conn, trust: Id, person: Id, closed: &[Id]) -> ApiResult<Vec<Id>> {
    let mut out = Vec::new();
    for some in closed.chunks(500) {
        let files: Vec<Id> = break_glass::table
            .inner_join(
                concern_pupils::table.on(concern_pupils::trust_id
                    .eq(break_glass::trust_id)
                    .and(break_glass::pupil_id.eq(concern_pupils::pupil_id.nullable()))),
            )
            .inner_join(
                concerns::table.on(concerns::trust_id
                    .eq(concern_pupils::trust_id)
                    .and(concerns::id.eq(concern_pupils::concern_id))
                    .and(concerns::school_id.eq(break_glass::school_id))),
            )
            .filter(break_glass::trust_id.eq(trust))
            .filter(break_glass::person_id.ne(person))
            .filter(concern_pupils::concern_id.eq_any(some))
            .select(break_glass::id)
            .load(conn)?;
        out.extend(files);
    }
    Ok(out)
}

/// The interventions in which a person is named as having taken part.
fn named_in(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Vec<Id>> {
    Ok(pupil_record_people::table
        .filter(pupil_record_people::trust_id.eq(trust))
        .filter(pupil_record_people::person_id.eq(person))
        .filter(pupil_record_people::lifted_at.is_null())
        .select(pupil_record_people::record_id)
        .load(conn)?)
}

impl Hidden {
    /// Whether a record is closed to the caller.
    pub fn has(&self, record: Id) -> bool {
        self.records.binary_search(&record).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables that name pupils or concerns, and have no record of their own that an entry could be about.
    const WITHOUT_RECORDS: [&str; 11] = [
        "concern_adults",
        "concern_categories",
        "concern_grants",
        "concern_part_grants",
        "concern_pupil_joins",
        "concern_pupils",
        "concern_referral_pupils",
        "concern_support_grants",
        "panel_items",
        "pupil_cases",
        "pupil_versions",
    ];

    #[test]
    fn every_table_that_names_a_pupil_or_a_concern_is_asked() {
        let (schema, here) = (include_str!("../db/schema.rs"), include_str!("exclusions.rs"));
        let queries = here.split("#[cfg(test)]").next().unwrap();
        for table in schema.split("diesel::table!").skip(1) {
            let name = table.split(" (trust_id").next().unwrap().rsplit(' ').next().unwrap();
            if table.contains(" pupil_id -> ") || table.contains(" concern_id -> ") {
                let is_asked = queries.matches(name).count() > 1;
                assert!(is_asked || WITHOUT_RECORDS.contains(&name), "{name}: hide its records too");
            }
        }
    }

    #[test]
    fn a_hidden_record_is_found_among_the_sorted() {
        let ids: Vec<Id> = (1..5).map(|n| Id::from_bytes([n; 16])).collect();
        let hidden = Hidden { concerns: Vec::new(), records: ids.clone() };
        assert!(ids.iter().all(|id| hidden.has(*id)));
        assert!(!hidden.has(Id::from_bytes([9; 16])));
    }
}
