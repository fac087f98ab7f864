//! Whether source files have changed.

use crate::shell;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders of what is made from the sources, of what is not ours, and of tests of the whole.
const NO_SOURCES: [&str; 3] = ["node_modules", "dist", "e2e"];

/// How many source files there are, and when the newest was changed: cheap to look at again and again.
#[derive(Default, PartialEq)]
pub(crate) struct Sources {
    count: usize,
    newest: Option<SystemTime>,
}

impl Sources {
    /// Those at and below these paths of the repository.
    pub(crate) fn of(paths: &[&str]) -> Self {
        let mut sources = Self::default();
        for path in paths {
            sources.add(&shell::root().join(path));
        }
        sources
    }

    fn add(&mut self, path: &Path) {
        for file in files(path) {
            if let Ok(changed) = file.metadata().and_then(|metadata| metadata.modified()) {
                self.count += 1;
                self.newest = self.newest.max(Some(changed));
            }
        }
    }
}

/// What the source files at and below a path are called and have in them, as one short text.
pub(crate) fn fingerprint(path: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    for file in files(path) {
        file.hash(&mut hasher);
        fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// The source files at and below a path. What cannot be read is none: an editor's swap file may be gone by the time it
/// is looked at.
fn files(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    if path.file_name().is_some_and(|name| NO_SOURCES.iter().any(|other| name == *other)) {
        return Vec::new();
    }
    let mut below: Vec<PathBuf> =
        fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    below.sort();
    below.iter().flat_map(|path| files(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Sources, fingerprint};
    use std::fs;

    #[test]
    fn a_new_file_a_changed_one_and_a_lost_one_are_each_seen_and_made_ones_are_not() {
        let folder = std::env::temp_dir().join(format!("lockwork-xtask-sources-{}", std::process::id()));
        let below = folder.join("below");
        fs::create_dir_all(&below).unwrap();
        let look = || {
            let mut sources = Sources::default();
            sources.add(&folder);
            sources
        };
        let empty = look();
        fs::create_dir(below.join("dist")).unwrap();
        fs::write(below.join("dist/a.js"), "").unwrap();
        assert!(look() == empty);
        fs::write(below.join("a.rs"), "").unwrap();
        let with_a_file = look();
        assert!(empty != with_a_file);
        let later = with_a_file.newest.unwrap() + std::time::Duration::from_secs(1);
        fs::File::options().write(true).open(below.join("a.rs")).unwrap().set_modified(later).unwrap();
        assert!(look() != with_a_file);
        let fingerprint = || fingerprint(&folder);
        let before = fingerprint();
        fs::File::options().write(true).open(below.join("a.rs")).unwrap().set_modified(later).unwrap();
        assert_eq!(fingerprint(), before);
        fs::write(below.join("a.rs"), "a").unwrap();
        assert_ne!(fingerprint(), before);
        fs::remove_dir_all(&folder).unwrap();
        assert!(look() == empty);
    }
}
