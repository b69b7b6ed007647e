//! Who are you: access tokens of configured issuers, and API keys. What a caller may do is `access`'s business.

pub mod issuers;
pub mod jwks;
pub mod key_format;
pub mod token;
