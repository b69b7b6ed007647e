//! The committed document is the served one, and says everything it must.

use serde_json::Value;

fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = tutela::openapi::document()["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .map(move |(method, operation)| (method.clone(), path.clone(), operation))
        })
        .collect()
}

#[test]
fn the_committed_document_is_this_one() {
    let committed = std::fs::read_to_string("openapi/openapi.json").unwrap_or_default();
    assert!(
        committed == tutela::openapi::declared(),
        "openapi/openapi.json is not what the code declares: run `cargo run -- openapi > openapi/openapi.json`"
    );
}

#[test]
fn the_committed_matrix_is_this_one() {
    let committed = std::fs::read_to_string("docs/access-matrix.md").unwrap_or_default();
    assert!(
        committed == tutela::access::matrix::markdown(),
        "docs/access-matrix.md is not what the code declares: run `cargo run -- matrix > docs/access-matrix.md`"
    );
}

#[test]
fn every_operation_says_who_may_and_what_it_answers() {
    let mut ids = std::collections::BTreeSet::new();
    for (method, path, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(ids.insert(id.to_owned()), "{method} {path}: the operationId {id:?} is missing or taken");
        assert!(id.chars().all(char::is_alphanumeric), "{id}");
        for field in ["summary", "description"] {
            assert!(operation[field].as_str().is_some_and(|text| text.len() > 5), "{id} has no {field}");
        }
        assert!(
            operation["x-access"]["roles"].as_array().is_some_and(|roles| !roles.is_empty()),
            "{id}: x-access"
        );
        assert!(operation["tags"][0].is_string(), "{id} has no tag");
        let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
        for status in ["401", "403", "429", "500", "503", "default"] {
            assert!(statuses.iter().any(|known| *known == status), "{id} does not name {status}");
        }
    }
    assert!(ids.len() >= 4);
}

#[test]
fn every_example_is_valid_against_its_schema() {
    let document = tutela::openapi::document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut checked = 0;
    for (name, schema) in schemas {
        let examples =
            schema.get("example").into_iter().chain(schema["examples"].as_array().into_iter().flatten());
        for example in examples {
            let mut root = schema.clone();
            root["components"] = document["components"].clone();
            let validator = jsonschema::options().should_validate_formats(true).build(&root).unwrap();
            let faults: Vec<String> = validator.iter_errors(example).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "the example of {name}: {faults:?}");
            checked += 1;
        }
    }
    assert!(checked > 5, "{checked}");
}

#[test]
fn every_body_has_an_example_and_takes_no_unknown_fields() {
    let document = tutela::openapi::document();
    for (method, path, operation) in operations() {
        let Some(content) = operation["requestBody"]["content"].as_object() else { continue };
        for media in content.values() {
            let name = media["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            let schema = &document["components"]["schemas"][name];
            assert!(schema.get("example").is_some(), "{method} {path}: {name} has no example");
            let is_file = schema["type"] == "string";
            assert!(is_file || schema["additionalProperties"] == false, "{name} takes unknown fields");
        }
    }
}

#[test]
fn every_problem_code_is_described_for_people() {
    let page = std::fs::read_to_string("docs/api.md").unwrap();
    for code in tutela::error::Code::ALL {
        let row = format!("| {} | `{}` |", code.status(), code.as_str());
        assert!(page.contains(&row), "docs/api.md lacks {row}");
    }
}

#[test]
fn every_reference_points_at_something() {
    let document = tutela::openapi::document();
    let text = document.to_string();
    let mut checked = 0;
    for rest in text.split("\"$ref\":\"#").skip(1) {
        let pointer = rest.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer} does not exist");
        checked += 1;
    }
    assert!(checked > 100);
}
