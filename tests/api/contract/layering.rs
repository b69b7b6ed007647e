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
    ("files", &["error", "ids"]),
    ("jobs", &["clock", "db", "error", "ids"]),
    (
        "access",
        &[
            "audit", "auth", "clock", "crypto", "db", "error", "events", "files", "http", "ids", "jobs",
            "text", "words",
        ],
    ),
    ("config", &["auth", "crypto", "db", "files", "http"]),
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

/// Whose each table is; `access`, `audit`, `events`, `jobs` and `crypto` stand below the features and read what they need.
const OWNERS: &[(&str, &[&str])] = &[
    ("agencies", &["agencies"]),
    ("break_glass", &["break_glass"]),
    ("categories", &["trust_categories"]),
    (
        "concerns",
        &[
            "concern_accounts",
            "concern_actions",
            "concern_adults",
            "concern_attachments",
            "concern_body_marks",
            "concern_categories",
            "concern_closures",
            "concern_decisions",
            "concern_escalations",
            "concern_grants",
            "concern_link_versions",
            "concern_links",
            "concern_naming_liftings",
            "concern_notes",
            "concern_part_grants",
            "concern_placements",
            "concern_pupil_joins",
            "concern_pupils",
            "concern_referral_pupils",
            "concern_referral_steps",
            "concern_referrals",
            "concern_reopenings",
            "concern_scrutiny",
            "concern_shares",
            "concern_support_grants",
            "concern_support_requests",
            "concern_triages",
            "concerns",
        ],
    ),
    ("exchange", &["import_blocks", "import_parts", "import_schools", "imports"]),
    ("keys", &["api_keys"]),
    ("me", &["notifications"]),
    (
        "meetings",
        &[
            "panel_agreements",
            "panel_attendance",
            "panel_decisions",
            "panel_items",
            "panel_minutes",
            "panels",
        ],
    ),
    (
        "organisation",
        &[
            "academic_years",
            "closed_days",
            "establishments",
            "half_terms",
            "hubs",
            "schools",
            "trust_settings",
            "trusts",
        ],
    ),
    ("people", &["appointments", "engagements", "people", "subjects"]),
    (
        "pupils",
        &[
            "agency_meetings",
            "ap_checks",
            "ap_placements",
            "characteristics",
            "chronology_marks",
            "complex_pupil_reviews",
            "complex_pupils",
            "conflicts",
            "enrolments",
            "external_decisions",
            "families",
            "family_members",
            "family_names",
            "fgm_reports",
            "pupil_cases",
            "pupil_matches",
            "pupil_record_people",
            "pupil_records",
            "pupil_statuses",
            "pupil_versions",
            "pupils",
            "risk_actions",
            "risk_assessments",
        ],
    ),
    ("recording_guidance", &["recording_guidance"]),
    ("revocations", &["revocations"]),
    ("threshold_frameworks", &["threshold_frameworks"]),
];

/// What stands below the features.
const BELOW: &[&str] =
    &["audit_entries", "events", "idempotency_keys", "leases", "signing_keys", "tasks", "trust_keys"];

/// The files that read another feature's tables, each with what for. A new one has to be written down here: whoever changes
/// the table looks here for who else reads it.
const READS_OTHERS: &[(&str, &[&str])] = &[
    // The log shows entries about records as far as the caller sees these: one query, no call for each row.
    ("audit_log/sight.rs", &["concern_grants", "concerns", "enrolments"]),
    (
        "audit_log/store.rs",
        &[
            "break_glass",
            "concern_placements",
            "concern_support_requests",
            "concerns",
            "enrolments",
            "pupil_records",
        ],
    ),
    // Who is linked to a case, and who is told.
    ("concerns/store/around.rs", &["conflicts", "notifications", "schools", "trust_settings"]),
    ("concerns/store/mod.rs", &["conflicts"]),
    // Answers of attendees lapse with what is recorded of a case, in the same transaction.
    ("concerns/store/closing.rs", &["panel_agreements"]),
    // The names of the schools at which the caller has a role.
    ("me/store.rs", &["schools"]),
    // Who a conflict of interest would shut out of what.
    ("pupils/conflicts/store.rs", &["appointments", "concern_pupils", "concerns", "engagements", "people"]),
    // Whoever is revoked holds nothing.
    ("people/appointments/store.rs", &["revocations"]),
    // An upload speaks for its pieces by its key, before the change that makes it.
    ("exchange/imports/store.rs", &["idempotency_keys"]),
];

/// The tables that a file names behind `schema::`, alone or in braces.
fn tables_of(text: &str) -> std::collections::BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    code.join(" ")
        .split("db::schema::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').map(first_name).collect(),
            None => vec![first_name(rest)],
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn tables_have_an_owner() {
    let base = Path::new("src/features");
    let mut unused: Vec<(&str, &str)> =
        READS_OTHERS.iter().flat_map(|(file, tables)| tables.iter().map(|table| (*file, *table))).collect();
    for file in
        sources(base).into_iter().filter(|file| !file.components().any(|part| part.as_os_str() == "tests"))
    {
        let place = file.strip_prefix(base).unwrap().to_str().unwrap().to_owned();
        let feature = place.split('/').next().unwrap_or_default();
        let own = OWNERS.iter().find(|(owner, _)| *owner == feature).map_or(&[][..], |(_, tables)| *tables);
        for table in tables_of(&std::fs::read_to_string(&file).unwrap()) {
            let named = unused.iter().position(|(at, what)| *at == place && *what == table);
            if let Some(named) = named {
                unused.remove(named);
            }
            // The log of what was done is read by the feature that shows it.
            let is_log = feature == "audit_log" && table == "audit_entries";
            assert!(
                named.is_some() || is_log || own.contains(&table.as_str()),
                "{place} reads {table}, which is not its feature's: ask the owner, or name it in READS_OTHERS"
            );
        }
    }
    assert!(unused.is_empty(), "nobody reads these any more: {unused:?}");
}

#[test]
fn every_table_is_somebodys() {
    let schema = std::fs::read_to_string("src/db/schema.rs").unwrap();
    let tables = schema.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("    ")?.split_once(" (")?;
        (rest.ends_with(") {") && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')).then_some(name)
    });
    let mut count = 0;
    for table in tables {
        count += 1;
        let owners = OWNERS.iter().filter(|(_, tables)| tables.contains(&table)).count();
        let below = usize::from(BELOW.contains(&table));
        assert_eq!(owners + below, 1, "{table}: name its owner in OWNERS");
    }
    assert!(count > 50, "{count}");
}

/// Where diesel's own way to run a query is in scope, each query brings a copy of it.
#[test]
fn stores_run_queries_in_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in sources(&root).iter().filter(|file| !file.starts_with(root.join("db"))) {
        let text = std::fs::read_to_string(file).unwrap();
        for foreign in ["use diesel::prelude", "use diesel::RunQueryDsl"] {
            assert!(!text.contains(foreign), "{}: use crate::db::prelude", file.display());
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
