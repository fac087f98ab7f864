//! `/v1/passkeys`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Id, Json, NoBody, NoParameters, Query};
use crate::wire::{Empty, Time, is_zero, list_query, optional_id};
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lockwork_app::App;
use lockwork_model::ids::PasskeyId;
use lockwork_model::page::Order;
use lockwork_model::passkeys::Passkey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A passkey of a user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Passkey)]
pub(crate) struct PasskeyView {
    id: String,
    user_id: String,
    create_time: Time,
    /// When it last changed or was used.
    update_time: Time,
    /// Whether it is out of use.
    disabled: bool,
    /// Its id at the browser, in base64.
    credential_id: String,
    /// Its public key, PKIX in PEM.
    public_key_pkix: String,
    /// The model of the authenticator.
    aaguid: String,
    /// The host that it is for.
    rp_id: String,
}

impl From<&Passkey> for PasskeyView {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            user_id: passkey.user.to_string(),
            create_time: passkey.created_at.into(),
            update_time: passkey.updated_at.into(),
            disabled: passkey.disabled,
            credential_id: STANDARD.encode(&passkey.credential_id),
            public_key_pkix: passkey.public_key_pem.clone(),
            aaguid: passkey.aaguid.clone(),
            rp_id: passkey.rp_id.clone(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyEnvelope {
    passkey: PasskeyView,
}

impl From<Passkey> for Json<PasskeyEnvelope> {
    fn from(passkey: Passkey) -> Self {
        Self(PasskeyEnvelope { passkey: (&passkey).into() })
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasskeyList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) passkeys: Vec<PasskeyView>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) next_page_token: String,
}

/// A change to a passkey; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
pub(crate) struct UpdatePasskey {
    /// Takes it out of use, or puts it back.
    disabled: Option<bool>,
}

list_query! {
    ListPasskeys of "passkeys" ordered by UNNAMED {
        /// Only those of this user.
        #[serde(alias = "user_id")]
        user_id: String,
    }
}

/// List passkeys
#[utoipa::path(
    get, path = "/v1/passkeys", tag = "Users", params(ListPasskeys),
    responses((status = 200, body = PasskeyList), ReadFailures)
)]
pub(crate) async fn list_passkeys(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(mut query): Query<ListPasskeys>,
) -> Result<Json<PasskeyList>> {
    let paging = query.paging();
    let request = paging.request(&app, &ctx, Order::default())?;
    let page = app.list_passkeys(&ctx, optional_id(query.user_id)?, &request).await?;
    Ok(Json(PasskeyList {
        next_page_token: paging.next(&app, &ctx, request.order, &page),
        passkeys: page.items.iter().map(Into::into).collect(),
    }))
}

/// Get a passkey
#[utoipa::path(
    get, path = "/v1/passkeys/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = PasskeyEnvelope), ReadFailures)
)]
pub(crate) async fn get_passkey(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<PasskeyId>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<PasskeyEnvelope>> {
    Ok(app.get_passkey(&ctx, id).await?.into())
}

/// Change a passkey
#[utoipa::path(
    patch, path = "/v1/passkeys/{id}", tag = "Users", params(("id" = String, Path)), request_body = UpdatePasskey,
    responses((status = 200, body = PasskeyEnvelope), WriteFailures)
)]
pub(crate) async fn update_passkey(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<PasskeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    Json(body): Json<UpdatePasskey>,
) -> Result<Json<PasskeyEnvelope>> {
    Ok(app.update_passkey(&ctx, id, body.disabled).await?.into())
}

/// Delete a passkey
#[utoipa::path(
    delete, path = "/v1/passkeys/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = Empty), WriteFailures)
)]
pub(crate) async fn delete_passkey(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Id(id): Id<PasskeyId>,
    Query(NoParameters {}): Query<NoParameters>,
    NoBody: NoBody,
) -> Result<Json<Empty>> {
    app.delete_passkey(&ctx, id).await?;
    Ok(Json(Empty {}))
}
