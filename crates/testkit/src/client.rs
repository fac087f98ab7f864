//! A client of the router, in process; every answer is checked against the documents.

use crate::document;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// A caller with, or without, credentials.
#[derive(Clone)]
pub struct Client {
    router: Router,
    authorization: Option<String>,
    headers: HeaderMap,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as JSON; `null` if it is none.
    pub json: Value,
    /// Its body as text.
    pub text: String,
}

impl Client {
    /// A caller with this `Authorization` header.
    #[must_use]
    pub fn new(router: Router, authorization: Option<String>) -> Self {
        Self { router, authorization, headers: HeaderMap::new() }
    }

    /// The same server, another `Authorization` header.
    #[must_use]
    pub fn with_authorization(&self, authorization: Option<&str>) -> Self {
        Self { authorization: authorization.map(str::to_owned), ..self.clone() }
    }

    /// The same caller, with one more header in every request.
    #[must_use]
    pub fn with_header(&self, name: &'static str, value: &[u8]) -> Self {
        let mut headers = self.headers.clone();
        headers.append(name, HeaderValue::from_bytes(value).expect("a legal value"));
        Self { headers, ..self.clone() }
    }

    /// The same caller, whose requests go to this host.
    #[must_use]
    pub fn at(&self, host: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.insert(header::HOST, HeaderValue::from_str(host).expect("a legal value"));
        Self { headers, ..self.clone() }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, Vec::new()).await
    }

    /// POST without a body.
    pub async fn post_empty(&self, path: &str) -> Answer {
        self.send(Method::POST, path, None, Vec::new()).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.json(Method::POST, path, body).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PATCH, path, body).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    /// Any method with JSON.
    pub async fn json(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send(method, path, Some("application/json"), body.to_string().into_bytes()).await
    }

    /// Any request at all.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method.clone()).uri(path);
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let request = request.body(Body::from(body)).expect("a legal request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        if method != Method::HEAD {
            document::check(
                &method,
                path.split('?').next().unwrap_or_default(),
                parts.status.as_u16(),
                &json,
            );
        }
        Answer { status: parts.status, headers: parts.headers, json, text }
    }
}

impl Answer {
    /// The JSON of a success.
    #[must_use]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json
    }

    /// The description of a refusal with this status and slug, whose both halves agree.
    #[must_use]
    pub fn refused(self, status: u16, slug: &str) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.json["message"], slug, "{}", self.text);
        assert_eq!(self.json["status"], status, "{}", self.text);
        assert_eq!(self.json["instance"], self.headers["x-request-id"].to_str().expect("text"));
        let description = self.json["details"][0]["description"].as_str().expect("a description").to_owned();
        assert_eq!(self.json["detail"], description);
        description
    }
}
