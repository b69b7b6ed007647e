//! Reads records of a CSV file from any place in it on, without holding more than one of them: the structure is found in
//! the bytes, since the letters of both encodings begin where ASCII ends.

use csv_core::{ReadRecordResult, Reader};

use crate::error::ApiResult;

/// The largest record. A larger one is passed over and reported: a quotation mark that is never closed must not draw the
/// rest of a file into memory.
pub const LARGEST: usize = 256 * 1024;
/// The most fields of a record.
const MOST_FIELDS: usize = 2_000;

/// A record, with the line on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The line; the first one is 1.
    pub line: i64,
    /// Its fields; none where it is too large.
    pub fields: Option<Vec<Vec<u8>>>,
}

/// Records out of pieces of a file.
pub struct Records<P> {
    pieces: P,
    bytes: Vec<u8>,
    at: usize,
    offset: i64,
    line: i64,
    is_over: bool,
    core: Box<Reader>,
    out: Vec<u8>,
    ends: Vec<usize>,
}

impl<P: FnMut() -> ApiResult<Option<Vec<u8>>>> Records<P> {
    /// Begins at a place where a record begins, on this line. `pieces` gives the bytes from there on.
    pub fn new(pieces: P, offset: i64, line: i64) -> Self {
        Self {
            pieces,
            bytes: Vec::new(),
            at: 0,
            offset,
            line,
            is_over: false,
            core: Box::new(Reader::new()),
            out: vec![0; 4096],
            ends: vec![0; 128],
        }
    }

    /// Where the next record begins, and on which line.
    pub const fn position(&self) -> (i64, i64) {
        (self.offset, self.line)
    }

    /// The next record; empty lines are none.
    pub fn next(&mut self) -> ApiResult<Option<Record>> {
        self.skip_breaks()?;
        let line = self.line;
        self.core.reset();
        let (mut filled, mut fields, mut is_too_large) = (0, 0, false);
        loop {
            let input = self.bytes.get(self.at..).unwrap_or_default();
            let out = self.out.get_mut(filled..).unwrap_or_default();
            let ends = self.ends.get_mut(fields..).unwrap_or_default();
            let (result, read, written, ended) = self.core.read_record(input, out, ends);
            self.pass(read);
            filled += written;
            fields += ended;
            match result {
                ReadRecordResult::InputEmpty => self.fill()?,
                ReadRecordResult::OutputFull if filled < LARGEST => self.out.resize(self.out.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if fields < MOST_FIELDS => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (filled, fields, is_too_large) = (0, 0, true);
                }
                ReadRecordResult::Record => {
                    let fields = (!is_too_large).then(|| self.cut(fields));
                    return Ok(Some(Record { line, fields }));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn cut(&self, count: usize) -> Vec<Vec<u8>> {
        let mut begin = 0;
        let ends = self.ends.iter().take(count);
        ends.map(|end| self.out.get(std::mem::replace(&mut begin, *end)..*end).unwrap_or_default().to_vec())
            .collect()
    }

    /// Goes on by so many bytes, counting lines.
    fn pass(&mut self, count: usize) {
        let passed = self.bytes.get(self.at..self.at + count).unwrap_or_default();
        let lines = passed.split(|byte| *byte == b'\n').count().saturating_sub(1);
        self.line += i64::try_from(lines).unwrap_or(i64::MAX);
        self.offset += i64::try_from(count).unwrap_or(i64::MAX);
        self.at += count;
    }

    fn skip_breaks(&mut self) -> ApiResult<()> {
        loop {
            match self.bytes.get(self.at) {
                Some(b'\n' | b'\r') => self.pass(1),
                None if !self.is_over => self.fill()?,
                _ => return Ok(()),
            }
        }
    }

    /// The next piece. The parser learns of the end by an empty one.
    fn fill(&mut self) -> ApiResult<()> {
        self.at = 0;
        match if self.is_over { None } else { (self.pieces)()? } {
            Some(piece) => self.bytes = piece,
            None => {
                self.bytes.clear();
                self.is_over = true;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(file: &[u8], piece: usize) -> Vec<(i64, i64, Option<Vec<String>>)> {
        let mut pieces = file.chunks(piece.max(1)).map(<[u8]>::to_vec);
        let mut records = Records::new(|| Ok(pieces.next()), 0, 1);
        let mut out = Vec::new();
        loop {
            let (offset, _) = records.position();
            let Some(record) = records.next().unwrap() else { return out };
            let text = |field: &Vec<u8>| String::from_utf8_lossy(field).into_owned();
            out.push((offset, record.line, record.fields.map(|fields| fields.iter().map(text).collect())));
        }
    }

    #[test]
    fn quotes_and_breaks_in_fields_are_kept_whatever_the_pieces() {
        let file = b"a,b\r\n\"x, \"\"y\"\"\r\nz\",2\r\n\r\n3,\xc3\xab\nlast,";
        let whole = records(file, 1000);
        let fields: Vec<Vec<String>> = whole.iter().map(|(_, _, fields)| fields.clone().unwrap()).collect();
        assert_eq!(fields, [vec!["a", "b"], vec!["x, \"y\"\r\nz", "2"], vec!["3", "ë"], vec!["last", ""]]);
        let lines: Vec<i64> = whole.iter().map(|(_, line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 5, 6]);
        for piece in 1..file.len() {
            let cut: Vec<_> =
                records(file, piece).into_iter().map(|(_, line, fields)| (line, fields)).collect();
            let expected: Vec<_> = whole.iter().map(|(_, line, fields)| (*line, fields.clone())).collect();
            assert_eq!(cut, expected, "{piece}");
        }
    }

    #[test]
    fn reading_goes_on_from_every_record() {
        let file = b"a,b\r\n\"x\ny\",2\r\n3,4\r\n5,6";
        let mut whole = Some(file.to_vec());
        let mut records = Records::new(|| Ok(whole.take()), 0, 1);
        let mut lines = Vec::new();
        loop {
            let (offset, line) = records.position();
            let Some(record) = records.next().unwrap() else { break };
            let mut rest = Some(file[usize::try_from(offset).unwrap()..].to_vec());
            let again = Records::new(|| Ok(rest.take()), offset, line).next().unwrap().unwrap();
            assert_eq!((again.line, &again.fields), (record.line, &record.fields));
            lines.push(record.line);
        }
        assert_eq!(lines, [1, 2, 4, 5]);
    }

    #[test]
    fn a_record_that_is_too_large_is_passed_over() {
        let long = "x".repeat(1024 * 1024);
        let file = format!("a,b\n{long},2\n3,4\n");
        let found = records(file.as_bytes(), 64 * 1024);
        assert_eq!(found.len(), 3);
        assert_eq!((found[1].1, &found[1].2), (2, &None));
        assert_eq!(found[2].2, Some(vec!["3".to_owned(), "4".to_owned()]));
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_does_not_fill_memory() {
        let file = format!("a,b\n\"{}", "x,\n".repeat(300_000));
        let found = records(file.as_bytes(), 64 * 1024);
        assert_eq!((found.len(), &found[1].2), (2, &None));
    }

    #[test]
    fn nothing_is_no_record() {
        assert!(records(b"", 10).is_empty());
        assert!(records(b"\r\n\n", 1).is_empty());
    }
}
