INSERT INTO api_keys (id, project_id, organization_id, display_name, secret_hash, secret_suffix, created_at, updated_at)
    SELECT gen_random_uuid(), project_id, id, 'Bench', sha256(uuid_send(gen_random_uuid())), '0000', 0, 0
    FROM organizations LIMIT 1;
