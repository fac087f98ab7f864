use super::*;
use crate::mail::Mailer;
use lockwork_model::error::ErrorCode;
use lockwork_testkit::mail_server::MailServer;
use tokio::sync::oneshot;

const MOMENT: Duration = Duration::from_millis(10);

fn sender() -> Sender {
    Sender { name: "Acme".into(), address: "noreply@acme.example".into() }
}

fn message() -> Message {
    Message {
        to: "ada@example.com".into(),
        subject: "Sign in to Acme".into(),
        text: "The code is 123456.\n".into(),
        html: "<p>The code is 123456.</p>\n".into(),
    }
}

fn now() -> Timestamp {
    "2030-01-31T12:00:00Z".parse().unwrap()
}

fn post(mailer: &Mailer) {
    mailer.send(&sender(), message(), now()).unwrap();
}

/// Sends one mail through a worker with these pauses, and ends when the worker let go of it.
async fn send_one(server: &MailServer, pauses: [Duration; 3]) {
    let (mailer, worker) = Mailer::smtp(&server.url()).unwrap();
    let running = tokio::spawn(SmtpWorker { pauses, ..worker }.run(std::future::pending()));
    post(&mailer);
    let Mailer::Smtp(outbox) = &mailer else { unreachable!() };
    let settled = async {
        while outbox.places.available_permits() < QUEUED {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), settled).await.unwrap();
    drop(mailer);
    running.await.unwrap();
}

#[tokio::test]
async fn a_mail_is_delivered_once_as_text_and_html() {
    let server = MailServer::start(&[]).await;
    send_one(&server, [MOMENT; 3]).await;
    let [mail] = server.received().try_into().unwrap();
    for line in [
        "From: Acme <noreply@acme.example>",
        "To: ada@example.com",
        "Subject: Sign in to Acme",
        "Date: Thu, 31 Jan 2030 12:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "The code is 123456.",
        "<p>The code is 123456.</p>",
    ] {
        assert!(mail.lines().any(|have| have == line), "{line} is not in\n{mail}");
    }
    assert!(mail.contains("Message-ID: <") && mail.contains("@acme.example>"));
    assert!(mail.contains("Content-Type: multipart/alternative;"));
}

#[tokio::test]
async fn a_mail_that_the_server_puts_off_is_tried_again_and_arrives_once() {
    let server = MailServer::start(&["451 later", "421 busy"]).await;
    send_one(&server, [MOMENT; 3]).await;
    assert_eq!((server.tries(), server.received().len()), (3, 1));
}

#[tokio::test]
async fn a_mail_that_the_server_puts_off_for_ever_is_given_up_after_four_tries() {
    let server = MailServer::start(&["451 later"; 9]).await;
    send_one(&server, [MOMENT; 3]).await;
    assert_eq!((server.tries(), server.received().len()), (4, 0));
}

#[tokio::test]
async fn a_mail_that_the_server_refuses_is_given_up_at_once() {
    let server = MailServer::start(&["550 no such person"]).await;
    send_one(&server, [MOMENT; 3]).await;
    assert_eq!((server.tries(), server.received().len()), (1, 0));
}

#[tokio::test]
async fn one_mail_that_waits_does_not_hold_up_the_others() {
    let server = MailServer::start(&["451 later"; 5]).await;
    let (mailer, worker) = Mailer::smtp(&server.url()).unwrap();
    let pauses = [Duration::from_secs(600); 3];
    let running = tokio::spawn(SmtpWorker { pauses, ..worker }.run(std::future::pending()));
    for _ in 0..6 {
        post(&mailer);
    }
    let arrived = async {
        while server.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), arrived).await.unwrap();
    running.abort();
}

#[tokio::test]
async fn at_the_end_what_waits_gets_one_last_try_and_nothing_more_is_taken() {
    let server = MailServer::start(&["451 later"]).await;
    let (mailer, worker) = Mailer::smtp(&server.url()).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let pauses = [Duration::from_secs(600); 3];
    let running = tokio::spawn(SmtpWorker { pauses, ..worker }.run(async { drop(stopped.await) }));
    post(&mailer);
    while server.tries() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(10), running).await.unwrap().unwrap();
    assert_eq!((server.tries(), server.received().len()), (2, 1));
    let refused = mailer.send(&sender(), message(), now()).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Unavailable);
}

#[tokio::test]
async fn a_thousand_mails_wait_and_the_next_is_told_so() {
    let (mailer, _worker) = Mailer::smtp("smtp://127.0.0.1:1").unwrap();
    for _ in 0..QUEUED {
        post(&mailer);
    }
    let refused = mailer.send(&sender(), message(), now()).unwrap_err();
    assert_eq!((refused.code(), refused.context()), (ErrorCode::Unavailable, Some("1000 mails wait")));
}

#[test]
fn no_further_header_can_be_smuggled_in() {
    let smuggled = "Acme\r\nBcc: eve@example.com";
    for (from, mail) in [
        (Sender { name: smuggled.into(), ..sender() }, message()),
        (Sender { address: "a@b.example\r\nBcc: eve@example.com".into(), ..sender() }, message()),
        (sender(), Message { subject: smuggled.into(), ..message() }),
        (sender(), Message { to: "ada@example.com\r\nBcc: eve@example.com".into(), ..message() }),
        (sender(), Message { to: "ada@example.com, eve@example.com".into(), ..message() }),
        (sender(), Message { to: String::new(), ..message() }),
    ] {
        assert!(compose(&from, &mail, now()).is_err(), "{from:?} {mail:?}");
    }
}

#[test]
fn names_in_every_script_are_encoded() {
    let from = Sender { name: "Ünïcode, \"Inc.\" <eve@example.com>".into(), ..sender() };
    let mail = Message { subject: "Anmelden bei Ünïcode 🔑".into(), ..message() };
    let formatted = String::from_utf8(compose(&from, &mail, now()).unwrap().formatted()).unwrap();
    let (head, _) = formatted.split_once("\r\n\r\n").unwrap();
    assert!(head.is_ascii() && head.contains("<noreply@acme.example>") && !head.contains("<eve@"), "{head}");
}

#[test]
fn legal_addresses_of_every_shape_get_mail() {
    let long = format!("{}@example.com", "a".repeat(64));
    for to in [
        "a@localhost",
        "ada@project-1.localhost",
        "ada+lovelace@example.com",
        "o'hara!#$%&*/=?^_`{|}~-@example.com",
        "ada@xn--mnchen-3ya.example",
        &long,
    ] {
        let mail = Message { to: to.into(), ..message() };
        assert!(
            compose(&Sender { address: "noreply@localhost".into(), ..sender() }, &mail, now()).is_ok(),
            "{to}"
        );
    }
}

#[test]
fn every_mail_has_an_id_of_its_own() {
    let id = || {
        let formatted =
            String::from_utf8(compose(&sender(), &message(), now()).unwrap().formatted()).unwrap();
        formatted.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned()
    };
    assert_ne!(id(), id());
}

#[tokio::test]
async fn a_password_only_travels_by_tls() {
    for legal in [
        "smtps://user:hunter2@mail.example",
        "smtp://user:hunter2@mail.example?tls=required",
        "smtp://mail.example",
        "smtp://mail.example:2525",
        "smtp://user:hunter2@127.0.0.1:2525",
        "smtp://user:hunter2@localhost",
    ] {
        assert!(Mailer::smtp(legal).is_ok(), "{legal}");
    }
    for wrong in [
        "",
        "mail.example",
        "https://mail.example",
        "smtp://user:hunter2@mail.example",
        "smtp://user:hunter2@mail.example?tls=opportunistic",
        "smtp://user:hunter2@mail.example?tls=maybe",
    ] {
        let refused = Mailer::smtp(wrong).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::FailedPrecondition, "{wrong}");
        assert!(refused.message().starts_with("mail.smtp_url"));
        assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
    }
    let (mailer, worker) = Mailer::smtp("smtps://user:hunter2@mail.example").unwrap();
    assert_eq!(format!("{mailer:?} {worker:?}"), "Smtp(Outbox { free: 1000 }) SmtpWorker(…)");
}
