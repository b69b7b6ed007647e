//! Recording placements with alternative providers.

use super::super::case::check_day;
use super::super::case_records::{self, CaseDue, CaseRecord, Change, DueAsked, InReach};
use super::checks::ReviewsOf;
use super::dto::{
    ApConfirmation, ApEnding, ApPlacementCorrection, ApPlacementCreate, ApPlacementFilter, ApPlacementView,
    ApPlacementWithdrawal,
};
use super::rules;
use super::store::{PlacementBody, PlacementRow};
use crate::access::{Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::organisation::establishments;
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;

/// One placement, as it is or as it was known at a moment.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    ids: (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<ApPlacementView> {
    Ok(case_records::get::<PlacementRow>(conn, vault, scope, ids, as_of)?.into())
}

/// A page of a pupil's placements, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    filter: &ApPlacementFilter,
    paging: &Paging,
) -> ApiResult<Page<ApPlacementView>> {
    let takes = |row: &PlacementRow| filter.on.is_none_or(|day| rules::is_in_force(row, day));
    case_records::list(conn, vault, scope, (pupil, filter.as_of), paging, takes, ApPlacementView::from)
}

/// Records a placement.
pub fn create(
    tx: &mut Tx<'_>,
    scope: &Scope,
    pupil: Id,
    input: ApPlacementCreate,
) -> ApiResult<ApPlacementView> {
    case_records::create::<PlacementRow>(tx, scope, pupil, "ap_placement.recorded", |tx, new| {
        check_placement(tx.conn, scope, &input, "")?;
        let id = tx.new_id();
        let body = PlacementBody {
            provider: input.unregistered_provider,
            timetable: input.timetable,
            reason: input.reason,
            confirmation: None,
            ending: None,
            correction_reason: None,
        };
        let row = PlacementRow {
            trust_id: scope.trust(),
            id,
            number: 1,
            pupil_id: new.pupil,
            school_id: new.school,
            provider_urn: input.provider_urn,
            starts_on: input.starts_on,
            ends_on: input.ends_on,
            confirmed_on: None,
            ended: false,
            first_due_on: None,
            last_due_on: None,
            settled: false,
            withdrawn: false,
            author_id: scope.person(),
            recorded_at: tx.now(),
            superseded_at: None,
            body: new.key.seal(PlacementRow::TABLE, id, &body)?,
        };
        Ok((row, body))
    })
    .map(ApPlacementView::from)
}

/// Records the provider's confirmation; a later one takes the place of the one before.
pub fn confirm(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ApConfirmation,
) -> ApiResult<ApPlacementView> {
    case_records::change::<PlacementRow>(
        tx,
        scope,
        ids,
        if_match,
        "ap_placement.confirmed",
        |_, placement| {
            refuse_ended(placement)?;
            set_confirmation(scope, placement, Some(input), "/confirmed_on")?;
            placement.body.correction_reason = None;
            Ok(())
        },
    )
    .map(ApPlacementView::from)
}

/// Records its end, once.
pub fn end(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ApEnding,
) -> ApiResult<ApPlacementView> {
    case_records::change::<PlacementRow>(tx, scope, ids, if_match, "ap_placement.ended", |_, placement| {
        refuse_ended(placement)?;
        set_ending(placement, Some(input), "/ends_on")?;
        placement.body.correction_reason = None;
        Ok(())
    })
    .map(ApPlacementView::from)
}

/// Records a corrected version.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ApPlacementCorrection,
) -> ApiResult<ApPlacementView> {
    case_records::change::<PlacementRow>(
        tx,
        scope,
        ids,
        if_match,
        "ap_placement.corrected",
        |tx, placement| {
            let said = input.placement;
            check_placement(tx.conn, scope, &said, "/placement")?;
            placement.row.provider_urn = said.provider_urn;
            placement.row.starts_on = said.starts_on;
            placement.row.ends_on = said.ends_on;
            placement.body.provider = said.unregistered_provider;
            placement.body.timetable = said.timetable;
            placement.body.reason = said.reason;
            set_confirmation(scope, placement, input.confirmation, "/confirmation/confirmed_on")?;
            set_ending(placement, input.ending, "/ending/ends_on")?;
            placement.body.correction_reason = Some(input.reason);
            Ok(())
        },
    )
    .map(ApPlacementView::from)
}

/// Withdraws a record that should never have been made.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ApPlacementWithdrawal,
) -> ApiResult<ApPlacementView> {
    case_records::change::<PlacementRow>(
        tx,
        scope,
        ids,
        if_match,
        "ap_placement.withdrawn",
        |_, placement| {
            placement.row.withdrawn = true;
            placement.body.correction_reason = Some(input.reason);
            Ok(())
        },
    )
    .map(ApPlacementView::from)
}

/// The confirmations that are due.
pub fn confirmations_due(conn: &mut Conn, scope: &Scope, asked: &DueAsked) -> ApiResult<Vec<CaseDue>> {
    let rows = case_records::due::<PlacementRow>(conn, scope, asked)?;
    Ok(asked.lines(&rows, |row| rules::confirmation(row, scope.today())))
}

/// A placement, as long as it is to be reviewed.
pub struct PlacementInForce {
    /// The placement.
    pub id: Id,
    /// The pupil.
    pub pupil: Id,
    /// The school whose task it is.
    pub school: Id,
    /// Its first day.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Option<Date>,
    /// When it was reviewed, in order.
    pub reviewed_on: Vec<Date>,
}

/// The placements within reach that are in force between two days, with their reviews.
pub fn in_force(conn: &mut Conn, scope: &Scope, asked: &DueAsked) -> ApiResult<Vec<PlacementInForce>> {
    let rows = case_records::due::<PlacementRow>(conn, scope, asked)?;
    let pupils: Vec<Id> = rows.iter().map(|one| one.row.pupil_id).collect();
    let reviews = ReviewsOf::pupils(conn, scope.trust(), pupils)?;
    let place = |InReach { row, school }: InReach<PlacementRow>| PlacementInForce {
        id: row.id,
        pupil: row.pupil_id,
        school,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        reviewed_on: reviews.of(row.id),
    };
    Ok(rows.into_iter().map(place).collect())
}

fn check_placement(
    conn: &mut Conn,
    scope: &Scope,
    input: &ApPlacementCreate,
    at: &'static str,
) -> ApiResult<()> {
    let starts_on = if at.is_empty() { "/starts_on" } else { "/placement/starts_on" };
    // A placement may be to come: only the earlier bound counts.
    check_day(input.starts_on.max(scope.today()), starts_on, input.starts_on)?;
    let Some(urn) = input.provider_urn else { return Ok(()) };
    if establishments::in_register(conn, urn)?.is_some() {
        return Ok(());
    }
    Err(ApiError::rule(format!("{at}/provider_urn"), "unknown_reference", "not in the register"))
}

fn set_confirmation(
    scope: &Scope,
    placement: &mut Change<PlacementRow>,
    confirmation: Option<ApConfirmation>,
    pointer: &'static str,
) -> ApiResult<()> {
    if let Some(said) = &confirmation {
        check_day(scope.today(), pointer, said.confirmed_on)?;
    }
    placement.row.confirmed_on = confirmation.as_ref().map(|said| said.confirmed_on);
    placement.body.confirmation = confirmation;
    Ok(())
}

fn set_ending(
    placement: &mut Change<PlacementRow>,
    ending: Option<ApEnding>,
    pointer: &'static str,
) -> ApiResult<()> {
    if let Some(said) = &ending {
        if said.ends_on < placement.row.starts_on {
            return Err(ApiError::rule(pointer, "range", "must not be before the first day"));
        }
        placement.row.ends_on = Some(said.ends_on);
    }
    placement.row.ended = ending.is_some();
    placement.body.ending = ending;
    Ok(())
}

fn refuse_ended(placement: &Change<PlacementRow>) -> ApiResult<()> {
    if placement.row.ended {
        return Err(ApiError::because(Code::StateConflict, "the placement has ended: correct the record"));
    }
    Ok(())
}
