//! What goes over the wire about imports.

mod maps;
mod rows;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{KnownFormat, SchemaFormat};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::plan::{self, RowOutcome};
use super::store::ImportRow;
use super::text::Encoding;
use crate::clock::Timestamp;
use crate::http::ETag;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::Name;
pub use maps::{ImportMapView, ImportMaps};
pub use rows::ImportRowView;

crate::words! {
    /// How far an import has come.
    pub enum ImportState {
        /// The file is still arriving.
        Receiving = "receiving",
        /// The plan is being made.
        Rehearsing = "rehearsing",
        /// The plan stands, and waits to be applied.
        Rehearsed = "rehearsed",
        /// The plan is being applied.
        Applying = "applying",
        /// The plan has been applied.
        Applied = "applied",
        /// It could not be brought in; `problem` says why.
        Failed = "failed",
        /// Somebody has called it off.
        Cancelled = "cancelled",
        /// The plan was not applied in time, and is destroyed.
        Expired = "expired",
    }
}

crate::words! {
    /// The kinds of file that can be brought in; `GET /v1/import-maps` describes each.
    pub enum MapName {
        /// The trust's schools.
        Schools = "schools",
        /// People with an engagement.
        People = "people",
        /// Pupils with an enrolment.
        Pupils = "pupils",
    }
}

/// What the file is, in the query of the upload.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// The kind of file.
    #[param(inline, example = "people")]
    pub map: MapName,
    /// The school of rows that name none, within your reach; 409 `rule_broken` with `unknown_reference` otherwise.
    #[serde(default)]
    #[param(required = false)]
    pub school_id: Option<Id>,
    /// The letters of the file. Without it, and without a `charset` of the media type, they are found out: UTF-8 where
    /// all of the file is, else Windows-1252.
    #[serde(default)]
    #[param(required = false)]
    pub encoding: Option<Encoding>,
}

/// A file of comma-separated values: the names of the columns in the first line, a record in each of the others. Its
/// format is `binary`, so that clients that are made from the document take a file; the server streams it.
#[derive(Clone, Copy, Debug)]
pub struct CsvFile;

impl utoipa::PartialSchema for CsvFile {
    #[expect(deprecated, reason = "every schema of the document has its example under this name")]
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .min_length(Some(1))
            .max_length(Some(256 * 1024 * 1024))
            .description(Some(
                "A file of comma-separated values: the names of the columns in the first line, a record in each of the \
                 others (RFC 4180).",
            ))
            .example(Some(serde_json::json!(
                "Work email,Given name,Family name,School URN,Category,Start date\n\
                 r.example@trust-a.example,Robin,Example,199001,Teacher,01/09/2025\n"
            )))
            .into()
    }
}

impl ToSchema for CsvFile {}

/// Apply a plan.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"plan_hash": "b6f2f1e4a7d0c95e8b3c1f60a2d7e4918c5b3a70d1e2f4c6a8b9d0e1f2a3b4c5"}))]
pub struct ImportApplication {
    /// `plan_hash` of the import as you read it: exactly that plan is applied.
    #[schema(value_type = String, min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub plan_hash: PlanHash,
}

impl MediaType for ImportApplication {}

/// The hash over a plan, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanHash(pub String);

impl<'de> Deserialize<'de> for PlanHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let fits = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if fits { Ok(Self(text.into_owned())) } else { Err(serde::de::Error::custom("not a plan's hash")) }
    }
}

/// Call an import off.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The wrong file."}))]
pub struct ImportCancellation {
    /// Why, in words for the audit log's readers; it is not kept with the import.
    pub reason: Name<200>,
}

impl MediaType for ImportCancellation {}

/// A file that is brought in, and how far that has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ab", "map": "pupils",
    "school_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "state": "rehearsed", "percent": 100,
    "encoding": "utf-8", "size": 48_211, "rows": 512, "to_create": 480, "to_change": 12, "to_skip": 15,
    "in_conflict": 2, "to_refuse": 3, "applied": 0, "failed": 0, "is_mine": true, "has_rows": true,
    "plan_hash": "b6f2f1e4a7d0c95e8b3c1f60a2d7e4918c5b3a70d1e2f4c6a8b9d0e1f2a3b4c5", "problem": null,
    "expires_at": "2026-01-22T09:30:00.000000Z",
    "created_at": "2026-01-15T09:30:00.000000Z", "updated_at": "2026-01-15T09:30:02.000000Z"
}))]
pub struct ImportView {
    /// The import.
    pub id: Id,
    /// The kind of file.
    #[schema(max_length = 40)]
    pub map: String,
    /// The school of rows that name none.
    pub school_id: Option<Id>,
    /// How far it has come.
    pub state: ImportState,
    /// How much of the present stage is done.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: i64,
    /// The letters of the file.
    pub encoding: Option<Encoding>,
    /// Bytes of the file.
    #[schema(minimum = 0)]
    pub size: i64,
    /// Rows that have been planned.
    #[schema(minimum = 0)]
    pub rows: i64,
    /// Rows that would make a record, or have.
    #[schema(minimum = 0)]
    pub to_create: i64,
    /// Rows that would change a record, or have.
    #[schema(minimum = 0)]
    pub to_change: i64,
    /// Rows that say nothing new.
    #[schema(minimum = 0)]
    pub to_skip: i64,
    /// Rows that contradict what is there.
    #[schema(minimum = 0)]
    pub in_conflict: i64,
    /// Rows that are wrong, or that a rule does not allow.
    #[schema(minimum = 0)]
    pub to_refuse: i64,
    /// Rows that have been stored.
    #[schema(minimum = 0)]
    pub applied: i64,
    /// Rows that were left out at the application, because the records had changed since, or a rule.
    #[schema(minimum = 0)]
    pub failed: i64,
    /// Whether you made it.
    pub is_mine: bool,
    /// Whether the plan's rows are still kept; they are destroyed at `expires_at`.
    pub has_rows: bool,
    /// The hash over the plan, once it stands: give it to apply exactly this plan.
    #[schema(max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub plan_hash: Option<String>,
    /// Why it failed: `empty` (no row), `too_many_rows`, `rights_ended`, `map_changed`.
    #[schema(max_length = 60)]
    pub problem: Option<String>,
    /// When what was uploaded and planned is destroyed.
    pub expires_at: Timestamp,
    /// When the upload began.
    pub created_at: Timestamp,
    /// When it last went on.
    pub updated_at: Timestamp,
    /// Its version.
    #[serde(skip)]
    pub version: i64,
}

impl ImportView {
    /// The view for a caller.
    pub fn of(row: ImportRow, principal: &str) -> Self {
        let shows_hash =
            !matches!(row.state, ImportState::Receiving | ImportState::Rehearsing | ImportState::Failed);
        Self {
            percent: percent(&row),
            rows: row.creates + row.changes + row.skips + row.conflicts + row.refusals,
            is_mine: row.principal == principal,
            has_rows: row.wrapped.is_some(),
            plan_hash: row.plan_hash.as_deref().filter(|_| shows_hash).map(plan::hex),
            id: row.id,
            map: row.map,
            school_id: row.school_id,
            state: row.state,
            encoding: row.encoding,
            size: row.size,
            to_create: row.creates,
            to_change: row.changes,
            to_skip: row.skips,
            in_conflict: row.conflicts,
            to_refuse: row.refusals,
            applied: row.applied,
            failed: row.failed,
            problem: row.problem,
            expires_at: row.expires_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }

    /// The tag of this view.
    pub fn tag(&self) -> ETag {
        ETag::version_and_view(self.version, self)
    }
}

fn percent(row: &ImportRow) -> i64 {
    let of = |part: i64, whole: i64| if whole > 0 { (part * 100 / whole).clamp(0, 100) } else { 0 };
    match row.state {
        ImportState::Receiving => 0,
        ImportState::Rehearsing => of(row.read_to, row.size),
        ImportState::Applying => of(row.blocks_applied, row.blocks),
        _ => 100,
    }
}

/// Which imports to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ImportFilter {
    /// Only this kind of file.
    #[param(inline, required = false)]
    pub map: Option<MapName>,
    /// Only those that have come so far.
    #[param(required = false)]
    pub state: Option<ImportState>,
    /// Only those for this school.
    #[param(required = false)]
    pub school_id: Option<Id>,
}

/// Which rows to list.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct RowFilter {
    /// Only rows of which this would become.
    #[param(required = false)]
    pub outcome: Option<RowOutcome>,
    /// Only rows that were left out, or would be, for a fault; or only the others.
    #[param(required = false)]
    pub rejected: Option<bool>,
}
