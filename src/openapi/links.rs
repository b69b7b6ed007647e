//! Where to go from an answer (`links`): from what was made to where it is read, from a list or a search to its first item.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::set;

/// How an operation that reads one record is called.
struct Reading {
    operation_id: String,
    view: String,
}

/// Adds the links that follow from the paths, so that no handler has to write them.
pub fn finish(document: &mut Value) {
    let readings = readings(document);
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let has = |view: &str, name: &str| schemas.pointer(&format!("/{view}/properties/{name}")).is_some();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths.iter_mut() {
        for (status, answer) in item.as_object_mut().into_iter().flatten().flat_map(|(_, o)| answers(o)) {
            let Some(view) = view_of(answer) else { continue };
            let link = match (status.as_str(), view.strip_prefix("Page_")) {
                ("200", Some(item)) => from_list(path, item, &readings, &has),
                ("201" | "202", None) => from_made(path, &view, &readings, &has),
                _ => None,
            };
            if let Some((operation_id, parameters)) = link {
                let link = json!({"operationId": operation_id, "parameters": parameters});
                set(answer, "links", json!({operation_id: link}));
            }
        }
    }
}

/// The operations that read one record, by path.
fn readings(document: &Value) -> BTreeMap<String, Reading> {
    let paths = document.get("paths").and_then(Value::as_object);
    let one = |(path, item): (&String, &Value)| {
        let operation = item.get("get").filter(|_| path.ends_with('}'))?;
        let operation_id = operation.get("operationId")?.as_str()?.to_owned();
        let view = view_of(operation.pointer("/responses/200")?)?;
        Some((path.clone(), Reading { operation_id, view }))
    };
    paths.into_iter().flatten().filter_map(one).collect()
}

fn answers(operation: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten()
}

/// The name of the schema that an answer shows.
fn view_of(answer: &Value) -> Option<String> {
    let schema = answer.pointer("/content/application~1json/schema/$ref")?;
    schema.as_str()?.rsplit('/').next().map(str::to_owned)
}

type Link = (String, Map<String, Value>);

/// To the first item: a search stands beside the list that it searches.
fn from_list(
    path: &str,
    item: &str,
    readings: &BTreeMap<String, Reading>,
    has: &impl Fn(&str, &str) -> bool,
) -> Option<Link> {
    let list = path.strip_suffix("/searches").unwrap_or(path);
    let (target, reading) = below(list, readings)?;
    let field = key_field(target, item, has)?;
    Some((reading.operation_id.clone(), parameters(target, Some(&format!("items/0/{field}")))))
}

/// To the record itself; where an act makes none of its own, to the record that it changed.
fn from_made(
    path: &str,
    view: &str,
    readings: &BTreeMap<String, Reading>,
    has: &impl Fn(&str, &str) -> bool,
) -> Option<Link> {
    let of_its_own = |(target, reading): (&str, &Reading)| {
        let field = key_field(target, view, has)?;
        Some((reading.operation_id.clone(), parameters(target, Some(field))))
    };
    if let Some(link) = below(path, readings).and_then(of_its_own) {
        return Some(link);
    }
    let (target, reading) = ancestors(path).find_map(|up| readings.get(up).map(|reading| (up, reading)))?;
    if reading.view == view {
        return of_its_own((target, reading));
    }
    Some((reading.operation_id.clone(), parameters(target, None)))
}

/// What reads one record of a collection.
fn below<'a>(collection: &str, readings: &'a BTreeMap<String, Reading>) -> Option<(&'a str, &'a Reading)> {
    let one = |path: &str| {
        let last = path.strip_prefix(collection).and_then(|rest| rest.strip_prefix('/'));
        last.is_some_and(|last| last.starts_with('{') && !last.contains('/'))
    };
    readings.iter().find(|(path, _)| one(path)).map(|(path, reading)| (path.as_str(), reading))
}

fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').rev().filter_map(|(at, _)| path.get(..at))
}

/// The property of a view that stands last in the path of its record.
fn key_field<'a>(target: &'a str, view: &str, has: &impl Fn(&str, &str) -> bool) -> Option<&'a str> {
    let own = names(target).last()?;
    [own, "id"].into_iter().find(|field| has(view, field))
}

/// The path's parameters: as in the request, but for the last one where the answer shows it.
fn parameters(target: &str, shown: Option<&str>) -> Map<String, Value> {
    let mut all: Map<String, Value> =
        names(target).map(|name| (name.to_owned(), json!(format!("$request.path.{name}")))).collect();
    if let (Some(last), Some(place)) = (names(target).last(), shown) {
        all.insert(last.to_owned(), json!(format!("$response.body#/{place}")));
    }
    all
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
