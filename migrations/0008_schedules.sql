-- Scans that start by themselves. `next_tick_at` is the tick a schedule waits for, `next_run_at` that tick with its delay; both null: it waits for none.
CREATE TABLE schedules (
  org_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, cron TEXT NOT NULL, time_zone TEXT NOT NULL, account_ids TEXT, regions TEXT,
  services TEXT, "window" TEXT, enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)), next_tick_at TEXT, next_run_at TEXT, last_run TEXT,
  failing_since TEXT, version INTEGER NOT NULL, created_by TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE INDEX schedules_due ON schedules (next_run_at, org_id) WHERE next_run_at IS NOT NULL;

-- An account that is switched off is not scanned.
ALTER TABLE accounts ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;

ALTER TABLE runs ADD COLUMN schedule_id TEXT;
ALTER TABLE scans ADD COLUMN "trigger" TEXT NOT NULL DEFAULT 'api';
