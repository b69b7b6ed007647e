//! What is seen of a concern beside its words: marks on a child's body, and files.

use serde::{Deserialize, Serialize};
use utoipa::openapi::{KnownFormat, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

use super::words::{BodyMarkColour, BodyMarkShape, BodyView};
use crate::clock::Timestamp;
use crate::http::body::MediaType;
use crate::ids::Id;
use crate::text::{Name, Text};

/// A mark on a child's body, as it was seen: what it looks like and where it is, not what it may come from. Nobody undresses
/// a child to look, and no picture of a mark is taken for this (KCSIE Part 1; the school's first-aid practice).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "view": "left", "x": 0.42, "y": 0.31, "size_mm": 30,
    "shape": "oval", "colour": "purple", "skin_broken": false, "description": "On the outside of the upper arm.",
    "seen_at": "2026-01-15T12:45:00Z"
}))]
pub struct ConcernMarkCreate {
    /// The child: one whom the concern names. Required where it names any; absent where it names none.
    pub pupil_id: Option<Id>,
    /// The drawing that the mark is put on.
    pub view: BodyView,
    /// How far from the drawing's left edge, as a part of its width: 0 to 1, kept to four decimals.
    #[schema(value_type = f64, minimum = 0, maximum = 1)]
    pub x: Fraction,
    /// How far from the drawing's upper edge, as a part of its height: 0 to 1, kept to four decimals.
    #[schema(value_type = f64, minimum = 0, maximum = 1)]
    pub y: Fraction,
    /// How large it is where it is longest, in millimetres.
    #[validate(range(min = 1, max = 2000))]
    #[schema(minimum = 1, maximum = 2000)]
    pub size_mm: i16,
    /// Its shape.
    pub shape: BodyMarkShape,
    /// Its colour.
    pub colour: BodyMarkColour,
    /// Whether the skin is broken.
    pub skin_broken: bool,
    /// What else is to be said of it, and what the child said about it, in the child's own words.
    pub description: Option<Text<2000>>,
    /// When it was seen, where that is not now; not in the future and not before 1990.
    pub seen_at: Option<Timestamp>,
    /// The full name of who saw it, where that is not who records it.
    pub seen_by: Option<Name<150>>,
}

impl MediaType for ConcernMarkCreate {}

/// A corrected version of a mark: the whole of it as it should read.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "view": "right", "x": 0.42, "y": 0.31, "size_mm": 30, "shape": "oval", "colour": "purple", "skin_broken": false,
    "seen_at": "2026-01-15T12:45:00Z", "correction_reason": "It is the right arm."
}))]
pub struct ConcernMarkCorrection {
    /// The child, where it is another one than was recorded, or none was: one whom the concern names.
    pub pupil_id: Option<Id>,
    /// The drawing that the mark is put on.
    pub view: BodyView,
    /// How far from the drawing's left edge, as a part of its width: 0 to 1, kept to four decimals.
    #[schema(value_type = f64, minimum = 0, maximum = 1)]
    pub x: Fraction,
    /// How far from the drawing's upper edge, as a part of its height: 0 to 1, kept to four decimals.
    #[schema(value_type = f64, minimum = 0, maximum = 1)]
    pub y: Fraction,
    /// How large it is where it is longest, in millimetres.
    #[validate(range(min = 1, max = 2000))]
    #[schema(minimum = 1, maximum = 2000)]
    pub size_mm: i16,
    /// Its shape.
    pub shape: BodyMarkShape,
    /// Its colour.
    pub colour: BodyMarkColour,
    /// Whether the skin is broken.
    pub skin_broken: bool,
    /// What else is to be said of it; absent for nothing.
    pub description: Option<Text<2000>>,
    /// When it was seen; not in the future and not before 1990.
    pub seen_at: Timestamp,
    /// The full name of who saw it; absent for who recorded it.
    pub seen_by: Option<Name<150>>,
    /// Why the record is corrected.
    pub correction_reason: Text<2000>,
}

impl MediaType for ConcernMarkCorrection {}

/// A mark on a child's body.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "number": 1, "by_reporter": true,
    "pupil_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ac", "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae",
    "recorded_at": "2026-01-15T13:20:00.000000Z", "seen_at": "2026-01-15T12:45:00.000000Z", "view": "left", "x": 0.42,
    "y": 0.31, "size_mm": 30, "shape": "oval", "colour": "purple", "skin_broken": false,
    "description": "On the outside of the upper arm."
}))]
pub struct ConcernMarkView {
    /// The mark: the same for all its versions.
    pub id: Id,
    /// 1 for the mark as first recorded; each correction is the next number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// Whether it was recorded by who reported the concern, as no more than that, and not by who works on it.
    pub by_reporter: bool,
    /// The child.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<Id>,
    /// Who recorded this version; left out where it is a reporter who is protected from you.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// The full name of who saw it, where that is not who recorded it; left out where it is given by a reporter who is
    /// protected from you.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_by: Option<Name<150>>,
    /// The drawing that the mark is put on.
    pub view: BodyView,
    /// How far from the drawing's left edge, as a part of its width.
    #[schema(value_type = f64, minimum = 0, maximum = 1)]
    pub x: Fraction,
    /// How far from the drawing's upper edge, as a part of its height.
    #[schema(value_type = f64, minimum = 0, maximum = 1)]
    pub y: Fraction,
    /// How large it is where it is longest, in millimetres.
    #[schema(minimum = 1, maximum = 2000)]
    pub size_mm: i16,
    /// Its shape.
    pub shape: BodyMarkShape,
    /// Its colour.
    pub colour: BodyMarkColour,
    /// Whether the skin is broken.
    pub skin_broken: bool,
    /// What else is to be said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<2000>>,
    /// Why the version before was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<Text<2000>>,
}

/// A part of a whole, in ten-thousandths: what is read is what was stored, to the last digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction(u16);

const WHOLE: f64 = 10_000.0;

impl Fraction {
    fn of(number: f64) -> Option<Self> {
        let steps = (0.0..=1.0).contains(&number).then(|| format!("{:.0}", number.abs() * WHOLE))?;
        steps.parse().ok().map(Self)
    }
}

impl Serialize for Fraction {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / WHOLE)
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::of(number).ok_or_else(|| serde::de::Error::custom("must be from 0 to 1"))
    }
}

/// A file of a concern; what is in it is read under `content`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-8a2b-7c3d-9e4f-0123456789af", "name": "letter.txt", "media_type": "text/plain", "size": 1204,
    "sha256": "b6f2f1e4a7d0c95e8b3c1f60a2d7e4918c5b3a70d1e2f4c6a8b9d0e1f2a3b4c5", "by_reporter": false,
    "author_id": "0192f0c1-8a2b-7c3d-9e4f-0123456789ae", "recorded_at": "2026-01-15T15:10:00.000000Z"
}))]
pub struct ConcernAttachmentView {
    /// The file.
    pub id: Id,
    /// What it is called.
    pub name: Name<150>,
    /// Its type, as it was declared and as its bytes show it.
    #[schema(max_length = 100, pattern = "^[a-z]+/[a-z0-9.+-]+$")]
    pub media_type: String,
    /// How many bytes it has.
    #[schema(minimum = 1)]
    pub size: i64,
    /// The SHA-256 of its bytes, in hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// Whether it was given by who reported the concern, as no more than that, and not by who works on it.
    pub by_reporter: bool,
    /// Who gave it; left out where it is a reporter who is protected from you.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Id>,
    /// When it began to arrive.
    pub recorded_at: Timestamp,
}

/// The bytes of a file. Its format is `binary`, so that clients that are made from the document take a file; the server
/// streams it.
#[derive(Clone, Copy, Debug)]
pub struct AttachmentFile;

impl PartialSchema for AttachmentFile {
    #[expect(deprecated, reason = "every schema of the document has its example under this name")]
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .min_length(Some(1))
            .max_length(Some(1024 * 1024 * 1024))
            .description(Some("The bytes of a file."))
            .example(Some(serde_json::json!("Dear Mrs Example, he came home with a bruise on Tuesday.\n")))
            .into()
    }
}

impl ToSchema for AttachmentFile {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> Result<Fraction, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_part_is_from_nothing_to_the_whole() {
        for (json, written) in
            [("0", "0.0"), ("1", "1.0"), ("0.42", "0.42"), ("0.123456", "0.1235"), ("-0.0", "0.0")]
        {
            assert_eq!(serde_json::to_string(&read(json).unwrap()).unwrap(), written);
        }
        for wrong in ["-0.0001", "1.0001", "2", "\"0.5\"", "null"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(step in 0..=10_000_u16) {
            let text = serde_json::to_string(&Fraction(step)).unwrap();
            prop_assert_eq!(read(&text).unwrap(), Fraction(step));
        }
    }
}
