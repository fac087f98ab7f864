//! `/v1/user-invites`

use crate::support::{START, seconds};
use lockwork_testkit::app::options;
use lockwork_testkit::{TestApp, on_both};
use serde_json::json;

const PATH: &str = "/v1/user-invites";

on_both! {
    async fn an_invitation_is_made_repeated_listed_and_taken_back(db: TestDatabase) {
        let test = TestApp::with(db, options()).await;
        let (organization, other) = (test.organization("Customer").await, test.organization("Other").await);
        let body = json!({ "organizationId": organization, "email": "Ada@Example.com" });
        let made = test.client.post(PATH, body).await.ok()["userInvite"].clone();
        let mut wanted = json!({
            "id": made["id"], "organizationId": organization, "email": "ada@example.com", "owner": false,
            "createTime": START, "updateTime": START,
        });
        assert_eq!(made, wanted);

        test.clock.advance(seconds(1));
        let again = json!({ "organization_id": organization, "email": "ADA@example.com", "owner": true });
        wanted["owner"] = json!(true);
        wanted["updateTime"] = json!("2030-01-01T00:00:01Z");
        assert_eq!(test.client.post(PATH, again).await.ok()["userInvite"], wanted);
        let elsewhere = json!({ "organizationId": other, "email": "ada@example.com" });
        assert_ne!(test.client.post(PATH, elsewhere).await.ok()["userInvite"]["id"], made["id"]);

        let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
        assert_eq!(test.client.get(&path).await.ok(), json!({ "userInvite": wanted }));
        let listed = test.client.get(&format!("{PATH}?organizationId={organization}")).await.ok();
        assert_eq!(listed, json!({ "userInvites": [wanted] }));
        assert_eq!(test.client.delete(&path).await.ok(), json!({}));
        assert_eq!(test.client.get(&path).await.refused(404, "not_found"), "user invite not found");
        assert_eq!(test.client.delete(&path).await.refused(404, "not_found"), "user invite not found");
    }
}

#[tokio::test]
async fn who_is_a_user_of_the_organization_is_not_invited() {
    let test = TestApp::new().await;
    let (organization, other) = (test.organization("Customer").await, test.organization("Other").await);
    test.user(&organization, "ada@example.com").await;
    let body = |organization: &str| json!({ "organizationId": organization, "email": "ADA@example.com" });
    let refused = test.client.post(PATH, body(&organization)).await.refused(400, "failed_precondition");
    assert_eq!(refused, "the organization has a user with this email already");
    let _ = test.client.post(PATH, body(&other)).await.ok();
    let stranger = test.other_project().await;
    let refused = stranger.post(PATH, body(&organization)).await.refused(404, "not_found");
    assert_eq!(refused, "organization not found");
    assert_eq!(stranger.get(PATH).await.ok(), json!({}));
}

#[tokio::test]
async fn an_invitation_names_an_organization_and_an_address() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    for (body, problem) in [
        (json!({}), "organizationId: is required"),
        (json!({ "organizationId": "acme" }), "invalid organization id"),
        (json!({ "organizationId": organization }), "email: is required"),
        (
            json!({ "organizationId": organization, "email": "ada" }),
            "email: must be an e-mail address such as ada@example.com, in ASCII before the @",
        ),
    ] {
        assert_eq!(test.client.post(PATH, body).await.refused(400, "invalid_argument"), problem);
    }
    let body = json!({ "organizationId": organization, "email": "ada@example.com" });
    let refused = test.client.post(&format!("{PATH}?sendEmail=yes"), body).await;
    assert!(refused.refused(400, "invalid_argument").starts_with("query: "));
    assert_eq!(test.client.get(PATH).await.ok(), json!({}));
}

#[tokio::test]
async fn who_is_invited_is_told_by_mail_if_that_is_asked_for() {
    let test = TestApp::new().await;
    let organization = test.organization("Customer").await;
    let body = json!({ "organizationId": organization, "email": "Ada@example.com" });
    let _ = test.client.post(PATH, body.clone()).await.ok();
    let _ = test.client.post(&format!("{PATH}?sendEmail=false"), body.clone()).await.ok();
    assert!(test.mailbox.messages().is_empty());
    let _ = test.client.post(&format!("{PATH}?send_email=true"), body).await.ok();
    let mails = test.mailbox.messages();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_str(), mails[0].subject.as_str()),
        ("ada@example.com", "Join Customer on Acme")
    );
    let project = test.client.get("/v1/project").await.ok()["project"].clone();
    let link = format!("http://{}/login", project["vaultDomain"].as_str().unwrap());
    assert!(mails[0].text.contains(&link) && mails[0].html.contains(&link), "{}", mails[0].text);
}
