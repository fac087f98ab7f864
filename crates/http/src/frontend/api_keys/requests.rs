//! API keys as their organization's people describe them. What is for the developer to decide (plan, credits, metadata,
//! external id, organization) is ignored, as unknown fields are.

use crate::backend::api_keys::{expiry, new_expiry};
use crate::error::Result;
use crate::extract::{optional_object, optional_objects};
use crate::wire::{LimitBody, Patch, Time, Whole, patch_objects, read_limits, required};
use lockwork_model::api_keys::{ApiKeyUpdate, NewApiKey};
use lockwork_model::error::Error;
use lockwork_model::ids::OrganizationId;
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::metadata::tags;
use lockwork_model::time::Timestamp;
use serde::Deserialize;
use std::str::FromStr;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateApiKey {
    #[serde(alias = "api_key", default, deserialize_with = "optional_object")]
    #[schema(required)]
    api_key: Option<NewApiKeyBody>,
}

/// A key to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewApiKeyBody {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    description: Option<String>,
    /// At most 20.
    tags: Option<Vec<String>>,
    /// When it shall stop working; must be in the future. Absent means never.
    #[serde(alias = "expire_time")]
    expire_time: Option<Time>,
    /// In how many seconds it shall stop working, instead of `expireTime`.
    #[serde(alias = "expires_in_seconds")]
    expires_in_seconds: Option<Whole>,
    /// `false` makes it disabled.
    enabled: Option<bool>,
    /// The networks from which it may be used; absent means all.
    #[serde(alias = "ip_allowlist")]
    ip_allowlist: Option<Vec<String>>,
    /// Its own limits.
    #[serde(default, deserialize_with = "optional_objects")]
    limits: Option<Vec<LimitBody>>,
    /// Roles to give it at once; the caller must hold what they grant.
    #[serde(alias = "role_ids")]
    role_ids: Option<Vec<String>>,
    /// Actions to give it directly, by name; the caller must hold them.
    actions: Option<Vec<String>>,
}

impl CreateApiKey {
    /// The key, of this organization.
    pub(super) fn read(self, organization: OrganizationId, now: Timestamp) -> Result<NewApiKey> {
        let body = required("apiKey", self.api_key)?;
        Ok(NewApiKey {
            organization,
            display_name: body.display_name.unwrap_or_default(),
            description: body.description.unwrap_or_default(),
            external_id: None,
            metadata: None,
            tags: tags("apiKey.tags", body.tags.unwrap_or_default())?,
            expires_at: expiry(body.expire_time, body.expires_in_seconds, now)?,
            disabled: body.enabled == Some(false),
            plan: None,
            limits: read_limits("apiKey.limits", body.limits.unwrap_or_default())?,
            ip_allowlist: IpNetworks::parse("apiKey.ipAllowlist", &body.ip_allowlist.unwrap_or_default())?,
            credits: None,
            roles: each("apiKey.roleIds", body.role_ids)?,
            actions: each("apiKey.actions", body.actions)?,
        })
    }
}

fn each<T: FromStr<Err: std::fmt::Display>>(field: &str, texts: Option<Vec<String>>) -> Result<Vec<T>> {
    let read = |text: String| text.parse().map_err(|problem| Error::invalid_field(field, problem).into());
    texts.unwrap_or_default().into_iter().map(read).collect()
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateApiKey {
    #[serde(alias = "api_key", default, deserialize_with = "optional_object")]
    #[schema(required)]
    api_key: Option<ApiKeyChange>,
}

/// A change to a key; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiKeyChange {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    description: Option<String>,
    /// The whole set.
    tags: Option<Vec<String>>,
    /// Another moment in the future at which it shall stop working; `null` means never.
    #[serde(alias = "expire_time", default)]
    #[schema(value_type = Option<Time>)]
    expire_time: Patch<Time>,
    /// In how many seconds from now it shall stop working, instead of `expireTime`.
    #[serde(alias = "expires_in_seconds")]
    expires_in_seconds: Option<Whole>,
    /// The networks from which it may be used; `null` for all. Only of keys that a member made.
    #[serde(alias = "ip_allowlist", default)]
    #[schema(value_type = Option<Vec<String>>)]
    ip_allowlist: Patch<Vec<String>>,
    /// The whole set of its own limits; `null` for none. Only of keys that a member made.
    #[serde(default, deserialize_with = "patch_objects")]
    #[schema(value_type = Option<Vec<LimitBody>>)]
    limits: Patch<Vec<LimitBody>>,
}

impl UpdateApiKey {
    /// The change.
    pub(super) fn read(self, now: Timestamp) -> Result<ApiKeyUpdate> {
        let change = required("apiKey", self.api_key)?;
        let networks = |texts: Vec<String>| IpNetworks::parse("apiKey.ipAllowlist", &texts);
        let limits = change.limits.read(|bodies| read_limits("apiKey.limits", bodies))?.into_option();
        Ok(ApiKeyUpdate {
            display_name: change.display_name,
            description: change.description,
            tags: change.tags.map(|texts| tags("apiKey.tags", texts)).transpose()?,
            expires_at: new_expiry(change.expire_time, change.expires_in_seconds, now)?,
            limits: limits.map(Option::unwrap_or_default),
            ip_allowlist: change.ip_allowlist.read(networks)?.into_option().map(Option::unwrap_or_default),
            ..ApiKeyUpdate::default()
        })
    }
}
