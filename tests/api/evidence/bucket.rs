//! The file store in a bucket: against a small service of the same form, which checks every signature.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use actix_web::web::{self, Bytes, Data, PayloadConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tutela::clock::Clock;
use tutela::files::{FileStorePlace, Files, StoreKey};

use super::sweep::sweep;
use super::{FILE, add, document, items, upload};
use crate::meetings::{Case, holder};
use crate::on_both;
use crate::process::program::{Program, signer, until};
use crate::support::{LARGEST_FILE, TestApp};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// What stands in the bucket, and what every request is answered with where that is not 0.
#[derive(Default)]
struct Inside {
    objects: Mutex<HashMap<String, Vec<u8>>>,
    refuse: AtomicU16,
    /// Whether it keeps what it takes and never says so.
    silent: AtomicBool,
}

struct Bucket {
    inside: Arc<Inside>,
    address: String,
    handle: actix_web::dev::ServerHandle,
}

impl Drop for Bucket {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl Bucket {
    fn start() -> Self {
        let inside = Arc::new(Inside::default());
        let (tell, told) = mpsc::channel();
        let data = Data::from(Arc::clone(&inside));
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(data.clone())
                        .app_data(PayloadConfig::new(64 * 1024 * 1024))
                        .default_service(web::to(serve))
                })
                .workers(1)
                .disable_signals()
                .bind("127.0.0.1:0")
                .unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                tell.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = told.recv().unwrap();
        Self { inside, address: format!("http://{address}"), handle }
    }

    fn place(&self) -> String {
        format!("s3://evidence/sealed?endpoint={}&region=eu-west-2", self.address)
    }

    fn files(&self, secret: &str) -> Files {
        let key = StoreKey::parse(&format!("AKIDEXAMPLE:{secret}")).unwrap();
        FileStorePlace::parse(&self.place()).unwrap().open(Some(&key), LARGEST_FILE).unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.inside.objects.lock().unwrap().keys().cloned().collect()
    }
}

async fn serve(request: HttpRequest, body: Bytes, inside: Data<Inside>) -> HttpResponse {
    let refuse = inside.refuse.load(Ordering::SeqCst);
    if refuse != 0 {
        let status = actix_web::http::StatusCode::from_u16(refuse).unwrap();
        return HttpResponse::build(status).body("<Error><Code>SlowDown</Code></Error>");
    }
    if !is_signed(&request) {
        return HttpResponse::Forbidden().body("<Error><Code>SignatureDoesNotMatch</Code></Error>");
    }
    let name = request.path().to_owned();
    if request.method() == "PUT" {
        inside.objects.lock().unwrap().insert(name, body.to_vec());
        if inside.silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        return HttpResponse::Ok().finish();
    }
    let mut objects = inside.objects.lock().unwrap();
    match request.method().as_str() {
        "GET" => match objects.get(&name) {
            Some(object) => HttpResponse::Ok().body(object.clone()),
            None => HttpResponse::NotFound().body("<Error><Code>NoSuchKey</Code></Error>"),
        },
        "DELETE" => {
            objects.remove(&name);
            HttpResponse::NoContent().finish()
        }
        _ => HttpResponse::MethodNotAllowed().finish(),
    }
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Signature Version 4 in the query, made once more from the secret.
fn is_signed(request: &HttpRequest) -> bool {
    let Some((query, signature)) = request.query_string().split_once("&X-Amz-Signature=") else {
        return false;
    };
    let values: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let value = |name: &str| values.get(name).cloned().unwrap_or_default();
    let (moment, credential) = (value("X-Amz-Date"), value("X-Amz-Credential"));
    let Some(scope) = credential.strip_prefix("AKIDEXAMPLE/") else { return false };
    let host = request.headers().get("host").unwrap().to_str().unwrap();
    let (method, path) = (request.method(), request.path());
    let canonical = format!("{method}\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD");
    let to_sign = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let parts: Vec<&str> = scope.split('/').collect();
    let start = keyed(format!("AWS4{SECRET}").as_bytes(), parts[0]);
    let key = parts[1..].iter().fold(start, |key, part| keyed(&key, part));
    parts[1..] == ["eu-west-2", "s3", "aws4_request"] && signature == hex(&keyed(&key, &to_sign))
}

on_both! {
    fn files_go_to_the_bucket_and_come_back(backend) {
        let bucket = Bucket::start();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(bucket.files(SECRET)));
        let case = Case::raised(&app, 0, 0, 1);
        for size in [10, 70_000, 3 * 1024 * 1024] {
            let made = upload(&case.dsl, &case, "letter.pdf", &[], &document(size));
            let name = format!("/evidence/sealed/{}/{}", app.demo.trusts[0].id, made.id());
            let sealed = bucket.inside.objects.lock().unwrap().get(&name).unwrap().clone();
            assert!(sealed.len() > size && !sealed.windows(5).any(|window| window == b"%PDF-"));
            let content = format!("{}/content", made.header("location"));
            assert_eq!(case.dsl.download(&content).unwrap(), document(size));
        }
        let made = add(&case.dsl, &case, "A letter.");
        let content = format!("{}/content", made.header("location"));
        let name = bucket.names().into_iter().find(|name| name.ends_with(&made.id())).unwrap();
        bucket.inside.objects.lock().unwrap().get_mut(&name).unwrap().pop();
        assert_eq!(case.dsl.get(&content).problem(500), "internal", "cut off");
        bucket.inside.objects.lock().unwrap().remove(&name);
        assert_eq!(case.dsl.get(&content).problem(500), "internal", "gone");
    }

    fn a_bucket_that_does_not_take_it_leaves_no_record(backend) {
        let bucket = Bucket::start();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(bucket.files(SECRET)));
        let case = Case::raised(&app, 0, 0, 1);
        let there = add(&case.dsl, &case, "A letter.");
        bucket.inside.refuse.store(503, Ordering::SeqCst);
        let refused = add(&case.dsl, &case, "Another.");
        assert_eq!((refused.problem(503), refused.header("retry-after")), ("unavailable".into(), "2"));
        assert!(!refused.text.contains("SlowDown"), "{}", refused.text);
        let content = format!("{}/content", there.header("location"));
        assert_eq!(case.dsl.get(&content).problem(503), "unavailable");
        bucket.inside.refuse.store(0, Ordering::SeqCst);
        assert_eq!(case.dsl.get(&content).text, "A letter.");
        assert_eq!(items(&case.dsl, &format!("{}/attachments", case.path())).len(), 1);
        assert_eq!(bucket.names().len(), 1);
        let large = document(usize::try_from(LARGEST_FILE).unwrap());
        bucket.inside.refuse.store(403, Ordering::SeqCst);
        assert_eq!(upload(&case.dsl, &case, "letter.pdf", &[], &large).problem(503), "unavailable");
    }

    fn a_wrong_key_opens_no_bucket(backend) {
        let bucket = Bucket::start();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(bucket.files("another")));
        let case = Case::raised(&app, 0, 0, 1);
        assert_eq!(add(&case.dsl, &case, "A letter.").problem(503), "unavailable");
        assert!(bucket.names().is_empty());
    }

    fn what_no_record_speaks_for_leaves_the_bucket(backend) {
        let bucket = Bucket::start();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(bucket.files(SECRET)));
        let case = Case::worked(&app, 1, 0, 2);
        add(&case.dsl, &case, "A letter.").expect(201);
        case.close_safely("dsl").expect(201);
        assert_eq!(add(&case.dsl, &case, "Too late.").problem(409), "concern_closed");
        assert_eq!(bucket.names().len(), 1);
        app.services.clock.advance(25 * 3600);
        sweep(&app);
        assert_eq!(bucket.names().len(), 1);
    }

    fn a_node_that_is_killed_once_the_file_is_there_leaves_no_record_and_for_long_no_file(backend) {
        let bucket = Bucket::start();
        let app = TestApp::start_demo_with(backend, |services| services.files = Some(bucket.files(SECRET)));
        let case = Case::raised(&app, 0, 0, 1);
        let key = format!("AKIDEXAMPLE:{SECRET}");
        let program = Program::new(&["serve"]).over(&app.database.target).listening();
        let mut service =
            program.env("TUTELA_FILE_STORE", bucket.place()).env("TUTELA_FILE_STORE_KEY", key).serve();
        let (person, claim) = holder(&app, 0, 0, "dsl");
        let client = service.bearer(&signer().token_for("trust-a", &[&claim], Some(person), Clock::System.now()));
        let path = format!("{}/attachments", case.path());
        bucket.inside.silent.store(true, Ordering::SeqCst);
        let name = ("Content-Disposition", "attachment; filename=letter.txt");
        let head = [("Content-Type", FILE), ("Idempotency-Key", "\"k\""), name];
        std::thread::scope(|scope| {
            let upload = scope.spawn(|| client.try_send("POST", &path, &head, Some(b"A letter.")));
            until("the file is there", || (!bucket.names().is_empty()).then_some(()));
            service.running.kill();
            assert!(upload.join().unwrap().is_err());
        });
        assert!(items(&case.dsl, &path).is_empty());
        app.services.clock.advance(25 * 3600);
        sweep(&app);
        assert!(bucket.names().is_empty());
    }
}

#[test]
fn a_service_that_is_not_there_is_503() {
    let bucket = Bucket::start();
    let place = "s3://evidence?endpoint=http://127.0.0.1:9&region=eu-west-2";
    let key = StoreKey::parse("ID:SECRET").unwrap();
    let files = FileStorePlace::parse(place).unwrap().open(Some(&key), LARGEST_FILE).unwrap();
    drop(bucket);
    let app =
        TestApp::start_demo_with(crate::support::Backend::Sqlite, |services| services.files = Some(files));
    let case = Case::raised(&app, 0, 0, 1);
    assert_eq!(add(&case.dsl, &case, "A letter.").problem(503), "unavailable");
}
