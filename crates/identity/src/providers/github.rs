//! What is GitHub's own: its API says who someone is.

use super::answers::{Failure, fetch};
use super::oauth::Tokens;
use super::{ExternalIdentity, Provider, unavailable, usable_email, usable_name, usable_picture};
use lockwork_model::error::{Error, Result};
use openidconnect::OAuth2TokenResponse;
use serde::Deserialize;
use url::Url;

/// What is asked for: to read the profile and the e-mail addresses.
pub(super) const SCOPES: &[&str] = &["read:user", "user:email"];

/// <https://docs.github.com/rest/users/users#get-the-authenticated-user>
#[derive(Deserialize)]
struct User {
    id: u64,
    name: Option<String>,
    avatar_url: Option<String>,
}

/// <https://docs.github.com/rest/users/emails#list-email-addresses-for-the-authenticated-user>
#[derive(Deserialize)]
struct Email {
    email: String,
    primary: bool,
    verified: bool,
}

/// Asks GitHub whose token this is. Their address is the primary one, if it is verified.
pub(super) async fn identity(
    client: &reqwest::Client,
    api: &Url,
    tokens: &Tokens,
) -> Result<ExternalIdentity> {
    let user: User = get(client, api, "/user", tokens).await?;
    let emails: Vec<Email> = get(client, api, "/user/emails", tokens).await?;
    let email = emails
        .iter()
        .find(|email| email.primary && email.verified)
        .and_then(|email| usable_email(&email.email))
        .ok_or_else(|| {
            Error::failed_precondition(
                "your GitHub account has no verified primary e-mail address; verify it at GitHub and sign in again",
            )
        })?;
    Ok(ExternalIdentity {
        provider: Provider::Github,
        subject: user.id.to_string(),
        email,
        email_verified: true,
        display_name: user.name.as_deref().and_then(usable_name),
        profile_picture_url: user.avatar_url.as_deref().and_then(usable_picture),
        google_hosted_domain: None,
        microsoft_tenant_id: None,
    })
}

async fn get<T: serde::de::DeserializeOwned>(
    client: &reqwest::Client,
    api: &Url,
    path: &str,
    tokens: &Tokens,
) -> Result<T> {
    let address = format!("{}{path}", api.as_str().trim_end_matches('/'));
    let request = client
        .get(&address)
        .bearer_auth(tokens.access_token().secret())
        .header("accept", "application/vnd.github+json")
        .header("x-github-api-version", "2022-11-28");
    fetch(request).await.map_err(|error| fault(&address, &error))
}

fn fault(address: &str, error: &Failure) -> Error {
    let context = format!("{address}: {error}");
    if error.is_refusal() {
        let text = "GitHub does not let us read your e-mail addresses; sign in again and allow it";
        Error::failed_precondition(text).because(context)
    } else {
        unavailable(Provider::Github, context)
    }
}
