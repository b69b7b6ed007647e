//! What operators and tools ask, outside `/v1` and without a token: probes, metrics, the document and its page.

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde_json::json;
use tokio::sync::Mutex;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::audit::Recorder;
use crate::clock::{Clock, Timestamp};
use crate::crypto::{PublicKey, published};
use crate::db::Db;
use crate::error::{ApiError, ApiResult};
use crate::http::middleware::metrics::Metrics;
use crate::http::public_url::PublicUrl;
use crate::openapi;

/// The paths outside the document; they take GET and HEAD.
pub const PATHS: &[&str] = &[
    "/",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/openapi.json",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/v1",
    "/.well-known/jwks.json",
    "/docs",
    "/docs/",
    "/docs/{file}",
];

/// What the readiness probe looks at.
pub struct Probes {
    db: Db,
    recorder: Recorder,
    /// The public keys as they were read last: nobody without a token makes the database work.
    keys: Mutex<Option<(Timestamp, String)>>,
}

/// For how many seconds the public keys are kept, here and once more by whoever asks: a key is published a day before it
/// signs, and one that is revoked is known as such after two minutes at most.
const KEYS_KEPT: i64 = 60;

impl Probes {
    /// Probes of this database and its audit log.
    pub fn new(db: Db, recorder: Recorder) -> Self {
        Self { db, recorder, keys: Mutex::new(None) }
    }

    /// The set of public keys. Whoever asks while it is read waits for that answer.
    async fn key_set(&self, now: Timestamp) -> ApiResult<String> {
        let mut kept = self.keys.lock().await;
        if let Some((_, set)) = kept.as_ref().filter(|(at, _)| at.plus_seconds(KEYS_KEPT) > now) {
            return Ok(set.clone());
        }
        let set = key_set(&self.db.read_shared(published).await?);
        *kept = Some((now, set.clone()));
        drop(kept);
        Ok(set)
    }
}

/// Mounts the probes, the metrics, the document and its page.
pub fn mount(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(root))
        .route("/health/live", web::get().to(live))
        .route("/health/ready", web::get().to(ready))
        .route("/metrics", web::get().to(metrics))
        .route("/openapi.json", web::get().to(document))
        .route("/.well-known/oauth-protected-resource", web::get().to(protected_resource))
        .route("/.well-known/oauth-protected-resource/v1", web::get().to(protected_resource))
        .route("/.well-known/jwks.json", web::get().to(signing_keys))
        .route("/docs", web::get().to(to_docs))
        .service(docs());
}

/// What this is, and where to go from here; a browser is shown to the documentation.
async fn root(request: HttpRequest) -> HttpResponse {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        return HttpResponse::SeeOther()
            .insert_header((header::LOCATION, "/docs/"))
            .insert_header((header::VARY, "Accept"))
            .finish();
    }
    HttpResponse::Ok().insert_header((header::VARY, "Accept")).json(json!({
        "name": "Tutela", "version": env!("CARGO_PKG_VERSION"), "documentation": "/docs/",
        "openapi": "/openapi.json", "health": "/health/ready", "api": "/v1"
    }))
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// The database answers, its schema is this binary's, and what was stored last could be stored.
async fn ready(probes: Data<Probes>) -> HttpResponse {
    match look(&probes).await {
        Ok(()) => HttpResponse::Ok().json(json!({"status": "ready"})),
        Err(error) => error.error_response(),
    }
}

async fn look(probes: &Probes) -> ApiResult<()> {
    probes.db.check().await?;
    if probes.recorder.is_well() { Ok(()) } else { Err(ApiError::unavailable("the audit log failed last")) }
}

async fn metrics(metrics: Data<Metrics>) -> ApiResult<HttpResponse> {
    let text = metrics.text().map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

async fn document() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(header::ContentType::json())
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(openapi::COMMITTED)
}

/// RFC 9728: how to come in.
async fn protected_resource(public: Data<PublicUrl>) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "resource": public.resource(), "bearer_methods_supported": ["header"], "resource_name": "Tutela",
        "resource_documentation": public.docs()
    }))
}

/// The public keys of what this service signs (RFC 7517, RFC 8037): the deployment's own, of no trust. Each says what it
/// signs, from when and until when; one that has done its time stays, for what it signed. One that was revoked says when.
async fn signing_keys(probes: Data<Probes>, clock: Data<Clock>) -> HttpResponse {
    match probes.key_set(clock.now()).await {
        Ok(set) => HttpResponse::Ok()
            .content_type("application/jwk-set+json")
            .insert_header((header::CACHE_CONTROL, format!("public, max-age={KEYS_KEPT}")))
            .body(set),
        Err(error) => error.error_response(),
    }
}

fn key_set(keys: &[PublicKey]) -> String {
    let jwk = |key: &PublicKey| {
        json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.kid, "x": key.x,
            "purpose": key.purpose, "signs_from": key.signs_from, "signs_until": key.signs_until,
            "revoked_at": key.revoked_at
        })
    };
    json!({"keys": keys.iter().map(jwk).collect::<Vec<_>>()}).to_string()
}

async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

/// The page's assets are inside the binary; it validates nothing elsewhere.
fn docs() -> impl actix_web::dev::HttpServiceFactory {
    let config = Config::from("/openapi.json").validator_url("none").persist_authorization(false);
    web::scope("/docs")
        .wrap(actix_web::middleware::DefaultHeaders::new().add((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self'; frame-ancestors 'none'",
        )))
        .service(SwaggerUi::new("/{_:.*}").config(config))
}
