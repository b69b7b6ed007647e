//! Raising a concern: it never fails for want of somebody to read it.

use super::super::content::{AccountContent, CaseKey, committed};
use super::super::dto::{CategoryGiven, ConcernCreate, ConcernLog, ConcernState, PupilNamed};
use super::super::rules;
use super::super::store::{self, AccountRow, ConcernRow, Named};
use super::read::{Shown, show};
use super::{merging, placements, receivers};
use crate::access::{Action, Scope, Tx};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code, FieldError};
use crate::events::NotificationKind;
use crate::features::categories::{self, CategoryCode, Standing};
use crate::features::{people, pupils, recording_guidance};
use crate::ids::Id;

/// Raises a concern and answers with what the caller may see of it.
pub fn raise(tx: &mut Tx<'_>, scope: &Scope, mut input: ConcernCreate) -> ApiResult<Shown> {
    if let Some(id) = tx.replayed()? {
        let row = store::raised_by(tx.conn, scope, id)?;
        let row = placements::as_raised(tx.conn, row)?;
        return answer(tx, scope, &row);
    }
    let named = std::mem::take(&mut input.pupils);
    input.pupils = merging::hold(tx, named, |conn, named| check(conn, scope, &input, named))?;
    let id = tx.new_id();
    let (key, wrapped) = CaseKey::create(tx.vault, tx.conn, scope.trust(), id)?;
    let row = concern_row(scope, id, &input, wrapped);
    let (account, named) = split(input)?;
    store::insert(tx.conn, &row)?;
    store_account(tx, scope, &row, &key, &account, &named)?;
    receivers::tell(tx, scope, &row, &key, NotificationKind::ConcernRaised)?;
    tx.created(id);
    tx.did_with("concern.raised", "concern", id, Some(row.school_id), Some(&committed(&account.content)?))?;
    answer(tx, scope, &row)
}

/// An account on its way into the store.
pub struct AccountGiven {
    pub number: i32,
    pub occurred_at: Option<Timestamp>,
    pub occurred_approximately: bool,
    pub place: super::super::dto::ConcernPlace,
    pub time_slot: super::super::dto::TimeSlot,
    pub source: super::super::dto::ConcernSource,
    pub content: AccountContent,
}

/// Seals and stores an account; returns its identifier.
pub fn store_account(
    tx: &mut Tx<'_>,
    scope: &Scope,
    row: &ConcernRow,
    key: &CaseKey,
    given: &AccountGiven,
    named: &Named,
) -> ApiResult<Id> {
    let id = tx.new_id();
    let account = AccountRow {
        trust_id: scope.trust(),
        id,
        concern_id: row.id,
        number: given.number,
        author_id: scope.person(),
        recorded_at: tx.now(),
        occurred_at: given.occurred_at,
        occurred_approximately: given.occurred_approximately,
        place: given.place,
        time_slot: given.time_slot,
        source: given.source,
        content: key.seal_account(id, &given.content)?,
    };
    store::insert_account(tx.conn, &account, named)?;
    Ok(id)
}

/// What the caller is shown: their view where they have one, else a receipt. A caller who is linked to the case has
/// told us of it and reads no more; nor does a system that may only create.
pub fn answer(tx: &mut Tx<'_>, scope: &Scope, row: &ConcernRow) -> ApiResult<Shown> {
    let Ok(reading) = scope.under(Action::ConcernRead) else { return Ok(Shown::receipt(row)) };
    match store::load(tx.conn, &reading, row.id) {
        Ok(found) => show(tx.conn, tx.vault, &reading, found, None),
        Err(error) if error.code == Code::NotFound => Ok(Shown::receipt(row)),
        Err(error) => Err(error),
    }
}

fn concern_row(scope: &Scope, id: Id, input: &ConcernCreate, data_key: crate::crypto::Sealed) -> ConcernRow {
    ConcernRow {
        trust_id: scope.trust(),
        id,
        school_id: input.school_id,
        log: input.log,
        raised_by: scope.person(),
        raised_by_principal: scope.principal().to_owned(),
        reporter_kind: input.reporter.kind,
        reporter_protected: input.reporter.protect_identity,
        guidance_id: input.guidance_id,
        reported_at: scope.now(),
        account_number: 1,
        state: ConcernState::Submitted,
        severity: None,
        school_view_level: None,
        monitor: false,
        data_key,
        version: 1,
        updated_at: scope.now(),
        round: 1,
        content_version: 1,
        added_since_closure: false,
        round_began_at: scope.now(),
    }
}

fn split(input: ConcernCreate) -> ApiResult<(AccountGiven, Named)> {
    let content = AccountContent {
        summary: input.summary,
        verbatim_words: input.verbatim_words,
        facts: input.facts,
        opinion: input.opinion,
        voice_of_child: input.voice_of_child,
        immediate_action: input.immediate_action,
        witnesses: input.witnesses,
        told: input.told,
        unnamed_pupils: input.unnamed_pupils,
        reporter_name: input.reporter.name,
        reason: None,
    };
    let given = AccountGiven {
        number: 1,
        occurred_at: input.occurred_at,
        occurred_approximately: input.occurred_approximately,
        place: input.place,
        time_slot: input.time_slot,
        source: input.source,
        content,
    };
    let categories = with_primary(input.categories)?;
    Ok((given, Named { pupils: input.pupils, categories, adults: input.adult_ids }))
}

/// A concern without a category is counted as uncategorised: a category that is missing shows itself.
pub fn with_primary(categories: Vec<CategoryGiven>) -> ApiResult<Vec<CategoryGiven>> {
    if !categories.is_empty() {
        return Ok(categories);
    }
    let code = CategoryCode::parse("OTH-UNC")
        .ok_or_else(|| ApiError::internal("the code of the uncategorised is not a code"))?;
    Ok(vec![CategoryGiven { code, is_primary: true }])
}

fn check(conn: &mut Conn, scope: &Scope, input: &ConcernCreate, named: &[PupilNamed]) -> ApiResult<()> {
    let known = scope.extent().covers(input.school_id)
        && store::has_school(conn, scope.trust(), input.school_id, scope.today())?;
    if !known {
        return Err(ApiError::rule(
            "/school_id",
            "unknown_reference",
            "not a school at which you raise concerns",
        ));
    }
    let mut faults = Vec::new();
    if input.log == ConcernLog::Restricted && !store::has_restricted_log(conn, scope.trust())? {
        faults.push(FieldError::new(
            "/log",
            "not_allowed",
            "the trust has not switched the restricted log on",
        ));
    }
    if let Some(id) = input.guidance_id
        && !recording_guidance::exists(conn, scope.trust(), id)?
    {
        faults.push(FieldError::new(
            "/guidance_id",
            "unknown_reference",
            "not a version of the recording guidance",
        ));
    }
    faults.extend(occurred_fault(scope, input.occurred_at));
    let pupils: Vec<Id> = named.iter().map(|pupil| pupil.pupil_id).collect();
    faults.extend(pupil_faults(conn, scope, input.school_id, &pupils)?);
    faults.extend(adult_faults(conn, scope, &input.adult_ids)?);
    faults.extend(category_faults(conn, scope, &input.categories)?);
    if faults.is_empty() { Ok(()) } else { Err(ApiError::rule_all(faults)) }
}

/// A time at which it cannot have happened.
pub fn occurred_fault(scope: &Scope, occurred_at: Option<Timestamp>) -> Option<FieldError> {
    let fault = rules::occurred_fault(occurred_at?, scope.now())?;
    Some(FieldError::new("/occurred_at", "range", fault))
}

/// Pupils who never were on roll at the school.
pub fn pupil_faults(conn: &mut Conn, scope: &Scope, school: Id, pupils: &[Id]) -> ApiResult<Vec<FieldError>> {
    match pupils::check_named(conn, scope, pupils, school) {
        Ok(()) => Ok(Vec::new()),
        Err(error) if error.code == Code::RuleBroken => Ok(error.errors),
        Err(error) => Err(error),
    }
}

/// Adults whom the trust does not know.
pub fn adult_faults(conn: &mut Conn, scope: &Scope, adults: &[Id]) -> ApiResult<Vec<FieldError>> {
    let mut faults = Vec::new();
    for (at, adult) in adults.iter().enumerate() {
        if !people::person_exists(conn, scope.trust(), *adult)? {
            let pointer = format!("/adult_ids/{at}");
            faults.push(FieldError::new(pointer, "unknown_reference", "not a person of the trust"));
        }
    }
    Ok(faults)
}

/// Codes that no category has, or whose category is out of use.
pub fn category_faults(
    conn: &mut Conn,
    scope: &Scope,
    given: &[CategoryGiven],
) -> ApiResult<Vec<FieldError>> {
    let codes: Vec<CategoryCode> = given.iter().map(|category| category.code.clone()).collect();
    let wrong = categories::check_codes(conn, scope.trust(), &codes, scope.today())?;
    Ok(wrong
        .into_iter()
        .map(|(at, standing)| {
            let (code, words) = match standing {
                Standing::Retired => ("retired", "the category is out of use"),
                Standing::InForce | Standing::Unknown => ("unknown_reference", "there is no such category"),
            };
            FieldError::new(format!("/categories/{at}/code"), code, words)
        })
        .collect())
}
