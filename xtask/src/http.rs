//! As much of an HTTP client as talking to a server on this machine takes.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// The JSON API of a server, called with one bearer credential.
pub(crate) struct Client {
    address: SocketAddr,
    bearer: String,
}

/// A status and the JSON that came with it (`null` for an empty body).
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Client {
    /// A client of the server that listens on `listen`.
    pub(crate) fn new(listen: SocketAddr, bearer: &str) -> Self {
        Self { address: reachable(listen), bearer: bearer.to_owned() }
    }

    /// The URL under which the server is reached.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends one request and returns the body of a 2xx answer; any other answer is an error.
    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let response = self.send(method, path, Some(body))?;
        if !(200..300).contains(&response.status) {
            bail!("{method} {path} was answered {} {}", response.status, response.body);
        }
        Ok(response.body)
    }

    /// Sends one request and returns whatever is answered.
    pub(crate) fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Response> {
        let mut stream = TcpStream::connect_timeout(&self.address, Duration::from_secs(5))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(self.request(method, path, body).as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        parse(&answer)
    }

    // HTTP/1.0, which knows no chunks: the body is all that comes until the connection is closed.
    fn request(&self, method: &str, path: &str, body: Option<&Value>) -> String {
        let body = body.map(Value::to_string).unwrap_or_default();
        let head = [
            format!("{method} {path} HTTP/1.0"),
            format!("Host: {}", self.address),
            format!("Authorization: Bearer {}", self.bearer),
            "Content-Type: application/json".to_owned(),
            format!("Content-Length: {}", body.len()),
        ];
        format!("{}\r\n\r\n{body}", head.join("\r\n"))
    }
}

/// Where a server is reached that listens on this address: "any address" is none that can be called.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn parse(answer: &[u8]) -> Result<Response> {
    let text = std::str::from_utf8(answer).context("the answer is no UTF-8")?;
    let (head, body) = text.split_once("\r\n\r\n").context("the answer has no end of its head")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body)? };
    Ok(Response { status: status.context("the answer has no status")?, body })
}

#[cfg(test)]
mod tests {
    use super::{Client, parse, reachable};
    use serde_json::{Value, json};
    use std::io::{Read, Write};
    use std::net::TcpListener;

    #[test]
    fn a_request_carries_its_credential_and_its_length() {
        let client = Client::new("127.0.0.1:7777".parse().unwrap(), "secret");
        let request = client.request("POST", "/v1/roles", Some(&json!({ "a": 1 })));
        let expected = "POST /v1/roles HTTP/1.0\r\nHost: 127.0.0.1:7777\r\nAuthorization: Bearer secret\r\n\
                        Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}";
        assert_eq!(request, expected);
    }

    #[test]
    fn an_answer_is_read_from_a_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = Client::new(listener.local_addr().unwrap(), "secret");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.0 403 Forbidden\r\nX: y\r\n\r\n{\"code\":7}").unwrap();
            length
        });
        let error = client.call("POST", "/v1/roles", &json!({})).unwrap_err();
        assert_eq!(error.to_string(), "POST /v1/roles was answered 403 {\"code\":7}");
        assert!(server.join().unwrap() > 0);
    }

    #[test]
    fn an_empty_body_is_null_and_half_an_answer_is_an_error() {
        let response = parse(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        assert_eq!((response.status, response.body), (204, Value::Null));
        assert!(parse(b"HTTP/1.1 200 OK\r\n").is_err());
        assert!(parse(b"").is_err());
    }

    #[test]
    fn any_address_is_reached_over_the_loopback() {
        assert_eq!(reachable("0.0.0.0:1".parse().unwrap()).to_string(), "127.0.0.1:1");
        assert_eq!(reachable("[::]:1".parse().unwrap()).to_string(), "[::1]:1");
    }
}
