//! What a caller is shown of pupils. A school that has a pupil, or is about to, sees the present row; one that the pupil
//! has left sees the row that was in force at the end of its last day, wherever that has been changed since. So there
//! are two ways to a pupil, each with its own condition and index, and every list asks both; nobody comes by both.

use crate::db::prelude::*;
use diesel::dsl::exists;

use super::super::upn::Upn;
use super::PupilRow;
use crate::access::Scope;
use crate::clock::Date;
use crate::db::portable::{AmongIds, like_literal};
use crate::db::schema::{enrolments, pupil_versions, pupils};
use crate::db::{Backend, Conn};
use crate::error::{ApiError, ApiResult};
use crate::http::Paging;
use crate::ids::Id;

/// By which enrolments pupils are asked for: at these schools (any, where none are named), on this day (ever).
#[derive(Clone, Debug)]
pub struct Reach {
    schools: Option<Vec<Id>>,
    on: Option<Date>,
}

impl Reach {
    /// What a scope reaches.
    pub fn of(scope: &Scope) -> Self {
        Self { schools: scope.school_limit().map(<[Id]>::to_vec), on: None }
    }

    /// Only at one school: nothing, where the scope does not reach it.
    #[must_use]
    pub fn at(self, school: Option<Id>) -> Self {
        let Some(school) = school else { return self };
        let reached = self.schools.as_ref().is_none_or(|schools| schools.contains(&school));
        Self { schools: Some(if reached { vec![school] } else { Vec::new() }), ..self }
    }

    /// Only enrolments of a day.
    #[must_use]
    pub fn on(self, day: Option<Date>) -> Self {
        Self { on: day.or(self.on), ..self }
    }

    /// Whether it asks for no more than a scope reaches.
    fn is_all_of(&self, scope: &Scope) -> bool {
        self.on.is_none() && self.schools.as_deref() == scope.school_limit()
    }

    /// Whether nobody is asked for but those whom a school within reach has, or is about to have.
    fn is_present(&self, scope: &Scope) -> bool {
        self.on.is_some_and(|day| day >= scope.today())
    }
}

type Present<'a> = pupils::BoxedQuery<'a, Backend>;
type Former<'a> = pupil_versions::BoxedQuery<'a, Backend>;

/// The rows of pupils with an enrolment that is asked for.
macro_rules! enrolled {
    ($all:expr, $table:ident::$pupil:ident, $reach:expr) => {{
        let reach: &Reach = $reach;
        let theirs = enrolments::table
            .filter(enrolments::trust_id.eq($table::trust_id))
            .filter(enrolments::pupil_id.eq($table::$pupil));
        let on = |day: Date| {
            enrolments::starts_on.le(day).and(enrolments::ends_on.is_null().or(enrolments::ends_on.ge(day)))
        };
        match (reach.schools.clone(), reach.on) {
            (None, None) => $all,
            (None, Some(day)) => $all.filter(exists(theirs.filter(on(day)))),
            (Some(schools), None) => {
                $all.filter(exists(theirs.filter(enrolments::school_id.eq_any(schools))))
            }
            (Some(schools), Some(day)) => {
                $all.filter(exists(theirs.filter(enrolments::school_id.eq_any(schools)).filter(on(day))))
            }
        }
    }};
}

/// The pupils whose present row a scope is shown: all, where it reaches the trust, else those of whom an enrolment within
/// reach has not ended before what the row says now was first said, and said to that school.
fn present<'a>(scope: &Scope, reach: &Reach) -> Present<'a> {
    let all = pupils::table.filter(pupils::trust_id.eq(scope.trust())).into_boxed();
    let Some(schools) = scope.school_limit().filter(|_| !reach.is_present(scope)) else {
        return enrolled!(all, pupils::id, reach);
    };
    let seen = enrolments::ends_on.is_null().or(enrolments::ends_on
        .ge(pupils::in_force_from.nullable())
        .and(enrolments::ends_on.ge(enrolments::joined_on.nullable())));
    let all = all.filter(exists(
        enrolments::table
            .filter(enrolments::trust_id.eq(pupils::trust_id))
            .filter(enrolments::pupil_id.eq(pupils::id))
            .filter(enrolments::school_id.eq_any(schools.to_vec()))
            .filter(seen),
    ));
    if reach.is_all_of(scope) { all } else { enrolled!(all, pupils::id, reach) }
}

/// The rows that a scope is shown in place of the present ones: of each pupil whom it does not know by that, the one in
/// force at the end of the last day of the last enrolment within reach. None where there cannot be any.
fn former<'a>(scope: &Scope, reach: &Reach) -> Option<Former<'a>> {
    let schools = scope.school_limit().filter(|schools| !schools.is_empty() && !reach.is_present(scope))?;
    let all = pupil_versions::table
        .filter(pupil_versions::trust_id.eq(scope.trust()))
        .filter(AmongIds::new(pupil_versions::table, SEEN_LAST, schools))
        .into_boxed();
    Some(if reach.is_all_of(scope) { all } else { enrolled!(all, pupil_versions::pupil_id, reach) })
}

/// A school that came to the pupil by a record of its own knew that one until it went into the pupil's. Whatever lets
/// the present row be seen (see [`present`]) goes before. `OFFSET` keeps `PostgreSQL` from asking the inner question of
/// every enrolment of the schools at once: it is asked of the few that have a version.
const SEEN_LAST: &str = "EXISTS (SELECT 1 FROM enrolments own \
    WHERE own.trust_id = pupil_versions.trust_id AND own.pupil_id = pupil_versions.pupil_id AND own.school_id IN ? \
    AND own.ends_on >= pupil_versions.from_on AND own.ends_on < pupil_versions.until_on \
    AND pupil_versions.record_id = CASE WHEN own.ends_on < own.joined_on THEN own.record_id ELSE own.pupil_id END \
    AND NOT EXISTS (SELECT 1 FROM enrolments other \
        INNER JOIN pupils ON pupils.trust_id = other.trust_id AND pupils.id = other.pupil_id \
        WHERE other.trust_id = pupil_versions.trust_id AND other.pupil_id = pupil_versions.pupil_id \
        AND other.school_id IN ? \
        AND (other.ends_on IS NULL OR other.ends_on > own.ends_on \
            OR (other.ends_on = own.ends_on AND other.id > own.id) \
            OR (other.ends_on >= pupils.in_force_from AND other.ends_on >= other.joined_on)) \
        LIMIT 1 OFFSET 0))";

/// What of a version makes the row that it was.
type Was = (
    pupil_versions::trust_id,
    pupil_versions::pupil_id,
    pupil_versions::upn,
    pupil_versions::given_name,
    pupil_versions::family_name,
    pupil_versions::preferred_name,
    pupil_versions::name_folded,
    pupil_versions::birth_date,
    pupil_versions::version,
    pupil_versions::created_at,
    pupil_versions::updated_at,
    pupil_versions::claimed_upn,
    pupil_versions::from_on,
);

fn was() -> Was {
    use pupil_versions as v;
    (
        v::trust_id,
        v::pupil_id,
        v::upn,
        v::given_name,
        v::family_name,
        v::preferred_name,
        v::name_folded,
        v::birth_date,
        v::version,
        v::created_at,
        v::updated_at,
        v::claimed_upn,
        v::from_on,
    )
}

/// The pupils of these identifiers whom a scope knows.
pub fn known(conn: &mut Conn, scope: &Scope, ids: &[Id]) -> ApiResult<Vec<PupilRow>> {
    let (reach, mut rows) = (Reach::of(scope), Vec::with_capacity(ids.len()));
    for ids in ids.chunks(500) {
        let now = present(scope, &reach).filter(pupils::id.eq_any(ids.to_vec()));
        rows.extend(now.select(PupilRow::as_select()).load(conn)?);
        if let Some(then) = former(scope, &reach).filter(|_| rows.len() < ids.len()) {
            rows.extend(then.filter(pupil_versions::pupil_id.eq_any(ids.to_vec())).select(was()).load(conn)?);
        }
    }
    Ok(rows)
}

/// The pupil of an identifier, within reach.
pub fn get(conn: &mut Conn, scope: &Scope, id: Id) -> ApiResult<PupilRow> {
    known(conn, scope, &[id])?.pop().ok_or_else(ApiError::not_found)
}

/// The pupils within reach who were born on one of these days.
pub fn born_on(conn: &mut Conn, scope: &Scope, days: &[Date]) -> ApiResult<Vec<PupilRow>> {
    let (reach, mut rows) = (Reach::of(scope), Vec::new());
    for days in days.chunks(500) {
        let now = present(scope, &reach).filter(pupils::birth_date.eq_any(days.to_vec()));
        rows.extend(now.select(PupilRow::as_select()).load(conn)?);
        if let Some(then) = former(scope, &reach) {
            rows.extend(
                then.filter(pupil_versions::birth_date.eq_any(days.to_vec())).select(was()).load(conn)?,
            );
        }
    }
    Ok(rows)
}

/// A page of pupils by identifier.
pub fn list(conn: &mut Conn, scope: &Scope, school: Option<Id>, paging: &Paging) -> ApiResult<Vec<PupilRow>> {
    let (reach, after) = (Reach::of(scope).at(school), paging.after_id()?);
    let mut now = present(scope, &reach).order(pupils::id).limit(paging.rows());
    if let Some(after) = after {
        now = now.filter(pupils::id.gt(after));
    }
    let mut rows = now.select(PupilRow::as_select()).load(conn)?;
    if let Some(then) = former(scope, &reach) {
        let mut then = then.order(pupil_versions::pupil_id).limit(paging.rows());
        if let Some(after) = after {
            then = then.filter(pupil_versions::pupil_id.gt(after));
        }
        if let Some(last) = last_of(&rows, paging) {
            then = then.filter(pupil_versions::pupil_id.lt(last.id));
        }
        rows.extend(then.select(was()).load(conn)?);
        rows.sort_unstable_by_key(|row: &PupilRow| row.id);
    }
    Ok(rows)
}

/// The last row of a page that is full: what comes after it is not looked for.
fn last_of<'a>(rows: &'a [PupilRow], paging: &Paging) -> Option<&'a PupilRow> {
    rows.last().filter(|_| rows.len() > paging.limit())
}

/// How many pupils the list has.
pub fn count(conn: &mut Conn, scope: &Scope, school: Option<Id>) -> ApiResult<i64> {
    let reach = Reach::of(scope).at(school);
    let now: i64 = present(scope, &reach).count().get_result(conn)?;
    let then = former(scope, &reach).map(|then| then.count().get_result::<i64>(conn)).transpose()?;
    Ok(now + then.unwrap_or_default())
}

/// Those of a table who fit every word, and the number where there is one, by name from a place on.
macro_rules! fitting {
    ($all:expr, $table:ident::$pupil:ident, $words:expr, $upn:expr, $after:expr) => {{
        let (mut query, after): (_, &Option<(String, Id)>) = ($all, $after);
        for word in $words {
            let word = like_literal(word);
            let begins = $table::name_folded.like(format!("{word}%")).escape('\\');
            query = query.filter(begins.or($table::name_folded.like(format!("% {word}%")).escape('\\')));
        }
        if let Some(upn) = $upn {
            let upn: &Upn = upn;
            let held = $table::upn.eq(Some(upn.clone()));
            query = query.filter(held.or($table::claimed_upn.eq(Some(upn.clone()))));
        }
        if let Some((name, id)) = after {
            let same = $table::name_folded.eq(name.clone()).and($table::$pupil.gt(*id));
            query = query.filter($table::name_folded.gt(name.clone()).or(same));
        }
        query.order(($table::name_folded, $table::$pupil))
    }};
}

/// A page of pupils by name who fit every word, and the number where there is one.
pub fn search(
    conn: &mut Conn,
    scope: &Scope,
    reach: &Reach,
    words: &[String],
    upn: Option<&Upn>,
    paging: &Paging,
) -> ApiResult<Vec<PupilRow>> {
    let after = match paging.after_id()? {
        Some(id) => {
            let last = known(conn, scope, &[id])?.pop().ok_or_else(|| paging.gone())?;
            Some((last.name_folded, id))
        }
        None => None,
    };
    let now = fitting!(present(scope, reach), pupils::id, words, upn, &after);
    let mut rows = now.limit(paging.rows()).select(PupilRow::as_select()).load(conn)?;
    if let Some(then) = former(scope, reach) {
        let mut then = fitting!(then, pupil_versions::pupil_id, words, upn, &after);
        if let Some(last) = last_of(&rows, paging) {
            then = then.filter(pupil_versions::name_folded.le(last.name_folded.clone()));
        }
        rows.extend(then.limit(paging.rows()).select(was()).load(conn)?);
        rows.sort_unstable_by(|a: &PupilRow, b| (&a.name_folded, a.id).cmp(&(&b.name_folded, b.id)));
    }
    Ok(rows)
}
