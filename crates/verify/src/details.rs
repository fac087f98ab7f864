//! What an answer shows of a key beside its id, organization, actions and expiry, kept as members of a JSON object so
//! that an answer only copies it.
//!
//! A key's text is its display name as JSON escapes it and, if there is more, a NUL, which no JSON text holds, and the
//! other members, each behind a comma.

use crate::names::TEXT_MAX_BYTES;
use lockwork_model::verification::KeyFacts;
use std::fmt::Write;

/// What ends the name.
const END: u8 = 0;
/// Longest name that is kept, in bytes: 256 characters of four bytes, the longest legal one.
const NAME_MAX_BYTES: usize = 1024;

/// Replaces `text` by the text of these facts. What is longer than anything legal is cut off, or left out.
pub(crate) fn write_text(facts: &KeyFacts, text: &mut String) {
    text.clear();
    let mut end = facts.display_name.len().min(NAME_MAX_BYTES);
    while !facts.display_name.is_char_boundary(end) {
        end -= 1;
    }
    escape(facts.display_name.get(..end).unwrap_or_default(), text);
    let name_end = text.len();
    if facts.external_id.is_some() || facts.metadata.is_some() {
        text.push(END.into());
    }
    if let Some(external_id) = &facts.external_id {
        text.push_str(r#","externalId":""#);
        escape(external_id, text);
        text.push('"');
    }
    if let Some(metadata) = &facts.metadata {
        text.push_str(r#","metadata":"#);
        text.push_str(metadata.as_str());
    }
    if text.len() > TEXT_MAX_BYTES {
        text.truncate(name_end);
    }
}

/// Writes `text` as the content of a JSON string.
fn escape(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // A text into memory: cannot fail.
            '\0'..='\x1f' => drop(write!(out, "\\u{:04x}", u32::from(char))),
            char => out.push(char),
        }
    }
}

/// Appends `,"displayName":"…"`, left out when the name is empty, and the other members. `read` appends the text.
pub(crate) fn write_members(out: &mut Vec<u8>, read: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(br#","displayName":""#);
    let name = out.len();
    read(out);
    let end = out.get(name..).unwrap_or_default().iter().position(|&byte| byte == END);
    match end {
        Some(0) => drop(out.drain(start..=name)),
        // The name's closing quote takes the place of the NUL.
        Some(end) => out.get_mut(name + end).into_iter().for_each(|byte| *byte = b'"'),
        None if out.len() == name => out.truncate(start),
        None => out.push(b'"'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockwork_model::ids::{ApiKeyId, OrganizationId};
    use lockwork_model::metadata::Metadata;
    use lockwork_model::secrets::SecretHash;
    use lockwork_model::verification::{Grants, KeyState};

    fn facts(name: &str, external_id: Option<&str>, metadata: Option<&str>) -> KeyFacts {
        KeyFacts {
            id: ApiKeyId::from_uuid(uuid::Uuid::nil()),
            organization: OrganizationId::from_uuid(uuid::Uuid::nil()),
            hash: SecretHash::from_bytes([0; 32]),
            former: None,
            rotated: false,
            state: KeyState::Active,
            expires_at: None,
            display_name: name.to_owned(),
            external_id: external_id.map(str::to_owned),
            metadata: metadata.map(|text| Metadata::from_stored(text.to_owned()).unwrap()),
            grants: Grants::default(),
        }
    }

    fn members(facts: &KeyFacts) -> String {
        let (mut text, mut out) = ("old".to_owned(), b"{".to_vec());
        write_text(facts, &mut text);
        write_members(&mut out, |out| out.extend_from_slice(text.as_bytes()));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        assert_eq!(members(&facts("", None, None)), "{");
        assert_eq!(members(&facts("a", None, None)), r#"{,"displayName":"a""#);
        assert_eq!(members(&facts("", Some("7"), None)), r#"{,"externalId":"7""#);
        assert_eq!(
            members(&facts("a", Some(""), Some(r#"{"a":[1,null]}"#))),
            r#"{,"displayName":"a","externalId":"","metadata":{"a":[1,null]}"#
        );
    }

    #[test]
    fn quotes_backslashes_and_control_characters_are_escaped() {
        let members = members(&facts("a\"b\\c\n\0ü🔑", Some("\t\r\x1f\x7f"), None));
        assert_eq!(
            members,
            "{,\"displayName\":\"a\\\"b\\\\c\\n\\u0000ü🔑\",\"externalId\":\"\\t\\r\\u001f\x7f\""
        );
    }

    #[test]
    fn the_longest_legal_facts_fit_and_longer_ones_lose_what_does_not() {
        let metadata = format!("{{\"a\":\"{}\"}}", "x".repeat(2040));
        let longest = facts(&"🔑".repeat(256), Some(&"\u{1}".repeat(256)), Some(&metadata));
        let text = members(&longest);
        assert!(text.ends_with(&metadata) && text.len() > 4600, "{}", text.len());
        let longer = facts(&"€".repeat(400), Some(&"x".repeat(9000)), None);
        assert_eq!(members(&longer), format!("{{,\"displayName\":\"{}\"", "€".repeat(341)));
    }
}
