//! What the claims of a token may say.

use serde_json::{Value, json};

use super::*;

#[test]
fn each_required_claim_is_missed() {
    for name in ["exp", "iat", "iss", "aud", "sub"] {
        assert_eq!(draft().without(name).refusal().replace(" or unsound", ""), format!("{name} is missing"));
    }
}

#[test]
fn the_audience_must_name_this_service() {
    let ours = "https://tutela.example";
    for right in [json!(ours), json!([ours]), json!(["other", ours])] {
        assert_eq!(draft().claim("aud", right).refusal(), "");
    }
    for wrong in
        [json!("other"), json!([]), json!(format!("{ours}/")), json!([ours, 7]), json!({}), json!(null)]
    {
        assert_ne!(draft().claim("aud", wrong.clone()).refusal(), "", "{wrong}");
    }
}

#[test]
fn a_token_ends_thirty_seconds_after_exp() {
    let ended = |ago: i64| draft().claim("iat", NOW - 100).claim("exp", NOW - ago).refusal();
    assert_eq!((ended(0), ended(29)), ("", ""));
    assert_eq!(ended(30), "the token has expired");
}

#[test]
fn a_token_begins_thirty_seconds_before_nbf() {
    assert_eq!(draft().claim("nbf", NOW + 30).refusal(), "");
    assert_eq!(draft().claim("nbf", NOW + 31).refusal(), "nbf is in the future");
}

#[test]
fn a_token_from_the_future_is_refused() {
    assert_eq!(draft().claim("iat", NOW + 30).refusal(), "");
    assert_eq!(draft().claim("iat", NOW + 31).refusal(), "iat is in the future");
}

#[test]
fn a_token_that_lives_too_long_is_refused() {
    let reason = "the token lives longer than this issuer's may";
    assert_eq!(draft().claim("exp", NOW + 3601).refusal(), reason);
    assert_eq!(draft().claim("iat", 0).refusal(), reason);
}

#[test]
fn dates_are_numbers() {
    for name in ["exp", "iat", "nbf"] {
        assert_eq!(draft().claim(name, 1_763_000_000.25).refusal(), "");
        for wrong in [json!("1763000000"), json!(null), json!(-1), json!(true), json!(1e300)] {
            assert_eq!(draft().claim(name, wrong).refusal(), "a member that should be a moment is not");
        }
    }
}

#[test]
fn an_issuer_speaks_for_its_own_trusts_only() {
    let reason = "the trust is not one that this issuer may speak for";
    assert_eq!(draft().claim("trust", "trust-b").refusal(), reason);
    let any = Issuer { trusts: Allowed::Any, ..issuer() };
    assert_eq!(draft().claim("trust", "Trust B").verified_by(any), Err(Refusal(reason)));
    let any = Issuer { trusts: Allowed::Any, ..issuer() };
    assert!(draft().claim("trust", "trust-b").verified_by(any).is_ok());
}

#[test]
fn the_trust_need_not_be_said_where_there_is_one() {
    assert_eq!(draft().without("trust").refusal(), "");
    assert_ne!(draft().claim("trust", Value::Null).refusal(), "");
    let two = Issuer { trusts: Allowed::Only(texts(&["trust-a", "trust-b"])), ..issuer() };
    assert_eq!(draft().without("trust").verified_by(two), Err(Refusal("the trust claim is missing")));
}

#[test]
fn only_the_issuers_well_formed_roles_count() {
    let roles = |said: Value| {
        let verified = draft().claim("roles", said).verified_by(issuer()).unwrap();
        verified.roles.into_iter().map(|role| (role.role, role.urn)).collect::<Vec<_>>()
    };
    let malformed =
        ["dsl:", ":1", "dsl:x", "dsl:1:2", "dsl:+1", "dsl:0123", "DSL", "dsl ", "dsl:12345678", "dsl:-1"];
    assert_eq!(roles(json!(malformed)), []);
    assert_eq!(
        roles(json!(["trust_lead", "admin:1", "dsl:137089", "dsl:137089"])),
        [("dsl".into(), Some(137_089))]
    );
    assert_eq!(roles(json!("staff")), [("staff".into(), None)]);
}

#[test]
fn roles_are_at_most_64_strings_or_absent() {
    assert_eq!(draft().without("roles").refusal(), "");
    assert_eq!(draft().claim("roles", vec!["staff"; 64]).refusal(), "");
    assert_eq!(draft().claim("roles", vec!["staff"; 65]).refusal(), "more than 64 roles");
    for wrong in [json!(["dsl", 7]), json!({"dsl": true}), json!(null)] {
        assert_ne!(draft().claim("roles", wrong).refusal(), "");
    }
}

#[test]
fn the_person_is_a_canonical_identifier_or_absent() {
    assert_eq!(draft().without("person").verified_by(issuer()).map(|verified| verified.person), Ok(None));
    for wrong in [PERSON.to_uppercase(), PERSON.replace('-', ""), String::new()] {
        assert_eq!(draft().claim("person", wrong).refusal(), "the person claim is not an identifier");
    }
    assert_ne!(draft().claim("person", Value::Null).refusal(), "");
}

#[test]
fn the_subject_is_1_to_255_characters_without_controls() {
    assert_eq!(draft().claim("sub", "é".repeat(255)).refusal(), "");
    for wrong in [String::new(), "a".repeat(256), "a\nb".to_owned(), "a\u{85}".to_owned()] {
        assert_eq!(draft().claim("sub", wrong).refusal(), "sub is missing or unsound");
    }
    assert_ne!(draft().claim("sub", 7).refusal(), "");
}

#[test]
fn an_entry_can_follow_entras_habits() {
    let entra = || Issuer {
        typ: texts(&["jwt"]),
        lifetime_seconds: 5400,
        subject_claim: "oid".to_owned(),
        ..issuer()
    };
    let token = || draft().header("typ", "JWT").claim("exp", NOW + 5400);
    let verified = token().claim("oid", "person-7").verified_by(entra()).unwrap();
    assert_eq!(verified.subject, "person-7");
    assert_eq!(token().verified_by(entra()), Err(Refusal("the subject claim is missing or unsound")));
    assert!(token().claim("oid", "person-7").without("sub").verified_by(entra()).is_err());
}
