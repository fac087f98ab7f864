//! A mail server of the tests (RFC 5321), which puts off as many mails as it is told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The server; it stops with the runtime that it was started in.
pub struct MailServer {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    refusals: VecDeque<&'static str>,
    tries: usize,
    received: Vec<String>,
}

fn locked(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MailServer {
    /// A server that answers the first mails with these lines, and takes all after them.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(refusals: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let script = Script { refusals: refusals.iter().copied().collect(), ..Script::default() };
        let script = Arc::new(Mutex::new(script));
        let told = script.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, told.clone()));
            }
        });
        Self { address, script }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Where it is, for who gives a name and a password; it takes any.
    #[must_use]
    pub fn url_with(&self, name: &str, password: &str) -> String {
        format!("smtp://{name}:{password}@{}", self.address)
    }

    /// The mails that it took, each with its headers.
    #[must_use]
    pub fn received(&self) -> Vec<String> {
        locked(&self.script).received.clone()
    }

    /// How many mails it was offered, those that it put off among them.
    #[must_use]
    pub fn tries(&self) -> usize {
        locked(&self.script).tries
    }
}

async fn converse(stream: TcpStream, script: Arc<Mutex<Script>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 local\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-local\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            "AUTH" => "235 ok",
            "MAIL" => {
                let mut script = locked(&script);
                script.tries += 1;
                script.refusals.pop_front().unwrap_or("250 ok")
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                locked(&script).received.push(mail);
                "250 ok"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
