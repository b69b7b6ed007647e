//! Paths and methods as our own document declares them, so that a wrong method is told from an unknown path, and
//! every operation's action is known before anything of the request is read.

use actix_web::http::Method;

/// One path of the document.
#[derive(Debug)]
struct Route {
    segments: Vec<Segment>,
    operations: Vec<(Method, Option<String>)>,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Fixed(String),
    Parameter,
}

/// All paths of the document.
#[derive(Debug, Default)]
pub struct RouteTable {
    routes: Vec<Route>,
}

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// An operation, and the action of its `x-access`.
    Operation(Option<String>),
    /// Only other methods, as an `Allow` header lists them.
    OtherMethods(String),
    /// No such path.
    Nothing,
}

impl RouteTable {
    /// Reads the finished document.
    pub fn from_document(document: &serde_json::Value) -> Self {
        let paths = document.get("paths").and_then(serde_json::Value::as_object);
        let routes = paths.into_iter().flatten().map(|(path, item)| Route {
            segments: path.split('/').map(Segment::read).collect(),
            operations: item.as_object().into_iter().flatten().filter_map(read_operation).collect(),
        });
        Self { routes: routes.collect() }
    }

    /// What stands at a path; a fixed segment is preferred to a parameter.
    pub fn find(&self, method: &Method, path: &str) -> Found {
        let segments: Vec<&str> = path.split('/').collect();
        let best = self.routes.iter().filter(|route| route.matches(&segments)).max_by_key(|route| {
            route.segments.iter().filter(|segment| **segment != Segment::Parameter).count()
        });
        let Some(route) = best else { return Found::Nothing };
        match route.operations.iter().find(|(known, _)| known == method) {
            Some((_, action)) => Found::Operation(action.clone()),
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
}

impl Route {
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
}

fn read_operation((name, operation): (&String, &serde_json::Value)) -> Option<(Method, Option<String>)> {
    let method = match name.as_str() {
        "get" => Method::GET,
        "post" => Method::POST,
        "put" => Method::PUT,
        "patch" => Method::PATCH,
        "delete" => Method::DELETE,
        _ => return None,
    };
    let action = operation.pointer("/x-access/action").and_then(|action| action.as_str()).map(str::to_owned);
    Some((method, action))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> RouteTable {
        RouteTable::from_document(&serde_json::json!({"paths": {
            "/v1/x": {"get": {"x-access": {"action": "a"}}, "post": {"x-access": {"action": "b"}}},
            "/v1/x/{id}": {"get": {}},
            "/v1/x/searches": {"post": {}},
        }}))
    }

    #[test]
    fn methods_are_told_from_paths() {
        assert_eq!(table().find(&Method::POST, "/v1/x"), Found::Operation(Some("b".to_owned())));
        assert_eq!(table().find(&Method::PUT, "/v1/x"), Found::OtherMethods("GET, HEAD, POST".to_owned()));
        assert_eq!(table().find(&Method::GET, "/v1/y"), Found::Nothing);
        assert_eq!(table().find(&Method::GET, "/v1/x/"), Found::Nothing);
    }

    #[test]
    fn a_fixed_segment_is_preferred() {
        assert_eq!(table().find(&Method::GET, "/v1/x/searches"), Found::OtherMethods("POST".to_owned()));
    }
}
