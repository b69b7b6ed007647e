//! Correcting an account: the corrected one is the next number, with its reason; the one before is kept.

use super::super::content::{AccountContent, CaseKey, committed};
use super::super::dto::{CategoryGiven, ConcernCorrection, PupilNamed};
use super::super::store::{self, ConcernRow, Named};
use super::raise::{
    AccountGiven, adult_faults, answer, category_faults, occurred_fault, pupil_faults, store_account,
    with_primary,
};
use super::read::Shown;
use super::{case, merging, receivers};
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::http::{IfMatch, Patch};
use crate::ids::Id;

/// Records a corrected account and answers with what the caller sees of the concern now.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernCorrection,
) -> ApiResult<Shown> {
    let mut case = case::open(tx.conn, tx.vault, scope, concern)?;
    if tx.replayed()?.is_some() {
        return answer(tx, scope, &case.row);
    }
    if_match.check_exact(case.row.version)?;
    let codes = input.categories.clone().unwrap_or_default();
    let (given, mut named) = corrected(tx.conn, &case.row, &case.key, input)?;
    // Pupils are held before the concern, as whoever joins two records holds them: nobody waits for each other.
    named.pupils = merging::hold(tx, named.pupils, |_, _| Ok(()))?;
    case.claim(tx, if_match)?;
    check(tx.conn, scope, &case.row, &given, (&named.pupils, &named.adults), &codes)?;
    let account = store_account(tx, scope, &case.row, &case.key, &given, &named)?;
    let row = case::moved(tx, ConcernRow { account_number: given.number, ..case.row })?;
    store::update(tx.conn, &row)?;
    receivers::ensure_reader(tx, scope, &row)?;
    tx.created(account);
    let content = committed(&given.content)?;
    tx.did_with("concern.corrected", "concern", concern, Some(row.school_id), Some(&content))?;
    answer(tx, scope, &row)
}

/// The newest account with the corrections laid over it.
fn corrected(
    conn: &mut Conn,
    row: &ConcernRow,
    key: &CaseKey,
    input: ConcernCorrection,
) -> ApiResult<(AccountGiven, Named)> {
    let old = store::account(conn, row.trust_id, row.id, row.account_number)?;
    let was = store::named(conn, row.trust_id, row.id, row.account_number)?;
    let text = key.open_account(old.id, &old.content)?;
    let content = AccountContent {
        summary: input.summary.unwrap_or(text.summary),
        verbatim_words: input.verbatim_words.apply(text.verbatim_words),
        facts: input.facts.apply(text.facts),
        opinion: input.opinion.apply(text.opinion),
        voice_of_child: input.voice_of_child.apply(text.voice_of_child),
        immediate_action: input.immediate_action.apply(text.immediate_action),
        witnesses: input.witnesses.apply(text.witnesses),
        told: input.told.unwrap_or(text.told),
        unnamed_pupils: Patch::apply(input.unnamed_pupils, text.unnamed_pupils),
        reporter_name: text.reporter_name,
        reason: Some(input.reason),
    };
    let given = AccountGiven {
        number: old.number + 1,
        occurred_at: input.occurred_at.apply(old.occurred_at),
        occurred_approximately: input.occurred_approximately.unwrap_or(old.occurred_approximately),
        place: input.place.unwrap_or(old.place),
        time_slot: input.time_slot.unwrap_or(old.time_slot),
        source: input.source.unwrap_or(old.source),
        content,
    };
    let named = Named {
        pupils: input.pupils.unwrap_or(was.pupils),
        categories: input.categories.map_or(Ok(was.categories), with_primary)?,
        adults: input.adult_ids.unwrap_or(was.adults),
    };
    Ok((given, named))
}

fn check(
    conn: &mut Conn,
    scope: &Scope,
    row: &ConcernRow,
    given: &AccountGiven,
    (pupils, adults): (&[PupilNamed], &[Id]),
    codes: &[CategoryGiven],
) -> ApiResult<()> {
    if pupils.is_empty() && given.content.unnamed_pupils.is_none() {
        return Err(ApiError::rule(
            "/pupils",
            "required",
            "name a pupil, or describe the children in unnamed_pupils",
        ));
    }
    let mut faults = Vec::from_iter(occurred_fault(scope, given.occurred_at));
    let pupils: Vec<Id> = pupils.iter().map(|pupil| pupil.pupil_id).collect();
    faults.extend(pupil_faults(conn, scope, row.school_id, &pupils)?);
    faults.extend(adult_faults(conn, scope, adults)?);
    faults.extend(category_faults(conn, scope, codes)?);
    if faults.is_empty() { Ok(()) } else { Err(ApiError::rule_all(faults)) }
}
