//! Action names, and expressions over them that a request may require.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Longest action name, in bytes.
pub const ACTION_NAME_MAX_BYTES: usize = 256;
/// Longest expression, in bytes.
pub const EXPRESSION_MAX_BYTES: usize = 4096;
/// Deepest nesting of parentheses and `NOT`.
pub const EXPRESSION_MAX_DEPTH: usize = 32;

/// An action such as `acme.widgets.create`: three segments of `a-z`, `0-9` and `_` (contract §3.7).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ActionName(Arc<str>);

/// Text that is no legal action name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an action name has the form x.y.z over a-z, 0-9 and _, and does not begin with tesseral")]
pub struct InvalidActionName;

impl ActionName {
    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ActionName {
    type Err = InvalidActionName;

    fn from_str(text: &str) -> Result<Self, InvalidActionName> {
        let legal = text.len() <= ACTION_NAME_MAX_BYTES
            && !text.starts_with("tesseral")
            && text.split('.').count() == 3
            && text.split('.').all(is_segment);
        if legal { Ok(Self(text.into())) } else { Err(InvalidActionName) }
    }
}

impl fmt::Display for ActionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_segment(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// Whether a sorted set of action names has one that `pattern` names; `*` stands for any one segment.
#[must_use]
pub fn holds(sorted: &[ActionName], pattern: &str) -> bool {
    if !pattern.contains('*') {
        return sorted.binary_search_by(|action| action.as_str().cmp(pattern)).is_ok();
    }
    sorted.iter().any(|action| {
        let (mut wanted, mut held) = (pattern.split('.'), action.as_str().split('.'));
        loop {
            match (wanted.next(), held.next()) {
                (None, None) => return true,
                (Some(wanted), Some(held)) if wanted == "*" || wanted == held => {}
                _ => return false,
            }
        }
    })
}

/// An expression that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at position {position}")]
pub struct SyntaxError {
    /// What was found or missed.
    pub problem: &'static str,
    /// Where, in bytes from 0.
    pub position: usize,
}

/// Evaluates an expression such as `acme.widgets.read AND (acme.widgets.* OR NOT acme.users.read)`.
///
/// `NOT` binds closer than `AND`, `AND` closer than `OR`; keywords are upper case. The whole text is always
/// read, so that a syntax error never depends on what a key holds.
///
/// # Errors
/// [`SyntaxError`] with the position.
pub fn evaluate(expression: &str, holds: impl Fn(&str) -> bool) -> Result<bool, SyntaxError> {
    let mut parser = Parser { text: expression, position: 0, depth: 0, holds };
    if expression.len() > EXPRESSION_MAX_BYTES {
        return Err(SyntaxError {
            problem: "an expression longer than 4096 bytes",
            position: EXPRESSION_MAX_BYTES,
        });
    }
    let value = parser.disjunction()?;
    match parser.peek() {
        None => Ok(value),
        Some((position, _)) => Err(SyntaxError { problem: "expected AND, OR or the end", position }),
    }
}

struct Parser<'a, H> {
    text: &'a str,
    position: usize,
    depth: usize,
    holds: H,
}

impl<'a, H: Fn(&str) -> bool> Parser<'a, H> {
    fn disjunction(&mut self) -> Result<bool, SyntaxError> {
        let mut value = self.conjunction()?;
        while self.take("OR") {
            value |= self.conjunction()?;
        }
        Ok(value)
    }

    fn conjunction(&mut self) -> Result<bool, SyntaxError> {
        let mut value = self.term()?;
        while self.take("AND") {
            value &= self.term()?;
        }
        Ok(value)
    }

    fn term(&mut self) -> Result<bool, SyntaxError> {
        let Some((position, token)) = self.peek() else {
            return Err(SyntaxError { problem: "expected an action name", position: self.text.len() });
        };
        self.position = position + token.len();
        match token {
            "NOT" => Ok(!self.nested(position, Self::term)?),
            "(" => {
                let value = self.nested(position, Self::disjunction)?;
                if self.take(")") {
                    Ok(value)
                } else {
                    Err(SyntaxError { problem: "an open parenthesis", position })
                }
            }
            pattern if is_pattern(pattern) => Ok((self.holds)(pattern)),
            _ => Err(SyntaxError { problem: "expected an action name", position }),
        }
    }

    fn nested(
        &mut self,
        position: usize,
        inner: impl FnOnce(&mut Self) -> Result<bool, SyntaxError>,
    ) -> Result<bool, SyntaxError> {
        if self.depth == EXPRESSION_MAX_DEPTH {
            return Err(SyntaxError { problem: "more than 32 levels", position });
        }
        self.depth += 1;
        let value = inner(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn take(&mut self, wanted: &str) -> bool {
        match self.peek() {
            Some((position, token)) if token == wanted => {
                self.position = position + token.len();
                true
            }
            _ => false,
        }
    }

    /// The next token and where it begins: a parenthesis, or a run of anything but those and blanks.
    fn peek(&self) -> Option<(usize, &'a str)> {
        let rest = self.text.get(self.position..)?;
        let start = self.position + rest.find(|c: char| !matches!(c, ' ' | '\t' | '\n' | '\r'))?;
        let rest = self.text.get(start..)?;
        let length = match rest.as_bytes().first()? {
            b'(' | b')' => 1,
            _ => rest.find([' ', '\t', '\n', '\r', '(', ')']).unwrap_or(rest.len()),
        };
        Some((start, rest.get(..length)?))
    }
}

fn is_pattern(text: &str) -> bool {
    text.len() <= ACTION_NAME_MAX_BYTES
        && text.split('.').count() == 3
        && text.split('.').all(|segment| segment == "*" || is_segment(segment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn actions(names: &[&str]) -> Vec<ActionName> {
        let mut actions: Vec<_> = names.iter().map(|name| name.parse().unwrap()).collect();
        actions.sort();
        actions
    }

    #[test]
    fn action_names_have_three_segments_and_are_anchored() {
        assert!("acme.widgets.create".parse::<ActionName>().is_ok());
        for wrong in [
            "",
            "a.b",
            "a.b.c.d",
            "a.b.C",
            "a..c",
            "a.b.c ",
            "a.b.c\n",
            "a.b.*",
            "tesseral.x.y",
            "tesseralx.a.b",
        ] {
            assert!(wrong.parse::<ActionName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn expressions_follow_precedence_and_wildcards() {
        let held = actions(&["acme.widgets.create", "acme.widgets.read", "acme.users.read"]);
        let value = |text: &str| evaluate(text, |pattern| holds(&held, pattern)).unwrap();
        assert!(value("acme.widgets.create"));
        assert!(!value("acme.widgets.delete"));
        assert!(value("acme.widgets.delete OR acme.users.read"));
        assert!(value("acme.widgets.read AND NOT acme.widgets.delete"));
        assert!(value("acme.widgets.read OR acme.widgets.delete AND acme.users.delete"));
        assert!(!value("(acme.widgets.read OR acme.widgets.delete) AND acme.users.delete"));
        assert!(value("acme.widgets.*"));
        assert!(value("*.users.*"));
        assert!(!value("beta.*.*"));
        assert!(value("NOT NOT(acme.users.read)"));
        assert!(value(" (\tacme.users.read)\n"));
    }

    #[test]
    fn a_syntax_error_tells_its_position_whatever_a_key_holds() {
        for (text, position) in [
            ("", 0),
            ("acme.widgets.read AND", 21),
            ("acme.widgets.read acme.users.read", 18),
            ("(acme.widgets.read", 0),
            ("acme.widgets.read)", 17),
            ("acme.widgets", 0),
            ("acme.wid*.read", 0),
            ("a.b.c and d.e.f", 6),
            ("a.b.c OR ü.b.c", 9),
        ] {
            for held in [true, false] {
                assert_eq!(evaluate(text, |_| held).unwrap_err().position, position, "{text}");
            }
        }
        assert!(evaluate(&format!("{}a.b.c{}", "(".repeat(32), ")".repeat(32)), |_| true).is_ok());
        assert!(evaluate(&format!("{}a.b.c{}", "(".repeat(33), ")".repeat(33)), |_| true).is_err());
        assert!(evaluate(&format!("{} a.b.c", "NOT ".repeat(1000)), |_| true).is_err());
    }

    /// An expression and its value, built together.
    fn expression() -> impl Strategy<Value = (String, bool)> {
        let leaf =
            any::<bool>().prop_map(|value| (if value { "a.b.yes" } else { "a.b.no" }.to_owned(), value));
        leaf.prop_recursive(5, 40, 2, |inner| {
            prop_oneof![
                inner.clone().prop_map(|(text, value)| (format!("NOT ({text})"), !value)),
                (inner.clone(), inner.clone())
                    .prop_map(|(a, b)| (format!("({}) AND ({})", a.0, b.0), a.1 && b.1)),
                (inner.clone(), inner).prop_map(|(a, b)| (format!("({}) OR ({})", a.0, b.0), a.1 || b.1)),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_text_is_evaluated_or_refused_without_a_panic(text in ".*") {
            let _ = evaluate(&text, |_| true);
        }

        #[test]
        fn token_soup_is_evaluated_or_refused_without_a_panic(text in "(a\\.b\\.c|AND|OR|NOT|\\(|\\)|\\*| ){0,40}") {
            let _ = evaluate(&text, |_| false);
        }

        #[test]
        fn a_legal_expression_has_the_value_of_its_parts((text, value) in expression()) {
            prop_assert_eq!(evaluate(&text, |pattern| pattern == "a.b.yes"), Ok(value));
        }
    }
}
