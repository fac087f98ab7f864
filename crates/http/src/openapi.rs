//! The OpenAPI documents, made from the routes themselves; they need no database and no configuration.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, SecurityRequirement, ServerBuilder};

/// The groups of operations, in the order in which people meet them.
const TAGS: &[(&str, &str)] = &[
    ("Verification", "Whether to let a request in. Answered from memory, in microseconds."),
    ("Project", "The developer's product: its name, and the switch and the prefix of its API keys."),
    ("RBAC policy", "The actions that roles and keys can be given."),
    ("Organizations", "The developer's customers, and what is known of their domains."),
    ("Roles", "Named sets of actions, of the whole project or of one organization."),
    ("API keys", "The keys that customers call the developer's API with, and the roles they have."),
    ("Users", "The people of organizations."),
    ("Sessions", "Where people are signed in."),
    ("Backend API keys", "The developer's own keys for this API."),
    ("Publishable keys", "By them clients find the project's configuration. Not secret."),
    ("Audit log", "Who did what, and when. Changes write to it by themselves."),
];

/// The document of the Backend API, as pretty JSON.
#[must_use]
pub fn backend() -> String {
    let (_, mut document) = crate::backend::routes().split_for_parts();
    describe(&mut document, "Lockwork Backend API", include_str!("backend/overview.md"));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A backend api key: `tesseral_secret_key_…`"))
        .build();
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme("backendApiKey", SecurityScheme::Http(bearer));
    components.schemas.extend(crate::error::schemas());
    let tag = |(name, description): &(&str, &str)| {
        TagBuilder::new().name(*name).description(Some(*description)).build()
    };
    document.tags = Some(TAGS.iter().map(tag).collect());
    document.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>("backendApiKey", [])]);
    pretty(&document)
}

/// The document of the Config API, as pretty JSON.
#[must_use]
pub fn config() -> String {
    let (_, mut document) = crate::config::routes().split_for_parts();
    describe(
        &mut document,
        "Lockwork Config API",
        "What clients need to know of a project. Needs no credentials.",
    );
    pretty(&document)
}

fn describe(document: &mut OpenApi, title: &str, description: &str) {
    document.info = InfoBuilder::new()
        .title(title)
        .version("1")
        .description(Some(description.trim()))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").build()))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url("/").description(Some("This server")).build()]);
}

fn pretty(document: &OpenApi) -> String {
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
