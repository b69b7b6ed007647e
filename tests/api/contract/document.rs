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

#[test]
fn every_answer_of_success_has_an_example() {
    let document = tutela::openapi::document();
    for (method, path, operation) in operations() {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let Some(reference) = answer.pointer("/content/application~1json/schema/$ref") else { continue };
            let name = reference.as_str().unwrap().rsplit('/').next().unwrap();
            let example = &document["components"]["schemas"][name]["example"];
            assert!(example.is_object(), "{method} {path} {status}: {name} has no example");
            // A page shows an item, as the item shows itself.
            if let Some(item) = name.strip_prefix("Page_") {
                assert_eq!(example["items"][0], document["components"]["schemas"][item]["example"], "{name}");
            }
        }
    }
}

#[test]
fn every_field_says_what_it_is() {
    let mut checked = 0;
    for (name, schema) in tutela::openapi::document()["components"]["schemas"].as_object().unwrap() {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(property["description"].as_str().is_some_and(|text| text.len() > 2), "{name}.{field}");
            checked += 1;
        }
    }
    assert!(checked > 500, "{checked}");
}

/// The operation that a link leads to, with the parameters that it is given.
fn links(answer: &Value) -> Vec<(&str, &serde_json::Map<String, Value>)> {
    let all = answer["links"].as_object().into_iter().flatten();
    all.map(|(_, link)| (link["operationId"].as_str().unwrap(), link["parameters"].as_object().unwrap()))
        .collect()
}

#[test]
fn every_link_gives_an_operation_exactly_what_its_path_needs() {
    let document = tutela::openapi::document();
    let mut checked = 0;
    for (method, path, operation) in operations() {
        for answer in operation["responses"].as_object().unwrap().values() {
            for (target, parameters) in links(answer) {
                let (_, to, _) =
                    operations().into_iter().find(|(_, _, o)| o["operationId"] == target).expect(target);
                let mut needed: Vec<&str> = to.split(['{', '}']).skip(1).step_by(2).collect();
                let mut given: Vec<&str> = parameters.keys().map(String::as_str).collect();
                needed.sort_unstable();
                given.sort_unstable();
                assert_eq!(needed, given, "{method} {path} -> {target}");
                let view = answer["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
                for source in parameters.values().map(|value| value.as_str().unwrap()) {
                    let schema = &document["components"]["schemas"][view.rsplit('/').next().unwrap()];
                    match source.split_once("#/").map(|(_, place)| place) {
                        None => assert!(path.contains(&format!("{{{}}}", &source["$request.path.".len()..]))),
                        Some(place) => {
                            assert!(!schema["example"].pointer(&format!("/{place}")).unwrap().is_null());
                        }
                    }
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 80, "{checked}");
}

#[test]
fn what_is_made_links_to_where_it_is_read() {
    for (method, path, operation) in operations() {
        let Some(made) = operation["responses"].get("201").or(operation["responses"].get("202")) else {
            continue;
        };
        assert_eq!(links(made).len(), 1, "{method} {path}");
    }
    let link = |path: &str, method: &str, status: &str| {
        let (_, _, operation) =
            operations().into_iter().find(|(m, p, _)| (m.as_str(), p.as_str()) == (method, path)).unwrap();
        let (target, parameters) = links(&operation["responses"][status])[0];
        (target.to_owned(), Value::from(parameters.clone()))
    };
    for (method, path, status, target, parameters) in [
        ("post", "/v1/concerns", "201", "getConcern", serde_json::json!({"id": "$response.body#/id"})),
        (
            "post",
            "/v1/concerns/{id}/notes",
            "201",
            "getConcernNote",
            serde_json::json!({"id": "$request.path.id", "note_id": "$response.body#/id"}),
        ),
        // What makes no record of its own leads to the one that it changed.
        (
            "post",
            "/v1/concerns/{id}/closure",
            "201",
            "getConcern",
            serde_json::json!({"id": "$request.path.id"}),
        ),
        (
            "post",
            "/v1/api-keys/{id}/rotation",
            "201",
            "getApiKey",
            serde_json::json!({"id": "$response.body#/id"}),
        ),
        (
            "get",
            "/v1/categories",
            "200",
            "getCategory",
            serde_json::json!({"code": "$response.body#/items/0/code"}),
        ),
        (
            "post",
            "/v1/concerns/searches",
            "200",
            "getConcern",
            serde_json::json!({"id": "$response.body#/items/0/id"}),
        ),
    ] {
        assert_eq!(link(path, method, status), (target.to_owned(), parameters), "{method} {path}");
    }
}
