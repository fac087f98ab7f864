use crate::harness::{Server, verify};
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};

#[test]
fn other_routes_reach_the_router() {
    let server = Server::start();
    let mut client = server.connect();
    let answer = client.ask("GET /v1/organizations?pageSize=2 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((answer.status, answer.body.as_str()), (200, "router GET /v1/organizations?pageSize=2 "));
    let answer = client.ask("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(answer.body, "router PUT /x abc");
}

#[test]
fn hot_and_other_requests_mix_on_one_connection() {
    let server = Server::start();
    let mut client = server.connect();
    let other = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(verify("1") + &verify("2") + other + &verify("3") + other + &verify("4"));
    for expected in ["hot Verify k j 1", "hot Verify k j 2", "router GET /x ", "hot Verify k j 3"] {
        assert_eq!(client.answer().body, expected);
    }
    assert_eq!(client.answer().body, "router GET /x ");
    let answer = client.answer();
    assert_eq!(answer.body, "hot Verify k j 4");
    assert_eq!(answer.header("x-request-id").unwrap().len(), 32);
}

#[test]
fn what_the_hot_path_declines_reaches_the_router_whole() {
    let server = Server::start();
    let mut client = server.connect();
    for _ in 0..2 {
        let answer = client.ask(verify("for the router"));
        assert_eq!(answer.body, "router POST /v1/api-keys/verify for the router");
    }
    assert_eq!(client.ask(verify("hot again")).body, "hot Verify k j hot again");
}

#[test]
fn a_chunked_body_is_put_together() {
    let server = Server::start();
    let answer = server.connect().ask(
        "POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    assert_eq!(answer.body, "router POST /v1/api-keys/verify abcde");
}

#[test]
fn a_client_that_expects_continue_is_told_to() {
    let server = Server::start();
    let mut client = server.connect();
    client.send(
        "POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
    );
    let mut interim = [0; 25];
    std::io::Read::read_exact(&mut client.stream, &mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(client.ask("{}").body, "hot Verify - - {}");
}

#[test]
fn connection_close_is_honoured() {
    let server = Server::start();
    let mut client = server.connect();
    let answer = client.ask(
        "POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
    );
    assert_eq!(answer.body, "hot Verify - - {}");
    assert_eq!(answer.header("connection"), Some("close"));
    client.assert_closed();
}

#[test]
fn ambiguous_framing_is_refused_and_nothing_behind_it_is_answered() {
    let server = Server::start();
    let smuggled = verify("smuggled");
    for headers in [
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2, 3\r\n",
        "Content-Length: +2\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length : 2\r\n",
        " Content-Length: 2\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "X: a\0b\r\nContent-Length: 2\r\n",
        "no colon\r\nContent-Length: 2\r\n",
    ] {
        let mut client = server.connect();
        client.send(format!("POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\n{headers}\r\n{{}}{smuggled}"));
        assert_eq!(client.answer().status, 400, "{headers}");
        client.assert_closed();
    }
}

#[test]
fn both_framings_at_once_end_the_connection_after_one_answer() {
    let server = Server::start();
    let mut client = server.connect();
    client.send("POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    // RFC 9112 §6.1: chunked wins, or the request is refused. Either way it is one message of 5 bytes.
    let answer = client.answer();
    assert!(answer.status == 400 || answer.body == "router POST /v1/api-keys/verify ", "{answer:?}");
}

#[test]
fn garbage_is_refused() {
    let server = Server::start();
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and so on"[..],
        b"hello\r\n\r\n",
        b"POST /v1/api-keys/verify\r\n\r\n",
        b"G\xffT / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ] {
        let mut client = server.connect();
        assert_eq!(client.ask(garbage).status, 400, "{}", String::from_utf8_lossy(garbage));
        client.assert_closed();
    }
    assert_eq!(server.connect().ask(verify("a")).status, 200);
}

#[test]
fn a_head_over_the_limit_is_refused() {
    let server = Server::start();
    for start in ["POST /v1/api-keys/verify HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\n"] {
        let mut client = server.connect();
        let answer = client.ask(format!("{start}X: {}\r\n\r\n", "x".repeat(20 << 10)));
        assert_eq!(answer.status, 431);
    }
    let many = "X: 1\r\n".repeat(200);
    let answer = server.connect().ask(format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"));
    assert_eq!(answer.status, 431);
}

#[test]
fn a_panicking_operation_is_a_500_and_nothing_more() {
    let server = Server::start();
    let mut client = server.connect();
    assert_eq!(client.ask("GET /panic HTTP/1.1\r\nHost: a\r\n\r\n").status, 500);
    assert_eq!(client.ask("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

#[tokio::test]
async fn http2_without_tls_is_spoken_too() {
    let server = Server::start();
    let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    for (path, body, expected) in [
        ("/v1/api-keys/verify", "a", "hot Verify k - a"),
        ("/v1/api-keys/authenticate", "b", "hot Authenticate k - b"),
        ("/v1/api-keys/verify", "for the router", "router POST http://a/v1/api-keys/verify for the router"),
        ("/x", "c", "router POST http://a/x c"),
    ] {
        let request = Request::post(format!("http://a{path}")).header(header::AUTHORIZATION, "k");
        let response = sender.send_request(request.body(Body::from(body)).unwrap()).await.unwrap();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(bytes, expected);
    }
    drop(sender);
    connection.await.unwrap().unwrap();
}
