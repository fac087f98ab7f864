-- Ids are uuids, times microseconds since 1970, hashes bytes, JSON opaque text.
-- Texts compare byte by byte, as in SQLite.

CREATE TABLE instance (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    pepper_fingerprint BYTEA NOT NULL,
    page_token_key BYTEA NOT NULL,
    console_project_id UUID,
    created_at BIGINT NOT NULL
);

CREATE TABLE projects (
    id UUID NOT NULL PRIMARY KEY,
    display_name TEXT COLLATE "C" NOT NULL,
    organization_id UUID,
    log_in_with BIGINT NOT NULL,
    vault_domain TEXT COLLATE "C" NOT NULL UNIQUE,
    cookie_domain TEXT COLLATE "C" NOT NULL,
    email_send_from_domain TEXT COLLATE "C" NOT NULL,
    api_keys_enabled BOOLEAN NOT NULL,
    api_key_prefix TEXT COLLATE "C",
    audit_logs_enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CHECK (NOT api_keys_enabled OR api_key_prefix IS NOT NULL)
);

-- Every prefix that a project's keys ever had.
CREATE TABLE project_api_key_prefixes (
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    prefix TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, prefix)
);

CREATE TABLE project_trusted_domains (
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    domain TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (project_id, domain)
);

CREATE TABLE session_signing_keys (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    public_key BYTEA NOT NULL,
    sealed_private_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX session_signing_keys_by_project ON session_signing_keys (project_id);

CREATE TABLE publishable_keys (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    display_name TEXT COLLATE "C" NOT NULL,
    cross_domain_mode BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX publishable_keys_by_project ON publishable_keys (project_id, id);

CREATE TABLE backend_api_keys (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    display_name TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA NOT NULL UNIQUE,
    revoked_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX backend_api_keys_by_project ON backend_api_keys (project_id, id);

CREATE TABLE organizations (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    display_name TEXT COLLATE "C" NOT NULL,
    log_in_with BIGINT NOT NULL,
    require_mfa BOOLEAN NOT NULL,
    scim_enabled BOOLEAN NOT NULL,
    custom_roles_enabled BOOLEAN NOT NULL,
    api_keys_enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX organizations_by_project ON organizations (project_id, id);
CREATE INDEX organizations_by_time ON organizations (project_id, created_at, id);
CREATE INDEX organizations_by_name ON organizations (project_id, display_name, id);

-- E-mail domains, Google hosted domains and Microsoft tenants of an organization; `list` says which.
CREATE TABLE organization_domains (
    organization_id UUID NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    list BIGINT NOT NULL,
    entry TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, list, entry)
);

CREATE TABLE users (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id UUID NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    display_name TEXT COLLATE "C",
    is_owner BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (project_id, organization_id, email),
    FOREIGN KEY (project_id, organization_id) REFERENCES organizations (project_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX users_by_project ON users (project_id, id);

CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id UUID NOT NULL,
    primary_auth_factor BIGINT NOT NULL,
    refresh_token_hash BYTEA UNIQUE,
    created_at BIGINT NOT NULL,
    last_active_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (project_id, user_id) REFERENCES users (project_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_user ON sessions (project_id, user_id, id);
CREATE INDEX sessions_by_project ON sessions (project_id, id);

CREATE TABLE actions (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    UNIQUE (project_id, name)
);

CREATE TABLE roles (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id UUID,
    display_name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    FOREIGN KEY (project_id, organization_id) REFERENCES organizations (project_id, id) ON DELETE CASCADE
);
CREATE INDEX roles_by_organization ON roles (project_id, organization_id, id);

CREATE TABLE role_actions (
    role_id UUID NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    action_id UUID NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, action_id)
);
CREATE INDEX role_actions_by_action ON role_actions (action_id);

CREATE TABLE api_keys (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id UUID NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA NOT NULL UNIQUE,
    secret_suffix TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    created_by UUID,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    FOREIGN KEY (project_id, organization_id) REFERENCES organizations (project_id, id) ON DELETE CASCADE
);
CREATE INDEX api_keys_by_organization ON api_keys (organization_id, id);

CREATE TABLE api_key_role_assignments (
    id UUID NOT NULL PRIMARY KEY,
    api_key_id UUID NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    role_id UUID NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    UNIQUE (api_key_id, role_id)
);
CREATE INDEX api_key_role_assignments_by_role ON api_key_role_assignments (role_id);

-- Actions given to a key directly.
CREATE TABLE api_key_actions (
    api_key_id UUID NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    action_id UUID NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
    PRIMARY KEY (api_key_id, action_id)
);
CREATE INDEX api_key_actions_by_action ON api_key_actions (action_id);

-- The actor's ids carry no foreign keys: the log outlives what it tells of.
CREATE TABLE audit_log_events (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    organization_id UUID,
    actor_user_id UUID,
    actor_session_id UUID,
    actor_api_key_id UUID,
    actor_backend_api_key_id UUID,
    actor_intermediate_session_id UUID,
    resource_type TEXT COLLATE "C",
    resource_id UUID,
    event_name TEXT COLLATE "C" NOT NULL,
    event_time BIGINT NOT NULL,
    event_details TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_log_events_by_time ON audit_log_events (project_id, event_time DESC, id DESC);
CREATE INDEX audit_log_events_by_organization ON audit_log_events (project_id, organization_id, event_time DESC, id DESC) WHERE organization_id IS NOT NULL;
CREATE INDEX audit_log_events_by_resource ON audit_log_events (project_id, resource_id, event_time DESC, id DESC) WHERE resource_id IS NOT NULL;

-- The change feed. `transaction_id` serves PostgreSQL, where commits overtake each other; see decision 0004.
CREATE TABLE changes (
    position BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    entity_id UUID NOT NULL,
    detail BYTEA,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX changes_by_transaction ON changes (transaction_id, position);

-- Up to where the feed was cut off (a follower that is behind starts from a new snapshot), and where it will be cut
-- off when that place is old enough.
CREATE TABLE change_floor (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    place TEXT COLLATE "C" NOT NULL,
    next_place TEXT COLLATE "C" NOT NULL,
    next_at BIGINT NOT NULL
);
INSERT INTO change_floor (id, place, next_place, next_at) VALUES (1, '1:1:', '1:1:', -62135596800000000);

ALTER TABLE projects ADD FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE SET NULL;
