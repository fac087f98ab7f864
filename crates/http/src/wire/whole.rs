//! Whole numbers.

use lockwork_model::limits::AMOUNT_MAX;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A whole number of a request, from 0 to 2^53: no fraction, no text, nothing that a JSON reader might round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whole(pub(crate) u64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(WholeVisitor)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 0 to 2^53")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
        if number <= AMOUNT_MAX {
            Ok(Whole(number))
        } else {
            Err(E::invalid_value(Unexpected::Unsigned(number), &self))
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Whole, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}

impl PartialSchema for Whole {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(format))
            .minimum(Some(0))
            .maximum(Some(AMOUNT_MAX))
            .into()
    }
}

impl ToSchema for Whole {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse_json;

    #[derive(Deserialize)]
    struct Body {
        number: Whole,
    }

    fn read(number: &str) -> Result<u64, String> {
        let body = format!("{{\"number\":{number}}}");
        let read = parse_json::<Body>(body.as_bytes());
        read.map(|body| body.number.0).map_err(|refusal| refusal.error().message().to_owned())
    }

    #[test]
    fn whole_numbers_are_read_up_to_what_every_json_reader_holds() {
        for (text, number) in [("0", 0), ("7", 7), ("9007199254740992", 1 << 53)] {
            assert_eq!(read(text).unwrap(), number);
        }
    }

    #[test]
    fn anything_else_is_refused_by_the_fields_name_and_without_the_value() {
        for (text, expected) in [
            ("9007199254740993", "invalid value: integer"),
            ("18446744073709551615", "invalid value: integer"),
            ("18446744073709551616", "invalid type: floating"),
            ("-1", "invalid value: integer"),
            ("1.5", "invalid type: floating"),
            ("1.0", "invalid type: floating"),
            ("1e3", "invalid type: floating"),
            ("\"1\"", "invalid type: string"),
            ("true", "invalid type: boolean"),
            ("null", "invalid type: null"),
            ("[1]", "invalid type: sequence"),
            ("{}", "invalid type: map"),
        ] {
            let problem = read(text).unwrap_err();
            let expected = format!("number: {expected}, expected a whole number from 0 to 2^53 at line 1 ");
            assert!(problem.starts_with(&expected), "{text}: {problem}");
        }
    }
}
