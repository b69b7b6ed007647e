//! What goes over the wire about the kinds of file.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::map::{Column, Map};
use super::super::text::Encoding;

/// A kind of file that can be brought in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "name": "schools", "version": 1, "title": "Schools of the trust", "description": "One row a school.",
    "key": "URN", "encodings": ["utf-8", "windows-1252"],
    "columns": [{"name": "URN", "aliases": ["School URN"], "field": "/urn", "required": true}]
}))]
pub struct ImportMapView {
    /// Its word.
    #[schema(max_length = 40)]
    pub name: String,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Its name.
    #[schema(max_length = 200)]
    pub title: String,
    /// What a row is.
    #[schema(max_length = 500)]
    pub description: String,
    /// By what a row is matched with the records that are there.
    #[schema(max_length = 200)]
    pub key: String,
    /// The letters that a file may be in.
    #[schema(max_items = 4)]
    pub encodings: Vec<Encoding>,
    /// The columns that are kept; others are passed over.
    #[schema(max_items = 200)]
    pub columns: Vec<ImportColumnView>,
}

/// A column that is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "URN", "aliases": ["School URN"], "field": "/urn", "required": true}))]
pub struct ImportColumnView {
    /// Its name; case, blanks, hyphens and low lines do not matter.
    #[schema(max_length = 100)]
    pub name: String,
    /// Other names by which it is known.
    #[schema(max_items = 50)]
    pub aliases: Vec<String>,
    /// The field, as a JSON Pointer into the body with which a record would be made by hand.
    #[schema(max_length = 200)]
    pub field: String,
    /// Whether the file must have it, with a value in every row.
    pub required: bool,
}

impl From<&Map> for ImportMapView {
    fn from(map: &Map) -> Self {
        let column = |column: &Column| ImportColumnView {
            name: column.name.clone(),
            aliases: column.aliases.clone(),
            field: column.field.clone(),
            required: column.required,
        };
        Self {
            name: map.name.clone(),
            version: map.version,
            title: map.title.clone(),
            description: map.about.clone(),
            key: map.key.clone(),
            encodings: map.encodings.clone(),
            columns: map.columns.iter().map(column).collect(),
        }
    }
}

/// Every kind of file that the caller may bring in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": []}))]
pub struct ImportMaps {
    /// The kinds.
    #[schema(max_items = 100)]
    pub items: Vec<ImportMapView>,
}
