//! Reads a body that is larger than memory should hold: piece by piece, within its own limits of size and time.

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::StreamExt;

use crate::error::{ApiError, ApiResult, Code};

/// The whole body must be here by then.
const DEADLINE: Duration = Duration::from_mins(30);
/// The longest wait for more of it.
const PAUSE: Duration = Duration::from_secs(10);
/// Below this many bytes a second, measured after the first seconds, a body is cut.
const MINIMUM_RATE: u64 = 16 * 1024;
/// How long a body may take to get up to speed.
const GRACE: u64 = 10;

/// A body of one media type that has not been read yet.
pub struct Upload<const LIMIT: u64> {
    payload: Payload,
    media: String,
    length: Option<u64>,
    limit: u64,
    started: tokio::time::Instant,
    read: u64,
    rest: BytesMut,
    ended: bool,
}

impl<const LIMIT: u64> FromRequest for Upload<LIMIT> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        std::future::ready(check_head(request, LIMIT).map(|(media, length)| Self {
            payload: payload.take(),
            media,
            length,
            limit: LIMIT,
            started: tokio::time::Instant::now(),
            read: 0,
            rest: BytesMut::new(),
            ended: false,
        }))
    }
}

/// The media type, and the length where the head says it.
fn check_head(request: &HttpRequest, limit: u64) -> ApiResult<(String, Option<u64>)> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let refuse = |words: &str| Err(ApiError::because(Code::UnsupportedMediaType, words));
    if request.headers().get_all(header::CONTENT_TYPE).count() != 1 {
        return refuse("send one Content-Type");
    }
    if header(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return refuse("send the body without a content encoding");
    }
    let length = header(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    Ok((header(header::CONTENT_TYPE).unwrap_or_default().to_owned(), length))
}

fn too_large(limit: u64) -> ApiError {
    ApiError::because(Code::BodyTooLarge, format!("at most {limit} bytes"))
}

impl<const LIMIT: u64> Upload<LIMIT> {
    /// The media type without its parameters, in small letters.
    fn essence(&self) -> String {
        self.media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// How many bytes come, within a limit that is set while the service runs: 411 where the head does not say it.
    pub fn length_within(&mut self, limit: u64) -> ApiResult<u64> {
        self.limit = limit.min(LIMIT);
        match self.length {
            None => Err(ApiError::of(Code::LengthRequired)),
            Some(length) if length > self.limit => Err(too_large(self.limit)),
            Some(length) => Ok(length),
        }
    }

    /// Refuses other media types than this one.
    pub fn expect(&self, accepted: &str) -> ApiResult<()> {
        if self.essence() == accepted {
            Ok(())
        } else {
            Err(ApiError::because(Code::UnsupportedMediaType, format!("send {accepted}")))
        }
    }

    /// The `charset` parameter of the media type, where there is one.
    pub fn charset(&self) -> Option<String> {
        let parts = self.media.split(';').skip(1).filter_map(|part| part.trim().split_once('='));
        parts
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
            .map(|(_, value)| value.trim().trim_matches('"').to_ascii_lowercase())
            .next()
    }

    /// The next piece: so many bytes, fewer at the end, none after it.
    pub async fn piece(&mut self, size: usize) -> ApiResult<Option<Bytes>> {
        while !self.ended && self.rest.len() < size {
            self.fill().await?;
        }
        let piece = self.rest.split_to(size.min(self.rest.len())).freeze();
        Ok((!piece.is_empty()).then_some(piece))
    }

    async fn fill(&mut self) -> ApiResult<()> {
        let left = DEADLINE.saturating_sub(self.started.elapsed());
        let chunk = tokio::time::timeout(left.min(PAUSE), self.payload.next())
            .await
            .map_err(|_| ApiError::of(Code::BodyTimeout))?;
        let Some(chunk) = chunk else {
            self.ended = true;
            return Ok(());
        };
        let chunk = chunk.map_err(|_| {
            ApiError::because(Code::MalformedBody, "the body broke off or is not framed well")
        })?;
        self.read += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if self.read > self.limit {
            return Err(too_large(self.limit));
        }
        let seconds = self.started.elapsed().as_secs();
        if seconds > GRACE && self.read / seconds < MINIMUM_RATE {
            return Err(ApiError::of(Code::BodyTimeout));
        }
        self.rest.extend_from_slice(&chunk);
        Ok(())
    }
}
