//! Fills a trust with schools, people, pupils and concerns, as they stand after years of use, and prints as JSON whom
//! the load scripts speak for. The rows are what the service itself would have stored, sealed text included: the
//! scripts read them back through it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a script: what fails, fails loudly"
)]
#![allow(missing_docs, clippy::missing_panics_doc, reason = "a script")]

use std::path::PathBuf;

use diesel::prelude::*;
use tutela::clock::{Clock, Date, Timestamp};
use tutela::crypto::{MasterKeys, Place, Vault};
use tutela::db::schema::{
    appointments, concern_accounts, concern_categories, concern_grants, concern_pupils, concerns, conflicts,
    enrolments, notifications, people, pupils, schools, trusts,
};
use tutela::db::{Conn, Db, Sizing, Target};
use tutela::ids::Id;
use tutela::on_backend;

/// Rows in one statement, and concerns in one transaction.
const CHUNK: usize = 500;
const SCHOOLS: u32 = 30;
const STAFF: u32 = 40;
const PUPILS: u32 = 300;
const URN: u32 = 900_000;
/// Concerns are spread over this many seconds before now.
const SPAN: i64 = 5 * 365 * 24 * 3600;

#[derive(clap::Parser)]
struct Args {
    #[arg(long)]
    database_url: String,
    #[arg(long)]
    master_key_file: PathBuf,
    /// The trust, as `tutela trust create` made it.
    #[arg(long, default_value = "bench")]
    trust: String,
    #[arg(long)]
    concerns: u32,
    /// `cargo bench` adds this.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What the rows have in common.
struct Fill {
    db: Db,
    vault: Vault,
    trust: Id,
    now: Timestamp,
}

/// Identifiers that a script can count: of one kind, by number.
fn id(kind: u8, number: u32) -> Id {
    let mut bytes = *b"\x01\x90\x00\x00\x00\x00\x70\x00\x80\x00\x00\x00\x00\x00\x00\x00";
    bytes[9] = kind;
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    Id::from_bytes(bytes)
}

fn school(number: u32) -> Id {
    id(1, number)
}

fn person(school: u32, number: u32) -> Id {
    id(2, school * STAFF + number)
}

fn pupil(school: u32, number: u32) -> Id {
    id(3, school * PUPILS + number)
}

fn concern(number: u32) -> Id {
    id(4, number)
}

fn main() {
    let args = <Args as clap::Parser>::parse();
    let target = Target::parse(&args.database_url).unwrap();
    let db = Db::open(&target, Sizing::default()).unwrap();
    let vault = Vault::new(MasterKeys::load(&args.master_key_file).unwrap());
    let trust = db
        .read_now(None, |conn| {
            Ok(trusts::table.filter(trusts::slug.eq(&args.trust)).select(trusts::id).first::<Id>(conn)?)
        })
        .unwrap();
    let fill = Fill { db, vault, trust, now: Clock::System.now() };
    let begun = std::time::Instant::now();
    fill.place();
    let mut number = 0;
    while number < args.concerns {
        let end = args.concerns.min(number + u32::try_from(CHUNK).unwrap());
        fill.concerns(number..end, args.concerns);
        number = end;
    }
    fill.exceptions(args.concerns);
    println!(
        "{}",
        serde_json::json!({
            "concerns": args.concerns, "seconds": begun.elapsed().as_secs(),
            "school_id": school(0), "urn": URN, "pupil_id": pupil(0, 0), "trust_id": trust,
            "dsl": person(0, 0), "lead": person(0, 1),
        })
    );
}

/// Runs a statement of many rows in pieces.
macro_rules! insert {
    ($conn:expr, $table:expr, $rows:expr) => {
        for rows in $rows.chunks(CHUNK) {
            on_backend!(&mut *$conn, conn => diesel::insert_into($table).values(rows).execute(conn))?;
        }
    };
}

impl Fill {
    fn write(&self, work: impl FnOnce(&mut Conn) -> tutela::error::ApiResult<()> + Send + 'static) {
        self.db.write_now(Some(self.trust), work).unwrap();
    }

    /// Schools with their staff and pupils; each has a safeguarding lead, the trust has one above them.
    fn place(&self) {
        let (trust, now) = (self.trust, self.now);
        let since = Date::ymd(2020, 9, 1).unwrap();
        self.write(move |conn| {
            for s in 0..SCHOOLS {
                diesel::insert_into(schools::table)
                    .values((
                        (schools::trust_id.eq(trust), schools::id.eq(school(s))),
                        schools::urn.eq(i32::try_from(URN + s).unwrap()),
                        schools::name.eq(format!("School {s}")),
                        schools::phase.eq("primary"),
                        schools::tas.eq(false),
                        schools::version.eq(1),
                        (schools::created_at.eq(now), schools::updated_at.eq(now)),
                    ))
                    .execute(conn)?;
                let staff: Vec<_> = (0..STAFF)
                    .map(|n| {
                        (
                            (people::trust_id.eq(trust), people::id.eq(person(s, n))),
                            people::given_name.eq(format!("Given{n}")),
                            people::family_name.eq(format!("Family{s}")),
                            people::name_folded.eq(format!("given{n} family{s}")),
                            people::version.eq(1),
                            (people::created_at.eq(now), people::updated_at.eq(now)),
                        )
                    })
                    .collect();
                insert!(conn, people::table, staff);
                let children: Vec<_> = (0..PUPILS)
                    .map(|n| {
                        (
                            (pupils::trust_id.eq(trust), pupils::id.eq(pupil(s, n))),
                            pupils::given_name.eq(format!("Child{n}")),
                            pupils::family_name.eq(format!("Family{n}")),
                            pupils::name_folded.eq(format!("child{n} family{n}")),
                            pupils::birth_date.eq(Date::ymd(2015, 1, 15).unwrap()),
                            pupils::version.eq(1),
                            (pupils::created_at.eq(now), pupils::updated_at.eq(now)),
                        )
                    })
                    .collect();
                insert!(conn, pupils::table, children);
                let places: Vec<_> = (0..PUPILS)
                    .map(|n| {
                        (
                            (enrolments::trust_id.eq(trust), enrolments::id.eq(pupil(s, n))),
                            enrolments::pupil_id.eq(pupil(s, n)),
                            enrolments::school_id.eq(school(s)),
                            enrolments::starts_on.eq(since),
                            enrolments::version.eq(1),
                            (enrolments::created_at.eq(now), enrolments::updated_at.eq(now)),
                        )
                    })
                    .collect();
                insert!(conn, enrolments::table, places);
                appoint(conn, trust, person(s, 0), Some(school(s)), "dsl", since, now)?;
            }
            appoint(conn, trust, person(0, 1), None, "trust-safeguarding-lead", since, now)
        });
    }

    /// Concerns of consecutive numbers, the oldest first, spread over all schools.
    fn concerns(&self, numbers: std::ops::Range<u32>, all: u32) {
        let (trust, now, vault) = (self.trust, self.now, self.vault.clone());
        self.write(move |conn| {
            let mut heads = Vec::new();
            let mut accounts = Vec::new();
            let mut named = Vec::new();
            let (mut categories, mut told) = (Vec::new(), Vec::new());
            for n in numbers {
                let (s, row) = (n % SCHOOLS, concern(n));
                let reporter = person(s, 2 + n / SCHOOLS % (STAFF - 2));
                let at = now.plus_seconds(-SPAN + SPAN * i64::from(n) / i64::from(all));
                let (key, wrapped) = vault.create_record_key(conn, trust, row)?;
                let content =
                    key.seal_json(Place::new(trust, "concern_accounts", "content", row), &text(n))?;
                heads.push((
                    (concerns::trust_id.eq(trust), concerns::id.eq(row), concerns::school_id.eq(school(s))),
                    concerns::log.eq(if n % 50 == 0 { "restricted" } else { "safeguarding" }),
                    concerns::raised_by.eq(Some(reporter)),
                    concerns::raised_by_principal.eq(format!("jwt:bench#{reporter}")),
                    (concerns::reporter_kind.eq("self"), concerns::reporter_protected.eq(false)),
                    (concerns::reported_at.eq(at), concerns::account_number.eq(1)),
                    (
                        concerns::state.eq("submitted"),
                        concerns::monitor.eq(false),
                        concerns::round_began_at.eq(at),
                    ),
                    concerns::data_key.eq(wrapped),
                    (concerns::version.eq(1), concerns::updated_at.eq(at)),
                ));
                accounts.push((
                    (concern_accounts::trust_id.eq(trust), concern_accounts::id.eq(row)),
                    (concern_accounts::concern_id.eq(row), concern_accounts::number.eq(1)),
                    (concern_accounts::author_id.eq(Some(reporter)), concern_accounts::recorded_at.eq(at)),
                    concern_accounts::occurred_approximately.eq(false),
                    (concern_accounts::place.eq("classroom"), concern_accounts::time_slot.eq("lesson")),
                    concern_accounts::source.eq("observation"),
                    concern_accounts::content.eq(content),
                ));
                named.push((
                    concern_pupils::trust_id.eq(trust),
                    concern_pupils::concern_id.eq(row),
                    concern_pupils::number.eq(1),
                    concern_pupils::pupil_id.eq(pupil(s, n / SCHOOLS % PUPILS)),
                    concern_pupils::role.eq("subject"),
                ));
                told.push((
                    (notifications::trust_id.eq(trust), notifications::id.eq(id(6, n))),
                    notifications::person_id.eq(person(s, 0)),
                    notifications::kind.eq("concern_raised"),
                    (notifications::record_id.eq(row), notifications::at.eq(at)),
                    notifications::read_at.eq((n % 10 != 0).then_some(at)),
                ));
                categories.push((
                    concern_categories::trust_id.eq(trust),
                    concern_categories::concern_id.eq(row),
                    concern_categories::number.eq(1),
                    concern_categories::code.eq("ABU-NEG"),
                    concern_categories::is_primary.eq(true),
                ));
            }
            insert!(conn, concerns::table, heads);
            insert!(conn, concern_accounts::table, accounts);
            insert!(conn, concern_pupils::table, named);
            insert!(conn, concern_categories::table, categories);
            insert!(conn, notifications::table, told);
            Ok(())
        });
    }

    /// What makes need to know work for its answer: people linked to pupils, and concerns shared by name.
    fn exceptions(&self, all: u32) {
        let (trust, now) = (self.trust, self.now);
        self.write(move |conn| {
            let links: Vec<_> = (0..SCHOOLS * 5)
                .map(|n| {
                    (
                        (conflicts::trust_id.eq(trust), conflicts::id.eq(id(5, n))),
                        conflicts::person_id.eq(person(n % SCHOOLS, 2 + n / SCHOOLS)),
                        conflicts::pupil_id.eq(pupil(n % SCHOOLS, 100 + n / SCHOOLS)),
                        conflicts::relationship.eq("relative"),
                        conflicts::recorded_by.eq("bench"),
                        conflicts::version.eq(1),
                        (conflicts::created_at.eq(now), conflicts::updated_at.eq(now)),
                    )
                })
                .collect();
            insert!(conn, conflicts::table, links);
            let shares: Vec<_> = (0..all / 20)
                .map(|n| {
                    let number = n * 20 + n % SCHOOLS % 20;
                    (
                        concern_grants::trust_id.eq(trust),
                        concern_grants::person_id.eq(person(n % SCHOOLS, n / SCHOOLS % 4)),
                        concern_grants::concern_id.eq(concern(number)),
                        concern_grants::school_id.eq(school(number % SCHOOLS)),
                    )
                })
                .collect();
            insert!(conn, concern_grants::table, shares);
            Ok(())
        });
    }
}

fn appoint(
    conn: &mut Conn,
    trust: Id,
    holder: Id,
    school: Option<Id>,
    role: &str,
    since: Date,
    now: Timestamp,
) -> tutela::error::ApiResult<()> {
    diesel::insert_into(appointments::table)
        .values((
            (appointments::trust_id.eq(trust), appointments::id.eq(Id::new(now))),
            appointments::person_id.eq(holder),
            appointments::school_id.eq(school),
            appointments::role.eq(role),
            appointments::starts_on.eq(since),
            appointments::version.eq(1),
            (appointments::created_at.eq(now), appointments::updated_at.eq(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// About a kilobyte, as people write it.
fn text(n: u32) -> serde_json::Value {
    let sentence = "The child said that nobody was at home when they came back from school, again. ";
    serde_json::json!({
        "summary": format!("Came to school without a coat for the {n}th time"),
        "verbatim_words": sentence.repeat(4), "facts": sentence.repeat(6), "opinion": null,
        "voice_of_child": null, "immediate_action": sentence, "witnesses": null, "told": [],
        "unnamed_pupils": null, "reporter_name": null, "reason": null,
    })
}
