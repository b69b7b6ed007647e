//! Recording reports of female genital mutilation. Whoever has the right at the pupil's school reads them all; the teacher
//! reads their own, as their school has it.

use super::super::case::{self, Window, check_day};
use super::super::case_records::{
    self, Begun, CaseDue, CaseRecord, Change, DueAsked, InReach, Line, New, Opened, Wanted, WantedDue,
    check_person, newest, whole,
};
use super::super::{conflicts, matches, store as pupils};
use super::dto::{
    FgmLeadTold, FgmPoliceReport, FgmReportCorrection, FgmReportCreate, FgmReportFilter, FgmReportView,
    FgmReportWithdrawal,
};
use super::rules;
use super::store::{FgmBody, FgmRow};
use crate::access::{Action, Scope, Tx};
use crate::clock::{Date, Timestamp};
use crate::crypto::{Sealed, Vault};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::features::deadlines;
use crate::http::page::Page;
use crate::http::{IfMatch, Paging};
use crate::ids::Id;
use crate::text::Text;

/// One report, as it is or as it was known at a moment.
pub fn get(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    (pupil, id): (Id, Id),
    as_of: Option<Timestamp>,
) -> ApiResult<FgmReportView> {
    let (_, mut rows) = seen(conn, scope, pupil, as_of)?;
    rows.retain(|row| row.id == id);
    let row = rows.pop().ok_or_else(ApiError::not_found)?;
    Ok(view(scope, Opened::open(conn, vault, row)?))
}

/// A page of a pupil's reports, the oldest record first.
pub fn list(
    conn: &mut Conn,
    vault: &Vault,
    scope: &Scope,
    pupil: Id,
    filter: &FgmReportFilter,
    paging: &Paging,
) -> ApiResult<Page<FgmReportView>> {
    let (window, rows) = seen(conn, scope, pupil, filter.as_of)?;
    case_records::page(conn, vault, &window, rows, paging, |one| view(scope, one))
}

/// Records what a teacher discovered.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, pupil: Id, input: FgmReportCreate) -> ApiResult<FgmReportView> {
    case_records::create::<FgmRow>(tx, scope, pupil, "fgm_report.recorded", |tx, new| {
        check_whose(scope, new, &input)?;
        check(tx.conn, scope, new.pupil, &input, "")?;
        let id = tx.new_id();
        let body = written(input.clone(), None);
        let row = first(tx, scope, new, &input, new.key.seal(FgmRow::TABLE, id, &body)?, id);
        Ok((row, body))
    })
    .map(|made| view(scope, made))
}

/// Records the teacher's report to the police, once.
pub fn report(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: FgmPoliceReport,
) -> ApiResult<FgmReportView> {
    change(tx, scope, ids, if_match, "fgm_report.reported", |_, change| {
        if change.row.reported_at.is_some() {
            return Err(ApiError::because(Code::StateConflict, "the report was made: correct the record"));
        }
        if input.reported_by_id != change.row.teacher_id {
            return Err(ApiError::rule("/reported_by_id", "not_allowed", rules::OWN_DUTY));
        }
        check_moment(scope, change.row.discovered_on, input.reported_at, "/reported_at")?;
        change.row.reported_at = Some(input.reported_at);
        change.body.police_report = Some(input);
        change.body.reason = None;
        Ok(())
    })
}

/// Records that a safeguarding lead was told, once.
pub fn tell_lead(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: FgmLeadTold,
) -> ApiResult<FgmReportView> {
    change(tx, scope, ids, if_match, "fgm_report.lead-told", |tx, change| {
        if change.row.dsl_told_on.is_some() {
            return Err(ApiError::because(Code::StateConflict, "a lead was told: correct the record"));
        }
        check_told(tx.conn, scope, (change.row.pupil_id, change.row.discovered_on), input, "")?;
        change.row.dsl_told_on = Some(input.told_on);
        change.body.lead_told = Some(input);
        change.body.reason = None;
        Ok(())
    })
}

/// Records a corrected version.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: FgmReportCorrection,
) -> ApiResult<FgmReportView> {
    change(tx, scope, ids, if_match, "fgm_report.corrected", |tx, change| {
        let said = input.discovery;
        let is_own = said.teacher_id == change.row.teacher_id;
        if !is_own && !scope.extent().covers(change.row.school_id) {
            return Err(ApiError::rule("/discovery/teacher_id", "not_allowed", "name yourself"));
        }
        check(tx.conn, scope, change.row.pupil_id, &said, "/discovery")?;
        change.row.teacher_id = said.teacher_id;
        change.row.discovered_on = said.discovered_on;
        change.row.reported_at = said.police_report.as_ref().map(|report| report.reported_at);
        change.row.dsl_told_on = said.lead_told.map(|told| told.told_on);
        change.body = written(said, Some(input.reason));
        Ok(())
    })
}

/// Withdraws a record that should never have been made.
pub fn withdraw(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: FgmReportWithdrawal,
) -> ApiResult<FgmReportView> {
    change(tx, scope, ids, if_match, "fgm_report.withdrawn", |_, change| {
        change.row.withdrawn = true;
        change.body.reason = Some(input.reason);
        Ok(())
    })
}

/// The reports to the police that are due: of the schools within reach, and the caller's own.
pub fn reports_due(
    conn: &mut Conn,
    scope: &Scope,
    asked: &DueAsked,
    due_on: impl Fn(Date) -> Option<Date>,
) -> ApiResult<Vec<CaseDue>> {
    let mut rows = case_records::due::<FgmRow>(conn, scope, asked)?;
    rows.extend(own_due(conn, scope, asked, &rows)?);
    let line = |row: &FgmRow| {
        let met_on = row.reported_at.map(Timestamp::london_date);
        Some(Line { due_on: due_on(row.discovered_on)?, met_on, owner: Some(row.teacher_id) })
    };
    Ok(asked.lines(&rows, line))
}

fn own_due(
    conn: &mut Conn,
    scope: &Scope,
    asked: &DueAsked,
    known: &[InReach<FgmRow>],
) -> ApiResult<Vec<InReach<FgmRow>>> {
    let Some(person) = scope.person() else { return Ok(Vec::new()) };
    let due = WantedDue { from: asked.from, to: asked.to, with_settled: asked.is_met, at: None };
    let mut rows = FgmRow::load(conn, &Wanted { due: Some(due), ..Wanted::of(scope.trust()) })?;
    let related = conflicts::conflicted_pupils(conn, scope.trust(), Some(person))?;
    rows.retain(|row| {
        row.teacher_id == person
            && !related.contains(&row.pupil_id)
            && scope.also_covers(Action::FgmReportMake, row.school_id)
            && asked.school.is_none_or(|school| school == row.school_id)
            && !known.iter().any(|one| one.row.id == row.id)
    });
    Ok(rows.into_iter().map(|row| InReach { school: row.school_id, row }).collect())
}

/// The reports about a pupil that the caller sees, and what of the pupil's case: 404 where that is nothing.
fn seen(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
    at: Option<Timestamp>,
) -> ApiResult<(Window, Vec<FgmRow>)> {
    let pupil = matches::present(conn, scope.trust(), pupil)?;
    if scope.extent().is_whole() || scope.extent().glass {
        match case::window(conn, scope, pupil) {
            Ok(window) => {
                let rows = case_records::held(conn, &window, at)?;
                return Ok((window, rows));
            }
            Err(error) if error.code == Code::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    let rows = own(conn, scope, pupil, at)?;
    if rows.is_empty() {
        return Err(ApiError::not_found());
    }
    Ok((whole(scope.trust(), pupil), rows))
}

/// The reports about a pupil that are the caller's own, in the versions that the school recorded where it began.
fn own(conn: &mut Conn, scope: &Scope, pupil: Id, at: Option<Timestamp>) -> ApiResult<Vec<FgmRow>> {
    let Some(person) = scope.person() else { return Ok(Vec::new()) };
    if conflicts::has_conflict(conn, scope.trust(), person, pupil)? {
        return Ok(Vec::new());
    }
    let pupils = [pupil];
    let wanted = Wanted { pupils: Some(&pupils), until: at, ..Wanted::of(scope.trust()) };
    let all = FgmRow::load(conn, &wanted)?;
    let began: Vec<(Id, Id)> =
        all.iter().filter(|row| row.number == 1).map(|row| (row.id, row.school_id)).collect();
    let here = all.into_iter().filter(|row| began.contains(&(row.id, row.school_id))).collect();
    let mut rows = newest::<FgmRow>(here);
    rows.retain(|row| row.teacher_id == person && is_open_to(scope, row));
    Ok(rows)
}

/// Whether the caller's key, where there is one, reaches the school.
fn is_open_to(scope: &Scope, row: &FgmRow) -> bool {
    scope.key_schools().is_none_or(|schools| schools.contains(&row.school_id))
}

fn change(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (pupil, id): (Id, Id),
    if_match: &IfMatch,
    did: &'static str,
    edit: impl FnOnce(&mut Tx<'_>, &mut Change<FgmRow>) -> ApiResult<()>,
) -> ApiResult<FgmReportView> {
    let (window, rows) = seen(tx.conn, scope, pupil, None)?;
    if !rows.iter().any(|row| row.id == id) {
        return Err(ApiError::not_found());
    }
    // A teacher records where the child is: the right to their own record names no school.
    let recording = scope.under(Action::FgmReportMake)?;
    case::known(tx.conn, &recording, window.pupil)?;
    let mut change = match case_records::begin_in::<FgmRow>(tx, &recording, &window, id, if_match)? {
        Begun::First(change) => change,
        Begun::Again { pupil, made } => return Ok(view(scope, case_records::again(tx, pupil, made)?)),
    };
    edit(tx, &mut change)?;
    Ok(view(scope, case_records::put(tx, scope, change, did)?))
}

fn view(scope: &Scope, report: Opened<FgmRow>) -> FgmReportView {
    let due_on = deadlines::fgm_report_due_on(report.row.discovered_on, scope.today());
    FgmReportView::new(report, due_on)
}

fn first(tx: &Tx<'_>, scope: &Scope, new: &New, input: &FgmReportCreate, body: Sealed, id: Id) -> FgmRow {
    FgmRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        pupil_id: new.pupil,
        school_id: new.school,
        teacher_id: input.teacher_id,
        discovered_on: input.discovered_on,
        reported_at: input.police_report.as_ref().map(|report| report.reported_at),
        dsl_told_on: input.lead_told.map(|told| told.told_on),
        first_due_on: None,
        last_due_on: None,
        settled: false,
        withdrawn: false,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body,
    }
}

fn written(input: FgmReportCreate, reason: Option<Text<2000>>) -> FgmBody {
    FgmBody {
        how: input.how,
        account: input.account,
        police_report: input.police_report,
        lead_told: input.lead_told,
        reason,
    }
}

/// Whoever does not read these reports at the school records what they discovered themselves, and nobody else.
fn check_whose(scope: &Scope, new: &New, input: &FgmReportCreate) -> ApiResult<()> {
    let is_own = scope.person() == Some(input.teacher_id);
    if is_own || scope.also_covers(Action::FgmReportRead, new.school) {
        return Ok(());
    }
    Err(ApiError::rule("/teacher_id", "not_allowed", "record what you discovered yourself"))
}

fn check(
    conn: &mut Conn,
    scope: &Scope,
    pupil: Id,
    input: &FgmReportCreate,
    at: &'static str,
) -> ApiResult<()> {
    let [discovered_on, teacher, reported_at, told] = match at {
        "" => ["/discovered_on", "/teacher_id", "/police_report/reported_at", "/lead_told"],
        _ => [
            "/discovery/discovered_on",
            "/discovery/teacher_id",
            "/discovery/police_report/reported_at",
            "/discovery/lead_told",
        ],
    };
    check_day(scope.today(), discovered_on, input.discovered_on)?;
    check_person(conn, scope, pupil, input.teacher_id, teacher)?;
    let born = pupils::named(conn, scope.trust(), &[pupil])?.pop().map(|row| row.birth_date);
    if born.is_none_or(|born| !rules::is_child(born, input.discovered_on)) {
        return Err(ApiError::rule(discovered_on, "range", "the duty is about children under 18"));
    }
    if let Some(report) = &input.police_report {
        check_moment(scope, input.discovered_on, report.reported_at, reported_at)?;
    }
    match input.lead_told {
        Some(lead) => check_told(conn, scope, (pupil, input.discovered_on), lead, told),
        None => Ok(()),
    }
}

fn check_moment(scope: &Scope, discovered_on: Date, at: Timestamp, pointer: &'static str) -> ApiResult<()> {
    if at > scope.now() || at.london_date() < discovered_on {
        let words = "must not be in the future or before the day of the discovery";
        return Err(ApiError::rule(pointer, "range", words));
    }
    Ok(())
}

fn check_told(
    conn: &mut Conn,
    scope: &Scope,
    (pupil, discovered_on): (Id, Date),
    lead: FgmLeadTold,
    at: &'static str,
) -> ApiResult<()> {
    let person = match at {
        "" => "/person_id",
        "/lead_told" => "/lead_told/person_id",
        _ => "/discovery/lead_told/person_id",
    };
    if lead.told_on > scope.today() || lead.told_on < discovered_on {
        let words = "must not be in the future or before the day of the discovery";
        return Err(ApiError::rule(format!("{at}/told_on"), "range", words));
    }
    check_person(conn, scope, pupil, lead.person_id, person)
}
