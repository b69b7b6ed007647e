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
use crate::error::ApiError;
use crate::http::middleware::limits::Limits;
use crate::http::middleware::metrics::Metrics;
use crate::http::middleware::shell::{last_stop, shell};
use crate::http::middleware::steady::steady;
use crate::http::public_url::PublicUrl;
use crate::http::route_table::{Found, RouteTable, method_not_allowed};
use crate::jobs::Runner;
use crate::{features, openapi, operator, routes};

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
    /// Does the work outside requests, where this process is to; dropping it waits for the step it is at.
    pub runner: Option<Runner>,
}

/// Binds the address and makes the server.
pub fn listen(parts: Parts) -> Result<Listening, String> {
    let serve = parts.serve.clone();
    let clock = Data::new(parts.services.clock.clone());
    let runner = serve.jobs.then(|| features::start_work(&parts.services)).transpose()?;
    let probes = Data::new(operator::Probes::new(parts.services.db.clone(), parts.services.recorder.clone()));
    let routes = Data::new(RouteTable::read(openapi::COMMITTED, operator::PATHS)?);
    let metrics = Data::new(Metrics::new()?);
    let gate = Data::new(Gate {
        services: parts.services,
        authenticator: Authenticator::new(parts.issuers),
        limits: Limits::new(serve.rate()?, serve.failed_logins_per_minute),
        routes: routes.clone(),
        proxies: serve.trusted_proxies.clone(),
    });
    let public = Data::new(PublicUrl(serve.public_url()));
    let origins = Arc::new(serve.cors_origins.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(gate.clone())
            .app_data::<Data<Clock>>(clock.clone())
            .app_data(probes.clone())
            .app_data(public.clone())
            .app_data(routes.clone())
            .app_data(metrics.clone())
            .wrap(from_fn(last_stop))
            .wrap(cors(&origins))
            .wrap(from_fn(steady))
            .wrap(from_fn(shell))
            .configure(operator::mount)
            .service(web::scope("/v1").wrap(from_fn(guard)).configure(mount_v1))
            .default_service(web::to(fallback))
    })
    .workers(usize::from(serve.workers))
    .max_connections(
        usize::try_from(serve.max_connections).unwrap_or(10_000).div_ceil(usize::from(serve.workers).max(1)),
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
    Ok(Listening { server: server.run(), address, runner })
}

fn mount_v1(config: &mut web::ServiceConfig) {
    routes::mount(config);
    config.default_service(web::to(fallback));
}

/// Only configured origins, never reflected, never `*`.
fn cors(origins: &[String]) -> Cors {
    let base = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
        .allowed_headers([
            "Authorization",
            "Content-Digest",
            "Content-Disposition",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "X-Request-Id",
            "traceparent",
        ])
        .expose_headers([
            "Content-Disposition",
            "ETag",
            "Location",
            "Link",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "Record-ETag",
            "X-Request-Id",
        ])
        .max_age(600)
        .block_on_origin_mismatch(false);
    origins.iter().fold(base, |cors, origin| cors.allowed_origin(origin))
}

/// A path that is not mounted, or a method that its path does not take.
async fn fallback(request: HttpRequest) -> HttpResponse {
    let found = request
        .app_data::<Data<RouteTable>>()
        .map_or(Found::Nothing, |routes| routes.find(request.method(), request.path()));
    match found {
        Found::OtherMethods(allow) => method_not_allowed(&allow),
        _ => ApiError::not_found().error_response(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header;
    use actix_web::test::{TestRequest, init_service, try_call_service};

    use super::*;

    const ORIGIN: &str = "https://front-end.example";

    async fn broken() -> HttpResponse {
        panic!("on purpose")
    }

    #[actix_web::test]
    async fn a_panic_in_a_handler_is_an_answer_that_a_browser_may_read() {
        let app = App::new()
            .wrap(from_fn(last_stop))
            .wrap(cors(&[ORIGIN.to_owned()]))
            .wrap(from_fn(shell))
            .route("/broken", web::get().to(broken));
        let service = init_service(app).await;
        let request = TestRequest::get().uri("/broken").insert_header((header::ORIGIN, ORIGIN)).to_request();
        let answer = match try_call_service(&service, request).await {
            Ok(answer) => answer.into_parts().1.map_into_boxed_body(),
            Err(error) => error.error_response(),
        };
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers().get(header::CONTENT_TYPE).unwrap(), "application/problem+json");
        assert_eq!(answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).unwrap(), ORIGIN);
        assert!(answer.headers().contains_key("x-request-id"));
        let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap_or_default();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], "internal");
        assert!(!problem.to_string().contains("purpose"));
    }
}
