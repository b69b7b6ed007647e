//! Leases: who may do something that must be done by one at a time, and until when. The time is the caller's.

use crate::db::prelude::*;

use crate::clock::Timestamp;
use crate::db::Conn;
use crate::db::portable::Portable;
use crate::db::schema::leases;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// A lease that was got. Its token is greater than that of every holder before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What it is for.
    pub name: String,
    /// Who has it: one process.
    pub holder: Id,
    /// The fencing token.
    pub token: i64,
}

/// Takes a lease that is free or has run out; none where somebody has it.
pub fn acquire(
    conn: &mut Conn,
    name: &str,
    holder: Id,
    now: Timestamp,
    seconds: i64,
) -> ApiResult<Option<Lease>> {
    let until = now.plus_seconds(seconds);
    let taken = diesel::update(leases::table.find(name.to_owned()))
        .filter(leases::expires_at.le(now))
        .set((leases::token.eq(leases::token + 1), leases::holder.eq(holder), leases::expires_at.eq(until)))
        .execute(conn)?;
    if taken == 0 {
        let insert = diesel::insert_into(leases::table)
            .values((
                leases::name.eq(name.to_owned()),
                leases::token.eq(1_i64),
                leases::holder.eq(holder),
                leases::expires_at.eq(until),
            ))
            .on_conflict_do_nothing();
        if Portable(insert).execute(conn)? == 0 {
            return Ok(None);
        }
    }
    let token = leases::table.find(name.to_owned()).select(leases::token).first(conn)?;
    Ok(Some(Lease { name: name.to_owned(), holder, token }))
}

/// Makes sure that the lease is still ours, makes it last longer, and keeps others from taking it until the transaction
/// ends. A lease that has run out and that nobody has taken is still ours.
pub fn hold(conn: &mut Conn, lease: &Lease, now: Timestamp, seconds: i64) -> ApiResult<()> {
    let held = diesel::update(leases::table.find(lease.name.clone()))
        .filter(leases::token.eq(lease.token))
        .filter(leases::holder.eq(lease.holder))
        .set(leases::expires_at.eq(now.plus_seconds(seconds)))
        .execute(conn)?;
    if held == 1 { Ok(()) } else { Err(ApiError::unavailable(format!("the lease {} was lost", lease.name))) }
}

/// Gives a lease back, where it is still ours: the next may have it at once.
pub fn release(conn: &mut Conn, lease: &Lease, now: Timestamp) -> ApiResult<()> {
    diesel::update(leases::table.find(lease.name.clone()))
        .filter(leases::token.eq(lease.token))
        .filter(leases::holder.eq(lease.holder))
        .set(leases::expires_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Forgets a lease whose work is done for good.
pub fn forget(conn: &mut Conn, lease: &Lease) -> ApiResult<()> {
    diesel::delete(leases::table.find(lease.name.clone()))
        .filter(leases::token.eq(lease.token))
        .filter(leases::holder.eq(lease.holder))
        .execute(conn)?;
    Ok(())
}

/// Which of these leases somebody has.
pub fn taken(conn: &mut Conn, names: &[String], now: Timestamp) -> ApiResult<Vec<String>> {
    Ok(leases::table
        .filter(leases::name.eq_any(names.to_vec()))
        .filter(leases::expires_at.gt(now))
        .select(leases::name)
        .load(conn)?)
}
