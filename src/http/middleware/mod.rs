//! What happens around every request, whatever it asks for.

pub mod limits;
pub mod request_id;
pub mod shell;
