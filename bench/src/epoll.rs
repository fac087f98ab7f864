//! The HTTP floor: one thread, one epoll set, the least HTTP/1.1 that answers a POST with a constant.

#![expect(unsafe_code, reason = "epoll has no wrapper in std; each block says why it is sound")]

use std::{
    collections::HashMap,
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd},
};

use anyhow::{Result, bail};
use memchr::memmem;

/// As long as the verdict that the verify endpoint sends.
const BODY: &str = r#"{"valid":true,"code":"VALID","apiKeyId":"api_key_0123456789abcdefghijklmno","organizationId":"org_0123456789abcdefghijklmno","actions":["acme.widgets.read"],"displayName":"Bench key","expireTime":null}"#;

/// Longer requests are refused by closing the connection.
const REQUEST_BYTES_MAX: usize = 64 << 10;

/// Serves until the process is stopped.
///
/// # Errors
/// The address cannot be listened on, or epoll itself fails.
pub fn serve(address: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new()?;
    epoll.watch(listener.as_raw_fd())?;
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut connections: HashMap<RawFd, Connection> = HashMap::new();
    let mut events = [libc::epoll_event { events: 0, u64: 0 }; 256];
    loop {
        for ready in epoll.wait(&mut events)? {
            if ready == listener.as_raw_fd() {
                accept_all(&listener, &epoll, &mut connections)?;
            } else if let Some(connection) = connections.get_mut(&ready)
                && connection.advance(answer.as_bytes()).is_err()
            {
                // Closing the descriptor also takes it out of the epoll set.
                connections.remove(&ready);
            }
        }
    }
}

fn accept_all(
    listener: &TcpListener,
    epoll: &Epoll,
    connections: &mut HashMap<RawFd, Connection>,
) -> Result<()> {
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(true)?;
                stream.set_nodelay(true)?;
                epoll.watch(stream.as_raw_fd())?;
                connections.insert(stream.as_raw_fd(), Connection::new(stream));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self { stream, buffer: vec![0; 4096], filled: 0 }
    }

    /// Reads once and answers every request that is complete. An error means: close.
    fn advance(&mut self, answer: &[u8]) -> Result<()> {
        if self.filled == self.buffer.len() {
            if self.filled >= REQUEST_BYTES_MAX {
                bail!("request too long");
            }
            self.buffer.resize(self.filled * 2, 0);
        }
        match self.stream.read(&mut self.buffer[self.filled..]) {
            Ok(0) => bail!("closed by the peer"),
            Ok(read) => self.filled += read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let mut answered = 0;
        while let Some(length) = request_length(&self.buffer[answered..self.filled])? {
            // A peer that does not read its answers is closed: the load generator always reads.
            self.stream.write_all(answer)?;
            answered += length;
        }
        self.buffer.copy_within(answered..self.filled, 0);
        self.filled -= answered;
        Ok(())
    }
}

/// The length of the first request in `bytes`, head and body, or `None` when it is not complete.
fn request_length(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(head_end) = memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let length = head_end + 4 + content_length(&bytes[..head_end])?;
    Ok((bytes.len() >= length).then_some(length))
}

fn content_length(head: &[u8]) -> Result<usize> {
    const NAME: &[u8] = b"content-length:";
    for line_end in memchr::memchr_iter(b'\n', head) {
        let line = &head[line_end + 1..];
        if line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) {
            let value = line[NAME.len()..].trim_ascii_start();
            let digits = value.iter().take_while(|byte| byte.is_ascii_digit());
            return Ok(digits
                .fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'))
                .min(REQUEST_BYTES_MAX));
        }
    }
    Ok(0)
}

struct Epoll(OwnedFd);

impl Epoll {
    fn new() -> io::Result<Self> {
        // SAFETY: takes no pointer; the result is checked.
        let descriptor = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a valid descriptor that nothing else owns.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(descriptor) }))
    }

    fn watch(&self, descriptor: RawFd) -> io::Result<()> {
        let token = u64::try_from(descriptor).map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: token };
        // SAFETY: `event` lives through the call; the kernel copies it.
        let added =
            unsafe { libc::epoll_ctl(self.0.as_raw_fd(), libc::EPOLL_CTL_ADD, descriptor, &raw mut event) };
        if added < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Waits without a time limit and returns the ready descriptors.
    fn wait<'a>(&self, events: &'a mut [libc::epoll_event]) -> io::Result<impl Iterator<Item = RawFd> + 'a> {
        let capacity = i32::try_from(events.len()).unwrap_or(i32::MAX);
        // SAFETY: `events` has room for `capacity` entries and is borrowed mutably.
        let ready = unsafe { libc::epoll_wait(self.0.as_raw_fd(), events.as_mut_ptr(), capacity, -1) };
        if ready < 0 && io::Error::last_os_error().kind() != ErrorKind::Interrupted {
            return Err(io::Error::last_os_error());
        }
        Ok(events.iter().take(ready.max(0) as usize).map(|event| event.u64 as RawFd))
    }
}

#[cfg(test)]
mod tests {
    use super::request_length;

    #[test]
    fn a_request_is_complete_only_with_its_whole_body() {
        let request = b"POST / HTTP/1.1\r\nHost: a\r\nCONTENT-LENGTH: 3\r\n\r\nabc";
        assert_eq!(request_length(&request[..request.len() - 1]).unwrap(), None);
        assert_eq!(request_length(request).unwrap(), Some(request.len()));
    }

    #[test]
    fn a_request_without_a_body_ends_with_its_head() {
        assert_eq!(request_length(b"GET / HTTP/1.1\r\n\r\nGET").unwrap(), Some(18));
    }
}
