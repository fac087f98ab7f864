//! Signing in with a password, and getting a new one.

use super::{LoginHandle, Proven, find_user};
use crate::app::App;
use crate::lockouts::Guess;
use lockwork_identity::mail;
use lockwork_identity::passwords::{Password, PasswordHash};
use lockwork_model::email::EmailAddress;
use lockwork_model::entropy::draw;
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::ids::OrganizationId;
use lockwork_model::lockouts::LockoutKind;
use lockwork_model::organizations::Organization;
use lockwork_model::projects::LoginMethod;
use lockwork_model::secrets::{SecretHash, SecretText};
use lockwork_model::sessions::PrimaryAuthFactor;
use lockwork_model::short_secrets::PasswordResetCode;
use lockwork_model::users::User;

/// A password to check.
#[derive(Debug, Clone)]
pub struct VerifyPassword {
    /// Of the user in this organization; otherwise in the one that was chosen.
    pub organization: Option<OrganizationId>,
    /// Signs in by address and password alone.
    pub email: Option<String>,
    /// The password.
    pub password: SecretText,
}

/// Whose password it may be.
struct Candidate {
    email: EmailAddress,
    user: Option<User>,
    hash: Option<PasswordHash>,
}

impl App {
    /// Checks a password. An unknown address, a user without a password and a wrong password look the same and take as
    /// long.
    ///
    /// # Errors
    /// `Unauthenticated`, `IncorrectPassword`; `ResourceExhausted` after too many wrong ones.
    pub async fn verify_password(&self, handle: &LoginHandle, given: VerifyPassword) -> Result<Proven> {
        let email = given.email.as_deref().map(|email| EmailAddress::parse("email", email)).transpose()?;
        let by_email = email.is_some();
        let candidate = self.candidate(handle, email, given.organization).await?;
        let guess = Guess::about_email(handle.project().id, LockoutKind::Password, &candidate.email);
        self.count_attempt(guess, handle.now).await?;
        let is_right = self.passwords().verify(given.password, candidate.hash).await?;
        let user = candidate.user.filter(|_| is_right).ok_or_else(incorrect)?;
        let proven = self
            .prove(handle, |progress| {
                if by_email {
                    progress.identify(candidate.email);
                }
                progress.choose(user.organization);
                progress.password_of = Some(user.id);
                progress.primary_factor.get_or_insert(PrimaryAuthFactor::Password);
                Ok(())
            })
            .await?;
        self.clear_attempts(guess, handle.now).await?;
        Ok(proven)
    }

    /// The user whose password is asked for: of the address and organization that are named, or that the login has.
    async fn candidate(
        &self,
        handle: &LoginHandle,
        email: Option<EmailAddress>,
        organization: Option<OrganizationId>,
    ) -> Result<Candidate> {
        let mut conn = self.store().read().await?;
        let (login, scope) = self.find_login(&mut conn, handle).await?;
        let progress = &login.progress;
        let (email, users) = match email {
            Some(email) => {
                let users = conn.users(&scope).of_email(&email).await?;
                (email, users)
            }
            None => {
                let organization = match organization {
                    Some(organization) => organization,
                    None => progress.chosen_organization()?,
                };
                let user = find_user(conn.users(&scope), progress, organization).await?;
                (progress.verified_email()?.clone(), user.into_iter().collect())
            }
        };
        let mut newest: Option<User> = None;
        for user in users {
            let is_wanted =
                user.has_password && organization.is_none_or(|wanted| user.organization == wanted);
            let is_newer = newest.as_ref().is_none_or(|newest| newest.created_at < user.created_at);
            if is_wanted && is_newer {
                let organization = conn.organizations(&scope).find(user.organization).await?;
                newest = organization.filter(takes_passwords).map(|_| user).or(newest);
            }
        }
        let hash = match &newest {
            Some(user) => {
                conn.users(&scope).credentials(user.id).await?.and_then(|found| found.password_hash)
            }
            None => None,
        };
        Ok(Candidate { email, user: newest, hash: hash.map(PasswordHash::from_stored) })
    }

    /// Chooses a password: the first one, or after a mail about a forgotten one a new one.
    ///
    /// # Errors
    /// `Unauthenticated`, `PermissionDenied` before the address is proven; `InvalidArgument` for one that is too short
    /// or long; `PasswordCompromised`; `FailedPrecondition` when there is one already, or the organization takes none.
    pub async fn register_password(&self, handle: &LoginHandle, password: &SecretText) -> Result<()> {
        let password = Password::new("password", password.reveal().to_owned())?;
        {
            let mut open = self.open_login(handle).await?;
            open.login.progress.verified_email()?;
            let (organization, user) = open.chosen().await?;
            if !takes_passwords(&organization) {
                return Err(Error::failed_precondition("this organization does not allow passwords"));
            }
            let has_one = user.is_some_and(|user| user.has_password);
            if has_one && !open.login.progress.password_reset_verified {
                return Err(Error::failed_precondition(
                    "there is a password already; give it, or ask for a mail to replace it",
                ));
            }
        }
        let hash = self.hash_new_password(password).await?;
        self.change_login(handle, |progress| {
            progress.verified_email()?;
            progress.new_password_hash = Some(hash.as_str().to_owned());
            Ok(())
        })
        .await
    }

    /// Hashes a password that is not known to be stolen.
    pub(crate) async fn hash_new_password(&self, password: Password) -> Result<PasswordHash> {
        if self.people().breached_passwords.contain(&password).await {
            return Err(Error::new(
                ErrorCode::PasswordCompromised,
                "this password is in lists of stolen passwords; choose another one",
            ));
        }
        let salt = draw(&mut **self.entropy());
        self.passwords().hash(password, salt).await
    }

    /// Sends a mail to whoever forgot their password; to nobody when there is no such user, which looks the same.
    ///
    /// # Errors
    /// `Unauthenticated`, `InvalidArgument`; `FailedPrecondition` before an address is known, or without mail;
    /// `ResourceExhausted` after several mails.
    pub async fn issue_password_reset_code(&self, handle: &LoginHandle, email: Option<String>) -> Result<()> {
        let given = email.map(|email| EmailAddress::parse("email", &email)).transpose()?;
        let email = match given {
            Some(email) => {
                self.read_login(handle).await?;
                email
            }
            None => self.read_login(handle).await?.progress.email()?.clone(),
        };
        self.reserve_mail(handle.project(), &email, handle.now).await?;
        let code = PasswordResetCode::generate(&mut **self.entropy());
        let mut open = self.open_login(handle).await?;
        let users = open.tx.users(&open.scope).of_email(&email).await?;
        open.login.progress.identify(email.clone());
        open.login.progress.password_reset_hash = Some(*code.hash().as_bytes());
        open.login.progress.password_reset_verified = false;
        self.keep_login(open, handle).await?;
        if !users.iter().any(|user| user.has_password) {
            return Ok(());
        }
        let origin = self.pages_origin(handle.project());
        let link = format!("{origin}/reset-password?code={}", code.to_secret().reveal());
        self.post(
            handle.project(),
            mail::password_reset(email.as_str(), &handle.project().display_name, &link),
            handle.now,
        )
    }

    /// Takes the code of that mail back, once: the address is proven, and a new password may be chosen.
    ///
    /// # Errors
    /// `Unauthenticated`; `InvalidArgument` for a wrong code; `ResourceExhausted` after too many of them.
    pub async fn verify_password_reset_code(&self, handle: &LoginHandle, code: &str) -> Result<Proven> {
        let email = self.read_login(handle).await?.progress.email()?.clone();
        let guess = Guess::about_email(handle.project().id, LockoutKind::EmailCode, &email);
        self.count_attempt(guess, handle.now).await?;
        let proven = self
            .prove(handle, |progress| {
                let wanted = progress.password_reset_hash.map(SecretHash::from_bytes);
                let given = code.parse::<PasswordResetCode>().ok().map(|code| code.hash());
                if given.is_none() || given != wanted || progress.email.as_ref() != Some(&email) {
                    return Err(Error::invalid_field(
                        "passwordResetCode",
                        "is wrong, was used before, or a later mail replaced it; ask for another mail",
                    ));
                }
                progress.password_reset_hash = None;
                progress.password_reset_verified = true;
                progress.email_verified = true;
                progress.email_shown = true;
                progress.primary_factor.get_or_insert(PrimaryAuthFactor::Password);
                Ok(())
            })
            .await?;
        self.clear_attempts(guess, handle.now).await?;
        Ok(proven)
    }
}

fn takes_passwords(organization: &Organization) -> bool {
    organization.log_in_with.has(LoginMethod::Password)
}

pub(crate) fn incorrect() -> Error {
    Error::new(ErrorCode::IncorrectPassword, "the e-mail or the password is wrong")
}
