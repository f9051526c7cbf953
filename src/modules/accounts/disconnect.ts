import { and, eq } from "drizzle-orm";
import { alertsDueNow, forgetWaiting } from "#db/alert-clock";
import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { frameSummary } from "#db/frames";
import { eventStatementsIfChanged, nudgeDeliveries, type OutboxEvent } from "#db/outbox";
import { accounts, scans } from "#db/schema";
import { notFound, refuseStale } from "#lib/fault";
import { derivedId } from "#lib/id";
import type { ScanRow } from "#scans/claim";
import { tell } from "#scans/progress";
import { rollUpOrganization } from "#scans/roll-up";
import { runEnd } from "#scans/run-end";
import { sweepAgain } from "#scans/sweep-suppressions";
import { accountStatement, audited, getAccount, type AccountRow } from "./account.ts";

/**
 * Disconnects an account at once: it and its credential are gone, its running scan is canceled, its scans stay without it.
 * The organization's scores are without it from now on; what was found in it is taken out afterwards, slice by slice. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED.
 */
export async function disconnectAccount(org: OrgContext, { id: ref, ifMatch }: Naming): Promise<void> {
  const { account, scan } = await accountWithScan(org, ref);
  refuseStale("account", account.version, ifMatch);
  const mine = and(eq(accounts.orgId, org.id), eq(accounts.id, account.id));
  const remove = org.db
    .delete(accounts)
    .where(and(mine, ifMatch === null ? undefined : eq(accounts.version, ifMatch)))
    .returning({ id: accounts.id });
  const event = scan ? await canceledEvent(scan) : null;
  const entry = {
    action: "account.disconnect",
    target: { type: "account", id: account.id },
    before: audited(account),
  } as const;
  const [removed] = await org.change(entry, [
    remove,
    ...(scan && event ? endScan(org, scan, event) : []),
    ...leaveTraces(org, account.id),
    rollUpOrganization(org),
    forgetWaiting(org),
    alertsDueNow(org),
  ]);
  // safe: `returning` answers the deleted row.
  if ((removed as { id: string }[]).length === 0) return explainMiss(org, account.id, ifMatch);
  if (scan && event) await tellCanceled(org, scan, event);
}

async function accountWithScan(org: OrgContext, ref: string): Promise<{ account: AccountRow; scan: ScanRow | null }> {
  const [found, running] = await org.db.atomic([
    accountStatement(org, ref),
    org.db.sql<{ id: string }>(
      `SELECT id FROM scans WHERE active = 1 AND org_id = ?1
         AND account_id = (SELECT id FROM accounts WHERE org_id = ?1 AND (id = ?2 OR aws_account_id = ?2))`,
      org.id,
      ref,
    ),
  ]);
  // safe: the statements answer rows of the table and ids.
  const [[account], [active]] = [found as AccountRow[], running as { id: string }[]];
  if (!account) throw notFound("account");
  if (!active) return { account, scan: null };
  const [scan] = await org.db
    .select()
    .from(scans)
    .where(and(eq(scans.orgId, org.id), eq(scans.id, active.id)));
  return { account, scan: scan ?? null };
}

/** Told under the same id as when somebody cancels it, so never twice. */
async function canceledEvent({
  id,
  runId,
  accountId,
  awsAccountId,
}: ScanRow): Promise<OutboxEvent & { readonly id: string }> {
  return {
    id: await derivedId("event", id, "canceled"),
    names: ["scan.canceled"],
    accountId,
    data: { scanId: id, runId, accountId, awsAccountId },
  };
}

const accountIsGone = "NOT EXISTS (SELECT 1 FROM accounts WHERE org_id = ?1 AND id = ?2)";

const endScan = (org: OrgContext, scan: ScanRow, event: OutboxEvent): Statement[] => [
  org.db.sql(
    `UPDATE scans SET status = 'canceled', active = 0, completed_at = ?4, updated_at = ?4, version = version + 1
     WHERE org_id = ?1 AND id = ?3 AND active = 1 AND ${accountIsGone}`,
    org.id,
    scan.accountId,
    scan.id,
    org.now.toISOString(),
  ),
  ...eventStatementsIfChanged(org, event),
  ...runEnd(org, scan),
  sweepAgain(org, scan),
];

/** A scan that began in the meantime is ended too, without being told of. */
const leaveTraces = (org: OrgContext, accountId: string): Statement[] => [
  ...["scan_tasks", "scan_facts"].map((table) =>
    org.db.sql(
      `DELETE FROM ${table} WHERE org_id = ?1 AND scan_id IN (SELECT id FROM scans WHERE org_id = ?1 AND account_id = ?2) AND ${accountIsGone}`,
      org.id,
      accountId,
    ),
  ),
  org.db.sql(
    `UPDATE scans SET account_id = NULL, updated_at = ?3, version = version + 1,
       status = CASE WHEN active = 1 THEN 'canceled' ELSE status END, completed_at = coalesce(completed_at, ?3), active = 0
     WHERE org_id = ?1 AND account_id = ?2 AND ${accountIsGone}`,
    org.id,
    accountId,
    org.now.toISOString(),
  ),
  org.db.sql(
    `INSERT INTO purges (org_id, account_id, requested_at) SELECT ?1, ?2, ?3 WHERE ${accountIsGone} ON CONFLICT DO NOTHING`,
    org.id,
    accountId,
    org.now.toISOString(),
  ),
];

async function tellCanceled(org: OrgContext, scan: ScanRow, event: { readonly id: string }): Promise<void> {
  await tell(org, [{ type: "complete", scanId: scan.id, status: "canceled", summary: frameSummary(scan.summary) }]);
  await nudgeDeliveries(org, [event.id, scan.runId]);
}

async function explainMiss(org: OrgContext, id: string, ifMatch: number | null): Promise<void> {
  const { row } = await getAccount(org, id);
  refuseStale("account", row.version, ifMatch);
}
