//! The least HTTP/1.1 client that probes, warms and revokes; load comes from wrk.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, ensure};

/// The placeholder that stands for a key in a [`Request`].
pub const KEY: &str = "{{key}}";

/// A request that may hold [`KEY`] in its headers and body.
#[derive(Debug, Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Request {
    /// A GET without headers.
    #[must_use]
    pub fn get(path: &str) -> Self {
        Self { method: "GET", path: path.to_owned(), headers: Vec::new(), body: String::new() }
    }

    /// A POST of JSON.
    #[must_use]
    pub fn post(path: &str, body: impl Into<String>) -> Self {
        let request = Self { method: "POST", path: path.to_owned(), headers: Vec::new(), body: body.into() };
        request.header("content-type", "application/json")
    }

    /// The same request with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same request with [`KEY`] replaced.
    #[must_use]
    pub fn with_key(mut self, key: &str) -> Self {
        for (_, value) in &mut self.headers {
            *value = value.replace(KEY, key);
        }
        self.body = self.body.replace(KEY, key);
        self
    }

    /// The request as it goes over the wire; `key_bytes` is the length of what will stand for [`KEY`].
    #[must_use]
    pub fn render(&self, key_bytes: usize) -> String {
        let headers: String =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let keys = self.body.matches(KEY).count();
        let length = self.body.len() - keys * KEY.len() + keys * key_bytes;
        let length =
            if self.method == "GET" { String::new() } else { format!("content-length: {length}\r\n") };
        format!(
            "{} {} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}{length}\r\n{}",
            self.method, self.path, self.body
        )
    }
}

/// A status and, when the server told its length, the body.
#[derive(Debug)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// The body as text; empty when it came without a length.
    pub body: String,
}

/// One keep-alive connection.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects with time limits of 30 s.
    ///
    /// # Errors
    /// Nothing listens there.
    pub fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Sends one request and reads its answer.
    ///
    /// # Errors
    /// The connection breaks, or the answer is no HTTP/1.1.
    pub fn send(&mut self, request: &Request) -> Result<Response> {
        self.stream.get_mut().write_all(request.render(KEY.len()).as_bytes())?;
        let status_line = self.line()?;
        let status = status_line.split(' ').nth(1).context("no status line")?.parse()?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Response { status, body: String::from_utf8_lossy(&body).into_owned() })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.stream.read_line(&mut line)? > 0, "the server closed the connection");
        Ok(line.trim_end().to_owned())
    }
}

/// Sends one request over a connection of its own.
///
/// # Errors
/// As [`Client::connect`] and [`Client::send`].
pub fn send_once(address: SocketAddr, request: &Request) -> Result<Response> {
    Client::connect(address)?.send(request)
}

#[cfg(test)]
mod tests {
    use super::Request;

    #[test]
    fn the_announced_length_counts_the_key_and_not_its_placeholder() {
        let request = Request::post("/", r#"{"secretToken":"{{key}}"}"#);
        assert!(request.render(55).contains("content-length: 73\r\n"));
        assert!(request.render(1).contains("content-length: 19\r\n"));
    }
}
