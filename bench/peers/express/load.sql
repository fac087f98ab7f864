-- The keys file is one key a line; the table keeps only their hashes.
CREATE TEMPORARY TABLE secrets (secret text);
\copy secrets FROM '{{keys}}'
INSERT INTO api_keys (secret_hash) SELECT sha256(convert_to(secret, 'UTF8')) FROM secrets;
CREATE UNIQUE INDEX api_keys_secret_hash ON api_keys (secret_hash);
ANALYZE api_keys;
