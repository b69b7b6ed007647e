//! The text of a case as it is sealed: one JSON value a row, under the concern's own key. It exists in the clear only
//! while an answer is made.

use std::io::Read;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::dto::Told;
use super::store::ConcernRow;
use crate::crypto::{Opening, Place, RecordKey, Sealed, Sealing, Vault};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;
use crate::text::{Name, Text};

/// The text of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountContent {
    pub summary: Text<2000>,
    pub verbatim_words: Option<Text<10000>>,
    pub facts: Option<Text<10000>>,
    pub opinion: Option<Text<5000>>,
    pub voice_of_child: Option<Text<5000>>,
    pub immediate_action: Option<Text<5000>>,
    pub witnesses: Option<Text<2000>>,
    pub told: Vec<Told>,
    pub unnamed_pupils: Option<Text<500>>,
    pub reporter_name: Option<Name<150>>,
    /// Why the account before was corrected; none in the first.
    pub reason: Option<Text<2000>>,
}

impl AccountContent {
    /// Everything that a search by words looks at; the reporter's name only for those who may know it.
    pub fn searched(&self, with_reporter: bool) -> Vec<&str> {
        let texts = [
            self.verbatim_words.as_deref(),
            self.facts.as_deref(),
            self.opinion.as_deref(),
            self.voice_of_child.as_deref(),
            self.immediate_action.as_deref(),
            self.witnesses.as_deref(),
            self.unnamed_pupils.as_deref(),
            self.reason.as_deref(),
            self.reporter_name.as_deref().filter(|_| with_reporter),
        ];
        let told = self.told.iter().map(|told| told.name.as_str());
        std::iter::once(self.summary.as_str()).chain(texts.into_iter().flatten()).chain(told).collect()
    }
}

/// A concern's key, and the places under which it seals.
pub struct CaseKey {
    trust: Id,
    key: RecordKey,
}

impl CaseKey {
    /// Makes the key of a new concern: the key, and its wrapped form for the concern's row.
    pub fn create(vault: &Vault, conn: &mut Conn, trust: Id, concern: Id) -> ApiResult<(Self, Sealed)> {
        let (key, wrapped) = vault.create_record_key(conn, trust, concern)?;
        Ok((Self { trust, key }, wrapped))
    }

    /// Opens a concern's key.
    pub fn open(vault: &Vault, conn: &mut Conn, concern: &ConcernRow) -> ApiResult<Self> {
        let key = vault.record_key(conn, concern.trust_id, concern.id, &concern.data_key)?;
        Ok(Self { trust: concern.trust_id, key })
    }

    /// Seals the content of an account's row.
    pub fn seal_account(&self, row: Id, content: &AccountContent) -> ApiResult<Sealed> {
        self.key.seal_json(Place::new(self.trust, "concern_accounts", "content", row), content)
    }

    /// Opens the content of an account's row.
    pub fn open_account(&self, row: Id, sealed: &Sealed) -> ApiResult<AccountContent> {
        self.key.open_json(Place::new(self.trust, "concern_accounts", "content", row), sealed)
    }

    /// Seals the `body` of a row of another table.
    pub fn seal<T: Serialize>(&self, table: &'static str, row: Id, body: &T) -> ApiResult<Sealed> {
        self.key.seal_json(Place::new(self.trust, table, "body", row), body)
    }

    /// Opens the `body` of a row of another table.
    pub fn unseal<T: DeserializeOwned>(&self, table: &'static str, row: Id, sealed: &Sealed) -> ApiResult<T> {
        self.key.open_json(Place::new(self.trust, table, "body", row), sealed)
    }
}

impl CaseKey {
    /// Begins to seal a file of so many bytes: with it comes what stands in front of its pieces.
    pub fn seal_file(&self, file: Id, size: u64) -> ApiResult<(Sealing, Vec<u8>)> {
        self.key.seal_stream(self.file_place(file), size)
    }

    /// Begins to open a file that had so many bytes.
    pub fn open_file(&self, file: Id, size: u64, sealed: Box<dyn Read + Send>) -> ApiResult<Opening> {
        self.key.open_stream(self.file_place(file), size, sealed)
    }

    const fn file_place(&self, file: Id) -> Place {
        Place::new(self.trust, "concern_attachments", "content", file)
    }
}

/// The bytes to which the audit entry commits.
pub fn committed<T: Serialize>(content: &T) -> ApiResult<Vec<u8>> {
    serde_json::to_vec(content).map_err(|error| ApiError::internal(error.to_string()))
}
