//! Files in a directory: a folder a trust. Where several nodes serve, all of them must see the same one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{FileName, FileStore};
use crate::error::{ApiError, ApiResult, Code};

/// A directory, which is made with the first file.
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The directory of this path.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, name: FileName) -> PathBuf {
        self.root.join(name.to_string())
    }

    fn folder(&self, name: FileName) -> PathBuf {
        self.root.join(name.trust.to_string())
    }

    /// Where a file stands until all of it is there.
    fn draft(&self, name: FileName) -> PathBuf {
        self.folder(name).join(format!("{}.part", name.file))
    }

    fn write(&self, name: FileName, size: u64, content: &mut dyn Read) -> io::Result<()> {
        let (folder, draft) = (self.folder(name), self.draft(name));
        self.make(&folder)?;
        let mut file = private().open(&draft)?;
        let count = io::copy(content, &mut file)?;
        if count != size {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file has another length"));
        }
        file.flush()?;
        file.sync_all()?;
        drop(file);
        if self.path(name).try_exists()? {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the name is taken"));
        }
        fs::rename(&draft, self.path(name))?;
        sync(&folder)
    }

    /// Makes a trust's folder, so that it is there after a loss of power.
    fn make(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        make_folder(folder)?;
        let parent = self.root.parent().filter(|parent| *parent != Path::new(""));
        sync(parent.unwrap_or_else(|| Path::new(".")))?;
        sync(&self.root)
    }
}

impl FileStore for Directory {
    fn put(&self, name: FileName, size: u64, content: &mut dyn Read) -> ApiResult<()> {
        let written = self.write(name, size, content);
        if written.is_err() {
            // What cannot be removed now is found by the sweep.
            let _ = fs::remove_file(self.draft(name));
        }
        written.map_err(|error| failed("a file cannot be stored", &error))
    }

    fn get(&self, name: FileName) -> ApiResult<Box<dyn Read + Send>> {
        match File::open(self.path(name)) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(ApiError::internal(format!("the file {name} is not in the file store")))
            }
            Err(error) => Err(failed("a file cannot be read", &error)),
        }
    }

    fn delete(&self, name: FileName) -> ApiResult<()> {
        for path in [self.draft(name), self.path(name)] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed("a file cannot be removed", &error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn failed(what: &str, error: &io::Error) -> ApiError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ApiError { cause: Some(format!("{what}: {error}")), ..ApiError::of(Code::StorageFull) }
        }
        _ => ApiError::unavailable(format!("{what}: {error}")),
    }
}

/// For their owner only.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// What was made in a folder is there after a loss of power.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;

    fn name() -> FileName {
        FileName { trust: Id::from_bytes([1; 16]), file: Id::from_bytes([2; 16]) }
    }

    fn store() -> (tempfile::TempDir, Directory) {
        let folder = tempfile::tempdir().unwrap();
        let store = Directory::new(folder.path().join("files"));
        (folder, store)
    }

    fn read(store: &Directory) -> ApiResult<Vec<u8>> {
        let mut bytes = Vec::new();
        store.get(name())?.read_to_end(&mut bytes).unwrap();
        Ok(bytes)
    }

    fn everything(folder: &Path) -> Vec<PathBuf> {
        let inside = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        inside.flat_map(|path| if path.is_dir() { everything(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn what_is_put_is_there_until_it_is_deleted() {
        let (folder, store) = store();
        store.put(name(), 5, &mut &b"bytes"[..]).unwrap();
        assert_eq!(read(&store).unwrap(), b"bytes");
        assert_eq!(everything(folder.path()), [store.path(name())]);
        store.delete(name()).unwrap();
        assert_eq!(read(&store).unwrap_err().code, Code::Internal);
        store.delete(name()).unwrap();
    }

    #[test]
    fn a_name_is_used_once() {
        let (_folder, store) = store();
        store.put(name(), 3, &mut &b"one"[..]).unwrap();
        assert!(store.put(name(), 3, &mut &b"two"[..]).is_err());
        assert_eq!(read(&store).unwrap(), b"one");
    }

    #[test]
    fn what_breaks_off_leaves_nothing() {
        let (folder, store) = store();
        assert!(store.put(name(), 6, &mut &b"bytes"[..]).is_err());
        assert!(everything(folder.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn files_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, store) = store();
        store.put(name(), 5, &mut &b"bytes"[..]).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&store.path(name())), mode(&store.folder(name()))), (0o600, 0o700));
    }
}
