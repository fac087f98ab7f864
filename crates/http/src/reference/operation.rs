//! One operation: what it takes, what it answers, and a command to try it.

use super::document::{Api, Operation, Response};
use super::html::Html;
use super::schema::{Field, Shape};
use super::{curl, markdown};
use axum::http::StatusCode;

/// Which way a value travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// To the server, which insists on some fields.
    Request,
    /// From the server, which leaves out what is empty.
    Answer,
}

/// An answer with more fields than this is folded at first.
const FIELDS_SHOWN: usize = 12;

/// Writes an operation.
pub(super) fn render(operation: &Operation, api: &Api, html: &mut Html) {
    html.markup("<article class=\"operation\" aria-labelledby=\"").text(&operation.id).markup("\">\n<div>\n");
    html.markup("<h4 id=\"").text(&operation.id).markup("\"><a href=\"#").text(&operation.id).markup("\">");
    html.text(&operation.summary).markup("</a></h4>\n<p class=\"endpoint\">");
    method(operation, html);
    html.markup(" ");
    path(&operation.path, html);
    html.markup("</p>\n");
    markdown::render(&operation.id, &operation.description, html);
    parameters(operation, "path", "<h5>Path parameters</h5>\n", html);
    parameters(operation, "query", "<h5>Query parameters</h5>\n", html);
    parameters(operation, "header", "<h5>Headers</h5>\n", html);
    if let Some(body) = &operation.body {
        html.markup("<h5>Body</h5>\n");
        markdown::render(&operation.id, &body.description, html);
        fields(&body.fields, Direction::Request, html);
    }
    html.markup("<h5>Answer</h5>\n");
    for response in operation.responses.iter().filter(|response| !response.is_error()) {
        success(response, html);
    }
    errors(operation, api, html);
    html.markup("</div>\n");
    example(operation, html);
    html.markup("</article>\n");
}

/// Writes a method in its colour.
pub(super) fn method(operation: &Operation, html: &mut Html) {
    html.markup(match operation.method.as_str() {
        "GET" => "<span class=\"method get\">",
        "DELETE" => "<span class=\"method delete\">",
        "POST" => "<span class=\"method post\">",
        _ => "<span class=\"method change\">",
    });
    html.text(&operation.method).markup("</span>");
}

/// Writes a path that may break before each slash, its parameters set off.
pub(super) fn path(path: &str, html: &mut Html) {
    html.markup("<code class=\"path\">");
    for segment in path.split('/').skip(1) {
        html.markup("<wbr>/");
        if segment.starts_with('{') {
            html.markup("<span class=\"parameter\">").text(segment).markup("</span>");
        } else {
            html.text(segment);
        }
    }
    html.markup("</code>");
}

fn parameters(operation: &Operation, place: &str, title: &'static str, html: &mut Html) {
    let parameters = operation.parameters.iter().filter(|parameter| parameter.place == place);
    let found: Vec<Field> = parameters.map(|parameter| parameter.field.clone()).collect();
    if !found.is_empty() {
        html.markup(title);
        fields(&found, Direction::Request, html);
    }
}

/// Writes fields, and theirs.
pub(super) fn fields(fields_of_object: &[Field], direction: Direction, html: &mut Html) {
    if fields_of_object.is_empty() {
        return;
    }
    html.markup("<ul class=\"fields\">\n");
    for field in fields_of_object {
        html.markup("<li><p class=\"field\"><code>")
            .text(&field.name)
            .markup("</code> <span class=\"kind\">");
        html.text(&field.shape.kind).markup("</span>");
        if field.required && direction == Direction::Request {
            html.markup(" <span class=\"required\">required</span>");
        }
        html.markup("</p>\n");
        about(&field.shape, html);
        fields(&field.shape.fields, direction, html);
        html.markup("</li>\n");
    }
    html.markup("</ul>\n");
}

fn about(shape: &Shape, html: &mut Html) {
    if !shape.description.is_empty() {
        html.markup("<p>");
        markdown::inline(&shape.description, html);
        html.markup("</p>\n");
    }
    if !shape.choices.is_empty() {
        html.markup("<p class=\"choices\">One of");
        for choice in &shape.choices {
            html.markup(" ").code(choice);
        }
        html.markup("</p>\n");
    }
}

fn success(response: &Response, html: &mut Html) {
    let shape = response.body.as_ref();
    let found = shape.map(|shape| shape.fields.as_slice()).unwrap_or_default();
    if found.is_empty() {
        html.markup("<p class=\"response\">");
        status(response.status, html);
        html.markup(" <span class=\"muted\">");
        html.markup(if shape.is_some() { "an empty object" } else { "without a body" })
            .markup("</span></p>\n");
        return;
    }
    let open = found.iter().map(count).sum::<usize>() <= FIELDS_SHOWN;
    html.markup(if open { "<details open><summary>" } else { "<details><summary>" });
    status(response.status, html);
    html.markup("</summary>\n");
    for text in [Some(&response.description), shape.map(|shape| &shape.description)].into_iter().flatten() {
        if !text.is_empty() {
            html.markup("<p>");
            markdown::inline(text, html);
            html.markup("</p>\n");
        }
    }
    fields(found, Direction::Answer, html);
    html.markup("</details>\n");
}

fn errors(operation: &Operation, api: &Api, html: &mut Html) {
    let mut errors = operation.responses.iter().filter(|response| response.is_error()).peekable();
    if errors.peek().is_none() {
        return;
    }
    html.markup("<details><summary>Errors <span class=\"muted\">");
    for response in operation.responses.iter().filter(|response| response.is_error()) {
        html.markup(" ").text(&response.status.to_string());
    }
    html.markup("</span></summary>\n<ul class=\"errors\">\n");
    for response in errors {
        html.markup("<li>");
        status(response.status, html);
        html.markup("<p>");
        markdown::inline(&response.description, html);
        html.markup("</p>");
        if response.body != api.error {
            fields(
                response.body.as_ref().map(|shape| shape.fields.as_slice()).unwrap_or_default(),
                Direction::Answer,
                html,
            );
        }
        html.markup("</li>\n");
    }
    html.markup("</ul>\n<p>Errors have the <a href=\"#")
        .text(api.slug)
        .markup("-error-body\">error body</a>.</p>\n");
    html.markup("</details>\n");
}

fn status(status: u16, html: &mut Html) {
    html.markup(if status < 400 { "<span class=\"status ok\">" } else { "<span class=\"status\">" });
    html.text(&status.to_string()).markup("</span> <span>");
    let known = StatusCode::from_u16(status).ok();
    html.text(known.and_then(|status| status.canonical_reason()).unwrap_or_default()).markup("</span>");
}

fn count(field: &Field) -> usize {
    1 + field.shape.fields.iter().map(count).sum::<usize>()
}

fn example(operation: &Operation, html: &mut Html) {
    html.markup("<div class=\"example\"><p>Try it</p>\n<pre><code>");
    let command = curl::command(operation);
    let mut parts = command.split('$');
    html.text(parts.next().unwrap_or_default());
    for part in parts {
        // A narrow page breaks the line here rather than within a name.
        html.markup("<wbr>");
        let end = part.find(|character: char| !(character.is_ascii_uppercase() || character == '_'));
        let (name, rest) = part.split_at(end.unwrap_or(part.len()));
        html.markup("<span class=\"variable\">$").text(name).markup("</span>").text(rest);
    }
    html.markup("</code></pre></div>\n");
}
