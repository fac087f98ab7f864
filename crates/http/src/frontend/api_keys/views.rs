//! How API keys are shown to the people of their organization: without what the developer keeps with them.

use crate::backend::api_keys::{CreatorView, SecretView};
use crate::extract::Json;
use crate::wire::{LimitView, Time, is_zero};
use lockwork_model::api_keys::{ApiKey, ApiKeyGrants, IssuedApiKey, Lifecycle};
use lockwork_model::permissions::ActionName;
use lockwork_model::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An API key of the caller's organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    id: String,
    create_time: Time,
    update_time: Time,
    /// When it stops working; absent means never.
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_time: Option<Time>,
    #[serde(skip_serializing_if = "is_zero")]
    display_name: String,
    #[serde(skip_serializing_if = "is_zero")]
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    /// The secret; only the answer that made it has it.
    #[serde(skip_serializing_if = "is_zero")]
    secret_token: String,
    /// The secret's last four characters; absent once the key is revoked.
    #[serde(skip_serializing_if = "is_zero")]
    secret_token_suffix: String,
    /// The secrets that work: the present one, and during a rotation the former one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<SecretView>,
    /// Whether it is neither disabled nor revoked.
    enabled: bool,
    #[serde(skip_serializing_if = "is_zero")]
    revoked: bool,
    /// Why it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoke_reason: Option<String>,
    /// The networks from which it may be used; absent means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ip_allowlist: Vec<String>,
    /// Its own limits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limits: Vec<LimitView>,
    /// The key's roles; not in lists.
    #[serde(skip_serializing_if = "is_zero")]
    role_ids: Vec<String>,
    /// The actions given directly; not in lists.
    #[serde(skip_serializing_if = "is_zero")]
    actions: Vec<String>,
    /// All that it may do: the actions given directly and those of its roles, sorted; only in lists.
    #[serde(skip_serializing_if = "is_zero")]
    effective_actions: Vec<String>,
    /// Who made it; empty for the operator of the server.
    creator: CreatorView,
    /// When it was last let in, a few seconds late; absent means never.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_time: Option<Time>,
}

impl ApiKeyView {
    fn new(key: &ApiKey, now: Timestamp) -> Self {
        Self {
            id: key.id.to_string(),
            create_time: key.created_at.into(),
            update_time: key.updated_at.into(),
            expire_time: key.expires_at.map(Time),
            display_name: key.display_name.clone(),
            description: key.description.clone(),
            tags: key.tags.clone(),
            secret_token: String::new(),
            secret_token_suffix: if key.is_revoked() { String::new() } else { key.secret.suffix.clone() },
            secrets: SecretView::all(key, now),
            enabled: key.is_enabled(),
            revoked: key.is_revoked(),
            revoke_reason: match &key.lifecycle {
                Lifecycle::Revoked { reason, .. } => reason.clone(),
                Lifecycle::Active | Lifecycle::Disabled { .. } => None,
            },
            ip_allowlist: key.ip_allowlist.iter().map(ToString::to_string).collect(),
            limits: key.limits.iter().map(Into::into).collect(),
            role_ids: Vec::new(),
            actions: Vec::new(),
            effective_actions: Vec::new(),
            creator: key.creator.into(),
            last_used_time: key.last_used_at.map(Time),
        }
    }

    /// A key as it is at `now`, with all that it may do.
    pub(super) fn listed(key: &ApiKey, actions: &[ActionName], now: Timestamp) -> Self {
        let effective_actions = actions.iter().map(ToString::to_string).collect();
        Self { effective_actions, ..Self::new(key, now) }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyEnvelope {
    api_key: ApiKeyView,
}

impl ApiKeyEnvelope {
    /// A key as it is at `now`.
    pub(crate) fn new(key: &ApiKey, grants: &ApiKeyGrants, now: Timestamp) -> Json<Self> {
        let mut view = ApiKeyView::new(key, now);
        view.role_ids = grants.roles.iter().map(ToString::to_string).collect();
        view.actions = grants.actions.iter().map(ToString::to_string).collect();
        Json(Self { api_key: view })
    }

    /// A key with a secret that was just made.
    pub(crate) fn of_issued(issued: &IssuedApiKey, now: Timestamp) -> Json<Self> {
        let Json(mut envelope) = Self::new(&issued.key, &issued.grants, now);
        if let Some(secret) = &issued.secret {
            secret.reveal().clone_into(&mut envelope.api_key.secret_token);
        }
        Json(envelope)
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) api_keys: Vec<ApiKeyView>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) next_page_token: String,
    /// How many keys fit on all pages together, 10,000 at most; only if `count` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total_count: Option<u64>,
    /// Whether there are more than `totalCount`.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) total_count_is_lower_bound: bool,
}
