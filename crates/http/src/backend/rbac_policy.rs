//! `/v1/rbac-policy`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Json, MaybeWrapped, NoParameters, Query, Wrap, optional_objects};
use crate::wire::{is_zero, required};
use axum::extract::State;
use lockwork_app::App;
use lockwork_model::error::Error;
use lockwork_model::rbac_policy::{Action, NewAction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The project's actions.
#[derive(Serialize, ToSchema)]
#[schema(as = RbacPolicy)]
pub(crate) struct RbacPolicyView {
    #[serde(skip_serializing_if = "is_zero")]
    actions: Vec<ActionView>,
}

#[derive(Serialize, ToSchema, PartialEq)]
#[schema(as = Action)]
struct ActionView {
    name: String,
    #[serde(skip_serializing_if = "is_zero")]
    description: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RbacPolicyEnvelope {
    rbac_policy: RbacPolicyView,
}

impl From<Vec<Action>> for Json<RbacPolicyEnvelope> {
    fn from(actions: Vec<Action>) -> Self {
        let view =
            |action: Action| ActionView { name: action.name.to_string(), description: action.description };
        Self(RbacPolicyEnvelope {
            rbac_policy: RbacPolicyView { actions: actions.into_iter().map(view).collect() },
        })
    }
}

/// The policy, here or below `rbacPolicy`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct UpdateRbacPolicy {
    /// The whole set; an action that is not in it is taken from every role and key.
    #[serde(default, deserialize_with = "optional_objects")]
    #[schema(required)]
    actions: Option<Vec<NewActionBody>>,
}

impl Wrap for UpdateRbacPolicy {
    const FIELDS: [&'static str; 2] = ["rbacPolicy", "rbac_policy"];
}

#[derive(Deserialize, ToSchema)]
struct NewActionBody {
    /// Three segments of a-z, 0-9 and _, such as `acme.widgets.create`.
    #[schema(required)]
    name: Option<String>,
    description: Option<String>,
}

impl TryFrom<NewActionBody> for NewAction {
    type Error = Error;

    fn try_from(body: NewActionBody) -> std::result::Result<Self, Error> {
        let name = body.name.unwrap_or_default();
        let name =
            name.parse().map_err(|problem| Error::invalid_field("rbacPolicy.actions.name", problem))?;
        Ok(Self { name, description: body.description.unwrap_or_default() })
    }
}

/// Get the RBAC policy
///
/// All actions of the project, sorted by name.
#[utoipa::path(
    get, path = "/v1/rbac-policy", tag = "RBAC policy",
    responses((status = 200, body = RbacPolicyEnvelope), ReadFailures)
)]
pub(crate) async fn get_rbac_policy(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<RbacPolicyEnvelope>> {
    Ok(app.get_rbac_policy(&ctx).await?.into())
}

/// Replace the RBAC policy
///
/// Actions that stay keep their place in roles and keys; actions that go are taken from them, in effect at once.
#[utoipa::path(
    put, path = "/v1/rbac-policy", tag = "RBAC policy", request_body = UpdateRbacPolicy,
    responses((status = 200, body = RbacPolicyEnvelope), WriteFailures)
)]
pub(crate) async fn update_rbac_policy(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<UpdateRbacPolicy>,
) -> Result<Json<RbacPolicyEnvelope>> {
    let actions = required("actions", body.actions)?;
    let actions = actions.into_iter().map(NewAction::try_from).collect::<std::result::Result<_, _>>()?;
    Ok(app.update_rbac_policy(&ctx, actions).await?.into())
}
