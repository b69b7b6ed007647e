//! How fast an import is beside raw multi-row inserts of the same rows: printed, and held to be no worse than a loose
//! bound, since a loaded machine and a debug build measure little. `TUTELA_LONG=1` brings in 10,000 pupils; how to
//! measure in earnest stands in `docs/performance.md`.

use std::time::{Duration, Instant};

use tutela::clock::{Date, Timestamp};
use tutela::db::schema::{audit_entries, enrolments, events, pupils};
use tutela::db::{Conn, Db, Sizing};
use tutela::error::ApiResult;
use tutela::on_backend;

use super::*;
use crate::on_both;

macro_rules! rows {
    ($name:ident, $table:ident { $($field:ident: $kind:ty,)+ }) => {
        #[derive(Clone, Queryable, Selectable, Insertable)]
        #[diesel(table_name = $table, check_for_backend(tutela::db::Backend), treat_none_as_default_value = false)]
        struct $name { $($field: $kind,)+ }

        impl $name {
            fn all(conn: &mut Conn) -> ApiResult<Vec<Self>> {
                Ok($table::table.select(Self::as_select()).load(conn)?)
            }

            fn insert(conn: &mut Conn, rows: &[Self]) -> ApiResult<()> {
                on_backend!(conn, c => diesel::insert_into($table::table).values(rows).execute(c))?;
                Ok(())
            }
        }
    };
}

rows!(PupilRow, pupils {
    trust_id: Id, id: Id, upn: Option<String>, given_name: String, family_name: String,
    preferred_name: Option<String>, name_folded: String, birth_date: Date, version: i64, created_at: Timestamp,
    updated_at: Timestamp,
});
rows!(EnrolmentRow, enrolments {
    trust_id: Id, id: Id, pupil_id: Id, school_id: Id, starts_on: Date, ends_on: Option<Date>,
    year_group: Option<i16>, version: i64, created_at: Timestamp, updated_at: Timestamp,
});
rows!(AuditRow, audit_entries {
    trust_id: Id, id: Id, at: Timestamp, principal: String, person_id: Option<Id>, role: Option<String>, rule: String,
    action: String, class: String, record_id: Option<Id>, record_ids: Option<Vec<u8>>, school_id: Option<Id>,
    outcome: String, request_id: String, canonical: Vec<u8>,
});
rows!(EventRow, events {
    trust_id: Id, id: Id, at: Timestamp, kind: String, class: String, record_id: Id, school_id: Option<Id>,
    request_id: String,
});

/// The rows that an import left.
struct Left {
    pupils: Vec<PupilRow>,
    enrolments: Vec<EnrolmentRow>,
    entries: Vec<AuditRow>,
    events: Vec<EventRow>,
}

/// Stores the same rows by plain inserts of 500, a transaction each, into a database without them.
fn raw(db: &Db, trust: Id, left: &Left, with_proof: bool) -> Duration {
    let begun = Instant::now();
    let chunks = left.pupils.chunks(500).zip(left.enrolments.chunks(500));
    let mut proof = left.entries.chunks(1000).zip(left.events.chunks(1000));
    for (pupils, enrolments) in chunks {
        let (pupils, enrolments) = (pupils.to_vec(), enrolments.to_vec());
        let proof =
            proof.next().filter(|_| with_proof).map(|(entries, events)| (entries.to_vec(), events.to_vec()));
        db.write_now(Some(trust), move |conn| {
            PupilRow::insert(conn, &pupils)?;
            EnrolmentRow::insert(conn, &enrolments)?;
            if let Some((entries, events)) = proof {
                AuditRow::insert(conn, &entries)?;
                EventRow::insert(conn, &events)?;
            }
            Ok(())
        })
        .unwrap();
    }
    begun.elapsed()
}

fn empty(db: &Db, trust: Id) {
    db.write_now(Some(trust), |conn| {
        diesel::delete(enrolments::table).execute(conn)?;
        diesel::delete(pupils::table).execute(conn)?;
        Ok(())
    })
    .unwrap();
}

on_both! {
    fn an_import_is_measured_against_raw_inserts(backend) {
        let count = if std::env::var("TUTELA_LONG").is_ok() { 10_000 } else { 1_000 };
        let ground = Ground::idle(backend);
        let trust = ground.app.world.trust_a;
        let path = format!("/v1/imports?map=pupils&school_id={}", ground.schools[0]);
        let begun = Instant::now();
        let id = ground.mis.upload(&path, pupils_file(count).as_bytes()).expect(202)["id"].as_str().unwrap().to_owned();
        let uploaded = begun.elapsed();
        let node = Node::new(&ground.app.services);
        let begun = Instant::now();
        node.run();
        let rehearsed = begun.elapsed();
        let begun = Instant::now();
        apply(&ground.mis, &ground.mis.get(&format!("/v1/imports/{id}")).expect(200));
        let checked = begun.elapsed();
        let begun = Instant::now();
        node.run();
        let applied = begun.elapsed();
        assert_eq!(ground.mis.get(&format!("/v1/imports/{id}")).expect(200)["applied"], count);
        let request = format!("import-{id}");
        let left = ground.app.services.db.read_now(Some(trust), |conn| {
            let of_rows = |class: &str| matches!(class, "pupil" | "enrolment");
            Ok(Left {
                pupils: PupilRow::all(conn)?,
                enrolments: EnrolmentRow::all(conn)?,
                entries: AuditRow::all(conn)?.into_iter().filter(|row| row.request_id == request && of_rows(&row.class)).collect(),
                events: EventRow::all(conn)?.into_iter().filter(|row| row.request_id == request && of_rows(&row.class)).collect(),
            })
        }).unwrap();
        assert_eq!((left.pupils.len(), left.entries.len(), left.events.len()), (count, 2 * count, 2 * count));
        let db = Db::open(&ground.app.database.target, Sizing { connections: 2, ..Sizing::default() }).unwrap();
        empty(&db, trust);
        let records = raw(&db, trust, &left, false);
        empty(&db, trust);
        // The log keeps what is in it: the same rows go in under new identifiers.
        let now = tutela::clock::Clock::System.now();
        let fresh = Left {
            entries: left.entries.iter().cloned().map(|row| AuditRow { id: Id::new(now), ..row }).collect(),
            events: left.events.iter().cloned().map(|row| EventRow { id: Id::new(now), ..row }).collect(),
            ..left
        };
        let all = raw(&db, trust, &fresh, true);
        let rate = |time: Duration| count as f64 / time.as_secs_f64();
        let ratio = all.as_secs_f64() / applied.as_secs_f64();
        let whole = all.as_secs_f64() / (uploaded + rehearsed + checked + applied).as_secs_f64();
        crate::say!(
            "import of {count} pupils on {backend:?}: upload {uploaded:.2?}, rehearsal {rehearsed:.2?}, check {checked:.2?}, \
             application {applied:.2?} ({:.0} rows/s); raw inserts of the same rows {all:.2?} ({:.0} rows/s), of the records \
             alone {records:.2?} ({:.0} rows/s); ratio application/raw {ratio:.2}, everything/raw {whole:.2}, \
             application/records alone {:.2}",
            rate(applied), rate(all), rate(records), records.as_secs_f64() / applied.as_secs_f64(),
        );
        assert!(ratio > 0.05, "{ratio}");
    }
}
