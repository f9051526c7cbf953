import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { eventStatementsIfChanged, nudgeDeliveries } from "#db/outbox";
import { frameSummary } from "#db/frames";
import { scans } from "#db/schema";
import { Fault, notFound } from "#lib/fault";
import { derivedId } from "#lib/id";
import type { ScanRow } from "./claim.ts";
import { dropFacts } from "./fact-store.ts";
import { tell } from "./progress.ts";
import { runEnd } from "./run-end.ts";
import { sweepAgain } from "./sweep-suppressions.ts";

/**
 * Ends a scan at once: its tasks are gone, and whoever still works on one can write nothing more. What it had written stays.
 * Faults: RESOURCE_NOT_FOUND; CONFLICT when it has ended already.
 */
export async function cancelScan(org: OrgContext, id: string): Promise<ScanRow> {
  const mine = and(eq(scans.orgId, org.id), eq(scans.id, id));
  const [before] = await org.db.select().from(scans).where(mine);
  if (!before) throw notFound("scan");
  const now = org.now.toISOString();
  const canceled: ScanRow = {
    ...before,
    status: "canceled",
    active: 0,
    completedAt: now,
    updatedAt: now,
    version: before.version + 1,
  };
  const eventId = await derivedId("event", id, "canceled");
  const data = { scanId: id, runId: before.runId, accountId: before.accountId, awsAccountId: before.awsAccountId };
  const { status, active, completedAt, updatedAt, version } = canceled;
  const [changed] = (await org.change(
    { action: "scan.cancel", target: { type: "scan", id }, before: { status: before.status }, after: { status } },
    [
      org.db
        .update(scans)
        .set({ status, active, completedAt, updatedAt, version })
        .where(and(mine, eq(scans.active, 1)))
        .returning(),
      ...eventStatementsIfChanged(org, { id: eventId, names: ["scan.canceled"], accountId: before.accountId, data }),
      ...(before.active === 1 ? runEnd(org, before) : []),
      sweepAgain(org, before),
      org.db.sql(`DELETE FROM scan_tasks WHERE org_id = ?1 AND scan_id = ?2`, org.id, id),
      dropFacts(org, id),
    ],
    canceled,
  )) as [ScanRow[]];
  const [row] = changed;
  if (!row) throw new Fault("CONFLICT", `This scan has already ended (${before.status}).`);
  await tell(org, [{ type: "complete", scanId: id, status: "canceled", summary: frameSummary(row.summary) }]);
  await nudgeDeliveries(org, [eventId, before.runId]);
  return row;
}
