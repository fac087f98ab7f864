//! Guesses are counted whatever else happens: at several nodes, all at once, and through `kill -9`.

use crate::browsers::{Browser, PASSWORD, Reply};
use crate::clients::text;
use crate::nodes::{Node, Site};
use lockwork_model::time::{Clock, SystemClock, Timestamp};
use lockwork_testkit::authenticator_app::AuthenticatorApp;
use lockwork_testkit::databases::Kind;
use serde_json::{Value, json};
use tokio::task::JoinSet;

const ADA: &str = "ada@example.com";
const GUESSES: usize = 30;
const STEP_MICROS: i64 = 30_000_000;

/// A person with a password and an authenticator app.
struct Person {
    host: String,
    app: AuthenticatorApp,
}

impl Person {
    async fn new(node: &Node, first: &Value) -> Self {
        let client = node.client_of(first);
        let host = client.pages_host().await;
        let switches = ["logInWithEmail", "logInWithPassword", "logInWithAuthenticatorApp", "requireMfa"];
        let (organization, _) = client.customer(&switches, ADA).await;
        let browser = node.browser(&host);
        browser.begin().await;
        browser.prove(ADA).await;
        browser.choose(&organization).await;
        browser.register_password(PASSWORD).await.ok();
        let options = browser.step("get-authenticator-app-options", json!({})).await.ok();
        let app = AuthenticatorApp::of(&text(&options["otpauthUri"]));
        // The code before this one, so that the next one works at once.
        let code = app.code(Timestamp::from_micros(SystemClock.now().as_micros() - STEP_MICROS));
        browser.step("register-authenticator-app", json!({ "totpCode": code })).await.ok();
        browser.finish().await.ok();
        Self { host, app }
    }

    /// A login that has begun, in a new browser.
    async fn begun(&self, node: &Node) -> Browser {
        let browser = node.browser(&self.host);
        browser.begin().await;
        browser
    }

    /// A login in which the password was given, and no code yet.
    async fn known(&self, node: &Node) -> Browser {
        let browser = self.begun(node).await;
        browser.give_password(ADA, PASSWORD).await.ok();
        browser
    }

    fn wrong(&self) -> Value {
        json!({ "totpCode": self.app.wrong_code(SystemClock.now()) })
    }

    fn right(&self) -> Value {
        json!({ "totpCode": self.app.code(SystemClock.now()) })
    }
}

async fn code(browser: &Browser, code: Value) -> Reply {
    browser.step("verify-authenticator-app", code).await
}

/// All guesses at once, by turns in these browsers: five are judged.
async fn five_are_judged<F>(browsers: [&Browser; 2], slug: &str, guess: impl Fn(Browser, usize) -> F)
where
    F: Future<Output = Reply> + Send + 'static,
{
    let mut guesses = JoinSet::new();
    for number in 0..GUESSES {
        guesses.spawn(guess(browsers[number % 2].clone(), number));
    }
    let replies = guesses.join_all().await;
    let (judged, locked): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 400);
    judged.iter().for_each(|reply| reply.refused(400, slug));
    locked.iter().for_each(|reply| reply.locked());
    assert_eq!(judged.len(), 5);
}

async fn guess_passwords(browsers: [&Browser; 2]) {
    five_are_judged(browsers, "incorrect_password", |browser, number| async move {
        browser.give_password(ADA, &format!("wrong password {number}")).await
    })
    .await;
}

async fn guess_codes(person: &Person, browsers: [&Browser; 2]) {
    let wrong = person.wrong();
    five_are_judged(browsers, "incorrect_totp_code", |browser, _| {
        let wrong = wrong.clone();
        async move { code(&browser, wrong).await }
    })
    .await;
}

#[tokio::test]
async fn thirty_guesses_at_once_over_two_nodes_lock_both_and_a_killed_one_too() {
    let site = Site::new(Kind::Postgres).await.dev();
    let beside = site.beside();
    let first = site.init();
    let (a, b) = (site.start().await, beside.start().await);
    let person = Person::new(&a, &first).await;
    let [known_a, known_b] = [person.known(&a).await, person.known(&b).await];
    let [begun_a, begun_b] = [person.begun(&a).await, person.begun(&b).await];

    guess_codes(&person, [&known_a, &known_b]).await;
    guess_passwords([&begun_a, &begun_b]).await;
    for (begun, known) in [(&begun_a, &known_a), (&begun_b, &known_b)] {
        begun.give_password(ADA, PASSWORD).await.locked();
        code(known, person.right()).await.locked();
    }

    b.kill();
    let b = beside.start().await;
    let (begun, known) = (begun_b.through(&b), known_b.through(&b));
    begun.give_password(ADA, PASSWORD).await.locked();
    code(&known, person.right()).await.locked();
    person.begun(&b).await.give_password(ADA, PASSWORD).await.locked();
}

#[tokio::test]
async fn guesses_that_a_kill_cut_off_are_counted_all_the_same() {
    let site = Site::new(Kind::Sqlite).await.dev();
    let first = site.init();
    let node = site.start().await;
    let person = Person::new(&node, &first).await;
    let (begun, known) = (person.begun(&node).await, person.known(&node).await);
    for _ in 0..4 {
        code(&known, person.wrong()).await.refused(400, "incorrect_totp_code");
    }
    for number in 0..2 {
        begun
            .give_password(ADA, &format!("wrong password {number}"))
            .await
            .refused(400, "incorrect_password");
    }
    node.kill();

    let node = site.start().await;
    let (begun, known) = (begun.through(&node), known.through(&node));
    code(&known, person.wrong()).await.refused(400, "incorrect_totp_code");
    code(&known, person.right()).await.locked();
    // Three more, answered or not: the count is kept before the judgement.
    let mut guesses = JoinSet::new();
    for number in 2..GUESSES {
        let browser = begun.clone();
        let body = json!({ "email": ADA, "password": format!("wrong password {number}") });
        let path = "/api/intermediate/v1/verify-password";
        guesses.spawn(async move { browser.try_send(reqwest::Method::POST, path, Some(body)).await });
    }
    // The first that hears it is locked knows that five were counted.
    let mut judged = 0;
    while let Some(reply) = guesses.join_next().await {
        let status = reply.unwrap().unwrap().status;
        judged += usize::from(status == 400);
        if status == 429 {
            break;
        }
    }
    node.kill();
    let others = guesses.join_all().await;
    judged += others.into_iter().flatten().filter(|reply| reply.status == 400).count();
    assert!(judged <= 3, "{judged}");

    let node = site.start().await;
    let (begun, known) = (begun.through(&node), known.through(&node));
    begun.give_password(ADA, PASSWORD).await.locked();
    code(&known, person.right()).await.locked();
    person.begun(&node).await.give_password(ADA, "wrong password 2").await.locked();
}
