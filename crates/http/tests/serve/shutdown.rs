use crate::harness::{Server, options, verify};
use lockwork_http::serve::ServeOptions;
use std::time::Duration;

#[test]
fn idle_connections_are_closed_at_once() {
    let mut server = Server::start();
    let mut never_asked = server.connect();
    let mut hot = server.connect();
    hot.ask(verify("a"));
    let mut handed_over = server.connect();
    handed_over.ask("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    server.stop();
    never_asked.assert_closed();
    hot.assert_closed();
    handed_over.assert_closed();
    server.wait();
}

#[test]
fn a_request_in_flight_is_finished() {
    let mut server = Server::start();
    let mut slow = server.connect();
    slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    let entered = server.gate.entered.notified();
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(entered);
    let mut idle = server.connect();
    idle.ask(verify("a"));
    server.stop();
    idle.assert_closed();
    server.gate.opened.notify_one();
    assert_eq!(slow.answer().body, "slow");
    slow.assert_closed();
    server.wait();
}

#[test]
fn a_hot_request_that_has_begun_is_answered_and_the_connection_closed() {
    let mut server = Server::start();
    let mut client = server.connect();
    client.ask(verify("a"));
    let request = verify("0123456789");
    client.send(&request[..request.len() - 1]);
    // Long enough that the server has read it, for the shutdown would close an idle connection.
    std::thread::sleep(Duration::from_millis(200));
    let mut idle = server.connect();
    idle.ask(verify("a"));
    server.stop();
    idle.assert_closed();
    let answer = client.ask(&request[request.len() - 1..]);
    assert_eq!(answer.body, "hot Verify k j 0123456789");
    client.assert_closed();
    server.wait();
}

#[test]
fn no_connection_is_accepted_any_more() {
    let mut server = Server::start();
    server.connect().ask(verify("a"));
    server.wait();
    assert!(std::net::TcpStream::connect(server.address).is_err());
}

#[test]
fn after_the_grace_nothing_is_waited_for() {
    let grace = Duration::from_millis(50);
    let mut server = Server::start_with(ServeOptions { shutdown_grace: grace, ..options() }, None);
    let mut slow = server.connect();
    slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    let entered = server.gate.entered.notified();
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(entered);
    server.wait();
    slow.assert_closed();
}
