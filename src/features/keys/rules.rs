//! Pure decisions about API keys: how long they last, which scopes they may start with, and who may hold the secret.

use super::store::KeyRow;
use crate::access::key_scopes::KeyScope;
use crate::access::{Action, Scope};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

const DAY: i64 = 86_400;
/// The longest life of a key, in seconds: one year.
const LONGEST: i64 = 366 * DAY;
/// The life of a trust's first administrator's key, in seconds: long enough to set the trust up.
pub const FIRST_ADMIN: i64 = 90 * DAY;

/// Whether a service's key may start with a scope: the rest is for persons, or granted later.
pub const fn is_for_service(scope: KeyScope) -> bool {
    !scope.needs_grant() && !matches!(scope, KeyScope::All)
}

/// Whether a person's key is made or rotated by somebody else: nobody acts in another's name.
pub fn is_anothers(owner: Option<Id>, maker: Option<Id>) -> bool {
    owner.is_some() && owner != maker
}

/// The scopes of a key's successor: what was granted to a service has to be granted again, as its secret is in new
/// hands.
pub fn kept_scopes(row: &KeyRow) -> Vec<KeyScope> {
    let keeps = |scope: &KeyScope| row.person_id.is_some() || !scope.needs_grant();
    row.scopes().into_iter().filter(keeps).collect()
}

/// Whether a key lets nobody in before a second person has confirmed it.
pub fn needs_second(row: &KeyRow) -> bool {
    row.person_id.is_none() && row.scopes().into_iter().any(KeyScope::needs_second)
}

/// Refuses a second person who could not give what the key shows: people and pupils take the right to grant at all of
/// its schools, the log a right to the whole trust.
pub fn check_reach_of_second(scope: &Scope, row: &KeyRow) -> ApiResult<()> {
    let scopes = row.scopes();
    let schools = row.schools();
    let grants = || {
        scope.also_covers_trust(Action::KeyGrant)
            || (!schools.is_empty()
                && schools.iter().all(|school| scope.also_covers(Action::KeyGrant, *school)))
    };
    let shows_log = scopes.contains(&KeyScope::AuditRead);
    let shows_people = scopes.iter().any(|scope| scope.shows_people());
    if (shows_log && !scope.extent().trust) || (shows_people && !grants()) {
        return Err(ApiError::of(Code::Forbidden));
    }
    Ok(())
}

/// Refuses an end that is past or further than a year away.
pub fn check_end(expires_at: Timestamp, now: Timestamp) -> ApiResult<()> {
    if expires_at <= now {
        return Err(ApiError::rule("/expires_at", "range", "must be in the future"));
    }
    if expires_at > now.plus_seconds(LONGEST) {
        return Err(ApiError::rule("/expires_at", "range", "must be at most one year from now"));
    }
    Ok(())
}

/// Refuses a key that works no more, or that has a successor.
pub fn check_live(row: &KeyRow, now: Timestamp) -> ApiResult<()> {
    let fault = if row.revoked_at.is_some() {
        "the key is revoked"
    } else if row.rotated_to.is_some() {
        "the key has a successor"
    } else if row.expires_at <= now {
        "the key has expired"
    } else {
        return Ok(());
    };
    Err(ApiError::because(Code::StateConflict, fault))
}

/// When a rotated key ends and when its successor does: the old one after the overlap or at its own end, the new one
/// after as long a life as the old one was given.
pub fn rotation_ends(row: &KeyRow, overlap_hours: u16, now: Timestamp) -> (Timestamp, Timestamp) {
    let old = now.plus_seconds(i64::from(overlap_hours) * 3600).min(row.expires_at);
    let life = (row.expires_at.seconds() - row.created_at.seconds()).clamp(DAY, LONGEST);
    (old, now.plus_seconds(life))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn row() -> KeyRow {
        KeyRow {
            created_at: at(NOW - 10 * DAY),
            expires_at: at(NOW + 20 * DAY),
            ..KeyRow::sample(Id::from_bytes([1; 16]))
        }
    }

    #[test]
    fn a_key_ends_within_a_year() {
        assert!(check_end(at(NOW + DAY), at(NOW)).is_ok());
        assert!(check_end(at(NOW + 365 * DAY), at(NOW)).is_ok());
        assert!(check_end(at(NOW), at(NOW)).is_err());
        assert!(check_end(at(NOW + 367 * DAY), at(NOW)).is_err());
    }

    #[test]
    fn a_persons_key_is_made_by_that_person_alone() {
        let (one, other) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        assert!(is_anothers(Some(one), Some(other)) && is_anothers(Some(one), None));
        assert!(
            !is_anothers(Some(one), Some(one)) && !is_anothers(None, Some(one)) && !is_anothers(None, None)
        );
    }

    #[test]
    fn a_services_grants_end_with_the_key() {
        let scopes = "concerns-create concerns-metadata concerns-text".to_owned();
        let service = KeyRow { person_id: None, scopes: scopes.clone(), ..row() };
        assert_eq!(kept_scopes(&service), [KeyScope::ConcernsCreate]);
        let person = KeyRow { person_id: Some(Id::from_bytes([1; 16])), scopes, ..row() };
        assert_eq!(kept_scopes(&person).len(), 3);
    }

    #[test]
    fn a_services_key_that_shows_records_takes_two_people() {
        let service = |scopes: &str| KeyRow { person_id: None, scopes: scopes.to_owned(), ..row() };
        for scope in ["people-read", "people-write", "pupils-read", "pupils-write", "audit-read"] {
            assert!(needs_second(&service(&format!("concerns-create {scope}"))), "{scope}");
        }
        assert!(!needs_second(&service("concerns-create reference-read")));
        let person = KeyRow { person_id: Some(Id::from_bytes([1; 16])), ..service("all audit-read") };
        assert!(!needs_second(&person));
    }

    #[test]
    fn a_dead_key_is_not_rotated() {
        assert!(check_live(&row(), at(NOW)).is_ok());
        assert!(check_live(&KeyRow { revoked_at: Some(at(NOW)), ..row() }, at(NOW)).is_err());
        assert!(check_live(&KeyRow { rotated_to: Some(Id::from_bytes([2; 16])), ..row() }, at(NOW)).is_err());
        assert!(check_live(&row(), at(NOW + 20 * DAY)).is_err());
    }

    #[test]
    fn rotation_ends_the_old_key_after_the_overlap() {
        assert_eq!(rotation_ends(&row(), 24, at(NOW)), (at(NOW + DAY), at(NOW + 30 * DAY)));
        assert_eq!(rotation_ends(&row(), 0, at(NOW)).0, at(NOW));
        let short = KeyRow { expires_at: at(NOW + 60), ..row() };
        assert_eq!(rotation_ends(&short, 168, at(NOW)).0, at(NOW + 60));
    }
}
