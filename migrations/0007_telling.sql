-- Where deliveries go: webhooks, and the channels of alerts (`kind`). Of a channel `secret` holds what opens it: the whole URL, or
-- a routing key; `config` what may be shown of it. `digest`: when what has gathered is told at once.
ALTER TABLE webhooks ADD COLUMN kind TEXT NOT NULL DEFAULT 'webhook' CHECK (kind IN ('webhook', 'slack', 'teams', 'pagerduty', 'email'));
ALTER TABLE webhooks ADD COLUMN name TEXT;
ALTER TABLE webhooks ADD COLUMN config TEXT;
ALTER TABLE webhooks ADD COLUMN digest TEXT;
-- What it wants to hear of; NULL: everything.
ALTER TABLE webhooks ADD COLUMN severities TEXT;
ALTER TABLE webhooks ADD COLUMN account_ids TEXT;
-- The secret before this one, with which is signed as well until then.
ALTER TABLE webhooks ADD COLUMN previous_secret TEXT;
ALTER TABLE webhooks ADD COLUMN previous_until TEXT;
-- `failures`: attempts that failed one after the other, the first of them at `failing_since`. `warned`: what was told of that: 1 a day,
-- 2 three days, 3 that it was disabled; -1: it was enabled again since. Whoever is not 0 and works has recovered.
ALTER TABLE webhooks ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhooks ADD COLUMN failing_since TEXT;
ALTER TABLE webhooks ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhooks ADD COLUMN last_delivered_at TEXT;
ALTER TABLE webhooks ADD COLUMN disabled_at TEXT;
-- Times for which it was disabled, [from, to]: what happened then can be sent later. The last twenty.
ALTER TABLE webhooks ADD COLUMN silences TEXT NOT NULL DEFAULT '[]';
CREATE INDEX webhooks_by_kind ON webhooks (org_id, kind, id);
CREATE INDEX webhooks_troubled ON webhooks (org_id, id) WHERE status = 'disabled' OR failing_since IS NOT NULL;

-- What filters go by; NULL: it is about none in particular.
ALTER TABLE events ADD COLUMN severity TEXT;
ALTER TABLE events ADD COLUMN account_id TEXT;

-- Attempts of earlier rounds (it was sent again by hand), and how the last attempt ended.
ALTER TABLE deliveries ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN last_attempt_at TEXT;
ALTER TABLE deliveries ADD COLUMN last_status INTEGER;
ALTER TABLE deliveries ADD COLUMN last_error TEXT;
ALTER TABLE deliveries ADD COLUMN last_duration_ms INTEGER;

-- When somebody is to be told, and where. `listens`: the events it is fed by. `last_evaluation`: what it saw last, and what came of it.
-- `evaluations`: batches that moved what it is about; one that was worked out from how things were names the number it read.
CREATE TABLE alert_rules (
  org_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, enabled INTEGER NOT NULL,
  severity TEXT, condition TEXT NOT NULL, listens TEXT NOT NULL, channels TEXT NOT NULL, route TEXT, window_minutes INTEGER NOT NULL,
  quiet_hours TEXT, notify_resolved INTEGER NOT NULL, last_evaluation TEXT, evaluations INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL, created_by TEXT,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX alert_rules_by_name ON alert_rules (org_id, name);

-- That it happened. One alert of a rule and group is not resolved at a time. `total`: what it was ever about. `items`: the gravest of it.
CREATE TABLE alerts (
  org_id TEXT NOT NULL, id TEXT NOT NULL, rule_id TEXT NOT NULL, rule_name TEXT NOT NULL, group_key TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'acknowledged', 'resolved')), severity TEXT NOT NULL, title TEXT NOT NULL,
  summary TEXT NOT NULL, items TEXT NOT NULL, total INTEGER NOT NULL, channels TEXT NOT NULL, run_id TEXT, told_at TEXT,
  messages INTEGER NOT NULL, acknowledged_by TEXT, acknowledged_at TEXT, resolved_by TEXT, resolved_at TEXT, note TEXT,
  version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX alerts_unresolved ON alerts (org_id, rule_id, group_key) WHERE status <> 'resolved';
CREATE INDEX alerts_by_status ON alerts (org_id, status, id);
CREATE INDEX alerts_by_severity ON alerts (org_id, status, severity, id);
CREATE INDEX alerts_by_rule ON alerts (org_id, status, rule_id, id);

-- What rules are about now: ids of findings, resources, accounts … `told`: the message of an alert said so, and it belongs to that
-- alert. Until then `occasion` is the run it came with; empty: it may be told at once.
CREATE TABLE alert_members (
  org_id TEXT NOT NULL, rule_id TEXT NOT NULL, subject TEXT NOT NULL, group_key TEXT NOT NULL, occasion TEXT NOT NULL,
  alert_id TEXT NOT NULL DEFAULT '', told INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (org_id, rule_id, subject)
) WITHOUT ROWID;
CREATE INDEX alert_members_fresh ON alert_members (org_id, rule_id, occasion, group_key, subject) WHERE told = 0;
CREATE INDEX alert_members_by_alert ON alert_members (org_id, alert_id, subject) WHERE told = 1;
CREATE INDEX alert_members_by_subject ON alert_members (org_id, subject);

-- Events that rules have not looked at yet. What belongs to a run waits for its end; empty: to none.
CREATE TABLE alert_inbox (
  org_id TEXT NOT NULL, run_id TEXT NOT NULL, event_id TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (org_id, run_id, event_id)
) WITHOUT ROWID;

-- When the rules of an organization are to be looked at next, and how often somebody asked for it. No row: it has none.
CREATE TABLE alert_clocks (
  org_id TEXT NOT NULL PRIMARY KEY, due_at TEXT NOT NULL, asked INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX alert_clocks_due ON alert_clocks (due_at, org_id);

-- Messages of alerts that wait for their channel's digest.
CREATE TABLE digest_items (
  org_id TEXT NOT NULL, channel_id TEXT NOT NULL, id TEXT NOT NULL, due_at TEXT NOT NULL, message TEXT NOT NULL,
  PRIMARY KEY (org_id, channel_id, id)
) WITHOUT ROWID;
CREATE INDEX digest_items_due ON digest_items (due_at, org_id, channel_id);
