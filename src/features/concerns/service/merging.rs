//! Two records of pupils turn out to be one child's: the concerns that name the one that goes.

use super::super::dto::PupilNamed;
use super::super::{rules, store};
use super::referrals;
use crate::access::Tx;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::pupils;
use crate::ids::Id;

/// The pupils whom an account is to name, by the records in which they stand today and each once, where `check` has
/// nothing against them. They are held until the transaction ends: a record that goes into another one meanwhile is
/// looked for again, so that what somebody has to say is not refused for it.
pub fn hold(
    tx: &mut Tx<'_>,
    mut named: Vec<PupilNamed>,
    mut check: impl FnMut(&mut Conn, &[PupilNamed]) -> ApiResult<()>,
) -> ApiResult<Vec<PupilNamed>> {
    let trust = tx.trust();
    for _ in 0..ATTEMPTS {
        named = present(tx.conn, trust, named)?;
        check(tx.conn, &named)?;
        let ids: Vec<Id> = named.iter().map(|pupil| pupil.pupil_id).collect();
        pupils::lock_named(tx.conn, trust, &ids)?;
        if pupils::all_present(tx.conn, trust, &ids)? == ids {
            return Ok(named);
        }
    }
    Err(ApiError::unavailable("the pupils' records are being joined"))
}

/// How often the pupils are looked for: records are joined by people, one at a time.
const ATTEMPTS: usize = 4;

fn present(conn: &mut Conn, trust: Id, mut named: Vec<PupilNamed>) -> ApiResult<Vec<PupilNamed>> {
    let ids: Vec<Id> = named.iter().map(|pupil| pupil.pupil_id).collect();
    for (pupil, id) in named.iter_mut().zip(pupils::all_present(conn, trust, &ids)?) {
        pupil.pupil_id = id;
    }
    let mut once: Vec<PupilNamed> = Vec::with_capacity(named.len());
    for pupil in named {
        match once.iter_mut().find(|known| known.pupil_id == pupil.pupil_id) {
            Some(known) => known.role = rules::greater_part(known.role, pupil.role),
            None => once.push(pupil),
        }
    }
    Ok(once)
}

/// Lets every account that names a pupil name another one, who has turned out to be the same child; one that names both
/// names the child in the greater of the two parts, and `as_of` shows what it said before. Each concern moves on by a
/// version; nothing of the case itself has changed, so answers of a panel stand.
pub fn rename_pupil(tx: &mut Tx<'_>, from: Id, to: Id) -> ApiResult<()> {
    let trust = tx.trust();
    let naming = store::naming_pupil(tx.conn, trust, from)?;
    for known in store::by_ids(tx.conn, trust, &naming)? {
        let mut row = store::lock(tx.conn, &known)?;
        row.updated_at = tx.now().max(row.updated_at);
        store::update(tx.conn, &row)?;
        tx.did("concern.pupil-renamed", "concern", row.id, Some(row.school_id))?;
    }
    store::rename_pupil(tx.conn, trust, (from, to), tx.now())?;
    let referred = store::rename_referred(tx.conn, trust, (from, to))?;
    // What was decided about the record that goes is still recorded with that.
    referrals::settle(tx.conn, trust, &referred, &[from])
}
