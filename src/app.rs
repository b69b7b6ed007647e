//! Builds the actix app: order of the layers, state, and what answers where nothing is mounted.

use std::sync::Arc;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, ResponseError};

use crate::access::{Authenticator, Gate, Services, guard};
use crate::auth::issuers::Issuers;
use crate::clock::Clock;
use crate::config;
use crate::error::{ApiError, Code};
use crate::http::middleware::limits::Limits;
use crate::http::middleware::shell::shell;
use crate::http::route_table::{Found, RouteTable};
use crate::{openapi, operator, routes};

/// Everything a running service is made of.
pub struct Parts {
    /// Database, keys, clock, audit.
    pub services: Services,
    /// Who may sign tokens.
    pub issuers: Issuers,
    /// How to listen.
    pub serve: config::Serve,
}

/// A listening server and the address it got.
pub struct Listening {
    /// The server; it runs when it is awaited.
    pub server: Server,
    /// Where it listens.
    pub address: std::net::SocketAddr,
}

/// Binds the address and makes the server.
pub fn listen(parts: Parts) -> Result<Listening, String> {
    let serve = parts.serve.clone();
    let clock = Data::new(parts.services.clock.clone());
    let probes = Data::new(operator::Probes::new(parts.services.db.clone()));
    let gate = Data::new(Gate {
        services: parts.services,
        authenticator: Authenticator::new(parts.issuers),
        limits: Limits::new(serve.rate()?, serve.failed_logins_per_minute),
        routes: RouteTable::from_document(openapi::document()),
        proxies: serve.trusted_proxies.clone(),
    });
    let metrics = operator::metrics()?;
    let origins = Arc::new(serve.cors_origins.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(gate.clone())
            .app_data::<Data<Clock>>(clock.clone())
            .app_data(probes.clone())
            .wrap(metrics.clone())
            .wrap(cors(&origins))
            .wrap(from_fn(shell))
            .configure(operator::mount)
            .service(web::scope("/v1").wrap(from_fn(guard)).configure(mount_v1))
            .default_service(web::to(fallback))
    })
    .workers(usize::from(serve.workers))
    .max_connections(
        usize::try_from(serve.max_connections).unwrap_or(10_000) / usize::from(serve.workers).max(1),
    )
    .client_request_timeout(Duration::from_secs(10))
    .client_disconnect_timeout(Duration::from_secs(5))
    .keep_alive(Duration::from_secs(75))
    .shutdown_timeout(serve.shutdown_seconds)
    // Whoever runs the server listens to signals, before it says that it is there.
    .disable_signals()
    .bind(serve.listen)
    .map_err(|error| format!("{} cannot be listened on: {error}", serve.listen))?;
    let address = *server.addrs().first().ok_or("no address was bound")?;
    Ok(Listening { server: server.run(), address })
}

fn mount_v1(config: &mut web::ServiceConfig) {
    let mut declared = utoipa_actix_web::service_config::ServiceConfig::new(config);
    routes::mount(&mut declared);
    config.default_service(web::to(fallback));
}

/// Only configured origins, never reflected, never `*`.
fn cors(origins: &[String]) -> Cors {
    let base = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
        .allowed_headers([
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "X-Request-Id",
        ])
        .expose_headers([
            "ETag",
            "Location",
            "Link",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "X-Request-Id",
        ])
        .max_age(600)
        .block_on_origin_mismatch(false);
    origins.iter().fold(base, |cors, origin| cors.allowed_origin(origin))
}

/// A path that is not mounted, or a method that its path does not take.
async fn fallback(request: HttpRequest) -> HttpResponse {
    let found = request
        .app_data::<Data<Gate>>()
        .map_or(Found::Nothing, |gate| gate.routes.find(request.method(), request.path()));
    match found {
        Found::OtherMethods(allow) => {
            let mut answer = ApiError::of(Code::MethodNotAllowed).error_response();
            if let Ok(value) = actix_web::http::header::HeaderValue::from_str(&allow) {
                answer.headers_mut().insert(actix_web::http::header::ALLOW, value);
            }
            answer
        }
        _ => ApiError::not_found().error_response(),
    }
}
