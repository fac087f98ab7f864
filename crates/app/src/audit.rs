//! The audit log's automatic events (contract §6.1). Details never hold a secret.

mod people;

pub(crate) use people::{
    passkey, session, user, user_impersonation_token, user_invite, user_role_assignment,
};

use crate::branding::WholeBranding;
use crate::ctx::Ctx;
use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use lockwork_model::access::{Actor, Permission};
use lockwork_model::api_key_role_assignments::ApiKeyRoleAssignment;
use lockwork_model::api_keys::{ApiKey, Lifecycle, Lifetime};
use lockwork_model::audit_log_events::{AuditLogEvent, EventActor, ResourceType};
use lockwork_model::backend_api_keys::BackendApiKey;
use lockwork_model::entropy::Entropy;
use lockwork_model::ids::{AuditLogEventId, OrganizationId};
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::limit_overrides::LimitOverride;
use lockwork_model::limits::{Credits, Limit, LimitKind, Rate};
use lockwork_model::organizations::{DomainList, Organization};
use lockwork_model::plans::Plan;
use lockwork_model::projects::{LoginMethod, LoginMethods, Project};
use lockwork_model::publishable_keys::PublishableKey;
use lockwork_model::rbac_policy::Action;
use lockwork_model::roles::Role;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
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
        Actor::ConsoleUser(who) => EventActor {
            console_user: Some(who.user),
            console_session: Some(who.session),
            impersonator: who.impersonator,
            ..EventActor::default()
        },
        Actor::User(who) => EventActor {
            user: Some(who.user),
            session: Some(who.session),
            impersonator: who.impersonator,
            ..EventActor::default()
        },
        Actor::Login(id) => EventActor { intermediate_session: Some(id), ..EventActor::default() },
    }
}

/// Pictures are told apart by their hashes.
pub(crate) fn branding((branding, images): &WholeBranding) -> Value {
    let mut object = Map::new();
    let mut set = |name: &str, value: Value| drop(object.insert(name.to_owned(), value));
    if let Some(color) = branding.primary_color {
        set("primaryColor", json!(color.to_string()));
    }
    if let Some(color) = branding.dark_mode_primary_color {
        set("darkModePrimaryColor", json!(color.to_string()));
    }
    set("detectDarkModeEnabled", json!(branding.detect_dark_mode));
    set("logInLayout", json!(branding.layout.as_str()));
    for (kind, image) in images {
        let (media_type, hash) = (image.media_type().as_str(), Sha256::digest(image.bytes()));
        set(kind.field(), json!({ "mediaType": media_type, "sha256": BASE64.encode(hash) }));
    }
    Value::Object(object)
}

pub(crate) fn api_key(key: &ApiKey) -> Value {
    let mut object = Map::new();
    let mut set = |name: &str, value: Value| drop(object.insert(name.to_owned(), value));
    set("id", json!(key.id));
    set("organizationId", json!(key.organization));
    set("displayName", json!(key.display_name));
    set("createTime", json!(key.created_at));
    set("updateTime", json!(key.updated_at));
    set("secretTokenSuffix", json!(key.secret.suffix));
    set("enabled", json!(key.is_enabled()));
    set("revoked", json!(key.is_revoked()));
    if let Lifecycle::Revoked { reason: Some(reason), .. } = &key.lifecycle {
        set("revokeReason", json!(reason));
    }
    if let Some(expires_at) = key.expires_at {
        set("expireTime", json!(expires_at));
    }
    if !key.description.is_empty() {
        set("description", json!(key.description));
    }
    if let Some(external_id) = &key.external_id {
        set("externalId", json!(external_id));
    }
    if let Some(metadata) = &key.metadata {
        set("metadata", Value::Object(metadata.object()));
    }
    if !key.tags.is_empty() {
        set("tags", json!(key.tags));
    }
    if let Some(plan) = key.plan {
        set("planId", json!(plan));
    }
    if !key.limits.is_empty() {
        set("limits", limits(&key.limits));
    }
    if !key.ip_allowlist.is_empty() {
        set("ipAllowlist", networks(&key.ip_allowlist));
    }
    if let Some(former) = &key.former_secret {
        let ends_at = former.ends_at;
        set("formerSecret", json!({ "suffix": former.secret.suffix, "expireTime": ends_at }));
    }
    Value::Object(object)
}

/// Limits, with the names that they have on the wire.
pub(crate) fn limits(limits: &[Limit]) -> Value {
    let limit = |limit: &Limit| {
        let mut value = match limit.kind {
            LimitKind::Rate(rate) => self::rate(rate),
            LimitKind::Quota { period, anchor } => {
                json!({ "kind": "QUOTA", "period": period.as_str(), "anchorTime": anchor })
            }
        };
        if let Some(object) = value.as_object_mut() {
            object.insert("name".into(), json!(limit.name));
            object.insert("limit".into(), json!(limit.limit));
            object.insert("onlyWhenNamed".into(), json!(limit.only_when_named));
        }
        value
    };
    limits.iter().map(limit).collect()
}

fn rate(rate: Rate) -> Value {
    match rate {
        Rate::Window { seconds } => json!({ "kind": rate.kind(), "windowSeconds": seconds }),
        Rate::Bucket { seconds, burst } => {
            json!({ "kind": rate.kind(), "windowSeconds": seconds, "burst": burst })
        }
    }
}

fn networks(networks: &IpNetworks) -> Value {
    networks.iter().map(ToString::to_string).collect()
}

pub(crate) fn credits(credits: &Credits) -> Value {
    let refill = credits.refill.map(|refill| {
        json!({ "amount": refill.amount, "period": refill.period.as_str(), "anchorTime": refill.anchor })
    });
    json!({ "remaining": credits.remaining, "refill": refill, "blockSize": credits.block_size })
}

pub(crate) fn plan(plan: &Plan) -> Value {
    json!({
        "id": plan.id,
        "displayName": plan.display_name,
        "description": plan.description,
        "limits": limits(&plan.limits),
        "createTime": plan.created_at,
        "updateTime": plan.updated_at,
    })
}

pub(crate) fn limit_override(limit: &LimitOverride) -> Value {
    let mut value = rate(limit.rate);
    if let Some(object) = value.as_object_mut() {
        object.insert("id".into(), json!(limit.id));
        object.insert("namespace".into(), json!(limit.identifier.namespace));
        object.insert("identifier".into(), json!(limit.identifier.identifier));
        object.insert("limit".into(), json!(limit.limit));
        object.insert("createTime".into(), json!(limit.created_at));
        object.insert("updateTime".into(), json!(limit.updated_at));
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
        "personalApiKeysEnabled": organization.personal_api_keys_enabled,
        "loginsDisabled": organization.logins_disabled,
        "planId": organization.plan,
        "limits": limits(&organization.limits),
        "ipAllowlist": networks(&organization.ip_allowlist),
        "maxApiKeyLifetimeSeconds": organization.max_key_lifetime.map(Lifetime::seconds),
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
        "logInWith": login_methods(project.log_in_with),
        "loginsDisabled": project.logins_disabled,
        "auditLogsEnabled": project.audit_logs_enabled,
        "vaultDomain": project.vault_domain,
        "cookieDomain": project.cookie_domain,
        "trustedDomains": project.trusted_domains,
        "redirectUri": project.redirects.default,
        "afterLoginRedirectUri": project.redirects.after_login,
        "afterSignupRedirectUri": project.redirects.after_signup,
        "selfServeCreateUsers": project.self_serve.create_users,
        "selfServeCreateOrganizations": project.self_serve.create_organizations,
        "autoCreateOrganizations": project.self_serve.auto_create_organizations,
        "apiKeysEnabled": project.api_keys_enabled,
        "apiKeySecretTokenPrefix": project.api_key_prefix.as_ref().map(|prefix| prefix.as_str()),
        "maxApiKeyLifetimeSeconds": project.max_key_lifetime.map(Lifetime::seconds),
        "timeZone": project.time_zone.name(),
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
