//! API keys as requests describe them.

use crate::error::Result;
use crate::extract::{optional_object, optional_objects};
use crate::wire::{
    CreditsBody, LimitBody, Patch, Time, Whole, optional_id, patch_object, patch_objects, read_limits,
    required, required_id,
};
use lockwork_model::api_keys::{ApiKeyUpdate, Lifetime, NewApiKey};
use lockwork_model::error::Error;
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::metadata::{Metadata, tags};
use lockwork_model::time::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::time::Duration;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateApiKey {
    #[serde(alias = "api_key", default, deserialize_with = "optional_object")]
    #[schema(required)]
    api_key: Option<NewApiKeyBody>,
}

impl CreateApiKey {
    pub(super) fn read(self, now: Timestamp) -> Result<NewApiKey> {
        required("apiKey", self.api_key)?.read(now)
    }
}

/// A key to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewApiKeyBody {
    #[serde(alias = "organization_id")]
    #[schema(required)]
    organization_id: Option<String>,
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    description: Option<String>,
    /// Your own id for it; need not be unique.
    #[serde(alias = "external_id")]
    external_id: Option<String>,
    /// What you want to keep with it: an object of at most 2048 bytes of JSON.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
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
    /// A plan whose limits it has.
    #[serde(alias = "plan_id")]
    plan_id: Option<String>,
    /// Its own limits.
    #[serde(default, deserialize_with = "optional_objects")]
    limits: Option<Vec<LimitBody>>,
    /// Its credits.
    #[serde(default, deserialize_with = "optional_object")]
    credits: Option<CreditsBody>,
    /// Roles to give it at once.
    #[serde(alias = "role_ids")]
    role_ids: Option<Vec<String>>,
    /// Actions to give it directly, by name.
    actions: Option<Vec<String>>,
}

impl NewApiKeyBody {
    fn read(self, now: Timestamp) -> Result<NewApiKey> {
        let role =
            |text: String| text.parse().map_err(|problem| Error::invalid_field("apiKey.roleIds", problem));
        let action =
            |text: String| text.parse().map_err(|problem| Error::invalid_field("apiKey.actions", problem));
        let metadata = self.metadata.map(|object| Metadata::new("apiKey.metadata", &object));
        Ok(NewApiKey {
            organization: required_id("apiKey.organizationId", self.organization_id)?,
            display_name: self.display_name.unwrap_or_default(),
            description: self.description.unwrap_or_default(),
            external_id: self.external_id,
            metadata: metadata.transpose()?,
            tags: tags("apiKey.tags", self.tags.unwrap_or_default())?,
            expires_at: expiry(self.expire_time, self.expires_in_seconds, now)?,
            disabled: self.enabled == Some(false),
            plan: optional_id(self.plan_id)?,
            limits: read_limits("apiKey.limits", self.limits.unwrap_or_default())?,
            ip_allowlist: IpNetworks::parse("apiKey.ipAllowlist", &self.ip_allowlist.unwrap_or_default())?,
            credits: self.credits.map(|body| body.read("apiKey.credits")).transpose()?,
            roles: self
                .role_ids
                .unwrap_or_default()
                .into_iter()
                .map(role)
                .collect::<std::result::Result<_, _>>()?,
            actions: self
                .actions
                .unwrap_or_default()
                .into_iter()
                .map(action)
                .collect::<std::result::Result<_, _>>()?,
        })
    }
}

/// The moment that a request names, or that lies so many seconds ahead.
pub(crate) fn expiry(
    time: Option<Time>,
    seconds: Option<Whole>,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    const FIELD: &str = "apiKey.expiresInSeconds";
    match (time, seconds) {
        (time, None) => Ok(time.map(|time| time.0)),
        (Some(_), Some(_)) => Err(Error::invalid_field(FIELD, "must not be given beside expireTime").into()),
        (None, Some(Whole(seconds))) => match Lifetime::from_seconds(seconds) {
            Some(_) => Ok(Some(now.after(Duration::from_secs(seconds)))),
            None => {
                let problem = format!("must be from 1 to {}", Lifetime::MAX_SECONDS);
                Err(Error::invalid_field(FIELD, problem).into())
            }
        },
    }
}

/// The moment of a change; `Some(None)` is never.
pub(crate) fn new_expiry(
    time: Patch<Time>,
    seconds: Option<Whole>,
    now: Timestamp,
) -> Result<Option<Option<Timestamp>>> {
    match (time, seconds) {
        (Patch::Clear, None) => Ok(Some(None)),
        (Patch::Clear, Some(_)) => {
            let problem = "must not be given beside expireTime";
            Err(Error::invalid_field("apiKey.expiresInSeconds", problem).into())
        }
        (Patch::Keep, seconds) => Ok(expiry(None, seconds, now)?.map(Some)),
        (Patch::Set(time), seconds) => Ok(expiry(Some(time), seconds, now)?.map(Some)),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateApiKey {
    #[serde(alias = "api_key", default, deserialize_with = "optional_object")]
    #[schema(required)]
    api_key: Option<ApiKeyChange>,
}

impl UpdateApiKey {
    pub(super) fn read(self, now: Timestamp) -> Result<ApiKeyUpdate> {
        required("apiKey", self.api_key)?.read(now)
    }
}

/// A change to a key; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiKeyChange {
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    description: Option<String>,
    /// `null` removes it.
    #[serde(alias = "external_id", default)]
    #[schema(value_type = Option<String>)]
    external_id: Patch<String>,
    /// The whole object; `null` removes it.
    #[serde(default, deserialize_with = "patch_object")]
    #[schema(value_type = Option<Object>)]
    metadata: Patch<Map<String, Value>>,
    /// The whole set.
    tags: Option<Vec<String>>,
    /// Another moment in the future at which it shall stop working; `null` means never.
    #[serde(alias = "expire_time", default)]
    #[schema(value_type = Option<Time>)]
    expire_time: Patch<Time>,
    /// In how many seconds from now it shall stop working, instead of `expireTime`.
    #[serde(alias = "expires_in_seconds")]
    expires_in_seconds: Option<Whole>,
    /// The networks from which it may be used; `null` for all.
    #[serde(alias = "ip_allowlist", default)]
    #[schema(value_type = Option<Vec<String>>)]
    ip_allowlist: Patch<Vec<String>>,
    /// Another plan; `null` for none.
    #[serde(alias = "plan_id", default)]
    #[schema(value_type = Option<String>)]
    plan_id: Patch<String>,
    /// The whole set of its own limits; `null` for none.
    #[serde(default, deserialize_with = "patch_objects")]
    #[schema(value_type = Option<Vec<LimitBody>>)]
    limits: Patch<Vec<LimitBody>>,
    /// A new balance with its refill; `null` for no credits, so that its use costs none.
    #[serde(default, deserialize_with = "patch_object")]
    #[schema(value_type = Option<CreditsBody>)]
    credits: Patch<CreditsBody>,
}

impl ApiKeyChange {
    fn read(self, now: Timestamp) -> Result<ApiKeyUpdate> {
        let networks = |texts: Vec<String>| IpNetworks::parse("apiKey.ipAllowlist", &texts);
        let metadata = |object: Map<String, Value>| Metadata::new("apiKey.metadata", &object);
        let limits = self.limits.read(|bodies| read_limits("apiKey.limits", bodies))?.into_option();
        Ok(ApiKeyUpdate {
            display_name: self.display_name,
            description: self.description,
            external_id: self.external_id.into_option(),
            metadata: self.metadata.read(metadata)?.into_option(),
            tags: self.tags.map(|texts| tags("apiKey.tags", texts)).transpose()?,
            expires_at: new_expiry(self.expire_time, self.expires_in_seconds, now)?,
            plan: self.plan_id.read(|text| text.parse())?.into_option(),
            limits: limits.map(Option::unwrap_or_default),
            ip_allowlist: self.ip_allowlist.read(networks)?.into_option().map(Option::unwrap_or_default),
            credits: self.credits.read(|body| body.read("apiKey.credits"))?.into_option(),
        })
    }
}
