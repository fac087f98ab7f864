//! What the developer keeps with a key for its own use.

use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// Longest metadata, in bytes of JSON.
pub const METADATA_MAX_BYTES: usize = 2048;
/// Longest external id, in characters.
pub const EXTERNAL_ID_MAX_CHARS: usize = 256;
/// How many tags a key may have.
pub const TAGS_MAX: usize = 20;
const TAG_MAX_BYTES: usize = 64;
const DEPTH_MAX: usize = 8;

/// A JSON object, kept as its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Metadata(Box<str>);

impl Metadata {
    /// Keeps an object.
    ///
    /// # Errors
    /// `InvalidArgument` that names `field` if it is too large or nested too deeply.
    pub fn new(field: &str, object: &Map<String, Value>) -> Result<Self> {
        if object.values().any(|value| depth(value) >= DEPTH_MAX) {
            return Err(Error::invalid_field(field, format!("must be nested at most {DEPTH_MAX} deep")));
        }
        let text = serde_json::to_string(object).map_err(Error::internal)?;
        if text.len() > METADATA_MAX_BYTES {
            let problem = format!("must be at most {METADATA_MAX_BYTES} bytes of JSON");
            return Err(Error::invalid_field(field, problem));
        }
        Ok(Self(text.into()))
    }

    /// From the text that storage keeps; `None` if it is no JSON object.
    #[must_use]
    pub fn from_stored(text: String) -> Option<Self> {
        serde_json::from_str::<Map<String, Value>>(&text).is_ok().then(|| Self(text.into()))
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The object.
    #[must_use]
    pub fn object(&self) -> Map<String, Value> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Tags, sorted and each once: of 1 to 64 letters, digits, `_`, `-`, `.`, `:` and `/`.
///
/// # Errors
/// `InvalidArgument` that names `field` or the tag.
pub fn tags(field: &str, mut tags: Vec<String>) -> Result<Vec<String>> {
    check_tags(field, &tags)?;
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}

/// Refuses what are no tags.
///
/// # Errors
/// `InvalidArgument` that names `field` or the tag.
pub fn check_tags(field: &str, tags: &[String]) -> Result<()> {
    if tags.len() > TAGS_MAX {
        return Err(Error::invalid_field(field, format!("must be at most {TAGS_MAX} tags")));
    }
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    for (index, tag) in tags.iter().enumerate() {
        if tag.is_empty() || tag.len() > TAG_MAX_BYTES || !tag.bytes().all(legal) {
            let problem = "must be 1 to 64 letters, digits, \"_\", \"-\", \".\", \":\" and \"/\"";
            return Err(Error::invalid_field(format!("{field}[{index}]"), problem));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn metadata_is_bounded() {
        let new = |value: Value| Metadata::new("metadata", value.as_object().unwrap());
        assert_eq!(new(json!({ "a": [1, { "b": null }] })).unwrap().as_str(), r#"{"a":[1,{"b":null}]}"#);
        assert!(new(json!({ "a": "x".repeat(2040) })).is_ok());
        assert!(new(json!({ "a": "x".repeat(2041) })).is_err());
        let nested = (0..7).fold(json!(1), |inner, _| json!([inner]));
        assert!(new(json!({ "a": nested })).is_ok());
        assert!(new(json!({ "a": [nested] })).is_err());
        assert_eq!(Metadata::from_stored("[]".into()), None);
    }

    #[test]
    fn tags_are_plain_and_few() {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(tags("tags", texts(&["b", "a", "b"])).unwrap(), texts(&["a", "b"]));
        for wrong in ["", "a b", "ä", "a\"", &"a".repeat(65)] {
            let refused = tags("tags", texts(&["ok", wrong])).unwrap_err();
            assert!(refused.message().starts_with("tags[1]: "), "{wrong}");
        }
        assert!(tags("tags", vec!["a".into(); 21]).is_err());
    }
}
