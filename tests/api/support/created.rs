//! What every 201 of every test is held to (decision 0015): `Location` is an address of the document that can be read, and
//! the tags are those that the document names.

use std::cell::RefCell;

use serde_json::Value;

use super::{Answer, Client};

thread_local! {
    static FOLLOWED: RefCell<Option<Vec<Followed>>> = const { RefCell::new(None) };
}

/// A 201, and what its maker then reads at its `Location`.
#[derive(Debug)]
pub struct Followed {
    pub operation: String,
    pub location: String,
    pub status: u16,
    /// Whether the tag of the 201 is the one of what is read there, and so is the view.
    pub is_same: bool,
}

/// From now on every 201 on this thread is followed to its `Location`.
pub fn follow() {
    FOLLOWED.with(|followed| *followed.borrow_mut() = Some(Vec::new()));
}

/// What was followed; from now on nothing is.
pub fn followed() -> Vec<Followed> {
    FOLLOWED.with(|followed| followed.borrow_mut().take()).unwrap_or_default()
}

/// Holds an answer to it.
#[track_caller]
pub fn check(client: &Client, path: &str, answer: &Answer) {
    let Some((template, item)) = find(path) else { return };
    let named = &item["post"]["responses"]["201"]["headers"];
    for name in ["ETag", "Record-ETag"] {
        assert_eq!(!answer.header(name).is_empty(), named.get(name).is_some(), "{name} of {template}");
    }
    let location = answer.header("location");
    let read = find(location).map(|(_, item)| item["get"].clone()).unwrap_or_default();
    assert!(read.is_object(), "{template}: nothing is read at {location}");
    let is_list = read["responses"]["200"]["headers"].get("Link").is_some();
    assert!(!(is_list && named.get("ETag").is_some()), "{template}: {location} is a list, and has no tag");
    let following = FOLLOWED.with(|followed| followed.borrow().is_some());
    if following {
        let read = client.get(location);
        let tag = answer.header("etag");
        let mut made = answer.json();
        // The whole key is shown once.
        if let Some(made) = made.as_object_mut().filter(|_| template.starts_with("/v1/api-keys")) {
            made.remove("key");
        }
        let one = Followed {
            operation: item["post"]["operationId"].as_str().unwrap().to_owned(),
            location: location.to_owned(),
            status: read.status,
            is_same: tag.is_empty() || (read.header("etag") == tag && read.json() == made),
        };
        FOLLOWED.with(|followed| followed.borrow_mut().as_mut().unwrap().push(one));
    }
}

/// The path of the document that an address belongs to.
fn find(address: &str) -> Option<(&'static str, &'static Value)> {
    let address = address.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = address.split('/').collect();
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == parts.len()
            && template.iter().zip(&parts).all(|(one, part)| one.starts_with('{') || one == part)
    };
    let paths = tutela::openapi::document()["paths"].as_object().unwrap();
    let mut found: Vec<(&str, &Value)> =
        paths.iter().filter(|(path, _)| fits(path)).map(|(path, item)| (path.as_str(), item)).collect();
    found.sort_by_key(|(path, _)| path.matches('{').count());
    found.first().copied()
}
