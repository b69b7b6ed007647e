//! The caller's trace (W3C Trace Context): its identifier goes into the access line.

use actix_web::http::header::HeaderMap;

/// The trace identifier of exactly one well-formed `traceparent`; anything else is passed over, as the standard says.
pub fn trace_id(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all("traceparent");
    let value = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
    let [version, trace, parent, flags] = value.split('-').collect::<Vec<_>>().try_into().ok()?;
    let forms = [(version, 2), (trace, 32), (parent, 16), (flags, 2)];
    let well_formed = forms.iter().all(|(text, length)| is_hex(text, *length));
    let empty = |text: &str| text.bytes().all(|b| b == b'0');
    (well_formed && version != "ff" && !empty(trace) && !empty(parent)).then(|| trace.to_owned())
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn read(value: &str) -> Option<String> {
        trace_id(TestRequest::get().insert_header(("traceparent", value)).to_http_request().headers())
    }

    #[test]
    fn only_the_standards_form_is_taken() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(read(&format!("00-{trace}-00f067aa0ba902b7-01")), Some(trace.to_owned()));
        for wrong in [
            "junk",
            "",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
