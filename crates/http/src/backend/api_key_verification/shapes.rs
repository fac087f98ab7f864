//! What a verification is asked and answers.

use crate::error::Result;
use crate::extract::optional_objects;
use crate::wire::{LimitScope, Time, Whole, is_zero};
use lockwork_app::{NamedCost, Use};
use lockwork_model::error::Error;
use lockwork_model::limits::LIMITS_MAX;
use lockwork_model::metadata::check_tags;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::net::IpAddr;
use utoipa::ToSchema;

/// A secret to authenticate.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticateApiKey<'a> {
    /// The API key as its holder sent it.
    #[serde(alias = "secret_token", borrow)]
    #[schema(required)]
    secret_token: Option<Cow<'a, str>>,
    /// The end user's address. A key that may be used from some networks only is refused without it.
    #[serde(alias = "ip_address", borrow)]
    ip_address: Option<Cow<'a, str>>,
    /// What the request costs, in credits and in each limit: 1 if not given; 0 asks without taking.
    cost: Option<Whole>,
    /// Limits with a cost of their own, and those that count only when they are named; at most 16.
    #[serde(default, deserialize_with = "optional_objects", borrow)]
    limits: Option<Vec<NamedLimit<'a>>>,
}

/// A secret to verify.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifyApiKey<'a> {
    /// The API key as its holder sent it.
    #[serde(alias = "secret_token", borrow)]
    #[schema(required)]
    secret_token: Option<Cow<'a, str>>,
    /// What the key must be allowed to do: action names with AND, OR, NOT, parentheses, and `*` for a whole segment.
    #[serde(borrow)]
    permissions: Option<Cow<'a, str>>,
    /// The end user's address. A key that may be used from some networks only is refused without it.
    #[serde(alias = "ip_address", borrow)]
    ip_address: Option<Cow<'a, str>>,
    /// What the request costs, in credits and in each limit: 1 if not given; 0 asks without taking.
    cost: Option<Whole>,
    /// Limits with a cost of their own, and those that count only when they are named; at most 16.
    #[serde(default, deserialize_with = "optional_objects", borrow)]
    limits: Option<Vec<NamedLimit<'a>>>,
    /// What to tell this request's log line by: at most 20 tags of up to 64 letters, digits, `_`, `-`, `.`, `:` and `/`.
    pub(super) tags: Option<Vec<String>>,
}

/// A limit that the request names.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NamedLimit<'a> {
    /// Its name; the key, its organization or one of their plans must have it.
    #[serde(borrow)]
    #[schema(required)]
    name: Option<Cow<'a, str>>,
    /// What the request costs in it; the request's cost if not given.
    cost: Option<Whole>,
}

/// The key that a secret belongs to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticatedApiKey {
    api_key_id: String,
    organization_id: String,
    /// Sorted by bytes.
    #[serde(skip_serializing_if = "is_zero")]
    actions: Vec<String>,
}

/// The verdict on a secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Verdict)]
pub(crate) struct VerdictView {
    /// Whether to let the request in.
    valid: bool,
    /// Why.
    code: VerdictCode,
    #[serde(skip_serializing_if = "is_zero")]
    api_key_id: String,
    #[serde(skip_serializing_if = "is_zero")]
    organization_id: String,
    #[serde(skip_serializing_if = "is_zero")]
    display_name: String,
    /// Your own id for the key.
    #[serde(skip_serializing_if = "is_zero")]
    external_id: String,
    /// What you keep with the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    metadata: Option<serde_json::Value>,
    /// Sorted by bytes.
    #[serde(skip_serializing_if = "is_zero")]
    actions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_time: Option<Time>,
    /// What each limit had to say, if it came to them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limits: Vec<LimitStateView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credits: Option<CreditsState>,
}

/// What a limit had to say.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LimitState)]
struct LimitStateView {
    name: String,
    scope: LimitScope,
    limit: u64,
    /// What is left; after a refusal, in which nothing is taken, too.
    remaining: u64,
    /// When the request would fit, if this limit refused it; else when all of it is free again.
    reset_seconds: u64,
}

/// What is left of the credits, the least where both the key and its organization have some.
#[derive(Serialize, ToSchema)]
struct CreditsState {
    remaining: u64,
}

/// The first failure in this order, or `VALID`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "its schema is used; the code itself is the model's")]
enum VerdictCode {
    Valid,
    Malformed,
    NotFound,
    ProjectDisabled,
    OrganizationDisabled,
    Revoked,
    Disabled,
    Expired,
    AddressNotAllowed,
    InsufficientPermissions,
    RateLimited,
    CreditsExhausted,
}

/// Reads the parts that both requests have in common and lends them as a use.
fn with_use<R>(
    token: &str,
    permissions: Option<&str>,
    address: Option<&str>,
    cost: Option<Whole>,
    limits: &[NamedLimit<'_>],
    with: impl FnOnce(&Use<'_>) -> Result<R>,
) -> Result<R> {
    let read_address = |text: &str| {
        text.parse::<IpAddr>()
            .map_err(|_| Error::invalid_field("ipAddress", "must be an IPv4 or IPv6 address"))
    };
    let address = address.filter(|text| !text.is_empty()).map(read_address).transpose()?;
    if limits.len() > LIMITS_MAX {
        return Err(Error::invalid_field("limits", format!("must be at most {LIMITS_MAX} limits")).into());
    }
    let mut named = [NamedCost { name: "", cost: None }; LIMITS_MAX];
    for (index, (place, limit)) in named.iter_mut().zip(limits).enumerate() {
        let field = || format!("limits[{index}].name");
        let name = limit.name.as_deref().unwrap_or_default();
        if name.is_empty() {
            return Err(Error::invalid_field(field(), "is required").into());
        }
        if limits[..index].iter().any(|earlier| earlier.name == limit.name) {
            return Err(Error::invalid_field(field(), "was named before").into());
        }
        *place = NamedCost { name, cost: limit.cost.map(|cost| cost.0) };
    }
    with(&Use {
        token,
        permissions: permissions.filter(|text| !text.is_empty()),
        address,
        cost: cost.map_or(1, |cost| cost.0),
        limits: &named[..limits.len()],
    })
}

impl VerifyApiKey<'_> {
    pub(super) fn with<R>(&self, with: impl FnOnce(&Use<'_>) -> Result<R>) -> Result<R> {
        let token = self.secret_token.as_deref();
        let token = token.ok_or_else(|| Error::invalid_field("secretToken", "is required"))?;
        if let Some(tags) = &self.tags {
            check_tags("tags", tags)?;
        }
        let limits = self.limits.as_deref().unwrap_or_default();
        with_use(token, self.permissions.as_deref(), self.ip_address.as_deref(), self.cost, limits, with)
    }
}

impl AuthenticateApiKey<'_> {
    pub(super) fn with<R>(&self, with: impl FnOnce(&Use<'_>) -> Result<R>) -> Result<R> {
        let token = self.secret_token.as_deref().unwrap_or_default();
        let limits = self.limits.as_deref().unwrap_or_default();
        with_use(token, None, self.ip_address.as_deref(), self.cost, limits, with)
    }
}
