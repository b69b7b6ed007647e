//! Two invented trusts, made once a process and copied for each test.

use std::sync::OnceLock;

use diesel::prelude::*;
use tutela::clock::Clock;
use tutela::db::Target;
use tutela::db::schema::{trust_settings, trusts};
use tutela::ids::Id;

use super::app::services;
use super::{Backend, Database};

/// What was made, by name.
#[derive(Debug)]
pub struct World {
    pub trust_a: Id,
    pub trust_b: Id,
}

/// A copy of the world's database.
pub fn database(backend: Backend) -> Database {
    Database::copy(backend, "world", |target| {
        cell(backend).set(fill(target)).unwrap();
    })
}

/// The world of a backend; [`database`] makes it.
pub fn world(backend: Backend) -> &'static World {
    cell(backend).get().unwrap()
}

fn cell(backend: Backend) -> &'static OnceLock<World> {
    static SQLITE: OnceLock<World> = OnceLock::new();
    static POSTGRES: OnceLock<World> = OnceLock::new();
    match backend {
        Backend::Sqlite => &SQLITE,
        Backend::Postgres => &POSTGRES,
    }
}

fn fill(target: &Target) -> World {
    World { trust_a: trust(target, "trust-a", "casework"), trust_b: trust(target, "trust-b", "aggregate") }
}

fn trust(target: &Target, slug: &'static str, lead: &'static str) -> Id {
    let services = services(target);
    let now = Clock::System.now();
    let id = Id::new(now);
    let vault = services.vault.clone();
    services
        .db
        .write_now(Some(id), move |conn| {
            diesel::insert_into(trusts::table)
                .values((trusts::id.eq(id), trusts::slug.eq(slug), trusts::created_at.eq(now)))
                .execute(conn)?;
            diesel::insert_into(trust_settings::table)
                .values((
                    trust_settings::trust_id.eq(id),
                    trust_settings::name.eq(slug),
                    trust_settings::trust_lead_column.eq(lead),
                    trust_settings::closure_rule.eq("safety_statement"),
                    trust_settings::restricted_log.eq(true),
                    trust_settings::version.eq(1_i64),
                    trust_settings::updated_at.eq(now),
                ))
                .execute(conn)?;
            vault.create_trust_key(conn, id, now)
        })
        .unwrap();
    id
}
