//! Recording a referral, and correcting what it says.

use super::super::super::dto::{
    ConcernReferralCorrection, ConcernReferralCreate, ConcernReferralView, ReferralConsent, ReferralMethod,
    ReferralStepKind,
};
use super::super::super::rules::referrals::Step;
use super::super::super::store::{self, ReferralBody, ReferralRow, StepRow};
use super::super::admission;
use super::super::case::{self, Case, Made};
use super::read;
use super::steps::{self, Begun};
use crate::access::refer::unknown;
use crate::access::versions::InVersions;
use crate::access::{Scope, Tx};
use crate::clock::Timestamp;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::organisation::establishments::LaCode;
use crate::features::{agencies, pupils, threshold_frameworks};
use crate::http::IfMatch;
use crate::ids::Id;

/// What a referral says.
struct Said {
    agency: Id,
    made_at: Timestamp,
    made_by: Id,
    method: ReferralMethod,
    consent: ReferralConsent,
    framework: Option<(Id, i16)>,
    body: ReferralBody,
}

/// Both requests give it by the same names.
macro_rules! said {
    ($input:expr, $correction_reason:expr) => {
        Said {
            agency: $input.agency_id,
            made_at: $input.made_at,
            made_by: $input.made_by_id,
            method: $input.method,
            consent: $input.consent,
            framework: $input.framework_id.zip($input.framework_level),
            body: ReferralBody {
                form: $input.form,
                consent_reason: $input.consent_reason,
                reason: $input.reason,
                correction_reason: $correction_reason,
            },
        }
    };
}

/// Records a referral.
pub fn create_referral(
    tx: &mut Tx<'_>,
    scope: &Scope,
    concern: Id,
    if_match: &IfMatch,
    input: ConcernReferralCreate,
) -> ApiResult<Made<ConcernReferralView>> {
    let (case, made) = case::begin(tx, scope, concern, if_match)?;
    if let Some(id) = made {
        return read::again(tx, scope, &case, id);
    }
    let said = said!(input, None);
    said.check(tx.conn, scope, &case, None)?;
    let about = named(tx.conn, &case, &input.pupil_ids)?;
    let id = tx.new_id();
    let row = ReferralRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        concern_id: concern,
        agency_id: said.agency,
        made_at: said.made_at,
        made_by: said.made_by,
        method: said.method,
        consent: said.consent,
        framework_id: said.framework.map(|(id, _)| id),
        framework_level: said.framework.map(|(_, level)| level),
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: case.key.seal(ReferralRow::TABLE, id, &said.body)?,
        acknowledged_at: None,
        decided_at: None,
        withdrawn_at: None,
        round: case.row.round,
        answered_at: None,
    };
    store::insert_referral(tx.conn, &row, &about)?;
    let view = read::one(tx.conn, tx.vault, scope, &case, row)?;
    case.finish(tx, "concern.referred", id, &said.body, view)
}

/// Records a corrected version of what a referral says. What followed it stays.
pub fn correct_referral(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ids: (Id, Id),
    if_match: &IfMatch,
    input: ConcernReferralCorrection,
) -> ApiResult<Made<ConcernReferralView>> {
    let open = match steps::begin(tx, scope, ids, if_match)? {
        Begun::First(open) => *open,
        Begun::Again(made) => return Ok(*made),
    };
    open.refuse(Step::Correct)?;
    let said = said!(input, Some(input.correction_reason));
    said.check(tx.conn, scope, &open.case, Some(&open.row))?;
    if open.steps.iter().any(|step| is_before(step, said.made_at)) {
        return Err(ApiError::rule("/made_at", "range", "must not be after what followed it"));
    }
    let sealed = open.case.key.seal(ReferralRow::TABLE, open.row.id, &said.body)?;
    let row = ReferralRow {
        agency_id: said.agency,
        made_at: said.made_at,
        made_by: said.made_by,
        method: said.method,
        consent: said.consent,
        framework_id: said.framework.map(|(id, _)| id),
        framework_level: said.framework.map(|(_, level)| level),
        ..open.row
    }
    .next(scope.person(), tx.now(), sealed);
    row.replace(tx.conn)?;
    let id = row.id;
    let view = read::one(tx.conn, tx.vault, scope, &open.case, row)?;
    read::note_decisions(tx, &view)?;
    open.case.finish(tx, "concern.referral-corrected", id, &said.body, view)
}

/// Whether a step would lie before the referral; of a decision only the day is known.
fn is_before(step: &StepRow, made_at: Timestamp) -> bool {
    match step.kind {
        ReferralStepKind::Decided => step.happened_at.london_date() < made_at.london_date(),
        _ => step.happened_at < made_at,
    }
}

impl Said {
    /// Somebody who is not linked to the case, an agency that is in use and a threshold document that holds on the day on
    /// which the referral was made. What stood in the version before is not asked for again: it was so when it was said.
    fn check(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        case: &Case,
        before: Option<&ReferralRow>,
    ) -> ApiResult<()> {
        case::check_moment(scope, "/made_at", self.made_at)?;
        if before.is_none_or(|row| row.made_by != self.made_by) {
            admission::check_not_linked(conn, scope, &case.row, self.made_by, "/made_by_id")?;
        }
        let day = self.made_at.london_date();
        let same = before.filter(|row| row.agency_id == self.agency && row.made_at.london_date() == day);
        if same.is_some_and(|row| row.framework_id.zip(row.framework_level) == self.framework) {
            return Ok(());
        }
        let agency =
            agencies::find(conn, scope.trust(), self.agency)?.ok_or_else(|| unknown("/agency_id"))?;
        if same.is_none() && !agency.is_used(day) {
            let words = "the trust does not refer to this agency on that day";
            return Err(ApiError::rule("/agency_id", "not_in_use", words));
        }
        self.check_framework(conn, scope, agency.la_code.as_ref())
    }

    fn check_framework(&self, conn: &mut Conn, scope: &Scope, la_code: Option<&LaCode>) -> ApiResult<()> {
        let Some((framework, level)) = self.framework else { return Ok(()) };
        let document = threshold_frameworks::find(conn, scope.trust(), framework)?
            .ok_or_else(|| unknown("/framework_id"))?;
        if !document.holds(self.made_at.london_date()) {
            return Err(ApiError::rule("/framework_id", "range", "it does not hold on that day"));
        }
        if la_code.is_some_and(|la| *la != document.la_code) {
            let words = "it is another local authority's than the agency";
            return Err(ApiError::rule("/framework_id", "not_allowed", words));
        }
        if document.levels.iter().all(|known| known.number != level) {
            return Err(ApiError::rule("/framework_level", "unknown_reference", "it has no such level"));
        }
        Ok(())
    }
}

/// The pupils by the records in which they stand today: each once, and each of those whom the concern names.
fn named(conn: &mut Conn, case: &Case, ids: &[Id]) -> ApiResult<Vec<Id>> {
    let row = &case.row;
    let known = store::named(conn, row.trust_id, row.id, row.account_number)?;
    let about = pupils::all_present(conn, row.trust_id, ids)?;
    for (at, pupil) in about.iter().enumerate() {
        if known.pupils.iter().all(|named| named.pupil_id != *pupil) {
            return Err(unknown(&format!("/pupil_ids/{at}")));
        }
        if about.iter().take(at).any(|before| before == pupil) {
            return Err(ApiError::rule(format!("/pupil_ids/{at}"), "repeated", "is named already"));
        }
    }
    Ok(about)
}
