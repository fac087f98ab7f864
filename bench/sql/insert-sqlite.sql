INSERT INTO api_keys (id, project_id, organization_id, display_name, secret_hash, secret_suffix, created_at, updated_at)
    SELECT randomblob(16), project_id, id, 'Bench', randomblob(32), '0000', 0, 0
    FROM organizations LIMIT 1;
