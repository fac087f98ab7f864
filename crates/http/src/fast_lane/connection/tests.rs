use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, yield_now};

/// Repeats each body; one that begins with `wait` has to wait for a permit, one of `never` for ever and ever.
#[derive(Clone)]
struct Echo {
    permits: Arc<Semaphore>,
    waits: Arc<AtomicU32>,
}

impl HotPath for Echo {
    type Waiting = bool;

    fn answer(&self, request: &HotRequest<'_>, head: &mut Vec<u8>, body: &mut Vec<u8>) -> Answered<bool> {
        head.extend_from_slice(b"x-echo: 1\r\n");
        body.extend_from_slice(request.body);
        match request.body {
            b"never" => Answered::Later(false),
            b"other" => Answered::Elsewhere,
            _ if !request.body.starts_with(b"wait") => Answered::Done(200),
            _ => match self.permits.try_acquire() {
                Ok(permit) => {
                    permit.forget();
                    Answered::Done(200)
                }
                Err(_) => Answered::Later(true),
            },
        }
    }

    async fn wait(&self, waiting: bool) {
        self.waits.fetch_add(1, SeqCst);
        if waiting {
            drop(self.permits.acquire().await);
        }
    }
}

/// A lane on its own task, and the other end of its connection.
struct Scene {
    client: DuplexStream,
    echo: Echo,
    stop: watch::Sender<bool>,
    lane: JoinHandle<Outcome<DuplexStream>>,
}

impl Scene {
    fn new() -> Self {
        let forever = Duration::from_secs(3600);
        let limits = Limits {
            head_timeout: forever,
            body_timeout: forever,
            idle_timeout: forever,
            max_head_bytes: 1000,
            max_body_bytes: 1000,
        };
        let echo = Echo { permits: Arc::new(Semaphore::new(0)), waits: Arc::default() };
        let (client, server) = duplex(10_000);
        let (stop, stopped) = watch::channel(false);
        let hot = echo.clone();
        let lane = tokio::spawn(async move { run(server, &hot, &limits, stopped).await });
        Self { client, echo, stop, lane }
    }

    async fn send(&mut self, bytes: &str) {
        self.client.write_all(bytes.as_bytes()).await.unwrap();
        // On a runtime of one thread a few yields let the lane run until it waits.
        for _ in 0..10 {
            yield_now().await;
        }
    }

    /// Everything that has come by now.
    async fn come(&mut self) -> String {
        let mut bytes = vec![0; 10_000];
        let read = self.client.read(&mut bytes).await.unwrap();
        bytes.truncate(read);
        String::from_utf8(bytes).unwrap()
    }

    /// The bodies of the answers that have come by now.
    async fn bodies(&mut self) -> Vec<String> {
        let come = self.come().await;
        let answers = come.split("HTTP/1.1 200 OK\r\n").skip(1);
        answers.map(|answer| answer.split_once("\r\n\r\n").unwrap().1.to_owned()).collect()
    }
}

fn request(body: &str) -> String {
    let length = body.len();
    format!("POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn a_request_begun_before_the_stop_is_answered_with_a_farewell() {
    let mut scene = Scene::new();
    let request = request("yes");
    let (begun, rest) = request.split_at(50);
    scene.send(begun).await;
    scene.stop.send_replace(true);
    yield_now().await;
    scene.send(rest).await;
    let mut answer = String::new();
    scene.client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nyes"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(matches!(scene.lane.await.unwrap(), Outcome::Closed));
}

#[tokio::test]
async fn answers_before_a_wait_are_sent_at_once_and_those_behind_it_keep_their_order() {
    let mut scene = Scene::new();
    scene.send(&["1", "2", "wait 3", "4", "wait 5", "6"].map(request).concat()).await;
    assert_eq!(scene.bodies().await, ["1", "2"]);
    scene.echo.permits.add_permits(1);
    assert_eq!(scene.bodies().await, ["wait 3", "4"]);
    scene.echo.permits.add_permits(1);
    assert_eq!(scene.bodies().await, ["wait 5", "6"]);
    scene.send(&request("7")).await;
    assert_eq!(scene.bodies().await, ["7"]);
}

#[tokio::test]
async fn what_was_appended_before_a_wait_is_dropped() {
    let mut scene = Scene::new();
    scene.send(&request("wait")).await;
    scene.echo.permits.add_permits(1);
    let answer = scene.come().await;
    assert_eq!(answer.matches("x-echo: 1\r\n").count(), 1, "{answer}");
    assert!(answer.ends_with("\r\n\r\nwait"), "{answer}");
    assert!(answer.contains("\r\ncontent-length: 4\r\n"), "{answer}");
}

#[tokio::test]
async fn a_request_that_waits_too_often_is_handed_over_whole_with_what_is_behind_it() {
    let mut scene = Scene::new();
    let (never, behind) = (request("never"), request("behind"));
    scene.send(&[request("first"), never.clone(), behind.clone()].concat()).await;
    assert_eq!(scene.bodies().await, ["first"]);
    let Outcome::HandOver { read, .. } = scene.lane.await.unwrap() else { panic!("closed") };
    assert_eq!(String::from_utf8(read).unwrap(), never + &behind);
    assert_eq!(scene.echo.waits.load(SeqCst), ROUNDS_MAX);
}

#[tokio::test]
async fn each_request_may_wait_as_often_as_the_first() {
    let mut scene = Scene::new();
    for number in 1..=2 * ROUNDS_MAX {
        scene.send(&request("wait")).await;
        scene.echo.permits.add_permits(1);
        assert_eq!(scene.bodies().await, ["wait"]);
        assert_eq!(scene.echo.waits.load(SeqCst), number);
    }
}

#[tokio::test]
async fn what_is_not_for_the_hot_path_is_handed_over() {
    let mut scene = Scene::new();
    scene.send(&request("other")).await;
    let Outcome::HandOver { read, .. } = scene.lane.await.unwrap() else { panic!("closed") };
    assert_eq!(String::from_utf8(read).unwrap(), request("other"));
}

#[tokio::test]
async fn a_stop_waits_for_the_request_that_waits_and_for_none_behind_it() {
    let mut scene = Scene::new();
    scene.send(&["wait", "behind"].map(request).concat()).await;
    scene.stop.send_replace(true);
    for _ in 0..10 {
        yield_now().await;
    }
    assert!(!scene.lane.is_finished());
    scene.echo.permits.add_permits(1);
    let mut answer = String::new();
    scene.client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 1, "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n") && answer.ends_with("\r\n\r\nwait"), "{answer}");
    assert!(matches!(scene.lane.await.unwrap(), Outcome::Closed));
}
