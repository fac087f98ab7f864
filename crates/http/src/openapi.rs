//! The OpenAPI documents, made from the routes themselves; they need no database and no configuration.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, SecurityRequirement, ServerBuilder};

/// The groups of the Backend API's operations, in the order in which people meet them.
const TAGS: &[(&str, &str)] = &[
    ("Verification", "Whether to let a request in. Answered from memory, in microseconds."),
    ("Project", "The developer's product: its name, and the switch and the prefix of its API keys."),
    ("RBAC policy", "The actions that roles and keys can be given."),
    ("Organizations", "The developer's customers, and what is known of their domains."),
    ("Roles", "Named sets of actions, of the whole project or of one organization."),
    ("API keys", "The keys that customers call the developer's API with, and the roles they have."),
    (
        "Users",
        "The people of organizations: who they are, who is invited, what roles and passkeys they have.",
    ),
    ("Sessions", "Where people are signed in."),
    ("Backend API keys", "The developer's own keys for this API."),
    ("Publishable keys", "By them clients find the project's configuration. Not secret."),
    ("Audit log", "Who did what, and when. Changes write to it by themselves."),
];

/// Those of the Frontend API.
const FRONTEND_TAGS: &[(&str, &str)] = &[
    ("Session", "Access tokens, logging out, and where else the caller could be."),
    ("Me", "What is the caller's own: name, password, passkeys, authenticator app, sessions."),
    ("Organization", "The caller's organization, and what they see of the project."),
    ("Users", "The people of the organization, and who is invited."),
    ("Roles", "Named sets of actions, and who has them."),
    ("API keys", "The organization's keys, or the caller's own."),
    ("Audit log", "Who did what in the organization, and when."),
];

/// Those of the Login API.
const LOGIN_TAGS: &[(&str, &str)] = &[
    ("Login", "How a login begins, and how far it is."),
    ("E-mail", "Proof of an e-mail address."),
    ("Passwords", "Giving, choosing and replacing a password."),
    ("Providers", "Signing in with Google, Microsoft and GitHub."),
    ("Organizations", "Which organization to sign in to."),
    ("Second factors", "Passkeys and authenticator apps."),
    ("Sessions", "How a login becomes a session, here or for an app on another domain."),
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
    document.tags = Some(tags(TAGS));
    document.security = Some(vec![requirement("backendApiKey")]);
    pretty(&document)
}

/// The document of the Frontend API, as pretty JSON.
#[must_use]
pub fn frontend() -> String {
    let (_, mut document) = crate::frontend::routes().split_for_parts();
    describe(&mut document, "Lockwork Frontend API", include_str!("frontend/overview.md"));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token"))
        .build();
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme("accessToken", SecurityScheme::Http(bearer));
    let about = "The same as a cookie, and for `refresh` the refresh token as one";
    components.add_security_scheme("session", cookie("tesseral_{projectId}_access_token", about));
    components.schemas.extend(crate::error::schemas());
    document.tags = Some(tags(FRONTEND_TAGS));
    document.security = Some(vec![requirement("accessToken"), requirement("session")]);
    pretty(&document)
}

/// The document of the Login API, as pretty JSON.
#[must_use]
pub fn login() -> String {
    let (_, mut document) = crate::login::routes().split_for_parts();
    describe(&mut document, "Lockwork Login API", include_str!("login/overview.md"));
    let components = document.components.get_or_insert_with(Components::new);
    let about = "A login in progress; `intermediate-session` sets it";
    components.add_security_scheme("login", cookie("tesseral_{projectId}_intermediate_access_token", about));
    components.schemas.extend(crate::error::schemas());
    document.tags = Some(tags(LOGIN_TAGS));
    document.security = Some(vec![requirement("login")]);
    pretty(&document)
}

fn tags(groups: &[(&str, &str)]) -> Vec<Tag> {
    let tag = |(name, description): &(&str, &str)| {
        TagBuilder::new().name(*name).description(Some(*description)).build()
    };
    groups.iter().map(tag).collect()
}

fn requirement(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new::<_, [&str; 0], &str>(scheme, [])
}

fn cookie(name: &str, description: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(name, description)))
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
