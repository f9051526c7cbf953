-- What a resource depends on, as AWS names it; the same read backwards stands in `dependencies`.
ALTER TABLE resources ADD COLUMN relations TEXT NOT NULL DEFAULT '[]';

-- Who depends on a thing: on a resource, whether or not it is there, or on a DNS name. `answersAt` is the name's own resource.
CREATE TABLE dependencies (
  org_id TEXT NOT NULL,
  target_id TEXT NOT NULL,
  source_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (org_id, target_id, source_id, kind)
) WITHOUT ROWID;
CREATE INDEX dependencies_by_source ON dependencies (org_id, source_id);

-- What a task that was handed on by another has to do; null: everything of its place.
ALTER TABLE scan_tasks ADD COLUMN work TEXT;

-- What an account spent, day by day, as Cost Explorer tells it: one row however many services.
CREATE TABLE daily_costs (
  org_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  day TEXT NOT NULL,
  currency TEXT NOT NULL,
  total REAL NOT NULL,
  services TEXT NOT NULL,
  estimated INTEGER NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (org_id, account_id, day)
) WITHOUT ROWID;
ALTER TABLE accounts ADD COLUMN monthly_spend REAL;

-- How hard an account may be asked; null: as hard as is usual.
ALTER TABLE accounts ADD COLUMN pace TEXT;

-- What changed between two scans: everything that began or ended in between.
CREATE INDEX resources_by_start ON resources (org_id, account_id, from_seq, id);
CREATE INDEX resource_versions_by_start ON resource_versions (org_id, account_id, from_seq);
