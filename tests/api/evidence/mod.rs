//! Marks on the body map and files of concerns: who may, what they see, and where the bytes are.

mod bucket;
mod damage;
mod files;
mod marks;
mod readers;
mod sweep;

use serde_json::{Value, json};
use tutela::files::{Directory, Files};
use tutela::ids::Id;

use crate::meetings::Case;
use crate::support::{Answer, Client, LARGEST_FILE};

/// The media type of every file.
pub const FILE: &str = "application/octet-stream";

/// A mark on a child.
pub fn mark(pupil: Id, changes: Value) -> Value {
    let mut body = json!({
        "pupil_id": pupil, "view": "left", "x": 0.42, "y": 0.31, "size_mm": 30, "shape": "oval", "colour": "purple",
        "skin_broken": false, "description": "Outside of the upper arm."
    });
    body.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    body
}

/// The child whom a concern of [`Case::raised`] is about.
pub fn child(case: &Case<'_>, pupil: usize) -> Id {
    case.app.demo.trusts[case.trust].schools[case.school].pupils[pupil]
}

/// Puts a mark on the body map of a concern.
pub fn put(client: &Client, case: &Case<'_>, body: Value) -> Answer {
    client.post(&format!("{}/body-map", case.path()), body)
}

/// Adds a text to a concern.
pub fn add(client: &Client, case: &Case<'_>, text: &str) -> Answer {
    upload(client, case, "note.txt", &[], text.as_bytes())
}

/// Adds a file of this name to a concern.
pub fn upload(client: &Client, case: &Case<'_>, name: &str, more: &[(&str, &str)], bytes: &[u8]) -> Answer {
    let name = format!("attachment; filename=\"{name}\"");
    let head = [&[("Content-Disposition", name.as_str())], more].concat();
    client.upload_as(&format!("{}/attachments", case.path()), FILE, &head, bytes)
}

/// The items of a list.
pub fn items(client: &Client, path: &str) -> Vec<Value> {
    let page = client.get(&format!("{path}?count=true&limit=200")).expect(200);
    let items = page["items"].as_array().unwrap().clone();
    assert_eq!(page["count"].as_u64(), u64::try_from(items.len()).ok(), "{path}");
    items
}

/// A file store in a folder of the test's own.
pub struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn store(&self) -> Files {
        Files::new(Directory::new(self.folder.path().join("files")), LARGEST_FILE)
    }

    /// What stands in it.
    pub fn files(&self) -> Vec<std::path::PathBuf> {
        let mut all = inside(self.folder.path());
        all.sort();
        all
    }
}

fn inside(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { inside(&path) } else { vec![path] }).collect()
}

/// A document of so many bytes.
pub fn document(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((bytes.len()..size).map(|at| u8::try_from(at % 253).unwrap()));
    bytes
}
