//! What an operator sets about signing in.

use crate::browsers::PASSWORD;
use crate::nodes::Site;
use lockwork_testkit::databases::Kind;
use std::fs;

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn the_doctor_says_that_mail_is_not_set_up() {
    let site = Site::new(Kind::Sqlite).await;
    let examined = |site: &Site| String::from_utf8(site.output("doctor").stdout).unwrap();
    let text = examined(&site);
    assert!(text.contains("warn  mail: not set up: nobody can sign in by e-mail"), "{text}");
    assert!(text.contains("set mail.smtp_url"), "{text}");
    let site = site.with("MAIL__SMTP_URL", "smtps://lockwork:hunter2@mail.example:465");
    let text = examined(&site);
    assert!(text.contains("ok    mail: goes out by SMTP"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let site = site.with("MAIL__SMTP_URL", "smtp://lockwork:hunter2@mail.example");
    let text = examined(&site);
    assert!(text.contains("fail  mail: mail.smtp_url") && text.contains("?tls=required"), "{text}");
    let refusal = site.refusal();
    assert!(refusal.contains("mail.smtp_url"), "{refusal}");
    assert!(![text, refusal].concat().contains("hunter2"));
}

#[tokio::test]
async fn a_providers_client_that_is_set_by_half_is_refused_at_the_start() {
    for provider in ["google", "microsoft", "github"] {
        let name = provider.to_uppercase();
        for (setting, value) in [("CLIENT_ID", "a-client"), ("CLIENT_SECRET", "hunter2")] {
            let site = Site::new(Kind::Sqlite).await.with(&format!("{name}__{setting}"), value);
            let refusal = site.refusal();
            let told =
                format!("{provider}.client_id and {provider}.client_secret go together; set both or neither");
            assert!(refusal.contains(&told) && !refusal.contains("hunter2"), "{refusal}");
        }
    }
}

#[tokio::test]
async fn a_folder_of_stolen_passwords_is_asked_before_one_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    // SHA-1 of "password": 5BAA6 and the rest.
    fs::write(folder.path().join("5BAA6"), "1E4C9B93F3F0682250B6CF8331B7EE68FD8:3\n").unwrap();
    let site = Site::new(Kind::Sqlite).await.dev().with("PASSWORDS__BREACHED", "folder");
    let refusal = site.refusal();
    assert!(refusal.contains("set passwords.breached_folder too"), "{refusal}");
    let site = site.with("PASSWORDS__BREACHED_FOLDER", &folder.path().display().to_string());
    let first = site.init();
    let node = site.start().await;
    let client = node.client_of(&first);
    let (organization, _) = client.customer(&["logInWithEmail", "logInWithPassword"], ADA).await;
    let browser = node.browser(&client.pages_host().await);
    browser.begin().await;
    browser.prove(ADA).await;
    browser.choose(&organization).await;
    browser.register_password("password").await.refused(400, "password_compromised");
    browser.register_password(PASSWORD).await.ok();
    browser.finish().await.ok();
    let change = serde_json::json!({ "password": "password", "currentPassword": PASSWORD });
    browser.post("/api/frontend/v1/set-user-password", change).await.refused(400, "password_compromised");
}
