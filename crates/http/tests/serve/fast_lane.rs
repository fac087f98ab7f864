use crate::harness::{Server, verify};

#[test]
fn requests_follow_each_other_on_one_connection() {
    let server = Server::start();
    let mut client = server.connect();
    for number in 0..100 {
        let answer = client.ask(verify(&number.to_string()));
        assert_eq!((answer.status, answer.body), (200, format!("hot Verify k j {number}")));
    }
    let answer =
        client.ask("POST /v1/api-keys/authenticate HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(answer.body, "hot Authenticate - - ");
}

#[test]
fn an_answer_has_a_type_a_date_and_a_request_id() {
    let server = Server::start();
    let mut client = server.connect();
    let answer = client.ask(verify("a"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.header("date").unwrap().ends_with(" GMT"));
    let first = answer.header("x-request-id").unwrap().to_owned();
    let second = client.ask(verify("a")).header("x-request-id").unwrap().to_owned();
    assert_ne!(first, second);
    let own =
        "POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nX-Request-Id: my-1\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(client.ask(own).header("x-request-id"), Some("my-1"));
    let forged =
        "POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nX-Request-Id: a b\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(client.ask(forged).header("x-request-id").unwrap().len(), 32);
}

#[test]
fn a_refusal_keeps_the_connection() {
    let server = Server::start();
    let mut client = server.connect();
    let answer = client.ask(verify("wrong"));
    assert!(answer.head.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    assert_eq!(answer.body, "hot Verify k j wrong");
    assert_eq!(client.ask(verify("right")).status, 200);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = Server::start();
    let mut client = server.connect();
    let requests: String = (0..500).map(|number| verify(&number.to_string())).collect();
    client.send(requests);
    for number in 0..500 {
        assert_eq!(client.answer().body, format!("hot Verify k j {number}"));
    }
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let server = Server::start();
    let mut client = server.connect();
    for byte in verify("hello").bytes() {
        client.send([byte]);
    }
    assert_eq!(client.answer().body, "hot Verify k j hello");
}

#[test]
fn requests_may_be_cut_anywhere() {
    let server = Server::start();
    let mut client = server.connect();
    let two = verify("one") + &verify("two");
    for cut in 1..two.len() {
        client.send(&two[..cut]);
        // The rest must not be read together with the first part.
        std::thread::sleep(std::time::Duration::from_millis(1));
        client.send(&two[cut..]);
        assert_eq!(client.answer().body, "hot Verify k j one", "{cut}");
        assert_eq!(client.answer().body, "hot Verify k j two", "{cut}");
    }
}

#[test]
fn a_body_may_be_as_long_as_the_limit() {
    let server = Server::start();
    let mut client = server.connect();
    let body = "x".repeat(64 << 10);
    assert_eq!(client.ask(verify(&body)).body, "hot Verify k j 65536 bytes");
    assert_eq!(client.ask(verify("short")).body, "hot Verify k j short");
    let body = "x".repeat((64 << 10) + 1);
    assert_eq!(client.ask(verify(&body)).body, "router POST /v1/api-keys/verify 65537 bytes");
}

#[test]
fn pipelined_answers_larger_than_every_buffer_arrive() {
    let server = Server::start();
    let mut client = server.connect();
    let mut sender = client.stream.try_clone().unwrap();
    let sending = std::thread::spawn(move || {
        let request = verify(&"y".repeat(90));
        for _ in 0..200 {
            std::io::Write::write_all(&mut sender, request.repeat(100).as_bytes()).unwrap();
        }
    });
    for _ in 0..20_000 {
        assert_eq!(client.answer().status, 200);
    }
    sending.join().unwrap();
}

#[test]
fn a_client_that_leaves_early_hurts_nobody() {
    let server = Server::start();
    for length in [0, 1, 10, 60, 100] {
        let request = verify("something longer than nothing");
        server.connect().send(&request[..length]);
    }
    assert_eq!(server.connect().ask(verify("a")).status, 200);
}

#[test]
fn an_answer_may_have_headers_of_its_own_on_the_fast_lane_and_beside_it() {
    let server = Server::start();
    let mut client = server.connect();
    let chunked = "POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let beside = "POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\ntoo much";
    let fast = client.ask(verify("too much"));
    // Whatever is unusual moves the connection to hyper, which asks the same hot path.
    client.ask(chunked.to_owned() + "1\r\na\r\n0\r\n\r\n");
    for answer in [fast, client.ask(beside)] {
        assert_eq!(answer.status, 429, "{answer:?}");
        assert_eq!(answer.header("ratelimit"), Some("\"a\";r=0;t=7"));
        assert_eq!(answer.header("retry-after"), Some("7"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("x-request-id").unwrap().len(), 32);
    }
}
