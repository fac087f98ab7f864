//! The page: its frame, its contents, what comes before the operations.

use super::document::{Api, Group};
use super::html::Html;
use super::{markdown, operation};

/// The whole page.
pub(super) fn render(apis: &[Api]) -> String {
    let mut html = Html::default();
    html.markup(HEAD);
    contents(apis, &mut html);
    html.markup("<main id=\"main\" tabindex=\"-1\">\n");
    introduction(apis, &mut html);
    for each in apis {
        api(each, &mut html);
    }
    html.markup("</main>\n</div>\n</body>\n</html>\n");
    html.finish()
}

const HEAD: &str = r##"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Lockwork API reference</title>
<meta name="description" content="Every operation of the Lockwork APIs, with commands to try them.">
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230f766e'/%3E%3Ccircle cx='8' cy='6.4' r='2.4' fill='white'/%3E%3Cpath d='M6.9 7.5h2.2l.8 4.7H6.1z' fill='white'/%3E%3C/svg%3E">
<link rel="stylesheet" href="/docs/reference.css">
<script src="/docs/reference.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the reference</a>
<header class="top"><a href="/docs"><svg viewBox="0 0 16 16" width="24" height="24" aria-hidden="true"><rect width="16" height="16" rx="4"/><circle cx="8" cy="6.4" r="2.4"/><path d="M6.9 7.5h2.2l.8 4.7H6.1z"/></svg><span class="brand">Lockwork</span> <span class="muted">API reference</span></a></header>
<div class="columns">
"##;

fn contents(apis: &[Api], html: &mut Html) {
    html.markup("<nav class=\"contents\" aria-label=\"Contents\">\n");
    html.markup("<div class=\"filter\" hidden><label for=\"filter\">Filter operations</label>");
    html.markup("<input id=\"filter\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\">");
    html.markup("<p role=\"status\" class=\"muted\"></p></div>\n");
    html.markup("<ul>\n<li><a href=\"#start\">First steps</a></li>\n</ul>\n");
    for api in apis {
        html.markup("<p class=\"api-name\">").text(&api.title).markup("</p>\n<ul>\n");
        html.markup("<li><a href=\"#").text(api.slug).markup("\">Overview</a></li>\n");
        for heading in markdown::headings(api.slug, &api.description) {
            html.markup("<li><a href=\"#")
                .text(&heading.id)
                .markup("\">")
                .text(&heading.title)
                .markup("</a></li>\n");
        }
        if api.error.is_some() {
            html.markup("<li><a href=\"#").text(api.slug).markup("-error-body\">Error body</a></li>\n");
        }
        for group in &api.groups {
            html.markup("<li class=\"group\"><a href=\"#").text(&group.id).markup("\">").text(&group.name);
            html.markup("</a>\n<ul>\n");
            for each in &group.operations {
                html.markup("<li><a href=\"#")
                    .text(&each.id)
                    .markup("\" data-path=\"")
                    .text(&each.path)
                    .markup("\">");
                operation::method(each, html);
                html.markup(" ").text(&each.summary).markup("</a></li>\n");
            }
            html.markup("</ul></li>\n");
        }
        html.markup("</ul>\n");
    }
    html.markup("</nav>\n");
}

fn introduction(apis: &[Api], html: &mut Html) {
    html.markup("<section id=\"start\" class=\"prose\" aria-labelledby=\"title\">\n<h1 id=\"title\">API reference</h1>\n");
    html.markup("<p class=\"lead\">Every operation of this server, each with a command to try it.</p>\n");
    html.markup("<h2>First steps</h2>\n");
    html.markup(
        "<p>The commands work as printed in any shell. They read the server’s address and your Backend API key from \
         two variables:</p>\n<div class=\"example\"><p>Once, in your shell</p>\n<pre><code>export <span class=\"variable\">LOCKWORK_URL</span>=<span \
         data-origin>http://127.0.0.1:7777</span>\nexport <span class=\"variable\">LOCKWORK_BACKEND_KEY</span>=\
         tesseral_secret_key_…</code></pre></div>\n",
    );
    html.markup(
        "<p>The others, such as <code>$ORGANIZATION_ID</code>, stand for what earlier answers told you: set them \
         the same way. <code>$API_KEY</code> is the secret of an API key.</p>\n",
    );
    html.markup("<p>The same as OpenAPI documents: ");
    for (position, api) in apis.iter().enumerate() {
        html.markup(if position == 0 { "<a href=\"/docs/openapi/" } else { ", <a href=\"/docs/openapi/" });
        html.text(api.slug).markup(".json\">").text(&api.title).markup("</a>");
    }
    html.markup(".</p>\n</section>\n");
}

fn api(api: &Api, html: &mut Html) {
    html.markup("<section class=\"api\" aria-labelledby=\"")
        .text(api.slug)
        .markup("\">\n<div class=\"prose\">\n");
    html.markup("<h2 id=\"").text(api.slug).markup("\">").text(&api.title).markup("</h2>\n");
    markdown::render(api.slug, &api.description, html);
    if let Some(error) = &api.error {
        html.markup("<h3 id=\"").text(api.slug).markup("-error-body\">Error body</h3>\n");
        markdown::render(api.slug, &error.description, html);
        operation::fields(&error.fields, operation::Direction::Answer, html);
    }
    html.markup("</div>\n");
    for each in &api.groups {
        group(api, each, html);
    }
    html.markup("</section>\n");
}

fn group(api: &Api, group: &Group, html: &mut Html) {
    html.markup("<section class=\"group\" aria-labelledby=\"")
        .text(&group.id)
        .markup("\">\n<div class=\"group-head\">\n");
    html.markup("<div><h3 id=\"").text(&group.id).markup("\">").text(&group.name).markup("</h3>\n");
    markdown::render(&group.id, &group.description, html);
    html.markup("</div>\n<ul class=\"endpoints\" aria-label=\"Operations\">\n");
    for each in &group.operations {
        html.markup("<li><a href=\"#").text(&each.id).markup("\">");
        operation::method(each, html);
        html.markup(" ");
        operation::path(&each.path, html);
        html.markup("</a></li>\n");
    }
    html.markup("</ul>\n</div>\n");
    for each in &group.operations {
        operation::render(each, api, html);
    }
    html.markup("</section>\n");
}
