//! Holds the server to its OpenAPI documents: a test fails when an answer is not as documented.

use axum::http::Method;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static DOCUMENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    Surface::ALL.iter().map(|surface| serde_json::from_str(&surface.text()).expect("a document")).collect()
});

/// A surface that has a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Surface {
    /// The Backend API.
    Backend,
    /// The Config API.
    Config,
    /// The Frontend API.
    Frontend,
    /// The Login API.
    Login,
}

impl Surface {
    /// Every surface, in the order of the documents.
    const ALL: [Self; 4] = [Self::Backend, Self::Config, Self::Frontend, Self::Login];

    fn text(self) -> String {
        match self {
            Self::Backend => lockwork_http::openapi::backend(),
            Self::Config => lockwork_http::openapi::config(),
            Self::Frontend => lockwork_http::openapi::frontend(),
            Self::Login => lockwork_http::openapi::login(),
        }
    }
}

/// An operation of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// Its name.
    pub id: String,
    /// Its method.
    pub method: String,
    /// Its path, with the parameters' names in braces.
    pub path: String,
    /// Whether it takes a body.
    pub takes_body: bool,
    /// Whether it needs credentials, as its document says of the whole surface.
    pub authenticated: bool,
}

/// Every operation that API hosts serve, those of the Backend API and of the Config API, sorted by name.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let mut operations = operations_of(Surface::Backend);
    operations.extend(operations_of(Surface::Config));
    operations.sort();
    operations
}

/// Every operation of a surface, sorted by name.
#[must_use]
pub fn operations_of(surface: Surface) -> Vec<Operation> {
    let documents = DOCUMENTS.iter().zip(Surface::ALL).filter(|(_, of)| *of == surface);
    let mut operations: Vec<Operation> = documents.flat_map(|(document, _)| of_document(document)).collect();
    operations.sort();
    operations
}

fn of_document(document: &Value) -> Vec<Operation> {
    let authenticated = document.get("security").is_some();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            operations.push(Operation {
                id: operation["operationId"].as_str().expect("an operation id").to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                takes_body: operation.get("requestBody").is_some(),
                authenticated,
            });
        }
    }
    operations
}

/// The operation that a request calls, if it calls one.
fn find(method: &Method, path: &str) -> Option<(&'static Value, &'static Value)> {
    let method = method.as_str().to_lowercase();
    let mut found: BTreeMap<usize, (&Value, &Value)> = BTreeMap::new();
    for document in DOCUMENTS.iter() {
        for (template, methods) in document["paths"].as_object().expect("paths") {
            if let (true, Some(operation)) = (matches(template, path), methods.get(&method)) {
                // A path without parameters comes before one with them.
                found.insert(template.matches('{').count(), (document, operation));
            }
        }
    }
    found.into_values().next()
}

fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given))
                if wanted == given || (wanted.starts_with('{') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

/// Panics when an answer is not as the document of its operation says. Answers of no operation are not looked at.
pub fn check(method: &Method, path: &str, status: u16, body: &Value) {
    let Some((document, operation)) = find(method, path) else { return };
    let Some(response) = operation["responses"].get(status.to_string()) else {
        panic!("{method} {path}: the status {status} is not documented; the body was {body}");
    };
    let mut schema = response["content"]["application/json"]["schema"].clone();
    assert!(schema.is_object(), "{method} {path}: {status} has no schema");
    schema["components"] = document["components"].clone();
    let validator = jsonschema::draft202012::new(&schema).expect("a legal schema");
    let problems: Vec<String> =
        validator.iter_errors(body).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(problems.is_empty(), "{method} {path} {status} is not as documented: {problems:?} in {body}");
    check_no_unknown(document, &schema, body, &format!("{method} {path} {status}"));
}

/// A schema allows fields that it does not name; the server must not send any.
fn check_no_unknown(document: &Value, schema: &Value, body: &Value, place: &str) {
    let schema = resolve(document, schema);
    match body {
        Value::Object(fields) => {
            let Some(known) = schema["properties"].as_object() else { return };
            for (name, value) in fields {
                let Some(schema) = known.get(name) else {
                    panic!("{place}: the field {name} is not documented")
                };
                check_no_unknown(document, schema, value, &format!("{place}.{name}"));
            }
        }
        Value::Array(items) => {
            for item in items {
                check_no_unknown(document, &schema["items"], item, place);
            }
        }
        _ => {}
    }
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let Some(reference) = schema["$ref"].as_str() else { return schema };
    let name = reference.rsplit('/').next().unwrap_or_default();
    &document["components"]["schemas"][name]
}
