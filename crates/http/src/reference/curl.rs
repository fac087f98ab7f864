//! Each operation as a command that works as printed, once the variables that it names are set.

use super::document::Operation;
use super::examples;
use std::fmt::Write;

/// The command, for any POSIX shell.
pub(super) fn command(operation: &Operation) -> String {
    let mut command = "curl".to_owned();
    let body = operation.body.as_ref().and_then(|_| examples::body(&operation.id));
    if !matches!((operation.method.as_str(), body), ("GET", None) | ("POST", Some(_))) {
        let _ = write!(command, " -X {}", operation.method);
    }
    let _ = write!(command, " \"$LOCKWORK_URL{}{}\"", path(&operation.path), query(operation));
    if operation.secured {
        command.push_str(" \\\n  -H \"Authorization: Bearer $LOCKWORK_BACKEND_KEY\"");
    }
    if let Some(body) = body {
        command.push_str(" \\\n  -H \"Content-Type: application/json\"");
        // Only a here-document has its variables replaced and leaves its quotes alone.
        let _ = if body.contains('$') {
            write!(command, " \\\n  -d @- <<JSON\n{body}\nJSON")
        } else {
            write!(command, " \\\n  -d '{body}'")
        };
    }
    command
}

/// The path with a shell variable for each parameter. `{id}` is named after the noun before it.
fn path(template: &str) -> String {
    let mut filled = String::new();
    let mut noun = "";
    for segment in template.split('/').skip(1) {
        let parameter = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let _ = match parameter {
            None => write!(filled, "/{segment}"),
            Some("id") => write!(filled, "/${}_ID", variable(noun.strip_suffix('s').unwrap_or(noun))),
            Some(name) => write!(filled, "/${}", variable(name)),
        };
        noun = segment;
    }
    filled
}

/// The parameters that a request cannot do without.
fn query(operation: &Operation) -> String {
    let required = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.place == "query" && parameter.field.required);
    let pairs: Vec<String> = required
        .map(|parameter| format!("{}=${}", parameter.field.name, variable(&parameter.field.name)))
        .collect();
    if pairs.is_empty() {
        examples::query(&operation.id).unwrap_or_default().to_owned()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

/// `apiKeyId` and `api-key-id` as `API_KEY_ID`.
fn variable(name: &str) -> String {
    let mut variable = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            variable.push('_');
        }
        variable.push(if character == '-' { '_' } else { character.to_ascii_uppercase() });
    }
    variable
}

#[cfg(test)]
mod tests {
    use super::{path, variable};

    #[test]
    fn variables_are_named_after_what_they_hold() {
        assert_eq!(variable("apiKeyId"), "API_KEY_ID");
        assert_eq!(path("/v1/api-keys/{id}/revoke"), "/v1/api-keys/$API_KEY_ID/revoke");
        assert_eq!(
            path("/v1/organizations/{organizationId}/domains"),
            "/v1/organizations/$ORGANIZATION_ID/domains"
        );
        assert_eq!(path("/v1/config/{publishableKey}"), "/v1/config/$PUBLISHABLE_KEY");
    }
}
