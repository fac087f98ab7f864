//! The little Markdown that our descriptions use: headings, paragraphs, lists, `code`, **strong**.

use super::html::{Html, slug};

/// A heading of a description, and the `id` that it gets.
pub(super) struct Heading {
    pub(super) id: String,
    pub(super) title: String,
}

/// The headings of a description. `prefix` keeps their ids apart from those of other descriptions.
pub(super) fn headings(prefix: &str, source: &str) -> Vec<Heading> {
    blocks(source)
        .filter_map(heading)
        .map(|title| Heading { id: id(prefix, title), title: title.to_owned() })
        .collect()
}

/// Writes a description. Its headings, of any level, become `h3`.
pub(super) fn render(prefix: &str, source: &str, html: &mut Html) {
    for block in blocks(source) {
        if let Some(title) = heading(block) {
            html.markup("<h3 id=\"").text(&id(prefix, title)).markup("\">");
            inline(title, html);
            html.markup("</h3>\n");
        } else if block.starts_with("- ") {
            html.markup("<ul>\n");
            for item in format!("\n{block}").split("\n- ").skip(1) {
                html.markup("<li>");
                inline(item, html);
                html.markup("</li>\n");
            }
            html.markup("</ul>\n");
        } else {
            html.markup("<p>");
            inline(block, html);
            html.markup("</p>\n");
        }
    }
}

/// Writes `code` and **strong** text. A mark that is never closed stays what it is.
pub(super) fn inline(mut source: &str, html: &mut Html) {
    while let Some(at) = source.find(['`', '*']) {
        let (before, rest) = source.split_at(at);
        html.text(before);
        let mark = if rest.starts_with('`') { "`" } else { "**" };
        let marked = rest.strip_prefix(mark).and_then(|rest| rest.split_once(mark));
        source = match marked {
            Some((code, after)) if mark == "`" => {
                html.code(code);
                after
            }
            Some((strong, after)) => {
                html.markup("<strong>").text(strong).markup("</strong>");
                after
            }
            None => {
                let (mark, after) = rest.split_at(1);
                html.text(mark);
                after
            }
        };
    }
    html.text(source);
}

fn blocks(source: &str) -> impl Iterator<Item = &str> {
    source.split("\n\n").map(str::trim).filter(|block| !block.is_empty())
}

fn heading(block: &str) -> Option<&str> {
    block.starts_with('#').then(|| block.trim_start_matches('#').trim())
}

fn id(prefix: &str, title: &str) -> String {
    format!("{prefix}-{}", slug(title))
}

#[cfg(test)]
mod tests {
    use super::{headings, render};
    use crate::reference::html::Html;

    fn rendered(source: &str) -> String {
        let mut html = Html::default();
        render("x", source, &mut html);
        html.finish()
    }

    #[test]
    fn paragraphs_and_lists_and_headings_become_elements() {
        assert_eq!(rendered("One\nline.\n\nTwo."), "<p>One\nline.</p>\n<p>Two.</p>\n");
        assert_eq!(rendered("- a\n- b\n  c"), "<ul>\n<li>a</li>\n<li>b\n  c</li>\n</ul>\n");
        assert_eq!(rendered("## How to page"), "<h3 id=\"x-how-to-page\">How to page</h3>\n");
        let found: Vec<String> =
            headings("x", "## A b\n\ntext").into_iter().map(|heading| heading.id).collect();
        assert_eq!(found, ["x-a-b"]);
    }

    #[test]
    fn marks_become_elements_and_what_they_hold_is_escaped() {
        assert_eq!(
            rendered("`a<b` and **c&d**"),
            "<p><code>a&lt;b</code> and <strong>c&amp;d</strong></p>\n"
        );
        assert_eq!(rendered("<script>"), "<p>&lt;script&gt;</p>\n");
    }

    #[test]
    fn a_mark_that_is_not_closed_is_text() {
        assert_eq!(rendered("acme.* and `x"), "<p>acme.* and `x</p>\n");
        assert_eq!(rendered("**"), "<p>**</p>\n");
    }

    #[test]
    fn code_may_hold_a_star() {
        assert_eq!(rendered("`acme.*`"), "<p><code>acme.*</code></p>\n");
    }
}
