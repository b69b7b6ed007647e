//! The letters of a file: UTF-8 with or without its mark, or Windows-1252.

crate::words! {
    /// The letters that a file is in.
    pub enum Encoding {
        /// UTF-8, with or without its mark.
        Utf8 = "utf-8",
        /// Windows-1252, as spreadsheets save.
        Windows1252 = "windows-1252",
    }
}

impl Encoding {
    /// Reads the letters of one value.
    pub fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }

    /// What a media type's `charset` means; none for one that is not known.
    pub fn of_charset(charset: &str) -> Option<Self> {
        match charset {
            "utf-8" | "us-ascii" => Some(Self::Utf8),
            "windows-1252" | "cp1252" | "iso-8859-1" => Some(Self::Windows1252),
            _ => None,
        }
    }
}

/// The mark at the beginning of UTF-8.
pub const MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a file begins as UTF-16 does, which a spreadsheet may save.
pub fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

/// Finds out whether bytes that come in pieces are UTF-8.
#[derive(Clone, Debug, Default)]
pub struct Utf8Check {
    rest: Vec<u8>,
    broken: bool,
}

impl Utf8Check {
    /// Looks at the next piece.
    pub fn add(&mut self, piece: &[u8]) {
        if self.broken {
            return;
        }
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(piece);
        if let Err(error) = std::str::from_utf8(&bytes) {
            self.broken = error.error_len().is_some();
            self.rest = bytes.split_off(error.valid_up_to());
        }
    }

    /// Whether all of it was.
    pub const fn is_utf8(&self) -> bool {
        !self.broken && self.rest.is_empty()
    }
}

/// A value as a spreadsheet may open it: one that it would take for a formula gets an apostrophe in front, which reading
/// takes away again.
pub fn safe(value: &str) -> String {
    if is_formula(value.trim_start_matches('\'')) { format!("'{value}") } else { value.to_owned() }
}

/// The value that [`safe`] was given.
pub fn as_it_was(value: &str) -> &str {
    match value.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => value,
    }
}

fn is_formula(value: &str) -> bool {
    value.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_gives_the_same_letters() {
        assert_eq!(Encoding::Windows1252.decode(b"Zo\xeb\x92s School"), "Zoë’s School");
        assert_eq!(Encoding::Utf8.decode("Zoë’s School".as_bytes()), "Zoë’s School");
    }

    #[test]
    fn pieces_may_cut_a_letter() {
        let text = "Zoë’s School".as_bytes();
        for at in 0..text.len() {
            let mut check = Utf8Check::default();
            check.add(&text[..at]);
            check.add(&text[at..]);
            assert!(check.is_utf8(), "{at}");
        }
        for wrong in [&b"Zo\xeb s"[..], b"Zo\xeb"] {
            let mut check = Utf8Check::default();
            check.add(wrong);
            assert!(!check.is_utf8());
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_made_safe_is_read_as_it_was(value in "['=+@a\t-]{0,4}") {
            let made = safe(&value);
            proptest::prop_assert!(!is_formula(&made));
            proptest::prop_assert_eq!(as_it_was(&made), value.as_str());
        }
    }
}
