//! `GET whoami`: how far a login is.

use super::caller::InLogin;
use super::failures::LookFailures;
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use crate::wire::{Time, is_zero};
use axum::extract::State;
use lockwork_app::{App, LoginState, SecondFactors};
use lockwork_model::logins::Missing;
use serde::Serialize;
use utoipa::ToSchema;

/// A login in progress.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IntermediateSession)]
pub(crate) struct IntermediateSessionView {
    id: String,
    project_id: String,
    create_time: Time,
    /// When it is over.
    expire_time: Time,
    #[serde(skip_serializing_if = "is_zero")]
    email: String,
    /// Whether the address is proven to be theirs.
    #[serde(skip_serializing_if = "is_zero")]
    email_verified: bool,
    /// How they first showed who they are, by the numbers of a session's `primaryAuthFactor`.
    #[serde(skip_serializing_if = "is_zero")]
    primary_auth_factor: i64,
    /// The organization that they chose.
    #[serde(skip_serializing_if = "is_zero")]
    organization_id: String,
    #[serde(skip_serializing_if = "is_zero")]
    organization_display_name: String,
    /// Whether they gave the password, or chose a new one.
    #[serde(skip_serializing_if = "is_zero")]
    password_verified: bool,
    #[serde(skip_serializing_if = "is_zero")]
    passkey_verified: bool,
    #[serde(skip_serializing_if = "is_zero")]
    authenticator_app_verified: bool,
    /// Whether the organization has no user of this address yet.
    #[serde(skip_serializing_if = "is_zero")]
    new_user: bool,
    /// What the organization still wants: PROJECT_LOGINS, ORGANIZATION_LOGINS, PRIMARY_FACTOR, ALLOWED_PRIMARY_FACTOR,
    /// EMAIL, PASSWORD or SECOND_FACTOR. Absent when nothing is, and before an organization is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'static str>,
    /// Which second factors they have and may have; absent before everything is shown that comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factors: Option<SecondFactorsView>,
    /// Where they want to go in the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<String>,
}

/// Which second factors somebody has, and may have.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SecondFactors)]
pub(crate) struct SecondFactorsView {
    has_passkey: bool,
    has_authenticator_app: bool,
    takes_passkeys: bool,
    takes_authenticator_apps: bool,
}

impl From<SecondFactors> for SecondFactorsView {
    fn from(factors: SecondFactors) -> Self {
        Self {
            has_passkey: factors.has_passkey,
            has_authenticator_app: factors.has_authenticator_app,
            takes_passkeys: factors.takes_passkeys,
            takes_authenticator_apps: factors.takes_authenticator_apps,
        }
    }
}

impl From<LoginState> for IntermediateSessionView {
    fn from(state: LoginState) -> Self {
        let (organization_id, organization_display_name) = state.organization.unzip();
        Self {
            id: state.id.to_string(),
            project_id: state.project.to_string(),
            create_time: state.created_at.into(),
            expire_time: state.expires_at.into(),
            email: state.email.map(|email| email.to_string()).unwrap_or_default(),
            email_verified: state.email_verified,
            primary_auth_factor: state.primary_factor.map_or(0, |factor| factor.number()),
            organization_id: organization_id.map(|id| id.to_string()).unwrap_or_default(),
            organization_display_name: organization_display_name.unwrap_or_default(),
            password_verified: state.password_verified,
            passkey_verified: state.passkey_verified,
            authenticator_app_verified: state.authenticator_app_verified,
            new_user: state.new_user,
            missing: state.missing.map(name),
            second_factors: state.second_factors.map(Into::into),
            redirect_uri: state.redirect_uri,
        }
    }
}

const fn name(missing: Missing) -> &'static str {
    match missing {
        Missing::ProjectLogins => "PROJECT_LOGINS",
        Missing::OrganizationLogins => "ORGANIZATION_LOGINS",
        Missing::PrimaryFactor => "PRIMARY_FACTOR",
        Missing::AllowedPrimaryFactor => "ALLOWED_PRIMARY_FACTOR",
        Missing::Email => "EMAIL",
        Missing::Password => "PASSWORD",
        Missing::SecondFactor => "SECOND_FACTOR",
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntermediateSessionEnvelope {
    intermediate_session: IntermediateSessionView,
}

/// Get the login in progress
#[utoipa::path(
    get, path = "/api/intermediate/v1/whoami", tag = "Login",
    responses((status = 200, body = IntermediateSessionEnvelope), LookFailures)
)]
pub(crate) async fn whoami(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<IntermediateSessionEnvelope>> {
    let state = app.describe_login(&login).await?;
    Ok(Json(IntermediateSessionEnvelope { intermediate_session: state.into() }))
}
