//! `/dev/mail`: what would have been sent, for `lockwork serve --dev`. Not there without that flag.

use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use lockwork_app::identity::mail::{Delivered, Mailbox};
use std::fmt::Write;

/// Nothing of a mail runs, and nothing is loaded for it.
const POLICY: (&str, &str) = (
    "content-security-policy",
    "default-src 'none'; style-src 'sha256-vyFltnHyNNcXK/lBV/6P18/1DhFcmTaKz5Nv9NtS3/s='; frame-ancestors 'none'",
);
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
article{border:1px solid #8886;border-radius:8px;padding:1rem;margin:1rem 0}h1{font-size:1.4rem}h2{font-size:1.1rem;margin:0}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}p{margin:0;opacity:.75}";

/// The page, and the same as JSON, newest first.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(mailbox: Mailbox) -> Router<S> {
    let as_json = mailbox.clone();
    Router::new()
        .route("/dev/mail", get(async move || ([POLICY], Html(page(&mailbox.messages()))).into_response()))
        .route("/dev/mail.json", get(async move || Json(as_json.messages())))
}

fn page(messages: &[Delivered]) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Mail</title><style>{STYLE}</style><main><h1>Mail that was not sent</h1>"
    );
    if messages.is_empty() {
        html.push_str("<p>Nothing yet. Sign in with an e-mail address, and its mail shows here.</p>");
    }
    for message in messages {
        let _ = write!(
            html,
            "<article><h2>{}</h2><p>to {} at {}</p><pre>{}</pre></article>",
            escape(&message.subject),
            escape(&message.to),
            message.time,
            with_links(&message.text)
        );
    }
    html.push_str("</main></html>");
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The text, its addresses as links.
fn with_links(text: &str) -> String {
    let mut html = String::new();
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        if word.starts_with("https://") || word.starts_with("http://") {
            let (word, rest) = (escape(word), &part[word.len()..]);
            let _ = write!(html, "<a href=\"{word}\">{word}</a>{rest}");
        } else {
            html.push_str(&escape(part));
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_policy_allows_the_page_its_style() {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
        assert!(POLICY.1.contains(&format!("'sha256-{hash}'")), "{hash}");
    }

    #[test]
    fn a_mail_is_text_on_the_page_whatever_is_in_it() {
        let html = with_links("<b>Hi</b>\nhttps://a.example/?a=1&b=\"2 now");
        assert_eq!(
            html,
            "&lt;b&gt;Hi&lt;/b&gt;\n<a href=\"https://a.example/?a=1&amp;b=&quot;2\">https://a.example/?a=1&amp;b=&quot;2</a> now"
        );
    }
}
