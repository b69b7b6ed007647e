//! What is wrong with the fields of a value: the faults of `validator` in our words, each at its pointer.

use validator::{ValidationErrors, ValidationErrorsKind};

use crate::error::{ApiError, FieldError};

/// Bounds that the document states are 422; a rule between fields, made by [`fault`], is 409.
pub(super) fn refuse(errors: &ValidationErrors) -> ApiError {
    let (rules, bounds): (Vec<_>, Vec<_>) = flatten(errors).into_iter().partition(|(_, is_rule)| *is_rule);
    let plain = |faults: Vec<(FieldError, bool)>| faults.into_iter().map(|(fault, _)| fault).collect();
    if bounds.is_empty() { ApiError::rule_all(plain(rules)) } else { ApiError::invalid_all(plain(bounds)) }
}

/// The faults of `validator`, each with its pointer and whether it is a rule between fields.
pub(crate) fn flatten(errors: &ValidationErrors) -> Vec<(FieldError, bool)> {
    let mut out = Vec::new();
    collect_errors("", errors, &mut out);
    out.sort_by(|(a, _), (b, _)| a.pointer.cmp(&b.pointer));
    out
}

fn collect_errors(base: &str, errors: &ValidationErrors, out: &mut Vec<(FieldError, bool)>) {
    for (field, kind) in errors.errors() {
        let here = if field == "__all__" { base.to_owned() } else { format!("{base}/{}", escape(field)) };
        match kind {
            ValidationErrorsKind::Field(faults) => out.extend(faults.iter().map(|fault| {
                let at = fault.params.get("at").and_then(|at| at.as_str()).unwrap_or_default();
                let detail = fault
                    .message
                    .as_ref()
                    .map_or_else(|| default_words(fault), std::string::ToString::to_string);
                (
                    FieldError::new(format!("{here}{at}"), fault.code.clone(), detail),
                    fault.params.contains_key("at"),
                )
            })),
            ValidationErrorsKind::Struct(inner) => collect_errors(&here, inner, out),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect_errors(&format!("{here}/{index}"), inner, out);
                }
            }
        }
    }
}

fn default_words(fault: &validator::ValidationError) -> String {
    let limit = |name: &str| fault.params.get(name).map(std::string::ToString::to_string);
    let is_text = fault.params.get("value").is_some_and(serde_json::Value::is_string);
    let unit = if is_text { "characters" } else { "items" };
    match (fault.code.as_ref(), limit("min"), limit("max")) {
        ("length", Some(min), Some(max)) => format!("must have {min} to {max} {unit}"),
        ("length", None, Some(max)) => format!("must have at most {max} {unit}"),
        ("length", Some(min), None) => format!("must have at least {min} {unit}"),
        ("range", min, max) => {
            format!("must be from {} to {}", min.unwrap_or_default(), max.unwrap_or_default())
        }
        _ => "is not allowed".to_owned(),
    }
}

/// A rule between fields that failed: where, the kind of fault, and the words.
pub fn fault(at: &'static str, code: &'static str, words: &'static str) -> validator::ValidationError {
    let mut error = validator::ValidationError::new(code).with_message(words.into());
    error.add_param("at".into(), &at);
    error
}

/// A name as a part of a JSON Pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
