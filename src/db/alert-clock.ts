import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";

/** For the batch of a change that alert rules are to look at. Writes nothing where there are no rules. */
export const alertsDueNow = (org: OrgContext): Statement => due(org, "true");

/** The same, written only when the statement before it in the batch changed a row. */
export const alertsDueIfChanged = (org: OrgContext): Statement => due(org, "changes() > 0");

const due = (org: OrgContext, condition: string): Statement =>
  org.db.sql(
    `UPDATE alert_clocks SET due_at = min(due_at, ?2), asked = asked + 1 WHERE org_id = ?1 AND ${condition}`,
    org.id,
    org.now.toISOString(),
  );

/** SQL: how often somebody has asked for a look. It never falls while there are rules: what one batch wrote before another is known by it. */
export const askedOf = (orgId: string): string =>
  `coalesce((SELECT asked FROM alert_clocks WHERE org_id = ${orgId}), 0)`;

/** For the batch that makes or changes a rule: from now on the organization has a clock. */
export const startAlertClock = (org: OrgContext): Statement =>
  org.db.sql(
    `INSERT INTO alert_clocks (org_id, due_at, asked) VALUES (?1, ?2, 1)
     ON CONFLICT (org_id) DO UPDATE SET due_at = min(due_at, excluded.due_at), asked = asked + 1`,
    org.id,
    org.now.toISOString(),
  );

/**
 * What was found leaves the alerts about it when it is no longer open: for the batch that changes findings, whose ids these
 * are as JSON. An alert that is about nothing any more is resolved when its rule is looked at next.
 */
export const leaveAlerts = (org: OrgContext, idsJson: string): Statement[] => [
  org.db.sql(
    `DELETE FROM alert_members WHERE org_id = ?1 AND (rule_id, subject) IN (
       SELECT m.rule_id, m.subject FROM json_each(?2) AS i CROSS JOIN alert_members AS m INDEXED BY alert_members_by_subject
       WHERE m.org_id = ?1 AND m.subject = i.value
         AND NOT EXISTS (SELECT 1 FROM findings AS f WHERE f.org_id = ?1 AND f.id = m.subject AND f.status = 'open'))`,
    org.id,
    idsJson,
  ),
  alertsDueIfChanged(org),
];

/**
 * What was found in an account that is disconnected is not told any more: for that batch. What was told leaves its alerts when
 * its findings are taken out (`leaveAlerts`). Reads what waits, however much was found there.
 */
export const forgetWaiting = (org: OrgContext): Statement =>
  org.db.sql(
    `DELETE FROM alert_members WHERE org_id = ?1 AND (rule_id, subject) IN (
       SELECT m.rule_id, m.subject FROM alert_rules AS r CROSS JOIN alert_members AS m INDEXED BY alert_members_fresh CROSS JOIN findings AS f
       WHERE r.org_id = ?1 AND m.org_id = ?1 AND m.rule_id = r.id AND m.told = 0 AND f.org_id = ?1 AND f.id = m.subject
         AND f.account_id NOT IN (SELECT id FROM accounts WHERE org_id = ?1))`,
    org.id,
  );
