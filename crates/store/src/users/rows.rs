//! From rows to users.

use crate::db::Result;
use crate::rows::{parsed, time};
use lockwork_model::email::EmailAddress;
use lockwork_model::ids::{OrganizationId, UserId};
use lockwork_model::users::{ExternalIds, User};
use uuid::Uuid;

/// Reads whole users without their credentials, by a text that goes on behind the table's name.
macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT id, organization_id, email, display_name, profile_picture_url, is_owner, google_user_id,
                 microsoft_user_id, github_user_id, password_hash IS NOT NULL AS has_password,
                 sealed_authenticator_secret IS NOT NULL AS has_authenticator_app, created_at, updated_at
             FROM users ",
            $rest
        )
    };
}
pub(crate) use select;

#[derive(sqlx::FromRow)]
pub(crate) struct UserRow {
    id: Uuid,
    organization_id: Uuid,
    email: String,
    display_name: Option<String>,
    profile_picture_url: Option<String>,
    is_owner: bool,
    google_user_id: Option<String>,
    microsoft_user_id: Option<String>,
    github_user_id: Option<String>,
    has_password: bool,
    has_authenticator_app: bool,
    created_at: i64,
    updated_at: i64,
}

pub(crate) fn model(row: UserRow) -> Result<User> {
    Ok(User {
        id: UserId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization_id),
        email: email(&row.email, "users", row.id)?,
        display_name: row.display_name,
        profile_picture_url: row.profile_picture_url,
        owner: row.is_owner,
        external: ExternalIds {
            google: row.google_user_id,
            microsoft: row.microsoft_user_id,
            github: row.github_user_id,
        },
        has_password: row.has_password,
        has_authenticator_app: row.has_authenticator_app,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    })
}

/// An address in the form in which it was written.
pub(crate) fn email(text: &str, table: &'static str, row: Uuid) -> Result<EmailAddress> {
    parsed(EmailAddress::parse("email", text).ok(), table, "email", row)
}
