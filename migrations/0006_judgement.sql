-- What people decide about a finding, who has to do with it, and what scores are made of.
-- `decisive`: digest of the facts a decision stands on. `risk_log`: −ln(1 − p), so that risks are added up. `exempt`: no suppression takes it.
ALTER TABLE findings ADD COLUMN decisive TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN ignored_until TEXT;
ALTER TABLE findings ADD COLUMN suppression_id TEXT;
ALTER TABLE findings ADD COLUMN exempt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE findings ADD COLUMN note TEXT;
ALTER TABLE findings ADD COLUMN assignee TEXT;
ALTER TABLE findings ADD COLUMN due_at TEXT;
ALTER TABLE findings ADD COLUMN ticket TEXT;
ALTER TABLE findings ADD COLUMN decided_by TEXT;
ALTER TABLE findings ADD COLUMN decided_at TEXT;
ALTER TABLE findings ADD COLUMN exposure TEXT NOT NULL DEFAULT 'internal';
ALTER TABLE findings ADD COLUMN environment TEXT NOT NULL DEFAULT 'production';
ALTER TABLE findings ADD COLUMN risk_log REAL NOT NULL DEFAULT 0;
ALTER TABLE findings ADD COLUMN savings_counted REAL NOT NULL DEFAULT 0;
CREATE INDEX findings_snoozed ON findings (snoozed_until, org_id) WHERE status = 'snoozed';
CREATE INDEX findings_excepted ON findings (org_id, ignored_until, type) WHERE status = 'ignored' AND ignored_until IS NOT NULL;
CREATE INDEX findings_ignored ON findings (ignored_until, org_id) WHERE status = 'ignored' AND ignored_until IS NOT NULL AND suppression_id IS NULL;
CREATE INDEX findings_by_suppression ON findings (org_id, suppression_id, severity_rank, first_detected_at, id) WHERE suppression_id IS NOT NULL;
CREATE INDEX findings_by_assignee ON findings (org_id, status, assignee, severity_rank, first_detected_at, id) WHERE assignee IS NOT NULL;

-- Sums of a resource's findings, and the list of everything with a date.
ALTER TABLE resources ADD COLUMN risk_log REAL NOT NULL DEFAULT 0;
ALTER TABLE resources ADD COLUMN savings_monthly REAL;
CREATE INDEX resources_by_risk ON resources (org_id, account_id, risk_log, id) WHERE risk_log > 0;
CREATE INDEX resources_by_lapse ON resources (org_id, expires_at, id) WHERE expires_at IS NOT NULL;
CREATE INDEX resources_by_account_lapse ON resources (org_id, account_id, expires_at, id) WHERE expires_at IS NOT NULL;

-- What the checks said of an account on a day, counted; account '' is the whole organization.
CREATE TABLE daily_verdicts (
  org_id TEXT NOT NULL, account_id TEXT NOT NULL, day TEXT NOT NULL, checks TEXT NOT NULL, updated_at TEXT NOT NULL,
  PRIMARY KEY (org_id, account_id, day)
) WITHOUT ROWID;

-- One for each account and check with open findings; the counts are kept by the batches that change findings. Money in cents.
-- `unranked`: the counts have changed since the priority was worked out.
CREATE TABLE recommendations (
  org_id TEXT NOT NULL, account_id TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL DEFAULT '', category TEXT,
  low INTEGER NOT NULL, medium INTEGER NOT NULL, high INTEGER NOT NULL, critical INTEGER NOT NULL,
  exposed INTEGER NOT NULL, production INTEGER NOT NULL, savings INTEGER NOT NULL, savings_counted INTEGER NOT NULL,
  priority REAL NOT NULL DEFAULT 0, unranked INTEGER NOT NULL DEFAULT 1, risk_reduction REAL,
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'dismissed')),
  reason TEXT, decided_by TEXT, decided_at TEXT, version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  PRIMARY KEY (org_id, account_id, type)
) WITHOUT ROWID;
CREATE UNIQUE INDEX recommendations_by_id ON recommendations (org_id, id) WHERE id <> '';
CREATE INDEX recommendations_by_priority ON recommendations (org_id, status, priority, id) WHERE low + medium + high + critical > 0;
CREATE INDEX recommendations_by_account ON recommendations (org_id, status, account_id, priority, id) WHERE low + medium + high + critical > 0;
CREATE INDEX recommendations_by_type ON recommendations (org_id, status, type, priority, id) WHERE low + medium + high + critical > 0;
CREATE INDEX recommendations_by_category ON recommendations (org_id, status, category, priority, id) WHERE low + medium + high + critical > 0;
CREATE INDEX recommendations_unranked ON recommendations (org_id) WHERE unranked = 1;
CREATE INDEX recommendations_empty ON recommendations (org_id) WHERE low + medium + high + critical = 0 AND status = 'open';

-- Findings that are nobody's to do anything about, by a condition.
-- `sweep_after`: existing findings with ids up to this one have been looked at; NULL: all of them. `ended_at`: it takes nothing any more.
CREATE TABLE suppressions (
  org_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, condition TEXT NOT NULL, reason TEXT NOT NULL, owner TEXT,
  expires_at TEXT, ended_at TEXT, deleted INTEGER NOT NULL DEFAULT 0, sweep_after TEXT, version INTEGER NOT NULL, created_by TEXT,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE INDEX suppressions_unswept ON suppressions (org_id, id) WHERE sweep_after IS NOT NULL;
CREATE INDEX suppressions_lapsing ON suppressions (expires_at, org_id) WHERE ended_at IS NULL AND expires_at IS NOT NULL;

-- An organization's own conditions over resources. `resolving`: it was switched off or deleted, and its findings are being resolved;
-- of one that was deleted the row goes then.
CREATE TABLE rules (
  org_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, framework TEXT, control TEXT, severity TEXT NOT NULL,
  category TEXT NOT NULL, resource_types TEXT NOT NULL, condition TEXT, expression TEXT, remediation TEXT, enabled INTEGER NOT NULL,
  resolving INTEGER NOT NULL DEFAULT 0, ended_at TEXT, version INTEGER NOT NULL, created_by TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX rules_by_name ON rules (org_id, name) WHERE ended_at IS NULL;
CREATE INDEX rules_resolving ON rules (org_id, id) WHERE resolving = 1;

-- Frameworks of an organization's own.
CREATE TABLE custom_frameworks (
  org_id TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, edition TEXT, controls TEXT NOT NULL,
  version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

-- What a scan must meet, and whether it did.
CREATE TABLE policies (
  org_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, enabled INTEGER NOT NULL, accounts TEXT,
  conditions TEXT NOT NULL, version INTEGER NOT NULL, created_by TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX policies_by_name ON policies (org_id, name);
CREATE TABLE evaluations (
  org_id TEXT NOT NULL, id TEXT NOT NULL, policy_id TEXT NOT NULL, policy_version INTEGER NOT NULL, policy_name TEXT NOT NULL,
  scan_id TEXT NOT NULL, account_id TEXT, trigger TEXT NOT NULL, result TEXT NOT NULL CHECK (result IN ('pass', 'fail')),
  conditions TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE INDEX evaluations_by_policy ON evaluations (org_id, policy_id, result, id);
CREATE INDEX evaluations_by_scan ON evaluations (org_id, scan_id, id);
CREATE INDEX evaluations_by_result ON evaluations (org_id, result, id);
CREATE INDEX evaluations_by_time ON evaluations (org_id, created_at);

-- What the checks said in a scan, counted.
ALTER TABLE scans ADD COLUMN verdicts TEXT;
-- The same of an account's region, as it was last seen.
ALTER TABLE coverage ADD COLUMN verdicts TEXT;

-- What the cross-service checks keep of what a task found, as far as it does not fit the task's own row.
CREATE TABLE scan_facts (
  org_id TEXT NOT NULL, scan_id TEXT NOT NULL, task_id TEXT NOT NULL, number INTEGER NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (org_id, scan_id, task_id, number)
) WITHOUT ROWID;
