//! Signed-in users and API keys through one door.

use lockwork::{Caller, Client, Credentials, CredentialsType, InvalidAccessToken, Rejection};
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName};

use crate::GOOD;
use crate::issuer::{Issuer, PROJECT, builder, claims, configuration};
use crate::key_server::KeyServer;

/// A key server that knows a good API key and one issuer of access tokens.
async fn server(issuer: &Issuer) -> (KeyServer, Client) {
    let server = KeyServer::answering(200, GOOD).await;
    server.configure(200, &configuration(&[issuer]));
    let client = builder(&server).0.build().unwrap();
    (server, client)
}

fn headers(lines: &[(HeaderName, String)]) -> HeaderMap {
    lines.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
}

fn bearer(token: &str) -> HeaderMap {
    headers(&[(AUTHORIZATION, format!("Bearer {token}"))])
}

fn cookie(token: &str) -> (HeaderName, String) {
    (COOKIE, format!("theme=dark; tesseral_{PROJECT}_access_token={token}"))
}

fn kind(caller: &Caller) -> &'static str {
    caller.credentials_type().as_str()
}

#[tokio::test]
async fn users_and_keys_come_in_by_the_same_door_and_are_told_apart() {
    let issuer = Issuer::new(1);
    let (server, client) = server(&issuer).await;
    let required = Some("acme.widgets.create");

    let user = client.authenticate(&bearer(&issuer.token(&claims())), required).await.unwrap();
    assert_eq!((kind(&user), user.organization_id()), ("access_token", "org_1"));
    assert!(user.has_permission("acme.widgets.create") && !user.has_permission("acme.widgets.*"));
    let Credentials::AccessToken(said) = user.credentials() else { panic!("{user:?}") };
    assert_eq!(said.user.id, "user_1");
    assert!(!server.requests().iter().any(|request| request.contains("/api-keys/verify")));

    let key = client.authenticate(&bearer("acme_sk_callersecret"), required).await.unwrap();
    assert_eq!((kind(&key), key.organization_id()), ("api_key", "org_1"));
    assert_eq!(key.actions(), ["acme.widgets.create"]);
    assert_eq!(key.credentials_type(), CredentialsType::ApiKey);
    let Credentials::ApiKey(verdict) = key.credentials() else { panic!("{key:?}") };
    assert_eq!(verdict.api_key_id.as_deref(), Some("api_key_1"));
    assert!(server.requests().last().unwrap().contains(r#""permissions":"acme.widgets.create""#));
}

#[tokio::test]
async fn a_user_without_the_action_is_forbidden_and_expressions_are_for_keys() {
    let issuer = Issuer::new(1);
    let (_server, client) = server(&issuer).await;
    let user = bearer(&issuer.token(&claims()));
    for required in ["acme.widgets.delete", "acme.widgets.*", "NOT acme.widgets.delete", ""] {
        let rejection = client.authenticate(&user, Some(required)).await.unwrap_err();
        assert!(matches!(rejection, Rejection::NotPermitted(_)), "{rejection:?}");
        assert_eq!((rejection.status().as_u16(), rejection.body()), (403, r#"{"error":"forbidden"}"#));
        assert_eq!(rejection.www_authenticate(), Some(r#"Bearer error="insufficient_scope""#));
    }
}

#[tokio::test]
async fn a_bad_token_is_told_no_more_than_a_bad_key() {
    let issuer = Issuer::new(1);
    let (_server, client) = server(&issuer).await;
    let forged = Issuer::new(2).token(&claims());
    let rejection = client.authenticate(&bearer(&forged), None).await.unwrap_err();
    assert!(matches!(rejection, Rejection::InvalidAccessToken(InvalidAccessToken::UnknownKey)));
    assert_eq!((rejection.status().as_u16(), rejection.body()), (401, r#"{"error":"unauthorized"}"#));
    assert_eq!(rejection.www_authenticate(), Some(r#"Bearer error="invalid_token""#));
    assert!(!format!("{rejection:?} {rejection}").contains(&forged));
}

#[tokio::test]
async fn a_token_may_come_as_a_cookie_and_the_header_goes_first() {
    let issuer = Issuer::new(1);
    let (server, client) = server(&issuer).await;
    let token = issuer.token(&claims());
    let caller = client.authenticate(&headers(&[cookie(&token)]), None).await.unwrap();
    assert_eq!(kind(&caller), "access_token");
    // What is meant for another server does not hide the cookie.
    let basic = headers(&[cookie(&token), (AUTHORIZATION, "Basic YTpi".to_owned())]);
    assert_eq!(kind(&client.authenticate(&basic, None).await.unwrap()), "access_token");
    let both = headers(&[cookie(&token), (AUTHORIZATION, "Bearer acme_sk_callersecret".to_owned())]);
    assert_eq!(kind(&client.authenticate(&both, None).await.unwrap()), "api_key");

    // API keys don't come in cookies, nor tokens of other projects.
    let asked = server.requests().len();
    let rejection = client.authenticate(&headers(&[cookie("acme_sk_callersecret")]), None).await.unwrap_err();
    assert_eq!(rejection.status(), 401);
    let other = (COOKIE, format!("tesseral_project_other_access_token={token}"));
    assert!(matches!(client.authenticate(&headers(&[other]), None).await, Err(Rejection::NoKey)));
    assert_eq!(server.requests().len(), asked);
}

#[tokio::test]
async fn a_request_without_credentials_is_refused_without_a_question() {
    let (server, client) = server(&Issuer::new(1)).await;
    for lines in [
        &[][..],
        &[(AUTHORIZATION, "Basic YTpi".to_owned())],
        &[(AUTHORIZATION, "Bearer".to_owned())],
        &[(AUTHORIZATION, "Bearer Not-A-Key".to_owned())],
        &[(AUTHORIZATION, "Bearer a.b".to_owned())],
        &[(AUTHORIZATION, format!("Bearer {}", "a".repeat(513)))],
    ] {
        let rejection = client.authenticate(&headers(lines), None).await.unwrap_err();
        assert!(matches!(rejection, Rejection::NoKey), "{lines:?} {rejection:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_client_without_a_publishable_key_takes_keys_only() {
    let issuer = Issuer::new(1);
    let server = KeyServer::answering(200, GOOD).await;
    let client = server.client();
    let token = issuer.token(&claims());
    let rejection = client.authenticate(&bearer(&token), None).await.unwrap_err();
    assert!(matches!(rejection, Rejection::InvalidAccessToken(InvalidAccessToken::NotAccepted)));
    assert!(matches!(client.authenticate(&headers(&[cookie(&token)]), None).await, Err(Rejection::NoKey)));
    assert_eq!(server.connections(), 0);
    assert_eq!(kind(&client.authenticate(&bearer("acme_sk_1"), None).await.unwrap()), "api_key");
}

#[tokio::test]
async fn a_verdict_without_an_organization_lets_nobody_in() {
    let server = KeyServer::answering(200, r#"{"valid":true,"code":"VALID"}"#).await;
    let rejection = server.client().authenticate(&bearer("acme_sk_1"), None).await.unwrap_err();
    assert!(matches!(rejection, Rejection::NoVerdict(_)), "{rejection:?}");
}

#[tokio::test]
async fn the_configuration_may_be_at_another_host_than_the_key_server() {
    let issuer = Issuer::new(1);
    let (server, other) = (KeyServer::answering(200, GOOD).await, KeyServer::answering(200, GOOD).await);
    other.configure(200, &configuration(&[&issuer]));
    let both = format!("{}{}", server.ca_pem, other.ca_pem);
    let builder = builder(&server).0.config_url(&other.base_url).ca_certificate_pem(both);
    let client = builder.build().unwrap();
    client.authenticate(&bearer(&issuer.token(&claims())), None).await.unwrap();
    assert_eq!((server.requests().len(), other.requests().len()), (0, 1));
}
