//! `tutela health`: for container checks, without a shell or curl in the image.

use std::time::Duration;

use actix_web::http::Uri;

use super::{Failure, Outcome, print};
use crate::db::Target;

/// Whom to ask.
#[derive(clap::Args)]
pub struct Args {
    /// The service's base address
    #[arg(long, env = "TUTELA_HEALTH_URL", default_value = "http://127.0.0.1:8080", value_parser = base)]
    url: String,
}

fn base(text: &str) -> Result<String, String> {
    let uri: Option<Uri> = text.parse().ok();
    let is_right = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|place| Target::check_port(place.as_str()).is_ok())
    });
    if is_right { Ok(text.to_owned()) } else { Err("http://HOST:PORT is expected".to_owned()) }
}

/// Asks the readiness probe.
pub fn run(args: &Args) -> Outcome {
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(4))).build(),
    );
    let url = format!("{}/health/ready", args.url.trim_end_matches('/'));
    match agent.get(&url).call() {
        Ok(_) => print("ready\n"),
        Err(error) => Err(Failure::Work(format!("not ready: {error}"))),
    }
}
