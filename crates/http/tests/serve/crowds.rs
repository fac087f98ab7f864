use crate::harness::{Server, options, verify};
use lockwork_http::serve::ServeOptions;

#[test]
fn connections_beyond_the_cap_are_refused_and_others_go_on() {
    let server = Server::start_with(ServeOptions { max_connections: 3, ..options() }, None);
    let mut held: Vec<_> = (0..3)
        .map(|_| {
            let mut client = server.connect();
            client.ask(verify("a"));
            client
        })
        .collect();
    for _ in 0..5 {
        let mut refused = server.connect();
        let answer = refused.answer();
        assert_eq!(answer.status, 503);
        assert!(answer.body.contains("too many connections"), "{}", answer.body);
        refused.assert_closed();
    }
    for client in &mut held {
        assert_eq!(client.ask(verify("a")).status, 200);
    }
    drop(held);
    // The server notices the closed connections in its own time.
    loop {
        let mut client = server.connect();
        // A refused client may find its request unread and the connection reset.
        let _ = std::io::Write::write_all(&mut client.stream, verify("a").as_bytes());
        let mut first = [0; 12];
        if std::io::Read::read_exact(&mut client.stream, &mut first).is_ok() && &first == b"HTTP/1.1 200" {
            break;
        }
    }
}

#[test]
fn two_thousand_idle_connections_disturb_nobody() {
    let server = Server::start();
    let mut idle: Vec<_> = (0..2_000).map(|_| server.connect()).collect();
    let mut client = server.connect();
    for number in 0..200 {
        assert_eq!(client.ask(verify(&number.to_string())).body, format!("hot Verify k j {number}"));
    }
    for (number, client) in idle.iter_mut().enumerate().step_by(97) {
        assert_eq!(client.ask(verify(&number.to_string())).body, format!("hot Verify k j {number}"));
    }
}
