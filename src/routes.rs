//! THE list of what is mounted under `/v1`: one line a resource.

use crate::http::Mount;

use crate::features;

/// Mounts every resource.
pub fn mount(config: &mut impl Mount) {
    features::concerns::routes(config);
    features::agencies::routes(config);
    features::threshold_frameworks::routes(config);
    features::meetings::routes(config);
    features::deadlines::routes(config);
    features::pupils::routes(config);
    features::categories::routes(config);
    features::recording_guidance::routes(config);
    features::people::routes(config);
    features::organisation::routes(config);
    features::exchange::routes(config);
    features::access_rights::routes(config);
    features::break_glass::routes(config);
    features::me::routes(config);
    features::audit_log::routes(config);
    features::keys::routes(config);
    features::revocations::routes(config);
}
