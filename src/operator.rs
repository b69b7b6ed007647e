//! What operators and tools ask, outside `/v1` and without a token: probes, metrics, the document and its page.

use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpResponse, ResponseError};
use actix_web_prom::{PrometheusMetrics, PrometheusMetricsBuilder};
use serde_json::json;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::db::Db;
use crate::openapi;

/// What the readiness probe looks at.
pub struct Probes {
    db: Db,
}

impl Probes {
    /// Probes of this database.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }
}

/// Mounts the probes, the document and its page.
pub fn mount(config: &mut web::ServiceConfig) {
    config
        .route("/health/live", web::get().to(live))
        .route("/health/ready", web::get().to(ready))
        .route("/openapi.json", web::get().to(document))
        .route("/.well-known/oauth-protected-resource", web::get().to(protected_resource))
        .service(web::resource("/docs").route(web::get().to(to_docs)))
        .service(docs());
}

/// Counts and times requests by route, never by identifier.
pub fn metrics() -> Result<PrometheusMetrics, String> {
    PrometheusMetricsBuilder::new("tutela")
        .endpoint("/metrics")
        .mask_unmatched_patterns("unmatched")
        .build()
        .map_err(|error| format!("the metrics cannot be set up: {error}"))
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// The database answers; that its schema is this binary's was checked before the service listened.
async fn ready(probes: Data<Probes>) -> HttpResponse {
    match probes.db.ping().await {
        Ok(()) => HttpResponse::Ok().json(json!({"status": "ready"})),
        Err(error) => error.error_response(),
    }
}

async fn document() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(openapi::document())
}

/// RFC 9728: how to come in.
async fn protected_resource() -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "resource": "/v1", "bearer_methods_supported": ["header"], "resource_name": "Tutela",
        "resource_documentation": "/docs/"
    }))
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
