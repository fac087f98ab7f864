//! The audit log's automatic events (contract §6.1). Details never hold a secret.

use crate::ctx::Ctx;
use lockwork_model::access::{Actor, Permission};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::ApiKey;
use lockwork_model::audit_log_events::{AuditLogEvent, EventActor, ResourceType};
use lockwork_model::backend_api_keys::BackendApiKey;
use lockwork_model::entropy::Entropy;
use lockwork_model::ids::{AuditLogEventId, OrganizationId};
use lockwork_model::organizations::{DomainList, Organization};
use lockwork_model::projects::{LoginMethod, LoginMethods, Project};
use lockwork_model::publishable_keys::PublishableKey;
use lockwork_model::rbac_policy::Action;
use lockwork_model::roles::Role;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// An event in the making.
pub(crate) struct Event {
    name: &'static str,
    resource: Option<(ResourceType, Uuid)>,
    organization: Option<OrganizationId>,
    details: Map<String, Value>,
}

impl Event {
    pub(crate) fn new(name: &'static str, kind: ResourceType, id: Uuid) -> Self {
        Self { name, resource: Some((kind, id)), organization: None, details: Map::new() }
    }

    pub(crate) fn organization(mut self, id: OrganizationId) -> Self {
        self.organization = Some(id);
        self
    }

    pub(crate) fn detail(mut self, name: &str, value: Value) -> Self {
        self.details.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn by(self, ctx: &Ctx, entropy: &mut dyn Entropy) -> AuditLogEvent {
        AuditLogEvent {
            id: AuditLogEventId::generate_at(ctx.now(), entropy),
            organization: self.organization,
            actor: actor(ctx),
            resource: self.resource,
            event_name: self.name.to_owned(),
            event_time: ctx.now(),
            event_details: self.details,
        }
    }
}

/// An operation was refused for want of a permission.
pub(crate) fn refusal(ctx: &Ctx, permission: Permission, entropy: &mut dyn Entropy) -> AuditLogEvent {
    let details = [("permission".to_owned(), json!(format!("{permission:?}")))].into_iter().collect();
    Event { name: "tesseral.access.refuse", resource: None, organization: None, details }.by(ctx, entropy)
}

fn actor(ctx: &Ctx) -> EventActor {
    match ctx.caller().actor() {
        Actor::BackendApiKey(id) => EventActor { backend_api_key: Some(id), ..EventActor::default() },
        Actor::Operator => EventActor::default(),
    }
}

pub(crate) fn api_key(key: &ApiKey) -> Value {
    let mut value = json!({
        "id": key.id,
        "organizationId": key.organization,
        "displayName": key.display_name,
        "createTime": key.created_at,
        "updateTime": key.updated_at,
        "secretTokenSuffix": key.secret_suffix,
        "revoked": key.is_revoked(),
    });
    if let (Some(object), Some(expires_at)) = (value.as_object_mut(), key.expires_at) {
        object.insert("expireTime".into(), json!(expires_at));
    }
    value
}

pub(crate) fn api_key_role_assignment(assignment: &ApiKeyRoleAssignment) -> Value {
    json!({ "id": assignment.id, "apiKeyId": assignment.api_key, "roleId": assignment.role })
}

pub(crate) fn backend_api_key(key: &BackendApiKey) -> Value {
    json!({
        "id": key.id,
        "displayName": key.display_name,
        "scope": key.scope.as_str(),
        "createTime": key.created_at,
        "updateTime": key.updated_at,
        "revoked": key.revoked_at.is_some(),
    })
}

pub(crate) fn publishable_key(key: &PublishableKey) -> Value {
    json!({
        "id": key.id,
        "displayName": key.display_name,
        "crossDomainMode": key.cross_domain_mode,
        "createTime": key.created_at,
        "updateTime": key.updated_at,
    })
}

fn login_methods(methods: LoginMethods) -> Value {
    let enabled = LoginMethod::ALL.into_iter().filter(|&method| methods.has(method)).map(LoginMethod::noun);
    enabled.collect()
}

pub(crate) fn organization(organization: &Organization) -> Value {
    json!({
        "id": organization.id,
        "displayName": organization.display_name,
        "createTime": organization.created_at,
        "updateTime": organization.updated_at,
        "logInWith": login_methods(organization.log_in_with),
        "requireMfa": organization.require_mfa,
        "scimEnabled": organization.scim_enabled,
        "customRolesEnabled": organization.custom_roles_enabled,
        "apiKeysEnabled": organization.api_keys_enabled,
    })
}

pub(crate) fn domains(organization: &Organization, list: DomainList, entries: &[String]) -> Value {
    let mut object = Map::new();
    object.insert("organizationId".into(), json!(organization.id));
    object.insert(list.wire_name().into(), json!(entries));
    Value::Object(object)
}

pub(crate) fn project(project: &Project) -> Value {
    json!({
        "id": project.id,
        "displayName": project.display_name,
        "createTime": project.created_at,
        "updateTime": project.updated_at,
        "apiKeysEnabled": project.api_keys_enabled,
        "apiKeySecretTokenPrefix": project.api_key_prefix.as_ref().map(|prefix| prefix.as_str()),
    })
}

pub(crate) fn rbac_policy(actions: &[Action]) -> Value {
    let action = |action: &Action| json!({ "name": action.name.as_str(), "description": action.description });
    json!({ "actions": actions.iter().map(action).collect::<Vec<_>>() })
}

pub(crate) fn role(role: &Role) -> Value {
    json!({
        "id": role.id,
        "organizationId": role.organization,
        "displayName": role.display_name,
        "description": role.description,
        "actions": role.actions.iter().map(|action| action.as_str()).collect::<Vec<_>>(),
        "createTime": role.created_at,
        "updateTime": role.updated_at,
    })
}
