//! `/v1/organizations`

use super::login_methods::{request_with_login_methods, view_with_login_methods, with_login_methods};
use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, Query};
use crate::wire::{
    CreditsBody, CreditsView, Empty, LimitBody, LimitView, Patch, Time, Whole, is_zero, list_query,
    non_empty, patch_object, patch_objects, read_lifetime, read_limits,
};
use axum::extract::State;
use lockwork_app::{App, OrganizationFilter};
use lockwork_model::api_keys::Lifetime;
use lockwork_model::ids::OrganizationId;
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::limits::Credits;
use lockwork_model::organizations::{NewOrganization, Organization, OrganizationUpdate};
use lockwork_model::page::Order;
use serde::Serialize;
use utoipa::ToSchema;

view_with_login_methods! {
    /// An organization: a customer of the developer.
    OrganizationView as Organization {
        id: String,
        #[serde(skip_serializing_if = "is_zero")]
        display_name: String,
        create_time: Time,
        update_time: Time,
        require_mfa: bool,
        scim_enabled: bool,
        /// Whether its owners may make roles of their own.
        custom_roles_enabled: bool,
        /// Whether its API keys work; also off while the project's are.
        api_keys_enabled: bool,
        /// Whether each of its people may have API keys of their own.
        personal_api_keys_enabled: bool,
        /// Whether its people are kept out.
        logins_disabled: bool,
        /// The plan whose limits all its keys share.
        #[serde(skip_serializing_if = "Option::is_none")]
        plan_id: Option<String>,
        /// The limits that all its keys share.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        limits: Vec<LimitView>,
        /// The networks from which its keys may be used; absent means all.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ip_allowlist: Vec<String>,
        /// How long its keys may live at most, from when their secret was made.
        #[serde(skip_serializing_if = "Option::is_none")]
        max_api_key_lifetime_seconds: Option<u64>,
        /// The credits that all its keys share, apart from those that nodes have drawn; not in lists.
        #[serde(skip_serializing_if = "Option::is_none")]
        credits: Option<CreditsView>,
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
                logins_disabled: organization.logins_disabled,
                plan_id: organization.plan.map(|id| id.to_string()),
                limits: organization.limits.iter().map(Into::into).collect(),
                ip_allowlist: organization.ip_allowlist.iter().map(ToString::to_string).collect(),
                max_api_key_lifetime_seconds: organization.max_key_lifetime.map(Lifetime::seconds),
                credits: None,
            }
        )
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationEnvelope {
    organization: OrganizationView,
}

impl From<(Organization, Option<Credits>)> for Json<OrganizationEnvelope> {
    fn from((organization, credits): (Organization, Option<Credits>)) -> Self {
        let credits = credits.as_ref().map(Into::into);
        Self(OrganizationEnvelope { organization: OrganizationView { credits, ..(&organization).into() } })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganizationList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    organizations: Vec<OrganizationView>,
    #[serde(skip_serializing_if = "is_zero")]
    next_page_token: String,
    /// How many organizations fit on all pages together, 10,000 at most; only if `count` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<u64>,
    /// Whether there are more than `totalCount`.
    #[serde(skip_serializing_if = "is_zero")]
    total_count_is_lower_bound: bool,
}

request_with_login_methods! {
    /// An organization to make, or a change to one: what is absent, or an empty name, stays as it is.
    OrganizationBody {
        #[serde(alias = "display_name")]
        display_name: Option<String>,
        /// Needs an authenticator app or passkeys to be on. Ignored when the organization is made.
        #[serde(alias = "require_mfa")]
        require_mfa: Option<bool>,
        #[serde(alias = "scim_enabled")]
        scim_enabled: Option<bool>,
        /// Ignored when the organization is made.
        #[serde(alias = "custom_roles_enabled")]
        custom_roles_enabled: Option<bool>,
        /// Switches its API keys, in effect at once. Ignored when the organization is made.
        #[serde(alias = "api_keys_enabled")]
        api_keys_enabled: Option<bool>,
        /// Lets each of its people have API keys of their own. Ignored when the organization is made.
        #[serde(alias = "personal_api_keys_enabled")]
        personal_api_keys_enabled: Option<bool>,
        /// Keeps its people out: nobody signs in, and no session is refreshed. Ignored when the organization is made.
        #[serde(alias = "logins_disabled")]
        logins_disabled: Option<bool>,
        /// The plan whose limits all its keys share; `null` for none.
        #[serde(alias = "plan_id", default)]
        #[schema(value_type = Option<String>)]
        plan_id: Patch<String>,
        /// The whole set of limits that all its keys share; `null` for none.
        #[serde(default, deserialize_with = "patch_objects")]
        #[schema(value_type = Option<Vec<LimitBody>>)]
        limits: Patch<Vec<LimitBody>>,
        /// The networks from which its keys may be used; `null` for all.
        #[serde(alias = "ip_allowlist", default)]
        #[schema(value_type = Option<Vec<String>>)]
        ip_allowlist: Patch<Vec<String>>,
        /// How long its keys may live at most, from when their secret was made; `null` leaves it to the project.
        #[serde(alias = "max_api_key_lifetime_seconds", default)]
        #[schema(value_type = Option<Whole>)]
        max_api_key_lifetime_seconds: Patch<Whole>,
        /// A new balance of the credits that all its keys share, with its refill; `null` for no credits.
        #[serde(default, deserialize_with = "patch_object")]
        #[schema(value_type = Option<CreditsBody>)]
        credits: Patch<CreditsBody>,
    }
}

impl OrganizationBody {
    fn update(self) -> Result<OrganizationUpdate> {
        let networks = |texts: Vec<String>| IpNetworks::parse("ipAllowlist", &texts);
        let log_in_with = self.login_methods();
        let limits = self.limits.read(|bodies| read_limits("limits", bodies))?.into_option();
        let lifetime = |seconds| read_lifetime("maxApiKeyLifetimeSeconds", seconds);
        Ok(OrganizationUpdate {
            log_in_with,
            display_name: non_empty(self.display_name),
            require_mfa: self.require_mfa,
            scim_enabled: self.scim_enabled,
            custom_roles_enabled: self.custom_roles_enabled,
            api_keys_enabled: self.api_keys_enabled,
            personal_api_keys_enabled: self.personal_api_keys_enabled,
            logins_disabled: self.logins_disabled,
            plan: self.plan_id.read(|text| text.parse())?.into_option(),
            limits: limits.map(Option::unwrap_or_default),
            ip_allowlist: self.ip_allowlist.read(networks)?.into_option().map(Option::unwrap_or_default),
            max_key_lifetime: self.max_api_key_lifetime_seconds.read(lifetime)?.into_option(),
            credits: self.credits.read(|body| body.read("credits"))?.into_option(),
        })
    }
}

list_query! {
    ListOrganizations of "organizations" ordered by NAMED {
        /// Only those of exactly this name.
        #[serde(alias = "display_name")]
        display_name: String,
        /// Only those whose name has this in it, in capitals or not.
        search: String,
        /// Only those with API keys on, or off.
        #[serde(alias = "api_keys_enabled")]
        api_keys_enabled: bool,
        /// Whether to count the organizations on all pages: up to 10,000.
        count: bool,
    }
}

/// List organizations
#[utoipa::path(
    get, path = "/v1/organizations", tag = "Organizations", params(ListOrganizations),
    responses((status = 200, body = OrganizationList), ReadFailures)
)]
pub(crate) async fn list_organizations(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListOrganizations>,
) -> Result<Json<OrganizationList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let filter = OrganizationFilter {
        display_name: query.display_name,
        search: query.search.filter(|text| !text.is_empty()),
        api_keys_enabled: query.api_keys_enabled,
    };
    let count = query.count.unwrap_or_default();
    let count = if count { Some(app.count_organizations(&ctx, filter.clone()).await?) } else { None };
    let page = app.list_organizations(&ctx, filter, &request).await?;
    Ok(Json(OrganizationList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        organizations: page.items.iter().map(Into::into).collect(),
        total_count: count.map(|count| count.rows),
        total_count_is_lower_bound: count.is_some_and(|count| count.is_lower_bound),
    }))
}

/// Make an organization
///
/// Sign-in methods that are not named are off. Its API keys are off: switch them on with an update.
#[utoipa::path(
    post, path = "/v1/organizations", tag = "Organizations", request_body = OrganizationBody,
    responses((status = 200, body = OrganizationEnvelope), WriteFailures)
)]
pub(crate) async fn create_organization(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<OrganizationBody>,
) -> Result<Json<OrganizationEnvelope>> {
    let body = body.update()?;
    let new = NewOrganization {
        log_in_with: body.log_in_with,
        display_name: body.display_name.unwrap_or_default(),
        scim_enabled: body.scim_enabled.unwrap_or_default(),
        plan: body.plan.flatten(),
        limits: body.limits.unwrap_or_default(),
        ip_allowlist: body.ip_allowlist.unwrap_or_default(),
        max_key_lifetime: body.max_key_lifetime.flatten(),
        credits: body.credits.flatten(),
    };
    Ok(app.create_organization(&ctx, new).await?.into())
}

/// Get an organization
#[utoipa::path(
    get, path = "/v1/organizations/{id}", tag = "Organizations", params(("id" = String, Path)),
    responses((status = 200, body = OrganizationEnvelope), ReadFailures)
)]
pub(crate) async fn get_organization(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<OrganizationId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<OrganizationEnvelope>> {
    Ok(app.get_organization(&ctx, id).await?.into())
}

/// Change an organization
#[utoipa::path(
    patch, path = "/v1/organizations/{id}", tag = "Organizations", params(("id" = String, Path)),
    request_body = OrganizationBody, responses((status = 200, body = OrganizationEnvelope), WriteFailures)
)]
pub(crate) async fn update_organization(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<OrganizationId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<OrganizationBody>,
) -> Result<Json<OrganizationEnvelope>> {
    Ok(app.update_organization(&ctx, id, body.update()?).await?.into())
}

/// Delete an organization
///
/// Deletes all that is its own; its API keys stop working at once.
#[utoipa::path(
    delete, path = "/v1/organizations/{id}", tag = "Organizations", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_organization(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<OrganizationId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_organization(&ctx, id).await?;
    Ok(Json(Empty {}))
}
