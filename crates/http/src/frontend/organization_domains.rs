//! The Google Workspace domains and Microsoft Entra tenants whose people see the organization when they sign in.

use super::caller::MemberCtx;
use super::failures::{ReadFailures, WriteFailures};
use crate::backend::organization_domains::{
    OrganizationGoogleHostedDomainsEnvelope, OrganizationMicrosoftTenantIdsEnvelope,
    UpdateOrganizationGoogleHostedDomains, UpdateOrganizationMicrosoftTenantIds,
};
use crate::error::Result;
use crate::extract::{Json, NoParameters, Query};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::organizations::DomainList;

/// Get the organization's Google Workspace domains
#[utoipa::path(
    get, path = "/api/frontend/v1/google-hosted-domains", tag = "Organization",
    responses((status = 200, body = OrganizationGoogleHostedDomainsEnvelope), ReadFailures)
)]
pub(crate) async fn get_google_hosted_domains(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<OrganizationGoogleHostedDomainsEnvelope>> {
    let list = DomainList::GoogleHostedDomains;
    let entries = app.get_organization_domains(&ctx, organization, list).await?;
    Ok(OrganizationGoogleHostedDomainsEnvelope::new(organization, entries))
}

/// Replace the organization's Google Workspace domains
///
/// Owners only.
#[utoipa::path(
    patch, path = "/api/frontend/v1/google-hosted-domains", tag = "Organization",
    request_body = UpdateOrganizationGoogleHostedDomains,
    responses((status = 200, body = OrganizationGoogleHostedDomainsEnvelope), WriteFailures)
)]
pub(crate) async fn update_google_hosted_domains(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdateOrganizationGoogleHostedDomains>,
) -> Result<Json<OrganizationGoogleHostedDomainsEnvelope>> {
    let (list, entries) = (DomainList::GoogleHostedDomains, body.google_hosted_domains.unwrap_or_default());
    let entries = app.update_organization_domains(&ctx, organization, list, entries).await?;
    Ok(OrganizationGoogleHostedDomainsEnvelope::new(organization, entries))
}

/// Get the organization's Microsoft Entra tenants
#[utoipa::path(
    get, path = "/api/frontend/v1/microsoft-tenant-ids", tag = "Organization",
    responses((status = 200, body = OrganizationMicrosoftTenantIdsEnvelope), ReadFailures)
)]
pub(crate) async fn get_microsoft_tenant_ids(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<OrganizationMicrosoftTenantIdsEnvelope>> {
    let list = DomainList::MicrosoftTenantIds;
    let entries = app.get_organization_domains(&ctx, organization, list).await?;
    Ok(OrganizationMicrosoftTenantIdsEnvelope::new(organization, entries))
}

/// Replace the organization's Microsoft Entra tenants
///
/// Owners only.
#[utoipa::path(
    patch, path = "/api/frontend/v1/microsoft-tenant-ids", tag = "Organization",
    request_body = UpdateOrganizationMicrosoftTenantIds,
    responses((status = 200, body = OrganizationMicrosoftTenantIdsEnvelope), WriteFailures)
)]
pub(crate) async fn update_microsoft_tenant_ids(
    State(app): State<App>,
    MemberCtx { ctx, organization }: MemberCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdateOrganizationMicrosoftTenantIds>,
) -> Result<Json<OrganizationMicrosoftTenantIdsEnvelope>> {
    let (list, entries) = (DomainList::MicrosoftTenantIds, body.microsoft_tenant_ids.unwrap_or_default());
    let entries = app.update_organization_domains(&ctx, organization, list, entries).await?;
    Ok(OrganizationMicrosoftTenantIdsEnvelope::new(organization, entries))
}
