//! Files in a bucket of an S3-compatible service. `rusty-s3` signs the requests, `ureq` sends them.

use std::io::Read;
use std::time::Duration;

use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use secrecy::ExposeSecret;
use ureq::http::{Request, Response};
use ureq::{Body, SendBody};

use super::{FileName, FileStore, FileStorePlace, StoreKey};
use crate::error::{ApiError, ApiResult};

/// How long a request may be sent after it was signed.
const SIGNED_FOR: Duration = Duration::from_mins(5);
/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest wait for the service to take or give the next bytes.
const PAUSE: Duration = Duration::from_secs(30);
/// The longest wait for its answer, once all was sent.
const ANSWER: Duration = Duration::from_mins(1);

/// A bucket.
pub struct S3 {
    agent: ureq::Agent,
    bucket: Bucket,
    credentials: Credentials,
    prefix: String,
}

impl S3 {
    /// A bucket with the key that opens it. Nothing is asked of the service yet.
    pub fn open(place: &FileStorePlace, key: &StoreKey) -> Result<Self, String> {
        let FileStorePlace::Bucket { bucket, prefix, endpoint, region, in_host } = place else {
            return Err("the place is no bucket".to_owned());
        };
        let style = if *in_host { UrlStyle::VirtualHost } else { UrlStyle::Path };
        let address = endpoint.parse().map_err(|_| "the endpoint is no address".to_owned())?;
        let bucket = Bucket::new(address, style, bucket.clone(), region.clone())
            .map_err(|error| format!("the bucket cannot be addressed: {error}"))?;
        Ok(Self {
            agent: agent_for(endpoint),
            bucket,
            credentials: Credentials::new(key.id.clone(), key.secret.expose_secret().to_owned()),
            prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}/") },
        })
    }

    fn object(&self, name: FileName) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// Plain HTTP is for this machine only, so it must not leave it by way of a proxy.
fn agent_for(endpoint: &str) -> ureq::Agent {
    let secure = endpoint.starts_with("https:");
    let settings = ureq::Agent::config_builder()
        .https_only(secure)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(ANSWER))
        .timeout_per_read(Some(PAUSE))
        .timeout_per_write(Some(PAUSE));
    let settings = if secure { settings } else { settings.proxy(None) };
    settings.build().new_agent()
}

impl FileStore for S3 {
    fn put(&self, name: FileName, size: u64, content: &mut dyn Read) -> ApiResult<()> {
        let object = self.object(name);
        let address = self.bucket.put_object(Some(&self.credentials), &object).sign(SIGNED_FOR);
        // The service takes exactly so many bytes or nothing.
        let request = Request::put(address.as_str())
            .header("Content-Length", size)
            .body(SendBody::from_reader(content))
            .map_err(unsound)?;
        let answer = self.agent.run(request).map_err(|error| unreachable(&error))?;
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            _ => Err(refused("store", name, answer)),
        }
    }

    fn get(&self, name: FileName) -> ApiResult<Box<dyn Read + Send>> {
        let object = self.object(name);
        let address = self.bucket.get_object(Some(&self.credentials), &object).sign(SIGNED_FOR);
        let request = Request::get(address.as_str()).body(()).map_err(unsound)?;
        let answer = self.agent.run(request).map_err(|error| unreachable(&error))?;
        match answer.status().as_u16() {
            200 => Ok(Box::new(answer.into_body().into_reader())),
            404 => Err(ApiError::internal(format!("the file {name} is not in the file store"))),
            _ => Err(refused("read", name, answer)),
        }
    }

    fn delete(&self, name: FileName) -> ApiResult<()> {
        let object = self.object(name);
        let address = self.bucket.delete_object(Some(&self.credentials), &object).sign(SIGNED_FOR);
        let request = Request::delete(address.as_str()).body(()).map_err(unsound)?;
        let answer = self.agent.run(request).map_err(|error| unreachable(&error))?;
        match answer.status().as_u16() {
            200..=299 | 404 => Ok(()),
            _ => Err(refused("remove", name, answer)),
        }
    }
}

fn unsound(error: ureq::http::Error) -> ApiError {
    ApiError::internal(format!("a request to the file store is unsound: {error}"))
}

/// An error's words may hold the address, and the address the signature.
fn unreachable(error: &ureq::Error) -> ApiError {
    let words = error.to_string();
    let words = words.split('?').next().unwrap_or_default();
    ApiError::unavailable(format!("the file store cannot be reached: {words}"))
}

fn refused(what: &str, name: FileName, mut answer: Response<Body>) -> ApiError {
    let status = answer.status().as_u16();
    let text = answer.body_mut().with_config().limit(4096).read_to_string().unwrap_or_default();
    let code = text.split("<Code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
    ApiError::unavailable(format!("the file store refuses to {what} {name}: {status} {code}"))
}
