-- Every table belongs to organizations: org_id leads every key. WITHOUT ROWID saves the second b-tree and one written row.
CREATE TABLE organizations (
  org_id TEXT PRIMARY KEY, name TEXT NOT NULL, slug TEXT NOT NULL, tier TEXT NOT NULL CHECK (tier IN ('free', 'pro', 'team')),
  shard INTEGER NOT NULL, settings TEXT NOT NULL, version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX organizations_by_slug ON organizations (slug);

CREATE TABLE api_keys (
  org_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, hint TEXT NOT NULL, role TEXT NOT NULL,
  scopes TEXT NOT NULL, created_by TEXT, rotated_to TEXT, expires_at TEXT, revoked_at TEXT, last_used_at TEXT,
  version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);

CREATE TABLE audit_log (
  org_id TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, actor_type TEXT NOT NULL, actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL, ip TEXT, user_agent TEXT, action TEXT NOT NULL, target_type TEXT NOT NULL, target_id TEXT NOT NULL,
  changes TEXT NOT NULL, request_id TEXT, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE INDEX audit_by_action ON audit_log (org_id, action, id);
CREATE INDEX audit_by_actor ON audit_log (org_id, actor_id, id);
CREATE INDEX audit_by_target ON audit_log (org_id, target_id, id);

CREATE TABLE idempotency_keys (
  org_id TEXT NOT NULL, id TEXT NOT NULL, fingerprint TEXT NOT NULL, reserved_id TEXT NOT NULL, claimed_at TEXT NOT NULL,
  status INTEGER, reply TEXT, headers TEXT, expires_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE INDEX idempotency_by_expiry ON idempotency_keys (org_id, expires_at);

CREATE TABLE accounts (
  org_id TEXT NOT NULL, id TEXT NOT NULL, aws_account_id TEXT NOT NULL, name TEXT NOT NULL, environment TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'ok', 'error')), last_error TEXT, credential TEXT NOT NULL, regions TEXT, services TEXT,
  is_management INTEGER NOT NULL, scan_seq INTEGER NOT NULL, last_scan_id TEXT, last_scan_at TEXT, last_scan_state TEXT,
  connected_at TEXT, version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX accounts_by_aws_id ON accounts (org_id, aws_account_id);

CREATE TABLE runs (
  org_id TEXT NOT NULL, id TEXT NOT NULL, "trigger" TEXT NOT NULL, created_by TEXT, created_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

CREATE TABLE scans (
  org_id TEXT NOT NULL, id TEXT NOT NULL, run_id TEXT NOT NULL, kind TEXT NOT NULL, account_id TEXT, aws_account_id TEXT NOT NULL,
  seq INTEGER NOT NULL, status TEXT NOT NULL, active INTEGER NOT NULL CHECK (active IN (0, 1)), regions TEXT, services TEXT,
  summary TEXT NOT NULL, error_message TEXT, deadline_at TEXT NOT NULL, started_at TEXT, completed_at TEXT,
  version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX scans_by_id ON scans (id);
CREATE INDEX scans_by_status ON scans (org_id, status, id);
CREATE INDEX scans_by_account ON scans (org_id, account_id, id);
CREATE INDEX scans_by_run ON scans (org_id, run_id, id);
CREATE UNIQUE INDEX scans_active ON scans (org_id, account_id) WHERE active = 1;
CREATE INDEX scans_all_active ON scans (active, org_id) WHERE active = 1;

CREATE TABLE scan_tasks (
  org_id TEXT NOT NULL, scan_id TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
  fence INTEGER NOT NULL, attempts INTEGER NOT NULL, lease_until TEXT, outcome TEXT, PRIMARY KEY (org_id, scan_id, id)
) WITHOUT ROWID;

CREATE TABLE coverage (
  org_id TEXT NOT NULL, account_id TEXT NOT NULL, region TEXT NOT NULL, scan_id TEXT NOT NULL, seq INTEGER NOT NULL,
  collectors TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, account_id, region)
) WITHOUT ROWID;

CREATE TABLE resources (
  org_id TEXT NOT NULL, id TEXT NOT NULL, account_id TEXT NOT NULL, aws_account_id TEXT NOT NULL, place TEXT NOT NULL,
  collector TEXT NOT NULL, service TEXT NOT NULL, resource_type TEXT NOT NULL, region TEXT NOT NULL, native_id TEXT NOT NULL,
  arn TEXT, name TEXT, state TEXT, tags TEXT NOT NULL, attributes TEXT NOT NULL, digest TEXT NOT NULL, verdicts TEXT NOT NULL,
  cross_verdicts TEXT NOT NULL, expires_at TEXT, cost_monthly REAL, from_seq INTEGER NOT NULL, resource_created_at TEXT,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE INDEX resources_by_place ON resources (org_id, account_id, place, collector, id, digest, verdicts, cross_verdicts);
CREATE INDEX resources_by_account ON resources (org_id, account_id, id);
CREATE INDEX resources_by_service ON resources (org_id, service, id);
CREATE INDEX resources_by_type ON resources (org_id, resource_type, id);
CREATE INDEX resources_by_region ON resources (org_id, region, id);
CREATE INDEX resources_by_state ON resources (org_id, state, id);
CREATE INDEX resources_by_arn ON resources (org_id, arn);
CREATE INDEX resources_by_expiry ON resources (org_id, resource_type, expires_at, id) WHERE expires_at IS NOT NULL;

CREATE TABLE resource_versions (
  org_id TEXT NOT NULL, account_id TEXT NOT NULL, resource_id TEXT NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL,
  "row" TEXT NOT NULL, ended_at TEXT NOT NULL, PRIMARY KEY (org_id, account_id, resource_id, to_seq)
) WITHOUT ROWID;
CREATE INDEX resource_versions_by_end ON resource_versions (org_id, account_id, to_seq);

CREATE TABLE findings (
  org_id TEXT NOT NULL, id TEXT NOT NULL, account_id TEXT NOT NULL, aws_account_id TEXT NOT NULL, resource_id TEXT NOT NULL,
  place TEXT NOT NULL, collector TEXT NOT NULL, service TEXT NOT NULL, resource_type TEXT NOT NULL, region TEXT NOT NULL,
  resource_arn TEXT, resource_name TEXT, type TEXT NOT NULL, title TEXT NOT NULL, category TEXT NOT NULL, severity TEXT NOT NULL,
  severity_rank INTEGER NOT NULL, summary TEXT NOT NULL, details TEXT NOT NULL, evidence TEXT NOT NULL, digest TEXT NOT NULL,
  savings_monthly REAL, status TEXT NOT NULL CHECK (status IN ('open', 'snoozed', 'ignored', 'resolved')), ignore_reason TEXT,
  snoozed_until TEXT, first_detected_at TEXT NOT NULL, last_detected_at TEXT NOT NULL, detections_before INTEGER NOT NULL,
  runs_at_start INTEGER NOT NULL, verified INTEGER NOT NULL, reopened_count INTEGER NOT NULL, last_scan_id TEXT NOT NULL,
  resolved_at TEXT, version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE INDEX findings_by_rank ON findings (org_id, status, severity_rank, first_detected_at, id);
CREATE INDEX findings_by_type ON findings (org_id, status, type, severity_rank, first_detected_at, id);
CREATE INDEX findings_by_category ON findings (org_id, status, category, severity_rank, first_detected_at, id);
CREATE INDEX findings_by_account ON findings (org_id, status, account_id, severity_rank, first_detected_at, id);
CREATE INDEX findings_by_region ON findings (org_id, status, region, severity_rank, first_detected_at, id);
CREATE INDEX findings_by_service ON findings (org_id, status, service, severity_rank, first_detected_at, id);
CREATE INDEX findings_by_resource_type ON findings (org_id, status, resource_type, severity_rank, first_detected_at, id);
CREATE INDEX findings_by_resource ON findings (org_id, resource_id, status, severity_rank, first_detected_at, id);

CREATE TABLE counters (
  org_id TEXT NOT NULL, subject TEXT NOT NULL, dimension TEXT NOT NULL, value TEXT NOT NULL, total INTEGER NOT NULL,
  open INTEGER NOT NULL, snoozed INTEGER NOT NULL, ignored INTEGER NOT NULL, resolved INTEGER NOT NULL,
  PRIMARY KEY (org_id, subject, dimension, value)
) WITHOUT ROWID;
CREATE INDEX counters_empty ON counters (org_id) WHERE total = 0;

CREATE TABLE webhooks (
  org_id TEXT NOT NULL, id TEXT NOT NULL, url TEXT NOT NULL, description TEXT, events TEXT NOT NULL, secret TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')), disabled_reason TEXT, busy_until TEXT,
  version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

CREATE TABLE events (
  org_id TEXT NOT NULL, id TEXT NOT NULL, names TEXT NOT NULL, data TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE INDEX events_by_time ON events (org_id, created_at);

CREATE TABLE deliveries (
  org_id TEXT NOT NULL, id TEXT NOT NULL, webhook_id TEXT NOT NULL, event_id TEXT NOT NULL, event TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')), attempts INTEGER NOT NULL, next_attempt_at TEXT,
  lease_until TEXT, delivered_at TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX deliveries_once ON deliveries (org_id, webhook_id, event_id);
CREATE INDEX deliveries_by_webhook ON deliveries (org_id, webhook_id, id);
CREATE INDEX deliveries_by_status ON deliveries (org_id, webhook_id, status, id);
CREATE INDEX deliveries_by_event ON deliveries (org_id, webhook_id, event, id);
CREATE INDEX deliveries_due ON deliveries (org_id, webhook_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

CREATE TABLE attempts (
  org_id TEXT NOT NULL, delivery_id TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, duration_ms INTEGER NOT NULL,
  status INTEGER, error TEXT, response TEXT, PRIMARY KEY (org_id, delivery_id, number)
) WITHOUT ROWID;
CREATE INDEX attempts_by_time ON attempts (org_id, at);
