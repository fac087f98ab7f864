//! Passwords: what may become one, and argon2id hashes of them (RFC 9106).

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use lockwork_model::error::{Error, Result};
use lockwork_model::secrets::SecretText;
use std::fmt;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Fewest characters of a new password (NIST SP 800-63B §3.1.1.2).
pub const MIN_CHARS: usize = 8;
/// Most characters of a password; what is longer is refused before it costs us anything.
pub const MAX_CHARS: usize = 256;

/// A text that may become somebody's password: 8 to 256 characters, none of them a control character.
///
/// Taken as it is: no normalization, so that every client must send what was typed. Prints nothing.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Checks a new password; `field` is its name on the wire.
    ///
    /// # Errors
    /// `InvalidArgument` that names `field`; the text never holds the password.
    pub fn new(field: &str, text: String) -> Result<Self> {
        if text.chars().any(char::is_control) {
            return Err(Error::invalid_field(field, "must not contain control characters"));
        }
        match text.chars().count() {
            MIN_CHARS..=MAX_CHARS => Ok(Self(text)),
            _ => {
                let message = format!("must be {MIN_CHARS} to {MAX_CHARS} characters long");
                Err(Error::invalid_field(field, message))
            }
        }
    }

    /// The password itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What storage keeps of a password: the PHC text of an argon2id hash, with its salt and cost. Prints nothing.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a hash read from storage.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text for storage.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB, at least 8 for each lane.
    pub memory_kib: u32,
    /// Passes over the memory, at least 1.
    pub iterations: u32,
    /// Lanes, at least 1.
    pub lanes: u32,
}

/// OWASP's recommendation (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, iterations: 2, lanes: 1 }
    }
}

/// Hashes and judges passwords, off the threads that serve requests and no more at once than there are cores, so
/// that a crowd of sign-ins takes neither all memory nor all time.
#[derive(Debug, Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
}

impl Passwords {
    /// Hashes at this cost from now on. Older hashes are judged at the cost written in them.
    ///
    /// # Errors
    /// `InvalidArgument`, when argon2 does not allow this cost.
    pub fn new(cost: PasswordCost) -> Result<Self> {
        let PasswordCost { memory_kib, iterations, lanes } = cost;
        let params = Params::new(memory_kib, iterations, lanes, None).map_err(|error| {
            Error::invalid(format!("this cost of password hashes is not allowed: {error}"))
        })?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            turns: Arc::new(Semaphore::new(cores)),
        })
    }

    /// The hash of a new password under a random `salt`.
    ///
    /// # Errors
    /// `Internal`, when there is not enough memory.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<PasswordHash> {
        self.in_turn(move |argon2| {
            let hash = argon2.hash_password_with_salt(password.reveal().as_bytes(), &salt);
            hash.map(|hash| PasswordHash(hash.to_string())).map_err(Error::internal)
        })
        .await
    }

    /// Whether `presented` is the password behind `hash`.
    ///
    /// Without a hash, because nobody goes by that name or has a password, the answer is no after the same work, so
    /// that time does not tell who exists. More than 256 characters are no password: of them only the first 256 are
    /// hashed, and the answer is no.
    ///
    /// # Errors
    /// `Internal`, when the stored hash is no argon2 hash or there is not enough memory.
    pub async fn verify(&self, presented: SecretText, hash: Option<PasswordHash>) -> Result<bool> {
        self.in_turn(move |argon2| {
            let (presented, whole) = bounded(presented.reveal());
            let Some(hash) = hash else {
                let unused = argon2.hash_password_with_salt(presented.as_bytes(), &[0; 16]);
                return unused.map(|_| false).map_err(Error::internal);
            };
            let hash = phc::PasswordHash::new(hash.as_str()).map_err(Error::internal)?;
            if hash.salt.is_none() || hash.hash.is_none() {
                return Err(Error::internal("a stored password hash lacks its salt or its hash"));
            }
            match argon2.verify_password(presented.as_bytes(), &hash) {
                Ok(()) => Ok(whole),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(Error::internal(error)),
            }
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Error::internal)?;
        let argon2 = self.argon2.clone();
        // The turn goes with the work: a caller that leaves does not make room while its hash is still computed.
        let work = tokio::task::spawn_blocking(move || {
            let result = work(&argon2);
            drop(turn);
            result
        });
        work.await.map_err(Error::internal)?
    }
}

/// The first [`MAX_CHARS`] characters, and whether they are all.
fn bounded(text: &str) -> (&str, bool) {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => (text.get(..end).unwrap_or_default(), false),
        None => (text, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockwork_model::error::ErrorCode;
    use std::time::{Duration, Instant};

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 16, iterations: 1, lanes: 1 };

    fn password(text: &str) -> Password {
        Password::new("password", text.to_owned()).unwrap()
    }

    fn presented(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[test]
    fn a_new_password_has_8_to_256_characters_and_no_control_characters() {
        for legal in ["12345678", "correct horse battery staple", "пароль⚿🔑", &"ä".repeat(256), "        "]
        {
            assert_eq!(Password::new("password", legal.to_owned()).unwrap().reveal(), legal);
        }
        for illegal in ["", "1234567", "пароль⚿", &"a".repeat(257), &"a".repeat(10_000)] {
            let refused = Password::new("password", illegal.to_owned()).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::InvalidArgument);
            assert_eq!(refused.message(), "password: must be 8 to 256 characters long");
        }
        let refused = Password::new("newPassword", "secret-words\0".to_owned()).unwrap_err();
        assert_eq!(refused.message(), "newPassword: must not contain control characters");
        assert_eq!(refused.field(), Some("newPassword"));
    }

    #[test]
    fn neither_passwords_nor_hashes_print_anything() {
        let hash = PasswordHash::from_stored("$argon2id$secret".to_owned());
        assert_eq!(format!("{:?} {hash:?}", password("hunter2hunter2")), "Password(…) PasswordHash(…)");
        assert!(!format!("{:?}", Passwords::new(CHEAP).unwrap()).contains("hunter"));
    }

    #[tokio::test]
    async fn only_the_same_password_is_behind_a_hash() {
        let passwords = Passwords::new(CHEAP).unwrap();
        let hash = passwords.hash(password("correct horse"), [7; 16]).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=16,t=1,p=1$"), "{}", hash.as_str());
        assert!(passwords.verify(presented("correct horse"), Some(hash.clone())).await.unwrap());
        for wrong in ["", "correct hors", "Correct horse", "correct horse ", "correct horse\0"] {
            assert!(!passwords.verify(presented(wrong), Some(hash.clone())).await.unwrap(), "{wrong}");
        }
        let other_salt = passwords.hash(password("correct horse"), [8; 16]).await.unwrap();
        assert_ne!(hash.as_str(), other_salt.as_str());
    }

    #[tokio::test]
    async fn a_hash_is_judged_at_the_cost_written_in_it() {
        let old = Passwords::new(CHEAP).unwrap();
        let hash = old.hash(password("correct horse"), [7; 16]).await.unwrap();
        let new = Passwords::new(PasswordCost { memory_kib: 32, iterations: 2, lanes: 2 }).unwrap();
        assert!(new.verify(presented("correct horse"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn no_password_is_right_for_somebody_who_has_none() {
        let passwords = Passwords::new(CHEAP).unwrap();
        for text in ["", "correct horse", &"a".repeat(10_000)] {
            assert!(!passwords.verify(presented(text), None).await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_longer_text_is_not_the_password_that_it_begins_with() {
        let passwords = Passwords::new(CHEAP).unwrap();
        let longest = "ä".repeat(256);
        let hash = passwords.hash(password(&longest), [7; 16]).await.unwrap();
        assert!(passwords.verify(presented(&longest), Some(hash.clone())).await.unwrap());
        for longer in ["ä".repeat(257), "ä".repeat(10_000)] {
            assert!(!passwords.verify(presented(&longer), Some(hash.clone())).await.unwrap());
        }
        assert_eq!(bounded(&"ä".repeat(10_000)), (longest.as_str(), false));
    }

    #[tokio::test]
    async fn a_stored_text_that_is_no_hash_is_our_fault_and_not_a_wrong_password() {
        let passwords = Passwords::new(CHEAP).unwrap();
        for broken in
            ["", "plain text", "$argon2id$", "$2b$11$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=16,t=1,p=1"]
        {
            let hash = Some(PasswordHash::from_stored(broken.to_owned()));
            let error = passwords.verify(presented("correct horse"), hash).await.unwrap_err();
            assert_eq!(error.code(), ErrorCode::Internal, "{broken}");
        }
    }

    #[tokio::test]
    async fn time_does_not_tell_who_has_a_password_and_how_wrong_a_guess_is() {
        let passwords = Passwords::new(PasswordCost { memory_kib: 4096, iterations: 2, lanes: 1 }).unwrap();
        let hash = passwords.hash(password("correct horse"), [7; 16]).await.unwrap();
        let long = "a".repeat(10_000);
        let mut guesses = [
            ("correct horse", Some(&hash)),
            ("correct horse", None),
            ("", None),
            ("", Some(&hash)),
            (&long, None),
            (&long, Some(&hash)),
        ]
        .map(|guess| (guess, Duration::MAX));
        // On a busy machine any of them may take longer for a while, but none is quicker than its work.
        for _ in 0..200 {
            for ((text, hash), quickest) in &mut guesses {
                let begin = Instant::now();
                passwords.verify(presented(text), hash.cloned()).await.unwrap();
                *quickest = begin.elapsed().min(*quickest);
            }
            let times = guesses.each_ref().map(|(_, quickest)| *quickest);
            if *times.iter().max().unwrap() < *times.iter().min().unwrap() * 2 {
                return;
            }
        }
        panic!("{:?}", guesses.map(|(_, quickest)| quickest));
    }

    #[test]
    fn an_impossible_cost_is_refused_before_the_first_password() {
        for (memory_kib, iterations, lanes) in [(0, 1, 1), (16, 0, 1), (16, 1, 0), (16, 1, 4)] {
            let refused = Passwords::new(PasswordCost { memory_kib, iterations, lanes }).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::InvalidArgument);
        }
        assert!(Passwords::new(PasswordCost::default()).is_ok());
    }

    #[tokio::test]
    async fn no_more_hashes_run_at_once_than_there_are_cores() {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        let passwords = Passwords::new(CHEAP).unwrap();
        let cores = passwords.turns.available_permits();
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut crowd = tokio::task::JoinSet::new();
        for _ in 0..cores * 4 {
            let (passwords, running, most) = (passwords.clone(), Arc::clone(&running), Arc::clone(&most));
            crowd.spawn(async move {
                let work = passwords.in_turn(move |_| {
                    most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                    std::thread::sleep(std::time::Duration::from_millis(5));
                    running.fetch_sub(1, SeqCst);
                    Ok(())
                });
                work.await.unwrap();
            });
        }
        crowd.join_all().await;
        assert!((1..=cores).contains(&most.load(SeqCst)), "{most:?} of {cores}");
        assert_eq!(passwords.turns.available_permits(), cores);
    }

    #[tokio::test]
    async fn a_caller_that_leaves_keeps_its_turn_until_its_work_is_done() {
        let passwords = Passwords::new(CHEAP).unwrap();
        let cores = passwords.turns.available_permits();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let (finish, may_finish) = std::sync::mpsc::channel::<()>();
        let caller = tokio::spawn({
            let passwords = passwords.clone();
            async move {
                let work = passwords.in_turn(move |_| {
                    started.send(()).unwrap();
                    may_finish.recv().map_err(Error::internal)
                });
                work.await
            }
        });
        has_started.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(passwords.turns.available_permits(), cores - 1);
        finish.send(()).unwrap();
        let all = u32::try_from(cores).unwrap();
        assert!(passwords.turns.acquire_many(all).await.is_ok());
    }
}
