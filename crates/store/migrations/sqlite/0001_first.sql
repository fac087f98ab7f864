-- Ids are 16-byte uuids, times microseconds since 1970, hashes bytes, flags 0 or 1, JSON opaque text.
-- Clustered by id, so that a start can read ranges of keys in one sweep.

CREATE TABLE instance (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    pepper_fingerprint BLOB NOT NULL,
    page_token_key BLOB NOT NULL,
    console_project_id BLOB,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE projects (
    id BLOB NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    organization_id BLOB REFERENCES organizations (id) ON DELETE SET NULL,
    log_in_with INTEGER NOT NULL,
    vault_domain TEXT NOT NULL UNIQUE,
    cookie_domain TEXT NOT NULL,
    email_send_from_domain TEXT NOT NULL,
    api_keys_enabled INTEGER NOT NULL,
    api_key_prefix TEXT,
    audit_logs_enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (api_keys_enabled = 0 OR api_key_prefix IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- Every prefix that a project's keys ever had.
CREATE TABLE project_api_key_prefixes (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    prefix TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, prefix)
) STRICT, WITHOUT ROWID;

CREATE TABLE project_trusted_domains (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    PRIMARY KEY (project_id, domain)
) STRICT, WITHOUT ROWID;

CREATE TABLE session_signing_keys (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    public_key BLOB NOT NULL,
    sealed_private_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_signing_keys_by_project ON session_signing_keys (project_id);

CREATE TABLE publishable_keys (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    cross_domain_mode INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX publishable_keys_by_project ON publishable_keys (project_id, id);

CREATE TABLE backend_api_keys (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    scope TEXT NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE,
    revoked_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX backend_api_keys_by_project ON backend_api_keys (project_id, id);

CREATE TABLE organizations (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    log_in_with INTEGER NOT NULL,
    require_mfa INTEGER NOT NULL,
    scim_enabled INTEGER NOT NULL,
    custom_roles_enabled INTEGER NOT NULL,
    api_keys_enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX organizations_by_project ON organizations (project_id, id);
CREATE INDEX organizations_by_time ON organizations (project_id, created_at, id);
CREATE INDEX organizations_by_name ON organizations (project_id, display_name, id);

-- E-mail domains, Google hosted domains and Microsoft tenants of an organization; `list` says which.
CREATE TABLE organization_domains (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    list INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (organization_id, list, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id BLOB NOT NULL,
    email TEXT NOT NULL,
    display_name TEXT,
    is_owner INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (project_id, organization_id, email),
    FOREIGN KEY (project_id, organization_id) REFERENCES organizations (project_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_project ON users (project_id, id);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL,
    primary_auth_factor INTEGER NOT NULL,
    refresh_token_hash BLOB UNIQUE,
    created_at INTEGER NOT NULL,
    last_active_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (project_id, user_id, id);
CREATE INDEX sessions_by_project ON sessions (project_id, id);

CREATE TABLE actions (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    UNIQUE (project_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE roles (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id BLOB,
    display_name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    FOREIGN KEY (project_id, organization_id) REFERENCES organizations (project_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX roles_by_organization ON roles (project_id, organization_id, id);

CREATE TABLE role_actions (
    role_id BLOB NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    action_id BLOB NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, action_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX role_actions_by_action ON role_actions (action_id);

CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id BLOB NOT NULL,
    display_name TEXT NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE,
    secret_suffix TEXT NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    created_by BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    FOREIGN KEY (project_id, organization_id) REFERENCES organizations (project_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX api_keys_by_organization ON api_keys (organization_id, id);

CREATE TABLE api_key_role_assignments (
    id BLOB NOT NULL PRIMARY KEY,
    api_key_id BLOB NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    role_id BLOB NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    UNIQUE (api_key_id, role_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_role_assignments_by_role ON api_key_role_assignments (role_id);

-- Actions given to a key directly.
CREATE TABLE api_key_actions (
    api_key_id BLOB NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    action_id BLOB NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
    PRIMARY KEY (api_key_id, action_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_actions_by_action ON api_key_actions (action_id);

-- The actor's ids carry no foreign keys: the log outlives what it tells of.
CREATE TABLE audit_log_events (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id BLOB,
    actor_user_id BLOB,
    actor_session_id BLOB,
    actor_api_key_id BLOB,
    actor_backend_api_key_id BLOB,
    actor_intermediate_session_id BLOB,
    resource_type TEXT,
    resource_id BLOB,
    event_name TEXT NOT NULL,
    event_time INTEGER NOT NULL,
    event_details TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_log_events_by_time ON audit_log_events (project_id, event_time DESC, id DESC);
CREATE INDEX audit_log_events_by_organization ON audit_log_events (project_id, organization_id, event_time DESC, id DESC) WHERE organization_id IS NOT NULL;
CREATE INDEX audit_log_events_by_resource ON audit_log_events (project_id, resource_id, event_time DESC, id DESC) WHERE resource_id IS NOT NULL;

-- The change feed. `transaction_id` serves PostgreSQL, where commits overtake each other; see decision 0004.
CREATE TABLE changes (
    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    transaction_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    entity_id BLOB NOT NULL,
    detail BLOB,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX changes_by_transaction ON changes (transaction_id, position);

-- Up to where the feed was cut off (a follower that is behind starts from a new snapshot), and where it will be cut
-- off when that place is old enough.
CREATE TABLE change_floor (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    place TEXT NOT NULL,
    next_place TEXT NOT NULL,
    next_at INTEGER NOT NULL
) STRICT;
INSERT INTO change_floor (id, place, next_place, next_at) VALUES (1, '1:1:', '1:1:', -62135596800000000);
