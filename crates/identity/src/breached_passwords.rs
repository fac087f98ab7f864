//! Lists of passwords that are known from breaches, asked in a way that does not tell them the password.
//!
//! A list is cut into ranges by the first five digits of the SHA-1 hash in upper-case hexadecimal; a range is lines
//! of the other 35 digits, a colon and a count. Only the range's name leaves this process (k-anonymity, the format
//! of haveibeenpwned.com).

use crate::outbound;
use crate::passwords::Password;
use lockwork_model::error::{Error, Result};
use sha1::{Digest, Sha1};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// How long a list may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest range that is read; real ones, padding included, have some 50 KB.
const RANGE_MAX_BYTES: usize = 1024 * 1024;

/// Where to ask.
#[derive(Debug, Clone)]
pub enum BreachedPasswords {
    /// Nowhere: every password counts as unknown.
    Off,
    /// A folder with a file for each range, named by the five digits, with or without `.txt`.
    Folder(PathBuf),
    /// A server that answers `GET <url>/<five digits>`.
    Remote {
        /// The address without the digits; ends in a slash.
        url: Url,
        /// Asks it.
        client: reqwest::Client,
    },
}

impl BreachedPasswords {
    /// A server at `url`, such as `https://api.pwnedpasswords.com/range`.
    ///
    /// # Errors
    /// `InvalidArgument` when this is no HTTP address; `Internal` when TLS cannot be set up.
    pub fn remote(url: &str) -> Result<Self> {
        let wrong = || Error::invalid("the list of breached passwords must be an http or https address");
        let mut url = Url::parse(url).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong());
        }
        url.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().push("");
        Ok(Self::Remote { url, client: outbound::client()? })
    }

    /// Whether the list knows this password.
    ///
    /// A list that does not answer within two seconds, or answers nonsense, must not keep people from choosing a
    /// password: that is logged, and counts as no.
    pub async fn contain(&self, password: &Password) -> bool {
        let hash: String = Sha1::digest(password.reveal()).iter().map(|byte| format!("{byte:02X}")).collect();
        let (prefix, suffix) = hash.split_at(5);
        let range = match self {
            Self::Off => return false,
            Self::Folder(folder) => within_patience(read(folder.clone(), prefix.to_owned())).await,
            Self::Remote { url, client } => within_patience(ask(client, url, prefix)).await,
        };
        range.is_ok_and(|range| names(&range, suffix))
    }
}

/// The range, unless that takes too long. Neither failure says which range it was.
async fn within_patience(range: impl Future<Output = Result<Vec<u8>, String>>) -> Result<Vec<u8>, ()> {
    let failure = match tokio::time::timeout(PATIENCE, range).await {
        Ok(Ok(range)) => return Ok(range),
        Ok(Err(failure)) => failure,
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    tracing::warn!(
        failure,
        "the list of breached passwords could not be asked; a password was taken unchecked"
    );
    Err(())
}

/// Whether a line of the range holds the suffix with a count other than 0; those with 0 are padding.
fn names(range: &[u8], suffix: &str) -> bool {
    range.split(|&byte| byte == b'\n').any(|line| {
        let Some((found, count)) = line.trim_ascii().split_at_checked(suffix.len()) else { return false };
        let count = count.strip_prefix(b":").and_then(|count| std::str::from_utf8(count).ok());
        found.eq_ignore_ascii_case(suffix.as_bytes())
            && count.and_then(|count| count.trim().parse::<u64>().ok()).is_some_and(|count| count > 0)
    })
}

async fn read(folder: PathBuf, prefix: String) -> Result<Vec<u8>, String> {
    let reading = tokio::task::spawn_blocking(move || {
        let found = read_file(&folder.join(&prefix)).transpose();
        let found = found.or_else(|| read_file(&folder.join(format!("{prefix}.txt"))).transpose());
        match found {
            Some(range) => range,
            // A folder may hold a part of all ranges.
            None => std::fs::read_dir(&folder).map(|_| Vec::new()),
        }
    });
    match reading.await {
        Ok(range) => range.map_err(|error| error.kind().to_string()),
        Err(error) => Err(error.to_string()),
    }
}

fn read_file(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut range = Vec::new();
    let limit = u64::try_from(RANGE_MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut range)?;
    if range.len() > RANGE_MAX_BYTES { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(Some(range)) }
}

async fn ask(client: &reqwest::Client, url: &Url, prefix: &str) -> Result<Vec<u8>, String> {
    // The address holds the range's name, so that it has no place in the log.
    let failure = |error: reqwest::Error| error.without_url().to_string();
    let url = url.join(prefix).map_err(|error| error.to_string())?;
    let request = client.get(url).header("add-padding", "true");
    let mut response = request.send().await.map_err(failure)?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(format!("it answered {}", response.status()));
    }
    let mut range = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        range.extend_from_slice(&chunk);
        if range.len() > RANGE_MAX_BYTES {
            return Err("it answered with more than a range".to_owned());
        }
    }
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::extract::Path as UrlPath;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::get;

    // SHA-1 of "password123": CBFDAC6008F9CAB4083784CBD1874F76618D2A97.
    const RANGE: &str = "CBFDA";
    const LINE: &str = "C6008F9CAB4083784CBD1874F76618D2A97:251682";

    fn known() -> Password {
        Password::new("password", "password123".to_owned()).unwrap()
    }

    fn unknown() -> Password {
        Password::new("password", "a password that nobody has".to_owned()).unwrap()
    }

    async fn server(
        answer: impl Fn(&str, &HeaderMap) -> (StatusCode, String) + Clone + Send + Sync + 'static,
    ) -> String {
        let route = get(move |UrlPath(prefix): UrlPath<String>, headers: HeaderMap| async move {
            answer(&prefix, &headers)
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/range", listener.local_addr().unwrap());
        let app = Router::new().route("/range/{prefix}", route);
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }

    #[tokio::test]
    async fn a_list_that_is_switched_off_knows_nothing() {
        assert!(!BreachedPasswords::Off.contain(&known()).await);
    }

    #[tokio::test]
    async fn a_folder_is_read_by_the_first_five_digits_with_and_without_txt() {
        for name in [RANGE.to_owned(), format!("{RANGE}.txt")] {
            let folder = tempfile::tempdir().unwrap();
            let list = BreachedPasswords::Folder(folder.path().to_owned());
            assert!(!list.contain(&known()).await, "the folder is empty");
            let text = format!("0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n{LINE}\r\n");
            std::fs::write(folder.path().join(name), text).unwrap();
            assert!(list.contain(&known()).await);
            assert!(!list.contain(&unknown()).await);
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_missing_or_too_large_a_file_counts_as_no() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!BreachedPasswords::Folder(folder.path().join("missing")).contain(&known()).await);
        let mut text = format!("{LINE}\n").into_bytes();
        text.resize(RANGE_MAX_BYTES + 1, b'\n');
        std::fs::write(folder.path().join(RANGE), text).unwrap();
        assert!(!BreachedPasswords::Folder(folder.path().to_owned()).contain(&known()).await);
    }

    #[tokio::test]
    async fn a_server_learns_the_first_five_digits_and_nothing_else() {
        let url = server(|prefix, headers| {
            assert_eq!(prefix.len(), 5);
            assert_eq!(
                (&headers["add-padding"], &headers["user-agent"]),
                (&"true".parse().unwrap(), &"lockwork".parse().unwrap())
            );
            let range = if prefix == RANGE { LINE.to_lowercase() } else { String::new() };
            (StatusCode::OK, range)
        });
        let url = url.await;
        for url in [url.clone(), format!("{url}/")] {
            let list = BreachedPasswords::remote(&url).unwrap();
            assert!(list.contain(&known()).await);
            assert!(!list.contain(&unknown()).await);
        }
    }

    #[tokio::test]
    async fn padding_and_nonsense_are_no_hits() {
        let suffix = LINE.split_once(':').unwrap().0;
        for range in [
            format!("{suffix}:0"),
            suffix.to_owned(),
            format!("{suffix}:"),
            format!("{suffix}:many"),
            format!("{suffix}7:1"),
            format!("<html>{LINE}</html>"),
            "ä".repeat(100),
        ] {
            assert!(!names(range.as_bytes(), suffix), "{range}");
        }
        assert!(names(format!("\n\n{suffix}:1").as_bytes(), suffix));
    }

    #[tokio::test]
    async fn a_server_that_fails_redirects_or_says_too_much_counts_as_no() {
        for status in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::NOT_FOUND, StatusCode::FOUND] {
            let list =
                BreachedPasswords::remote(&server(move |_, _| (status, LINE.to_owned())).await).unwrap();
            assert!(!list.contain(&known()).await, "{status}");
        }
        let long = format!("{LINE}\n{}", "\n".repeat(RANGE_MAX_BYTES));
        let list =
            BreachedPasswords::remote(&server(move |_, _| (StatusCode::OK, long.clone())).await).unwrap();
        assert!(!list.contain(&known()).await);
        assert!(!BreachedPasswords::remote("http://127.0.0.1:1/range").unwrap().contain(&known()).await);
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_keeps_nobody_waiting() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let list = BreachedPasswords::remote(&format!("http://{}/", silent.local_addr().unwrap())).unwrap();
        assert!(!tokio::time::timeout(PATIENCE * 2, list.contain(&known())).await.unwrap());
    }

    #[test]
    fn only_http_addresses_are_lists() {
        for wrong in
            ["", "range", "ftp://example.com/", "file:///etc/passwd", "mailto:a@example.com", "https://"]
        {
            assert!(BreachedPasswords::remote(wrong).is_err(), "{wrong}");
        }
    }
}
