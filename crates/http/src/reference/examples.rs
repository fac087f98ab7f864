//! A body for each operation that takes one, and a query where the document names none that is required. Texts with a `$` are shell variables.

/// The example of an operation's body.
pub(super) fn body(operation: &str) -> Option<&'static str> {
    BODIES.iter().find(|(id, _)| *id == operation).map(|(_, body)| *body)
}

/// The query of an operation that needs one of several parameters, or says nothing without one.
pub(super) fn query(operation: &str) -> Option<&'static str> {
    match operation {
        "list_user_role_assignments" => Some("?userId=$USER_ID"),
        "preview_branding" => Some("?primaryColor=%232244cc"),
        _ => None,
    }
}

const BODIES: &[(&str, &str)] = &[
    ("authenticate_api_key", r#"{ "secretToken": "$API_KEY" }"#),
    (
        "verify_api_key",
        r#"{
  "secretToken": "$API_KEY",
  "permissions": "acme.widgets.create"
}"#,
    ),
    (
        "create_api_key",
        r#"{
  "apiKey": {
    "organizationId": "$ORGANIZATION_ID",
    "displayName": "Deploys",
    "roleIds": ["$ROLE_ID"],
    "actions": ["acme.widgets.create"],
    "limits": [
      { "name": "requests", "kind": "WINDOW", "limit": 100, "windowSeconds": 60 }
    ],
    "credits": { "remaining": 1000 }
  }
}"#,
    ),
    ("update_api_key", r#"{ "apiKey": { "displayName": "Nightly deploys" } }"#),
    ("revoke_api_key", r#"{ "reason": "Leaked" }"#),
    ("revoke_api_keys", r#"{ "organizationId": "$ORGANIZATION_ID", "reason": "The contract has ended" }"#),
    ("rotate_api_key", r#"{ "overlapSeconds": 86400 }"#),
    ("who_am_i", r#"{ "secretToken": "$API_KEY" }"#),
    ("add_api_key_credits", r#"{ "amount": 500 }"#),
    ("add_organization_credits", r#"{ "amount": 50000 }"#),
    (
        "create_plan",
        r#"{
  "displayName": "Pro",
  "limits": [
    { "name": "requests", "kind": "BUCKET", "limit": 100, "windowSeconds": 1, "burst": 200 },
    { "name": "monthly", "kind": "QUOTA", "limit": 1000000, "period": "MONTH" }
  ]
}"#,
    ),
    (
        "update_plan",
        r#"{
  "limits": [
    { "name": "monthly", "kind": "QUOTA", "limit": 2000000, "period": "MONTH" }
  ]
}"#,
    ),
    (
        "create_limit_override",
        r#"{
  "namespace": "logins",
  "identifier": "203.0.113.7",
  "limit": 100,
  "windowSeconds": 60
}"#,
    ),
    ("update_limit_override", r#"{ "limit": 0 }"#),
    (
        "check_limits",
        r#"{
  "checks": [
    { "namespace": "logins", "identifier": "203.0.113.8", "limit": 10, "windowSeconds": 60 }
  ]
}"#,
    ),
    (
        "create_api_key_role_assignment",
        r#"{
  "apiKeyRoleAssignment": {
    "apiKeyId": "$API_KEY_ID",
    "roleId": "$ROLE_ID"
  }
}"#,
    ),
    (
        "create_audit_log_event",
        r#"{
  "eventName": "acme.widgets.create",
  "organizationId": "$ORGANIZATION_ID",
  "eventDetails": { "widget": "blue" }
}"#,
    ),
    ("create_backend_api_key", r#"{ "displayName": "Web backend", "scope": "verify" }"#),
    ("update_backend_api_key", r#"{ "displayName": "Billing backend" }"#),
    ("create_organization", r#"{ "displayName": "Globex" }"#),
    ("update_organization", r#"{ "apiKeysEnabled": true, "credits": { "remaining": 100000 } }"#),
    ("update_organization_domains", r#"{ "domains": ["globex.example"] }"#),
    ("update_organization_google_hosted_domains", r#"{ "googleHostedDomains": ["globex.example"] }"#),
    (
        "update_organization_microsoft_tenant_ids",
        r#"{ "microsoftTenantIds": ["5f0cbe5a-9c7c-4b0b-8a64-0d9c3f4c2b11"] }"#,
    ),
    ("create_project", r#"{ "displayName": "Acme, staging", "apiKeySecretTokenPrefix": "acme_test_" }"#),
    ("update_project", r#"{ "displayName": "Acme", "apiKeysEnabled": true }"#),
    ("update_branding", r##"{ "primaryColor": "#2244cc", "detectDarkModeEnabled": true }"##),
    ("create_publishable_key", r#"{ "displayName": "Web app" }"#),
    ("update_publishable_key", r#"{ "displayName": "Mobile app" }"#),
    (
        "update_rbac_policy",
        r#"{
  "actions": [
    { "name": "acme.widgets.read", "description": "See widgets" },
    { "name": "acme.widgets.create", "description": "Create widgets" }
  ]
}"#,
    ),
    (
        "create_user",
        r#"{
  "organizationId": "$ORGANIZATION_ID",
  "email": "ada@globex.example",
  "displayName": "Ada",
  "owner": true
}"#,
    ),
    ("update_user", r#"{ "displayName": "Ada Lovelace" }"#),
    ("create_user_invite", r#"{ "organizationId": "$ORGANIZATION_ID", "email": "grace@globex.example" }"#),
    ("create_user_role_assignment", r#"{ "userId": "$USER_ID", "roleId": "$ROLE_ID" }"#),
    ("create_user_impersonation_token", r#"{ "impersonatedId": "$USER_ID" }"#),
    ("update_passkey", r#"{ "disabled": true }"#),
    ("create_role", r#"{ "displayName": "Reader", "actions": ["acme.widgets.read"] }"#),
    ("update_role", r#"{ "actions": ["acme.widgets.read", "acme.widgets.create"] }"#),
];
