//! What holds today: the token says who and which role at which school, the database says the rest.

use std::net::IpAddr;

use crate::db::prelude::*;

use super::key_scopes::KeyScope;
use super::mandate::Mandate;
use super::matrix::TrustLeadColumn;
use super::roles::Role;
use super::viewer::{Grant, KeyRights, Viewer};
use crate::auth::key_format::KeyText;
use crate::auth::token::{RoleClaim, Verified};
use crate::clock::{Date, Timestamp};
use crate::crypto::Vault;
use crate::db::Conn;
use crate::db::schema::{
    api_keys, appointments, engagements, people, revocations, schools, subjects, trust_settings, trusts,
};
use crate::error::{ApiError, ApiResult, Code};
use crate::ids::Id;

/// A key's stored half.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(crate::db::Backend))]
struct KeyRow {
    id: Id,
    person_id: Option<Id>,
    role: String,
    scopes: String,
    school_ids: String,
    networks: String,
    hash: Vec<u8>,
    expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
    awaits_second: bool,
    last_used_at: Option<Timestamp>,
}

impl KeyRow {
    /// Whether the key lets anybody in: it has not ended, and waits for no second person.
    fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at > now && !self.awaits_second
    }
}

/// How old the note of a key's last use may grow, in seconds: a write for every request would cost more than it tells.
const USE_NOTED_EVERY: i64 = 600;

/// A key that was recognised.
pub struct KeyFound {
    /// The caller.
    pub viewer: Viewer,
    /// Whether it is time to note the key's use again.
    pub use_is_stale: bool,
}

/// A school as far as rights need it.
type SchoolRow = (Id, i32, Option<Date>);

/// The trust of a slug.
pub fn trust_of(conn: &mut Conn, slug: &str) -> ApiResult<Option<Id>> {
    Ok(trusts::table.filter(trusts::slug.eq(slug)).select(trusts::id).first(conn).optional()?)
}

/// Every trust with its slug.
pub fn trusts(conn: &mut Conn) -> ApiResult<Vec<(Id, String)>> {
    Ok(trusts::table.order(trusts::id).select((trusts::id, trusts::slug)).load(conn)?)
}

/// The viewer of a verified token.
pub fn of_token(conn: &mut Conn, trust: Id, token: &Verified, now: Timestamp) -> ApiResult<Viewer> {
    let principal = format!("jwt:{}#{}", token.issuer, token.subject);
    let person = person_of(conn, trust, token)?;
    refuse_revoked(conn, trust, &principal, person)?;
    let today = now.london_date();
    let schools = schools_of(conn, trust)?;
    let claimed = token.roles.iter().filter_map(|claim| claimed_grant(claim, &schools, today)).collect();
    let grants = match person {
        Some(person) => present(conn, trust, person, claimed, today)?,
        None => claimed,
    };
    viewer(conn, trust, &token.trust, principal, person, grants, None)
}

/// The viewer of an API key, where its secret, time and network are right.
pub fn of_key(
    conn: &mut Conn,
    vault: &Vault,
    trust: Id,
    key: &KeyText,
    address: IpAddr,
    now: Timestamp,
) -> ApiResult<KeyFound> {
    let refused = || ApiError::because(Code::Unauthenticated, "API key");
    let row: KeyRow = api_keys::table
        .find((trust, key.id))
        .select(KeyRow::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(refused)?;
    let pepper = vault.pepper(conn, trust)?;
    if !key.matches(&pepper, &row.hash) || !row.is_live(now) || !is_from(&row.networks, address) {
        return Err(refused());
    }
    let principal = format!("key:{}", row.id);
    refuse_revoked(conn, trust, &principal, row.person_id)?;
    let school_ids: Vec<Id> = row.school_ids.split_whitespace().filter_map(Id::parse).collect();
    let today = now.london_date();
    let mut grants = key_grants(conn, trust, &row, &school_ids, today)?;
    let schools = schools_of(conn, trust)?;
    grants.retain(|grant| grant.school.is_none_or(|school| is_ours(&schools, school, today)));
    let scopes = row.scopes.split_whitespace().filter_map(KeyScope::parse).collect();
    let before = keys_before(conn, trust, row.id)?;
    let rights = KeyRights { id: row.id, scopes, schools: school_ids, before };
    let viewer = viewer(conn, trust, &key.trust, principal, row.person_id, grants, Some(rights))?;
    let use_is_stale = row.last_used_at.is_none_or(|last| last.plus_seconds(USE_NOTED_EVERY) <= now);
    Ok(KeyFound { viewer, use_is_stale })
}

/// The viewer of work that was asked for before, with the rights that are left today.
pub fn of_mandate(conn: &mut Conn, trust: Id, mandate: &Mandate, now: Timestamp) -> ApiResult<Viewer> {
    refuse_revoked(conn, trust, &mandate.principal, mandate.person)?;
    let today = now.london_date();
    let schools = schools_of(conn, trust)?;
    let (mut grants, key) = match (mandate.key, mandate.person) {
        (Some(key), _) => {
            let row: KeyRow = api_keys::table.find((trust, key)).select(KeyRow::as_select()).first(conn)?;
            if !row.is_live(now) {
                return Err(ApiError::because(Code::Unauthenticated, "API key"));
            }
            let school_ids: Vec<Id> = row.school_ids.split_whitespace().filter_map(Id::parse).collect();
            let grants = key_grants(conn, trust, &row, &school_ids, today)?;
            let scopes = row.scopes.split_whitespace().filter_map(KeyScope::parse).collect();
            let before = keys_before(conn, trust, row.id)?;
            (grants, Some(KeyRights { id: row.id, scopes, schools: school_ids, before }))
        }
        (None, Some(person)) => (present(conn, trust, person, mandate.claimed(), today)?, None),
        (None, None) => (mandate.claimed(), None),
    };
    grants.retain(|grant| grant.school.is_none_or(|school| is_ours(&schools, school, today)));
    viewer(conn, trust, &mandate.slug, mandate.principal.clone(), mandate.person, grants, key)
}

/// The viewer that a person of the same trust as another viewer is by what is on record of them today; none for whoever
/// has left or is shut out. Of whom no role is on record, only the token says one: they count as a member of staff, who
/// reads what they were let in to.
pub fn of_record(conn: &mut Conn, other: &Viewer, person: Id, now: Timestamp) -> ApiResult<Option<Viewer>> {
    let (trust, today, principal) = (other.trust, now.london_date(), format!("person:{person}"));
    match refuse_revoked(conn, trust, &principal, Some(person)) {
        Err(error) if error.code == Code::Unauthenticated => return Ok(None),
        checked => checked?,
    }
    if has_left(&engagements_of(conn, trust, person)?, today) {
        return Ok(None);
    }
    let schools = schools_of(conn, trust)?;
    let mut grants = appointed(conn, trust, person, today)?;
    if grants.is_empty() {
        grants.push(Grant { role: Role::Staff, school: None });
    }
    grants.retain(|grant| grant.school.is_none_or(|school| is_ours(&schools, school, today)));
    viewer(conn, trust, &other.trust_slug, principal, Some(person), grants, None).map(Some)
}

/// The roles to which a person is appointed on a day.
fn appointed(conn: &mut Conn, trust: Id, person: Id, today: Date) -> ApiResult<Vec<Grant>> {
    let held = held(conn, trust, person)?;
    let in_force = held.into_iter().filter(|(_, from, to)| is_on(*from, *to, today));
    Ok(in_force.map(|(grant, ..)| grant).collect())
}

/// How many rotations are followed back.
const MOST_ROTATIONS: usize = 100;

/// The keys whose place a key took by rotation, one after the other.
fn keys_before(conn: &mut Conn, trust: Id, key: Id) -> ApiResult<Vec<Id>> {
    let (mut found, mut newest): (Vec<Id>, Id) = (Vec::new(), key);
    while found.len() < MOST_ROTATIONS {
        let before: Option<Id> = api_keys::table
            .filter(api_keys::trust_id.eq(trust))
            .filter(api_keys::rotated_to.eq(Some(newest)))
            .select(api_keys::id)
            .first(conn)
            .optional()?;
        let Some(before) = before.filter(|before| !found.contains(before)) else { break };
        found.push(before);
        newest = before;
    }
    Ok(found)
}

/// Notes a key's use, where nobody has done so meanwhile.
pub fn note_use(conn: &mut Conn, trust: Id, key: Id, now: Timestamp) -> ApiResult<()> {
    let before = now.plus_seconds(-USE_NOTED_EVERY);
    diesel::update(api_keys::table.find((trust, key)))
        .filter(api_keys::last_used_at.is_null().or(api_keys::last_used_at.le(Some(before))))
        .set(api_keys::last_used_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

fn viewer(
    conn: &mut Conn,
    trust: Id,
    slug: &str,
    principal: String,
    person: Option<Id>,
    grants: Vec<Grant>,
    key: Option<KeyRights>,
) -> ApiResult<Viewer> {
    let lead: TrustLeadColumn =
        trust_settings::table.find(trust).select(trust_settings::trust_lead_column).first(conn)?;
    Ok(Viewer { trust, trust_slug: slug.to_owned(), principal, person, grants, lead, key })
}

fn person_of(conn: &mut Conn, trust: Id, token: &Verified) -> ApiResult<Option<Id>> {
    let named = match token.person {
        Some(person) => people::table.find((trust, person)).select(people::id).first(conn).optional()?,
        None => subjects::table
            .filter(subjects::trust_id.eq(trust))
            .filter(subjects::issuer.eq(&token.issuer))
            .filter(subjects::subject.eq(&token.subject))
            .filter(subjects::confirmed_at.is_not_null())
            .select(subjects::person_id)
            .first(conn)
            .optional()?,
    };
    Ok(named)
}

fn refuse_revoked(conn: &mut Conn, trust: Id, principal: &str, person: Option<Id>) -> ApiResult<()> {
    let in_force = revocations::table
        .filter(revocations::trust_id.eq(trust))
        .filter(revocations::lifted_at.is_null())
        .select((revocations::person_id, revocations::principal))
        .load::<(Option<Id>, Option<String>)>(conn)?;
    let hit = in_force.iter().any(|(revoked, name)| {
        (revoked.is_some() && *revoked == person) || name.as_deref() == Some(principal)
    });
    if hit { Err(ApiError::because(Code::Unauthenticated, "revoked")) } else { Ok(()) }
}

fn schools_of(conn: &mut Conn, trust: Id) -> ApiResult<Vec<SchoolRow>> {
    Ok(schools::table
        .filter(schools::trust_id.eq(trust))
        .select((schools::id, schools::urn, schools::left_on))
        .load(conn)?)
}

/// A role in a token: a school role without a URN, or at a school that is not the trust's, gives nothing.
fn claimed_grant(claim: &RoleClaim, schools: &[SchoolRow], today: Date) -> Option<Grant> {
    let role = Role::parse(&claim.role)?;
    let school = match claim.urn {
        Some(urn) => Some(
            schools
                .iter()
                .find(|(_, known, left)| *known == urn && left.is_none_or(|left| left >= today))
                .map(|(id, _, _)| *id)?,
        ),
        None => None,
    };
    let fits = role.is_service_role() || role.is_school_role() == school.is_some();
    fits.then_some(Grant { role, school })
}

/// Whether a school is the trust's and has not left it.
fn is_ours(schools: &[SchoolRow], school: Id, today: Date) -> bool {
    schools.iter().any(|(id, _, left)| *id == school && left.is_none_or(|left| left >= today))
}

/// Takes away what has ended: a role whose appointments on record are all over, everything of a leaver, and the roles at
/// a school where all of the person's engagements have ended, unless an appointment there is in force. A person without
/// any appointment on record is what the token says.
fn present(
    conn: &mut Conn,
    trust: Id,
    person: Id,
    claimed: Vec<Grant>,
    today: Date,
) -> ApiResult<Vec<Grant>> {
    let engaged = engagements_of(conn, trust, person)?;
    if has_left(&engaged, today) {
        return Ok(Vec::new());
    }
    let held = held(conn, trust, person)?;
    Ok(claimed
        .into_iter()
        .filter(|grant| {
            let mut same = held.iter().filter(|(held, _, _)| held == grant).peekable();
            match same.peek() {
                None => !has_left_school(&engaged, grant.school, today),
                Some(_) => same.any(|(_, from, to)| is_on(*from, *to, today)),
            }
        })
        .collect())
}

/// Where a person was, is or will be engaged: a school, or none for the trust, and from when to when.
type Engaged = Vec<(Option<Id>, Date, Option<Date>)>;

fn engagements_of(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Engaged> {
    Ok(engagements::table
        .filter(engagements::trust_id.eq(trust))
        .filter(engagements::person_id.eq(person))
        .select((engagements::school_id, engagements::starts_on, engagements::ends_on))
        .load(conn)?)
}

/// Whether a person has left: an engagement has ended, and none is in force. One that is still to come gives nothing
/// back before its day.
fn has_left(engaged: &Engaged, today: Date) -> bool {
    engaged.iter().any(|(_, _, to)| to.is_some_and(|to| to < today))
        && !engaged.iter().any(|(_, from, to)| is_on(*from, *to, today))
}

/// Whether a person has left a school, though not the trust. Whoever is engaged by the trust itself is at every school.
fn has_left_school(engaged: &Engaged, school: Option<Id>, today: Date) -> bool {
    let Some(school) = school else { return false };
    let there: Engaged = engaged
        .iter()
        .filter(|(at, from, to)| *at == Some(school) || (at.is_none() && is_on(*from, *to, today)))
        .copied()
        .collect();
    has_left(&there, today)
}

fn held(conn: &mut Conn, trust: Id, person: Id) -> ApiResult<Vec<(Grant, Date, Option<Date>)>> {
    let rows: Vec<(Role, Option<Id>, Date, Option<Date>)> = appointments::table
        .filter(appointments::trust_id.eq(trust))
        .filter(appointments::person_id.eq(person))
        .select((appointments::role, appointments::school_id, appointments::starts_on, appointments::ends_on))
        .load(conn)?;
    Ok(rows.into_iter().map(|(role, school, from, to)| (Grant { role, school }, from, to)).collect())
}

fn is_on(from: Date, to: Option<Date>, today: Date) -> bool {
    from <= today && to.is_none_or(|to| to >= today)
}

/// A person's key has the person's appointments of today; a service's key has its service role.
fn key_grants(
    conn: &mut Conn,
    trust: Id,
    row: &KeyRow,
    schools: &[Id],
    today: Date,
) -> ApiResult<Vec<Grant>> {
    if let Some(person) = row.person_id {
        if has_left(&engagements_of(conn, trust, person)?, today) {
            return Ok(Vec::new());
        }
        return appointed(conn, trust, person, today);
    }
    let role = Role::parse(&row.role).filter(|role| role.is_service_role());
    let role = role.ok_or_else(|| ApiError::internal("a service's key has no service role"))?;
    Ok(match schools {
        [] => vec![Grant { role, school: None }],
        schools => schools.iter().map(|school| Grant { role, school: Some(*school) }).collect(),
    })
}

/// From everywhere where no network is named; a word that is no network lets nobody in.
fn is_from(networks: &str, address: IpAddr) -> bool {
    let named: Vec<&str> = networks.split_whitespace().collect();
    let holds = |net: &&str| net.parse::<ipnet::IpNet>().is_ok_and(|net| net.contains(&address));
    named.is_empty() || named.iter().any(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_network_lets_nobody_in() {
        let here: IpAddr = "192.0.2.7".parse().unwrap();
        for (networks, lets_in) in [
            ("", true),
            ("192.0.2.0/24", true),
            ("198.51.100.0/24", false),
            ("nonsense", false),
            ("nonsense 192.0.2.0/24", true),
            ("nonsense 198.51.100.0/24", false),
        ] {
            assert_eq!(is_from(networks, here), lets_in, "{networks}");
        }
    }
}
