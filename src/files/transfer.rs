//! A file that arrives piece by piece, and is stored by a thread that reads it as one.

use std::io::{self, Read};
use std::sync::Arc;

use actix_web::web::{Buf, Bytes};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;

use super::turns::Turn;
use super::{FileName, FileStore};
use crate::error::{ApiError, ApiResult};

/// How many pieces wait for the store.
const AHEAD: usize = 2;

/// A file on its way into the store. Where it is dropped before its end, nothing is stored.
pub struct Arriving {
    pieces: Option<Sender<Bytes>>,
    stored: LocalBoxFuture<'static, ApiResult<()>>,
}

impl Arriving {
    pub(super) fn begin(store: Arc<dyn FileStore>, turn: Turn, name: FileName, size: u64) -> Self {
        let (pieces, receiver) = mpsc::channel(AHEAD);
        let mut content = Pieces { receiver, piece: Bytes::new(), left: size };
        let (tell, stored) = oneshot::channel();
        let work = move || {
            let _turn = turn;
            // Nobody listens any more where the request has ended.
            let _ = tell.send(store.put(name, size, &mut content));
        };
        // A thread of its own: one that waits for a slow sender must not be one that others read the database on.
        let started = std::thread::Builder::new().name("file".to_owned()).spawn(work);
        let stored = async move {
            started.map_err(|error| ApiError::unavailable(format!("no thread for a file: {error}")))?;
            stored.await.unwrap_or_else(|_| Err(ApiError::internal("the file store panicked")))
        };
        Self { pieces: Some(pieces), stored: stored.boxed_local() }
    }

    /// Hands over the next piece.
    pub async fn send(&mut self, piece: Bytes) -> ApiResult<()> {
        let handed = match &self.pieces {
            Some(pieces) => pieces.send(piece).await.is_ok(),
            None => false,
        };
        if handed {
            return Ok(());
        }
        // The store has given up: it says why.
        self.pieces = None;
        match (&mut self.stored).await {
            Err(error) => Err(error),
            Ok(()) => Err(ApiError::internal("the file store stopped reading before the end")),
        }
    }

    /// Waits until all of it is stored.
    pub async fn finish(mut self) -> ApiResult<()> {
        self.pieces = None;
        self.stored.await
    }
}

/// The pieces as one stream of a known length: one that breaks off is a fault, not an end.
struct Pieces {
    receiver: Receiver<Bytes>,
    piece: Bytes,
    left: u64,
}

impl Read for Pieces {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && self.left > 0 {
            self.piece = self
                .receiver
                .blocking_recv()
                .ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "the file broke off"))?;
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let count = self.piece.len().min(out.len()).min(most);
        let (Some(into), Some(from)) = (out.get_mut(..count), self.piece.get(..count)) else { return Ok(0) };
        into.copy_from_slice(from);
        self.piece.advance(count);
        self.left -= u64::try_from(count).unwrap_or_default();
        Ok(count)
    }
}
