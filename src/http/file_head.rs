//! What is said of a file beside its bytes: its name (RFC 6266, RFC 8187) and its digest (RFC 9530).

use actix_web::http::header::{
    self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue, HeaderMap,
    HeaderName, HeaderValue, TryIntoHeaderValue,
};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use utoipa::IntoParams;

use crate::error::{ApiError, ApiResult, Code};

const DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The headers of an upload. A file's name may name a child, so it stands in a header and never in an address.
#[derive(Clone, Debug, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct FileHead {
    /// The file's name, as `attachment; filename="…"` or, for other letters than ASCII, `filename*=UTF-8''…` (RFC 6266). Its
    /// ending says of what type the file is, in small letters or capitals; another one than these is 415. Folders, control and
    /// hidden characters, and what file systems do not take are left out of it.
    #[param(
        rename = "Content-Disposition",
        required = true,
        value_type = String,
        max_length = 1000,
        pattern = r#"^attachment(; filename="[ !#-\[\]-~]{0,195}\.(txt|csv|eml|pdf|docx|xlsx|pptx|odt|ods|doc|xls|msg|jpg|jpeg|png|gif|webp|heic|heif|tiff|tif|mp3|m4a|wav|ogg|opus|oga)"|(; filename="[ !#-\[\]-~]{0,200}")?; filename\*=UTF-8''([A-Za-z0-9._~-]|%[0-9A-F]{2}){0,695}\.(txt|csv|eml|pdf|docx|xlsx|pptx|odt|ods|doc|xls|msg|jpg|jpeg|png|gif|webp|heic|heif|tiff|tif|mp3|m4a|wav|ogg|opus|oga))$"#,
        example = "attachment; filename=\"letter.txt\""
    )]
    pub name: String,
    /// The SHA-256 of the bytes, as `sha-256=:BASE64:` (RFC 9530): bytes of another digest are refused, and nothing is
    /// stored.
    #[param(
        rename = "Content-Digest",
        required = false,
        value_type = String,
        max_length = 1000,
        pattern = "^sha-256=:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=:$",
        example = "sha-256=:af1aFdrLiiftEQebopKXWuySi+8DL2HOeJ+QvDe3h5E=:"
    )]
    pub digest: Option<[u8; 32]>,
}

impl FromRequest for FileHead {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(read(request.headers()))
    }
}

fn read(headers: &HeaderMap) -> ApiResult<FileHead> {
    let name = sent(headers, &header::CONTENT_DISPOSITION)?.and_then(name_of).ok_or_else(nameless)?;
    let digest = sent(headers, &DIGEST)?.map(digest_of).transpose()?.flatten();
    Ok(FileHead { name, digest })
}

fn malformed(words: &str) -> ApiError {
    ApiError::because(Code::MalformedHeader, words)
}

/// A header that may be given once.
fn sent<'a>(headers: &'a HeaderMap, name: &HeaderName) -> ApiResult<Option<&'a HeaderValue>> {
    let mut values = headers.get_all(name);
    let first = values.next();
    if values.next().is_some() || first.is_some_and(|value| value.len() > 1000) {
        return Err(malformed(&format!("{name}: given once, at most 1000 characters are expected")));
    }
    Ok(first)
}

fn nameless() -> ApiError {
    malformed("Content-Disposition: attachment; filename=\"…\" or filename*=UTF-8''… is expected")
}

/// The name in the form for all letters, else the plain one.
fn name_of(value: &HeaderValue) -> Option<String> {
    let found = ContentDisposition::from_raw(value).ok()?;
    if found.disposition != DispositionType::Attachment {
        return None;
    }
    let Some(extended) = found.get_filename_ext() else { return found.get_filename().map(str::to_owned) };
    let is_utf8 = extended.charset.to_string().eq_ignore_ascii_case("utf-8");
    is_utf8.then(|| String::from_utf8(extended.value.clone()).ok()).flatten()
}

/// The SHA-256 in a dictionary of digests, where it is there.
fn digest_of(value: &HeaderValue) -> ApiResult<Option<[u8; 32]>> {
    let refused = || malformed("Content-Digest: sha-256=:BASE64: is expected");
    let text = value.to_str().map_err(|_| refused())?;
    let mut found = None;
    for member in text.split(',').map(str::trim) {
        let (name, digest) = member.split_once('=').ok_or_else(refused)?;
        let digest = digest.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')).ok_or_else(refused)?;
        if name == "sha-256" {
            let bytes = STANDARD.decode(digest).map_err(|_| refused())?;
            found = Some(bytes.try_into().map_err(|_| refused())?);
        }
    }
    Ok(found)
}

/// What tells a browser to save an answer under a name, and not to show it.
pub fn attachment(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    let mut parameters = vec![DispositionParam::Filename(plain.clone())];
    if plain != name {
        parameters.push(DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: name.as_bytes().to_vec(),
        }));
    }
    let header = ContentDisposition { disposition: DispositionType::Attachment, parameters };
    header.try_into_value().unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn head(sent: &[(&'static str, &str)]) -> ApiResult<FileHead> {
        let request = sent.iter().fold(TestRequest::post(), |request, header| request.insert_header(*header));
        read(request.to_http_request().headers())
    }

    fn digest(value: &str) -> ApiResult<Option<[u8; 32]>> {
        let name = ("content-disposition", "attachment; filename=letter.txt");
        head(&[name, ("content-digest", value)]).map(|head| head.digest)
    }

    #[test]
    fn a_name_is_read_in_both_forms() {
        for (value, name) in [
            ("attachment; filename=\"a letter.txt\"", "a letter.txt"),
            ("attachment; filename=letter.txt", "letter.txt"),
            ("attachment; filename=\"x.txt\"; filename*=UTF-8''Zo%C3%AB.txt", "Zoë.txt"),
        ] {
            assert_eq!(head(&[("content-disposition", value)]).unwrap().name, name, "{value}");
        }
        assert_eq!(head(&[]).unwrap_err().code, Code::MalformedHeader);
        for wrong in [
            "attachment",
            "; filename=x",
            "inline; filename=x",
            "attachment; filename=\"x",
            "attachment; filename*=ISO-8859-1''x",
            "attachment; filename*=UTF-8''%FF",
        ] {
            let refused = head(&[("content-disposition", wrong)]).unwrap_err();
            assert_eq!(refused.code, Code::MalformedHeader, "{wrong}");
        }
    }

    #[test]
    fn a_digest_is_32_bytes_of_sha_256() {
        let zero = format!("sha-256=:{}:", STANDARD.encode([0; 32]));
        assert_eq!(digest(&zero).unwrap(), Some([0; 32]));
        assert_eq!(digest(&format!("sha-512=:AAAA:, {zero}")).unwrap(), Some([0; 32]));
        assert_eq!(digest("sha-512=:AAAA:").unwrap(), None);
        for wrong in ["sha-256", "sha-256=:AAAA:", "sha-256=AAAA", "sha-256=:?:"] {
            assert_eq!(digest(wrong).unwrap_err().code, Code::MalformedHeader, "{wrong}");
        }
    }

    #[test]
    fn an_answer_names_its_file_for_every_client() {
        let header = |name: &str| attachment(name).to_str().unwrap().to_owned();
        assert_eq!(header("letter.txt"), "attachment; filename=\"letter.txt\"");
        let name = header("Zoë \"x\".txt");
        assert!(
            name.starts_with("attachment; filename=\"Zo_ _x_.txt\"; filename*=UTF-8''Zo%C3%AB"),
            "{name}"
        );
        assert!(!name.contains('\n'), "{name}");
    }
}
