-- How people sign in. What is sealed, and the state of a passkey, is opaque here.

ALTER TABLE organizations ADD COLUMN logins_disabled INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE organizations ADD COLUMN personal_api_keys_enabled INTEGER NOT NULL DEFAULT FALSE;
CREATE INDEX organization_domains_by_entry ON organization_domains (list, entry);

ALTER TABLE projects ADD COLUMN logins_disabled INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE projects ADD COLUMN redirect_uri TEXT;
ALTER TABLE projects ADD COLUMN after_login_redirect_uri TEXT;
ALTER TABLE projects ADD COLUMN after_signup_redirect_uri TEXT;
ALTER TABLE projects ADD COLUMN self_serve_create_users INTEGER NOT NULL DEFAULT TRUE;
ALTER TABLE projects ADD COLUMN self_serve_create_organizations INTEGER NOT NULL DEFAULT TRUE;
ALTER TABLE projects ADD COLUMN auto_create_organizations INTEGER NOT NULL DEFAULT FALSE;
CREATE INDEX projects_by_staff ON projects (organization_id) WHERE organization_id IS NOT NULL;

-- A project's own clients at sign-in providers.
CREATE TABLE project_oauth_clients (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    provider INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    sealed_client_secret BLOB NOT NULL,
    PRIMARY KEY (project_id, provider)
) STRICT, WITHOUT ROWID;

ALTER TABLE users ADD COLUMN profile_picture_url TEXT;
ALTER TABLE users ADD COLUMN google_user_id TEXT;
ALTER TABLE users ADD COLUMN microsoft_user_id TEXT;
ALTER TABLE users ADD COLUMN github_user_id TEXT;
ALTER TABLE users ADD COLUMN password_hash TEXT;
ALTER TABLE users ADD COLUMN sealed_authenticator_secret BLOB;
ALTER TABLE users ADD COLUMN authenticator_last_step INTEGER;
CREATE INDEX users_by_organization ON users (project_id, organization_id, id);
CREATE INDEX users_by_email ON users (project_id, email, id, organization_id);
CREATE UNIQUE INDEX users_by_google ON users (project_id, google_user_id, organization_id) WHERE google_user_id IS NOT NULL;
CREATE UNIQUE INDEX users_by_microsoft ON users (project_id, microsoft_user_id, organization_id) WHERE microsoft_user_id IS NOT NULL;
CREATE UNIQUE INDEX users_by_github ON users (project_id, github_user_id, organization_id) WHERE github_user_id IS NOT NULL;

-- What stands in for an authenticator app, each once.
CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;

-- Second factors that signed-in people are setting up.
CREATE TABLE user_challenges (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    sealed_state BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_challenges_by_end ON user_challenges (expires_at);

CREATE TABLE user_role_assignments (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL,
    role_id BLOB NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    UNIQUE (user_id, role_id),
    FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX user_role_assignments_by_project ON user_role_assignments (project_id, id);
CREATE INDEX user_role_assignments_by_user ON user_role_assignments (project_id, user_id, id);
CREATE INDEX user_role_assignments_by_role ON user_role_assignments (role_id, id);

CREATE TABLE user_invites (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id BLOB NOT NULL,
    email TEXT NOT NULL,
    is_owner INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (project_id, organization_id, email),
    FOREIGN KEY (project_id, organization_id) REFERENCES organizations (project_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX user_invites_by_project ON user_invites (project_id, id);
CREATE INDEX user_invites_by_organization ON user_invites (project_id, organization_id, id);
CREATE INDEX user_invites_by_email ON user_invites (project_id, email, id, organization_id);

CREATE TABLE passkeys (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL,
    credential_id BLOB NOT NULL,
    public_key_pem TEXT NOT NULL,
    aaguid TEXT NOT NULL,
    rp_id TEXT NOT NULL,
    state TEXT NOT NULL,
    is_disabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (project_id, credential_id),
    FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_by_project ON passkeys (project_id, id);
CREATE INDEX passkeys_by_user ON passkeys (project_id, user_id, id);

-- An impersonator is of another project and may be gone. The relayed token hands a session to an app on another domain,
-- once; the relayed refresh token comes to be as it does.
ALTER TABLE sessions ADD COLUMN impersonator_user_id BLOB;
ALTER TABLE sessions ADD COLUMN relayed_token_hash BLOB;
ALTER TABLE sessions ADD COLUMN relayed_token_expires_at INTEGER;
ALTER TABLE sessions ADD COLUMN relayed_state TEXT;
ALTER TABLE sessions ADD COLUMN relayed_refresh_token_hash BLOB;
CREATE UNIQUE INDEX sessions_by_relayed_token ON sessions (relayed_token_hash) WHERE relayed_token_hash IS NOT NULL;
CREATE UNIQUE INDEX sessions_by_relayed_refresh_token ON sessions (relayed_refresh_token_hash) WHERE relayed_refresh_token_hash IS NOT NULL;

-- Logins in progress.
CREATE TABLE logins (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    secret_hash BLOB NOT NULL UNIQUE,
    sealed_progress BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX logins_by_end ON logins (expires_at);

-- Wrong proofs. The subject is the hash of whatever is guessed at, which need not exist.
CREATE TABLE lockouts (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    subject BLOB NOT NULL,
    count INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX lockouts_by_time ON lockouts (last_at);

-- Addresses that whoever has this id at a provider has proven before.
CREATE TABLE verified_emails (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    provider INTEGER NOT NULL,
    provider_user_id TEXT NOT NULL,
    PRIMARY KEY (project_id, email, provider, provider_user_id)
) STRICT, WITHOUT ROWID;

-- How many mails went out on a day; days count from 1970.
CREATE TABLE mail_counts (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (project_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_counts_by_day ON mail_counts (day);

-- `project_id` is that of the user to be; the impersonator is of the console's.
CREATE TABLE impersonation_tokens (
    secret_hash BLOB NOT NULL PRIMARY KEY,
    id BLOB NOT NULL,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    impersonator_user_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX impersonation_tokens_by_user ON impersonation_tokens (project_id, user_id);
CREATE INDEX impersonation_tokens_by_end ON impersonation_tokens (expires_at);

CREATE TABLE sign_up_links (
    secret_hash BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (project_id, organization_id) REFERENCES organizations (project_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_up_links_by_organization ON sign_up_links (project_id, organization_id);
CREATE INDEX sign_up_links_by_end ON sign_up_links (expires_at);

ALTER TABLE audit_log_events ADD COLUMN actor_console_user_id BLOB;
ALTER TABLE audit_log_events ADD COLUMN actor_console_session_id BLOB;
ALTER TABLE audit_log_events ADD COLUMN actor_impersonator_user_id BLOB;
