-- How things stood and what happened on a day, kept for ever. Account '': the whole organization. What stood is null while nobody has looked that day.
CREATE TABLE daily_stats (
  org_id TEXT NOT NULL, account_id TEXT NOT NULL, day TEXT NOT NULL, open_low INTEGER, open_medium INTEGER, open_high INTEGER,
  open_critical INTEGER, resources INTEGER, savings INTEGER, spend REAL, opened_low INTEGER NOT NULL DEFAULT 0,
  opened_medium INTEGER NOT NULL DEFAULT 0, opened_high INTEGER NOT NULL DEFAULT 0, opened_critical INTEGER NOT NULL DEFAULT 0,
  resolved_low INTEGER NOT NULL DEFAULT 0, resolved_medium INTEGER NOT NULL DEFAULT 0, resolved_high INTEGER NOT NULL DEFAULT 0,
  resolved_critical INTEGER NOT NULL DEFAULT 0, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, account_id, day)
) WITHOUT ROWID;

-- What was told of the end of a resource: the fewest days before it.
CREATE TABLE expiry_notices (
  org_id TEXT NOT NULL, resource_id TEXT NOT NULL, expires_at TEXT NOT NULL, days INTEGER NOT NULL, PRIMARY KEY (org_id, resource_id)
) WITHOUT ROWID;
