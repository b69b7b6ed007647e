//! Files: what is taken, under which name, and that it comes back as it was given.

use std::io::{Read, Write};
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};
use tutela::db::Target;

use super::{FILE, Kept, add, child, document, items, mark, put, upload};
use crate::meetings::{Case, as_role, holder};
use crate::on_both;
use crate::support::{Answer, Backend, DemoApp, LARGEST_FILE, TestApp, dump};

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(bytes: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes)))
}

fn send(case: &Case<'_>, name: &str, more: &[(&str, &str)], bytes: &[u8]) -> Answer {
    upload(&case.dsl, case, name, more, bytes)
}

on_both! {
    fn a_file_comes_back_as_it_was_given(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        for size in [9, 64 * 1024, 64 * 1024 + 1, 1024 * 1024, 3 * 1024 * 1024 + 11] {
            let bytes = document(size);
            let made = send(&case, &format!("{size}.pdf"), &[("Content-Digest", &digest(&bytes))], &bytes);
            let view = made.expect(201);
            assert_eq!((view["size"].as_u64(), &view["sha256"]), (u64::try_from(size).ok(), &json!(hex(&bytes))));
            assert_eq!((&view["name"], &view["media_type"]), (&json!(format!("{size}.pdf")), &json!("application/pdf")));
            let path = made.header("location").to_owned();
            assert_eq!(case.dsl.get(&path).expect(200), view);
            assert_eq!(case.dsl.download(&format!("{path}/content")).unwrap(), bytes, "{size}");
        }
        assert_eq!(items(&case.dsl, &format!("{}/attachments", case.path())).len(), 5);
    }

    fn a_file_is_given_back_to_be_saved_and_not_to_be_shown(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let name = "attachment; filename*=UTF-8''Zo%C3%AB%20%22x%22.txt";
        let head = [("Content-Disposition", name)];
        let made = case.dsl.upload_as(&format!("{}/attachments", case.path()), FILE, &head, b"<script>alert(1)</script>");
        assert_eq!(made.expect(201)["name"], "Zoë _x_.txt");
        let content = format!("{}/content", made.header("location"));
        let got = case.dsl.get(&content);
        assert_eq!((got.status, got.text.as_str()), (200, "<script>alert(1)</script>"));
        for (name, value) in [
            ("content-type", "application/octet-stream"), ("x-content-type-options", "nosniff"), ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; sandbox"), ("content-length", "25"),
            ("content-disposition", "attachment; filename=\"Zo_ _x_.txt\"; filename*=UTF-8''Zo%C3%AB%20_x_.txt"),
        ] {
            assert_eq!(got.header(name), value, "{name}");
        }
        let again = case.dsl.send("GET", &content, &[("If-None-Match", got.header("etag"))], None);
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        let head = case.dsl.send("HEAD", &content, &[], None);
        assert_eq!((head.status, head.text.as_str(), head.header("content-length")), (200, "", "25"));
        let log = case.dsl.get(&format!("/v1/audit/entries?class=concern_attachment&record_id={}", case.id)).expect(200);
        let log = log["items"].as_array().unwrap();
        assert_eq!(log.len(), 3, "{log:?}");
        assert!(log.iter().all(|entry| entry["action"] == "concern.read-evidence"));
    }

    fn what_is_not_taken_is_refused_and_nothing_of_it_is_kept(backend) {
        let kept = Kept::new();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(kept.store()));
        let case = Case::raised(&app, 0, 0, 1);
        for name in ["page.html", "drawing.svg", "all.zip", "film.mp4", "letter.pdf.exe", "letter", ""] {
            assert_eq!(send(&case, name, &[], b"bytes").problem(415), "unsupported_media_type", "{name}");
        }
        let (path, named) = (format!("{}/attachments", case.path()), [("Content-Disposition", "attachment; filename=a.txt")]);
        assert_eq!(case.dsl.upload_as(&path, "text/plain", &named, b"bytes").problem(415), "unsupported_media_type");
        assert_eq!(case.dsl.upload_as(&path, FILE, &[], b"bytes").problem(400), "malformed_header");
        for (name, bytes) in [
            ("a.pdf", &b"MZ\x90\0not a document"[..]), ("a.png", b"\xff\xd8\xff\xe0"), ("a.txt", b"a\0b"),
            ("a.TXT", b"%PDF-1.7 in disguise"), ("a.eml", b"no header\n"), ("a.docx", b"PK\x03\x04 some archive"),
        ] {
            let refused = send(&case, name, &[], bytes);
            assert_eq!((refused.problem(409), refused.json()["errors"][0]["code"].as_str()), ("rule_broken".into(), Some("content_mismatch")), "{name}");
        }
        let late = [vec![b'a'; 200 * 1024], vec![0]].concat();
        assert_eq!(send(&case, "a.csv", &[], &late).problem(409), "rule_broken", "a fault in the last piece");
        let macros = [b"PK\x03\x04word/document.xml".to_vec(), vec![b'x'; 70_000], b"word/vbaProject.bin".to_vec()].concat();
        assert_eq!(send(&case, "a.docx", &[], &macros).problem(409), "rule_broken");
        let other = digest(b"other");
        assert_eq!(send(&case, "a.txt", &[("Content-Digest", &other)], b"bytes").broken(), "Content-Digest");
        assert_eq!(send(&case, "a.txt", &[("Content-Digest", "sha-256=x")], b"bytes").problem(400), "malformed_header");
        assert_eq!(case.dsl.upload_as(&path, FILE, &[("Content-Disposition", ";")], b"bytes").problem(400), "malformed_header");
        assert_eq!(send(&case, "a.txt", &[("Content-Encoding", "gzip")], b"bytes").problem(415), "unsupported_media_type");
        assert_eq!(send(&case, "a.txt", &[], b"").problem(422), "invalid");
        let large = vec![b'x'; usize::try_from(LARGEST_FILE).unwrap()];
        assert!(items(&case.dsl, &format!("{}/attachments", case.path())).is_empty());
        assert_eq!(kept.files(), Vec::<std::path::PathBuf>::new());
        send(&case, "a.txt", &[], &large).expect(201);
        assert_eq!(kept.files().len(), 1);
    }

    fn a_file_says_how_long_it_is(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        for (framing, status, code) in [
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nbytes\r\n0\r\n\r\n".to_owned(), 411, "length_required"),
            (format!("Content-Length: {}\r\n\r\nx", LARGEST_FILE + 1), 413, "body_too_large"),
        ] {
            let mut wire = begin(&app, &case);
            wire.write_all(framing.as_bytes()).unwrap();
            let mut answer = String::new();
            let _ = wire.read_to_string(&mut answer);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(code), "{answer}");
        }
    }

    fn a_repeated_upload_is_one_file(backend) {
        let kept = Kept::new();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(kept.store()));
        let case = Case::raised(&app, 0, 0, 1);
        let path = format!("{}/attachments", case.path());
        let send = |name: &str, text: &str| {
            let name = format!("attachment; filename={name}");
            let head = [("Content-Type", FILE), ("Idempotency-Key", "\"once\""), ("Content-Disposition", name.as_str())];
            case.dsl.send("POST", &path, &head, Some(text.as_bytes()))
        };
        let first = send("a.txt", "bytes");
        let again = send("a.txt", "bytes");
        assert_eq!((again.status, again.json()), (201, first.json()));
        assert_eq!(send("a.txt", "other").problem(422), "idempotency_mismatch");
        assert_eq!(send("b.txt", "bytes").problem(422), "idempotency_mismatch");
        assert_eq!(items(&case.dsl, &path).len(), 1);
        assert_eq!(case.dsl.get(&format!("{}/content", first.header("location"))).text, "bytes");
    }

    fn the_words_of_a_file_stand_nowhere_as_they_are(backend) {
        let kept = Kept::new();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(kept.store()));
        let case = Case::raised(&app, 0, 0, 1);
        let text = format!("zqfilewords {}", "again and again zqfilewords ".repeat(9_000));
        let made = send(&case, "zqfilename.txt", &[], text.as_bytes());
        let sha = made.expect(201)["sha256"].as_str().unwrap().to_owned();
        let mut stored: Vec<u8> = kept.files().iter().flat_map(|file| std::fs::read(file).unwrap()).collect();
        assert!(stored.len() > text.len());
        stored.extend(database(&app.database.target, &app));
        for word in ["zqfilewords", "zqfilename", &sha] {
            let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
            for canary in [word, &hex] {
                let found = stored.windows(canary.len()).any(|window| window.eq_ignore_ascii_case(canary.as_bytes()));
                assert!(!found, "{canary} stands there as it is");
            }
        }
    }

    fn without_a_place_for_files_everything_else_works(backend) {
        let app = TestApp::start_demo_with(backend, |services| services.files = None);
        let case = Case::raised(&app, 0, 0, 1);
        assert_eq!(add(&case.dsl, &case, "A letter.").problem(503), "file_store_missing");
        assert!(items(&case.dsl, &format!("{}/attachments", case.path())).is_empty());
        put(&case.dsl, &case, mark(child(&case, 1), json!({}))).expect(201);
        let known = as_role(&app, 0, 0, "dsl");
        let demo = format!("/v1/concerns/{}/attachments", app.demo.trusts[0].schools[0].concerns[0]);
        let file = items(&known, &demo)[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(known.get(&format!("{demo}/{file}/content")).problem(503), "file_store_missing");
    }

    fn another_node_gives_the_same_file(backend) {
        let app = TestApp::start_demo(backend);
        let case = Case::raised(&app, 0, 0, 1);
        let made = add(&case.dsl, &case, "A letter.");
        let node = app.second_node();
        let there = case.dsl.at(node.base());
        assert_eq!(there.get(&format!("{}/content", made.header("location"))).text, "A letter.");
    }
}

/// The head of an upload, but for how long it is.
fn begin(app: &DemoApp, case: &Case<'_>) -> TcpStream {
    let (person, claim) = holder(app, 0, 0, "dsl");
    let token = app.token("trust-a", &person.to_string(), Some(person), &[&claim]);
    let mut wire = TcpStream::connect(app.base().trim_start_matches("http://")).unwrap();
    let path = format!("{}/attachments", case.path());
    write!(
        wire,
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {FILE}\r\nIdempotency-Key: \"k\"\r\n\
         Content-Disposition: attachment; filename=letter.pdf\r\n"
    )
    .unwrap();
    wire
}

/// What the database has stored: of SQLite its files, of PostgreSQL a dump.
fn database(target: &Target, app: &TestApp) -> Vec<u8> {
    match target {
        Target::Sqlite(file) => {
            let mut bytes = std::fs::read(file).unwrap();
            bytes.extend(std::fs::read(format!("{}-wal", file.display())).unwrap_or_default());
            bytes
        }
        Target::Postgres(_) => dump(&app.database.superuser().unwrap()).unwrap_or_default(),
    }
}

#[test]
fn a_body_that_breaks_off_leaves_nothing() {
    let kept = Kept::new();
    let app = TestApp::start_demo_with(Backend::Sqlite, |services| services.files = Some(kept.store()));
    let case = Case::raised(&app, 0, 0, 1);
    let mut wire = begin(&app, &case);
    wire.write_all(b"Content-Length: 300000\r\n\r\n").unwrap();
    wire.write_all(&document(150_000)).unwrap();
    let until = |is_there: bool| {
        let begun = std::time::Instant::now();
        while kept.files().is_empty() == is_there && begun.elapsed().as_secs() < 20 {
            std::thread::yield_now();
        }
    };
    until(true);
    assert_eq!(kept.files().len(), 1, "half of it is there");
    wire.shutdown(std::net::Shutdown::Both).unwrap();
    until(false);
    assert_eq!(kept.files(), Vec::<std::path::PathBuf>::new());
    assert!(items(&case.dsl, &format!("{}/attachments", case.path())).is_empty());
}
