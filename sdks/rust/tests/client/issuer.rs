//! Makes access tokens as a project's sign-in pages do, good ones and others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lockwork::{Client, ClientBuilder};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use crate::key_server::KeyServer;

pub(crate) const PUBLISHABLE_KEY: &str = "publishable_key_0qo01898k369ncxc05oyyn8qn";
pub(crate) const PROJECT: &str = "project_54vwf0clhh0caqe20eujxgpeq";
pub(crate) const VAULT: &str = "project-54vwf0clhh0caqe20eujxgpeq.localhost:8443";
pub(crate) const NOW: u64 = 1_800_000_000;

/// A project's signing key.
pub(crate) struct Issuer {
    pub(crate) kid: String,
    key: SigningKey,
}

/// A clock that the test sets, in seconds since 1970.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Issuer {
    pub(crate) fn new(seed: u8) -> Self {
        Self { kid: format!("session_signing_key_{seed}"), key: SigningKey::from_slice(&[seed; 32]).unwrap() }
    }

    /// The uncompressed point.
    pub(crate) fn public_point(&self) -> Vec<u8> {
        self.key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    fn jwk(&self) -> Value {
        let point = self.public_point();
        let [x, y] = [&point[1..33], &point[33..]].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        json!({"kid": self.kid, "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "x": x, "y": y})
    }

    /// A good token of these claims.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.sign(&json!({"kid": self.kid, "alg": "ES256"}), claims)
    }

    /// A token of any header and claims, with a good signature.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

/// The configuration of a project with these keys.
pub(crate) fn configuration(issuers: &[&Issuer]) -> String {
    let keys: Vec<_> = issuers.iter().map(|issuer| issuer.jwk()).collect();
    json!({
        "projectId": PROJECT, "vaultDomain": VAULT, "cookieDomain": VAULT, "devMode": false,
        "crossDomainMode": false, "trustedDomains": [], "keys": keys,
    })
    .to_string()
}

/// What a token says that begins now.
pub(crate) fn claims() -> Value {
    let issuer = format!("https://{VAULT}");
    json!({
        "iss": issuer, "aud": issuer, "sub": "user_1", "exp": NOW + 300, "nbf": NOW, "iat": NOW,
        "session": {"id": "session_1"},
        "user": {"id": "user_1", "email": "ada@acme.test", "displayName": "Ada"},
        "organization": {"id": "org_1", "displayName": "Acme"},
        "actions": ["acme.widgets.create"],
    })
}

/// The claims, with one of them changed or, by null, left out.
pub(crate) fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name)
    } else {
        members.insert(name.to_owned(), value)
    };
    claims
}

/// A builder for a client of the project, and its clock.
pub(crate) fn builder(server: &KeyServer) -> (ClientBuilder, TestClock) {
    let clock = TestClock(Arc::new(AtomicU64::new(NOW)));
    let seconds = Arc::clone(&clock.0);
    let now = move || UNIX_EPOCH + Duration::from_secs(seconds.load(Ordering::SeqCst));
    (server.builder().publishable_key(PUBLISHABLE_KEY).clock(now), clock)
}

/// A project with these keys, its key server, a client of it and that client's clock.
pub(crate) async fn project(issuers: &[&Issuer]) -> (KeyServer, Client, TestClock) {
    let server = KeyServer::answering(500, "{}").await;
    server.configure(200, &configuration(issuers));
    let (builder, clock) = builder(&server);
    (server, builder.build().unwrap(), clock)
}
