//! Fields of a change that can be cleared.

use crate::extract::{optional_object, optional_objects};
use serde::{Deserialize, Deserializer};

/// A field of a change: absent keeps what there is, `null` clears it, a value sets it.
///
/// Give the field `#[serde(default)]` and `#[schema(value_type = Option<…>)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Patch<T> {
    /// Absent.
    #[default]
    Keep,
    /// `null`.
    Clear,
    /// A value.
    Set(T),
}

impl<T> Patch<T> {
    /// Reads the value further, if there is one.
    ///
    /// # Errors
    /// That of `read`.
    pub(crate) fn read<U, E>(self, read: impl FnOnce(T) -> Result<U, E>) -> Result<Patch<U>, E> {
        Ok(match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(read(value)?),
        })
    }

    /// `None` keeps, `Some(None)` clears.
    pub(crate) fn into_option(self) -> Option<Option<T>> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }
}

impl Patch<String> {
    /// As [`Self::into_option`]; an empty text keeps, as in the contract's zero values.
    pub(crate) fn into_text(self) -> Option<Option<String>> {
        self.into_option().filter(|text| text.as_ref().is_none_or(|text| !text.is_empty()))
    }
}

impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

/// Reads a field that must be a JSON object or `null`; for `deserialize_with`.
pub(crate) fn patch_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Patch<T>, D::Error> {
    optional_object(deserializer).map(Patch::from)
}

/// Reads a field that must be an array of JSON objects or `null`; for `deserialize_with`.
pub(crate) fn patch_objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Patch<Vec<T>>, D::Error> {
    optional_objects(deserializer).map(Patch::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse_json;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Inner {
        a: u8,
    }

    #[derive(Deserialize, Debug, PartialEq, Default)]
    #[serde(rename_all = "camelCase")]
    struct Change {
        #[serde(alias = "plan_id", default)]
        plan_id: Patch<String>,
        #[serde(alias = "one_object", default, deserialize_with = "patch_object")]
        one_object: Patch<Inner>,
        #[serde(alias = "some_objects", default, deserialize_with = "patch_objects")]
        some_objects: Patch<Vec<Inner>>,
    }

    fn read(body: &str) -> Result<Change, String> {
        parse_json(body.as_bytes()).map_err(|refusal| refusal.error().message().to_owned())
    }

    #[test]
    fn absent_keeps_null_clears_and_a_value_sets_under_both_names() {
        assert_eq!(read("{}").unwrap(), Change::default());
        for name in ["planId", "plan_id"] {
            let change = |value: &str| read(&format!("{{\"{name}\":{value}}}")).unwrap().plan_id;
            assert_eq!(change("null"), Patch::Clear);
            assert_eq!(change("\"\""), Patch::Set(String::new()));
            assert_eq!(change("\"a\""), Patch::Set("a".to_owned()));
        }
    }

    #[test]
    fn objects_and_lists_of_them_can_be_cleared_too() {
        for names in [["oneObject", "someObjects"], ["one_object", "some_objects"]] {
            let [one, some] = names;
            let change = read(&format!("{{\"{one}\":null,\"{some}\":null}}")).unwrap();
            assert_eq!((change.one_object, change.some_objects), (Patch::Clear, Patch::Clear));
            let change = read(&format!("{{\"{one}\":{{\"a\":1}},\"{some}\":[{{\"a\":2}}]}}")).unwrap();
            assert_eq!(change.one_object, Patch::Set(Inner { a: 1 }));
            assert_eq!(change.some_objects, Patch::Set(vec![Inner { a: 2 }]));
            assert_eq!(read(&format!("{{\"{some}\":[]}}")).unwrap().some_objects, Patch::Set(Vec::new()));
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_is_refused_by_the_fields_name() {
        for (body, start) in [
            ("{\"planId\":7}", "planId: "),
            ("{\"oneObject\":[1]}", "oneObject: "),
            ("{\"oneObject\":{\"a\":-1}}", "oneObject.a: "),
            ("{\"someObjects\":{}}", "someObjects: "),
            ("{\"someObjects\":[{\"a\":1},null]}", "someObjects[1]: "),
        ] {
            let problem = read(body).unwrap_err();
            assert!(problem.starts_with(start), "{body}: {problem}");
        }
    }

    #[test]
    fn a_value_is_read_further_and_its_error_comes_through() {
        let parse = |text: &str| text.parse::<u8>();
        assert_eq!(Patch::Keep.read(parse), Ok(Patch::Keep));
        assert_eq!(Patch::Clear.read(parse), Ok(Patch::Clear));
        assert_eq!(Patch::Set("7").read(parse), Ok(Patch::Set(7)));
        assert!(Patch::Set("x").read(parse).is_err());
        let options = [Patch::Keep, Patch::Clear, Patch::Set(7)].map(Patch::into_option);
        assert_eq!(options, [None, Some(None), Some(Some(7))]);
        let text = |text: &str| Patch::Set(text.to_owned());
        let texts = [Patch::Keep, Patch::Clear, text(""), text("a")].map(Patch::into_text);
        assert_eq!(texts, [None, Some(None), None, Some(Some("a".to_owned()))]);
    }
}
