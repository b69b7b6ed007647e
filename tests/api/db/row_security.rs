//! The second wall: row-level security holds with every filter of the application switched off.

use diesel::prelude::*;
use tutela::clock::Clock;
use tutela::db::schema::{hubs, trusts};
use tutela::db::{Conn, Db, Sizing};
use tutela::error::ApiResult;
use tutela::ids::Id;
use tutela::text::Name;

use crate::support::{Backend, Database};

fn trust(db: &Db, slug: &'static str) -> Id {
    let id = Id::new(Clock::System.now());
    db.write_now(Some(id), move |conn| {
        let now = Clock::System.now();
        diesel::insert_into(trusts::table)
            .values((trusts::id.eq(id), trusts::slug.eq(slug), trusts::created_at.eq(now)))
            .execute(conn)?;
        add_hub(conn, id)
    })
    .unwrap();
    id
}

fn add_hub(conn: &mut Conn, trust: Id) -> ApiResult<()> {
    let now = Clock::System.now();
    diesel::insert_into(hubs::table)
        .values((
            hubs::trust_id.eq(trust),
            hubs::id.eq(Id::new(now)),
            hubs::name.eq(Name::<100>::new("North hub").unwrap()),
            hubs::version.eq(1_i64),
            hubs::created_at.eq(now),
            hubs::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Every hub that this connection can see, without any filter.
fn visible(db: &Db, bound: Option<Id>) -> Vec<Id> {
    db.read_now(bound, |conn| Ok(hubs::table.select(hubs::trust_id).load(conn)?)).unwrap()
}

#[test]
fn without_filters_a_transaction_sees_its_trust_only() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let database = Database::migrated(Backend::Postgres);
    let db = Db::open(&database.target, Sizing::default()).unwrap();
    let (a, b) = (trust(&db, "trust-a"), trust(&db, "trust-b"));
    assert_eq!(visible(&db, Some(a)), [a]);
    assert_eq!(visible(&db, Some(b)), [b]);
    assert_eq!(visible(&db, None), []);
}

#[test]
fn a_row_of_another_trust_cannot_be_written_changed_or_removed() {
    if !Backend::Postgres.is_there() {
        return;
    }
    let database = Database::migrated(Backend::Postgres);
    let db = Db::open(&database.target, Sizing::default()).unwrap();
    let (a, b) = (trust(&db, "trust-a"), trust(&db, "trust-b"));
    assert!(db.write_now(Some(a), move |conn| add_hub(conn, b)).is_err());
    let changed = db.write_now(Some(a), |conn| {
        Ok(diesel::update(hubs::table).set(hubs::version.eq(9_i64)).execute(conn)?)
    });
    assert_eq!(changed.unwrap(), 1);
    let removed = db.write_now(Some(b), move |conn| {
        Ok(diesel::delete(hubs::table.filter(hubs::trust_id.eq(a))).execute(conn)?)
    });
    assert_eq!(removed.unwrap(), 0);
}

#[test]
fn the_application_cannot_take_from_the_audit_log() {
    use tutela::db::schema::audit_entries;
    if !Backend::Postgres.is_there() {
        return;
    }
    let database = Database::migrated(Backend::Postgres);
    let db = Db::open(&database.target, Sizing::default()).unwrap();
    let a = trust(&db, "trust-a");
    assert!(db.write_now(Some(a), |conn| Ok(diesel::delete(audit_entries::table).execute(conn)?)).is_err());
}
