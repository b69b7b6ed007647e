//! Entries that are kept in versions. A version is never changed; the moment at which the next one took its place is the
//! only thing that is written to it afterwards.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ConcernRow;
use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

/// A version of an entry, and the queries on its table. They take a concern that was found in scope.
pub trait Versioned: Sized {
    /// The table, under whose name the text is sealed.
    const TABLE: &'static str;
    /// The text.
    type Body: Clone + Serialize + DeserializeOwned;

    /// The entry: the same for all its versions.
    fn id(&self) -> Id;

    /// 1 for the version that was recorded first.
    fn number(&self) -> i32;

    /// The sealed text.
    fn body(&self) -> &Sealed;

    /// The version after this one.
    fn next(self, author: Option<Id>, at: Timestamp, body: Sealed) -> Self;

    /// The versions that held at a moment, by identifier.
    fn list_at(
        conn: &mut Conn,
        concern: &ConcernRow,
        at: Timestamp,
        after: Option<Id>,
        rows: i64,
    ) -> ApiResult<Vec<Self>>;

    /// How many entries there were at a moment.
    fn count_at(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<i64>;

    /// The versions of an entry that were recorded up to a moment, after a number, the first one first.
    fn versions(
        conn: &mut Conn,
        concern: &ConcernRow,
        id: Id,
        at: Timestamp,
        after: i64,
        rows: i64,
    ) -> ApiResult<Vec<Self>>;

    /// How many versions of an entry were recorded up to a moment.
    fn count_versions(conn: &mut Conn, concern: &ConcernRow, id: Id, at: Timestamp) -> ApiResult<i64>;

    /// The version of an entry that holds now.
    fn newest(conn: &mut Conn, concern: &ConcernRow, id: Id) -> ApiResult<Self>;

    /// Stores a new entry.
    fn insert(&self, conn: &mut Conn) -> ApiResult<()>;

    /// Stores the next version of an entry, which takes the place of the one before.
    fn replace(&self, conn: &mut Conn) -> ApiResult<()>;
}

/// Implements [`Versioned`] for a row of a table: diesel's queries are types of that table, not of any table.
macro_rules! versioned {
    ($row:ident, $table:ident, $body:ident) => {
        impl Versioned for $row {
            const TABLE: &'static str = stringify!($table);
            type Body = $body;

            fn id(&self) -> Id {
                self.id
            }

            fn number(&self) -> i32 {
                self.number
            }

            fn body(&self) -> &Sealed {
                &self.body
            }

            fn next(self, author: Option<Id>, at: Timestamp, body: Sealed) -> Self {
                Self { number: self.number + 1, author_id: author, recorded_at: at, body, ..self }
            }

            fn list_at(
                conn: &mut Conn,
                concern: &ConcernRow,
                at: Timestamp,
                after: Option<Id>,
                rows: i64,
            ) -> ApiResult<Vec<Self>> {
                let mut query = $table::table
                    .filter($table::trust_id.eq(concern.trust_id))
                    .filter($table::concern_id.eq(concern.id))
                    .filter($table::recorded_at.le(at))
                    .filter(
                        $table::superseded_at.is_null().or($table::superseded_at.gt(at).assume_not_null()),
                    )
                    .into_boxed();
                if let Some(after) = after {
                    query = query.filter($table::id.gt(after));
                }
                Ok(query.order($table::id).limit(rows).select(Self::as_select()).load(conn)?)
            }

            fn count_at(conn: &mut Conn, concern: &ConcernRow, at: Timestamp) -> ApiResult<i64> {
                Ok($table::table
                    .filter($table::trust_id.eq(concern.trust_id))
                    .filter($table::concern_id.eq(concern.id))
                    .filter($table::recorded_at.le(at))
                    .filter(
                        $table::superseded_at.is_null().or($table::superseded_at.gt(at).assume_not_null()),
                    )
                    .count()
                    .get_result(conn)?)
            }

            fn versions(
                conn: &mut Conn,
                concern: &ConcernRow,
                id: Id,
                at: Timestamp,
                after: i64,
                rows: i64,
            ) -> ApiResult<Vec<Self>> {
                Ok($table::table
                    .filter($table::trust_id.eq(concern.trust_id))
                    .filter($table::concern_id.eq(concern.id))
                    .filter($table::id.eq(id))
                    .filter($table::recorded_at.le(at))
                    .filter($table::number.gt(i32::try_from(after).unwrap_or(i32::MAX)))
                    .order($table::number)
                    .limit(rows)
                    .select(Self::as_select())
                    .load(conn)?)
            }

            fn count_versions(
                conn: &mut Conn,
                concern: &ConcernRow,
                id: Id,
                at: Timestamp,
            ) -> ApiResult<i64> {
                Ok($table::table
                    .filter($table::trust_id.eq(concern.trust_id))
                    .filter($table::concern_id.eq(concern.id))
                    .filter($table::id.eq(id))
                    .filter($table::recorded_at.le(at))
                    .count()
                    .get_result(conn)?)
            }

            fn newest(conn: &mut Conn, concern: &ConcernRow, id: Id) -> ApiResult<Self> {
                Ok($table::table
                    .filter($table::trust_id.eq(concern.trust_id))
                    .filter($table::concern_id.eq(concern.id))
                    .filter($table::id.eq(id))
                    .filter($table::superseded_at.is_null())
                    .select(Self::as_select())
                    .first(conn)?)
            }

            fn insert(&self, conn: &mut Conn) -> ApiResult<()> {
                diesel::insert_into($table::table).values(self).execute(conn)?;
                Ok(())
            }

            fn replace(&self, conn: &mut Conn) -> ApiResult<()> {
                let ended = diesel::update($table::table)
                    .filter($table::trust_id.eq(self.trust_id))
                    .filter($table::id.eq(self.id))
                    .filter($table::number.eq(self.number - 1))
                    .filter($table::superseded_at.is_null())
                    .set($table::superseded_at.eq(Some(self.recorded_at)))
                    .execute(conn)?;
                crate::db::violations::expect_one(ended)?;
                self.insert(conn)
            }
        }
    };
}

pub(super) use versioned;
