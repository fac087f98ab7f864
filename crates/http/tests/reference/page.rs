//! What the page says, and what it is made of.

use crate::harness::{article, command, operations, page, text};
use serde_json::Value;
use std::collections::BTreeSet;

/// The tags of some HTML, without their brackets.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|part| part.split('>').next().unwrap()).collect()
}

/// The values of an attribute.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let before = format!(" {attribute}=\"");
    let found = tags(html).into_iter().filter_map(|tag| tag.split_once(before.as_str()));
    found.map(|(_, rest)| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn every_operation_of_both_documents_is_there_with_its_words() {
    let page = page().await;
    for operation in operations() {
        let words = text(article(&page, &operation.id));
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("{} {}", operation.method, operation.path)), "{}", operation.id);
        for said in ["summary", "description"] {
            let said = operation.source[said].as_str().unwrap_or_default().replace('`', "");
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(&said), "{} does not say: {said}", operation.id);
        }
    }
    assert_eq!(page.matches("<article").count(), operations().len());
}

#[tokio::test]
async fn every_parameter_and_every_status_is_there() {
    let page = page().await;
    for operation in operations() {
        let article = article(&page, &operation.id);
        for parameter in operation.source["parameters"].as_array().into_iter().flatten() {
            let name = format!("<code>{}</code>", parameter["name"].as_str().unwrap());
            assert!(article.contains(&name), "{} lacks {name}", operation.id);
        }
        for status in operation.source["responses"].as_object().unwrap().keys() {
            assert!(article.contains(&format!(">{status}</span>")), "{} lacks {status}", operation.id);
        }
    }
}

#[tokio::test]
async fn the_fields_of_bodies_are_there_however_deep_they_lie() {
    let page = page().await;
    let create = article(&page, "create_api_key");
    for field in
        ["apiKey", "organizationId", "displayName", "expireTime", "roleIds", "actions", "secretToken"]
    {
        assert!(create.contains(&format!("<code>{field}</code>")), "{field}");
    }
    let verify = article(&page, "verify_api_key");
    assert!(verify.contains("<code>INSUFFICIENT_PERMISSIONS</code>"));
}

#[tokio::test]
async fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    let page = page().await;
    assert!(!page.contains("<style") && values(&page, "style").is_empty());
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("<script src=\"/docs/reference.js\" defer></script>"));
    for tag in tags(&page) {
        assert!(!tag.split_whitespace().any(|word| word.starts_with("on") && word.contains('=')), "{tag}");
    }
    for address in values(&page, "href").into_iter().chain(values(&page, "src")) {
        let own = ["/docs", "#", "data:image/svg+xml,"].iter().any(|start| address.starts_with(start));
        assert!(own, "{address}");
    }
}

#[tokio::test]
async fn every_id_is_there_once_and_every_link_leads_to_one() {
    let page = page().await;
    let ids = values(&page, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    let links = values(&page, "href").into_iter().filter_map(|link| link.strip_prefix('#'));
    for target in links.chain(values(&page, "aria-labelledby")).chain(values(&page, "for")) {
        assert!(unique.contains(target), "#{target} leads nowhere");
    }
}

#[tokio::test]
async fn headings_never_skip_a_level() {
    let page = page().await;
    let mut before = 0;
    for tag in tags(&page).into_iter().filter(|tag| tag.starts_with('h')) {
        let Some(level) = tag[1..].chars().next().and_then(|level| level.to_digit(10)) else { continue };
        assert!(level <= before + 1, "h{level} after h{before}");
        before = level;
    }
    assert_eq!(page.matches("<h1").count(), 1);
}

#[tokio::test]
async fn every_element_is_closed_in_its_turn() {
    let page = page().await;
    let void = ["!doctype", "meta", "link", "input", "wbr", "rect", "circle", "path"];
    let mut open = Vec::new();
    for tag in tags(&page) {
        let name = tag.split([' ', '/', '\n']).find(|name| !name.is_empty()).unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !void.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty());
}

#[tokio::test]
async fn no_text_is_left_unescaped() {
    let page = page().await;
    for text in page.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text) {
        assert!(!text.contains(['>', '"', '\'']), "{text}");
        for entity in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|name| entity.starts_with(name));
            assert!(known, "&{entity}");
        }
    }
}

#[tokio::test]
async fn every_command_names_its_address_and_its_key() {
    let page = page().await;
    for operation in operations() {
        let command = command(&page, &operation.id);
        assert!(command.starts_with("curl "), "{command}");
        assert!(command.contains("\"$LOCKWORK_URL/v1/"), "{command}");
        assert!(!command.contains(['{', '}']) || command.contains(" -d "), "{command}");
        let needs_key = !operation.path.starts_with("/v1/config/");
        assert_eq!(command.contains("Bearer $LOCKWORK_BACKEND_KEY"), needs_key, "{command}");
        let takes_body = operation.source["requestBody"] != Value::Null;
        assert_eq!(command.contains(" -d "), takes_body, "{command}");
    }
}
