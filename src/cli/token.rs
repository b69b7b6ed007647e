//! `tutela token`: an access token for development, signed by a key file on this machine.

use std::path::PathBuf;

use super::{Failure, Outcome, print};
use crate::access::Role;
use crate::auth::issuers::{DevelopmentClaims, DevelopmentKey};
use crate::clock::Clock;
use crate::ids::Id;

/// Whom the token is for.
#[derive(clap::Args)]
pub struct Args {
    /// The development key's file, as `tutela demo` made it (start that first: this command makes none); who serves with
    /// another key does not believe the token
    #[arg(long, env = "TUTELA_DEVELOPMENT_KEY_FILE", default_value = "tutela-demo/development-key.pem")]
    key_file: PathBuf,
    /// The trust's slug
    #[arg(long, value_parser = super::slug)]
    trust: String,
    /// The subject
    #[arg(long, default_value = "developer", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    subject: String,
    /// The person's id in the trust; it is the subject too, where none is given, so that two people are two callers
    #[arg(long, value_parser = person)]
    person: Option<Id>,
    /// A role, or role:URN for a role at a school; may be given several times
    #[arg(long = "role", required = true, value_parser = role)]
    roles: Vec<String>,
    /// Minutes that the token holds, at most 60
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=60))]
    minutes: u32,
}

fn person(text: &str) -> Result<Id, String> {
    Id::parse(text).ok_or_else(|| "not an identifier in lower-case canonical form".to_owned())
}

/// A role that is spelt wrongly would give a token that opens nothing, and not say why.
fn role(text: &str) -> Result<String, String> {
    let (word, urn) = text.split_once(':').map_or((text, None), |(word, urn)| (word, Some(urn)));
    let Some(role) = Role::parse(word) else {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        return Err(format!("no role is called {word:?}: {}", known.join(" ")));
    };
    match urn {
        Some(urn) if urn.len() != 6 || !urn.bytes().all(|b| b.is_ascii_digit()) => {
            Err("six digits of a URN are expected after the colon".to_owned())
        }
        Some(_) if !role.is_school_role() && !role.is_service_role() => {
            Err(format!("{word} is held in the trust, not at a school"))
        }
        None if role.is_school_role() => Err(format!("{word} is held at a school: {word}:URN is expected")),
        _ => Ok(text.to_owned()),
    }
}

/// Prints the token.
pub fn run(args: &Args) -> Outcome {
    let key = DevelopmentKey::open(&args.key_file).map_err(|fault| format!("--key-file: {fault}"))?;
    let claims = DevelopmentClaims {
        trust: args.trust.clone(),
        subject: subject(&args.subject, args.person),
        person: args.person,
        roles: args.roles.clone(),
        minutes: args.minutes,
    };
    let token = key.sign(&claims, Clock::System.now()).map_err(Failure::Work)?;
    print(&format!("{token}\n"))
}

/// The subject: what was asked for, or the person's id in place of the default.
fn subject(asked: &str, person: Option<Id>) -> String {
    match person {
        Some(person) if asked == "developer" => person.to_string(),
        _ => asked.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_people_are_two_callers() {
        let (one, other) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        assert_ne!(subject("developer", Some(one)), subject("developer", Some(other)));
        assert_eq!(subject("robin", Some(one)), "robin");
        assert_eq!(subject("developer", None), "developer");
    }
}
