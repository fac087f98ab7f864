//! A running product, and what was wrong with its answers.

use crate::judge::{self, Got};
use crate::logs;
use crate::requests::{Prepared, Things};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, header};
use http_body_util::BodyExt;
use lockwork_http::fast_lane::{Answered, HotPath, HotRequest, HotRoute};
use lockwork_http::{Hot, RouterOptions};
use lockwork_testkit::TestApp;
use lockwork_testkit::databases::Kind;
use lockwork_testkit::document::{Operation, operations};
use serde_json::Value;
use std::cell::RefCell;
use std::path::Path;
use tower::ServiceExt;

/// Larger bodies are the router's business (`ServeOptions::max_body_bytes`).
const HOT_BODY_MAX_BYTES: usize = 64 << 10;
const REQUEST_ID: &str = "the-request";

/// A request in the making.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    /// Without credentials.
    pub(crate) fn new(method: Method, path: &str) -> Self {
        let headers = vec![(HeaderName::from_static("x-request-id"), HeaderValue::from_static(REQUEST_ID))];
        Self { method, path: path.to_owned(), headers, body: Vec::new() }
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: HeaderName, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name, HeaderValue::from_bytes(value.as_ref()).expect("a legal value")));
        self
    }

    /// With a JSON body, right or wrong.
    pub(crate) fn json(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header(header::CONTENT_TYPE, "application/json")
    }

    fn only(&self, name: &HeaderName) -> Result<Option<&[u8]>, ()> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value.map(|(_, value)| value.as_bytes())),
            _ => Err(()),
        }
    }
}

/// A running product with a first project, its things, and a second project.
pub(crate) struct World {
    pub(crate) test: TestApp,
    pub(crate) things: Things,
    pub(crate) operations: Vec<Operation>,
    /// The `Authorization` of the first project's full key.
    pub(crate) authorization: String,
    /// The `Authorization` of the other project's full key.
    pub(crate) other_authorization: String,
    /// The `Authorization` of a revoked key.
    pub(crate) revoked_authorization: String,
    router: Router,
    stored: RefCell<Vec<u8>>,
    problems: RefCell<Vec<String>>,
    answers: RefCell<usize>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(Kind::Sqlite).await
    }

    pub(crate) async fn on(kind: Kind) -> Self {
        let test = TestApp::on(kind).await;
        let things = Things::new(&test).await;
        let other = test.app.add_project("Other", "other_").await.expect("a second project");
        test.app.refresh().await.expect("a fresh index");
        let other = other.backend_api_key.expect("a new project").reveal().to_owned();
        let body = serde_json::json!({ "displayName": "revoked" });
        let made = test.client.post("/v1/backend-api-keys", body).await.ok()["backendApiKey"].clone();
        let text = |field: &str| made[field].as_str().expect("a text").to_owned();
        let _ = test.client.post_empty(&format!("/v1/backend-api-keys/{}/revoke", text("id"))).await.ok();
        let revoked = text("secretToken");
        for secret in [&test.backend_api_key, &other, &revoked, &things.secret] {
            logs::keep_out_of_logs(secret);
        }
        let world = Self {
            router: lockwork_http::router(test.app.clone(), RouterOptions::default()),
            authorization: format!("Bearer {}", test.backend_api_key),
            other_authorization: format!("Bearer {other}"),
            revoked_authorization: format!("Bearer {revoked}"),
            operations: operations(),
            stored: RefCell::default(),
            problems: RefCell::default(),
            answers: RefCell::default(),
            test,
            things,
        };
        if kind == Kind::Sqlite {
            world.test.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
        }
        world.accept_changes();
        world
    }

    /// The valid request of an operation, with full credentials.
    pub(crate) fn valid(&self, operation: &Operation) -> Call {
        self.call(operation, self.things.request(operation))
    }

    /// A request with full credentials.
    pub(crate) fn call(&self, operation: &Operation, prepared: Prepared) -> Call {
        let mut call = Call::new(prepared.method, &prepared.path);
        if operation.authenticated {
            call = call.header(header::AUTHORIZATION, &self.authorization);
        }
        match prepared.body {
            Some(body) => call.json(body.to_string()),
            None => call,
        }
    }

    /// The valid request with another body.
    pub(crate) fn with_body(&self, operation: &Operation, body: impl Into<Vec<u8>>) -> Call {
        Call { body: body.into(), ..self.valid(operation) }
    }

    /// The operations that read a JSON body.
    pub(crate) fn with_bodies(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.takes_body)
    }

    /// The answer; on the hot routes the fast lane must give the same.
    pub(crate) async fn send(&self, call: &Call) -> Got {
        let mut request = Request::builder().method(&call.method).uri(&call.path);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(call.body.clone())).expect("a legal request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let text =
            String::from_utf8(body.collect().await.expect("a body").to_bytes().to_vec()).expect("text");
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        let got = Got { status: parts.status.as_u16(), headers: parts.headers, text, json };
        *self.answers.borrow_mut() += 1;
        self.compare_with_fast_lane(call, &got);
        got
    }

    fn compare_with_fast_lane(&self, call: &Call, got: &Got) {
        let Some(route) = HotRoute::of_path(&call.path).filter(|_| call.method == Method::POST) else {
            return;
        };
        let Ok(authorization) = call.only(&header::AUTHORIZATION) else { return };
        let Ok(content_type) = call.only(&header::CONTENT_TYPE) else { return };
        if call.body.len() > HOT_BODY_MAX_BYTES {
            return;
        }
        let request =
            HotRequest { route, authorization, content_type, body: &call.body, request_id: REQUEST_ID };
        let (mut head, mut body) = (Vec::new(), Vec::new());
        let hot = Hot(self.test.app.clone());
        let Answered::Done(status) = hot.answer(&request, &mut head, &mut body) else { return };
        if (status, body.as_slice()) != (got.status, got.text.as_bytes()) {
            let body = String::from_utf8_lossy(&body);
            self.note(format!("the fast lane says {status} {body}, the router {} {}", got.status, got.text));
        }
    }

    /// Sends a wrong request, which must be refused with this status and change nothing.
    pub(crate) async fn refused(
        &self,
        what: &str,
        operation: Option<&Operation>,
        call: &Call,
        status: u16,
    ) -> Got {
        let got = self.send(call).await;
        let config = operation.is_some_and(|operation| !operation.authenticated);
        let name = operation.map_or("no operation", |operation| operation.id.as_str());
        let mut problems = Vec::new();
        if got.status != status {
            problems.push(format!("wanted {status}, got {} {}", got.status, got.text));
        } else if let Some(problem) = judge::problem(&got, config) {
            problems.push(problem);
        }
        if self.has_changed() {
            problems.push("the database has changed".to_owned());
            self.accept_changes();
        }
        for problem in problems {
            self.note(format!("{name}, {what}: {problem}"));
        }
        got
    }

    /// Notes that something is wrong.
    pub(crate) fn note(&self, problem: String) {
        self.problems.borrow_mut().push(problem.chars().take(400).collect());
    }

    /// Everything that is stored: the database's file and its journal, byte for byte. A transaction that is rolled
    /// back writes to neither.
    fn stored(&self) -> Vec<u8> {
        if self.test.database.kind() == Kind::Postgres {
            return Vec::new();
        }
        let [_, folder] = self.test.database.arguments();
        let read = |name: &str| std::fs::read(Path::new(&folder).join(name)).unwrap_or_default();
        [read("lockwork.db"), read("lockwork.db-wal")].concat()
    }

    fn has_changed(&self) -> bool {
        *self.stored.borrow() != self.stored()
    }

    /// What is stored now is what later requests must not change.
    pub(crate) fn accept_changes(&self) {
        *self.stored.borrow_mut() = self.stored();
    }

    /// Fails if anything was wrong.
    pub(crate) fn finish(self) {
        let problems = self.problems.into_inner();
        let leaks = logs::leaks();
        let count = self.answers.into_inner();
        assert!(
            problems.is_empty(),
            "{} problems in {count} answers:\n{}",
            problems.len(),
            problems.join("\n")
        );
        assert!(leaks.is_empty(), "secrets were logged:\n{}", leaks.join("\n"));
        assert!(count > 0, "nothing was asked");
    }
}

#[tokio::test]
async fn a_change_would_be_seen() {
    let world = World::new().await;
    let changes = ["create_role", "update_project", "delete_api_key", "create_audit_log_event"];
    for operation in world.operations.iter().filter(|operation| changes.contains(&operation.id.as_str())) {
        assert!(!world.has_changed());
        assert_eq!(world.send(&world.valid(operation)).await.status, 200);
        assert!(world.has_changed(), "{}", operation.id);
        world.accept_changes();
    }
}
