use crate::mail::Message;

/// A mail in parts, from which its text and its HTML are made.
pub(super) struct Letter<'a> {
    pub(super) subject: String,
    pub(super) parts: &'a [Part<'a>],
}

/// A paragraph.
pub(super) enum Part<'a> {
    Text(&'a str),
    /// What happens there, and the address.
    Link(&'a str, &'a str),
    Code(&'a str),
}

// No colours but the reader's own, so that it can be read in the dark.
const HEAD: &str = r#"<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">"#;
const BODY: &str = "font-family: system-ui, sans-serif; line-height: 1.5; max-width: 32rem; margin: 2rem auto; padding: 0 1rem";
const CODE: &str = "font-size: 1.75rem; letter-spacing: 0.25rem";

impl Letter<'_> {
    pub(super) fn to(self, recipient: &str) -> Message {
        let texts: Vec<_> = self.parts.iter().map(Part::text).collect();
        let paragraphs: String = self.parts.iter().map(Part::html).collect();
        let title = escaped(&self.subject);
        Message {
            to: recipient.to_owned(),
            text: format!("{}\n", texts.join("\n\n")),
            html: format!(
                "<!doctype html>\n<html lang=\"en\">\n<head>{HEAD}<title>{title}</title></head>\n\
                 <body style=\"{BODY}\">\n{paragraphs}</body>\n</html>\n"
            ),
            subject: self.subject,
        }
    }
}

impl Part<'_> {
    fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Code(text) => (*text).to_owned(),
            Self::Link(label, address) => format!("{label}:\n{address}"),
        }
    }

    fn html(&self) -> String {
        match self {
            Self::Text(text) => format!("<p>{}</p>\n", escaped(text)),
            Self::Link(label, address) => {
                let (label, address) = (escaped(label), escaped(address));
                format!(
                    "<p><a href=\"{address}\"><strong>{label}</strong></a></p>\n<p><small>{address}</small></p>\n"
                )
            }
            Self::Code(code) => format!("<p style=\"{CODE}\"><code>{}</code></p>\n", escaped(code)),
        }
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
    }
    escaped
}
