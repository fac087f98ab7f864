//! `/v1/organizations/{id}/domains`, `…/google-hosted-domains` and `…/microsoft-tenant-ids`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoParameters, Query};
use axum::extract::State;
use lockwork_app::{App, Ctx};
use lockwork_model::ids::OrganizationId;
use lockwork_model::organizations::DomainList;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Declares one of an organization's lists: its shapes and its two operations.
macro_rules! domain_list {
    ($list:ident, $path:literal, $noun:literal, $field:ident, $alias:literal, $view:ident,
     $envelope:ident, $envelope_field:ident, $body:ident, $get:ident, $update:ident) => {
        #[derive(Serialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $view {
            organization_id: String,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            $field: Vec<String>,
        }

        #[derive(Serialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $envelope {
            $envelope_field: $view,
        }

        impl $envelope {
            pub(crate) fn new(id: OrganizationId, entries: Vec<String>) -> Json<Self> {
                Json(Self { $envelope_field: $view { organization_id: id.to_string(), $field: entries } })
            }
        }

        /// The whole list; absent means empty.
        #[derive(Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $body {
            #[serde(alias = $alias)]
            pub(crate) $field: Option<Vec<String>>,
        }

        #[utoipa::path(
            get, path = $path, summary = concat!("Get an organization's ", $noun), tag = "Organizations", params(("organizationId" = String, Path)),
            responses((status = 200, body = $envelope), ReadFailures)
        )]
        pub(crate) async fn $get(
            State(app): State<App>,
            BackendCtx(ctx): BackendCtx,
            Id(id): Id<OrganizationId>,
            Query(NoParameters {}): Query<NoParameters>,
        ) -> Result<Json<$envelope>> {
            let entries = app.get_organization_domains(&ctx, id, DomainList::$list).await?;
            Ok($envelope::new(id, entries))
        }

        #[utoipa::path(
            patch, path = $path, summary = concat!("Replace an organization's ", $noun), tag = "Organizations", params(("organizationId" = String, Path)),
            request_body = $body, responses((status = 200, body = $envelope), WriteFailures)
        )]
        pub(crate) async fn $update(
            State(app): State<App>,
            BackendCtx(ctx): BackendCtx,
            Id(id): Id<OrganizationId>,
            Query(NoParameters {}): Query<NoParameters>,
            Json(body): Json<$body>,
        ) -> Result<Json<$envelope>> {
            let entries = replace(&app, &ctx, id, DomainList::$list, body.$field).await?;
            Ok($envelope::new(id, entries))
        }
    };
}

async fn replace(
    app: &App,
    ctx: &Ctx,
    id: OrganizationId,
    list: DomainList,
    entries: Option<Vec<String>>,
) -> Result<Vec<String>> {
    Ok(app.update_organization_domains(ctx, id, list, entries.unwrap_or_default()).await?)
}

domain_list!(
    Domains,
    "/v1/organizations/{organizationId}/domains",
    "e-mail domains",
    domains,
    "domains",
    OrganizationDomains,
    OrganizationDomainsEnvelope,
    organization_domains,
    UpdateOrganizationDomains,
    get_organization_domains,
    update_organization_domains
);
domain_list!(
    GoogleHostedDomains,
    "/v1/organizations/{organizationId}/google-hosted-domains",
    "Google Workspace domains",
    google_hosted_domains,
    "google_hosted_domains",
    OrganizationGoogleHostedDomains,
    OrganizationGoogleHostedDomainsEnvelope,
    organization_google_hosted_domains,
    UpdateOrganizationGoogleHostedDomains,
    get_organization_google_hosted_domains,
    update_organization_google_hosted_domains
);
domain_list!(
    MicrosoftTenantIds,
    "/v1/organizations/{organizationId}/microsoft-tenant-ids",
    "Microsoft Entra tenants",
    microsoft_tenant_ids,
    "microsoft_tenant_ids",
    OrganizationMicrosoftTenantIds,
    OrganizationMicrosoftTenantIdsEnvelope,
    organization_microsoft_tenant_ids,
    UpdateOrganizationMicrosoftTenantIds,
    get_organization_microsoft_tenant_ids,
    update_organization_microsoft_tenant_ids
);
