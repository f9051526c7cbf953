-- Accounts that were disconnected and whose rows are still being taken out.
CREATE TABLE purges (
  org_id TEXT NOT NULL, account_id TEXT NOT NULL, requested_at TEXT NOT NULL, PRIMARY KEY (org_id, account_id)
) WITHOUT ROWID;
