//! Counting attempts, so that nobody can guess for long.

use crate::app::App;
use lockwork_model::email::EmailAddress;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::{ProjectId, UserId};
use lockwork_model::lockouts::{Attempts, Locked, LockoutKind};
use lockwork_model::time::Timestamp;
use sha2::{Digest, Sha256};

/// What is guessed about whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guess {
    project: ProjectId,
    kind: LockoutKind,
    subject: [u8; 32],
}

impl Guess {
    /// About an address, whether somebody has it or not.
    pub(crate) fn about_email(project: ProjectId, kind: LockoutKind, email: &EmailAddress) -> Self {
        Self { project, kind, subject: Sha256::digest(email.as_str()).into() }
    }

    /// About a user's second factor.
    pub(crate) fn second_factor(project: ProjectId, user: UserId) -> Self {
        let subject = Sha256::digest(user.uuid().as_bytes()).into();
        Self { project, kind: LockoutKind::SecondFactor, subject }
    }
}

impl App {
    /// Counts an attempt before it is judged, durably: those that run at once count, and so do those that a crash cuts
    /// off.
    ///
    /// # Errors
    /// `ResourceExhausted` while the lock stays.
    pub(crate) async fn count_attempt(&self, guess: Guess, now: Timestamp) -> Result<()> {
        let Guess { project, kind, ref subject } = guess;
        let mut tx = self.store().begin().await?;
        let before = tx.system().attempts(project, kind, subject).await?;
        let attempts = Attempts::another(before, now).map_err(|locked| refusal(kind, locked))?;
        tx.system().set_attempts(project, kind, subject, attempts).await?;
        Ok(tx.commit_unaudited(now).await?)
    }

    /// Forgets the attempts after one that was right.
    pub(crate) async fn clear_attempts(&self, guess: Guess, now: Timestamp) -> Result<()> {
        let mut tx = self.store().begin().await?;
        tx.system().clear_attempts(guess.project, guess.kind, &guess.subject).await?;
        Ok(tx.commit_unaudited(now).await?)
    }
}

fn refusal(kind: LockoutKind, locked: Locked) -> Error {
    let what = match kind {
        LockoutKind::Mail => "too many mails to this address",
        LockoutKind::Password | LockoutKind::SecondFactor | LockoutKind::EmailCode => {
            "too many wrong attempts"
        }
    };
    let minutes = locked.retry_after.as_secs().div_ceil(60).max(1);
    Error::too_many(format!("{what}; try again in {minutes} min"), locked.retry_after)
}
