//! The organizations that somebody who is signing in may choose.

use super::caller::InLogin;
use super::failures::{LookFailures, StepFailures};
use crate::backend::login_methods::{view_with_login_methods, with_login_methods};
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use crate::wire::{Empty, is_zero, required, required_id};
use axum::extract::State;
use lockwork_app::{App, LoginOrganization};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

view_with_login_methods! {
    /// An organization, and what its user of this address can show.
    LoginOrganizationView as Organization {
        id: String,
        #[serde(skip_serializing_if = "is_zero")]
        display_name: String,
        /// Whether its people must use a second factor.
        require_mfa: bool,
        /// Whether it has a user of this address.
        #[serde(skip_serializing_if = "is_zero")]
        user_exists: bool,
        #[serde(skip_serializing_if = "is_zero")]
        user_has_password: bool,
        #[serde(skip_serializing_if = "is_zero")]
        user_has_authenticator_app: bool,
        #[serde(skip_serializing_if = "is_zero")]
        user_has_passkey: bool,
    }
}

impl From<&LoginOrganization> for LoginOrganizationView {
    fn from(found: &LoginOrganization) -> Self {
        let organization = &found.organization;
        with_login_methods!(
            organization.log_in_with,
            Self {
                id: organization.id.to_string(),
                display_name: organization.display_name.clone(),
                require_mfa: organization.require_mfa,
                user_exists: found.user_exists,
                user_has_password: found.user_has_password,
                user_has_authenticator_app: found.user_has_authenticator_app,
                user_has_passkey: found.user_has_passkey,
            }
        )
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct LoginOrganizationList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    organizations: Vec<LoginOrganizationView>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateLoginOrganization {
    #[serde(alias = "display_name")]
    #[schema(required)]
    display_name: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedLoginOrganization {
    organization_id: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetOrganization {
    #[serde(alias = "organization_id")]
    #[schema(required)]
    organization_id: Option<String>,
}

/// List the organizations to choose from
///
/// Those with a user of this address or these provider ids, those that invited it, and those of its Google Workspace or
/// Microsoft Entra tenant. The address must be proven.
#[utoipa::path(
    get, path = "/api/intermediate/v1/organizations", tag = "Organizations",
    responses((status = 200, body = LoginOrganizationList), LookFailures)
)]
pub(crate) async fn list_organizations(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<LoginOrganizationList>> {
    let organizations = app.list_login_organizations(&login).await?;
    Ok(Json(LoginOrganizationList { organizations: organizations.iter().map(Into::into).collect() }))
}

/// Make an organization
///
/// And choose it; whoever finishes this login owns it. The address must be proven.
#[utoipa::path(
    post, path = "/api/intermediate/v1/organizations", tag = "Organizations",
    request_body = CreateLoginOrganization,
    responses((status = 200, body = CreatedLoginOrganization), StepFailures)
)]
pub(crate) async fn create_organization(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CreateLoginOrganization>,
) -> Result<Json<CreatedLoginOrganization>> {
    let id = app.create_login_organization(&login, required("displayName", body.display_name)?).await?;
    Ok(Json(CreatedLoginOrganization { organization_id: id.to_string() }))
}

/// Choose an organization
///
/// Passwords and second factors that were shown for another one do not count for it.
#[utoipa::path(
    post, path = "/api/intermediate/v1/set-organization", tag = "Organizations", request_body = SetOrganization,
    responses((status = 200, body = Empty), StepFailures)
)]
pub(crate) async fn set_organization(
    State(app): State<App>,
    InLogin(login): InLogin,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<SetOrganization>,
) -> Result<Json<Empty>> {
    app.set_login_organization(&login, required_id("organizationId", body.organization_id)?).await?;
    Ok(Json(Empty {}))
}
