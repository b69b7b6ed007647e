//! What a worker writes that read its import before the keys were rotated.

use crate::db::prelude::*;

use super::super::content::Content;
use super::*;
use crate::crypto::{MasterKeys, Vault};
use crate::db::{Db, Sizing, Target, migrate, schema::trusts};

fn row(trust: Id, id: Id, wrapped: Sealed, now: Timestamp) -> ImportRow {
    ImportRow {
        trust_id: trust,
        id,
        map: "pupils".to_owned(),
        map_version: 1,
        school_id: None,
        principal: "jwt:nowhere#nobody".to_owned(),
        mandate: "{}".to_owned(),
        state: ImportState::Rehearsing,
        encoding: None,
        size: 0,
        header: None,
        wrapped: Some(wrapped),
        read_to: 0,
        next_line: 1,
        blocks: 0,
        blocks_applied: 0,
        plan_hash: None,
        creates: 0,
        changes: 0,
        skips: 0,
        conflicts: 0,
        refusals: 0,
        applied: 0,
        failed: 0,
        problem: None,
        expires_at: now,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

#[test]
fn a_worker_never_puts_an_old_wrapping_back() {
    let folder = tempfile::tempdir().unwrap();
    let target = Target::Sqlite(folder.path().join("trust-a.db"));
    migrate::run(&target, None).unwrap();
    let db = Db::open(&target, Sizing::default()).unwrap();
    let vault = Vault::new(MasterKeys::open_or_create(&folder.path().join("keys")).unwrap());
    let now = Timestamp::from_micros(1_768_478_400_000_000);
    let (trust, id) = (Id::new(now), Id::new(now));
    let maker = vault.clone();
    let read = db
        .write_now(Some(trust), move |conn| {
            diesel::insert_into(trusts::table)
                .values((trusts::id.eq(trust), trusts::slug.eq("trust-a"), trusts::created_at.eq(now)))
                .execute(conn)?;
            maker.create_trust_key(conn, trust, now)?;
            let (_, wrapped) = Content::create(&maker, conn, trust, id)?;
            insert(conn, &row(trust, id, wrapped, now))?;
            maker.create_trust_key(conn, trust, now.plus_seconds(1))?;
            Ok(load(conn, trust, id)?.unwrap())
        })
        .unwrap();
    assert_eq!(vault.rewrap_records(&db, trust).unwrap(), 1);
    let before = read.wrapped.clone();
    let written = ImportRow { blocks: 1, version: 2, ..read };
    let destroyed = ImportRow { wrapped: None, version: 3, ..written.clone() };
    let stored = move |conn: &mut Conn| Ok(load(conn, trust, id)?.unwrap());
    db.write_now(Some(trust), move |conn| update(conn, &written)).unwrap();
    let now_there = db.read_now(Some(trust), stored).unwrap();
    assert!(now_there.blocks == 1 && now_there.wrapped.is_some() && now_there.wrapped != before);
    assert_eq!(vault.rewrap_records(&db, trust).unwrap(), 0);
    db.write_now(Some(trust), move |conn| update(conn, &destroyed)).unwrap();
    assert!(db.read_now(Some(trust), stored).unwrap().wrapped.is_none());
}
