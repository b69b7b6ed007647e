//! Runs what diesel writes. The type of a query says all of its parts, and diesel would compile the way to a database and back
//! for each type anew, twice: once for each database. Here the type is put away first, so that there is one way for all
//! queries and only the text and the rows are a matter of the single one (decision 0026).

use diesel::QueryResult;
use diesel::connection::{Connection, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::Limit;
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::CompatibleType;
use diesel::query_dsl::methods::LimitDsl;
use diesel::result::Error;
use diesel::sql_types::Untyped;

use super::{Conn, MultiBackend};

/// diesel's methods of this name, on a [`Conn`].
pub trait RunQueryDsl: Sized {
    /// Carries out a statement, and says how many rows it touched.
    fn execute(self, conn: &mut Conn) -> QueryResult<usize>
    where
        Self: QueryFragment<MultiBackend>,
    {
        conn.execute_returning_count(&Plain(&self))
    }

    /// All rows.
    fn load<U>(self, conn: &mut Conn) -> QueryResult<Vec<U>>
    where
        Self: AsQuery,
        Self::Query: QueryFragment<MultiBackend>,
        Self::SqlType: CompatibleType<U, MultiBackend>,
        U: FromSqlRow<<Self::SqlType as CompatibleType<U, MultiBackend>>::SqlType, MultiBackend>,
    {
        let query = self.as_query();
        rows(conn, &query)?.map(|row| U::build_from_row(&row?).map_err(Error::DeserializationError)).collect()
    }

    /// The first row of those that come.
    fn get_result<U>(self, conn: &mut Conn) -> QueryResult<U>
    where
        Self: AsQuery,
        Self::Query: QueryFragment<MultiBackend>,
        Self::SqlType: CompatibleType<U, MultiBackend>,
        U: FromSqlRow<<Self::SqlType as CompatibleType<U, MultiBackend>>::SqlType, MultiBackend>,
    {
        let query = self.as_query();
        let row = rows(conn, &query)?.next().ok_or(Error::NotFound)??;
        U::build_from_row(&row).map_err(Error::DeserializationError)
    }

    /// The first row, and only that is asked for.
    fn first<U>(self, conn: &mut Conn) -> QueryResult<U>
    where
        Self: LimitDsl,
        Limit<Self>: AsQuery,
        <Limit<Self> as AsQuery>::Query: QueryFragment<MultiBackend>,
        <Limit<Self> as AsQuery>::SqlType: CompatibleType<U, MultiBackend>,
        U: FromSqlRow<
                <<Limit<Self> as AsQuery>::SqlType as CompatibleType<U, MultiBackend>>::SqlType,
                MultiBackend,
            >,
    {
        self.limit(1).get_result(conn)
    }
}

impl<T> RunQueryDsl for T {}

/// A query of which only its text and its values are known.
struct Plain<'q>(&'q dyn QueryFragment<MultiBackend>);

impl QueryFragment<MultiBackend> for Plain<'_> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
}

impl QueryId for Plain<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Plain<'_> {
    type SqlType = Untyped;
}

type Rows<'c, 'q> = <Conn as LoadConnection>::Cursor<'c, 'q>;

fn rows<'c, 'q>(conn: &'c mut Conn, query: &'q dyn QueryFragment<MultiBackend>) -> QueryResult<Rows<'c, 'q>> {
    LoadConnection::load(conn, Plain(query))
}
