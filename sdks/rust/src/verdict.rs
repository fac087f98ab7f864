use serde::Deserialize;

/// What the key server says about a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Verdict {
    /// Whether the caller may be let in. True only together with [`Code::Valid`].
    #[serde(default)]
    pub valid: bool,
    /// Why.
    pub code: Code,
    /// The key's id (`api_key_…`), if the key is known.
    pub api_key_id: Option<String>,
    /// The organization that the key acts for (`org_…`), if the key is known.
    pub organization_id: Option<String>,
    /// What the key may do, sorted; the union of its roles' and its own actions.
    #[serde(default)]
    pub actions: Vec<String>,
    /// The name that people gave to the key.
    #[serde(default)]
    pub display_name: String,
    /// When the key ends (RFC 3339, UTC); `None` if never.
    pub expire_time: Option<String>,
    /// The developer's own id for the key.
    pub external_id: Option<String>,
    /// What the developer keeps with the key: a JSON object.
    pub metadata: Option<serde_json::Value>,
    /// What each limit had to say, if it came to them.
    #[serde(default)]
    pub limits: Vec<LimitState>,
    /// What is left of the credits, if the key or its organization has some.
    pub credits: Option<Credits>,
}

/// What a limit had to say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LimitState {
    /// Its name.
    pub name: String,
    /// Whose use it counts.
    pub scope: LimitScope,
    /// How much there is.
    pub limit: u64,
    /// How much is left.
    pub remaining: u64,
    /// When the request would fit, if this limit refused it; else when all of it is free again.
    pub reset_seconds: u64,
}

/// Whose use a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum LimitScope {
    /// The key's own.
    ApiKey,
    /// That of all keys of the organization together.
    Organization,
    /// One that this version of the client does not know.
    #[serde(other)]
    Unknown,
}

/// What is left of the credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Credits {
    /// How many; the least where both the key and its organization have some.
    pub remaining: u64,
}

impl Verdict {
    /// Whether the key has exactly this action.
    pub fn has_permission(&self, action: &str) -> bool {
        self.actions.iter().any(|held| held == action)
    }
}

/// The reason of a [`Verdict`]; the first check that failed, or [`Code::Valid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Code {
    /// The key is good and has the permissions that were asked for.
    Valid,
    /// The text can't be a key.
    Malformed,
    /// No such key.
    NotFound,
    /// API keys are switched off for the project.
    ProjectDisabled,
    /// API keys are switched off for the organization.
    OrganizationDisabled,
    /// The key was revoked, for ever.
    Revoked,
    /// The key is switched off for now.
    Disabled,
    /// The key's time is over.
    Expired,
    /// The key may not be used from this network address.
    AddressNotAllowed,
    /// The key is good but lacks the permissions that were asked for.
    InsufficientPermissions,
    /// The key was used too often.
    RateLimited,
    /// The key's credits are spent.
    CreditsExhausted,
    /// A reason that this version of the client does not know. Never valid.
    #[serde(other)]
    Unknown,
}
