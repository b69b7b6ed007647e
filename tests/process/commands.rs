//! The commands that make things: trusts, keys, and the register of establishments.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;
use tutela::db::Target;

use super::program::{Program, serve};
use super::start::make_trust;
use crate::on_both;
use crate::support::{Backend, Database};

on_both! {
    fn a_trusts_key_is_printed_once_and_works(backend) {
        let database = Database::migrated(backend);
        let (key, made) = make_trust(&database, "trust-a");
        assert_eq!(made.out.matches("tut_").count(), 1, "{}", made.out);
        assert!(!made.err.contains("tut_"), "{}", made.err);
        let service = serve(&database.target);
        let admin = service.bearer(&key);
        assert_eq!(admin.get("/v1/me").expect(200)["trust"]["slug"], "trust-a");
        let me = json!({"given_name": "Sam", "family_name": "Example"});
        admin.post("/v1/people", me).expect(201);
        let last = if key.ends_with('0') { '1' } else { '0' };
        let forged = format!("{}{last}", &key[..key.len() - 1]);
        assert_eq!(service.bearer(&forged).get("/v1/me").problem(401), "unauthenticated");
        let said = service.stop();
        assert!(!said.err.contains(&key), "the key is in the log");
    }

    fn a_trust_that_is_there_or_is_no_word_is_refused(backend) {
        let database = Database::migrated(backend);
        make_trust(&database, "trust-a");
        let again = |slug: &str, email: &str| {
            Program::new(&["trust", "create", "--slug", slug, "--name", "Trust A", "--admin-given-name", "Robin",
                "--admin-family-name", "Example", "--admin-email", email]).over(&database.target).run()
        };
        assert!(again("trust-a", "robin@trust.example").complaint(1).contains("exists"));
        assert!(again("Trust A", "robin@trust.example").complaint(2).contains("slug"));
        assert!(again("trust-b", "robin").complaint(2).contains("--admin-email"));
    }

    fn the_register_goes_in_from_either_encoding(backend) {
        let database = Database::migrated(backend);
        let (key, _) = make_trust(&database, "trust-a");
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).unwrap();
            file
        };
        let full = file("full.csv", b"URN,LA (code),LA (name),EstablishmentName,Town,Nonsense (name)\r\n\
            199901,926,Norfolk,\"St Zo\xeb\x92s, Example\",Example Town,x\r\n199902,926,Norfolk,Oak Lane Example,Example Town,x\r\n");
        let extract = file("extract.csv", "urn,name,open_date,town,postcode\n199903,Château Example Academy,01-09-2014,Example Town,ZZ1 9ZZ\nx,No number,,,\n".as_bytes());
        let report = folder.path().join("report.csv");
        let import = |file: &Path, more: &[&str]| {
            let mut args = vec!["import", "establishments", file.to_str().unwrap()];
            args.extend_from_slice(more);
            Program::new(&args).over(&database.target).run()
        };
        assert!(import(&full, &["--dry-run"]).done().contains("2 added"));
        assert!(import(&full, &[]).done().contains("2 rows, 2 added"));
        assert!(import(&full, &[]).done().contains("2 unchanged"));
        let told = import(&extract, &["--report", report.to_str().unwrap()]);
        assert!(told.part().contains("1 added") && told.out.contains("1 refused"), "{told:?}");
        let rows = std::fs::read_to_string(&report).unwrap();
        assert!(rows.contains("2,199903,added") && rows.contains("refused"), "{rows}");

        let service = serve(&database.target);
        let name = |urn: u32| {
            let answer = service.bearer(&key).get(&format!("/v1/establishments/{urn}"));
            answer.expect(200)["name"].as_str().unwrap().to_owned()
        };
        assert_eq!(name(199_901), "St Zoë’s, Example");
        assert_eq!(name(199_903), "Château Example Academy");
    }
}

#[test]
fn a_file_that_is_no_register_is_refused() {
    let database = Database::migrated(Backend::Sqlite);
    let folder = tempfile::tempdir().unwrap();
    let import = |file: &str| Program::new(&["import", "establishments", file]).over(&database.target).run();
    assert!(import("none/such.csv").complaint(2).contains("none/such.csv"));
    let file = folder.path().join("other.csv");
    for text in [&b"a,b\n1,2\n"[..], b"", b"\xff\xfeu\0r\0n\0"] {
        std::fs::write(&file, text).unwrap();
        import(file.to_str().unwrap()).complaint(1);
    }
}

#[test]
fn a_key_file_is_made_once_for_its_owners_eyes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("master-key");
    let make = || Program::new(&["key", "new", file.to_str().unwrap()]).run();
    let made = make();
    let key = std::fs::read_to_string(&file).unwrap();
    assert!(!made.done().contains(key.trim()), "the key is shown");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(make().complaint(2).contains("master-key"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), key);

    let database = Database::empty(Backend::Sqlite);
    let Target::Sqlite(place) = &database.target else { unreachable!() };
    let service = Program::new(&["serve"])
        .env("TUTELA_DATABASE_URL", format!("sqlite:{}", place.display()))
        .env("TUTELA_MASTER_KEY_FILE", &file)
        .listening()
        .serve();
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn the_database_does_not_hold_the_printed_key() {
    let database = Database::migrated(Backend::Sqlite);
    let (key, _) = make_trust(&database, "trust-a");
    let Target::Sqlite(place) = &database.target else { unreachable!() };
    let secret = &key.as_bytes()[key.len() - 20..];
    for file in std::fs::read_dir(place.parent().unwrap()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    }
}
