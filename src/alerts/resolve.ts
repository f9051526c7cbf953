import { alertTellings, type AlertTelling } from "#db/alert-telling";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { resolvedMessage } from "./message.ts";
import { tellableAt } from "./quiet.ts";
import type { Alert, AlertRule, Receiver } from "./rule.ts";

/** Who resolves alerts, and how it is told. */
export interface Resolving {
  readonly rule: Pick<AlertRule, "notifyResolved" | "quietHours">;
  /** An actor; null: the cause is gone. */
  readonly by: { readonly id: string; readonly name: string } | null;
  readonly note?: string | null;
  /** All that there are. */
  readonly channels: readonly Receiver[];
  /** The event's id, of each alert. */
  readonly eventIdOf: (alert: Alert) => string;
}

/** For a batch that pins these alerts: they are over, and their channels hear of it where the rule says so; webhooks that listen do anyway. */
export const resolveStatements = (
  org: OrgContext,
  alerts: readonly Alert[],
  how: Resolving,
): [Statement, ...Statement[]] => [
  org.db.sql(
    `UPDATE alerts SET status = 'resolved', resolved_by = ?3, resolved_at = ?4, note = coalesce(?5, note), version = version + 1, updated_at = ?4
     WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2)) AND status <> 'resolved' RETURNING id`,
    org.id,
    JSON.stringify(alerts.map(({ id }) => id)),
    how.by?.id ?? "system",
    org.now.toISOString(),
    how.note ?? null,
  ),
  ...alertTellings(org, ...alerts.map((alert) => endOf(org, alert, how))),
];

const endOf = (org: OrgContext, alert: Alert, how: Resolving): AlertTelling => ({
  eventId: how.eventIdOf(alert),
  name: "alert.resolved",
  accountIds: alert.accountIds,
  message: resolvedMessage(alert, how.by?.name ?? null, org.now),
  channels: how.rule.notifyResolved ? how.channels.filter(({ id }) => alert.channels.includes(id)) : [],
  notBefore: tellableAt(how.rule.quietHours, org.now, alert.severity === "critical").toISOString(),
});
