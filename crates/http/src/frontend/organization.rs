//! `organization`: the caller's own.

use super::caller::MemberCtx;
use super::failures::{ReadFailures, WriteFailures};
use crate::backend::login_methods::{
    request_with_login_methods, view_with_login_methods, with_login_methods,
};
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use crate::wire::{Time, is_zero, non_empty};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::api_keys::Lifetime;
use lockwork_model::organizations::{Organization, OrganizationUpdate};
use serde::Serialize;
use utoipa::ToSchema;

view_with_login_methods! {
    /// The caller's organization.
    OrganizationView as Organization {
        id: String,
        #[serde(skip_serializing_if = "is_zero")]
        display_name: String,
        create_time: Time,
        update_time: Time,
        /// Whether its people must use a second factor.
        require_mfa: bool,
        scim_enabled: bool,
        /// Whether its owners may make roles of their own.
        custom_roles_enabled: bool,
        /// Whether its API keys work; also off while the project's are.
        api_keys_enabled: bool,
        /// Whether each of its people may have API keys of their own.
        personal_api_keys_enabled: bool,
        /// How long its API keys may live at most.
        #[serde(skip_serializing_if = "Option::is_none")]
        max_api_key_lifetime_seconds: Option<u64>,
    }
}

impl From<&Organization> for OrganizationView {
    fn from(organization: &Organization) -> Self {
        with_login_methods!(
            organization.log_in_with,
            Self {
                id: organization.id.to_string(),
                display_name: organization.display_name.clone(),
                create_time: organization.created_at.into(),
                update_time: organization.updated_at.into(),
                require_mfa: organization.require_mfa,
                scim_enabled: organization.scim_enabled,
                custom_roles_enabled: organization.custom_roles_enabled,
                api_keys_enabled: organization.api_keys_enabled,
                personal_api_keys_enabled: organization.personal_api_keys_enabled,
                max_api_key_lifetime_seconds: organization.max_key_lifetime.map(Lifetime::seconds),
            }
        )
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationEnvelope {
    organization: OrganizationView,
}

request_with_login_methods! {
    /// What owners decide of their organization; what is absent, or an empty name, stays as it is. The rest is the
    /// developer's to decide, and ignored.
    UpdateOrganization {
        #[serde(alias = "display_name")]
        display_name: Option<String>,
        /// Needs an authenticator app or passkeys to be on.
        #[serde(alias = "require_mfa")]
        require_mfa: Option<bool>,
        /// Lets each of its people have API keys of their own, or not.
        #[serde(alias = "personal_api_keys_enabled")]
        personal_api_keys_enabled: Option<bool>,
    }
}

/// Get the organization
#[utoipa::path(
    get, path = "/api/frontend/v1/organization", tag = "Organization",
    responses((status = 200, body = OrganizationEnvelope), ReadFailures)
)]
pub(crate) async fn get_organization(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<OrganizationEnvelope>> {
    let (organization, _) = app.get_organization(&ctx, organization).await?;
    Ok(Json(OrganizationEnvelope { organization: (&organization).into() }))
}

/// Change the organization
///
/// Owners only.
#[utoipa::path(
    patch, path = "/api/frontend/v1/organization", tag = "Organization", request_body = UpdateOrganization,
    responses((status = 200, body = OrganizationEnvelope), WriteFailures)
)]
pub(crate) async fn update_organization(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdateOrganization>,
) -> Result<Json<OrganizationEnvelope>> {
    let update = OrganizationUpdate {
        log_in_with: body.login_methods(),
        display_name: non_empty(body.display_name),
        require_mfa: body.require_mfa,
        personal_api_keys_enabled: body.personal_api_keys_enabled,
        ..OrganizationUpdate::default()
    };
    let (organization, _) = app.update_organization(&ctx, organization, update).await?;
    Ok(Json(OrganizationEnvelope { organization: (&organization).into() }))
}
