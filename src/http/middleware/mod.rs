//! What happens around every request, whatever it asks for.

pub mod failures;
pub mod limits;
pub mod metrics;
pub mod request_id;
pub mod shell;
pub mod steady;
pub mod trace;
