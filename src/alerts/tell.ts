import type { AlertTelling } from "#db/alert-telling";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { alerts } from "#db/schema";
import { newId } from "#lib/id";
import { severityOf, triggeredMessage, type News } from "./message.ts";
import { runOf, type Telling } from "./plan.ts";
import { channelsOf, type Alert, type AlertRule, type Receiver } from "./rule.ts";

/** What is to be told of a group. */
export interface Told extends Telling {
  readonly news: News;
  /** Told before, and still so. */
  readonly active: number;
  /** Of what is new; null: it is about no account in particular. */
  readonly accountIds: readonly string[] | null;
}

/** For a batch that pins the rule, its alerts and what waits: the alert as it is now, what it is about; and what is to be told of it. */
export function tellingOf(
  org: OrgContext,
  rule: AlertRule,
  { group, alert, occasions, news, active, accountIds }: Told,
  { channels, eventId }: { readonly channels: readonly Receiver[]; readonly eventId: string },
): { readonly statements: readonly Statement[]; readonly telling: AlertTelling } {
  const now = org.now.toISOString();
  const id = alert?.id ?? newId();
  const severity = severityOf(rule, news, alert);
  const runId = runOf(occasions);
  const to = channelsOf(rule, group);
  const about = { alertId: id, severity, group, runId, active: active + news.fresh, at: org.now };
  const message = triggeredMessage(rule, news, { ...about, status: alert?.status ?? "open" });
  const { title, summary, items } = message;
  const known = alert ? alert.accountIds : [];
  const shown = {
    ruleName: rule.name,
    severity,
    title,
    summary,
    items,
    channels: [...new Set([...(alert?.channels ?? []), ...to])],
    accountIds: known && accountIds && [...new Set([...known, ...accountIds])],
    runId,
    toldAt: now,
  };
  const statements = [
    keep(org, alert ?? newAlert(org, rule, id, group), { ...shown, updatedAt: now }, news.fresh - news.again),
    markTold(org, rule.id, id, { group, occasions }),
  ];
  const hear = channels.filter((channel) => to.includes(channel.id));
  return { statements, telling: { eventId, name: "alert.triggered", message, accountIds, channels: hear } };
}

const newAlert = (org: OrgContext, rule: AlertRule, id: string, group: string) => ({
  ...{ orgId: org.id, id, ruleId: rule.id, groupKey: group, status: "open" as const },
  ...{ total: 0, messages: 0, version: 0, createdAt: org.now.toISOString() },
});

/** Makes the alert, or adds to it. */
function keep(
  org: OrgContext,
  { total, messages, version, ...alert }: ReturnType<typeof newAlert> | Alert,
  shown: Omit<typeof alerts.$inferInsert, keyof ReturnType<typeof newAlert>>,
  added: number,
): Statement {
  const after = { ...shown, total: total + added, messages: messages + 1, version: version + 1 };
  return org.db
    .insert(alerts)
    .values({ ...alert, ...after })
    .onConflictDoUpdate({ target: [alerts.orgId, alerts.id], set: after });
}

const markTold = (
  org: OrgContext,
  ruleId: string,
  alertId: string,
  { group, occasions }: { readonly group: string; readonly occasions: readonly string[] },
): Statement =>
  org.db.sql(
    `UPDATE alert_members SET told = 1, alert_id = ?3, occasion = '' WHERE org_id = ?1 AND rule_id = ?2 AND subject IN (
       SELECT m.subject FROM json_each(?5) AS o CROSS JOIN alert_members AS m INDEXED BY alert_members_fresh
       WHERE m.org_id = ?1 AND m.rule_id = ?2 AND m.told = 0 AND m.occasion = o.value AND m.group_key = ?4)`,
    org.id,
    ruleId,
    alertId,
    group,
    JSON.stringify(occasions),
  );
