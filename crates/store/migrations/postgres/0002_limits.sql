-- The life of keys, limits, quotas, credits and plans. Lists are JSON texts; NULL is the empty one.

CREATE TABLE plans (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    display_name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    limits TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX plans_by_project ON plans (project_id, id);

-- Without a burst the rate is a window, with one a bucket.
CREATE TABLE limit_overrides (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    namespace TEXT COLLATE "C" NOT NULL,
    identifier TEXT COLLATE "C" NOT NULL,
    max_amount BIGINT NOT NULL,
    window_seconds BIGINT NOT NULL,
    burst BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (project_id, namespace, identifier)
);
CREATE INDEX limit_overrides_by_project ON limit_overrides (project_id, id);

ALTER TABLE projects ADD COLUMN max_key_lifetime_seconds BIGINT;
ALTER TABLE projects ADD COLUMN time_zone TEXT COLLATE "C" NOT NULL DEFAULT 'UTC';

ALTER TABLE organizations ADD COLUMN plan_id UUID REFERENCES plans (id);
ALTER TABLE organizations ADD COLUMN limits TEXT COLLATE "C";
ALTER TABLE organizations ADD COLUMN ip_allowlist TEXT COLLATE "C";
ALTER TABLE organizations ADD COLUMN has_credits BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE organizations ADD COLUMN max_key_lifetime_seconds BIGINT;
CREATE INDEX organizations_by_plan ON organizations (plan_id) WHERE plan_id IS NOT NULL;

-- Without a `secret_created_at` the secret is as old as the key.
ALTER TABLE api_keys ADD COLUMN description TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN external_id TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN metadata TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN tags TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN prefix TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN secret_created_at BIGINT;
ALTER TABLE api_keys ADD COLUMN former_secret_hash BYTEA;
ALTER TABLE api_keys ADD COLUMN former_secret_suffix TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN former_secret_created_at BIGINT;
ALTER TABLE api_keys ADD COLUMN former_secret_ends_at BIGINT;
ALTER TABLE api_keys ADD COLUMN disabled_at BIGINT;
ALTER TABLE api_keys ADD COLUMN revoke_reason TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN plan_id UUID REFERENCES plans (id);
ALTER TABLE api_keys ADD COLUMN limits TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN ip_allowlist TEXT COLLATE "C";
ALTER TABLE api_keys ADD COLUMN has_credits BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE api_keys ADD COLUMN created_by_user_id UUID;
ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT;
-- Every name is at least ''. Only what reads a whole project says so: without a condition this index would be taken
-- where a better one is there, since most keys are of one project.
CREATE INDEX api_keys_by_project ON api_keys (project_id, id) WHERE display_name >= '';
CREATE INDEX api_keys_by_external_id ON api_keys (project_id, external_id, id) WHERE external_id IS NOT NULL;
CREATE INDEX api_keys_by_plan ON api_keys (plan_id) WHERE plan_id IS NOT NULL;
CREATE UNIQUE INDEX api_keys_by_former_secret_hash ON api_keys (former_secret_hash) WHERE former_secret_hash IS NOT NULL;

-- A balance that was taken away stays as a row without `remaining`, so that its versions never start again.
CREATE TABLE credits (
    subject_id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    api_key_id UUID REFERENCES api_keys (id) ON DELETE CASCADE,
    organization_id UUID REFERENCES organizations (id) ON DELETE CASCADE,
    remaining BIGINT,
    refill_amount BIGINT,
    refill_period TEXT COLLATE "C",
    refill_anchor BIGINT,
    refilled_until BIGINT,
    block_size BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((api_key_id IS NULL) <> (organization_id IS NULL))
);
CREATE INDEX credits_by_api_key ON credits (api_key_id) WHERE api_key_id IS NOT NULL;
CREATE INDEX credits_by_organization ON credits (organization_id) WHERE organization_id IS NOT NULL;

CREATE TABLE quota_usage (
    subject_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    api_key_id UUID REFERENCES api_keys (id) ON DELETE CASCADE,
    organization_id UUID REFERENCES organizations (id) ON DELETE CASCADE,
    period_start BIGINT NOT NULL,
    drawn BIGINT NOT NULL,
    PRIMARY KEY (subject_id, name),
    CHECK ((api_key_id IS NULL) <> (organization_id IS NULL))
);
CREATE INDEX quota_usage_by_api_key ON quota_usage (api_key_id) WHERE api_key_id IS NOT NULL;
CREATE INDEX quota_usage_by_organization ON quota_usage (organization_id) WHERE organization_id IS NOT NULL;

-- What a request with an idempotency key made. The key's id carries no foreign key: a key that is gone was made.
CREATE TABLE idempotency_keys (
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    operation TEXT COLLATE "C" NOT NULL,
    key_hash BYTEA NOT NULL,
    request_hash BYTEA NOT NULL,
    api_key_id UUID NOT NULL,
    sealed_secret BYTEA,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, operation, key_hash)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_with_secret ON idempotency_keys (created_at) WHERE sealed_secret IS NOT NULL;

-- Where a project never had another prefix, its keys have that one.
UPDATE api_keys
SET prefix = (SELECT MIN(p.prefix) FROM project_api_key_prefixes p WHERE p.project_id = api_keys.project_id)
WHERE project_id IN (SELECT p.project_id FROM project_api_key_prefixes p GROUP BY p.project_id HAVING COUNT(*) = 1);
