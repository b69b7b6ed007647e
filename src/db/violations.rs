//! What a database error means: a broken constraint, a full disk, a lost connection, or a fault of ours.
//!
//! SQLite names only `table.column` for a unique index and nothing for a foreign key; `PostgreSQL` names the
//! constraint. Both forms end in the same problem here, and no database text ever reaches a caller.
//!
//! Diesel gives the kind of an error for the most, whatever language the server speaks. What it has no kind for
//! (deadlock, timeout, full disk) is known by its English words: `connect` and `migrate` see that the server says them,
//! and `serve` tells where it does not.

use diesel::result::{DatabaseErrorKind, Error};

use crate::error::{ApiError, Code};

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::DatabaseError(kind, info) => database(kind, info.message()),
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            other => Self::internal(other.to_string()),
        }
    }
}

fn database(kind: DatabaseErrorKind, message: &str) -> ApiError {
    let lower = message.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let problem = match kind {
        DatabaseErrorKind::UniqueViolation => ApiError::of(Code::AlreadyExists),
        DatabaseErrorKind::ForeignKeyViolation => ApiError::because(
            Code::StateConflict,
            "the request refers to a record that does not exist or is in use",
        ),
        _ if any(&["disk is full", "no space left", "disk full"]) => ApiError::of(Code::StorageFull),
        DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::SerializationFailure
        // A standby, before it has taken over: SQLSTATE 25006.
        | DatabaseErrorKind::ReadOnlyTransaction => ApiError::unavailable(""),
        _ if any(&[
            "server closed the connection",
            "terminating connection",
            "connection to server",
            "no connection to the server",
            "shutting down",
            "starting up",
            "recovery mode",
            "database is locked",
            "could not receive data",
            "could not send data",
            "ssl connection has been closed",
            "deadlock detected",
            "disk i/o error",
            "canceling statement due to",
            "in a read-only transaction",
        ]) =>
        {
            ApiError::unavailable("")
        }
        _ => ApiError::internal(""),
    };
    ApiError { cause: Some(format!("{kind:?}: {message}")), ..problem }
}

/// A version-guarded update that found its row changed in the meantime: the version is stale.
pub fn expect_one(rows: usize) -> Result<(), ApiError> {
    if rows == 1 { Ok(()) } else { Err(ApiError::of(Code::VersionStale)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_words_for_a_full_disk_are_known() {
        for message in ["database or disk is full", "could not extend file: No space left on device"] {
            assert_eq!(database(DatabaseErrorKind::Unknown, message).code, Code::StorageFull);
        }
    }

    #[test]
    fn a_lost_connection_is_a_503_that_says_when_to_retry() {
        let error =
            database(DatabaseErrorKind::Unknown, "terminating connection due to administrator command");
        assert_eq!((error.code, error.retry_after), (Code::Unavailable, Some(2)));
    }

    #[test]
    fn a_standby_that_has_not_taken_over_is_a_503() {
        let message = "cannot execute INSERT in a read-only transaction";
        let error = database(DatabaseErrorKind::ReadOnlyTransaction, message);
        assert_eq!((error.code, error.retry_after), (Code::Unavailable, Some(2)));
        assert_eq!(database(DatabaseErrorKind::Unknown, message).code, Code::Unavailable);
    }

    #[test]
    fn what_the_database_says_never_reaches_the_caller() {
        let error = database(DatabaseErrorKind::UniqueViolation, "UNIQUE constraint failed: pupils.upn");
        assert_eq!(error.code, Code::AlreadyExists);
        assert_eq!(error.detail, None);
        assert!(error.errors.is_empty());
    }
}
