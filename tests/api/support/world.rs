//! The worlds of the tests, made once a process and copied for each test: two invented trusts with nothing in them, and
//! the demo.

use std::sync::OnceLock;

use diesel::prelude::*;
use tutela::clock::Clock;
use tutela::db::Target;
use tutela::db::schema::{trust_settings, trusts};
use tutela::demo::Demo;
use tutela::ids::Id;

use super::app::{serve, services};
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

/// A copy of the demo's database.
pub fn demo_database(backend: Backend) -> Database {
    Database::copy(backend, "demo", |target| {
        let demo = seeded(target);
        let [a, b] = [0, 1].map(|trust: usize| demo.trusts[trust].id);
        demo_cell(backend).set((demo, World { trust_a: a, trust_b: b })).unwrap();
    })
}

/// What the demo of a backend made; [`demo_database`] makes it.
pub fn demo(backend: Backend) -> &'static Demo {
    &demo_cell(backend).get().unwrap().0
}

/// The demo's trusts by name.
pub fn demo_world(backend: Backend) -> &'static World {
    &demo_cell(backend).get().unwrap().1
}

fn demo_cell(backend: Backend) -> &'static OnceLock<(Demo, World)> {
    static SQLITE: OnceLock<(Demo, World)> = OnceLock::new();
    static POSTGRES: OnceLock<(Demo, World)> = OnceLock::new();
    match backend {
        Backend::Sqlite => &SQLITE,
        Backend::Postgres => &POSTGRES,
    }
}

/// Fills a migrated database with the demo.
pub fn seeded(target: &Target) -> Demo {
    let services = services(target);
    let server = serve(&services);
    let demo = tutela::demo::seed(&services, &server.base, &server.key, &mut |_| {}).unwrap();
    server.stop();
    demo
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
