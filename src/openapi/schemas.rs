//! Makes every schema say its bounds, so that generated clients and testers know what the server takes and gives.

use serde_json::{Map, Value, json};

use super::set;

/// A cursor as examples show it: what is in it is nobody's business.
const CURSOR: &str = "eyJ2IjoxfQ";

/// Finishes every schema of the document.
pub fn finish(document: &mut Value) {
    name_items(document);
    describe_references(document);
    drop_defaults(document);
    walk(document);
}

/// A `default` in a body makes some generators demand the field: the description says what absence means.
fn drop_defaults(document: &mut Value) {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for schema in schemas.into_iter().flat_map(|all| all.values_mut()) {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(|all| all.values_mut()) {
            if let Some(property) = property.as_object_mut() {
                property.remove("default");
            }
        }
    }
}

/// A field that is null or a reference to another schema is written as a choice of two, with its text inside the first:
/// there most readers of documents pass it over, so it moves beside the choice.
fn describe_references(document: &mut Value) {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for schema in schemas.into_iter().flat_map(|all| all.values_mut()) {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(|all| all.values_mut()) {
            let choices = property.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
            let reference =
                choices.into_iter().filter_map(Value::as_object_mut).find(|one| one.contains_key("$ref"));
            let text = reference.and_then(|one| one.remove("description"));
            if let (Some(text), Some(property)) = (text, property.as_object_mut()) {
                property.entry("description").or_insert(text);
            }
        }
    }
}

/// The items of a page are written out in place: they become references, so that clients have one type for each. The
/// page's example shows the item's own, and that another page follows.
fn name_items(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    let shown: Vec<(String, Option<Value>)> =
        schemas.iter().map(|(name, schema)| (name.clone(), schema.get("example").cloned())).collect();
    for (page, schema) in schemas.iter_mut() {
        let Some(item) = page.strip_prefix("Page_") else { continue };
        let Some((_, example)) = shown.iter().find(|(name, _)| name == item) else { continue };
        if let Some(items) = schema.pointer_mut("/properties/items/items") {
            *items = json!({"$ref": format!("#/components/schemas/{item}")});
        }
        if let Some(example) = example {
            set(schema, "example", json!({"items": [example], "next_cursor": CURSOR}));
        }
    }
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

/// The greatest integer that every JSON reader keeps exactly (RFC 8259, section 6).
const GREATEST_EXACT: i64 = (1 << 53) - 1;

fn bound_integer(schema: &mut Map<String, Value>) {
    let long = schema.get("format").and_then(Value::as_str) == Some("int64");
    schema.entry("format").or_insert(json!("int32"));
    let (low, high) =
        if long { (-GREATEST_EXACT, GREATEST_EXACT) } else { (i64::from(i32::MIN), i64::from(i32::MAX)) };
    schema.entry("minimum").or_insert(json!(low));
    schema.entry("maximum").or_insert(json!(high));
}

fn bound_string(schema: &mut Map<String, Value>) {
    schema.entry("maxLength").or_insert(json!(10_000));
    if !schema.contains_key("format") && !schema.contains_key("pattern") {
        schema.insert("pattern".to_owned(), json!("^[^\\u0000]*$"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_is_bounded_by_what_every_reader_keeps() {
        let mut schema = json!({"type": ["integer", "null"], "format": "int64", "minimum": 0});
        walk(&mut schema);
        assert_eq!(schema["minimum"], json!(0));
        assert_eq!(schema["maximum"], json!(9_007_199_254_740_991_i64));
    }
}
