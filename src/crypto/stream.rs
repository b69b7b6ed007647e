//! What is too large to be sealed in one piece: STREAM (Hoang, Reyhanitabar, Rogaway and Vizár) over XChaCha20-Poly1305.
//! Each piece is bound to its place, to its number and to whether it is the last one, so that none opens in another's
//! place, and what was cut off, swapped or put in another order is refused.

use std::io::Read;

use aead_stream::{DecryptorBE32, EncryptorBE32, Nonce, StreamBE32};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::Payload;

use super::sealed::{Place, RecordKey, fill};
use crate::error::{ApiError, ApiResult};

/// The bytes of a piece, before it is sealed; the last one may have fewer.
pub const PIECE: usize = 64 * 1024;
/// What stands in front of the pieces: the form, and the random part of the nonces.
const HEAD: usize = 1 + RANDOM;
const RANDOM: usize = 19;
/// What every piece has beside its bytes.
const TAG: usize = 16;
/// The first byte: the form that follows.
const FORM: u8 = 1;

type Cipher = XChaCha20Poly1305;
type Random = Nonce<Cipher, StreamBE32<Cipher>>;

/// How many bytes a stream of so many has once it is sealed. A stream has one byte at least.
pub fn sealed_size(plain: u64) -> u64 {
    let (head, piece, tag) = (u64_of(HEAD), u64_of(PIECE), u64_of(TAG));
    head + plain + plain.div_ceil(piece) * tag
}

fn u64_of(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// Seals a stream, piece by piece.
pub struct Sealing {
    encryptor: Option<EncryptorBE32<Cipher>>,
    place: Vec<u8>,
    left: u64,
}

/// Opens a stream, piece by piece.
pub struct Opening {
    decryptor: Option<DecryptorBE32<Cipher>>,
    source: Box<dyn Read + Send>,
    place: Vec<u8>,
    left: u64,
}

impl RecordKey {
    /// Begins to seal a stream of exactly so many bytes: with it comes what stands in front of the pieces.
    pub fn seal_stream(&self, place: Place, size: u64) -> ApiResult<(Sealing, Vec<u8>)> {
        let mut random = [0; RANDOM];
        fill(&mut random)?;
        let mut head = vec![FORM];
        head.extend_from_slice(&random);
        let encryptor = EncryptorBE32::new(self.expose().into(), &Random::from(random));
        Ok((Sealing { encryptor: Some(encryptor), place: place.bytes(), left: size }, head))
    }

    /// Begins to open a stream that had exactly so many bytes.
    pub fn open_stream(
        &self,
        place: Place,
        size: u64,
        mut source: Box<dyn Read + Send>,
    ) -> ApiResult<Opening> {
        let mut head = [0; HEAD];
        source.read_exact(&mut head).map_err(|error| unread(&error))?;
        let [form, random @ ..] = head;
        if form != FORM || size == 0 {
            return Err(broken());
        }
        let decryptor = DecryptorBE32::new(self.expose().into(), &Random::from(random));
        Ok(Opening { decryptor: Some(decryptor), source, place: place.bytes(), left: size })
    }
}

impl Sealing {
    /// Seals the next piece: [`PIECE`] bytes, and what is left at the end.
    pub fn piece(&mut self, plain: &[u8]) -> ApiResult<Vec<u8>> {
        let failed = || ApiError::internal("a stream cannot be sealed");
        let expected = self.left.min(u64_of(PIECE));
        if u64_of(plain.len()) != expected || expected == 0 {
            return Err(failed());
        }
        self.left -= expected;
        let payload = Payload { msg: plain, aad: &self.place };
        let sealed = if self.left == 0 {
            self.encryptor.take().ok_or_else(failed)?.encrypt_last(payload)
        } else {
            self.encryptor.as_mut().ok_or_else(failed)?.encrypt_next(payload)
        };
        sealed.map_err(|_| failed())
    }
}

impl Opening {
    /// The next piece; none after the last one. What was changed in any way is an error, and no byte of it is given away.
    pub fn piece(&mut self) -> ApiResult<Option<Vec<u8>>> {
        let Some(size) = usize::try_from(self.left.min(u64_of(PIECE))).ok().filter(|size| *size > 0) else {
            return Ok(None);
        };
        let mut sealed = vec![0; size + TAG];
        self.source.read_exact(&mut sealed).map_err(|error| unread(&error))?;
        self.left -= u64_of(size);
        let payload = Payload { msg: &sealed, aad: &self.place };
        let plain = if self.left == 0 {
            self.decryptor.take().ok_or_else(broken)?.decrypt_last(payload)
        } else {
            self.decryptor.as_mut().ok_or_else(broken)?.decrypt_next(payload)
        };
        let plain = plain.map_err(|_| broken())?;
        if self.left == 0 && !self.is_at_end()? {
            return Err(broken());
        }
        Ok(Some(plain))
    }

    /// Everything that is left; for streams that memory should hold.
    pub fn rest(&mut self) -> ApiResult<Vec<u8>> {
        let mut all = Vec::with_capacity(usize::try_from(self.left).unwrap_or_default());
        while let Some(piece) = self.piece()? {
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    fn is_at_end(&mut self) -> ApiResult<bool> {
        let mut byte = [0];
        loop {
            match self.source.read(&mut byte) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unread(&error)),
                Ok(count) => return Ok(count == 0),
            }
        }
    }
}

fn broken() -> ApiError {
    ApiError::internal("a sealed file does not open: it was changed, cut off or swapped")
}

/// What ends too early was cut off; anything else is the place where it is kept.
fn unread(error: &std::io::Error) -> ApiError {
    if error.kind() == std::io::ErrorKind::UnexpectedEof {
        return broken();
    }
    ApiError::unavailable(format!("a sealed file cannot be read to its end: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;
    use proptest::prelude::*;

    fn place(row: u8) -> Place {
        Place::new(Id::from_bytes([7; 16]), "concern_attachments", "content", Id::from_bytes([row; 16]))
    }

    fn seal(key: &RecordKey, row: u8, plain: &[u8]) -> Vec<u8> {
        let (mut sealing, mut out) = key.seal_stream(place(row), u64_of(plain.len())).unwrap();
        plain.chunks(PIECE).for_each(|piece| out.extend(sealing.piece(piece).unwrap()));
        out
    }

    fn open(key: &RecordKey, row: u8, size: usize, sealed: Vec<u8>) -> ApiResult<Vec<u8>> {
        key.open_stream(place(row), u64_of(size), Box::new(std::io::Cursor::new(sealed)))?.rest()
    }

    fn text(size: usize) -> Vec<u8> {
        (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let key = RecordKey::generate().unwrap();
        for size in [1, 5, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7] {
            let plain = text(size);
            let sealed = seal(&key, 1, &plain);
            assert_eq!(u64_of(sealed.len()), sealed_size(u64_of(size)), "{size}");
            assert_eq!(open(&key, 1, size, sealed.clone()).unwrap(), plain);
            assert!(open(&key, 2, size, sealed.clone()).is_err(), "another row");
            assert!(open(&RecordKey::generate().unwrap(), 1, size, sealed).is_err(), "another key");
        }
    }

    #[test]
    fn what_was_cut_off_or_added_to_is_refused() {
        let key = RecordKey::generate().unwrap();
        let (size, sealed) = (3 * PIECE, seal(&key, 1, &text(3 * PIECE)));
        for length in [0, 1, HEAD, HEAD + PIECE + TAG, HEAD + 2 * (PIECE + TAG), sealed.len() - 1] {
            assert!(open(&key, 1, size, sealed[..length].to_vec()).is_err(), "{length} bytes");
        }
        // Cut between two pieces, and the size that the row gives with it.
        assert!(open(&key, 1, 2 * PIECE, sealed[..HEAD + 2 * (PIECE + TAG)].to_vec()).is_err());
        assert!(open(&key, 1, size, [sealed, vec![0]].concat()).is_err());
    }

    #[test]
    fn pieces_in_another_order_are_refused() {
        let key = RecordKey::generate().unwrap();
        let sealed = seal(&key, 1, &text(3 * PIECE));
        let (head, pieces) = sealed.split_at(HEAD);
        let pieces: Vec<&[u8]> = pieces.chunks(PIECE + TAG).collect();
        for order in [[1, 0, 2], [0, 2, 1], [0, 0, 2], [0, 1, 1]] {
            let mixed =
                order.iter().fold(head.to_vec(), |out, at: &usize| [out, pieces[*at].to_vec()].concat());
            assert!(open(&key, 1, 3 * PIECE, mixed).is_err(), "{order:?}");
        }
        let other = seal(&key, 1, &text(3 * PIECE));
        let mixed = [&sealed[..HEAD + PIECE + TAG], &other[HEAD + PIECE + TAG..]].concat();
        assert!(open(&key, 1, 3 * PIECE, mixed).is_err(), "pieces of another stream");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_changed_byte_is_refused(size in 1..2 * PIECE + 9, at in any::<prop::sample::Index>(), by in 1..=255_u8) {
            let key = RecordKey::generate().unwrap();
            let mut sealed = seal(&key, 1, &text(size));
            let at = at.index(sealed.len());
            sealed[at] ^= by;
            prop_assert!(open(&key, 1, size, sealed).is_err());
        }
    }
}
