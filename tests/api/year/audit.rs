//! The audit log and the events against what was acknowledged: one entry and one event of each change, and no other.

use std::collections::BTreeSet;

use super::Year;
use super::school::Ledger;
use crate::support::Reader;

pub fn check(year: &Year) -> String {
    let mut books = Reader::open(&year.app.database.books());
    let entries = books.rows(
        "SELECT request_id || ' ' || rule || ' ' || CAST(record_id AS text) AS word FROM audit_entries \
         WHERE rule IN (SELECT kind FROM events)",
    );
    let events =
        books.rows("SELECT request_id || ' ' || kind || ' ' || CAST(record_id AS text) AS word FROM events");
    assert!(entries == events, "{:?}", differences(&entries, &events));
    let ledgers: Vec<&Ledger> = ledgers(year).collect();
    let made: BTreeSet<&str> = ledgers.iter().flat_map(|ledger| &ledger.made).map(String::as_str).collect();
    let (start, work): (Vec<&String>, Vec<&String>) =
        events.iter().partition(|event| made.contains(request(event)));
    let stored: Vec<String> = work.into_iter().cloned().collect();
    let mut acknowledged: Vec<String> =
        ledgers.iter().flat_map(|ledger| &ledger.acts).map(|act| act.join(" ")).collect();
    acknowledged.sort_unstable();
    assert!(stored == acknowledged, "{:?}", differences(&stored, &acknowledged));
    assert!(start.iter().map(|event| request(event)).collect::<BTreeSet<_>>() == made);
    let shown = check_reads(&mut books, &ledgers);
    check_nothing_else(&events, &ledgers);
    check_versions(&mut books);
    format!("{} changes with an entry and an event each, {shown} readings with an entry each", events.len())
}

fn ledgers(year: &Year) -> impl Iterator<Item = &Ledger> {
    year.trusts.iter().flat_map(|trust| {
        std::iter::once(&trust.ledger).chain(trust.schools.iter().map(|school| &school.ledger))
    })
}

fn request(row: &str) -> &str {
    row.split(' ').next().unwrap_or_default()
}

/// The first rows that only one of two has.
fn differences(one: &[String], other: &[String]) -> [Vec<String>; 2] {
    let (first, second): (BTreeSet<_>, BTreeSet<_>) = (one.iter().collect(), other.iter().collect());
    let only = |one: &BTreeSet<&String>, other: &BTreeSet<&String>| {
        one.difference(other).take(5).map(|row| (*row).clone()).collect()
    };
    [only(&first, &second), only(&second, &first)]
}

/// Each concern that was shown, and each repeated request, with an entry of its own.
fn check_reads(books: &mut Reader, ledgers: &[&Ledger]) -> usize {
    let stored = books.rows(
        "SELECT request_id || ' ' || CAST(record_id AS text) AS word FROM audit_entries \
         WHERE action = 'concern.read' AND outcome = 'done' AND record_id IS NOT NULL",
    );
    let mut shown: Vec<String> =
        ledgers.iter().flat_map(|ledger| &ledger.reads).map(|read| read.join(" ")).collect();
    shown.sort_unstable();
    assert!(stored == shown, "{:?}", differences(&stored, &shown));
    let repeated = books.rows("SELECT request_id AS word FROM audit_entries WHERE rule = 'replayed'");
    let mut expected: Vec<String> = ledgers.iter().flat_map(|ledger| ledger.repeated.clone()).collect();
    expected.sort_unstable();
    assert_eq!(repeated, expected);
    shown.len()
}

/// What was refused, and what was repeated, left no event.
fn check_nothing_else(events: &[String], ledgers: &[&Ledger]) {
    let changed: BTreeSet<&str> = events.iter().map(|event| request(event)).collect();
    for request in ledgers.iter().flat_map(|ledger| ledger.refused.iter().chain(&ledger.repeated)) {
        assert!(
            !changed.contains(request.as_str()),
            "{request} was refused or repeated, and changed something"
        );
    }
}

/// Each record has as many versions as changes.
fn check_versions(books: &mut Reader) {
    for table in ["concerns", "panels"] {
        let found = books.rows(&format!(
            "SELECT CAST(id AS text) AS word FROM {table} r WHERE version <> \
             (SELECT count(*) FROM events e WHERE e.trust_id = r.trust_id AND e.record_id = r.id)"
        ));
        assert!(found.is_empty(), "{table}: {found:?}");
    }
}
