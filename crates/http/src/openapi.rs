//! The OpenAPI documents, made from the routes themselves; they need no database and no configuration.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, SecurityRequirement, ServerBuilder};

/// The document of the Backend API, as pretty JSON.
#[must_use]
pub fn backend() -> String {
    let (_, mut document) = crate::backend::routes().split_for_parts();
    describe(&mut document, "Lockwork Backend API", include_str!("backend/overview.md"));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A backend api key: `tesseral_secret_key_…`"))
        .build();
    document.components.get_or_insert_with(Components::new).add_security_scheme("backendApiKey", SecurityScheme::Http(bearer));
    document.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>("backendApiKey", [])]);
    pretty(&document)
}

/// The document of the Config API, as pretty JSON.
#[must_use]
pub fn config() -> String {
    let (_, mut document) = crate::config::routes().split_for_parts();
    describe(&mut document, "Lockwork Config API", "What clients need to know of a project. Needs no credentials.");
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
