//! Makes the plan: reads the next rows of a file and says what would become of each.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest, Sha256};

use super::content::{Content, PART};
use super::convert::SchoolBook;
use super::map::{Header, Map};
use super::plan::{Row, RowOutcome, Verdict};
use super::reading::{Record, Records};
use super::rows::{Fault, RowReader, Wanted};
use super::service;
use super::store::{self, ImportRow};
use super::targets::Target;
use super::text::Encoding;
use super::work::{Halt, rights};
use crate::access::Scope;
use crate::clock::Timestamp;
use crate::crypto::Vault;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::features::organisation::schools;
use crate::ids::Id;

/// Rows of a block.
const BLOCK: usize = 500;

/// The keys of the rows that have been planned, so that one that stands in a file twice is found.
pub struct Seen {
    pub import: Id,
    pub blocks: i64,
    pub lines: HashMap<[u8; 16], i64>,
}

/// A block that has been planned and not stored yet.
pub struct Planned {
    pub rows: Vec<Row>,
    pub read_to: i64,
    pub next_line: i64,
    pub seen: Seen,
    pub content: Content,
    /// The schools that they touch; the trust's id where one touches the trust itself.
    pub schools: BTreeSet<Id>,
}

/// Reads the next rows, and plans them.
pub fn plan(
    conn: &mut Conn,
    vault: &Vault,
    row: &ImportRow,
    seen: Option<Seen>,
    now: Timestamp,
) -> Result<Planned, Halt> {
    let (target, map, rights) = rights(conn, row, now)?;
    let content = Content::open(vault, conn, row)?.ok_or(Halt::Over("rights_ended"))?;
    let header = service::header(&content, row)?;
    let (records, read_to, next_line) = records(conn, &content, row)?;
    let book = school_book(conn, &rights, map)?;
    let encoding = row.encoding.unwrap_or(Encoding::Utf8);
    let reader = RowReader { header: &header, encoding, schools: &book, school: row.school_id };
    let wanted: Vec<Wanted> = records.into_iter().map(|record| reader.read(record)).collect();
    let mut seen = match seen {
        Some(seen) if seen.import == row.id && seen.blocks == row.blocks => seen,
        _ => recall(conn, &content, row, target)?,
    };
    let clean: Vec<_> =
        wanted.iter().filter(|wanted| wanted.faults.is_empty()).map(|wanted| &wanted.value).collect();
    let verdicts = if clean.is_empty() { Vec::new() } else { target.plan(conn, &rights, &header, &clean)? };
    let mut verdicts = verdicts.into_iter();
    let rows = wanted
        .into_iter()
        .map(|mut wanted| {
            let verdict = if wanted.faults.is_empty() {
                verdicts.next().ok_or_else(|| ApiError::internal("a row without a verdict"))?
            } else {
                Verdict::refuse(std::mem::take(&mut wanted.faults))
            };
            let repeated = find_repeated(&mut seen, target, &header, &wanted, &verdict);
            Ok(Row::new(wanted, repeated.unwrap_or(verdict)))
        })
        .collect::<ApiResult<Vec<Row>>>()?;
    let touched = |row: &Row| target.school(&row.value).or(row.verdict.is_work().then(|| rights.trust()));
    let schools = rows.iter().filter_map(touched).collect();
    Ok(Planned { rows, read_to, next_line, seen, content, schools })
}

/// What the plan's hash begins with: the kind of file, and the school.
pub fn first_hash(row: &ImportRow) -> Vec<u8> {
    row.plan_hash.clone().unwrap_or_else(|| {
        Sha256::digest(format!("{} {} {:?}", row.map, row.map_version, row.school_id)).to_vec()
    })
}

/// The records of the next block, and where the one after it begins.
fn records(conn: &mut Conn, content: &Content, row: &ImportRow) -> ApiResult<(Vec<Record>, i64, i64)> {
    let part = i64::try_from(PART).unwrap_or(i64::MAX);
    let mut number = row.read_to / part;
    let mut skip = usize::try_from(row.read_to % part).unwrap_or_default();
    let pieces = || {
        let Some(sealed) = store::part(conn, row.trust_id, row.id, number)? else { return Ok(None) };
        let mut bytes = content.open_part(number, &sealed)?;
        bytes.drain(..std::mem::take(&mut skip).min(bytes.len()));
        number += 1;
        Ok(Some(bytes))
    };
    let mut records = Records::new(pieces, row.read_to, row.next_line);
    let mut found = Vec::with_capacity(BLOCK);
    while found.len() < BLOCK
        && let Some(record) = records.next()?
    {
        found.push(record);
    }
    let (read_to, next_line) = records.position();
    Ok((found, read_to, next_line))
}

/// The schools that rows may name: those within reach that are the trust's.
fn school_book(conn: &mut Conn, rights: &Scope, map: &Map) -> ApiResult<SchoolBook> {
    if map.school.is_none() {
        return Ok(SchoolBook::default());
    }
    let all = schools::schools(conn, rights.trust())?.into_iter();
    let reached = all.filter(|school| rights.extent().covers(school.id));
    Ok(SchoolBook::new(reached.map(|school| (school.id, school.urn, school.laestab))))
}

/// The keys of the blocks that are there, after another node or an earlier life of this one has made them.
fn recall(conn: &mut Conn, content: &Content, row: &ImportRow, target: &dyn Target) -> ApiResult<Seen> {
    let mut seen = Seen { import: row.id, blocks: row.blocks, lines: HashMap::new() };
    for number in 0..row.blocks {
        let block = store::block(conn, row.trust_id, row.id, number)?;
        let block = block.ok_or_else(|| ApiError::internal("a plan lacks a block"))?;
        for row in content.open_block(number, &block.body)?.iter().filter(|row| is_meant(&row.verdict)) {
            if let Some(key) = target.key(&row.value) {
                seen.lines.entry(digest(&key)).or_insert(row.line);
            }
        }
    }
    Ok(seen)
}

fn digest(key: &str) -> [u8; 16] {
    let whole: [u8; 32] = Sha256::digest(key).into();
    whole.first_chunk().copied().unwrap_or_default()
}

/// Refuses a row whose key stood on an earlier line that is brought in: which of the two is right, nobody knows.
fn find_repeated(
    seen: &mut Seen,
    target: &dyn Target,
    header: &Header,
    wanted: &Wanted,
    verdict: &Verdict,
) -> Option<Verdict> {
    if !is_meant(verdict) {
        return None;
    }
    let earlier = *seen.lines.entry(digest(&target.key(&wanted.value)?)).or_insert(wanted.line);
    let pointer = target.key_field();
    (earlier != wanted.line).then(|| {
        Verdict::refuse(vec![Fault {
            column: header.column_of(pointer).map(str::to_owned),
            pointer: pointer.to_owned(),
            code: "repeated".to_owned(),
            detail: format!("stands on line {earlier} already"),
        }])
    })
}

/// Whether a row says something that is, or would be, there.
const fn is_meant(verdict: &Verdict) -> bool {
    verdict.is_work() || matches!(verdict.outcome, RowOutcome::Skip)
}
