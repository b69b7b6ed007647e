//! What the records of a pupil's case have in common that stand outside any concern: meetings of agencies, placements with
//! alternative providers, FGM reports, assessments. Each is kept in versions under the pupil's key. A version belongs to the school
//! that recorded it, so that a school that the child has left goes on seeing the one that it knew (decision 0012). A pupil
//! has few of each: they are read together and sorted out here, with one query a table (decision 0020).

mod due;
mod read;
mod write;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::{Date, Timestamp};
use crate::crypto::Sealed;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::ids::Id;

pub use due::{CaseDue, DueAsked, InReach, Line, due};
pub use read::{Opened, get, held, list, newest, newest_of_pupils, page, standing, whole};
pub use write::{Begun, Change, New, again, begin_in, change, check_person, create, put};

/// What every version has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub trust: Id,
    /// The record: the same for all its versions.
    pub id: Id,
    pub number: i32,
    pub pupil: Id,
    /// The school that recorded this version.
    pub school: Id,
    pub withdrawn: bool,
    pub author: Option<Id>,
    pub recorded_at: Timestamp,
}

/// Between which days something of a record is due or was, and whether nothing of it is any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DueDays {
    /// None where nothing ever is.
    pub first: Option<Date>,
    /// None where that has no end.
    pub last: Option<Date>,
    pub settled: bool,
}

/// Says when something of a version is due, from its other columns.
pub trait Dated {
    fn due_days(&self) -> DueDays;
}

/// A version of a record, and the queries on its table.
pub trait CaseRecord: Dated + Clone + Sized {
    /// The table, under whose name the text is sealed.
    const TABLE: &'static str;
    /// The class under which it stands in the audit log.
    const CLASS: &'static str;
    /// The text.
    type Body: Clone + Serialize + DeserializeOwned;

    fn head(&self) -> Head;

    fn body(&self) -> &Sealed;

    /// The version after this one.
    #[must_use]
    fn next(self, school: Id, author: Option<Id>, at: Timestamp, body: Sealed) -> Self;

    /// The versions that are asked for, each record's in their order.
    fn load(conn: &mut Conn, wanted: &Wanted<'_>) -> ApiResult<Vec<Self>>;

    /// Stores a new record.
    fn insert(self, conn: &mut Conn) -> ApiResult<Self>;

    /// Stores the next version of a record, which takes the place of the one before.
    fn replace(self, conn: &mut Conn) -> ApiResult<Self>;
}

/// Which versions are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub trust: Id,
    /// About these pupils.
    pub pupils: Option<&'a [Id]>,
    /// That these schools recorded.
    pub schools: Option<&'a [Id]>,
    /// That were recorded by then.
    pub until: Option<Timestamp>,
    /// Those that hold now and of which something is due.
    pub due: Option<WantedDue<'a>>,
}

/// Of which something is due, between two days.
#[derive(Clone, Copy, Debug)]
pub struct WantedDue<'a> {
    pub from: Option<Date>,
    pub to: Date,
    /// Those too of which nothing is due any more.
    pub with_settled: bool,
    /// About pupils who are or were on roll at these schools.
    pub at: Option<&'a [Id]>,
}

impl Wanted<'_> {
    /// All of a trust.
    pub const fn of(trust: Id) -> Self {
        Self { trust, pupils: None, schools: None, until: None, due: None }
    }
}

/// Implements [`CaseRecord`] for a row of a table: diesel's queries are types of that table, not of any table.
macro_rules! case_record {
    ($row:ident, $table:ident, $class:literal, $body:ty) => {
        impl $crate::features::pupils::case_records::CaseRecord for $row {
            const TABLE: &'static str = stringify!($table);
            const CLASS: &'static str = $class;
            type Body = $body;

            fn head(&self) -> $crate::features::pupils::case_records::Head {
                $crate::features::pupils::case_records::Head {
                    trust: self.trust_id,
                    id: self.id,
                    number: self.number,
                    pupil: self.pupil_id,
                    school: self.school_id,
                    withdrawn: self.withdrawn,
                    author: self.author_id,
                    recorded_at: self.recorded_at,
                }
            }

            fn body(&self) -> &$crate::crypto::Sealed {
                &self.body
            }

            fn next(
                self,
                school: $crate::ids::Id,
                author: Option<$crate::ids::Id>,
                at: $crate::clock::Timestamp,
                body: $crate::crypto::Sealed,
            ) -> Self {
                Self {
                    number: self.number + 1,
                    school_id: school,
                    author_id: author,
                    recorded_at: at,
                    superseded_at: None,
                    body,
                    ..self
                }
            }

            fn load(
                conn: &mut $crate::db::Conn,
                wanted: &$crate::features::pupils::case_records::Wanted<'_>,
            ) -> $crate::error::ApiResult<Vec<Self>> {
                use $crate::db::schema::enrolments;

                let mut query = $table::table.filter($table::trust_id.eq(wanted.trust)).into_boxed();
                if let Some(pupils) = wanted.pupils {
                    query = query.filter($table::pupil_id.eq_any(pupils.to_vec()));
                }
                if let Some(schools) = wanted.schools {
                    query = query.filter($table::school_id.eq_any(schools.to_vec()));
                }
                if let Some(at) = wanted.until {
                    query = query.filter($table::recorded_at.le(at));
                }
                if let Some(due) = wanted.due {
                    query = query
                        .filter($table::superseded_at.is_null())
                        .filter($table::withdrawn.eq(false))
                        .filter($table::first_due_on.le(due.to));
                    if let Some(from) = due.from {
                        let last = $table::last_due_on;
                        query = query.filter(last.is_null().or(last.ge(from)));
                    }
                    if !due.with_settled {
                        query = query.filter($table::settled.eq(false));
                    }
                    if let Some(schools) = due.at {
                        query = query.filter(diesel::dsl::exists(
                            enrolments::table
                                .filter(enrolments::trust_id.eq($table::trust_id))
                                .filter(enrolments::pupil_id.eq($table::pupil_id))
                                .filter(enrolments::school_id.eq_any(schools.to_vec())),
                        ));
                    }
                }
                Ok(query.order(($table::id, $table::number)).select(Self::as_select()).load(conn)?)
            }

            fn insert(self, conn: &mut $crate::db::Conn) -> $crate::error::ApiResult<Self> {
                let due = self.due_days();
                let row =
                    Self { first_due_on: due.first, last_due_on: due.last, settled: due.settled, ..self };
                diesel::insert_into($table::table).values(&row).execute(conn)?;
                Ok(row)
            }

            fn replace(self, conn: &mut $crate::db::Conn) -> $crate::error::ApiResult<Self> {
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

pub(super) use case_record;
