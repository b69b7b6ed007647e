//! What is recorded of families.

use super::super::super::case::{self, PupilKey, committed};
use super::super::super::matches;
use super::super::dto::{
    FamilyCorrection, FamilyCreate, FamilyMemberCorrection, FamilyMemberCreate, FamilyMemberView, FamilyView,
};
use super::super::rules::Period;
use super::super::store::{self, FamilyRow, MemberBody, MemberRow, NameBody, NameRow};
use super::{get, get_member, sight};
use crate::access::refer;
use crate::access::versions::InVersions;
use crate::access::{Scope, Tx};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Code};
use crate::http::IfMatch;
use crate::ids::Id;

const FAMILY: &str = "family";
const MEMBER: &str = "family_member";

/// Makes a family with the pupils whom the caller names.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, input: FamilyCreate) -> ApiResult<FamilyView> {
    if let Some(id) = tx.replayed()? {
        return get(tx.conn, tx.vault, scope, id, None);
    }
    let pointers = (0..input.members.len()).map(|index| format!("/members/{index}"));
    let mut places = Vec::with_capacity(input.members.len());
    for (member, base) in input.members.into_iter().zip(pointers) {
        places.push(checked(tx.conn, scope, member, &base)?);
    }
    let school = places.first().map(|place| place.school).ok_or_else(ApiError::not_found)?;
    let id = tx.new_id();
    let (key, data_key) = tx.vault.create_record_key(tx.conn, scope.trust(), id)?;
    let family = FamilyRow { trust_id: scope.trust(), id, school_id: school, data_key, created_at: tx.now() };
    store::insert(tx.conn, &family)?;
    let body = NameBody { name: input.name, reason: None };
    let name = NameRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal_json(family.place(), &body)?,
    };
    name.insert(tx.conn)?;
    tx.did_with("family.created", FAMILY, id, Some(school), Some(&committed(&body)?))?;
    // Those who lock several pupils take them in one order.
    places.sort_unstable_by_key(|place| place.member.pupil_id);
    for place in places {
        put(tx, scope, id, place)?;
    }
    tx.created(id);
    get(tx.conn, tx.vault, scope, id, None)
}

/// Gives a family another name.
pub fn rename(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: Id,
    if_match: &IfMatch,
    input: FamilyCorrection,
) -> ApiResult<FamilyView> {
    let shown = sight::shown(tx.conn, scope, id, None)?;
    if shown.named_at.is_none() {
        return Err(ApiError::not_found());
    }
    if tx.replayed()?.is_some() {
        return get(tx.conn, tx.vault, scope, id, None);
    }
    let old = NameRow::newest(tx.conn, &shown.family, id)?;
    if_match.check_exact(i64::from(old.number))?;
    let body = NameBody { name: input.name, reason: Some(input.reason) };
    let key = shown.family.key(tx.vault, tx.conn)?;
    let sealed = key.seal_json(shown.family.place(), &body)?;
    old.next(scope.person(), tx.now(), sealed).replace(tx.conn)?;
    tx.created(id);
    tx.did_with("family.renamed", FAMILY, id, Some(shown.family.school_id), Some(&committed(&body)?))?;
    get(tx.conn, tx.vault, scope, id, None)
}

/// Puts a pupil into a family that the caller sees, or, where they do not, that they were told of by those who do: brothers
/// and sisters at two schools are joined so. They see their own child's place in it, and nothing else.
pub fn add(
    tx: &mut Tx<'_>,
    scope: &Scope,
    family: Id,
    input: FamilyMemberCreate,
) -> ApiResult<FamilyMemberView> {
    let is_seen = sight::is_seen(tx.conn, scope, family)?;
    if let Some(id) = tx.replayed()? {
        return get_member(tx.conn, tx.vault, scope, (family, id), None);
    }
    if !is_seen {
        // Without a child of one's own to put there, the family is not there.
        let pupil = matches::present(tx.conn, scope.trust(), input.pupil_id)?;
        case::recording_school(tx.conn, scope, pupil).map_err(|_| ApiError::not_found())?;
    }
    let place = checked(tx.conn, scope, input, "")?;
    if store::count_members(tx.conn, scope.trust(), family)? >= MOST_PLACES {
        return Err(ApiError::because(Code::StateConflict, "the family has as many places as it can have"));
    }
    let id = put(tx, scope, family, place)?;
    tx.created(id);
    get_member(tx.conn, tx.vault, scope, (family, id), None)
}

/// Records a corrected version of a pupil's place in a family.
pub fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (family, id): (Id, Id),
    if_match: &IfMatch,
    input: FamilyMemberCorrection,
) -> ApiResult<FamilyMemberView> {
    let old = sight::member(tx.conn, scope, (family, id), None)?;
    if tx.replayed()?.is_some() {
        return get_member(tx.conn, tx.vault, scope, (family, id), None);
    }
    if_match.check_exact(i64::from(old.number))?;
    let school = case::recording_school(tx.conn, scope, old.pupil_id)?;
    if old.withdrawn {
        return Err(ApiError::because(Code::StateConflict, "the record was withdrawn"));
    }
    let period = Period { starts_on: input.starts_on, ends_on: input.ends_on };
    period.check("", scope.today())?;
    let key = PupilKey::lock(tx, old.pupil_id)?;
    if !input.withdrawn {
        refuse_second(tx.conn, &old, period)?;
    }
    let reason = Some(input.reason);
    // Whoever should never have been here is not told of any longer what was said of them.
    let (relationship, in_household) = (input.relationship, input.in_household);
    let (adults, note) = if input.withdrawn { (Vec::new(), None) } else { (input.adults, input.note) };
    let body = MemberBody { relationship, in_household, adults, note, reason };
    let sealed = key.seal(MemberRow::TABLE, id, &body)?;
    let row = MemberRow {
        school_id: school,
        starts_on: input.starts_on,
        ends_on: input.ends_on,
        withdrawn: input.withdrawn,
        ..old
    };
    row.next(scope.person(), tx.now(), sealed).replace(tx.conn)?;
    tx.created(id);
    let kind = if input.withdrawn { "family-member.withdrawn" } else { "family-member.corrected" };
    tx.did_with(kind, MEMBER, id, Some(school), Some(&committed(&body)?))?;
    get_member(tx.conn, tx.vault, scope, (family, id), None)
}

/// How many places a family has at most, those that were withdrawn among them.
const MOST_PLACES: i64 = 200;

/// A place that may be recorded: its pupil stands in the record of today.
struct Checked {
    member: FamilyMemberCreate,
    school: Id,
}

/// Refuses a pupil whom no school within reach has, or with whom the caller has a conflict: 409, the same for those who
/// do not exist.
fn checked(conn: &mut Conn, scope: &Scope, mut member: FamilyMemberCreate, base: &str) -> ApiResult<Checked> {
    member.pupil_id = matches::present(conn, scope.trust(), member.pupil_id)?;
    let school = match case::recording_school(conn, scope, member.pupil_id) {
        Err(error) if matches!(error.code, Code::NotFound | Code::StateConflict) => {
            return Err(refer::unknown(&format!("{base}/pupil_id")));
        }
        other => other?,
    };
    member.period().check(base, scope.today())?;
    Ok(Checked { member, school })
}

/// Stores a pupil's place in a family.
fn put(tx: &mut Tx<'_>, scope: &Scope, family: Id, place: Checked) -> ApiResult<Id> {
    let (member, school) = (place.member, place.school);
    let key = PupilKey::lock(tx, member.pupil_id)?;
    let id = tx.new_id();
    let period = member.period();
    let body = MemberBody {
        relationship: member.relationship,
        in_household: member.in_household,
        adults: member.adults,
        note: member.note,
        reason: None,
    };
    let row = MemberRow {
        trust_id: scope.trust(),
        id,
        number: 1,
        family_id: family,
        pupil_id: member.pupil_id,
        school_id: school,
        starts_on: period.starts_on,
        ends_on: period.ends_on,
        withdrawn: false,
        author_id: scope.person(),
        recorded_at: tx.now(),
        superseded_at: None,
        body: key.seal(MemberRow::TABLE, id, &body)?,
    };
    refuse_second(tx.conn, &row, period)?;
    row.insert(tx.conn)?;
    tx.did_with("family-member.recorded", MEMBER, id, Some(school), Some(&committed(&body)?))?;
    Ok(id)
}

/// Refuses a second place of one pupil in one family on the same days. Whoever records it knows all of the pupil's case.
fn refuse_second(conn: &mut Conn, row: &MemberRow, period: Period) -> ApiResult<()> {
    let places = store::places(conn, row.trust_id, &[row.pupil_id])?;
    let is_second = |other: &MemberRow| {
        other.stands()
            && other.id != row.id
            && other.family_id == row.family_id
            && other.period().overlaps(period)
    };
    if places.iter().any(is_second) {
        return Err(ApiError::because(Code::AlreadyExists, "the pupil is in this family on these days"));
    }
    Ok(())
}

/// Two records were one child: where both are in one family on the same days, the place of the record that goes is
/// withdrawn. What it said stays, and goes over to the record that is left with everything else under the pupil's key.
pub fn hand_over(tx: &mut Tx<'_>, (from, to): (Id, Id)) -> ApiResult<()> {
    let places = store::places(tx.conn, tx.trust(), &[from, to])?;
    let (going, staying): (Vec<MemberRow>, Vec<MemberRow>) =
        places.into_iter().filter(MemberRow::stands).partition(|row| row.pupil_id == from);
    for old in going {
        let same = |own: &MemberRow| own.family_id == old.family_id && own.period().overlaps(old.period());
        if !staying.iter().any(same) {
            continue;
        }
        let key = PupilKey::lock(tx, from)?;
        let before: MemberBody = key.unseal(MemberRow::TABLE, old.id, &old.body)?;
        let body = MemberBody { reason: crate::text::Text::new(JOINED).ok(), ..before };
        let sealed = key.seal(MemberRow::TABLE, old.id, &body)?;
        let (id, school) = (old.id, old.school_id);
        MemberRow { withdrawn: true, ..old }.next(None, tx.now(), sealed).replace(tx.conn)?;
        tx.did("family-member.withdrawn", MEMBER, id, Some(school))?;
    }
    Ok(())
}

/// Why the second place of a child in one family is withdrawn.
const JOINED: &str = "Two records were one child, whose place in the family stands already.";
