//! The master keys: outside the database, from a file or the environment.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::sealed::{RecordKey, fill};

/// One master key and the name under which wrapped keys refer to it.
#[derive(Debug)]
pub struct MasterKey {
    name: String,
    key: RecordKey,
}

impl MasterKey {
    /// The name: the first eight hexadecimal digits of the key's SHA-256.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn key(&self) -> &RecordKey {
        &self.key
    }
}

/// The keys that open wrapped keys; the first one wraps new ones.
#[derive(Debug)]
pub struct MasterKeys {
    current: MasterKey,
    older: Vec<MasterKey>,
}

impl MasterKeys {
    /// Reads keys as text: one a line, 32 bytes in base64 each, the current one first; `#` begins a comment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut keys = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(parse_key)
            .collect::<Result<Vec<_>, _>>()?
            .into_iter();
        let current = keys.next().ok_or("there is no master key in it")?;
        Ok(Self { current, older: keys.collect() })
    }

    /// Reads a key file.
    pub fn load(file: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        Self::parse(&text).map_err(|fault| format!("{}: {fault}", file.display()))
    }

    /// Reads a key file, or makes one with a new key, readable by its owner only.
    pub fn open_or_create(file: &Path) -> Result<Self, String> {
        if file.exists() {
            return Self::load(file);
        }
        create(file)?;
        Self::load(file)
    }

    /// The key that wraps new keys.
    pub const fn newest(&self) -> &MasterKey {
        &self.current
    }

    /// The key of a name.
    pub fn named(&self, name: &str) -> Option<&MasterKey> {
        std::iter::once(&self.current).chain(&self.older).find(|key| key.name == name)
    }
}

/// Writes a new key file, readable by its owner only; an existing file is never overwritten.
pub fn create(file: &Path) -> Result<(), String> {
    use std::io::Write;
    let mut bytes = [0; 32];
    fill(&mut bytes).map_err(|error| error.to_string())?;
    let fail = |error| format!("the master key file {} cannot be written: {error}", file.display());
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).map_err(fail)?;
    writeln!(out, "{}", STANDARD.encode(bytes)).and_then(|()| out.sync_all()).map_err(fail)
}

fn parse_key(line: &str) -> Result<MasterKey, String> {
    let bytes: [u8; 32] = STANDARD
        .decode(line)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or("a master key is not 32 bytes in base64")?;
    let digest = Sha256::digest(bytes);
    let name = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    Ok(MasterKey { name, key: RecordKey::from_bytes(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_is_current_and_all_are_found_by_name() {
        let (a, b) = (STANDARD.encode([1; 32]), STANDARD.encode([2; 32]));
        let keys = MasterKeys::parse(&format!("# current\n{a}\n\n{b}\n")).unwrap();
        let older = MasterKeys::parse(&b).unwrap().newest().name().to_owned();
        assert_ne!(keys.newest().name(), older);
        assert!(keys.named(&older).is_some());
        assert!(keys.named("00000000").is_none());
    }

    #[test]
    fn a_short_key_is_refused_without_showing_it() {
        let refusal = MasterKeys::parse("c2hvcnQ=").unwrap_err();
        assert!(!refusal.contains("c2hvcnQ"), "{refusal}");
    }
}
