//! JSON Schemas as a reader wants them: every reference resolved, every nested field in its place.

use serde_json::Value;

/// What a value looks like.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// Its type in words, such as `array of strings`.
    pub(super) kind: String,
    pub(super) description: String,
    /// All values that it may have, if they are few and known.
    pub(super) choices: Vec<String>,
    /// The fields of an object, or of the objects of an array.
    pub(super) fields: Vec<Field>,
}

/// A field of an object, or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) shape: Shape,
}

/// Reads a schema whose references point into `components` (`components.schemas` of the document).
pub(super) fn read(components: &Value, schema: &Value) -> Shape {
    Reader { components, open: Vec::new() }.shape(schema)
}

struct Reader<'a> {
    components: &'a Value,
    /// The references that are being read, so that a type that holds itself comes to an end.
    open: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn shape(&mut self, schema: &'a Value) -> Shape {
        let mut shape = if let Some(reference) = schema["$ref"].as_str() {
            self.referenced(reference.rsplit('/').next().unwrap_or_default())
        } else if let Some(variants) =
            ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[*word].as_array())
        {
            self.combined(variants)
        } else {
            self.plain(schema)
        };
        if let Some(description) = schema["description"].as_str() {
            description.clone_into(&mut shape.description);
        }
        shape
    }

    fn referenced(&mut self, name: &'a str) -> Shape {
        if self.open.contains(&name) {
            let description = format!("Again the fields of the {name} that it is in.");
            return Shape { kind: "object".to_owned(), description, ..Shape::default() };
        }
        self.open.push(name);
        let components = self.components;
        let shape = self.shape(&components[name]);
        self.open.pop();
        shape
    }

    fn combined(&mut self, variants: &'a [Value]) -> Shape {
        let mut whole = Shape::default();
        for variant in variants.iter().filter(|variant| variant["type"] != "null") {
            let part = self.shape(variant);
            if whole.kind.is_empty() {
                whole = part;
                continue;
            }
            if whole.kind != part.kind {
                whole.kind = format!("{} or {}", whole.kind, part.kind);
            }
            whole.choices.extend(part.choices);
            whole.fields.extend(part.fields);
        }
        whole
    }

    fn plain(&mut self, schema: &'a Value) -> Shape {
        let choices = schema["enum"].as_array().map(Vec::as_slice).unwrap_or_default();
        let choices = choices.iter().filter_map(|choice| choice.as_str().map(str::to_owned)).collect();
        match kind(schema) {
            "array" => {
                let items = self.shape(&schema["items"]);
                let description = if items.fields.is_empty() { String::new() } else { items.description };
                Shape { kind: format!("array of {}s", items.kind), description, ..items }
            }
            "object" => {
                Shape { kind: "object".to_owned(), choices, fields: self.fields(schema), ..Shape::default() }
            }
            "string" if schema["format"] == "date-time" => {
                Shape { kind: "timestamp".to_owned(), ..Shape::default() }
            }
            kind => Shape { kind: bounded(kind, schema), choices, ..Shape::default() },
        }
    }

    fn fields(&mut self, schema: &'a Value) -> Vec<Field> {
        let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        let properties = schema["properties"].as_object().into_iter().flatten();
        let fields = properties.map(|(name, schema)| Field {
            name: name.clone(),
            required: required.iter().any(|required| required == name),
            shape: self.shape(schema),
        });
        let mut fields: Vec<Field> = fields.collect();
        // The document sorts by name; what a thing is and whose it is come first for a reader.
        fields.sort_by_key(|field| (field.name != "id", !field.required));
        fields
    }
}

/// The type's name; that it may also be `null` is no news, since that means the same as being absent.
fn kind(schema: &Value) -> &str {
    let several = || schema["type"].as_array()?.iter().filter_map(Value::as_str).find(|kind| *kind != "null");
    schema["type"].as_str().or_else(several).unwrap_or("any value")
}

fn bounded(kind: &str, schema: &Value) -> String {
    match (&schema["minimum"], &schema["maximum"]) {
        (Value::Number(least), Value::Number(most)) => format!("{kind}, {least} to {most}"),
        _ => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde_json::{Value, json};

    #[test]
    fn a_reference_is_resolved_and_its_own_words_win() {
        let components =
            json!({ "Time": { "type": "string", "format": "date-time", "description": "A moment." } });
        let shape =
            read(&components, &json!({ "$ref": "#/components/schemas/Time", "description": "When." }));
        assert_eq!((shape.kind.as_str(), shape.description.as_str()), ("timestamp", "When."));
    }

    #[test]
    fn a_type_that_holds_itself_comes_to_an_end() {
        let components = json!({ "Tree": { "type": "object", "properties": {
            "leaves": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } }
        } } });
        let shape = read(&components, &json!({ "$ref": "#/components/schemas/Tree" }));
        assert_eq!(shape.fields[0].shape.kind, "array of objects");
        assert!(shape.fields[0].shape.fields.is_empty());
    }

    #[test]
    fn a_type_may_be_used_twice_side_by_side() {
        let components =
            json!({ "Name": { "type": "object", "properties": { "first": { "type": "string" } } } });
        let name = json!({ "$ref": "#/components/schemas/Name" });
        let shape = read(&components, &json!({ "type": "object", "properties": { "a": name, "b": name } }));
        assert!(shape.fields.iter().all(|field| field.shape.fields.len() == 1));
    }

    #[test]
    fn what_may_be_null_is_called_by_its_type() {
        assert_eq!(read(&Value::Null, &json!({ "type": ["string", "null"] })).kind, "string");
        let either =
            json!({ "oneOf": [{ "type": "boolean", "description": "Whether." }, { "type": "null" }] });
        assert_eq!(read(&Value::Null, &either).description, "Whether.");
        assert_eq!(read(&Value::Null, &either).kind, "boolean");
    }

    #[test]
    fn parts_are_put_together() {
        let part = |name: &str| json!({ "type": "object", "properties": { name: { "type": "string" } } });
        let shape = read(&Value::Null, &json!({ "allOf": [part("a"), part("b")] }));
        assert_eq!((shape.kind.as_str(), shape.fields.len()), ("object", 2));
    }

    #[test]
    fn bounds_are_said() {
        let shape = read(&Value::Null, &json!({ "type": "integer", "minimum": 1, "maximum": 100 }));
        assert_eq!(shape.kind, "integer, 1 to 100");
    }

    #[test]
    fn a_reference_to_nothing_is_any_value() {
        assert_eq!(read(&json!({}), &json!({ "$ref": "#/components/schemas/Gone" })).kind, "any value");
    }
}
