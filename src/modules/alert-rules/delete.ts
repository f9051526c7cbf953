import { endingOf, endingStatements } from "#alerts/end";
import { pinVersion, type AlertRule } from "#alerts/rule";
import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { nudgeDeliveries } from "#db/outbox";
import { untilItHolds } from "#db/pin";
import { notFound, refuseStale } from "#lib/fault";
import { audited, ruleStatement } from "./rule.ts";

/** Deletes an alert rule; its alerts are resolved, and stay. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED. */
export async function deleteAlertRule(org: OrgContext, { id, ifMatch }: Naming): Promise<void> {
  const events = await untilItHolds(async () => {
    const [found, ...open] = await org.db.atomic([ruleStatement(org, id), ...endingStatements(org, id)]);
    // safe: the statement answers rows of the table.
    const [before] = found as AlertRule[];
    if (!before) throw notFound("alert rule");
    refuseStale("alert rule", before.version, ifMatch);
    const ending = endingOf(org, before, open);
    const entry = { action: "alert_rule.delete", target: { type: "alert_rule", id }, before: audited(before) } as const;
    const removal = org.db.sql("DELETE FROM alert_rules WHERE org_id = ?1 AND id = ?2", org.id, id);
    await org.change(entry, [removal, ...ending.statements], undefined, [pinVersion(org, before), ...ending.pins]);
    return ending.events;
  });
  await nudgeDeliveries(org, events);
}
