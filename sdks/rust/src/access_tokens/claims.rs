use serde::Deserialize;

/// What an access token says: who is signed in, in which organization, and what they may do. It was true when the token
/// was made, at most five minutes ago.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AccessTokenClaims {
    /// Who made the token: the project's sign-in pages, as a URL.
    pub iss: String,
    /// Whom it is for; the same as `iss`.
    pub aud: String,
    /// Who is signed in; the same as `user.id`.
    pub sub: String,
    /// When it ends, in seconds since 1970 (UTC).
    pub exp: i64,
    /// When it begins, in seconds since 1970 (UTC).
    pub nbf: i64,
    /// When it was made, in seconds since 1970 (UTC).
    pub iat: i64,
    /// The session that it was made in.
    pub session: SessionClaim,
    /// Who is signed in.
    pub user: UserClaim,
    /// The organization that they are signed in to.
    pub organization: OrganizationClaim,
    /// What they may do, sorted: for owners every action of the project, else those of their roles.
    #[serde(default)]
    pub actions: Vec<String>,
    /// Who acts in their place, if somebody of your own staff does.
    pub impersonator: Option<ImpersonatorClaim>,
}

/// A session, as an access token names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SessionClaim {
    /// `session_…`.
    pub id: String,
}

/// A user, as an access token names them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserClaim {
    /// `user_…`.
    pub id: String,
    /// Their e-mail address.
    #[serde(default)]
    pub email: String,
    /// Their name, if they gave one.
    pub display_name: Option<String>,
    /// The URL of their picture, if they have one.
    pub profile_picture_url: Option<String>,
}

/// An organization, as an access token names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OrganizationClaim {
    /// `org_…`.
    pub id: String,
    /// Its name; may be empty.
    #[serde(default)]
    pub display_name: String,
}

/// Who acts in a user's place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ImpersonatorClaim {
    /// Their e-mail address.
    pub email: String,
}

impl AccessTokenClaims {
    /// Whether they may do exactly this action.
    pub fn has_permission(&self, action: &str) -> bool {
        self.actions.iter().any(|held| held == action)
    }
}
