//! What a browser may know: how people sign in here, and where its login is.

use super::{LoginHandle, facts, find_user};
use crate::app::App;
use crate::branding::PagesBranding;
use crate::hosts::Pages;
use lockwork_model::email::EmailAddress;
use lockwork_model::error::Result;
use lockwork_model::ids::{IntermediateSessionId, OrganizationId, ProjectId};
use lockwork_model::logins::Missing;
use lockwork_model::projects::{LoginMethod, LoginMethods, SelfServe};
use lockwork_model::providers::Provider;
use lockwork_model::sessions::PrimaryAuthFactor;
use lockwork_model::time::Timestamp;

/// How people may sign in to a project.
#[derive(Debug, Clone)]
pub struct LoginSettings {
    /// The project.
    pub project: ProjectId,
    /// Its name.
    pub display_name: String,
    /// Its ways to sign in.
    pub log_in_with: LoginMethods,
    /// What people may make by themselves.
    pub self_serve: SelfServe,
    /// Whether nobody can sign in.
    pub logins_disabled: bool,
    /// The sign-in providers that are switched on and set up.
    pub providers: Vec<Provider>,
    /// Whether mail can be sent.
    pub mail: bool,
    /// What makes the pages the project's own.
    pub branding: PagesBranding,
}

/// Where a login is.
#[derive(Debug, Clone)]
pub struct LoginState {
    /// Its id.
    pub id: IntermediateSessionId,
    /// The project.
    pub project: ProjectId,
    /// Whom they say they are.
    pub email: Option<EmailAddress>,
    /// Whether that is proven.
    pub email_verified: bool,
    /// By what they first showed who they are.
    pub primary_factor: Option<PrimaryAuthFactor>,
    /// The organization that they chose, and its name.
    pub organization: Option<(OrganizationId, String)>,
    /// Whether the password was given, or a new one chosen.
    pub password_verified: bool,
    /// Whether a passkey signed.
    pub passkey_verified: bool,
    /// Whether a code of an authenticator app was given.
    pub authenticator_app_verified: bool,
    /// Whether they are not in the organization yet.
    pub new_user: bool,
    /// What is missing before the login can become a session in the organization.
    pub missing: Option<Missing>,
    /// Their second factors, once everything has been shown that comes before these.
    pub second_factors: Option<SecondFactors>,
    /// Where they want to go in the end.
    pub redirect_uri: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Which second factors somebody has, and may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactors {
    /// Whether they have a passkey.
    pub has_passkey: bool,
    /// Whether they have an authenticator app.
    pub has_authenticator_app: bool,
    /// Whether the organization takes passkeys.
    pub takes_passkeys: bool,
    /// Whether the organization takes authenticator apps.
    pub takes_authenticator_apps: bool,
}

impl App {
    /// How people may sign in here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn login_settings(&self, pages: &Pages) -> Result<LoginSettings> {
        let project = &pages.project;
        let mut providers = Vec::new();
        for provider in Provider::ALL {
            if self.provider_settings(project, provider).await?.is_some() {
                providers.push(provider);
            }
        }
        Ok(LoginSettings {
            project: project.id,
            display_name: project.display_name.clone(),
            log_in_with: project.log_in_with,
            self_serve: project.self_serve,
            logins_disabled: project.logins_disabled,
            providers,
            mail: self.people().has_mail(),
            branding: self.branding_of(pages).await?,
        })
    }

    /// Where a login is.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub async fn describe_login(&self, handle: &LoginHandle) -> Result<LoginState> {
        let mut conn = self.store().read().await?;
        let (login, scope) = self.find_login(&mut conn, handle).await?;
        let project = &handle.pages.project;
        let mut organization = None;
        let mut user = None;
        if let Some(id) = login.progress.organization {
            organization = conn.organizations(&scope).find(id).await?;
            user = find_user(conn.users(&scope), &login.progress, id).await?;
        }
        let progress = login.progress.clone();
        let facts = facts(conn.passkeys(&scope), user.as_ref()).await?;
        let missing =
            organization.as_ref().and_then(|organization| login.missing(project, organization, facts));
        let is_ready = matches!(missing, None | Some(Missing::SecondFactor));
        Ok(LoginState {
            id: login.id,
            project: project.id,
            missing,
            second_factors: organization.as_ref().filter(|_| is_ready).map(|organization| SecondFactors {
                has_passkey: facts.has_passkey,
                has_authenticator_app: facts.has_authenticator_app,
                takes_passkeys: organization.log_in_with.has(LoginMethod::Passkey),
                takes_authenticator_apps: organization.log_in_with.has(LoginMethod::AuthenticatorApp),
            }),
            organization: organization.map(|organization| (organization.id, organization.display_name)),
            new_user: user.is_none(),
            password_verified: progress.password_of.is_some() || progress.new_password_hash.is_some(),
            email: progress.email,
            email_verified: progress.email_verified,
            primary_factor: progress.primary_factor,
            passkey_verified: progress.passkey_verified,
            authenticator_app_verified: progress.authenticator_verified,
            redirect_uri: progress.redirect_uri,
            created_at: login.created_at,
            expires_at: login.expires_at,
        })
    }
}
