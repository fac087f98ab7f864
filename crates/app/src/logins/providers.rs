//! Signing in with Google, Microsoft or GitHub.

use super::{LoginHandle, Proven};
use crate::app::App;
use crate::projects::OAUTH_SECRET_PURPOSE;
use lockwork_identity::providers::{Callback, ExternalIdentity, PendingAuthorization, ProviderSettings};
use lockwork_model::email::EmailAddress;
use lockwork_model::entropy::draw;
use lockwork_model::error::{Error, Result};
use lockwork_model::logins::PendingProvider;
use lockwork_model::projects::{LoginMethod, Project};
use lockwork_model::providers::Provider;
use lockwork_model::secrets::SecretText;
use lockwork_model::sessions::PrimaryAuthFactor;

/// What a provider sent the browser back with.
#[derive(Debug, Clone)]
pub struct OauthCallback {
    /// The code.
    pub code: SecretText,
    /// The state.
    pub state: SecretText,
    /// Where the browser was sent back to.
    pub redirect_url: String,
}

const fn factor(provider: Provider) -> PrimaryAuthFactor {
    match provider {
        Provider::Google => PrimaryAuthFactor::Google,
        Provider::Microsoft => PrimaryAuthFactor::Microsoft,
        Provider::Github => PrimaryAuthFactor::Github,
    }
}

impl App {
    /// How a project asks a provider: by its own client, else by that of this server. `None` where it is switched off,
    /// or there is no client.
    pub(crate) async fn provider_settings(
        &self,
        project: &Project,
        provider: Provider,
    ) -> Result<Option<ProviderSettings>> {
        if !project.log_in_with.has(LoginMethod::of_provider(provider)) {
            return Ok(None);
        }
        let options = self.people().provider(provider);
        let own = self.store().read().await?.system().oauth_client(project.id, provider).await?;
        let (client_id, client_secret) = match (own, &options.client) {
            (Some(own), _) => {
                let plain = self.options().master_key.open(OAUTH_SECRET_PURPOSE, &own.sealed_client_secret);
                let text = plain.and_then(|plain| String::from_utf8(plain).ok());
                let secret = text.ok_or_else(|| Error::internal("an oauth client secret does not open"))?;
                (own.client_id, SecretText::new(secret))
            }
            (None, Some((client_id, client_secret))) => (client_id.clone(), client_secret.clone()),
            (None, None) => return Ok(None),
        };
        let endpoints = options.endpoints.clone();
        Ok(Some(ProviderSettings { provider, client_id, client_secret, endpoints }))
    }

    async fn usable_provider(&self, project: &Project, provider: Provider) -> Result<ProviderSettings> {
        let settings = self.provider_settings(project, provider).await?;
        settings.ok_or_else(|| {
            let name = provider.as_str();
            Error::failed_precondition(format!("log in with {name} is not enabled for this project"))
        })
    }

    /// Where to send the browser so that a provider says who they are.
    ///
    /// # Errors
    /// `Unauthenticated`; `InvalidArgument` when `redirect_url` is not on these pages; `FailedPrecondition` when the
    /// provider is not enabled; `Unavailable` when it does not answer.
    pub async fn oauth_redirect_url(
        &self,
        handle: &LoginHandle,
        provider: Provider,
        redirect_url: String,
    ) -> Result<String> {
        self.read_login(handle).await?;
        handle.pages.check_own_url("redirectUrl", &redirect_url)?;
        let settings = self.usable_provider(handle.project(), provider).await?;
        let random = {
            let mut entropy = self.entropy();
            [draw(&mut **entropy), draw(&mut **entropy), draw(&mut **entropy)]
        };
        let (url, pending) = self.providers().authorize(&settings, &redirect_url, random, handle.now).await?;
        let state = serde_json::to_string(&pending).map_err(Error::internal)?;
        let pending = PendingProvider { provider, state, redirect_url };
        self.change_login(handle, |progress| {
            progress.pending_provider = Some(pending);
            Ok(())
        })
        .await?;
        Ok(url.into())
    }

    /// Takes what the provider sent the browser back with, once.
    ///
    /// # Errors
    /// `Unauthenticated`; `InvalidArgument` when this browser asked for something else, or the code is not good;
    /// `FailedPrecondition` for an account without an address; `Unavailable` when the provider does not answer.
    pub async fn redeem_oauth_code(
        &self,
        handle: &LoginHandle,
        provider: Provider,
        callback: OauthCallback,
    ) -> Result<Proven> {
        self.read_login(handle).await?;
        let settings = self.usable_provider(handle.project(), provider).await?;
        // Taken before it is tried: a second try with the same state finds nothing.
        let pending = self.change_login(handle, |progress| Ok(progress.pending_provider.take())).await?;
        let pending = pending
            .filter(|pending| pending.provider == provider && pending.redirect_url == callback.redirect_url);
        let pending = pending.ok_or_else(|| {
            Error::invalid_field("state", "this browser did not ask for this sign-in; begin again")
        })?;
        let authorization: PendingAuthorization =
            serde_json::from_str(&pending.state).map_err(Error::internal)?;
        let answer = Callback {
            code: callback.code.reveal(),
            state: callback.state.reveal(),
            redirect_uri: &callback.redirect_url,
        };
        let identity = self.providers().redeem(&settings, &authorization, answer, handle.now).await?;
        self.identify(handle, identity).await
    }

    async fn identify(&self, handle: &LoginHandle, identity: ExternalIdentity) -> Result<Proven> {
        let email = EmailAddress::parse("email", &identity.email)
            .map_err(|_| Error::failed_precondition("this account's e-mail address cannot be used here"))?;
        let (project, provider) = (handle.project().id, identity.provider);
        let is_known = {
            let mut conn = self.store().read().await?;
            conn.system().is_verified_email(project, &email, provider, &identity.subject).await?
        };
        self.prove(handle, |progress| {
            progress.identify(email);
            progress.email_verified |= identity.email_verified || is_known;
            progress.primary_factor = Some(factor(provider));
            progress.external.retain(|(known, _)| *known != provider);
            progress.external.push((provider, identity.subject));
            progress.display_name = identity.display_name;
            progress.profile_picture_url = identity.profile_picture_url;
            match provider {
                Provider::Google => progress.google_hosted_domain = identity.google_hosted_domain,
                Provider::Microsoft => progress.microsoft_tenant_id = identity.microsoft_tenant_id,
                Provider::Github => {}
            }
            Ok(())
        })
        .await
    }
}
