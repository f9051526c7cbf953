import { resolveStatements } from "#alerts/resolve";
import { channelsStatement, pinAlert, type AlertRule, type Receiver } from "#alerts/rule";
import { wakeAlerts } from "#alerts/wake";
import { alertsDueNow } from "#db/alert-clock";
import type { OrgContext } from "#db/context";
import { nudgeDeliveries } from "#db/outbox";
import { untilItHolds } from "#db/pin";
import { alertRules, alerts } from "#db/schema";
import { refuseStale } from "#lib/fault";
import { newId } from "#lib/id";
import { and, eq } from "drizzle-orm";
import type { Deciding } from "./acknowledge.ts";
import { wholeOf, wholeStatements, type WholeAlert } from "./alert.ts";

/**
 * Somebody says that it is over. What it is about is not told again, until it goes and comes back. One that is resolved already
 * stays as it is. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED.
 */
export async function resolveAlert(org: OrgContext, deciding: Deciding): Promise<WholeAlert> {
  const { whole, eventId } = await untilItHolds(() => resolveOnce(org, deciding));
  if (eventId !== null) {
    await nudgeDeliveries(org, [eventId]);
    org.waitUntil(wakeAlerts(org));
  }
  return whole;
}

async function resolveOnce(
  org: OrgContext,
  { id, ifMatch, note = null }: Deciding,
): Promise<{ whole: WholeAlert; eventId: string | null }> {
  const [channels, rules, ...answers] = await org.db.atomic([
    channelsStatement(org),
    ruleOf(org, id),
    ...wholeStatements(org, id),
  ]);
  const before = wholeOf(answers);
  const { status, version } = before.row;
  refuseStale("alert", version, ifMatch);
  if (status === "resolved") return { whole: before, eventId: null };
  // safe: the statements answer rows of the tables.
  const rule = (rules as AlertRule[])[0] ?? { notifyResolved: true, quietHours: null };
  const eventId = newId();
  const how = { rule, by: org.actor, note, channels: channels as Receiver[], eventIdOf: () => eventId };
  const entry = {
    action: "alert.resolve",
    target: { type: "alert", id },
    before: { status },
    after: { status: "resolved", note },
  } as const;
  const [update, ...tellings] = resolveStatements(org, [before.row], how);
  const now = org.now.toISOString();
  const resolved = { status: "resolved", resolvedBy: org.actor.id, resolvedAt: now, updatedAt: now } as const;
  const row = { ...before.row, ...resolved, note: note ?? before.row.note, version: version + 1 };
  const whole = { ...before, row, waiting: 0 };
  await org.change(entry, [update, ...tellings, alertsDueNow(org)], whole, [pinAlert(org, before.row)]);
  return { whole, eventId };
}

const ruleOf = (org: OrgContext, alertId: string) =>
  org.db
    .select()
    .from(alertRules)
    .where(
      and(
        eq(alertRules.orgId, org.id),
        eq(
          alertRules.id,
          org.db
            .select({ id: alerts.ruleId })
            .from(alerts)
            .where(and(eq(alerts.orgId, org.id), eq(alerts.id, alertId))),
        ),
      ),
    );
