use crate::harness::{Server, options, verify};
use lockwork_http::serve::ServeOptions;
use std::time::Duration;

const SOON: Duration = Duration::from_millis(50);

#[test]
fn a_connection_that_never_asks_is_closed() {
    let server = Server::start_with(ServeOptions { head_timeout: SOON, ..options() }, None);
    server.connect().assert_closed();
}

#[test]
fn a_head_that_never_ends_is_cut() {
    let server = Server::start_with(ServeOptions { head_timeout: SOON, ..options() }, None);
    for start in ["POST /v1/api-keys/verify HTTP/1.1\r\nHost:", "POST /v1/api", "GET /x HTTP/1.1\r\n", "G"] {
        let mut client = server.connect();
        client.send(start);
        client.assert_closed();
    }
}

#[test]
fn a_head_that_trickles_is_cut_although_it_moves() {
    let server = Server::start_with(ServeOptions { head_timeout: SOON, ..options() }, None);
    let mut client = server.connect();
    client.send("POST /v1/api-keys/verify HTTP/1.1\r\nX: ");
    let mut writer = client.stream.try_clone().unwrap();
    let trickle = std::thread::spawn(move || {
        while std::io::Write::write_all(&mut writer, b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    client.assert_closed();
    trickle.join().unwrap();
}

#[test]
fn a_hot_body_that_never_comes_is_cut() {
    let server = Server::start_with(ServeOptions { body_timeout: SOON, ..options() }, None);
    let mut client = server.connect();
    let request = verify("0123456789");
    client.send(&request[..request.len() - 1]);
    client.assert_closed();
    let mut client = server.connect();
    client.ask("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.ask(&request[..request.len() - 1]).status, 408);
}

#[test]
fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let server = Server::start_with(ServeOptions { idle_timeout: SOON, ..options() }, None);
    let mut busy = server.connect();
    let mut idle = server.connect();
    idle.ask(verify("a"));
    let mut handed_over = server.connect();
    handed_over.ask("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    for _ in 0..60 {
        busy.ask(verify("a"));
        std::thread::sleep(Duration::from_millis(5));
    }
    idle.assert_closed();
    handed_over.assert_closed();
    assert_eq!(busy.ask(verify("a")).status, 200);
}

#[test]
fn a_request_in_flight_is_not_idle() {
    let server = Server::start_with(ServeOptions { idle_timeout: SOON, ..options() }, None);
    let mut client = server.connect();
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    std::thread::sleep(6 * SOON);
    server.gate.opened.notify_one();
    assert_eq!(client.answer().body, "slow");
}

#[test]
fn a_client_that_reads_nothing_is_cut() {
    let server = Server::start_with(ServeOptions { write_timeout: SOON, ..options() }, None);
    // Through hyper: an answer that no socket buffer holds.
    let mut client = server.connect();
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    // In the fast lane: requests without end.
    let mut flood = server.connect();
    let requests = verify("a").repeat(1000);
    while std::io::Write::write_all(&mut flood.stream, requests.as_bytes()).is_ok() {}
    std::thread::sleep(4 * SOON);
    let mut all = Vec::new();
    let _ = std::io::Read::read_to_end(&mut client.stream, &mut all);
    assert!(all.len() < 50 << 20, "{}", all.len());
}
