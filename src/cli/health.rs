//! `tutela health`: for container checks, without a shell or curl in the image.

use std::time::Duration;

use super::{Failure, Outcome, print};

/// Whom to ask.
#[derive(clap::Args)]
pub struct Args {
    /// The service's base address
    #[arg(long, env = "TUTELA_HEALTH_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
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
