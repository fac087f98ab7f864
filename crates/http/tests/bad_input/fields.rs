//! The fields of request bodies, from the OpenAPI documents.

use serde_json::{Map, Value};
use std::sync::LazyLock;

static DOCUMENTS: LazyLock<[Value; 2]> = LazyLock::new(|| {
    [lockwork_http::openapi::backend(), lockwork_http::openapi::config()]
        .map(|text| serde_json::from_str(&text).expect("a document"))
});

/// A step from an object or array into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Field(String),
    /// The first element.
    First,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Time,
    Flag,
    /// A whole number that is not negative.
    Amount,
    /// A whole number.
    Number,
    List,
    Object,
    /// An object that may hold anything.
    Anything,
}

/// A documented field of a body, or an element of a documented array.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) steps: Vec<Step>,
    pub(crate) kind: Kind,
}

impl Field {
    /// Its own name, or that of the array it is an element of.
    pub(crate) fn name(&self) -> &str {
        let name = |step: &'_ Step| matches!(step, Step::Field(_));
        match self.steps.iter().rfind(|step| name(step)) {
            Some(Step::Field(name)) => name,
            _ => "",
        }
    }

    pub(crate) fn is_element(&self) -> bool {
        self.steps.last() == Some(&Step::First)
    }

    /// Whether it holds an id, or ids.
    pub(crate) fn is_id(&self) -> bool {
        self.kind == Kind::Text
            && (self.name().ends_with("Id") || ["ids", "roleIds"].contains(&self.name()))
            // The developer's own, and others'.
            && !["externalId", "googleUserId", "microsoftUserId", "githubUserId"].contains(&self.name())
            && !self.name().ends_with("OauthClientId")
    }
}

/// The document and the declaration of an operation.
pub(crate) fn declared(id: &str) -> (&'static Value, &'static Value) {
    DOCUMENTS
        .iter()
        .flat_map(|document| {
            document["paths"].as_object().expect("paths").values().map(move |path| (document, path))
        })
        .flat_map(|(document, path)| {
            path.as_object().expect("methods").values().map(move |found| (document, found))
        })
        .find(|(_, operation)| operation["operationId"] == id)
        .unwrap_or_else(|| panic!("{id} is not documented"))
}

/// Every field of an operation's body, outer ones first.
pub(crate) fn of_body(operation: &str) -> Vec<Field> {
    let (document, operation) = declared(operation);
    let mut fields = Vec::new();
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    collect(document, schema, &mut Vec::new(), &mut fields);
    fields.remove(0);
    fields
}

fn collect(document: &Value, schema: &Value, steps: &mut Vec<Step>, fields: &mut Vec<Field>) {
    let schema = plain(document, schema);
    let kind = match (type_of(schema), schema["format"].as_str(), schema["properties"].as_object()) {
        ("string", Some("date-time"), _) => Kind::Time,
        ("string", _, _) => Kind::Text,
        ("boolean", _, _) => Kind::Flag,
        ("integer", _, _) if schema["minimum"] == 0 => Kind::Amount,
        ("integer", _, _) => Kind::Number,
        ("array", _, _) => Kind::List,
        ("object", _, None) => Kind::Anything,
        ("object", _, Some(_)) => Kind::Object,
        other => panic!("say in fields.rs what is wrong for a field of the type {other:?}"),
    };
    fields.push(Field { steps: steps.clone(), kind });
    let properties = schema["properties"].as_object().into_iter().flatten();
    let inner = properties.map(|(name, schema)| (Step::Field(name.clone()), schema));
    for (step, schema) in inner.chain(schema.get("items").map(|schema| (Step::First, schema))) {
        steps.push(step);
        collect(document, schema, steps, fields);
        steps.pop();
    }
}

/// A schema without references and without the alternative `null`.
fn plain<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return plain(document, &document["components"]["schemas"][name]);
    }
    let alternatives = schema["oneOf"].as_array().into_iter().flatten();
    let found = alternatives.into_iter().find(|schema| schema["type"] != "null");
    found.map_or(schema, |schema| plain(document, schema))
}

fn type_of(schema: &Value) -> &str {
    let types = schema["type"].as_array().into_iter().flatten();
    let found = types.filter_map(Value::as_str).find(|&name| name != "null");
    found.or(schema["type"].as_str()).unwrap_or_default()
}

/// The body with another value in a field; what leads there is made if it is missing.
pub(crate) fn with(body: &Value, steps: &[Step], value: &Value) -> Value {
    let Some((step, rest)) = steps.split_first() else { return value.clone() };
    match step {
        Step::Field(name) => {
            let mut object = body.as_object().cloned().unwrap_or_default();
            let inner = with(object.get(name).unwrap_or(&Value::Null), rest, value);
            object.insert(name.clone(), inner);
            Value::Object(object)
        }
        Step::First => {
            let mut array = body.as_array().cloned().unwrap_or_default();
            let first = with(array.first().unwrap_or(&Value::Null), rest, value);
            if array.is_empty() {
                array.push(first)
            } else {
                array[0] = first
            }
            Value::Array(array)
        }
    }
}

/// The body without a field.
pub(crate) fn without(body: &Value, steps: &[Step]) -> Value {
    let (Some((Step::Field(name), [])), Some(object)) = (steps.split_first(), body.as_object()) else {
        let Some((step, rest)) = steps.split_first() else { return body.clone() };
        let inner = match step {
            Step::Field(name) => &body[name],
            Step::First => &body[0],
        };
        return with(body, std::slice::from_ref(step), &without(inner, rest));
    };
    Value::Object(
        object.iter().filter(|(known, _)| *known != name).map(|(k, v)| (k.clone(), v.clone())).collect(),
    )
}

/// The text of the body with the field a second time, under this name.
pub(crate) fn twice(body: &Value, field: &Field, name: &str, value: &Value) -> String {
    const MARK: &str = "--twice";
    let (last, before) = field.steps.split_last().expect("a step");
    assert!(matches!(last, Step::Field(_)), "elements have no names");
    let once = with(body, &field.steps, value);
    let mut steps = before.to_vec();
    steps.push(Step::Field(format!("{name}{MARK}")));
    with(&once, &steps, value).to_string().replace(MARK, "")
}

/// A value of the right type.
pub(crate) fn sample(kind: Kind) -> Value {
    match kind {
        Kind::Text => "a".into(),
        Kind::Time => "2040-01-01T00:00:00Z".into(),
        Kind::Flag => true.into(),
        Kind::Amount | Kind::Number => 7.into(),
        Kind::List => Value::Array(Vec::new()),
        Kind::Object | Kind::Anything => Value::Object(Map::new()),
    }
}

/// `organizationId` as `organization_id`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
