//! People to store, and scopes as narrow as theirs.

use crate::fixtures::{World, at, bytes, hash, organization, uuid};
use lockwork_model::access::{Caller, Member, Permission, Scope, SignedIn};
use lockwork_model::email::EmailAddress;
use lockwork_model::ids::{
    OrganizationId, PasskeyId, ProjectId, SessionId, UserId, UserInviteId, UserRoleAssignmentId,
};
use lockwork_model::organizations::Organization;
use lockwork_model::passkeys::Passkey;
use lockwork_model::secrets::SecretHash;
use lockwork_model::sessions::{PrimaryAuthFactor, Session};
use lockwork_model::user_invites::UserInvite;
use lockwork_model::user_role_assignments::UserRoleAssignment;
use lockwork_model::users::{ExternalIds, User};

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse("email", text).unwrap()
}

pub(crate) fn user(organization: OrganizationId, address: &str) -> User {
    User {
        id: UserId::from_uuid(uuid()),
        organization,
        email: email(address),
        display_name: Some("Ada Lovelace".into()),
        profile_picture_url: Some("https://example.com/ada.png".into()),
        owner: true,
        external: ExternalIds::default(),
        has_password: false,
        has_authenticator_app: false,
        created_at: at(11),
        updated_at: at(12),
    }
}

pub(crate) fn session(user: &User) -> Session {
    Session {
        id: SessionId::from_uuid(uuid()),
        user: user.id,
        primary_auth_factor: PrimaryAuthFactor::Google,
        impersonator: None,
        revoked: false,
        created_at: at(20),
        last_active_at: at(21),
        expires_at: at(100),
    }
}

pub(crate) fn passkey(user: &User) -> Passkey {
    Passkey {
        id: PasskeyId::from_uuid(uuid()),
        user: user.id,
        disabled: false,
        credential_id: bytes().to_vec(),
        public_key_pem: "-----BEGIN PUBLIC KEY-----".into(),
        aaguid: uuid().to_string(),
        rp_id: "login.example.com".into(),
        state: "{}".into(),
        created_at: at(30),
        updated_at: at(31),
    }
}

pub(crate) fn invite(organization: OrganizationId, address: &str) -> UserInvite {
    UserInvite {
        id: UserInviteId::from_uuid(uuid()),
        organization,
        email: email(address),
        owner: false,
        created_at: at(40),
        updated_at: at(41),
    }
}

pub(crate) fn assignment(user: &User, role: lockwork_model::ids::RoleId) -> UserRoleAssignment {
    UserRoleAssignment {
        id: UserRoleAssignmentId::from_uuid(uuid()),
        user: user.id,
        role,
        created_at: at(50),
    }
}

fn member(project: ProjectId, organization: OrganizationId, user: UserId, owner: bool) -> Caller {
    let who = SignedIn { user, session: SessionId::from_uuid(uuid()), impersonator: None };
    let member = Member {
        who,
        organization,
        owner,
        reads_api_keys: false,
        writes_api_keys: false,
        has_personal_api_keys: true,
    };
    Caller::member(project, member)
}

/// The scope of an owner: one organization.
pub(crate) fn owner_scope(organization: &Organization) -> Scope {
    let caller = member(organization.project, organization.id, UserId::from_uuid(uuid()), true);
    caller.require(Permission::UsersWrite).unwrap()
}

/// The scope of somebody who may have API keys of their own: these.
pub(crate) fn own_keys_scope(organization: &Organization, user: UserId) -> Scope {
    let caller = member(organization.project, organization.id, user, false);
    caller.require(Permission::ApiKeysWrite).unwrap()
}

impl World {
    /// One more organization of the same project.
    pub(crate) async fn another_organization(&self, display_name: &str) -> Organization {
        let organization = organization(self.project.id, display_name);
        let mut tx = self.begin().await;
        tx.organizations(&self.scope).insert(&organization).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        organization
    }

    pub(crate) async fn insert_user(&self, user: &User) {
        let mut tx = self.begin().await;
        tx.users(&self.scope).insert(user).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
    }

    /// A user of the world's organization.
    pub(crate) async fn a_user(&self, address: &str) -> User {
        let user = user(self.organization.id, address);
        self.insert_user(&user).await;
        user
    }

    /// Adds a session and answers the hash of its refresh token.
    pub(crate) async fn insert_session(&self, session: &Session) -> SecretHash {
        let refresh = hash();
        let mut tx = self.begin().await;
        tx.sessions(&self.scope).insert(session, &refresh, None).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
        refresh
    }

    pub(crate) async fn insert_passkey(&self, passkey: &Passkey) {
        let mut tx = self.begin().await;
        tx.passkeys(&self.scope).insert(passkey).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
    }

    pub(crate) async fn insert_invite(&self, invite: &UserInvite) {
        let mut tx = self.begin().await;
        tx.user_invites(&self.scope).upsert(invite).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
    }

    pub(crate) async fn insert_assignment(&self, assignment: &UserRoleAssignment) {
        let mut tx = self.begin().await;
        tx.user_role_assignments(&self.scope).insert(assignment).await.unwrap();
        tx.commit_unaudited(at(0)).await.unwrap();
    }
}
