//! What there is to do, and how a node takes a piece of it.

use crate::db::prelude::*;
use diesel::upsert::excluded;

use super::lease::{self, Lease};
use crate::clock::{Clock, Timestamp};
use crate::db::portable::Portable;
use crate::db::schema::tasks;
use crate::db::{Backend, Conn, Db};
use crate::error::ApiResult;
use crate::ids::Id;

/// How long a lease lasts: longer than a step takes, and how long the work of a dead node lies still.
const LEASE_SECONDS: i64 = 30;
/// How many tasks that are due are looked at: others may be at work on the first.
const LOOK_AT: i64 = 16;
/// After how many failures in a row the wait between tries stops growing.
const MOST_TRIES: i64 = 8;

/// A task as it is stored. It belongs to no trust's wall, since a node looks for work in all trusts at once: it holds
/// identifiers and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tasks, check_for_backend(Backend), treat_none_as_default_value = false)]
pub struct Task {
    /// The kind of work.
    pub kind: String,
    /// The trust.
    pub trust_id: Id,
    /// The record that the work is on.
    pub record_id: Id,
    /// When it is to be done.
    pub due_at: Timestamp,
    /// How often it was asked for.
    pub asked: i64,
    /// How often it failed since it last went well.
    pub tries: i64,
}

impl Task {
    fn lease_name(&self) -> String {
        format!("{}/{}/{}", self.kind, self.trust_id, self.record_id)
    }
}

/// Asks for work on a record, in the transaction that makes it necessary. Asked again, the newer time counts.
pub fn enqueue(
    conn: &mut Conn,
    kind: &'static str,
    trust: Id,
    record: Id,
    due_at: Timestamp,
) -> ApiResult<()> {
    let row = Task { kind: kind.to_owned(), trust_id: trust, record_id: record, due_at, asked: 1, tries: 0 };
    let asked = diesel::insert_into(tasks::table)
        .values(&row)
        .on_conflict((tasks::kind, tasks::trust_id, tasks::record_id))
        .do_update()
        .set((
            tasks::due_at.eq(excluded(tasks::due_at)),
            tasks::asked.eq(tasks::asked + 1),
            tasks::tries.eq(0_i64),
        ));
    Portable(asked).execute(conn)?;
    Ok(())
}

/// A task that this node works on.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The task.
    pub task: Task,
    /// The right to work on it.
    pub lease: Lease,
}

impl Claim {
    /// Begins every transaction of the work: fails where another node has taken over.
    pub fn hold(&self, conn: &mut Conn, now: Timestamp) -> ApiResult<()> {
        lease::hold(conn, &self.lease, now, LEASE_SECONDS)
    }
}

/// Where a node takes work and hands it back; cloning it is cheap.
#[derive(Clone)]
pub struct Desk {
    db: Db,
    clock: Clock,
    holder: Id,
}

impl Desk {
    /// The desk of a process.
    pub fn new(db: Db, clock: Clock) -> Self {
        let holder = Id::new(clock.now());
        Self { db, clock, holder }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Takes a task of a kind that is due and that nobody works on.
    pub fn claim(&self, kind: &'static str) -> ApiResult<Option<Claim>> {
        let now = self.now();
        let due = self.db.read_now(None, move |conn| due(conn, kind, now))?;
        for task in due {
            let (holder, name) = (self.holder, task.lease_name());
            let claim = self.db.write_now(None, move |conn| {
                match lease::acquire(conn, &name, holder, now, LEASE_SECONDS)? {
                    Some(lease) => again(conn, task, lease, now),
                    None => Ok(None),
                }
            })?;
            if claim.is_some() {
                return Ok(claim);
            }
        }
        Ok(None)
    }

    /// Hands a task back: it is done.
    pub fn finish(&self, claim: Claim) -> ApiResult<()> {
        let now = self.now();
        self.db.write_now(None, move |conn| {
            claim.hold(conn, now)?;
            let task = &claim.task;
            let gone = diesel::delete(tasks::table.find((task.kind.clone(), task.trust_id, task.record_id)))
                .filter(tasks::asked.eq(task.asked))
                .execute(conn)?;
            if gone == 1 {
                lease::forget(conn, &claim.lease)
            } else {
                lease::release(conn, &claim.lease, now)
            }
        })
    }

    /// Hands a task back: it goes on at a time, unless it was asked for again meanwhile.
    pub fn postpone(&self, claim: Claim, due_at: Timestamp) -> ApiResult<()> {
        self.put_back(claim, due_at, 0)
    }

    /// Hands a task back after a failure: it is tried again later, and later still each time.
    pub fn fail(&self, claim: Claim) -> ApiResult<()> {
        let tries = claim.task.tries + 1;
        let wait = 1_i64 << tries.clamp(0, MOST_TRIES);
        let due_at = self.now().plus_seconds(wait);
        self.put_back(claim, due_at, tries)
    }

    fn put_back(&self, claim: Claim, due_at: Timestamp, tries: i64) -> ApiResult<()> {
        let now = self.now();
        self.db.write_now(None, move |conn| {
            claim.hold(conn, now)?;
            let task = &claim.task;
            diesel::update(tasks::table.find((task.kind.clone(), task.trust_id, task.record_id)))
                .filter(tasks::asked.eq(task.asked))
                .set((tasks::due_at.eq(due_at), tasks::tries.eq(tries)))
                .execute(conn)?;
            lease::release(conn, &claim.lease, now)
        })
    }

    /// Makes sure that a task which every node always has is there.
    pub fn stand(&self, kind: &'static str) -> ApiResult<()> {
        let (nobody, now) = (Id::from_bytes([0; 16]), self.now());
        self.db.write_now(None, move |conn| {
            let known: i64 = tasks::table
                .filter(tasks::kind.eq(kind))
                .filter(tasks::record_id.eq(nobody))
                .count()
                .get_result(conn)?;
            if known == 0 { enqueue(conn, kind, nobody, nobody, now) } else { Ok(()) }
        })
    }
}

/// The tasks that are due and that nobody works on, the longest waiting first.
fn due(conn: &mut Conn, kind: &'static str, now: Timestamp) -> ApiResult<Vec<Task>> {
    let found: Vec<Task> = tasks::table
        .filter(tasks::kind.eq(kind))
        .filter(tasks::due_at.le(now))
        .order((tasks::due_at, tasks::record_id))
        .limit(LOOK_AT)
        .select(Task::as_select())
        .load(conn)?;
    if found.is_empty() {
        return Ok(found);
    }
    let names: Vec<String> = found.iter().map(Task::lease_name).collect();
    let taken = lease::taken(conn, &names, now)?;
    Ok(found.into_iter().zip(names).filter(|(_, name)| !taken.contains(name)).map(|(task, _)| task).collect())
}

/// Reads the task once more under its lease: it may have been done since it was found.
fn again(conn: &mut Conn, task: Task, lease: Lease, now: Timestamp) -> ApiResult<Option<Claim>> {
    let found: Option<Task> = tasks::table
        .find((task.kind, task.trust_id, task.record_id))
        .select(Task::as_select())
        .first(conn)
        .optional()?;
    match found {
        Some(task) if task.due_at <= now => Ok(Some(Claim { task, lease })),
        Some(_) => lease::release(conn, &lease, now).map(|()| None),
        None => lease::forget(conn, &lease).map(|()| None),
    }
}
