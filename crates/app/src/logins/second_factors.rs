//! Second factors on the way in: giving one, and setting the first one up.
//!
//! Nobody may set one up who could be somebody else: everything that comes before a second factor must be shown first,
//! and a factor that is there already must be given before another is added.

use super::{LoginHandle, Open, Proven};
use crate::app::App;
use crate::lockouts::Guess;
use crate::sealing::MasterKey;
use lockwork_identity::authenticator_apps::AuthenticatorSecret;
use lockwork_identity::passkeys::{AssertionResponse, RegistrationResponse, RelyingParty, StoredPasskey};
use lockwork_model::entropy::Entropy;
use lockwork_model::error::{Error, ErrorCode, Result};
use lockwork_model::logins::{Missing, NewAuthenticator, NewPasskey, RECOVERY_CODES};
use lockwork_model::organizations::Organization;
use lockwork_model::passkeys::Passkey;
use lockwork_model::projects::LoginMethod;
use lockwork_model::secrets::{SecretHash, SecretText};
use lockwork_model::short_secrets::RecoveryCode;
use lockwork_model::users::User;
use serde_json::Value;

/// What the secret of an authenticator app is bound to at rest.
pub(crate) const AUTHENTICATOR_PURPOSE: &str = "authenticator app";

/// What stands for an authenticator app.
#[derive(Debug, Clone)]
pub enum SecondFactorCode {
    /// The six digits that it shows.
    Totp(String),
    /// One of the codes that came with it.
    Recovery(String),
}

impl Open {
    /// The organization and the user, if everything has been shown that comes before a second factor.
    async fn ready(&mut self, handle: &LoginHandle) -> Result<(Organization, Option<User>)> {
        let (organization, user) = self.chosen().await?;
        match self.missing(handle, &organization, user.as_ref()).await? {
            None | Some(Missing::SecondFactor) => Ok((organization, user)),
            Some(missing) => Err(missing.refusal()),
        }
    }

    /// The same, if a second factor of this kind may be set up now.
    async fn ready_to_add(
        &mut self,
        handle: &LoginHandle,
        method: LoginMethod,
    ) -> Result<(Organization, Option<User>)> {
        let (organization, user) = self.ready(handle).await?;
        check_allowed(&organization, method)?;
        let has_one = match &user {
            Some(user) => user.has_authenticator_app || !self.usable_passkeys(user).await?.is_empty(),
            None => false,
        };
        let shown = self.login.progress.passkey_verified || self.login.progress.authenticator_verified;
        if has_one && !shown {
            return Err(Error::failed_precondition(
                "give the second factor that you have before adding another",
            ));
        }
        Ok((organization, user))
    }

    async fn usable_passkeys(&mut self, user: &User) -> Result<Vec<Passkey>> {
        let passkeys = self.tx.passkeys(&self.scope).of_user(user.id).await?;
        Ok(passkeys.into_iter().filter(|passkey| !passkey.disabled).collect())
    }
}

fn check_allowed(organization: &Organization, method: LoginMethod) -> Result<()> {
    if organization.log_in_with.has(method) {
        return Ok(());
    }
    let noun = method.noun();
    Err(Error::failed_precondition(format!("log in with {noun} is not enabled for this organization")))
}

fn no_second_factor() -> Error {
    Error::failed_precondition("there is no such second factor; set one up first")
}

pub(crate) fn stored(passkeys: &[Passkey]) -> Vec<StoredPasskey> {
    let stored = |passkey: &Passkey| StoredPasskey {
        credential_id: passkey.credential_id.clone(),
        public_key_pem: passkey.public_key_pem.clone(),
        aaguid: passkey.aaguid.clone(),
        rp_id: passkey.rp_id.clone(),
        json: passkey.state.clone(),
    };
    passkeys.iter().map(stored).collect()
}

/// Codes that stand in for an authenticator app, and their hashes.
pub(crate) fn recovery_codes(entropy: &mut dyn Entropy) -> (Vec<SecretText>, Vec<SecretHash>) {
    let codes = (0..RECOVERY_CODES).map(|_| RecoveryCode::generate(entropy));
    codes.map(|code| (code.to_secret(), code.hash())).unzip()
}

pub(crate) fn seal_authenticator(
    key: &MasterKey,
    secret: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<Vec<u8>> {
    let sealed = key.seal(AUTHENTICATOR_PURPOSE, secret, entropy);
    sealed.ok_or_else(|| Error::internal("an authenticator app's secret could not be sealed"))
}

pub(crate) fn wrong_totp() -> Error {
    Error::new(ErrorCode::IncorrectTotpCode, "the code is wrong or was used before; wait for the next one")
}

impl App {
    fn relying_party(&self, handle: &LoginHandle) -> Result<RelyingParty> {
        self.relying_party_of(&handle.pages)
    }

    /// What a browser needs to make a passkey.
    ///
    /// # Errors
    /// `Unauthenticated`; `FailedPrecondition` while something else is missing, or passkeys are off.
    pub async fn passkey_options(&self, handle: &LoginHandle) -> Result<Value> {
        let mut open = self.open_login(handle).await?;
        let (_, user) = open.ready_to_add(handle, LoginMethod::Passkey).await?;
        let existing = match &user {
            Some(user) => open.tx.passkeys(&open.scope).of_user(user.id).await?,
            None => Vec::new(),
        };
        let id = open.user_id(user.as_ref(), self);
        let progress = &mut open.login.progress;
        let email = progress.proven_email()?.to_string();
        let name = progress.display_name.clone().unwrap_or_else(|| email.clone());
        let party = self.relying_party(handle)?;
        let (options, state) = party.start_registration(id, &email, &name, &stored(&existing))?;
        progress.passkey_registration = Some(state);
        self.keep_login(open, handle).await?;
        Ok(options)
    }

    /// Takes the passkey that the browser made; it counts as given.
    ///
    /// # Errors
    /// `Unauthenticated`; `FailedPrecondition` without a challenge; `InvalidArgument` when it does not hold.
    pub async fn register_login_passkey(
        &self,
        handle: &LoginHandle,
        response: RegistrationResponse,
    ) -> Result<()> {
        // Taken before it is tried: each challenge is answered once.
        let state = self.change_login(handle, |progress| Ok(progress.passkey_registration.take())).await?;
        let state = state.ok_or_else(|| Error::failed_precondition("ask for passkey options first"))?;
        let made = self.relying_party(handle)?.finish_registration(&state, response)?;
        let mut open = self.open_login(handle).await?;
        open.ready_to_add(handle, LoginMethod::Passkey).await?;
        open.login.progress.new_passkey = Some(NewPasskey {
            credential_id: made.credential_id,
            public_key_pem: made.public_key_pem,
            aaguid: made.aaguid,
            rp_id: made.rp_id,
            state: made.json,
        });
        open.login.progress.passkey_verified = true;
        self.keep_login(open, handle).await
    }

    /// A challenge for one of the user's passkeys to sign.
    ///
    /// # Errors
    /// `Unauthenticated`; `FailedPrecondition` while something else is missing, or there is no passkey.
    pub async fn issue_passkey_challenge(&self, handle: &LoginHandle) -> Result<Value> {
        let mut open = self.open_login(handle).await?;
        let (organization, user) = open.ready(handle).await?;
        check_allowed(&organization, LoginMethod::Passkey)?;
        let passkeys = open.usable_passkeys(&user.ok_or_else(no_second_factor)?).await?;
        let (options, state) = self.relying_party(handle)?.start_authentication(&stored(&passkeys))?;
        open.login.progress.passkey_challenge = Some(state);
        self.keep_login(open, handle).await?;
        Ok(options)
    }

    /// Takes a passkey's signature.
    ///
    /// # Errors
    /// `Unauthenticated`; `FailedPrecondition` without a challenge; `InvalidArgument` when it does not hold;
    /// `ResourceExhausted` after too many of these.
    pub async fn verify_passkey(&self, handle: &LoginHandle, response: AssertionResponse) -> Result<Proven> {
        let state = self.change_login(handle, |progress| Ok(progress.passkey_challenge.take())).await?;
        let state = state.ok_or_else(|| Error::failed_precondition("ask for a passkey challenge first"))?;
        let user = self.open_login(handle).await?.ready(handle).await?.1.ok_or_else(no_second_factor)?;
        let guess = Guess::second_factor(handle.project().id, user.id);
        self.count_attempt(guess, handle.now).await?;
        let mut open = self.open_login(handle).await?;
        let mut passkeys = open.usable_passkeys(&user).await?;
        let mut known = stored(&passkeys);
        let which = self.relying_party(handle)?.finish_authentication(&state, response, &mut known)?;
        if let (Some(passkey), Some(used)) = (passkeys.get_mut(which), known.get_mut(which)) {
            passkey.state = std::mem::take(&mut used.json);
            passkey.updated_at = handle.now;
            open.tx.passkeys(&open.scope).update(passkey).await?;
        }
        open.login.progress.passkey_verified = true;
        let proven = self.keep_proof(open, handle).await?;
        self.clear_attempts(guess, handle.now).await?;
        Ok(proven)
    }

    /// The address (`otpauth://…`) that sets up an authenticator app.
    ///
    /// # Errors
    /// `Unauthenticated`; `FailedPrecondition` while something else is missing, or the apps are off.
    pub async fn authenticator_app_options(&self, handle: &LoginHandle) -> Result<SecretText> {
        let mut open = self.open_login(handle).await?;
        open.ready_to_add(handle, LoginMethod::AuthenticatorApp).await?;
        let secret = AuthenticatorSecret::generate(&mut **self.entropy());
        let progress = &mut open.login.progress;
        let uri = secret.otpauth_uri(&handle.project().display_name, progress.proven_email()?.as_str())?;
        progress.pending_authenticator = Some(secret.as_bytes().to_vec());
        self.keep_login(open, handle).await?;
        Ok(SecretText::new(uri))
    }

    /// Takes the first code of a new authenticator app; answers the codes that stand in for it. It counts as given.
    ///
    /// # Errors
    /// `Unauthenticated`; `FailedPrecondition` when none is being set up; `IncorrectTotpCode`; `ResourceExhausted` after
    /// too many of these.
    pub async fn register_login_authenticator_app(
        &self,
        handle: &LoginHandle,
        code: &str,
    ) -> Result<Vec<SecretText>> {
        let guess = {
            let mut open = self.open_login(handle).await?;
            let (_, user) = open.ready_to_add(handle, LoginMethod::AuthenticatorApp).await?;
            match user {
                Some(user) => Guess::second_factor(handle.project().id, user.id),
                None => {
                    let email = open.login.progress.proven_email()?;
                    Guess::about_email(
                        handle.project().id,
                        lockwork_model::lockouts::LockoutKind::SecondFactor,
                        email,
                    )
                }
            }
        };
        self.count_attempt(guess, handle.now).await?;
        let mut open = self.open_login(handle).await?;
        open.ready_to_add(handle, LoginMethod::AuthenticatorApp).await?;
        let progress = &mut open.login.progress;
        let pending = progress.pending_authenticator.as_deref().and_then(AuthenticatorSecret::from_bytes);
        let secret =
            pending.ok_or_else(|| Error::failed_precondition("ask for authenticator app options first"))?;
        let step = secret.accept(code, handle.now, None).ok_or_else(wrong_totp)?;
        let (codes, hashes) = recovery_codes(&mut **self.entropy());
        progress.pending_authenticator = None;
        progress.new_authenticator = Some(NewAuthenticator {
            secret: secret.as_bytes().to_vec(),
            step,
            recovery_code_hashes: hashes.iter().map(|hash| *hash.as_bytes()).collect(),
        });
        progress.authenticator_verified = true;
        self.keep_login(open, handle).await?;
        self.clear_attempts(guess, handle.now).await?;
        Ok(codes)
    }

    /// Takes a code of the user's authenticator app, or one that stands in for it. Each works once.
    ///
    /// # Errors
    /// `Unauthenticated`; `FailedPrecondition` while something else is missing, or there is no app; `IncorrectTotpCode`;
    /// `ResourceExhausted` after too many of these.
    pub async fn verify_authenticator_app(
        &self,
        handle: &LoginHandle,
        code: &SecondFactorCode,
    ) -> Result<Proven> {
        let user = {
            let mut open = self.open_login(handle).await?;
            let (organization, user) = open.ready(handle).await?;
            check_allowed(&organization, LoginMethod::AuthenticatorApp)?;
            user.filter(|user| user.has_authenticator_app).ok_or_else(no_second_factor)?
        };
        let guess = Guess::second_factor(handle.project().id, user.id);
        self.count_attempt(guess, handle.now).await?;
        let mut open = self.open_login(handle).await?;
        if !self.accepts(&mut open, handle, &user, code).await? {
            return Err(wrong_totp());
        }
        open.login.progress.authenticator_verified = true;
        let proven = self.keep_proof(open, handle).await?;
        self.clear_attempts(guess, handle.now).await?;
        Ok(proven)
    }

    async fn accepts(
        &self,
        open: &mut Open,
        handle: &LoginHandle,
        user: &User,
        code: &SecondFactorCode,
    ) -> Result<bool> {
        let mut users = open.tx.users(&open.scope);
        match code {
            SecondFactorCode::Recovery(code) => match code.parse::<RecoveryCode>() {
                Ok(code) => Ok(users.take_recovery_code(user.id, &code.hash()).await?),
                Err(_) => Ok(false),
            },
            SecondFactorCode::Totp(code) => {
                let credentials =
                    users.credentials_for_update(user.id).await?.ok_or_else(no_second_factor)?;
                let sealed = credentials.sealed_authenticator_secret.ok_or_else(no_second_factor)?;
                let plain = self.options().master_key.open(AUTHENTICATOR_PURPOSE, &sealed);
                let secret = plain.as_deref().and_then(AuthenticatorSecret::from_bytes);
                let secret = secret.ok_or_else(|| Error::internal("an authenticator app does not open"))?;
                match secret.accept(code, handle.now, credentials.authenticator_last_step) {
                    Some(step) => Ok(users.set_authenticator_step(user.id, step).await?),
                    None => Ok(false),
                }
            }
        }
    }
}
