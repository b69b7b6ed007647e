//! Entries that are kept in versions: notes, actions and decisions of concerns, attendance, minutes and decisions of
//! panels. A version is never changed; the moment at which the next one took its place is the only thing that is written
//! to it afterwards.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::Timestamp;
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::http::Paging;
use crate::http::page::{Cursor, Page};
use crate::ids::Id;

/// A version of an entry, and the queries on its table. They take a parent that was found in scope.
pub trait InVersions: Sized {
    /// The record whose entries they are.
    type Parent;
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
    #[must_use]
    fn next(self, author: Option<Id>, at: Timestamp, body: Sealed) -> Self;

    /// The versions that held at a moment, by identifier.
    fn list_at(
        conn: &mut Conn,
        parent: &Self::Parent,
        at: Timestamp,
        after: Option<Id>,
        rows: i64,
    ) -> ApiResult<Vec<Self>>;

    /// How many entries there were at a moment.
    fn count_at(conn: &mut Conn, parent: &Self::Parent, at: Timestamp) -> ApiResult<i64>;

    /// The versions of an entry that were recorded up to a moment, after a number, the first one first.
    fn versions(
        conn: &mut Conn,
        parent: &Self::Parent,
        id: Id,
        at: Timestamp,
        after: i64,
        rows: i64,
    ) -> ApiResult<Vec<Self>>;

    /// How many versions of an entry were recorded up to a moment.
    fn count_versions(conn: &mut Conn, parent: &Self::Parent, id: Id, at: Timestamp) -> ApiResult<i64>;

    /// The version of an entry that holds now.
    fn newest(conn: &mut Conn, parent: &Self::Parent, id: Id) -> ApiResult<Self>;

    /// Stores a new entry.
    fn insert(&self, conn: &mut Conn) -> ApiResult<()>;

    /// Stores the next version of an entry, which takes the place of the one before.
    fn replace(&self, conn: &mut Conn) -> ApiResult<()>;
}

/// Implements [`InVersions`] for a row of a table: diesel's queries are types of that table, not of any table.
#[macro_export]
macro_rules! in_versions {
    ($row:ident, $table:ident, $body:ty, $parent:ident, $parent_id:ident) => {
        impl $crate::access::versions::InVersions for $row {
            type Parent = $parent;
            const TABLE: &'static str = stringify!($table);
            type Body = $body;

            fn id(&self) -> $crate::ids::Id {
                self.id
            }

            fn number(&self) -> i32 {
                self.number
            }

            fn body(&self) -> &$crate::crypto::Sealed {
                &self.body
            }

            fn next(
                self,
                author: Option<$crate::ids::Id>,
                at: $crate::clock::Timestamp,
                body: $crate::crypto::Sealed,
            ) -> Self {
                Self { number: self.number + 1, author_id: author, recorded_at: at, body, ..self }
            }

            fn list_at(
                conn: &mut $crate::db::Conn,
                parent: &Self::Parent,
                at: $crate::clock::Timestamp,
                after: Option<$crate::ids::Id>,
                rows: i64,
            ) -> $crate::error::ApiResult<Vec<Self>> {
                let mut query = $table::table
                    .filter($table::trust_id.eq(parent.trust_id))
                    .filter($table::$parent_id.eq(parent.id))
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

            fn count_at(
                conn: &mut $crate::db::Conn,
                parent: &Self::Parent,
                at: $crate::clock::Timestamp,
            ) -> $crate::error::ApiResult<i64> {
                Ok($table::table
                    .filter($table::trust_id.eq(parent.trust_id))
                    .filter($table::$parent_id.eq(parent.id))
                    .filter($table::recorded_at.le(at))
                    .filter(
                        $table::superseded_at.is_null().or($table::superseded_at.gt(at).assume_not_null()),
                    )
                    .count()
                    .get_result(conn)?)
            }

            fn versions(
                conn: &mut $crate::db::Conn,
                parent: &Self::Parent,
                id: $crate::ids::Id,
                at: $crate::clock::Timestamp,
                after: i64,
                rows: i64,
            ) -> $crate::error::ApiResult<Vec<Self>> {
                Ok($table::table
                    .filter($table::trust_id.eq(parent.trust_id))
                    .filter($table::$parent_id.eq(parent.id))
                    .filter($table::id.eq(id))
                    .filter($table::recorded_at.le(at))
                    .filter($table::number.gt(i32::try_from(after).unwrap_or(i32::MAX)))
                    .order($table::number)
                    .limit(rows)
                    .select(Self::as_select())
                    .load(conn)?)
            }

            fn count_versions(
                conn: &mut $crate::db::Conn,
                parent: &Self::Parent,
                id: $crate::ids::Id,
                at: $crate::clock::Timestamp,
            ) -> $crate::error::ApiResult<i64> {
                Ok($table::table
                    .filter($table::trust_id.eq(parent.trust_id))
                    .filter($table::$parent_id.eq(parent.id))
                    .filter($table::id.eq(id))
                    .filter($table::recorded_at.le(at))
                    .count()
                    .get_result(conn)?)
            }

            fn newest(
                conn: &mut $crate::db::Conn,
                parent: &Self::Parent,
                id: $crate::ids::Id,
            ) -> $crate::error::ApiResult<Self> {
                Ok($table::table
                    .filter($table::trust_id.eq(parent.trust_id))
                    .filter($table::$parent_id.eq(parent.id))
                    .filter($table::id.eq(id))
                    .filter($table::superseded_at.is_null())
                    .select(Self::as_select())
                    .first(conn)?)
            }

            fn insert(&self, conn: &mut $crate::db::Conn) -> $crate::error::ApiResult<()> {
                diesel::insert_into($table::table).values(self).execute(conn)?;
                Ok(())
            }

            fn replace(&self, conn: &mut $crate::db::Conn) -> $crate::error::ApiResult<()> {
                let ended = diesel::update($table::table)
                    .filter($table::trust_id.eq(self.trust_id))
                    .filter($table::id.eq(self.id))
                    .filter($table::number.eq(self.number - 1))
                    .filter($table::superseded_at.is_null())
                    .set($table::superseded_at.eq(Some(self.recorded_at)))
                    .execute(conn)?;
                $crate::db::violations::expect_one(ended)?;
                self.insert(conn)
            }
        }
    };
}

/// Later than every moment that is stored: what is there now, however the clocks of nodes and requests differ.
pub fn end_of_time() -> Timestamp {
    Timestamp::from_micros(4_102_444_799_000_000)
}

/// A page of the versions of an entry, the first one first; with `as_of`, those that were known at that moment.
pub fn page_of_versions<R: InVersions, V>(
    conn: &mut Conn,
    (parent, entry): (&R::Parent, Id),
    as_of: Option<Timestamp>,
    paging: &Paging,
    view: impl Fn(R) -> ApiResult<V>,
) -> ApiResult<Page<V>> {
    let (at, after) = (as_of.unwrap_or_else(end_of_time), paging.after_number()?.unwrap_or_default());
    let rows = R::versions(conn, parent, entry, at, after, paging.rows())?;
    let count = paging.wants_count().then(|| R::count_versions(conn, parent, entry, at)).transpose()?;
    let views = rows.into_iter().map(|row| Ok((row.number(), view(row)?))).collect::<ApiResult<Vec<_>>>()?;
    let page = paging.page(views, |(number, _)| Cursor::number((*number).into()), |(_, view)| view);
    Ok(page.with_count(count))
}
