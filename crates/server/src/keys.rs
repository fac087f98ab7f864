//! The secrets that stay outside the database: master key and pepper.

use crate::config::{Config, Secret};
use crate::files;
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use lockwork_app::{MasterKey, SystemEntropy};
use lockwork_model::entropy::Entropy;
use lockwork_model::secrets::Pepper;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The master key, and where to keep it if it was just made.
pub(crate) struct Master {
    pub(crate) key: MasterKey,
    /// File and content. To be written before the database is made, so that there is no database without its key.
    to_keep: Option<(PathBuf, String)>,
}

impl Master {
    /// The configured key, the data folder's, or a new one for a database that is new or is shared by a node with
    /// a data folder of its own.
    pub(crate) fn find(config: &Config, embedded_database: Option<&Path>) -> Result<Self> {
        let secrets = &config.secrets;
        if let Some(secret) = configured(secrets.master_key.as_ref(), secrets.master_key_file.as_deref())? {
            let key = MasterKey::from_bytes(decode("the master key", &secret)?);
            return Ok(Self { key, to_keep: None });
        }
        let path = config.server.data_dir().join("master.key");
        // Asked before the key's file is: another process may be making both, the key first.
        let database = embedded_database.map(|database| (database, database.exists()));
        if path.exists() {
            return Self::read(&path);
        }
        match database {
            Some((database, true)) => bail!(
                "{} is missing beside {}; restore it from your backup, or set secrets.master_key_file",
                path.display(),
                database.display()
            ),
            None if config.server.data_dir.is_none() => bail!(
                "with PostgreSQL the master key must be given: set secrets.master_key_file or \
                 LOCKWORK__SECRETS__MASTER_KEY (make one with: head -c 32 /dev/urandom | base64), or name a data \
                 folder with --data-dir to keep one in"
            ),
            _ => {}
        }
        let mut bytes = [0; 32];
        SystemEntropy::default().fill(&mut bytes);
        let text = format!("{}\n", STANDARD.encode(bytes));
        Ok(Self { key: MasterKey::from_bytes(bytes), to_keep: Some((path, text)) })
    }

    fn read(path: &Path) -> Result<Self> {
        let secret = Secret::new(files::read_secret(path)?);
        let bytes = decode(&path.display().to_string(), &secret)?;
        Ok(Self { key: MasterKey::from_bytes(bytes), to_keep: None })
    }

    /// Writes a new key to its file, whole or not at all. Of several processes that start at once the first one's
    /// key becomes the key of all.
    pub(crate) fn keep(self) -> Result<Self> {
        let Some((path, text)) = &self.to_keep else { return Ok(self) };
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        let _ = fs::remove_file(&temporary);
        files::write_new_private(&temporary, text.as_bytes())?;
        let linked = fs::hard_link(&temporary, path);
        let _ = fs::remove_file(&temporary);
        match linked {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            linked => linked.with_context(|| format!("cannot make {}", path.display()))?,
        }
        files::sync_folder_of(path)?;
        Self::read(path)
    }
}

/// The configured pepper.
pub(crate) fn pepper(config: &Config) -> Result<Option<Pepper>> {
    let secret = configured(config.secrets.pepper.as_ref(), config.secrets.pepper_file.as_deref())?;
    secret.map(|secret| decode("the pepper", &secret).map(Pepper::from_bytes)).transpose()
}

/// A secret that is given itself or by a file.
pub(crate) fn configured(secret: Option<&Secret>, file: Option<&Path>) -> Result<Option<Secret>> {
    match file {
        Some(path) => files::read_secret(path).map(|text| Some(Secret::new(text))),
        None => Ok(secret.cloned()),
    }
}

fn decode(what: &str, secret: &Secret) -> Result<[u8; 32]> {
    let text = secret.reveal().trim();
    let bytes = STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok();
    bytes.and_then(|bytes| bytes.try_into().ok()).with_context(|| {
        format!("{what} must be 32 bytes in base64; make one with: head -c 32 /dev/urandom | base64")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    fn config(folder: &Path) -> Config {
        let mut config = Config::default();
        config.server.data_dir = Some(folder.to_owned());
        config
    }

    fn refusal(config: &Config, embedded_database: Option<&Path>) -> String {
        format!("{:#}", Master::find(config, embedded_database).err().unwrap())
    }

    #[test]
    fn a_new_key_is_kept_for_its_owner_only_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let _ = Master::find(&config, None).unwrap().keep().unwrap();
        let path = folder.path().join("master.key");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(Master::find(&config, None).unwrap().to_keep.is_none());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(refusal(&config, None).contains("run: chmod o= "));
    }

    #[test]
    fn of_two_new_keys_the_first_that_is_kept_stays() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = [(); 2].map(|()| Master::find(&config(folder.path()), None).unwrap());
        let first = first.to_keep.clone().map(|(path, text)| (first.keep().unwrap(), path, text)).unwrap();
        let _ = second.keep().unwrap();
        assert_eq!(fs::read_to_string(&first.1).unwrap(), first.2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_is_not_replaced_under_a_database_that_was_made_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("lockwork.db");
        assert!(Master::find(&config(folder.path()), Some(&database)).is_ok());
        fs::write(&database, "").unwrap();
        assert!(refusal(&config(folder.path()), Some(&database)).contains("restore it from your backup"));
    }

    #[test]
    fn a_shared_database_needs_a_given_key() {
        assert!(refusal(&Config::default(), None).contains("LOCKWORK__SECRETS__MASTER_KEY"));
        let mut config = Config::default();
        config.secrets.master_key = Some(Secret::new(STANDARD.encode([1; 32])));
        assert!(Master::find(&config, None).is_ok());
        config.secrets.master_key = Some(Secret::new("c2hvcnQ=".into()));
        let refusal = refusal(&config, None);
        assert!(refusal.contains("must be 32 bytes in base64") && !refusal.contains("c2hvcnQ"), "{refusal}");
    }
}
