//! Proving an e-mail address, by a link or by six digits.

use super::{LoginHandle, Proven};
use crate::app::App;
use crate::lockouts::Guess;
use lockwork_identity::mail;
use lockwork_model::email::EmailAddress;
use lockwork_model::entropy::{Entropy, draw};
use lockwork_model::error::{Error, Result};
use lockwork_model::lockouts::LockoutKind;
use lockwork_model::logins::EmailChallenge;
use lockwork_model::projects::LoginMethod;
use lockwork_model::secrets::SecretHash;
use lockwork_model::sessions::PrimaryAuthFactor;
use lockwork_model::short_secrets::EmailChallengeCode;
use subtle::ConstantTimeEq;

impl App {
    /// Sends a link and six digits to an address. Only the latest mail counts, and only in the browser that asked.
    ///
    /// # Errors
    /// `Unauthenticated`, `InvalidArgument`; `ResourceExhausted` after several mails; `FailedPrecondition` without mail.
    pub async fn issue_email_verification_challenge(
        &self,
        handle: &LoginHandle,
        email: String,
    ) -> Result<()> {
        let email = EmailAddress::parse("email", &email)?;
        // Before anything is sent: whoever has no login must not make this server send mail.
        self.read_login(handle).await?;
        self.reserve_mail(handle.project(), &email, handle.now).await?;
        let (code, digits) = {
            let mut entropy = self.entropy();
            (EmailChallengeCode::generate(&mut **entropy), six_digits(&mut **entropy))
        };
        let challenge = EmailChallenge { link_hash: *code.hash().as_bytes(), digits: digits.clone() };
        self.change_login(handle, |progress| {
            progress.identify(email.clone());
            progress.email_challenge = Some(challenge);
            Ok(())
        })
        .await?;
        let link = format!(
            "{}/verify-email?code={}",
            self.pages_origin(handle.project()),
            code.to_secret().reveal()
        );
        let message = mail::email_challenge(email.as_str(), &handle.project().display_name, &link, &digits);
        self.post(handle.project(), message, handle.now)
    }

    /// Takes the code of a mail back: the link's or the digits. Each works once.
    ///
    /// # Errors
    /// `Unauthenticated`; `InvalidArgument` for a wrong code; `ResourceExhausted` after too many of them.
    pub async fn verify_email_challenge(&self, handle: &LoginHandle, code: &str) -> Result<Proven> {
        let email = self.read_login(handle).await?.progress.email()?.clone();
        let guess = Guess::about_email(handle.project().id, LockoutKind::EmailCode, &email);
        self.count_attempt(guess, handle.now).await?;
        let proven = self
            .prove(handle, |progress| {
                let challenge = progress.email_challenge.take();
                let challenge = challenge.filter(|_| progress.email.as_ref() == Some(&email));
                if !challenge.is_some_and(|challenge| matches(&challenge, code)) {
                    return Err(Error::invalid_field(
                        "code",
                        "is wrong, was used before, or a later mail replaced it; ask for another mail",
                    ));
                }
                progress.email_verified = true;
                progress.email_shown = true;
                Ok(())
            })
            .await?;
        self.clear_attempts(guess, handle.now).await?;
        Ok(proven)
    }

    /// Signs in by the address that was proven, or by the password that was given.
    ///
    /// # Errors
    /// `Unauthenticated`; `PermissionDenied` when that is not proven, or switched off for the project;
    /// `InvalidArgument` for another factor.
    pub async fn set_primary_login_factor(
        &self,
        handle: &LoginHandle,
        factor: PrimaryAuthFactor,
    ) -> Result<()> {
        let method = match factor {
            PrimaryAuthFactor::Email => LoginMethod::Email,
            PrimaryAuthFactor::Password => LoginMethod::Password,
            _ => return Err(Error::invalid("only email and password can be set; providers set themselves")),
        };
        if !handle.project().log_in_with.has(method) {
            return Err(Error::permission_denied(format!(
                "log in with {} is not enabled for this project",
                method.noun()
            )));
        }
        self.change_login(handle, |progress| {
            progress.proven_email()?;
            // A provider's word for the address is that provider's way to sign in, not this one.
            if factor == PrimaryAuthFactor::Email && !progress.email_shown {
                return Err(Error::permission_denied("email must be verified by a mail"));
            }
            progress.primary_factor = Some(factor);
            Ok(())
        })
        .await
    }
}

/// Whether it is the link's code or the digits; compared in the same time whatever is wrong.
fn matches(challenge: &EmailChallenge, code: &str) -> bool {
    match code.parse::<EmailChallengeCode>() {
        Ok(code) => code.hash() == SecretHash::from_bytes(challenge.link_hash),
        Err(_) => challenge.digits.as_bytes().ct_eq(code.trim().as_bytes()).into(),
    }
}

/// Six random digits.
fn six_digits(entropy: &mut dyn Entropy) -> String {
    // Of 2^64 numbers one in 10^13 more falls on some codes than on others: less than anybody could use.
    let number = u64::from_le_bytes(draw(entropy)) % 1_000_000;
    format!("{number:06}")
}
