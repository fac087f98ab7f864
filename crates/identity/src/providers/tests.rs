use super::local::{Fault, LocalPerson, LocalProvider, TENANT};
use super::*;
use lockwork_model::time::{Clock, Tick};
use std::sync::Arc;
use std::time::Duration;

const REDIRECT: &str = "https://vault.example.com/google-oauth-callback";

struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn tick(&self) -> Tick {
        Tick(0)
    }
}

fn now() -> Timestamp {
    "2030-01-31T12:00:00Z".parse().unwrap()
}

fn random(seed: u8) -> [[u8; 32]; 3] {
    [[seed; 32], [seed + 1; 32], [seed + 2; 32]]
}

/// A server moves what it waits for between threads.
fn sendable<F: Future + Send>(future: F) -> F {
    future
}

struct Visit {
    local: LocalProvider,
    providers: Providers,
}

impl Visit {
    async fn to(person: LocalPerson) -> Self {
        let local = LocalProvider::start(Arc::new(At(now()))).await.unwrap();
        local.sign_in_as(person);
        Self { local, providers: Providers::new().unwrap() }
    }

    /// Sends a browser there and back: what it was sent with, and the code and state that it brings.
    async fn browser(&self, provider: Provider) -> (PendingAuthorization, String, String) {
        let settings = self.local.settings(provider);
        let (url, pending) = self.providers.authorize(&settings, REDIRECT, random(1), now()).await.unwrap();
        let answer = outbound::client().unwrap().get(url).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let back: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        assert!(back.as_str().starts_with(REDIRECT));
        let given = |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        (pending, given("code"), given("state"))
    }

    async fn redeem(
        &self,
        provider: Provider,
        pending: &PendingAuthorization,
        code: &str,
        state: &str,
    ) -> Result<ExternalIdentity> {
        let callback = Callback { code, state, redirect_uri: REDIRECT };
        sendable(self.providers.redeem(&self.local.settings(provider), pending, callback, now())).await
    }

    async fn sign_in(&self, provider: Provider) -> Result<ExternalIdentity> {
        let (pending, code, state) = self.browser(provider).await;
        self.redeem(provider, &pending, &code, &state).await
    }
}

fn ada(provider: Provider) -> ExternalIdentity {
    ExternalIdentity {
        provider,
        subject: "1815".into(),
        email: "ada@example.com".into(),
        email_verified: true,
        display_name: Some("Ada Lovelace".into()),
        profile_picture_url: Some("https://example.com/ada.png".into()),
        google_hosted_domain: None,
        microsoft_tenant_id: (provider == Provider::Microsoft).then(|| TENANT.into()),
    }
}

#[tokio::test]
async fn each_provider_says_who_someone_is() {
    let visit =
        Visit::to(LocalPerson { hosted_domain: Some("Example.com".into()), ..LocalPerson::default() }).await;
    for provider in Provider::ALL {
        let hosted = (provider == Provider::Google).then(|| "example.com".to_owned());
        let expected = ExternalIdentity { google_hosted_domain: hosted, ..ada(provider) };
        assert_eq!(visit.sign_in(provider).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn the_browser_is_sent_away_with_a_state_a_nonce_and_a_pkce_challenge() {
    let visit = Visit::to(LocalPerson::default()).await;
    let settings = visit.local.settings(Provider::Google);
    let (url, pending) = visit.providers.authorize(&settings, REDIRECT, random(1), now()).await.unwrap();
    let query: Vec<_> = url.query_pairs().into_owned().collect();
    let given = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(given("response_type"), Some("code"));
    assert_eq!(given("client_id"), Some(local::CLIENT_ID));
    assert_eq!(given("redirect_uri"), Some(REDIRECT));
    assert_eq!(given("scope"), Some("openid email profile"));
    assert_eq!(given("state"), Some("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"));
    assert_eq!(given("nonce"), Some("AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"));
    assert_eq!(given("code_challenge_method"), Some("S256"));
    assert!(!url.as_str().contains(pending.pkce_verifier()) && !url.as_str().contains("secret"));
    let (url, _) = visit
        .providers
        .authorize(&visit.local.settings(Provider::Github), REDIRECT, random(1), now())
        .await
        .unwrap();
    assert!(url.query_pairs().any(|(key, value)| key == "scope" && value == "read:user user:email"));
}

#[tokio::test]
async fn what_is_kept_of_a_browser_survives_storage_and_prints_nothing() {
    let visit = Visit::to(LocalPerson::default()).await;
    let (pending, code, state) = visit.browser(Provider::Google).await;
    let kept = serde_json::to_string(&pending).unwrap();
    let pending: PendingAuthorization = serde_json::from_str(&kept).unwrap();
    let callback = Callback { code: &code, state: &state, redirect_uri: REDIRECT };
    assert_eq!(
        format!("{pending:?} {callback:?} {:?}", visit.local.settings(Provider::Google).client_secret),
        format!("PendingAuthorization(…) Callback {{ redirect_uri: {REDIRECT:?}, .. }} SecretText(…)")
    );
    assert!(visit.redeem(Provider::Google, &pending, &code, &state).await.is_ok());
}

#[tokio::test]
async fn a_state_of_another_browser_or_another_provider_is_refused() {
    let visit = Visit::to(LocalPerson::default()).await;
    let (pending, code, state) = visit.browser(Provider::Google).await;
    for (provider, state) in
        [(Provider::Google, ""), (Provider::Google, "other"), (Provider::Microsoft, state.as_str())]
    {
        let refused = visit.redeem(provider, &pending, &code, state).await.unwrap_err();
        assert_eq!((refused.code(), refused.field()), (ErrorCode::InvalidArgument, Some("state")));
    }
    assert!(visit.redeem(Provider::Google, &pending, &code, &state).await.is_ok());
}

#[tokio::test]
async fn a_code_that_is_wrong_used_empty_long_or_of_another_browser_is_refused() {
    let visit = Visit::to(LocalPerson::default()).await;
    for provider in Provider::ALL {
        let (pending, code, state) = visit.browser(provider).await;
        visit.redeem(provider, &pending, &code, &state).await.unwrap();
        let long = "a".repeat(5000);
        for wrong in [code.as_str(), "guess", "", &long] {
            let refused = visit.redeem(provider, &pending, wrong, &state).await.unwrap_err();
            assert_eq!((refused.code(), refused.field()), (ErrorCode::InvalidArgument, Some("code")));
        }
        // A code that Eve's browser brought cannot be slipped to Ada's: PKCE holds it to the browser.
        let settings = visit.local.settings(provider);
        let (_, ada) = visit.providers.authorize(&settings, REDIRECT, random(100), now()).await.unwrap();
        let (_, eves_code, _) = visit.browser(provider).await;
        let state = ada.state().to_owned();
        let refused = visit.redeem(provider, &ada, &eves_code, &state).await.unwrap_err();
        assert_eq!((refused.code(), refused.field()), (ErrorCode::InvalidArgument, Some("code")));
    }
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_refused() {
    let visit = Visit::to(LocalPerson::default()).await;
    for provider in [Provider::Google, Provider::Microsoft] {
        for (fault, why) in [
            (Fault::WrongNonce, "Invalid nonce: nonce mismatch"),
            (Fault::NoNonce, "Invalid nonce: missing nonce claim"),
            (Fault::WrongIssuer, "its issuer is not"),
            (Fault::OtherAudience, "Invalid audiences"),
            (Fault::SecondAudience, "Invalid audiences"),
            (Fault::Expired, "Expired: ID token expired"),
            (Fault::FromTheFuture, "Expired: issued in the future"),
            (Fault::WrongSignature, "Signature verification failed"),
            (Fault::Unsigned, "Signature verification failed"),
            (Fault::SignedWithClientSecret, "Signature verification failed"),
            (Fault::NoToken, "there is no ID token"),
        ] {
            visit.local.fail_with(Some(fault));
            let refused = visit.sign_in(provider).await.unwrap_err();
            assert_eq!(
                (refused.code(), refused.field()),
                (ErrorCode::InvalidArgument, Some("code")),
                "{fault:?}"
            );
            assert!(refused.context().unwrap().starts_with(why), "{fault:?}: {refused:?}");
        }
        visit.local.fail_with(None);
        assert_eq!(visit.sign_in(provider).await.unwrap(), ada(provider));
    }
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute() {
    let visit = Visit::to(LocalPerson::default()).await;
    let settings = visit.local.settings(Provider::Google);
    let hour = Duration::from_secs(3600);
    let earlier = Timestamp::from_micros(now().as_micros() - 60_000_000);
    let late = now().after(hour).after(Duration::from_secs(59));
    for (at, holds) in [
        (earlier, true),
        (Timestamp::from_micros(earlier.as_micros() - 1_000_000), false),
        (late, true),
        (late.after(Duration::from_secs(2)), false),
    ] {
        let (pending, code, state) = visit.browser(Provider::Google).await;
        let callback = Callback { code: &code, state: &state, redirect_uri: REDIRECT };
        let judged = visit.providers.redeem(&settings, &pending, callback, at).await;
        assert_eq!(judged.is_ok(), holds, "{at}");
    }
}

#[tokio::test]
async fn microsofts_issuer_is_the_one_of_the_tokens_own_tenant() {
    let visit = Visit::to(LocalPerson::default()).await;
    visit.local.fail_with(Some(Fault::OtherTenant));
    let refused = visit.sign_in(Provider::Microsoft).await.unwrap_err();
    assert!(refused.context().unwrap().ends_with(&format!("/microsoft/{TENANT}/v2.0")));
    visit.local.fail_with(None);
    visit.local.sign_in_as(LocalPerson { tenant: "../../google".into(), ..LocalPerson::default() });
    let refused = visit.sign_in(Provider::Microsoft).await.unwrap_err();
    assert_eq!(refused.context(), Some("it names no tenant"));
}

#[tokio::test]
async fn microsofts_addresses_are_verified_only_where_the_domains_owner_is() {
    let unverified = LocalPerson { email_verified: false, ..LocalPerson::default() };
    let visit = Visit::to(unverified.clone()).await;
    let identity = visit.sign_in(Provider::Microsoft).await.unwrap();
    assert_eq!((identity.email.as_str(), identity.email_verified), ("ada@example.com", false));

    // A user name is never proof, whatever is said of an address that is not there.
    let named = LocalPerson {
        email: None,
        email_verified: true,
        user_name: Some("ada@corp.example".into()),
        ..LocalPerson::default()
    };
    visit.local.sign_in_as(named.clone());
    let identity = visit.sign_in(Provider::Microsoft).await.unwrap();
    assert_eq!((identity.email.as_str(), identity.email_verified), ("ada@corp.example", false));

    visit.local.sign_in_as(LocalPerson { user_name: Some("+1 555 0100".into()), ..named });
    let refused = visit.sign_in(Provider::Microsoft).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::FailedPrecondition);
}

#[tokio::test]
async fn an_unverified_address_is_marked_by_google_and_refused_from_github() {
    let visit = Visit::to(LocalPerson { email_verified: false, ..LocalPerson::default() }).await;
    assert!(!visit.sign_in(Provider::Google).await.unwrap().email_verified);
    let refused = visit.sign_in(Provider::Github).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::FailedPrecondition);
    assert!(refused.message().contains("no verified primary e-mail address"));
}

#[tokio::test]
async fn an_account_without_an_address_is_refused_and_told_what_to_do() {
    let visit = Visit::to(LocalPerson { email: None, ..LocalPerson::default() }).await;
    for provider in Provider::ALL {
        let refused = visit.sign_in(provider).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::FailedPrecondition, "{provider:?}");
    }
}

#[tokio::test]
async fn names_and_pictures_are_cut_to_what_we_can_show() {
    let visit = Visit::to(LocalPerson {
        name: Some(format!("\u{7}{}", "ä".repeat(300))),
        picture: Some("javascript:alert(1)".into()),
        ..LocalPerson::default()
    })
    .await;
    for provider in Provider::ALL {
        let identity = visit.sign_in(provider).await.unwrap();
        assert_eq!(identity.display_name, Some("ä".repeat(256)));
        assert_eq!(identity.profile_picture_url, None);
    }
}

#[tokio::test]
async fn keys_are_kept_for_an_hour_and_fetched_again_when_one_is_unknown() {
    let visit = Visit::to(LocalPerson::default()).await;
    for _ in 0..3 {
        visit.sign_in(Provider::Google).await.unwrap();
    }
    assert_eq!(visit.local.keys_fetched(), 1);
    visit.local.rotate_keys();
    visit.sign_in(Provider::Google).await.unwrap();
    assert_eq!(visit.local.keys_fetched(), 2);
    let settings = visit.local.settings(Provider::Google);
    for (minutes, fetched) in [(59, 2), (60, 3)] {
        let at = now().after(Duration::from_secs(60 * minutes));
        visit.providers.authorize(&settings, REDIRECT, random(1), at).await.unwrap();
        assert_eq!(visit.local.keys_fetched(), fetched);
    }
}

#[tokio::test]
async fn a_provider_that_fails_is_unavailable_wherever_it_fails() {
    let visit = Visit::to(LocalPerson::default()).await;
    for provider in Provider::ALL {
        for fault in [Fault::ServerError, Fault::Endless, Fault::NotJson] {
            visit.local.fail_with(None);
            let (pending, code, state) = visit.browser(provider).await;
            visit.local.fail_with(Some(fault));
            let failed = visit.redeem(provider, &pending, &code, &state).await.unwrap_err();
            assert_eq!(failed.code(), ErrorCode::Unavailable, "{provider:?} {fault:?}");
            assert!(failed.message().contains("try again"));
            if provider != Provider::Github {
                let fresh = Providers::new().unwrap();
                let settings = visit.local.settings(provider);
                let failed = fresh.authorize(&settings, REDIRECT, random(1), now()).await.unwrap_err();
                assert_eq!(failed.code(), ErrorCode::Unavailable, "{provider:?} {fault:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_given_up_after_five_seconds() {
    let visit = Visit::to(LocalPerson::default()).await;
    let (pending, code, state) = visit.browser(Provider::Google).await;
    visit.local.fail_with(Some(Fault::Slow));
    let failed = visit.redeem(Provider::Google, &pending, &code, &state).await.unwrap_err();
    assert_eq!((failed.code(), failed.context()), (ErrorCode::Unavailable, Some("no answer in time")));
    let settings = visit.local.settings(Provider::Google);
    drop(visit.local);
    let callback = Callback { code: &code, state: &state, redirect_uri: REDIRECT };
    let failed = visit.providers.redeem(&settings, &pending, callback, now()).await.unwrap_err();
    assert_eq!(failed.code(), ErrorCode::Unavailable);
}

#[tokio::test]
async fn a_refused_application_is_its_owners_to_mend() {
    let visit = Visit::to(LocalPerson::default()).await;
    visit.local.fail_with(Some(Fault::RefusesClient));
    for provider in Provider::ALL {
        let refused = visit.sign_in(provider).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::FailedPrecondition);
        assert!(refused.message().contains("check the client id"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_document_of_another_issuer_is_not_believed() {
    let visit = Visit::to(LocalPerson::default()).await;
    let Endpoints::Issuer(issuer) = visit.local.endpoints(Provider::Google) else { unreachable!() };
    let other = issuer.as_str().replace("127.0.0.1", "localhost").parse().unwrap();
    let settings =
        ProviderSettings { endpoints: Endpoints::Issuer(other), ..visit.local.settings(Provider::Google) };
    let refused = visit.providers.authorize(&settings, REDIRECT, random(1), now()).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Unavailable);
    assert!(refused.context().unwrap().contains("the document of another issuer"), "{refused:?}");
}

#[test]
fn providers_are_found_by_name() {
    for provider in Provider::ALL {
        assert_eq!(Provider::from_name(provider.as_str()), Some(provider));
        assert_eq!(serde_json::to_value(provider).unwrap(), provider.as_str());
        assert!(Endpoints::of(provider).is_ok());
    }
    assert_eq!(Provider::from_name("Google"), None);
}
