//! The letters of a file: UTF-8 with or without its mark, or Windows-1252.

use std::borrow::Cow;

/// Reads a file's letters. Valid UTF-8 stays what it is; everything else is Windows-1252, as the register's full
/// download is. UTF-16, which a spreadsheet may save, is refused in words.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("the file is in UTF-16: save it as CSV in UTF-8 or Windows-1252".to_owned());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => Ok(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_gives_the_same_letters() {
        for bytes in
            [&b"Zo\xeb\x92s School"[..], "Zoë’s School".as_bytes(), "\u{feff}Zoë’s School".as_bytes()]
        {
            assert_eq!(decode(bytes).unwrap(), "Zoë’s School");
        }
        assert!(decode(b"\xff\xfeu\0r\0n\0").unwrap_err().contains("UTF-16"));
    }
}
