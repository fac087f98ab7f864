//! What is the caller's own.

use crate::support::{ADA, path, two_people};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lockwork_app::identity::passkeys::soft::SoftAuthenticator;
use lockwork_testkit::TestApp;
use lockwork_testkit::authenticator_app::AuthenticatorApp;
use lockwork_testkit::determinism::SeededEntropy;
use serde_json::json;

#[tokio::test]
async fn people_change_their_name_and_picture_and_nothing_else_of_themselves() {
    let test = TestApp::new().await;
    let (_, _, member) = two_people(&test).await;
    let change = json!({
        "displayName": "Bob", "profilePictureUrl": "https://example.com/bob.png", "owner": true,
        "email": "mallory@example.com",
    });
    let changed = member.patch(&path("me"), change).await.ok()["user"].clone();
    assert_eq!((&changed["displayName"], &changed["owner"]), (&json!("Bob"), &json!(false)));
    assert_eq!(changed["email"], "bob@example.com");
    let kept = member.patch(&path("me"), json!({})).await.ok()["user"].clone();
    assert_eq!(kept["displayName"], "Bob");
    let cleared = member.patch(&path("me"), json!({ "displayName": null })).await.ok()["user"].clone();
    assert_eq!(cleared.get("displayName"), None);
    assert_eq!(cleared["profilePictureUrl"], "https://example.com/bob.png");
    for picture in ["javascript:alert(1)", "//evil.example/x.png", "x"] {
        let refused = member.patch(&path("me"), json!({ "profilePictureUrl": picture })).await;
        assert!(refused.refused(400, "invalid_argument").starts_with("profilePictureUrl: "));
    }
}

#[tokio::test]
async fn a_new_password_needs_the_present_one() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    let _ = owner.patch(&path("organization"), json!({ "logInWithPassword": true })).await.ok();
    let set = path("set-user-password");
    let first = "correct horse battery staple";
    let _ = owner.post(&set, json!({ "password": "short" })).await.refused(400, "invalid_argument");
    let _ = owner.post(&set, json!({ "password": first })).await.ok();
    let second = "another good password";
    let missing = owner.post(&set, json!({ "password": second })).await;
    assert_eq!(missing.status.as_u16(), 400, "{}", missing.text);
    let wrong = json!({ "password": second, "currentPassword": "wrong password" });
    let _ = owner.post(&set, wrong).await.refused(400, "incorrect_password");
    let right = json!({ "password": second, "currentPassword": first });
    let _ = owner.post(&set, right).await.ok();
    assert!(test.mailbox.messages().iter().any(|mail| mail.to == ADA && mail.subject.contains("assword")));
}

#[tokio::test]
async fn an_authenticator_app_is_set_up_and_removed() {
    let test = TestApp::new().await;
    let (_, owner, _) = two_people(&test).await;
    let ways = json!({ "logInWithAuthenticatorApp": true });
    let _ = owner.patch(&path("organization"), ways).await.ok();
    let early = owner.post(&path("me/authenticator-app/register"), json!({ "totpCode": "000000" })).await;
    let _ = early.refused(400, "failed_precondition");
    let options = owner.post(&path("me/authenticator-app/options"), json!({})).await.ok();
    let app = AuthenticatorApp::of(options["otpauthUri"].as_str().expect("an address"));
    let wrong = json!({ "totpCode": app.wrong_code(test.app.now()) });
    let refused = owner.post(&path("me/authenticator-app/register"), wrong).await;
    let _ = refused.refused(400, "incorrect_totp_code");
    let options = owner.post(&path("me/authenticator-app/options"), json!({})).await.ok();
    let app = AuthenticatorApp::of(options["otpauthUri"].as_str().expect("an address"));
    let code = json!({ "totpCode": app.code(test.app.now()) });
    let made = owner.post(&path("me/authenticator-app/register"), code).await.ok();
    assert_eq!(made["recoveryCodes"].as_array().expect("codes").len(), 10);
    assert_eq!(owner.me().await["hasAuthenticatorApp"], true);
    let _ = owner.delete(&path("me/authenticator-app")).await.ok();
    assert_ne!(owner.me().await["hasAuthenticatorApp"], true);
    let _ = owner.delete(&path("me/authenticator-app")).await.refused(400, "failed_precondition");
}

#[tokio::test]
async fn passkeys_are_made_shown_and_deleted_by_their_owner_alone() {
    let test = TestApp::new().await;
    let (_, owner, member) = two_people(&test).await;
    let _ = owner.patch(&path("organization"), json!({ "logInWithPasskey": true })).await.ok();
    let mut device = SoftAuthenticator::new(&mut SeededEntropy(7)).expect("a device");
    let answer = owner.post(&path("me/passkeys/options"), json!({})).await.ok();
    let origin = format!("http://{}", owner.host());
    let made = device.register(&origin, &answer["options"]).expect("a passkey");
    let body = json!({
        "attestationObject": STANDARD.encode(&made.attestation_object),
        "clientDataJson": STANDARD.encode(&made.client_data_json),
        "rpId": answer["rpId"],
    });
    let _ =
        member.post(&path("me/passkeys/register"), body.clone()).await.refused(400, "failed_precondition");
    let kept = owner.post(&path("me/passkeys/register"), body.clone()).await.ok()["passkey"].clone();
    assert_eq!(kept["rpId"], answer["rpId"]);
    let _ = owner.post(&path("me/passkeys/register"), body).await.refused(400, "failed_precondition");
    assert_eq!(owner.get(&path("me/passkeys")).await.ok()["passkeys"], json!([kept]));
    let one = path(&format!("me/passkeys/{}", kept["id"].as_str().expect("an id")));
    let _ = member.delete(&one).await.refused(404, "not_found");
    let _ = owner.delete(&one).await.ok();
    assert_eq!(owner.get(&path("me/passkeys")).await.ok(), json!({}));
}
