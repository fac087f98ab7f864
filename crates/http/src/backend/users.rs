//! `/v1/users`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, Patch, Time, is_zero, list_query, non_empty, optional_id, required_id};
use axum::extract::State;
use lockwork_app::{App, UserFilter};
use lockwork_model::email::EmailAddress;
use lockwork_model::error::Error;
use lockwork_model::ids::UserId;
use lockwork_model::page::Order;
use lockwork_model::providers::Provider;
use lockwork_model::users::{ExternalIds, NewUser, User, UserUpdate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person in an organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(crate) struct UserView {
    id: String,
    organization_id: String,
    email: String,
    create_time: Time,
    update_time: Time,
    /// Whether they own the organization.
    owner: bool,
    /// Their id at Google.
    #[serde(skip_serializing_if = "Option::is_none")]
    google_user_id: Option<String>,
    /// Their id at Microsoft.
    #[serde(skip_serializing_if = "Option::is_none")]
    microsoft_user_id: Option<String>,
    /// Their id at GitHub.
    #[serde(skip_serializing_if = "Option::is_none")]
    github_user_id: Option<String>,
    /// Whether they have an authenticator app.
    #[serde(skip_serializing_if = "is_zero")]
    has_authenticator_app: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_picture_url: Option<String>,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            organization_id: user.organization.to_string(),
            email: user.email.to_string(),
            create_time: user.created_at.into(),
            update_time: user.updated_at.into(),
            owner: user.owner,
            google_user_id: user.external.google.clone(),
            microsoft_user_id: user.external.microsoft.clone(),
            github_user_id: user.external.github.clone(),
            has_authenticator_app: user.has_authenticator_app,
            display_name: user.display_name.clone(),
            profile_picture_url: user.profile_picture_url.clone(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct UserEnvelope {
    user: UserView,
}

impl From<User> for Json<UserEnvelope> {
    fn from(user: User) -> Self {
        Self(UserEnvelope { user: (&user).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) users: Vec<UserView>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) next_page_token: String,
}

/// A person to add.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateUser {
    #[serde(alias = "organization_id")]
    #[schema(required)]
    organization_id: Option<String>,
    /// Kept in lower case, its domain in ASCII; unique in the organization.
    #[schema(required)]
    email: Option<String>,
    /// Whether they own the organization.
    owner: Option<bool>,
    /// Their id at Google; unique in the organization.
    #[serde(alias = "google_user_id")]
    google_user_id: Option<String>,
    /// Their id at Microsoft; unique in the organization.
    #[serde(alias = "microsoft_user_id")]
    microsoft_user_id: Option<String>,
    /// Their id at GitHub; unique in the organization.
    #[serde(alias = "github_user_id")]
    github_user_id: Option<String>,
    #[serde(alias = "display_name")]
    display_name: Option<String>,
    /// Where their picture is: an absolute URL.
    #[serde(alias = "profile_picture_url")]
    profile_picture_url: Option<String>,
}

impl CreateUser {
    fn read(self) -> Result<NewUser> {
        Ok(NewUser {
            organization: required_id("organizationId", self.organization_id)?,
            email: required_email(self.email)?,
            display_name: non_empty(self.display_name),
            profile_picture_url: non_empty(self.profile_picture_url),
            owner: self.owner.unwrap_or_default(),
            external: ExternalIds {
                google: non_empty(self.google_user_id),
                microsoft: non_empty(self.microsoft_user_id),
                github: non_empty(self.github_user_id),
            },
        })
    }
}

/// An address that must be there.
pub(super) fn required_email(text: Option<String>) -> Result<EmailAddress> {
    let text = non_empty(text).ok_or_else(|| Error::invalid_field("email", "is required"))?;
    Ok(EmailAddress::parse("email", &text)?)
}

/// A change to a person; what is absent or empty stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateUser {
    /// Another address, which is from then on what they sign in with.
    email: Option<String>,
    /// Makes an owner of them, or not.
    owner: Option<bool>,
    /// Another id at Google; `null` removes it.
    #[serde(alias = "google_user_id", default)]
    #[schema(value_type = Option<String>)]
    google_user_id: Patch<String>,
    /// Another id at Microsoft; `null` removes it.
    #[serde(alias = "microsoft_user_id", default)]
    #[schema(value_type = Option<String>)]
    microsoft_user_id: Patch<String>,
    /// Another id at GitHub; `null` removes it.
    #[serde(alias = "github_user_id", default)]
    #[schema(value_type = Option<String>)]
    github_user_id: Patch<String>,
    /// Another name; `null` removes it.
    #[serde(alias = "display_name", default)]
    #[schema(value_type = Option<String>)]
    display_name: Patch<String>,
    /// Another picture; `null` removes it.
    #[serde(alias = "profile_picture_url", default)]
    #[schema(value_type = Option<String>)]
    profile_picture_url: Patch<String>,
}

impl UpdateUser {
    fn read(self) -> Result<UserUpdate> {
        let email = non_empty(self.email).map(|text| EmailAddress::parse("email", &text));
        let external = [
            (Provider::Google, self.google_user_id),
            (Provider::Microsoft, self.microsoft_user_id),
            (Provider::Github, self.github_user_id),
        ];
        let external = external.into_iter().filter_map(|(provider, id)| Some((provider, id.into_text()?)));
        Ok(UserUpdate {
            email: email.transpose()?,
            display_name: self.display_name.into_text(),
            profile_picture_url: self.profile_picture_url.into_text(),
            owner: self.owner,
            external: external.collect(),
        })
    }
}

list_query! {
    ListUsers of "users" ordered by UNNAMED {
        /// Only those of this organization.
        #[serde(alias = "organization_id")]
        organization_id: String,
        /// Only those of exactly this address.
        email: String,
        /// Only those whose name or address has this in it, in capitals or not.
        search: String,
    }
}

/// List users
#[utoipa::path(
    get, path = "/v1/users", tag = "Users", params(ListUsers),
    responses((status = 200, body = UserList), ReadFailures)
)]
pub(crate) async fn list_users(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListUsers>,
) -> Result<Json<UserList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let email = non_empty(query.email).map(|text| EmailAddress::parse("email", &text)).transpose()?;
    let organization = optional_id(query.organization_id)?;
    let filter = UserFilter { organization, email, search: non_empty(query.search) };
    let page = app.list_users(&ctx, filter, &request).await?;
    Ok(Json(UserList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        users: page.items.iter().map(Into::into).collect(),
    }))
}

/// Add a user
///
/// They sign in by proving to have the address, or by the ids at sign-in providers.
#[utoipa::path(
    post, path = "/v1/users", tag = "Users", request_body = CreateUser,
    responses((status = 200, body = UserEnvelope), WriteFailures)
)]
pub(crate) async fn create_user(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<CreateUser>,
) -> Result<Json<UserEnvelope>> {
    Ok(app.create_user(&ctx, body.read()?).await?.into())
}

/// Get a user
#[utoipa::path(
    get, path = "/v1/users/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = UserEnvelope), ReadFailures)
)]
pub(crate) async fn get_user(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<UserId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<UserEnvelope>> {
    Ok(app.get_user(&ctx, id).await?.into())
}

/// Change a user
#[utoipa::path(
    patch, path = "/v1/users/{id}", tag = "Users", params(("id" = String, Path)), request_body = UpdateUser,
    responses((status = 200, body = UserEnvelope), WriteFailures)
)]
pub(crate) async fn update_user(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<UserId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdateUser>,
) -> Result<Json<UserEnvelope>> {
    Ok(app.update_user(&ctx, id, body.read()?).await?.into())
}

/// Remove a user
///
/// Their sessions end: none can be refreshed from then on. Where the organization lets people have API keys of their own,
/// those that they made are revoked.
#[utoipa::path(
    delete, path = "/v1/users/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_user(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<UserId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_user(&ctx, id).await?;
    Ok(Json(Empty {}))
}
