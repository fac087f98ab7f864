//! Discovery documents and key sets (OpenID Connect Discovery 1.0), kept in memory.

use super::TENANT;
use crate::providers::answers::fetch;
use crate::providers::{Provider, unavailable};
use lockwork_model::error::Result;
use lockwork_model::time::Timestamp;
use openidconnect::JsonWebKeySet;
use openidconnect::core::{CoreJsonWebKey, CoreProviderMetadata};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// How long what was found is believed.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// What an issuer says about itself.
#[derive(Debug)]
pub(in crate::providers) struct Document {
    /// As tokens name it; Microsoft's may have a hole for the tenant.
    pub(super) issuer: String,
    /// Where browsers are sent.
    pub(in crate::providers) authorize: Url,
    /// Where codes are exchanged.
    pub(in crate::providers) token: Url,
    pub(super) keys: JsonWebKeySet<CoreJsonWebKey>,
    fetched_at: Timestamp,
}

/// The documents found so far, by the configured issuer.
#[derive(Debug, Clone, Default)]
pub(in crate::providers) struct Directory {
    documents: Arc<Mutex<HashMap<Url, Arc<Document>>>>,
}

impl Directory {
    /// The issuer's document: the kept one, or a new one after an hour.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be had, or is not this issuer's.
    pub(in crate::providers) async fn document(
        &self,
        client: &reqwest::Client,
        provider: Provider,
        issuer: &Url,
        now: Timestamp,
    ) -> Result<Arc<Document>> {
        let kept = self.lock().get(issuer).cloned();
        match kept.filter(|document| now < document.fetched_at.after(KEPT)) {
            Some(document) => Ok(document),
            None => self.refetch(client, provider, issuer, now).await,
        }
    }

    /// The issuer's document as it is now.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be had, or is not this issuer's.
    pub(in crate::providers) async fn refetch(
        &self,
        client: &reqwest::Client,
        provider: Provider,
        issuer: &Url,
        now: Timestamp,
    ) -> Result<Arc<Document>> {
        let document = Arc::new(discover(client, provider, issuer, now).await?);
        let mut documents = self.lock();
        documents.retain(|_, document| now < document.fetched_at.after(KEPT));
        documents.insert(issuer.clone(), Arc::clone(&document));
        Ok(document)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Url, Arc<Document>>> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn discover(
    client: &reqwest::Client,
    provider: Provider,
    issuer: &Url,
    now: Timestamp,
) -> Result<Document> {
    let configured = issuer.as_str().trim_end_matches('/');
    let address = format!("{configured}/.well-known/openid-configuration");
    let fault = |why: &dyn std::fmt::Display| unavailable(provider, format!("{address}: {why}"));
    let metadata: CoreProviderMetadata = fetch(client.get(&address)).await.map_err(|error| fault(&error))?;
    let named = metadata.issuer().as_str();
    if !is_issuer(named, configured) {
        return Err(fault(&format!("it is the document of another issuer, {named}")));
    }
    let token = metadata.token_endpoint().ok_or_else(|| fault(&"it names no token endpoint"))?;
    let keys = fetch(client.get(metadata.jwks_uri().url().clone())).await.map_err(|error| fault(&error))?;
    Ok(Document {
        issuer: named.to_owned(),
        authorize: metadata.authorization_endpoint().url().clone(),
        token: token.url().clone(),
        keys,
        fetched_at: now,
    })
}

/// Whether a document's issuer is the configured one. Microsoft's document for all tenants, or for all of
/// organizations, has a hole where the configured address has `common` or `organizations`.
fn is_issuer(named: &str, configured: &str) -> bool {
    ["common", "organizations"]
        .into_iter()
        .map(|tenants| named.replace(TENANT, tenants))
        .any(|named| named.trim_end_matches('/') == configured)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::Endpoints;
    use serde_json::json;

    fn configured(provider: Provider) -> String {
        match Endpoints::of(provider) {
            Ok(Endpoints::Issuer(issuer)) => issuer.as_str().trim_end_matches('/').to_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_documents_that_google_and_microsoft_publish_are_theirs() {
        let google = json!({
            "issuer": "https://accounts.google.com",
            "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
            "device_authorization_endpoint": "https://oauth2.googleapis.com/device/code",
            "token_endpoint": "https://oauth2.googleapis.com/token",
            "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
            "response_types_supported": ["code", "token", "code token id_token", "none"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "grant_types_supported": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
        });
        let microsoft = json!({
            "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
            "authorization_endpoint": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
            "token_endpoint": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": "https://login.microsoftonline.com/common/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "request_uri_parameter_supported": false,
            "tenant_region_scope": null,
        });
        for (provider, document) in [(Provider::Google, google), (Provider::Microsoft, microsoft)] {
            let metadata: CoreProviderMetadata = serde_json::from_value(document).unwrap();
            assert!(is_issuer(metadata.issuer().as_str(), &configured(provider)), "{provider:?}");
        }
    }

    #[test]
    fn keys_of_unknown_kinds_and_with_unknown_members_are_no_hindrance() {
        let keys: JsonWebKeySet<CoreJsonWebKey> = serde_json::from_value(json!({ "keys": [
            { "kty": "OCT-NEW", "kid": "future" },
            { "kty": "RSA", "use": "sig", "kid": "now", "n": "AQAB", "e": "AQAB", "x5t": "now", "x5c": ["MII"],
              "cloud_instance_name": "microsoftonline.com",
              "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0" },
        ] }))
        .unwrap();
        assert_eq!(keys.keys().len(), 1);
    }

    #[test]
    fn an_issuer_is_the_configured_one_and_holes_only_fill_with_all_tenants() {
        let common = configured(Provider::Microsoft);
        let one = "https://login.microsoftonline.com/8f2d1c5e-6a3b-4c7d-9e0f-1a2b3c4d5e6f/v2.0";
        for (named, configured, holds) in [
            (one, one, true),
            ("https://login.microsoftonline.com/{tenantid}/v2.0", one, false),
            (one, common.as_str(), false),
            ("https://evil.example/{tenantid}/v2.0", common.as_str(), false),
            ("https://accounts.google.com/", "https://accounts.google.com", true),
            ("https://accounts.google.com.evil.example", "https://accounts.google.com", false),
        ] {
            assert_eq!(is_issuer(named, configured), holds, "{named} {configured}");
        }
    }
}
