//! A wrong setting is one clear line and exit code 2; work that fails is one line and exit code 1.

use std::net::TcpListener;

use super::program::{Finished, Program};
use crate::support::{MASTER_KEY, Signer, issuers_file, key_set};

/// A service with sound settings but for this one.
fn with(name: &str, value: &str) -> Finished {
    Program::new(&["serve"])
        .env("TUTELA_MASTER_KEYS", MASTER_KEY)
        .env("TUTELA_LISTEN", "127.0.0.1:0")
        .env(name, value)
        .run()
}

#[track_caller]
fn says(finished: &Finished, code: i32, words: &[&str]) {
    let line = finished.complaint(code);
    for word in words {
        assert!(line.contains(word), "{word:?} is missing: {line}");
    }
}

#[test]
fn an_unknown_database_scheme_is_refused_by_name() {
    says(&with("TUTELA_DATABASE_URL", "mysql://host/db"), 2, &["\"mysql\"", "sqlite:FILE"]);
    says(&with("TUTELA_DATABASE_URL", "tutela.db"), 2, &["scheme"]);
    says(&with("TUTELA_DATABASE_URL", "sqlite::memory:"), 2, &["path of a file"]);
    for (url, words) in [
        ("sqlite:none/such/tutela.db", "no folder none/such"),
        ("sqlite:.", "is a folder"),
        ("postgres:tutela", "//HOST"),
        ("postgres://tutela:secret@host:99999/tutela", "port"),
    ] {
        let refused = with("TUTELA_DATABASE_URL", url);
        says(&refused, 2, &["--database-url", words]);
        assert!(!refused.err.contains("secret"), "{}", refused.err);
    }
    for (url, words) in
        [("mysql://host/db", "\"mysql\""), ("sqlite:a.db", "postgres://"), ("postgres://host/db", "SQLite")]
    {
        says(&with("TUTELA_MIGRATION_URL", url), 2, &["--migration-url", words]);
    }
}

#[test]
fn a_wrong_master_key_is_refused_without_showing_it() {
    let bare = || Program::new(&["serve"]).env("TUTELA_LISTEN", "127.0.0.1:0");
    says(&bare().run(), 2, &["TUTELA_MASTER_KEY_FILE", "tutela key new"]);
    says(&bare().env("TUTELA_MASTER_KEY_FILE", "none/such").run(), 2, &["--master-key-file", "none/such"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("master-key");
    for (bytes, words) in
        [(&b"c2hvcnQ=\n"[..], "32 bytes"), (b"# none\n", "no master key"), (b"\xff\xfe", "UTF-8")]
    {
        std::fs::write(&file, bytes).unwrap();
        let refused = bare().env("TUTELA_MASTER_KEY_FILE", &file).run();
        says(&refused, 2, &["--master-key-file", "master-key", words]);
        assert!(!refused.err.contains("c2hvcnQ"), "{}", refused.err);
    }
    says(&bare().env("TUTELA_MASTER_KEYS", "").run(), 2, &["--master-keys", "no master key"]);
    let short = bare().env("TUTELA_MASTER_KEYS", "c2hvcnQ=").run();
    says(&short, 2, &["32 bytes"]);
    assert!(!short.err.contains("c2hvcnQ"), "{}", short.err);
}

#[test]
fn an_unsound_file_store_is_named_without_its_key() {
    for (place, words) in [
        ("files", "dir:PATH or s3://"),
        ("dir:none/such/files", "no folder none/such"),
        ("dir:/dev/null", "no folder"),
        ("s3://evidence", "endpoint=URL"),
        ("s3://evidence?endpoint=http://s3.example&region=x", "https://"),
        ("s3://evidence?endpoint=https://s3.example&region=x", "TUTELA_FILE_STORE_KEY_FILE"),
    ] {
        says(&with("TUTELA_FILE_STORE", place), 2, &["--file-store", words]);
    }
    says(&with("TUTELA_FILE_STORE_KEY_FILE", "none/such"), 2, &["--file-store-key-file", "none/such"]);
    let refused = with("TUTELA_FILE_STORE_KEY", "only-a-secret");
    says(&refused, 2, &["--file-store-key", "ID:SECRET"]);
    assert!(!refused.err.contains("only-a-secret"), "{}", refused.err);
    says(&with("TUTELA_LARGEST_FILE_MIB", "0"), 2, &["--largest-file-mib"]);
}

#[test]
fn an_unsound_issuers_file_is_named_with_its_fault() {
    says(&with("TUTELA_ISSUERS_FILE", "none/such.toml"), 2, &["--issuers-file", "none/such.toml"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuers.toml");
    std::fs::write(folder.path().join("keys.json"), key_set(&[&Signer::new("a", 1)])).unwrap();
    for (text, words) in [
        ("[[issuer]\n".to_owned(), vec!["line 1"]),
        (
            issuers_file("jwks_file = \"missing.json\""),
            vec!["https://login.example/", "jwks_file", "missing.json"],
        ),
        (issuers_file("jwks_url = \"http://login.example/keys\""), vec!["jwks_url", "https only"]),
        (issuers_file("jwks_file = \"keys.json\"\njwks_uri = 1"), vec!["jwks_uri"]),
        (String::new(), vec!["none"]),
    ] {
        std::fs::write(&file, text).unwrap();
        let finished = with("TUTELA_ISSUERS_FILE", file.to_str().unwrap());
        says(&finished, 2, &["issuers.toml"]);
        says(&finished, 2, &words);
    }
}

#[test]
fn each_wrong_value_names_its_setting() {
    for (name, value, words) in [
        ("TUTELA_LISTEN", "localhost", "--listen"),
        ("TUTELA_LISTEN", "127.0.0.1:99999", "--listen"),
        ("TUTELA_LISTEN", "192.0.2.1:8080", "--listen"),
        ("TUTELA_WORKERS", "0", "--workers"),
        ("TUTELA_WORKERS", "many", "--workers"),
        ("TUTELA_DATABASE_CONNECTIONS", "0", "--database-connections"),
        ("TUTELA_RATE_PER_SECOND", "-1", "--rate-per-second"),
        ("TUTELA_RATE_BURST", "0", "--rate-burst"),
        ("TUTELA_MAX_CONNECTIONS", "0", "--max-connections"),
        ("TUTELA_JOBS", "perhaps", "--jobs"),
        ("TUTELA_ONE_DATABASE_ROLE", "perhaps", "--one-database-role"),
        ("TUTELA_FAILED_LOGINS_PER_MINUTE", "0", "--failed-logins-per-minute"),
        ("TUTELA_ENVIRONMENT", "Live", "--environment"),
        ("TUTELA_TRUSTED_PROXIES", "10.0.0.0/40", "--trusted-proxies"),
        ("TUTELA_CORS_ORIGINS", "*", "--cors-origins"),
        ("TUTELA_CORS_ORIGINS", "https://front-end.example/path", "--cors-origins"),
        ("TUTELA_CORS_ORIGINS", "front-end.example", "--cors-origins"),
        ("TUTELA_CORS_ORIGINS", "https://front-end.example:99999", "--cors-origins"),
        ("TUTELA_CORS_ORIGINS", "https://front-end.example:443", "--cors-origins"),
        ("TUTELA_CORS_ORIGINS", "https://a:b:c", "--cors-origins"),
        ("TUTELA_CORS_ORIGINS", "https://[::1", "--cors-origins"),
        ("TUTELA_SHUTDOWN_SECONDS", "soon", "--shutdown-seconds"),
        ("TUTELA_SHUTDOWN_SECONDS", "86400", "--shutdown-seconds"),
    ] {
        says(&with(name, value), 2, &[words]);
    }
}

#[test]
fn a_misspelt_variable_is_refused_by_name() {
    let misspelt = with("TUTELA_DATABSE_URL", "postgres://tutela@host/tutela");
    says(&misspelt, 2, &["TUTELA_DATABSE_URL"]);
    assert!(!misspelt.err.contains("postgres://"), "{}", misspelt.err);
    // What container platforms set for a service of this name is no setting of ours.
    let run = Program::new(&["openapi"])
        .env("TUTELA_SERVICE_HOST", "10.0.0.1")
        .env("TUTELA_PORT_8080_TCP", "tcp://10.0.0.1:8080")
        .env("TUTELA_PORT", "tcp://10.0.0.1:8080")
        .run();
    assert!(run.done().contains("openapi"));
}

#[test]
fn a_wrong_argument_is_one_line() {
    says(&Program::new(&["sevre"]).run(), 2, &["sevre"]);
    says(&Program::new(&["serve", "--no-such"]).run(), 2, &["--no-such"]);
    says(
        &Program::new(&["trust", "create", "--slug", "trust-a"]).run(),
        2,
        &["--name", "--admin-given-name"],
    );
    says(
        &Program::new(&["trust", "create", "--slug", "trust-a", "--name", "Trust A", "--trust-lead", "both"])
            .run(),
        2,
        &["--trust-lead", "casework"],
    );
}

#[test]
fn help_names_every_command_and_setting() {
    let help = Program::new(&["--help"]).run();
    for command in
        ["demo", "serve", "trust", "import", "migrate", "openapi", "matrix", "token", "key", "health"]
    {
        assert!(help.done().contains(&format!("\n  {command}")), "{command}: {}", help.out);
    }
    let help = Program::new(&["serve", "--help"]).env("TUTELA_MASTER_KEYS", "secret").run();
    for name in ["TUTELA_DATABASE_URL", "TUTELA_MASTER_KEY_FILE", "TUTELA_ISSUERS_FILE", "TUTELA_LISTEN"] {
        assert!(help.done().contains(name), "{name}: {}", help.out);
    }
    assert!(!help.out.contains("secret"), "{}", help.out);
    assert!(Program::new(&["--version"]).run().done().starts_with("tutela "));
}

#[test]
fn a_database_that_cannot_be_had_is_one_line() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = unused.local_addr().unwrap();
    drop(unused);
    let refused = with("TUTELA_DATABASE_URL", &format!("postgres://tutela:canary@{nobody}/tutela"));
    says(&refused, 1, &["database", "refused"]);
    assert!(!refused.err.contains("canary"), "{}", refused.err);
}

#[test]
fn a_port_that_is_taken_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    says(&with("TUTELA_LISTEN", &address), 1, &[&address]);
}

#[test]
fn keys_that_do_not_open_the_database_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("tutela.db").display());
    let make = [
        "trust",
        "create",
        "--slug",
        "trust-a",
        "--name",
        "Trust A",
        "--admin-given-name",
        "Robin",
        "--admin-family-name",
        "Example",
    ];
    Program::new(&make)
        .env("TUTELA_DATABASE_URL", &database)
        .env("TUTELA_MASTER_KEYS", MASTER_KEY)
        .run()
        .done();
    let other = Program::new(&["serve"])
        .env("TUTELA_DATABASE_URL", &database)
        .env("TUTELA_MASTER_KEYS", "b3RoZXIgc2VjcmV0cyB0aGF0IHByb3RlY3Qgbm90aGk=")
        .run();
    says(&other, 2, &["trust-a", "master key"]);
}
