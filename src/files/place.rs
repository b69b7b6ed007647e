//! Where the operator says that files are kept: `dir:PATH` or `s3://BUCKET?endpoint=URL&region=NAME`.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{Directory, Files, S3};

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileStorePlace {
    /// A directory.
    Directory(PathBuf),
    /// A bucket of an S3-compatible service.
    Bucket {
        /// The bucket.
        bucket: String,
        /// What the names of files begin with; empty for nothing.
        prefix: String,
        /// The service's address: https, or http on this machine.
        endpoint: String,
        /// The region that requests are signed for.
        region: String,
        /// Whether the bucket stands in the host's name, and not in the path.
        in_host: bool,
    },
}

/// The key with which requests to a bucket are signed.
#[derive(Clone, Debug)]
pub struct StoreKey {
    /// Its identifier.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
}

impl StoreKey {
    /// Reads an identifier and a secret: on two lines, or in one with a colon between.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let parts = text.split_once(['\n', ':']).map(|(id, secret)| (id.trim(), secret.trim()));
        match parts {
            Some((id, secret)) if !id.is_empty() && !secret.is_empty() && !secret.contains(['\n', ' ']) => {
                Ok(Self { id: id.to_owned(), secret: secret.to_owned().into() })
            }
            _ => Err("the identifier of an access key and its secret are expected: ID:SECRET".to_owned()),
        }
    }
}

const FORM: &str = "dir:PATH or s3://BUCKET[/PREFIX]?endpoint=URL&region=NAME is expected";

impl FileStorePlace {
    /// Reads a place; any form but the two is refused.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("dir:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err("dir: needs a path".to_owned());
            }
            return Ok(Self::Directory(PathBuf::from(path)));
        }
        text.strip_prefix("s3://").map_or_else(|| Err(FORM.to_owned()), bucket)
    }

    /// Opens it; a bucket takes a key.
    pub fn open(&self, key: Option<&StoreKey>, largest: u64) -> Result<Files, String> {
        match self {
            Self::Directory(path) => {
                check_directory(path)?;
                Ok(Files::new(Directory::new(path), largest))
            }
            Self::Bucket { .. } => {
                let key = key
                    .ok_or("a bucket takes a key: set TUTELA_FILE_STORE_KEY_FILE or TUTELA_FILE_STORE_KEY")?;
                Ok(Files::new(S3::open(self, key)?, largest))
            }
        }
    }
}

/// The directory is made with the first file, the one above it is there.
fn check_directory(path: &Path) -> Result<(), String> {
    if path.exists() && !path.is_dir() {
        return Err(format!("{} is no folder", path.display()));
    }
    match path.parent() {
        Some(parent) if parent != Path::new("") && !parent.is_dir() => {
            Err(format!("there is no folder {}", parent.display()))
        }
        _ => Ok(()),
    }
}

fn bucket(rest: &str) -> Result<FileStorePlace, String> {
    let (place, query) = rest.split_once('?').ok_or(FORM)?;
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let is_plain = |text: &str, more: &str| {
        text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || more.as_bytes().contains(&b))
    };
    if !(3..=63).contains(&bucket.len()) || !is_plain(bucket, ".-") {
        return Err("a bucket's name has 3 to 63 small letters, digits, dots and dashes".to_owned());
    }
    if prefix.len() > 200 || !is_plain(prefix, "/._-") {
        return Err("a prefix has small letters, digits, and / . _ -".to_owned());
    }
    let (mut endpoint, mut region, mut in_host) = (None, None, false);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match (name.as_ref(), value.as_ref()) {
            ("endpoint", value) => endpoint = Some(value.trim_end_matches('/').to_owned()),
            ("region", value) => region = Some(value.to_owned()),
            ("style", "host") => in_host = true,
            ("style", "path") => in_host = false,
            ("style", _) => return Err("style is path or host".to_owned()),
            (other, _) => return Err(format!("there is no {other:?}: {FORM}")),
        }
    }
    let (Some(endpoint), Some(region)) = (endpoint, region) else { return Err(FORM.to_owned()) };
    check_endpoint(&endpoint)?;
    if region.is_empty() || !is_plain(&region, "-") {
        return Err("a region has small letters, digits and dashes".to_owned());
    }
    let (bucket, prefix) = (bucket.to_owned(), prefix.trim_matches('/').to_owned());
    Ok(FileStorePlace::Bucket { bucket, prefix, endpoint, region, in_host })
}

/// Whoever reads a signed request can send it again for a while: plain HTTP stays on this machine.
fn check_endpoint(endpoint: &str) -> Result<(), String> {
    let refused = || "the endpoint is https://HOST[:PORT], or http:// on this machine".to_owned();
    let uri: ureq::http::Uri = endpoint.parse().map_err(|_| refused())?;
    let is_local = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let is_bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    let has_login = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
    match uri.scheme_str() {
        Some("https") if is_bare && !has_login && uri.host().is_some() => Ok(()),
        Some("http") if is_bare && !has_login && is_local => Ok(()),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_a_path() {
        let place = |text: &str| FileStorePlace::parse(text);
        assert_eq!(place("dir:/var/files"), Ok(FileStorePlace::Directory("/var/files".into())));
        assert_eq!(place("dir:///var/files"), Ok(FileStorePlace::Directory("/var/files".into())));
        for wrong in ["dir:", "/var/files", "file:/var/files", "", "s3:files"] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_bucket_has_an_endpoint_and_a_region() {
        let place =
            FileStorePlace::parse("s3://files/a/b?endpoint=https://s3.example&region=eu-west-2").unwrap();
        let expected = FileStorePlace::Bucket {
            bucket: "files".to_owned(),
            prefix: "a/b".to_owned(),
            endpoint: "https://s3.example".to_owned(),
            region: "eu-west-2".to_owned(),
            in_host: false,
        };
        assert_eq!(place, expected);
        for right in [
            "s3://files?endpoint=https%3A%2F%2Fs3.example%3A9000&region=x",
            "s3://files?endpoint=http://127.0.0.1:9000&region=x&style=path",
        ] {
            assert!(FileStorePlace::parse(right).is_ok(), "{right}");
        }
        for wrong in [
            "s3://files",
            "s3://files?endpoint=https://s3.example",
            "s3://files?region=x",
            "s3://Files?endpoint=https://s3.example&region=x",
            "s3://files?endpoint=http://s3.example&region=x",
            "s3://files?endpoint=https://id:secret@s3.example&region=x",
            "s3://files?endpoint=https://s3.example/path&region=x",
            "s3://files?endpoint=https://s3.example&region=x&style=other",
            "s3://files?endpoint=https://s3.example&region=x&key=secret",
        ] {
            let refusal = FileStorePlace::parse(wrong).unwrap_err();
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }

    #[test]
    fn a_key_is_an_identifier_and_a_secret() {
        for right in ["ID:SECRET", "ID\nSECRET\n", " ID \n SECRET "] {
            assert_eq!(StoreKey::parse(right).unwrap().id, "ID", "{right:?}");
        }
        for wrong in ["", "ID", ":SECRET", "ID:", "ID\nSECRET\nMORE"] {
            let refusal = StoreKey::parse(wrong).unwrap_err();
            assert!(!refusal.contains("MORE"), "{wrong:?}");
        }
        assert!(!format!("{:?}", StoreKey::parse("ID:hidden").unwrap()).contains("hidden"));
    }
}
