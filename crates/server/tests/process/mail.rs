//! Mail: into the mailbox of development, through a mail server, and to one that does not answer.

use crate::browsers::{Browser, digits};
use crate::clients::text;
use crate::nodes::{Node, Site, eventually};
use lockwork_testkit::databases::Kind;
use lockwork_testkit::mail_server::MailServer;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";
const SMTP_PASSWORD: &str = "hunter2-of-the-mail-server";
/// Far more than an answer takes that waits for no mail server, far less than one that does.
const AT_ONCE: Duration = Duration::from_secs(5);

async fn tried(server: &MailServer, times: usize) {
    eventually("the mail was tried", async || (server.tries() >= times).then_some(())).await;
}

async fn begun(node: &Node, first: &Value) -> Browser {
    let browser = node.browser(&node.client_of(first).pages_host().await);
    browser.begin().await;
    browser
}

/// Asks for a mail; the answer waits for no mail server.
async fn ask_for_mail(browser: &Browser, email: &str) {
    let began = Instant::now();
    browser.step("issue-email-verification-challenge", json!({ "email": email })).await.ok();
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
}

/// Stops the node as an operator does: how long that took.
async fn stopped(node: Node) -> Duration {
    let began = Instant::now();
    node.stop().await;
    began.elapsed()
}

/// All of a log whose node has stopped.
async fn whole(log: &crate::nodes::Log) -> String {
    let whole = || Some(log.text()).filter(|text| text.contains("\"stopped\""));
    eventually("the whole log is read", async || whole()).await
}

#[tokio::test]
async fn a_mailbox_shows_what_would_be_sent_in_development_and_only_there() {
    let site = Site::new(Kind::Sqlite).await;
    let first = site.init();
    let node = site.start().await;
    for path in ["/dev/mail", "/dev/mail.json"] {
        assert_eq!(node.client("").plain(path).await.unwrap().0, 404);
    }
    let browser = begun(&node, &first).await;
    let challenge = json!({ "email": ADA });
    let refused = browser.step("issue-email-verification-challenge", challenge).await;
    refused.refused(400, "failed_precondition");
    node.stop().await;

    let site = site.dev();
    let node = site.start().await;
    let log = node.log().text();
    assert!(log.contains("started with --dev: mail is not sent"), "{log}");
    let client = node.client_of(&first);
    assert!(client.mails().await.is_empty());
    let browser = begun(&node, &first).await;
    ask_for_mail(&browser, ADA).await;
    ask_for_mail(&browser, BOB).await;
    let mails = client.mails().await;
    assert_eq!(mails.iter().map(|mail| text(&mail["to"])).collect::<Vec<_>>(), [BOB, ADA]);
    for mail in &mails {
        let fields: Vec<_> = mail.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["html", "subject", "text", "time", "to"]);
        assert_eq!(mail["subject"], "Sign in to My project");
        assert!(text(&mail["html"]).contains(&digits(&text(&mail["text"]))));
        assert!(text(&mail["time"]).ends_with('Z'));
    }
    let (status, page) = client.plain("/dev/mail").await.unwrap();
    assert_eq!(status, 200);
    assert!(page.starts_with("<!doctype html>") && page.contains(BOB), "{page}");
    // Scripts of the projects' pages have no business there.
    for path in ["/dev/mail", "/dev/mail.json"] {
        browser.get(path).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_mail_goes_through_the_server_and_its_code_signs_in() {
    let server = MailServer::start(&[]).await;
    let site = Site::new(Kind::Sqlite).await;
    let site = site
        .with("MAIL__SMTP_URL", &server.url_with("lockwork", SMTP_PASSWORD))
        .with("MAIL__FROM", "keys@acme.example");
    let site = site.with("LOG__LEVEL", "trace");
    let first = site.init();
    let node = site.start().await;
    let browser = begun(&node, &first).await;
    ask_for_mail(&browser, ADA).await;
    let mail = eventually("the mail arrives", async || server.received().pop()).await;
    for line in
        ["From: \"My project\" <keys@acme.example>", "To: ada@example.com", "Subject: Sign in to My project"]
    {
        assert!(mail.lines().any(|have| have == line), "{line} is not in\n{mail}");
    }
    browser.step("verify-email-challenge", json!({ "code": digits(&mail) })).await.ok();
    let login = browser.get("/api/intermediate/v1/whoami").await.ok();
    assert_eq!(login["intermediateSession"]["emailVerified"], true);
    let log = node.log().clone();
    node.stop().await;
    let log = whole(&log).await;
    // The user's part of an address, like the mail server's password, is nobody's business who reads a log.
    for secret in [SMTP_PASSWORD, ADA] {
        assert!(!log.contains(secret), "{secret} was logged");
    }
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_mail_that_waits_is_delivered_when_the_node_stops() {
    let server = MailServer::start(&["451 later", "451 later"]).await;
    let site =
        Site::new(Kind::Sqlite).await.with("MAIL__SMTP_URL", &server.url_with("lockwork", SMTP_PASSWORD));
    let first = site.init();
    let node = site.start().await;
    ask_for_mail(&begun(&node, &first).await, ADA).await;
    tried(&server, 2).await;
    assert_eq!(server.received().len(), 0);
    // Its next try is ten seconds off.
    assert!(stopped(node).await < Duration::from_secs(8));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_mail_server_that_does_not_answer_holds_up_neither_answers_nor_the_end() {
    // Connections are made, and nobody ever speaks.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let site = Site::new(Kind::Sqlite).await.with("MAIL__SMTP_URL", &url);
    let first = site.init();
    let node = site.start().await;
    let (browser, log) = (begun(&node, &first).await, node.log().clone());
    for number in 0..6 {
        ask_for_mail(&browser, &format!("person{number}@example.com")).await;
    }
    assert!(stopped(node).await < Duration::from_secs(15));
    assert!(whole(&log).await.contains("the mail server does not answer; mail that waited was not sent"));
}

#[tokio::test]
async fn a_mail_server_that_is_gone_holds_up_neither_answers_nor_the_end() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", gone.local_addr().unwrap());
    drop(gone);
    let site = Site::new(Kind::Sqlite).await.with("MAIL__SMTP_URL", &url);
    let first = site.init();
    let node = site.start().await;
    let (browser, log) = (begun(&node, &first).await, node.log().clone());
    ask_for_mail(&browser, ADA).await;
    let warned = || log.text().contains("a mail could not be delivered yet").then_some(());
    eventually("the log says so", async || warned()).await;
    // The count of mails to one address goes on as if they had arrived.
    for _ in 0..4 {
        ask_for_mail(&browser, ADA).await;
    }
    browser.step("issue-email-verification-challenge", json!({ "email": ADA })).await.locked();
    assert!(stopped(node).await < Duration::from_secs(8));
    assert!(whole(&log).await.contains("a mail could not be delivered; it is given up"));
}
