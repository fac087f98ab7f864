SELECT id, organization_id, display_name, secret_hash, revoked_at, expires_at FROM api_keys;
SELECT api_key_id, role_id FROM api_key_role_assignments;
