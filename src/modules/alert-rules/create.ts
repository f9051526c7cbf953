import { alertRulesMax, type AlertRule } from "#alerts/rule";
import { wakeAlerts } from "#alerts/wake";
import { askedOf, startAlertClock } from "#db/alert-clock";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { untilItHolds } from "#db/pin";
import { Fault } from "#lib/fault";
import { resolved } from "./resolved.ts";
import { audited, nameTaken, namedStatement, newRule, pinChannels, ruleStatement } from "./rule.ts";
import type { AlertRuleInput } from "./shapes.ts";

/** Makes an alert rule. Faults: INVALID_REQUEST; CONFLICT when its name is taken, or there are 50 already. */
export function createAlertRule(org: OrgContext, given: AlertRuleInput): Promise<AlertRule> {
  const id = org.newId();
  return untilItHolds(async () => write(org, newRule(org, await resolved(org, given), id)));
}

async function write(org: OrgContext, row: AlertRule): Promise<AlertRule> {
  const entry = {
    action: "alert_rule.create",
    target: { type: "alert_rule", id: row.id },
    after: audited(row),
  } as const;
  const statements = [
    insert(org, row),
    ...(row.enabled ? [startAlertClock(org)] : []),
    ruleStatement(org, row.id),
    namedStatement(org, row.name),
  ] as const;
  const [stored, named] = (await org.change(entry, statements, row, [pinChannels(org, row)])).slice(-2);
  // safe: the selects answer rows of the table; after a repeated request it is the row of the first.
  const [made] = stored as AlertRule[];
  if (!made && (named as unknown[]).length > 0) throw nameTaken(row.name);
  if (!made) throw new Fault("CONFLICT", `There are ${alertRulesMax} alert rules already. Delete one first.`);
  org.waitUntil(wakeAlerts(org));
  return made;
}

const insert = (org: OrgContext, row: AlertRule): Statement =>
  org.db.sql(
    `INSERT INTO alert_rules (org_id, id, name, description, enabled, severity, condition, listens, channels, route, window_minutes,
       quiet_hours, notify_resolved, version, created_by, created_at, updated_at, since)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, ?14, ?15, ?15, ${askedOf("?1")} + 1
     WHERE (SELECT count(*) FROM alert_rules WHERE org_id = ?1) < ${alertRulesMax} ON CONFLICT DO NOTHING`,
    org.id,
    row.id,
    row.name,
    row.description,
    Number(row.enabled),
    row.severity,
    JSON.stringify(row.condition),
    JSON.stringify(row.listens),
    JSON.stringify(row.channels),
    row.route && JSON.stringify(row.route),
    row.windowMinutes,
    row.quietHours && JSON.stringify(row.quietHours),
    Number(row.notifyResolved),
    row.createdBy,
    row.createdAt,
  );
