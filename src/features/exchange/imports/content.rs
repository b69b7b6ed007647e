//! The sealed parts of an import: its file, its columns, its plan. They have a key of their own; without it nothing of
//! them can be read.

use crate::crypto::{Place, RecordKey, Sealed, Vault};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

use super::plan::Row;
use super::store::ImportRow;

/// How many bytes of a file are sealed together.
pub const PART: usize = 256 * 1024;

/// The key of an import, opened.
pub struct Content {
    key: RecordKey,
    trust: Id,
    import: Id,
}

impl Content {
    /// Makes the key of a new import, and its wrapped form.
    pub fn create(vault: &Vault, conn: &mut Conn, trust: Id, import: Id) -> ApiResult<(Self, Sealed)> {
        let (key, wrapped) = vault.create_record_key(conn, trust, import)?;
        Ok((Self { key, trust, import }, wrapped))
    }

    /// Opens the key of an import; none where it has been destroyed.
    pub fn open(vault: &Vault, conn: &mut Conn, row: &ImportRow) -> ApiResult<Option<Self>> {
        let Some(wrapped) = &row.wrapped else { return Ok(None) };
        let key = vault.record_key(conn, row.trust_id, row.id, wrapped)?;
        Ok(Some(Self { key, trust: row.trust_id, import: row.id }))
    }

    fn place(&self, table: &'static str, column: &'static str) -> Place {
        Place::new(self.trust, table, column, self.import)
    }

    /// Seals the columns' names.
    pub fn seal_header(&self, names: &[String]) -> ApiResult<Sealed> {
        self.key.seal_json(self.place("imports", "header"), &names)
    }

    /// The columns' names.
    pub fn open_header(&self, row: &ImportRow) -> ApiResult<Vec<String>> {
        let sealed =
            row.header.as_ref().ok_or_else(|| ApiError::internal("an import without its columns"))?;
        self.key.open_json(self.place("imports", "header"), sealed)
    }

    /// Seals a part of the file. Its number is sealed with it, so that no part opens in the place of another.
    pub fn seal_part(&self, number: i64, bytes: &[u8]) -> ApiResult<Sealed> {
        let mut plain = number.to_be_bytes().to_vec();
        plain.extend_from_slice(bytes);
        self.key.seal(self.place("import_parts", "body"), &plain)
    }

    /// A part of the file.
    pub fn open_part(&self, number: i64, sealed: &Sealed) -> ApiResult<Vec<u8>> {
        let mut plain = self.key.open(self.place("import_parts", "body"), sealed)?;
        let rest = plain.split_off(8.min(plain.len()));
        if plain == number.to_be_bytes() {
            Ok(rest)
        } else {
            Err(ApiError::internal("a part in another's place"))
        }
    }

    /// Seals a block of the plan.
    pub fn seal_block(&self, number: i64, rows: &[Row]) -> ApiResult<Sealed> {
        self.key.seal_json(self.place("import_blocks", "body"), &(number, rows))
    }

    /// The rows of a block.
    pub fn open_block(&self, number: i64, sealed: &Sealed) -> ApiResult<Vec<Row>> {
        let (found, rows): (i64, Vec<Row>) =
            self.key.open_json(self.place("import_blocks", "body"), sealed)?;
        if found == number { Ok(rows) } else { Err(ApiError::internal("a block in another's place")) }
    }
}
