-- The keys that sign the tokens of keyless accounts. They are the deployment's own and lie in its first database.
CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY, public_jwk TEXT NOT NULL, sealed_private TEXT NOT NULL, signs_from TEXT NOT NULL, created_at TEXT NOT NULL
) WITHOUT ROWID;

-- Accounts that nobody has entered yet, in all organizations: what the cron job tries.
CREATE INDEX accounts_unentered ON accounts (updated_at, org_id) WHERE connected_at IS NULL;
