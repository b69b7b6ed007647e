//! Dependencies point one way, and a feature never reaches into another one's store.

use std::path::{Path, PathBuf};

/// What each module of the crate may stand on.
const LAYERS: &[(&str, &[&str])] = &[
    ("error", &["text"]),
    ("words", &[]),
    ("clock", &["db"]),
    ("ids", &["clock", "db"]),
    ("text", &[]),
    ("db", &["clock", "error", "ids"]),
    ("crypto", &["clock", "db", "error", "ids"]),
    ("auth", &["clock", "error", "ids"]),
    ("http", &["clock", "error", "ids", "text"]),
    ("audit", &["clock", "db", "error", "ids", "words"]),
    ("events", &["clock", "db", "error", "ids"]),
    ("jobs", &["clock", "db", "error", "ids"]),
    (
        "access",
        &["audit", "auth", "clock", "crypto", "db", "error", "events", "http", "ids", "text", "words"],
    ),
    ("config", &["auth", "crypto", "db", "http"]),
    ("openapi", &["access", "error", "http", "routes", "text"]),
    ("operator", &["audit", "clock", "crypto", "db", "error", "http", "openapi"]),
    ("routes", &["features", "http"]),
    // The features start their own work outside requests, as `routes` mounts what they answer.
    (
        "app",
        &[
            "access", "auth", "clock", "config", "error", "features", "http", "jobs", "openapi", "operator",
            "routes",
        ],
    ),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

/// The names behind `crate::` outside comments and test modules, alone or in braces.
fn stands_on(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let macros = ["on_backend", "insert_rows", "words", "versioned", "in_versions"];
    code.join(" ")
        .split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').map(first_name).collect(),
            None => vec![first_name(rest)],
        })
        .filter(|name| !name.is_empty() && !macros.contains(&name.as_str()))
        .collect()
}

fn first_name(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn names_in_braces_are_seen() {
    assert_eq!(stands_on("use crate::{a, b::c};\nuse crate::d::e; // crate"), ["a", "b", "d"]);
}

#[test]
fn dependencies_point_one_way() {
    for (module, below) in LAYERS {
        let base = Path::new("src").join(module);
        let files = if base.is_dir() { sources(&base) } else { vec![base.with_extension("rs")] };
        for file in files {
            for name in stands_on(&std::fs::read_to_string(&file).unwrap()) {
                let allowed = name == *module || below.contains(&name.as_str());
                assert!(allowed, "{}: {module} must not stand on {name}", file.display());
            }
        }
    }
}

#[test]
fn a_feature_never_uses_anothers_store() {
    for file in sources(Path::new("src/features")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| line.contains("crate::features::")) {
            assert!(!line.contains("::store"), "{}: {line}", file.display());
        }
    }
}

#[test]
fn files_stay_short() {
    for file in sources(Path::new("src")) {
        if file.ends_with("db/schema.rs") {
            continue;
        }
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines: split it by action", file.display());
    }
}

#[test]
fn each_decision_has_a_number_of_its_own() {
    let mut numbers = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir("docs/decisions").unwrap() {
        let path = entry.unwrap().path();
        let number = path.file_name().unwrap().to_str().unwrap()[..4].to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(&format!("# {number} ")), "{} is not titled {number}", path.display());
        assert!(numbers.insert(number), "{} has another one's number", path.display());
    }
    assert!(!numbers.is_empty());
}
