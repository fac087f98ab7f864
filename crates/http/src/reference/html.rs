//! A writer that cannot forget to escape.

/// HTML in the making. Markup has to be a literal of the source; every other text is escaped.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    /// Appends markup.
    pub(super) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Appends a text, safe between tags and in a quoted attribute.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Appends an element without attributes.
    pub(super) fn code(&mut self, text: &str) -> &mut Self {
        self.markup("<code>").text(text).markup("</code>")
    }

    /// The whole of it.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// A text as part of an `id`: lower case, digits and hyphens.
pub(super) fn slug(text: &str) -> String {
    let words =
        text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Html, slug};

    #[test]
    fn a_text_can_neither_open_a_tag_nor_leave_an_attribute() {
        let mut html = Html::default();
        html.markup("<p title=\"").text("\"><script>").markup("\">").text("<b>'&'").markup("</p>");
        assert_eq!(html.finish(), "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&#39;&amp;&#39;</p>");
    }

    #[test]
    fn a_slug_has_no_spaces() {
        assert_eq!(slug("Audit log / Événements"), "audit-log-v-nements");
    }
}
