//! What a caller is told of a value that does not fit: our sentences, never a library's.

/// The library's sentences in ours, without the value, which may be about a child. Sentences of our own types stay.
pub fn words(text: &str) -> String {
    let rest = text.strip_prefix("invalid type: ").or_else(|| text.strip_prefix("invalid value: "));
    match rest.map(|rest| rest.rsplit_once(", expected ")) {
        Some(Some((_, expected))) if text.starts_with("invalid value: ") && is_integer(expected) => {
            "is out of range".to_owned()
        }
        Some(Some((_, expected))) => format!("{} is expected", plain(expected)),
        Some(None) => "has a wrong type".to_owned(),
        None if LIBRARY.iter().any(|begin| text.starts_with(begin)) => "has a wrong form".to_owned(),
        None => text.to_owned(),
    }
}

/// How sentences begin that are none of ours.
const LIBRARY: &[&str] =
    &["invalid ", "unknown ", "missing ", "duplicate ", "number out", "number too", "cannot "];

/// Whether the library's name is that of an integer.
fn is_integer(expected: &str) -> bool {
    expected.strip_prefix(['i', 'u']).is_some_and(|bits| bits == "size" || bits.parse::<u8>().is_ok())
}

/// The library names the types of this program: the caller is told those of JSON.
fn plain(expected: &str) -> &str {
    match expected {
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        "a map" => "an object",
        name if is_integer(name) => "an integer",
        name if name.starts_with("struct ") => "an object",
        other => other,
    }
}

/// The kind of fault behind a sentence.
pub fn kind(words: &str) -> &'static str {
    if words.starts_with("must have at most") {
        "too_long"
    } else if words == "is out of range" {
        "range"
    } else if words.starts_with("not one of") {
        "not_allowed"
    } else {
        "format"
    }
}
