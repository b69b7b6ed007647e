//! Paths and methods as our own document declares them, so that a wrong method is told from an unknown path, and
//! every operation's right is known before anything of the request is read.

use std::collections::{BTreeMap, HashSet};

use actix_web::http::{Method, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Deserialize;

use crate::error::{ApiError, Code};
use crate::ids::Id;

/// One path of the document.
#[derive(Debug)]
struct Route {
    pattern: String,
    segments: Vec<Segment>,
    operations: Vec<(Method, Operation)>,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Fixed(String),
    Parameter,
}

/// All paths of the service.
#[derive(Debug, Default)]
pub struct RouteTable {
    routes: Vec<Route>,
    words: HashSet<String>,
}

/// What the document says about an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// The action of its `x-access`.
    pub action: Option<String>,
    /// Whether a right to the whole trust is needed: `"reach": "trust"`.
    pub whole_trust: bool,
    /// Whether it has query parameters.
    pub takes_query: bool,
}

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// An operation.
    Operation(Operation),
    /// Only other methods, as an `Allow` header lists them.
    OtherMethods(String),
    /// No such path.
    Nothing,
}

impl RouteTable {
    /// Reads the document; `others` are the paths outside it, which take GET only.
    pub fn read(document: &str, others: &[&str]) -> Result<Self, String> {
        let document: Document = serde_json::from_str(document)
            .map_err(|error| format!("the OpenAPI document cannot be read: {error}"))?;
        let declared = document.paths.into_iter().map(|(path, item)| Route::new(&path, item.operations()));
        let others = others.iter().map(|path| Route::new(path, vec![(Method::GET, Operation::default())]));
        let routes: Vec<Route> = declared.chain(others).collect();
        let words = routes.iter().flat_map(|route| &route.segments).filter_map(Segment::word).collect();
        Ok(Self { routes, words })
    }

    /// What stands at a path; a fixed segment is preferred to a parameter.
    pub fn find(&self, method: &Method, path: &str) -> Found {
        let Some(route) = self.best(path) else { return Found::Nothing };
        // HEAD is GET whose answer has no body.
        let asked = if *method == Method::HEAD { &Method::GET } else { method };
        match route.operations.iter().find(|(known, _)| known == asked) {
            Some((_, operation)) => Found::Operation(operation.clone()),
            None => {
                let mut methods: Vec<&str> =
                    route.operations.iter().map(|(method, _)| method.as_str()).collect();
                if methods.contains(&"GET") {
                    methods.push("HEAD");
                }
                methods.sort_unstable();
                Found::OtherMethods(methods.join(", "))
            }
        }
    }

    /// The pattern that a path falls under.
    pub fn pattern(&self, path: &str) -> Option<&str> {
        self.best(path).map(|route| route.pattern.as_str())
    }

    /// The path for the log: our own words, identifiers of records and unique reference numbers of schools. Anything
    /// else a caller may have made up, of a child's name or number.
    pub fn safe_path(&self, path: &str) -> String {
        let known = |segment: &str| {
            self.words.contains(segment) || Id::parse(segment).is_some() || is_school_number(segment)
        };
        path.split('/')
            .take(12)
            .map(|segment| if known(segment) { segment } else { "…" })
            .collect::<Vec<_>>()
            .join("/")
    }

    fn best(&self, path: &str) -> Option<&Route> {
        let segments: Vec<&str> = path.split('/').collect();
        self.routes.iter().filter(|route| route.matches(&segments)).max_by_key(|route| {
            route.segments.iter().filter(|segment| **segment != Segment::Parameter).count()
        })
    }
}

/// The answer to a method that the path does not take.
pub fn method_not_allowed(allow: &str) -> HttpResponse {
    let mut answer = ApiError::of(Code::MethodNotAllowed).error_response();
    if let Ok(value) = header::HeaderValue::from_str(allow) {
        answer.headers_mut().insert(header::ALLOW, value);
    }
    answer
}

fn is_school_number(segment: &str) -> bool {
    segment.len() == 6 && segment.bytes().all(|b| b.is_ascii_digit())
}

impl Route {
    fn new(pattern: &str, operations: Vec<(Method, Operation)>) -> Self {
        let segments = pattern.split('/').map(Segment::read).collect();
        Self { pattern: pattern.to_owned(), segments, operations }
    }

    fn matches(&self, segments: &[&str]) -> bool {
        self.segments.len() == segments.len()
            && self.segments.iter().zip(segments).all(|(known, given)| match known {
                Segment::Fixed(fixed) => fixed == given,
                Segment::Parameter => !given.is_empty(),
            })
    }
}

impl Segment {
    fn read(text: &str) -> Self {
        if text.starts_with('{') { Self::Parameter } else { Self::Fixed(text.to_owned()) }
    }

    fn word(&self) -> Option<String> {
        match self {
            Self::Fixed(word) => Some(word.clone()),
            Self::Parameter => None,
        }
    }
}

/// The parts of the document that are read here.
#[derive(Deserialize)]
struct Document {
    paths: BTreeMap<String, PathItem>,
}

#[derive(Deserialize)]
struct PathItem {
    get: Option<Declared>,
    post: Option<Declared>,
    put: Option<Declared>,
    patch: Option<Declared>,
    delete: Option<Declared>,
}

#[derive(Deserialize)]
struct Declared {
    #[serde(default, rename = "x-access")]
    access: Access,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Default, Deserialize)]
struct Access {
    action: Option<String>,
    reach: Option<String>,
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(rename = "in")]
    place: Option<String>,
}

impl PathItem {
    fn operations(self) -> Vec<(Method, Operation)> {
        [
            (Method::GET, self.get),
            (Method::POST, self.post),
            (Method::PUT, self.put),
            (Method::PATCH, self.patch),
            (Method::DELETE, self.delete),
        ]
        .into_iter()
        .filter_map(|(method, declared)| Some((method, declared?.operation())))
        .collect()
    }
}

impl Declared {
    fn operation(self) -> Operation {
        Operation {
            action: self.access.action,
            whole_trust: self.access.reach.as_deref() == Some("trust"),
            takes_query: self.parameters.iter().any(|one| one.place.as_deref() == Some("query")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> RouteTable {
        let document = serde_json::json!({"paths": {
            "/v1/x": {
                "get": {"x-access": {"action": "a"}, "parameters": [{"name": "q", "in": "query"}]},
                "post": {"x-access": {"action": "b", "reach": "trust"}}
            },
            "/v1/x/{id}": {"get": {}},
            "/v1/x/searches": {"post": {}},
        }});
        RouteTable::read(&document.to_string(), &["/health"]).unwrap()
    }

    #[test]
    fn methods_are_told_from_paths() {
        let Found::Operation(make) = table().find(&Method::POST, "/v1/x") else { panic!() };
        assert_eq!((make.action.as_deref(), make.whole_trust, make.takes_query), (Some("b"), true, false));
        let Found::Operation(list) = table().find(&Method::HEAD, "/v1/x") else { panic!() };
        assert_eq!((list.action.as_deref(), list.whole_trust, list.takes_query), (Some("a"), false, true));
        assert_eq!(table().find(&Method::PUT, "/v1/x"), Found::OtherMethods("GET, HEAD, POST".to_owned()));
        assert_eq!(table().find(&Method::POST, "/health"), Found::OtherMethods("GET, HEAD".to_owned()));
        assert_eq!(table().find(&Method::GET, "/v1/y"), Found::Nothing);
        assert_eq!(table().find(&Method::GET, "/v1/x/"), Found::Nothing);
    }

    #[test]
    fn a_fixed_segment_is_preferred() {
        assert_eq!(table().find(&Method::GET, "/v1/x/searches"), Found::OtherMethods("POST".to_owned()));
        assert_eq!(table().pattern("/v1/x/searches"), Some("/v1/x/searches"));
        assert_eq!(table().pattern("/v1/x/1"), Some("/v1/x/{id}"));
    }

    #[test]
    fn the_log_shows_nothing_that_a_caller_made_up() {
        let id = "0192f0c1-8a2b-7c3d-9e4f-0123456789ab";
        for (path, shown) in [
            ("/v1/x", "/v1/x"),
            ("/v1/x/searches", "/v1/x/searches"),
            ("/v1/x/137089", "/v1/x/137089"),
            ("/v1/x/A123456789012", "/v1/x/…"),
            ("/v1/x/Robin-Ashdown", "/v1/x/…"),
            ("/v1/Robin/x/Zo%C3%AB", "/v1/…/x/…"),
        ] {
            assert_eq!(table().safe_path(path), shown);
        }
        assert_eq!(table().safe_path(&format!("/v1/x/{id}")), format!("/v1/x/{id}"));
        assert_eq!(table().safe_path(&format!("/v1/x/{}", id.to_uppercase())), "/v1/x/…");
    }
}
