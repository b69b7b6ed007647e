//! In and out: files that are brought in.

pub mod imports;

use crate::http::Mount;

/// Mounts the operations.
pub fn routes(config: &mut impl Mount) {
    imports::routes(config);
}
