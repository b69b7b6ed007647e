//! Notifications: that there is something for a person, as an identifier and a kind, never a name or a category
//! (domain 8.3-11). A row in the transaction of the act; the person reads them under `me`.

use crate::db::prelude::*;

use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::schema::{notifications, revocations};
use crate::error::ApiResult;
use crate::ids::Id;

crate::words! {
    /// What a notification tells of.
    pub enum NotificationKind {
        /// A concern was raised at a school where you are to look at it.
        ConcernRaised = "concern_raised",
        /// A concern was shared with you.
        ConcernShared = "concern_shared",
        /// A concern was assigned to you.
        ConcernAssigned = "concern_assigned",
        /// An action in a concern was given to you.
        ActionAssigned = "action_assigned",
        /// An escalation of a concern was given to you.
        EscalationAssigned = "escalation_assigned",
        /// Something was added to a concern that you work on or raised.
        ConcernUpdated = "concern_updated",
        /// The reporter has added something to a concern that is closed.
        ConcernAddedSinceClosure = "concern_added_since_closure",
        /// A concern was put where you read it: under your school, or into the other log.
        ConcernMoved = "concern_moved",
        /// A concern that you work on or raised was closed.
        ConcernClosed = "concern_closed",
        /// A concern that you work on or raised was reopened.
        ConcernReopened = "concern_reopened",
        /// You stand in for the trust lead in a concern.
        TrustLeadDeputised = "trust_lead_deputised",
        /// A school asks for your support in a concern, as the trust's lead or in their place; the record is the request. To a
        /// CEO: nobody is in post who could answer.
        SupportRequested = "support_requested",
        /// What you asked of the trust's lead in a concern was answered.
        SupportAnswered = "support_answered",
        /// A request for your support was taken back, or the support that you gave has ended; the record is the request.
        SupportEnded = "support_ended",
        /// Somebody broke the glass at your school and reads a case; the record is the entry, which waits for a review.
        GlassBroken = "glass_broken",
        /// It was said whether it was right that you broke the glass; the record is the entry.
        GlassReviewed = "glass_reviewed",
        /// The closing of a concern was proposed in a panel that you attended: your answer is asked.
        AgreementAsked = "agreement_asked",
        /// A decision of a panel was given to you; your tasks name its panel.
        PanelDecisionAssigned = "panel_decision_assigned",
        /// One person alone, who has just raised a concern, reads the concerns of a school: see that posts are filled.
        ReadsAlone = "reads_alone",
        /// Nobody is on record who reads the concerns of a school: see that a safeguarding lead is appointed.
        ReadersMissing = "readers_missing",
        /// A school has left the trust, and you read its concerns from now on; the record is the school.
        ConcernsTakenOver = "concerns_taken_over",
        /// A login was mapped to you: whoever holds it is let in as you.
        LoginLinked = "login_linked",
        /// Another school of the trust has a new pupil with the number of one whom yours has.
        PupilMatched = "pupil_matched",
        /// Support of a family was allocated to you.
        SupportAllocated = "family_support_allocated",
        /// A restrictive intervention was recorded at a school where you are to look at it.
        InterventionRecorded = "intervention_recorded",
    }
}

/// A notification as it is stored.
#[derive(Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
struct NotificationRow {
    trust_id: Id,
    id: Id,
    person_id: Id,
    kind: NotificationKind,
    record_id: Id,
    at: Timestamp,
    read_at: Option<Timestamp>,
}

/// Tells people of something, in the transaction of the act. Each is told once, and whoever is shut out is not; who must
/// not know of the record is for the caller to leave out.
pub fn notify(
    conn: &mut Conn,
    trust: Id,
    persons: &[Id],
    kind: NotificationKind,
    record: Id,
    now: Timestamp,
) -> ApiResult<()> {
    if persons.is_empty() {
        return Ok(());
    }
    let mut persons = persons.to_vec();
    persons.sort_unstable();
    persons.dedup();
    let shut_out = shut_out(conn, trust, &persons)?;
    persons.retain(|person| !shut_out.contains(person));
    let row = |person_id: Id| NotificationRow {
        trust_id: trust,
        id: Id::new(now),
        person_id,
        kind,
        record_id: record,
        at: now,
        read_at: None,
    };
    let rows: Vec<NotificationRow> = persons.into_iter().map(row).collect();
    crate::insert_rows!(conn, notifications::table, &rows);
    Ok(())
}

/// Who of these people is revoked: what is written for them now would be waiting for whoever has their login.
fn shut_out(conn: &mut Conn, trust: Id, persons: &[Id]) -> ApiResult<Vec<Id>> {
    let found: Vec<Option<Id>> = revocations::table
        .filter(revocations::trust_id.eq(trust))
        .filter(revocations::person_id.eq_any(persons.iter().copied().map(Some).collect::<Vec<_>>()))
        .filter(revocations::lifted_at.is_null())
        .select(revocations::person_id)
        .load(conn)?;
    Ok(found.into_iter().flatten().collect())
}
