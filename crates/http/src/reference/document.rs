//! An OpenAPI document as the page shows it.

use super::html::slug;
use super::schema::{self, Field, Shape};
use serde_json::Value;

/// The methods, in the order in which a path's operations are shown.
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// One document.
pub(super) struct Api {
    /// Its name in addresses.
    pub(super) slug: &'static str,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) groups: Vec<Group>,
    /// What the body of an error looks like, if the document's operations agree on it.
    pub(super) error: Option<Shape>,
}

/// The operations with one tag.
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) operations: Vec<Operation>,
}

/// One operation.
pub(super) struct Operation {
    pub(super) id: String,
    /// In capitals.
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) description: String,
    /// Whether it needs credentials.
    pub(super) secured: bool,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Shape>,
    pub(super) responses: Vec<Response>,
}

/// One parameter.
pub(super) struct Parameter {
    /// `path` or `query`.
    pub(super) place: String,
    pub(super) field: Field,
}

/// One answer of an operation.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) description: String,
    pub(super) body: Option<Shape>,
}

impl Api {
    /// Reads a document. What it lacks is empty here.
    pub(super) fn read(slug: &'static str, json: &str) -> Self {
        let document: Value = serde_json::from_str(json).unwrap_or_default();
        let groups = groups(slug, &document);
        Self {
            title: text(&document["info"]["title"]),
            description: text(&document["info"]["description"]),
            error: common_error(&groups),
            groups,
            slug,
        }
    }
}

impl Response {
    /// Whether it says that something went wrong.
    pub(super) const fn is_error(&self) -> bool {
        self.status >= 400
    }
}

/// The groups, in the order of the document's own list of tags, then in that of their first operations.
fn groups(slug_of_api: &str, document: &Value) -> Vec<Group> {
    let group = |name: String, description| {
        let id = format!("{slug_of_api}-{}", slug(&name));
        Group { id, name, description, operations: Vec::new() }
    };
    let tags = list(&document["tags"]).iter();
    let mut groups: Vec<Group> =
        tags.map(|tag| group(text(&tag["name"]), text(&tag["description"]))).collect();
    for (tag, operation) in operations(document) {
        match groups.iter_mut().find(|group| group.name == tag) {
            Some(group) => group.operations.push(operation),
            None => {
                let mut group = group(tag, String::new());
                group.operations.push(operation);
                groups.push(group);
            }
        }
    }
    groups.retain(|group| !group.operations.is_empty());
    for group in &mut groups {
        // A noun comes before those that are made of it: `api-keys` before `api-key-role-assignments`.
        group.operations.sort_by_key(|operation| operation.path.split('/').nth(2).map_or(0, str::len));
    }
    groups
}

/// The operations, each with its tag.
fn operations(document: &Value) -> impl Iterator<Item = (String, Operation)> {
    document["paths"].as_object().into_iter().flatten().flat_map(move |(path, item)| {
        METHODS.iter().filter_map(move |method| {
            let source = item.get(method)?;
            let tag = list(&source["tags"]).first().map(text).unwrap_or_default();
            Some((tag, operation(document, method, path, source)))
        })
    })
}

fn operation(document: &Value, method: &str, path: &str, source: &Value) -> Operation {
    let components = &document["components"]["schemas"];
    let body = |of: &Value| {
        let schema = of["content"]["application/json"].get("schema")?;
        Some(schema::read(components, schema))
    };
    let id = text(&source["operationId"]);
    let responses = source["responses"].as_object().into_iter().flatten().filter_map(|(status, response)| {
        Some(Response {
            status: status.parse().ok()?,
            description: text(&response["description"]),
            body: body(response),
        })
    });
    let parameters = list(&source["parameters"]).iter().map(|parameter| {
        let mut shape = schema::read(components, &parameter["schema"]);
        if let Some(description) = parameter["description"].as_str() {
            description.clone_into(&mut shape.description);
        }
        let required = parameter["required"].as_bool().unwrap_or_default();
        Parameter {
            place: text(&parameter["in"]),
            field: Field { name: text(&parameter["name"]), required, shape },
        }
    });
    Operation {
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        summary: source["summary"].as_str().map_or_else(|| sentence(&id), str::to_owned),
        description: text(&source["description"]),
        secured: !list(source.get("security").unwrap_or(&document["security"])).is_empty(),
        parameters: parameters.collect(),
        body: body(&source["requestBody"]),
        responses: responses.collect(),
        id,
    }
}

/// The body of the first error; the page shows it once, and again only where an operation's differs.
fn common_error(groups: &[Group]) -> Option<Shape> {
    let operations = groups.iter().flat_map(|group| &group.operations);
    operations.flat_map(|operation| &operation.responses).find(|response| response.is_error())?.body.clone()
}

/// An operation's id as words, for one without a summary.
fn sentence(id: &str) -> String {
    let words = id.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Api;
    use serde_json::json;

    fn api() -> Api {
        let operation = |id: &str, tag: &str| json!({ "operationId": id, "tags": [tag], "responses": {} });
        let mut open = operation("get_key", "Keys");
        open["security"] = json!([]);
        let document = json!({
            "security": [{ "bearer": [] }],
            "tags": [{ "name": "Things", "description": "All of them." }],
            "paths": {
                "/v1/key-rings": { "get": operation("list_key_rings", "Keys") },
                "/v1/keys": { "post": operation("create_key", "Keys"), "get": open },
                "/v1/things": { "get": operation("list_things", "Things") },
            }
        });
        Api::read("backend", &document.to_string())
    }

    #[test]
    fn groups_come_in_the_documents_order_and_nouns_before_what_is_made_of_them() {
        let groups = api().groups;
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, ["Things", "Keys"]);
        let ids: Vec<&str> = groups[1].operations.iter().map(|operation| operation.id.as_str()).collect();
        assert_eq!(ids, ["get_key", "create_key", "list_key_rings"]);
    }

    #[test]
    fn an_operation_may_lift_the_documents_security() {
        let groups = api().groups;
        let operations = groups.iter().flat_map(|group| &group.operations);
        let secured: Vec<bool> = operations.map(|operation| operation.secured).collect();
        assert_eq!(secured, [true, false, true, true]);
    }

    #[test]
    fn an_operation_without_a_summary_is_called_by_its_id() {
        assert_eq!(api().groups[0].operations[0].summary, "List things");
    }

    #[test]
    fn what_is_no_document_has_no_operations() {
        assert_eq!(Api::read("backend", "nonsense").groups.len(), 0);
    }
}
