//! Makes every schema say its bounds, so that generated clients and testers know what the server takes and gives.

use serde_json::{Map, Value, json};

/// Finishes every schema of the document.
pub fn finish(document: &mut Value) {
    walk(document);
}

fn walk(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.contains_key("type") && !object.contains_key("in") {
                bound(object);
            }
            for (name, inner) in object.iter_mut() {
                // Examples are data, not schemas.
                if !matches!(name.as_str(), "example" | "examples" | "enum" | "x-access") {
                    walk(inner);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(walk),
        _ => {}
    }
}

fn bound(schema: &mut Map<String, Value>) {
    let Some(kind) = kind(schema) else { return };
    match kind.as_str() {
        "integer" => bound_integer(schema),
        "string" if !schema.contains_key("enum") => bound_string(schema),
        "array" => {
            schema.entry("maxItems").or_insert(json!(1000));
        }
        _ => {}
    }
}

/// The type beside `null`.
fn kind(schema: &Map<String, Value>) -> Option<String> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind.clone()),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").map(str::to_owned)
        }
        _ => None,
    }
}

fn bound_integer(schema: &mut Map<String, Value>) {
    let long = schema.get("format").and_then(Value::as_str) == Some("int64");
    schema.entry("format").or_insert(json!("int32"));
    let (low, high) = if long { (i64::MIN, i64::MAX) } else { (i64::from(i32::MIN), i64::from(i32::MAX)) };
    schema.entry("minimum").or_insert(json!(low));
    schema.entry("maximum").or_insert(json!(high));
}

fn bound_string(schema: &mut Map<String, Value>) {
    schema.entry("maxLength").or_insert(json!(10_000));
    if !schema.contains_key("format") && !schema.contains_key("pattern") {
        schema.insert("pattern".to_owned(), json!("^[^\\u0000]*$"));
    }
}
