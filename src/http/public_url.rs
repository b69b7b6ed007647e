//! The address under which callers reach the service: what it says of itself has to be absolute.

/// Scheme, host and port, without a slash at the end.
#[derive(Clone, Debug)]
pub struct PublicUrl(pub String);

impl PublicUrl {
    /// The protected resource.
    pub fn resource(&self) -> String {
        format!("{}/v1", self.0)
    }

    /// The metadata of the protected resource: with its path behind the well-known one (RFC 9728, 3.1).
    pub fn metadata(&self) -> String {
        format!("{}/.well-known/oauth-protected-resource/v1", self.0)
    }

    /// The page that documents it.
    pub fn docs(&self) -> String {
        format!("{}/docs/", self.0)
    }
}
