//! The server's files as a browser gets them, and the page's parts.

use axum::http::Method;
use lockwork_testkit::{Answer, TestApp};
use serde_json::Value;

/// What a browser without credentials gets at this path.
pub(crate) async fn get(path: &str) -> Answer {
    TestApp::new().await.nobody().get(path).await
}

/// What it gets when it asks for the headers only.
pub(crate) async fn head(path: &str) -> Answer {
    TestApp::new().await.nobody().send(Method::HEAD, path, None, Vec::new()).await
}

/// The page.
pub(crate) async fn page() -> String {
    get("/docs").await.text
}

/// An operation of a document.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) source: Value,
}

/// Every operation of both documents.
pub(crate) fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for json in [lockwork_http::openapi::backend(), lockwork_http::openapi::config()] {
        let document: Value = serde_json::from_str(&json).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, source) in item.as_object().unwrap() {
                operations.push(Operation {
                    id: source["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    source: source.clone(),
                });
            }
        }
    }
    assert!(operations.len() > 40);
    operations
}

/// The part of the page that is about this operation.
pub(crate) fn article<'a>(page: &'a str, id: &str) -> &'a str {
    let start = page.find(&format!("<article class=\"operation\" aria-labelledby=\"{id}\">"));
    let start = start.unwrap_or_else(|| panic!("the page has no {id}"));
    page[start..].split("</article>").next().unwrap()
}

/// The text of some HTML, as a reader sees and copies it.
pub(crate) fn text(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    for (escaped, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    {
        text = text.replace(escaped, character);
    }
    text
}

/// The command that the page prints for this operation.
pub(crate) fn command(page: &str, id: &str) -> String {
    let article = article(page, id);
    let (_, rest) = article.split_once("<pre><code>").unwrap();
    text(rest.split("</code>").next().unwrap())
}
