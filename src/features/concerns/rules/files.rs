//! Which files are taken: their types, what their bytes must look like, what they may be called.

use unicode_normalization::UnicodeNormalization;

use crate::error::{ApiError, ApiResult};
use crate::text::{Name, is_hidden};

/// A type of file that is taken.
#[derive(Debug)]
pub struct FileType {
    /// The media type.
    pub media: &'static str,
    /// The endings of names: each is of one type only.
    pub endings: &'static [&'static str],
    /// Whether a file of this type begins like this.
    begins: fn(&[u8]) -> bool,
    /// What stands somewhere in every file of this type.
    holds: &'static [u8],
    /// What stands in no file of this type that is taken, such as macros.
    never: &'static [u8],
}

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// The part of an office document that holds macros.
const MACROS: &[u8] = b"vbaProject.bin";
/// The same in the older form: `_VBA_PROJECT` in UTF-16.
const OLD_MACROS: &[u8] = b"_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J\x00E\x00C\x00T\x00";

/// The part of an open document that lists its macros.
const OPEN_MACROS: &[u8] = b"Basic/script-lc.xml";

/// Documents, pictures, sound and mail; no film, no archive, nothing that runs. Plain text is first: nothing else may look
/// like it and be taken for it.
pub const TYPES: &[FileType] = &[
    text("text/plain", &["txt"]),
    text("text/csv", &["csv"]),
    FileType { begins: is_mail, ..text("message/rfc822", &["eml"]) },
    of("application/pdf", &["pdf"], |head| head.starts_with(b"%PDF-")),
    FileType {
        holds: b"word/",
        never: MACROS,
        ..of("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"], is_zip)
    },
    FileType {
        holds: b"xl/workbook.xml",
        never: MACROS,
        ..of("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"], is_zip)
    },
    FileType {
        holds: b"ppt/presentation.xml",
        never: MACROS,
        ..of("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"], is_zip)
    },
    FileType {
        never: OPEN_MACROS,
        ..of("application/vnd.oasis.opendocument.text", &["odt"], |head| {
            is_open_document(head, b"application/vnd.oasis.opendocument.text")
        })
    },
    FileType {
        never: OPEN_MACROS,
        ..of("application/vnd.oasis.opendocument.spreadsheet", &["ods"], |head| {
            is_open_document(head, b"application/vnd.oasis.opendocument.spreadsheet")
        })
    },
    FileType {
        holds: b"W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00",
        never: OLD_MACROS,
        ..of("application/msword", &["doc"], is_compound)
    },
    FileType {
        holds: b"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00",
        never: OLD_MACROS,
        ..of("application/vnd.ms-excel", &["xls"], is_compound)
    },
    FileType {
        holds: b"_\x00_\x00s\x00u\x00b\x00s\x00t\x00g\x001\x00.\x000\x00_\x00",
        ..of("application/vnd.ms-outlook", &["msg"], is_compound)
    },
    of("image/jpeg", &["jpg", "jpeg"], |head| head.starts_with(b"\xff\xd8\xff")),
    of("image/png", &["png"], |head| head.starts_with(b"\x89PNG\r\n\x1a\n")),
    of("image/gif", &["gif"], |head| head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a")),
    of("image/webp", &["webp"], |head| is_riff(head, b"WEBP")),
    of("image/heic", &["heic", "heif"], |head| is_brand(head, &[b"heic", b"heix", b"mif1", b"msf1"])),
    of("image/tiff", &["tiff", "tif"], |head| head.starts_with(b"II*\0") || head.starts_with(b"MM\0*")),
    of("audio/mpeg", &["mp3"], is_mp3),
    of("audio/mp4", &["m4a"], |head| is_brand(head, &[b"M4A ", b"M4B "])),
    of("audio/wav", &["wav"], |head| is_riff(head, b"WAVE")),
    of("audio/ogg", &["ogg", "opus", "oga"], is_ogg_sound),
];

const fn of(media: &'static str, endings: &'static [&'static str], begins: fn(&[u8]) -> bool) -> FileType {
    FileType { media, endings, begins, holds: b"", never: b"" }
}

const fn text(media: &'static str, endings: &'static [&'static str]) -> FileType {
    of(media, endings, |_| true)
}

fn is_zip(head: &[u8]) -> bool {
    head.starts_with(ZIP)
}

fn is_compound(head: &[u8]) -> bool {
    head.starts_with(COMPOUND)
}

/// The first part of an open document is its type, as it is.
fn is_open_document(head: &[u8], media: &[u8]) -> bool {
    let named = [b"mimetype", media].concat();
    is_zip(head) && head.get(30..).is_some_and(|rest| rest.starts_with(&named))
}

fn is_riff(head: &[u8], form: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..12) == Some(form)
}

/// The brand of a file in the form of MPEG-4: the first, or one that it goes with.
fn is_brand(head: &[u8], brands: &[&[u8; 4]]) -> bool {
    head.get(4..8) == Some(b"ftyp") && brands.iter().any(|brand| head.get(8..12) == Some(&brand[..]))
}

/// A tag, or the first frame: eleven bits that are set, a layer, and a rate that there is.
fn is_mp3(head: &[u8]) -> bool {
    let frame = |bytes: [u8; 3]| {
        let [first, second, third] = bytes;
        first == 0xff && second & 0xe6 == 0xe2 && third & 0xf0 != 0xf0 && third & 0x0c != 0x0c
    };
    head.starts_with(b"ID3") || head.first_chunk::<3>().is_some_and(|bytes| frame(*bytes))
}

fn is_ogg_sound(head: &[u8]) -> bool {
    let first_page = head.get(..64).unwrap_or(head);
    let holds = |word: &[u8]| first_page.windows(word.len()).any(|window| window == word);
    head.starts_with(b"OggS") && (holds(b"OpusHead") || holds(b"\x01vorbis"))
}

/// The first line of a mail is a header field (RFC 5322), or the line that mailboxes put before it.
fn is_mail(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_field = name.len() < line.len()
        && !name.is_empty()
        && name.iter().all(|b| matches!(b, b'!'..=b'9' | b';'..=b'~'));
    is_field || line.starts_with(b"From ")
}

impl FileType {
    /// What a file is that came with this name, by its ending, where it is taken; and what it is called: the last part of
    /// a path, without what hides or what file systems do not take.
    pub fn named(given: &str) -> ApiResult<Option<(&'static Self, Name<150>)>> {
        let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let plain: String = last
            .nfc()
            .filter(|c| !c.is_control() && !is_hidden(*c))
            .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
            .collect();
        let plain = plain.trim_end_matches(|c: char| c.is_whitespace() || c == '.');
        let Some((stem, ending)) = plain.rsplit_once('.') else { return Ok(None) };
        let Some(kind) = TYPES.iter().find(|known| known.has_ending(ending)) else { return Ok(None) };
        let name = Name::new(format!("{}.{ending}", safe(stem))).map_err(ApiError::internal)?;
        Ok(Some((kind, name)))
    }

    fn is_text(&self) -> bool {
        matches!(self.media, "text/plain" | "text/csv" | "message/rfc822")
    }

    /// Begins to look at a file that is said to be of this type.
    pub const fn watch(&'static self) -> Watch {
        Watch { kind: self, last: Vec::new(), is_first: true, holds: self.holds.is_empty() }
    }

    fn has_ending(&self, ending: &str) -> bool {
        self.endings.iter().any(|known| known.eq_ignore_ascii_case(ending))
    }
}

/// The name without its ending, as it can stand in every folder.
fn safe(stem: &str) -> String {
    let stem = stem.trim_start_matches(|c: char| c.is_whitespace() || c == '.');
    let stem: String = stem.chars().take(120).collect();
    let stem = if is_device(&stem) { format!("_{stem}") } else { stem };
    if stem.chars().any(char::is_alphanumeric) { stem.trim().to_owned() } else { "attachment".to_owned() }
}

/// Names that stand for devices where files are opened later.
fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    let numbered = |port: &str| {
        first.strip_prefix(port).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    ["CON", "PRN", "AUX", "NUL"].contains(&first.as_str()) || numbered("COM") || numbered("LPT")
}

/// Looks at a file while it passes: nothing of it is kept but the end of the piece before.
#[derive(Debug)]
pub struct Watch {
    kind: &'static FileType,
    last: Vec<u8>,
    is_first: bool,
    holds: bool,
}

impl Watch {
    /// Looks at the next piece: what it shows against the type, in words.
    pub fn add(&mut self, piece: &[u8]) -> Result<(), &'static str> {
        let first = std::mem::take(&mut self.is_first);
        if first && !((self.kind.begins)(piece) && self.is_only(piece)) {
            return Err("the file does not begin as one of this type does");
        }
        if self.kind.is_text() && piece.iter().any(|b| b.is_ascii_control() && !b"\t\n\r\x0c".contains(b)) {
            return Err("a text has no control characters; save it as UTF-8");
        }
        let keep = self.kind.holds.len().max(self.kind.never.len());
        if keep == 0 {
            return Ok(());
        }
        let seam = [self.last.as_slice(), piece].concat();
        let finds = |word: &[u8]| !word.is_empty() && seam.windows(word.len()).any(|window| window == word);
        self.holds |= finds(self.kind.holds);
        if finds(self.kind.never) {
            return Err("documents with macros are not taken");
        }
        self.last = seam.get(seam.len().saturating_sub(keep)..).unwrap_or_default().to_vec();
        Ok(())
    }

    /// What the whole file lacks.
    pub const fn finish(&self) -> Result<(), &'static str> {
        if self.holds { Ok(()) } else { Err("the file is not what its type says") }
    }

    /// A text is nothing else: what begins as another type does is of that type.
    fn is_only(&self, head: &[u8]) -> bool {
        !self.kind.is_text()
            || TYPES.iter().filter(|other| !other.is_text()).all(|other| !(other.begins)(head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judge(media: &str, bytes: &[u8], size: usize) -> Result<(), &'static str> {
        let mut watch = TYPES.iter().find(|kind| kind.media == media).unwrap().watch();
        bytes.chunks(size).try_for_each(|piece| watch.add(piece))?;
        watch.finish()
    }

    fn zip(names: &[&str]) -> Vec<u8> {
        names
            .iter()
            .fold(Vec::new(), |out, name| [out, ZIP.to_vec(), vec![0; 26], name.as_bytes().to_vec()].concat())
    }

    fn compound(name: &str) -> Vec<u8> {
        [COMPOUND.to_vec(), vec![0; 600], name.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
    }

    #[test]
    fn a_file_is_what_its_type_says() {
        let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let open = "application/vnd.oasis.opendocument.text";
        for (media, bytes, is_taken) in [
            ("text/plain", b"Dear all,\r\n\tyours".to_vec(), true),
            ("text/plain", "Zoë was here".as_bytes().to_vec(), true),
            ("text/plain", b"a\0b".to_vec(), false),
            ("text/plain", b"%PDF-1.7 text".to_vec(), false),
            ("text/csv", b"a,b\n1,2\n".to_vec(), true),
            ("message/rfc822", b"Subject: Hello\r\n\r\nText".to_vec(), true),
            ("message/rfc822", b"no header here\n".to_vec(), false),
            ("application/pdf", b"%PDF-1.7\n\x80\x81".to_vec(), true),
            ("application/pdf", b"MZ\x90\0".to_vec(), false),
            (word, zip(&["[Content_Types].xml", "word/document.xml"]), true),
            (word, zip(&["[Content_Types].xml", "xl/workbook.xml"]), false),
            (word, zip(&["word/document.xml", "word/vbaProject.bin"]), false),
            (sheet, zip(&["xl/workbook.xml"]), true),
            (open, zip(&["mimetypeapplication/vnd.oasis.opendocument.text"]), true),
            (open, zip(&["word/document.xml"]), false),
            (open, zip(&["mimetypeapplication/vnd.oasis.opendocument.text", "Basic/script-lc.xml"]), false),
            ("application/msword", compound("WordDocument"), true),
            ("application/msword", compound("Workbook"), false),
            ("application/msword", compound("WordDocument _VBA_PROJECT"), false),
            ("application/vnd.ms-outlook", compound("__substg1.0_001A001F"), true),
            ("image/jpeg", b"\xff\xd8\xff\xe0".to_vec(), true),
            ("image/jpeg", b"\x89PNG\r\n\x1a\n".to_vec(), false),
            ("image/heic", b"\0\0\0\x18ftypheic".to_vec(), true),
            ("audio/mp4", b"\0\0\0\x18ftypM4A ".to_vec(), true),
            ("audio/mp4", b"\0\0\0\x18ftypisom".to_vec(), false),
            ("audio/mpeg", b"\xff\xfb\x90\x64".to_vec(), true),
            ("audio/mpeg", b"\xff\xd8\xff\xe0".to_vec(), false),
            ("audio/wav", b"RIFF\0\0\0\0WAVE".to_vec(), true),
            ("image/webp", b"RIFF\0\0\0\0WAVE".to_vec(), false),
            ("audio/ogg", b"OggS\0\x02\0\0\0\0OpusHead".to_vec(), true),
            ("audio/ogg", b"OggS\0\x02\0\0\0\0\x80theora".to_vec(), false),
        ] {
            assert_eq!(judge(media, &bytes, 64 * 1024).is_ok(), is_taken, "{media}: {bytes:?}");
        }
    }

    #[test]
    fn what_is_not_on_the_list_is_not_taken() {
        for given in [
            "run.bat",
            "page.html",
            "a.svg",
            "a.zip",
            "a.mp4",
            "a\u{202e}txt.exe",
            "passwd",
            "txt",
            "",
            "...",
            "///",
        ] {
            assert!(FileType::named(given).unwrap().is_none(), "{given}");
        }
    }

    #[test]
    fn an_ending_is_of_one_type() {
        let all: Vec<&str> = TYPES.iter().flat_map(|kind| kind.endings).copied().collect();
        let apart: std::collections::BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(apart.len(), all.len());
        let pattern = format!("({})", all.join("|"));
        assert!(crate::openapi::COMMITTED.contains(&pattern), "the document's names end in {pattern}");
    }

    #[test]
    fn a_name_is_the_last_part_of_a_path() {
        for (given, cleaned) in [
            ("letter.txt", "letter.txt"),
            ("Letter.TXT", "Letter.TXT"),
            ("../../etc/passwd.txt", "passwd.txt"),
            ("C:\\Users\\x\\note.txt", "note.txt"),
            ("run.bat.txt", "run.bat.txt"),
            ("a\u{202e}exe.txt", "aexe.txt"),
            ("note.txt. ", "note.txt"),
            ("a\u{0}b\n.txt", "ab.txt"),
            ("what? \"this\".txt", "what_ _this_.txt"),
            (" .hidden.txt ", "hidden.txt"),
            (".txt", "attachment.txt"),
            ("... .txt", "attachment.txt"),
            ("con.txt", "_con.txt"),
            ("Zoe\u{308}.txt", "Zoë.txt"),
        ] {
            let (kind, name) = FileType::named(given).unwrap().unwrap();
            assert_eq!((kind.media, name.as_str()), ("text/plain", cleaned), "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_one_that_every_system_takes(given in ".{0,300}", at in 0..TYPES.len()) {
            let given = format!("{given}.{}", TYPES[at].endings[0]);
            let (kind, name) = FileType::named(&given).unwrap().unwrap();
            prop_assert_eq!(kind.media, TYPES[at].media);
            prop_assert!(!name.contains(['/', '\\', '"', ':', '\0', '\n']), "{}", name.as_str());
            prop_assert!(TYPES[at].endings.iter().any(|ending| name.to_lowercase().ends_with(ending)));
            prop_assert!(name.chars().count() <= 150 && !name.starts_with('.'));
            let (_, again) = FileType::named(&name).unwrap().unwrap();
            prop_assert_eq!(again.as_str(), name.as_str());
        }

        #[test]
        fn a_file_is_judged_the_same_however_it_is_cut(size in 30..200_usize) {
            let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
            prop_assert!(judge(word, &zip(&["[Content_Types].xml", "word/document.xml"]), size).is_ok());
            prop_assert!(judge(word, &zip(&["word/document.xml", "word/vbaProject.bin"]), size).is_err());
        }
    }
}
