//! Every command's own arguments: a wrong one is one line that names it, and exit code 2.

use std::path::Path;

use super::program::{Finished, Program};
use crate::support::MASTER_KEY;

#[track_caller]
fn says(finished: &Finished, code: i32, words: &[&str]) {
    let line = finished.complaint(code);
    for word in words {
        assert!(line.contains(word), "{word:?} is missing: {line}");
    }
}

/// A command over an embedded database in a folder of its own.
fn run(folder: &Path, args: &[&str]) -> Finished {
    let url = format!("sqlite:{}", folder.join("tutela.db").display());
    Program::new(args).env("TUTELA_DATABASE_URL", url).env("TUTELA_MASTER_KEYS", MASTER_KEY).run()
}

fn trust<'a>(slug: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args =
        vec!["trust", "create", "--slug", slug, "--name", "Trust A", "--admin-given-name", "Robin"];
    args.extend_from_slice(&["--admin-family-name", "Example"]);
    args.extend_from_slice(more);
    args
}

#[test]
fn a_trusts_arguments_are_each_named() {
    let folder = tempfile::tempdir().unwrap();
    let make = |slug: &str, more: &[&str]| run(folder.path(), &trust(slug, more));
    for slug in ["Trust A", "", "a", "TRUST", "à-b"] {
        says(&make(slug, &[]), 2, &["--slug", "lower-case letters"]);
    }
    says(&make("trust-a", &["--environment", "LIVE"]), 2, &["--environment"]);
    says(&make("trust-a", &["--closure", "maybe"]), 2, &["--closure", "unanimous_panel"]);
    says(&make("trust-a", &["--scrutiny", "nobody"]), 2, &["--scrutiny", "dsl_team"]);
    says(&make("trust-a", &["--panel-expected", "all"]), 2, &["--panel-expected", "all_dsls"]);
    says(&make("trust-a", &["--admin-email", "robin"]), 2, &["--admin-email"]);
    let aggregate = ["--trust-lead", "aggregate"];
    for (setting, value) in [("--closure", "unanimous_panel"), ("--scrutiny", "team_and_trust_lead")] {
        let refused = make("trust-a", &[aggregate[0], aggregate[1], setting, value]);
        says(&refused, 2, &[setting, "--trust-lead must be casework"]);
    }
    let admin = ["trust", "add-admin", "--admin-given-name", "Ada", "--admin-family-name", "Ash", "--slug"];
    let add = |slug| run(folder.path(), &[&admin[..], &[slug]].concat());
    says(&add("Trust A"), 2, &["--slug"]);
    says(&add("trust-z"), 1, &["no trust", "trust-z"]);
    make("trust-a", &[]).done();
    says(&make("trust-a", &[]), 1, &["trust-a exists already"]);
}

#[test]
fn a_tokens_arguments_are_each_named_and_no_key_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("development-key.pem");
    let token = |args: &[&str]| {
        Program::new(&[&["token", "--key-file", file.to_str().unwrap()], args].concat()).run()
    };
    says(&token(&["--trust", "trust-a", "--role", "ceo"]), 2, &["--key-file", "development-key.pem"]);
    assert!(!file.exists(), "a key that nobody believes was made");
    says(&token(&["--trust", "Trust A", "--role", "ceo"]), 2, &["--trust"]);
    for (role, words) in [
        ("leader", "no role is called"),
        ("dsl", "dsl:URN"),
        ("dsl:1", "six digits"),
        ("ceo:100001", "held in the trust"),
    ] {
        says(&token(&["--trust", "trust-a", "--role", role]), 2, &["--role", words]);
    }
    says(&token(&["--trust", "trust-a", "--role", "ceo", "--minutes", "61"]), 2, &["--minutes"]);
    says(&token(&["--trust", "trust-a", "--role", "ceo", "--person", "me"]), 2, &["--person"]);
    says(&token(&["--trust", "trust-a", "--role", "ceo", "--subject", ""]), 2, &["--subject"]);
    says(&token(&["--trust", "trust-a"]), 2, &["--role"]);
}

#[test]
fn the_other_commands_arguments_are_named_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for url in ["", "localhost", "ftp://localhost", "http://127.0.0.1:99999"] {
        says(&Program::new(&["health", "--url", url]).run(), 2, &["--url", "http://HOST:PORT"]);
    }
    says(&Program::new(&["health", "--url", "http://127.0.0.1:1"]).run(), 1, &["not ready"]);
    says(&run(folder, &["key", "rotate-signing", "letters"]), 2, &["PURPOSE", "checkpoints"]);
    says(&run(folder, &["key", "new"]), 2, &["FILE"]);
    says(&run(folder, &["key", "new", "none/such"]), 2, &["none/such"]);
    says(&run(folder, &["import", "establishments"]), 2, &["FILE"]);
    says(&run(folder, &["import", "establishments", "."]), 2, &["folder"]);
    let file = folder.join("a-file");
    std::fs::write(&file, "").unwrap();
    let demo =
        |name: &str, value: &str| Program::new(&["demo", "--listen", "127.0.0.1:0", name, value]).run();
    says(&demo("--folder", file.to_str().unwrap()), 2, &["--folder", "a-file"]);
    says(&demo("--tokens-file", "none/such.json"), 2, &["--tokens-file", "none/such.json"]);
    says(&Program::new(&["demo", "--listen", "here"]).run(), 2, &["--listen"]);
    for command in ["trust", "import", "key"] {
        let finished = Program::new(&[command]).run();
        assert_eq!(finished.code, Some(2));
        assert!(finished.err.contains("Usage:") && finished.out.is_empty(), "{finished:?}");
    }
}

#[test]
fn every_commands_help_says_what_each_argument_is() {
    let mut seen = 0;
    let mut todo: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(command) = todo.pop() {
        let args: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let help = Program::new(&args).run().done().to_owned();
        let mut lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        for line in lines.by_ref().take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("   "))
        {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap().to_owned();
            assert!(words.next().is_some(), "{command:?}: {name} says nothing");
            if name != "help" {
                todo.push(command.iter().cloned().chain([name]).collect());
            }
        }
        let whole = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for (at, _) in whole.match_indices(" --").filter(|(at, _)| !whole[..*at].ends_with("Usage: tutela")) {
            let rest = &whole[at + 1..];
            let text = rest.split(" --").next().unwrap();
            assert!(text.split(' ').count() > 1 || whole[..at].contains("Usage"), "{command:?}: {text}");
        }
        seen += 1;
    }
    assert!(seen >= 17, "{seen}");
}
