//! What stands about a pupil beside concerns: places in families, support, sharing, interventions.

use super::super::super::case::PupilKey;
use super::super::super::families::MemberRow;
use super::super::super::family_support::SupportBody;
use super::super::super::interventions::InterventionBody;
use super::super::super::records::{self, RecordBody, RecordClass, RecordRow};
use super::super::super::sharing::SharingBody;
use super::super::rules::{ChronologyKind, Place};
use super::{Body, Found, with};
use crate::access::{Action, Scope};
use crate::clock::Date;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// What stands about a pupil beside concerns, each class through its own right.
pub fn records_of(conn: &mut Conn, scope: &Scope, pupil: Id) -> ApiResult<Vec<RecordRow>> {
    let classes = [
        (Action::FamilySupportRead, SupportBody::CLASSES),
        (Action::SharingRead, SharingBody::CLASSES),
        (Action::InterventionRead, InterventionBody::CLASSES),
    ];
    let mut found = Vec::new();
    for (action, classes) in classes {
        if let Ok(reading) = scope.under(action) {
            found.extend(records::of_pupil(conn, &reading, pupil, classes)?);
        }
    }
    Ok(found)
}

/// A pupil's place in a family.
pub fn of_family(row: &MemberRow) -> Found {
    let at = row.starts_on.map_or(row.recorded_at, Date::begins_at);
    Found {
        place: Place { at, source: row.id, kind: ChronologyKind::InFamily },
        day: row.starts_on,
        recorded_at: row.recorded_at,
        concern: None,
        school: Some(row.school_id),
        body: Body::Family(row.clone()),
    }
}

/// What is recorded of a class; support that has ended stands where it ended too.
pub fn of_class(records: &[RecordRow], class: RecordClass, kind: ChronologyKind) -> Vec<Found> {
    let found = |row: &RecordRow| {
        let day = match row.ended_on {
            Some(end) if kind == ChronologyKind::SupportEnded => end,
            _ => row.happened_on,
        };
        Found {
            place: Place { at: day.begins_at(), source: row.id, kind },
            day: Some(day),
            recorded_at: row.recorded_at,
            concern: row.concern_id,
            school: Some(row.school_id),
            body: Body::Record(Box::new(row.clone())),
        }
    };
    records.iter().filter(|row| row.class == class).map(found).collect()
}

/// The text of a record, before it is one line.
pub fn line(key: &PupilKey, kind: ChronologyKind, row: &RecordRow) -> ApiResult<String> {
    Ok(match row.class {
        RecordClass::FamilySupport => {
            let body: SupportBody = key.unseal(records::TABLE, row.id, &row.body)?;
            match body.outcome {
                Some(outcome) if kind == ChronologyKind::SupportEnded => {
                    with(outcome.as_str(), body.outcome_summary.as_deref())
                }
                _ => body.agreed.into_string(),
            }
        }
        RecordClass::InformationShared | RecordClass::InformationWithheld => {
            key.unseal::<SharingBody>(records::TABLE, row.id, &row.body)?.line()
        }
        RecordClass::Intervention => {
            key.unseal::<InterventionBody>(records::TABLE, row.id, &row.body)?.facts.led_to.into_string()
        }
        RecordClass::SupportContact | RecordClass::SupportSignpost => String::new(),
    })
}
