//! Every query on families: what they are called, and the pupils in them. A version is never changed; the moment at which
//! the next one took its place is the only thing that is written to it afterwards.

use crate::db::prelude::*;
use serde::{Deserialize, Serialize};

use super::dto::FamilyAdult;
use super::rules::{FamilyRelationship, Period};
use crate::clock::{Date, Timestamp};
use crate::crypto::{Place, RecordKey, Sealed, Vault};
use crate::db::schema::{families, family_members, family_names};
use crate::db::{Backend, Conn};
use crate::error::ApiResult;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A family as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = families, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct FamilyRow {
    pub trust_id: Id,
    pub id: Id,
    /// The school that named it.
    pub school_id: Id,
    pub data_key: Sealed,
    pub created_at: Timestamp,
}

impl FamilyRow {
    /// The key under which stands what it is called.
    pub fn key(&self, vault: &Vault, conn: &mut Conn) -> ApiResult<RecordKey> {
        vault.record_key(conn, self.trust_id, self.id, &self.data_key)
    }

    /// Where that stands.
    pub const fn place(&self) -> Place {
        Place::new(self.trust_id, "family_names", "body", self.id)
    }
}

/// A version of what a family is called, as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_names, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct NameRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// What a family is called.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NameBody {
    pub name: Name<150>,
    /// Why the version before was corrected; none in the first.
    pub reason: Option<Text<2000>>,
}

crate::in_versions!(NameRow, family_names, NameBody, FamilyRow, id);

/// A version of a pupil's place in a family, as stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_members, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct MemberRow {
    pub trust_id: Id,
    pub id: Id,
    pub number: i32,
    pub family_id: Id,
    pub pupil_id: Id,
    pub school_id: Id,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub withdrawn: bool,
    pub author_id: Option<Id>,
    pub recorded_at: Timestamp,
    pub superseded_at: Option<Timestamp>,
    pub body: Sealed,
}

/// The text of a place in a family.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberBody {
    pub relationship: FamilyRelationship,
    pub in_household: bool,
    pub adults: Vec<FamilyAdult>,
    pub note: Option<Text<2000>>,
    /// Why the version before was corrected; none in the first.
    pub reason: Option<Text<2000>>,
}

crate::in_versions!(MemberRow, family_members, MemberBody, FamilyRow, family_id);

impl MemberRow {
    /// From when to when.
    pub const fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: self.ends_on }
    }

    /// Whether this version holds, and was not withdrawn.
    pub const fn stands(&self) -> bool {
        self.superseded_at.is_none() && !self.withdrawn
    }

    /// Whether this version held at a moment.
    pub fn held_at(&self, at: Timestamp) -> bool {
        self.recorded_at <= at && self.superseded_at.is_none_or(|end| end > at)
    }
}

/// One family.
pub fn get(conn: &mut Conn, trust: Id, id: Id) -> ApiResult<FamilyRow> {
    Ok(families::table.find((trust, id)).select(FamilyRow::as_select()).first(conn)?)
}

/// All versions of the places in a family, whoever asks.
pub fn members(conn: &mut Conn, trust: Id, family: Id) -> ApiResult<Vec<MemberRow>> {
    Ok(family_members::table
        .filter(family_members::trust_id.eq(trust))
        .filter(family_members::family_id.eq(family))
        .order((family_members::id, family_members::number))
        .select(MemberRow::as_select())
        .load(conn)?)
}

/// How many places there are in a family.
pub fn count_members(conn: &mut Conn, trust: Id, family: Id) -> ApiResult<i64> {
    Ok(family_members::table
        .filter(family_members::trust_id.eq(trust))
        .filter(family_members::family_id.eq(family))
        .filter(family_members::number.eq(1))
        .count()
        .get_result(conn)?)
}

/// All versions of the places of pupils in families, whoever asks.
pub fn places(conn: &mut Conn, trust: Id, pupils: &[Id]) -> ApiResult<Vec<MemberRow>> {
    Ok(family_members::table
        .filter(family_members::trust_id.eq(trust))
        .filter(family_members::pupil_id.eq_any(pupils.to_vec()))
        .order((family_members::id, family_members::number))
        .select(MemberRow::as_select())
        .load(conn)?)
}

/// Stores a new family.
pub fn insert(conn: &mut Conn, row: &FamilyRow) -> ApiResult<()> {
    diesel::insert_into(families::table).values(row).execute(conn)?;
    Ok(())
}
