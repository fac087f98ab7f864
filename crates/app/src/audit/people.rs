//! People, and what they sign in with, as the audit log shows them.

use lockwork_model::passkeys::Passkey;
use lockwork_model::sessions::Session;
use lockwork_model::user_invites::UserInvite;
use lockwork_model::user_role_assignments::UserRoleAssignment;
use lockwork_model::users::User;
use lockwork_store::system::ImpersonationToken;
use serde_json::{Value, json};

pub(crate) fn user(user: &User) -> Value {
    json!({
        "id": user.id,
        "organizationId": user.organization,
        "email": user.email,
        "displayName": user.display_name,
        "profilePictureUrl": user.profile_picture_url,
        "owner": user.owner,
        "googleUserId": user.external.google,
        "microsoftUserId": user.external.microsoft,
        "githubUserId": user.external.github,
        "hasAuthenticatorApp": user.has_authenticator_app,
        "createTime": user.created_at,
        "updateTime": user.updated_at,
    })
}

pub(crate) fn user_invite(invite: &UserInvite) -> Value {
    json!({
        "id": invite.id,
        "organizationId": invite.organization,
        "email": invite.email,
        "owner": invite.owner,
        "createTime": invite.created_at,
        "updateTime": invite.updated_at,
    })
}

pub(crate) fn user_role_assignment(assignment: &UserRoleAssignment) -> Value {
    json!({ "id": assignment.id, "userId": assignment.user, "roleId": assignment.role })
}

pub(crate) fn passkey(passkey: &Passkey) -> Value {
    json!({
        "id": passkey.id,
        "userId": passkey.user,
        "disabled": passkey.disabled,
        "aaguid": passkey.aaguid,
        "rpId": passkey.rp_id,
        "createTime": passkey.created_at,
        "updateTime": passkey.updated_at,
    })
}

pub(crate) fn session(session: &Session) -> Value {
    json!({
        "id": session.id,
        "userId": session.user,
        "primaryAuthFactor": session.primary_auth_factor,
        "impersonatorUserId": session.impersonator,
        "revoked": session.revoked,
        "createTime": session.created_at,
        "lastActiveTime": session.last_active_at,
        "expireTime": session.expires_at,
    })
}

pub(crate) fn user_impersonation_token(token: &ImpersonationToken) -> Value {
    json!({
        "id": token.id,
        "impersonatorId": token.impersonator,
        "impersonatedId": token.user,
        "createTime": token.created_at,
        "expireTime": token.expires_at,
    })
}
