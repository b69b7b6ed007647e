//! Statements that diesel can write for each database but not for "both": a thin wrapper asks each in turn.

use diesel::expression::ValidGrouping;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Binary, Bool, Nullable};
use diesel::sqlite::Sqlite;

use super::MultiBackend;
use super::types::Uid;
use crate::ids::Id;

/// Stores the rows of a slice, in pieces that stay below what a statement of either database takes. A single row is a
/// statement that the connection keeps prepared; those of many rows are planned each time.
#[macro_export]
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr) => {{
        let conn: &mut $crate::db::Conn = $conn;
        let rows: &[_] = $rows;
        if let [row] = rows {
            diesel::insert_into($table).values(row).execute(conn)?;
        } else {
            for rows in rows.chunks(500) {
                $crate::on_backend!(conn, c => diesel::RunQueryDsl::execute(diesel::insert_into($table).values(rows), c))?;
            }
        }
    }};
}

/// A statement that is valid for both databases, such as an insert with `ON CONFLICT`.
#[derive(Debug, Clone, Copy)]
pub struct Portable<T>(pub T);

impl<T> QueryFragment<MultiBackend> for Portable<T>
where
    T: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<T> QueryId for Portable<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: Query> Query for Portable<T> {
    type SqlType = T::SqlType;
}

/// Whether a binary column has these bytes somewhere: `instr` on SQLite, `position` on `PostgreSQL`. Null where the
/// column is.
#[derive(Debug, Clone)]
pub struct HasBytes<C> {
    column: C,
    bytes: Vec<u8>,
}

impl<C> HasBytes<C> {
    /// The condition on a column.
    pub const fn new(column: C, bytes: Vec<u8>) -> Self {
        Self { column, bytes }
    }
}

impl<C: Expression> Expression for HasBytes<C> {
    type SqlType = Nullable<Bool>;
}

impl<C: AppearsOnTable<T>, T> AppearsOnTable<T> for HasBytes<C> {}
impl<C: SelectableExpression<T>, T> SelectableExpression<T> for HasBytes<C> {}

impl<C: ValidGrouping<G>, G> ValidGrouping<G> for HasBytes<C> {
    type IsAggregate = C::IsAggregate;
}

impl<C> QueryId for HasBytes<C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C: QueryFragment<Pg>> QueryFragment<Pg> for HasBytes<C> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("(position(");
        pass.push_bind_param::<Binary, _>(&self.bytes)?;
        pass.push_sql(" IN ");
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(") > 0)");
        Ok(())
    }
}

impl<C: QueryFragment<Sqlite>> QueryFragment<Sqlite> for HasBytes<C> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        pass.push_sql("(instr(");
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(", ");
        pass.push_bind_param::<Binary, _>(&self.bytes)?;
        pass.push_sql(") > 0)");
        Ok(())
    }
}

impl<C> QueryFragment<MultiBackend> for HasBytes<C>
where
    C: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, pass)
    }
}

/// Whether a binary column has the bytes of a row's identifier somewhere. Null where the column is.
#[derive(Debug, Clone, Copy)]
pub struct HasIdOf<C, I> {
    column: C,
    id: I,
}

impl<C, I> HasIdOf<C, I> {
    /// The condition on a column and an identifier.
    pub const fn new(column: C, id: I) -> Self {
        Self { column, id }
    }
}

impl<C: Expression, I: Expression> Expression for HasIdOf<C, I> {
    type SqlType = Nullable<Bool>;
}

impl<C: AppearsOnTable<T>, I: AppearsOnTable<T>, T> AppearsOnTable<T> for HasIdOf<C, I> {}

impl<C, I> QueryId for HasIdOf<C, I> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C: ValidGrouping<G>, I, G> ValidGrouping<G> for HasIdOf<C, I> {
    type IsAggregate = C::IsAggregate;
}

impl<C: QueryFragment<Pg>, I: QueryFragment<Pg>> QueryFragment<Pg> for HasIdOf<C, I> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("(position(uuid_send(");
        self.id.walk_ast(pass.reborrow())?;
        pass.push_sql(") IN ");
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(") > 0)");
        Ok(())
    }
}

impl<C: QueryFragment<Sqlite>, I: QueryFragment<Sqlite>> QueryFragment<Sqlite> for HasIdOf<C, I> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        pass.push_sql("(instr(");
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(", unhex(");
        self.id.walk_ast(pass.reborrow())?;
        pass.push_sql(", '-')) > 0)");
        Ok(())
    }
}

impl<C, I> QueryFragment<MultiBackend> for HasIdOf<C, I>
where
    C: QueryFragment<Pg> + QueryFragment<Sqlite>,
    I: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, pass)
    }
}

/// A condition on the rows of a table in plain SQL that both databases know: for what asks one table twice. Each `?`
/// stands for the same identifiers, of which there is one at least.
#[derive(Debug, Clone)]
pub struct AmongIds<T> {
    sql: &'static str,
    ids: Vec<Id>,
    table: std::marker::PhantomData<T>,
}

impl<T> AmongIds<T> {
    /// The condition with its identifiers.
    pub fn new(_table: T, sql: &'static str, ids: &[Id]) -> Self {
        Self { sql, ids: ids.to_vec(), table: std::marker::PhantomData }
    }
}

impl<T> Expression for AmongIds<T> {
    type SqlType = Bool;
}

impl<T> AppearsOnTable<T> for AmongIds<T> {}

impl<T> ValidGrouping<()> for AmongIds<T> {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl<T> QueryId for AmongIds<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> QueryFragment<MultiBackend> for AmongIds<T> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for (index, part) in self.sql.split('?').enumerate() {
            if index > 0 {
                pass.push_sql("(");
                for (index, id) in self.ids.iter().enumerate() {
                    pass.push_sql(if index > 0 { ", " } else { "" });
                    pass.push_bind_param::<Uid, _>(id)?;
                }
                pass.push_sql(")");
            }
            pass.push_sql(part);
        }
        Ok(())
    }
}

/// A prefix or word for `LIKE`, with its wildcards taken literally (escape character `\`).
pub fn like_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The form in which names are searched and sorted: lower case, without accents, one space between words. Written by
/// us into a column of its own, since `lower()` and `LIKE` treat letters beyond ASCII differently.
pub fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_beyond_ascii() {
        assert_eq!(fold("  Zoë   ÅNGSTRÖM "), "zoe angstrom");
    }

    #[test]
    fn wildcards_are_literal() {
        assert_eq!(like_literal(r"50%_\"), r"50\%\_\\");
    }
}
