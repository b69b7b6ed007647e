//! Counts and times requests by route, never by identifier, under the names of OpenTelemetry's conventions.

use std::time::Duration;

use actix_web::http::Method;
use prometheus::{HistogramOpts, HistogramVec, Registry, TextEncoder};

/// The bounds that the conventions advise, in seconds.
const BUCKETS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// What one process has counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    durations: HistogramVec,
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Result<Self, String> {
        let words = |error: prometheus::Error| format!("the metrics cannot be set up: {error}");
        let options = HistogramOpts::new(
            "http_server_request_duration_seconds",
            "Duration of HTTP requests by method, route and status.",
        )
        .buckets(BUCKETS.to_vec());
        let labels = ["http_request_method", "http_route", "http_response_status_code"];
        let durations = HistogramVec::new(options, &labels).map_err(words)?;
        let registry = Registry::new();
        registry.register(Box::new(durations.clone())).map_err(words)?;
        Ok(Self { registry, durations })
    }

    /// Counts one request. The route is one of the route table's patterns, or empty where none fits: whatever a
    /// caller makes up must not become a series.
    pub fn observe(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let status = status.to_string();
        self.durations
            .with_label_values(&[label(method), route, status.as_str()])
            .observe(took.as_secs_f64());
    }

    /// The text that Prometheus reads.
    pub fn text(&self) -> Result<String, String> {
        TextEncoder::new().encode_to_string(&self.registry.gather()).map_err(|error| error.to_string())
    }
}

/// The method, where it is one of the registered ones.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => "_OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_somebody_made_up_are_one_series() {
        let metrics = Metrics::new().unwrap();
        for n in 0..1_000 {
            let odd = Method::from_bytes(format!("ODD{n}").as_bytes()).unwrap();
            metrics.observe(&odd, "", 404, Duration::ZERO);
        }
        let text = metrics.text().unwrap();
        let series = text.lines().filter(|line| line.contains("_count{")).count();
        assert_eq!((series, text.contains("http_request_method=\"_OTHER\"")), (1, true), "{text}");
    }
}
