import { and, eq, or, sql, type InferSelectModel, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { eventStatementsIfChanged, nudgeDeliveries } from "#db/outbox";
import { accounts, runs, scans } from "#db/schema";
import type { ScanSummary } from "#db/values";
import { Fault, notFound } from "#lib/fault";
import { newId } from "#lib/id";
import type { AccountRow, ScanRow } from "./claim.ts";
import { noCounts } from "./outcome.ts";
import { wakeTasks } from "./wake.ts";

export interface StartRequest {
  /** UUIDs or 12 digits; null: every account of the organization. */
  readonly accountIds: readonly string[] | null;
  /** Null: what each account is set to. */
  readonly regions: readonly string[] | null;
  readonly services: readonly string[] | null;
  readonly trigger: "api" | "schedule";
}

/** An account that is not scanned now, and why. */
export interface Skipped {
  readonly accountId: string;
  readonly reason: "running";
  /** The scan that is in the way. */
  readonly scanId: string;
}

export type Run = InferSelectModel<typeof runs> & {
  readonly scans: readonly ScanRow[];
  readonly skipped: readonly Skipped[];
};

/** A scan that has not ended by then is ended by the reaper. */
const deadlineMs = 2 * 60 * 60_000;

export const emptySummary: ScanSummary = { ...noCounts, tasksTotal: 0, tasksDone: 0, coverage: {} };

/**
 * Starts a run: one scan for each account that is not being scanned. Faults: RESOURCE_NOT_FOUND for an account that is not
 * there; CONFLICT when there is no account at all; SCAN_RUNNING when every one of them is being scanned.
 */
export async function startScans(org: OrgContext, request: StartRequest): Promise<Run> {
  const { chosen, running } = await choose(org, request.accountIds);
  const skipped = chosen.flatMap(({ id }): Skipped[] => {
    const scanId = running.get(id);
    return scanId ? [{ accountId: id, reason: "running", scanId }] : [];
  });
  const ready = chosen.filter(({ id }) => !running.has(id));
  if (ready.length === 0) throw nothingReady(skipped);
  const run = runRow(org, request.trigger);
  const rows = ready.map((account) => scanRow(org, run.id, account, request));
  const started: Run = { ...run, scans: rows, skipped };
  await write(org, run, rows, started);
  const events = rows.map(({ id }) => id);
  await Promise.all(rows.map(({ id }) => wakeTasks(org, id, ["plan"])));
  org.waitUntil(nudgeDeliveries(org, events));
  return started;
}

function nothingReady(skipped: readonly Skipped[]): Fault {
  const [first] = skipped;
  if (!first) return new Fault("CONFLICT", "There is no account to scan: connect one with POST /accounts.");
  return new Fault(
    "SCAN_RUNNING",
    `Scan ${first.scanId} of this account is still running. Wait for it, or cancel it.`,
    {
      members: { scanId: first.scanId },
    },
  );
}

async function choose(
  org: OrgContext,
  ids: readonly string[] | null,
): Promise<{ chosen: readonly AccountRow[]; running: ReadonlyMap<string, string> }> {
  const mine = eq(accounts.orgId, org.id);
  const [found, active] = (await org.db.atomic([
    org.db
      .select()
      .from(accounts)
      .where(ids ? and(mine, or(isOneOf(accounts.id, ids), isOneOf(accounts.awsAccountId, ids))) : mine),
    org.db
      .select({ id: scans.id, accountId: scans.accountId })
      .from(scans)
      .where(and(eq(scans.active, 1), eq(scans.orgId, org.id))),
  ])) as [AccountRow[], { id: string; accountId: string | null }[]];
  const known = new Set(found.flatMap(({ id, awsAccountId }) => [id, awsAccountId]));
  if (ids?.some((id) => !known.has(id))) throw notFound("account");
  return {
    chosen: found,
    running: new Map(active.flatMap(({ id, accountId }) => (accountId ? [[accountId, id]] : []))),
  };
}

/** One parameter however many values: D1 takes 100. */
const isOneOf = (column: SQLiteColumn, values: readonly string[]): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;

const runRow = (org: OrgContext, trigger: StartRequest["trigger"]): InferSelectModel<typeof runs> => ({
  orgId: org.id,
  id: org.newId(),
  trigger,
  createdBy: org.actor.type === "system" ? null : org.actor.id,
  createdAt: org.now.toISOString(),
});

function scanRow(org: OrgContext, runId: string, account: AccountRow, request: StartRequest): ScanRow {
  const now = org.now.toISOString();
  return {
    orgId: org.id,
    id: newId(),
    runId,
    kind: "account",
    accountId: account.id,
    awsAccountId: account.awsAccountId,
    seq: account.scanSeq + 1,
    status: "queued",
    active: 1,
    regions: request.regions,
    services: request.services,
    summary: emptySummary,
    verdicts: null,
    errorMessage: null,
    deadlineAt: new Date(org.now.getTime() + deadlineMs).toISOString(),
    startedAt: null,
    completedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

async function write(
  org: OrgContext,
  run: InferSelectModel<typeof runs>,
  rows: readonly ScanRow[],
  started: Run,
): Promise<void> {
  const entry = {
    action: "scan.start",
    target: { type: "run", id: run.id },
    after: { trigger: run.trigger, scans: rows.map(({ id, accountId }) => ({ id, accountId })) },
  } as const;
  const events = rows.map(({ id, accountId, awsAccountId }) => ({
    id,
    names: ["scan.started" as const],
    accountId,
    data: { scanId: id, runId: run.id, accountId, awsAccountId },
  }));
  try {
    await org.change(
      entry,
      [
        org.db.insert(runs).values(run),
        ...eventStatementsIfChanged(org, ...events),
        ...rows.flatMap((row) => scanStatements(org, row)),
      ],
      started,
    );
  } catch (error) {
    if (isTaken(error))
      throw new Fault("SCAN_RUNNING", "Another request started a scan of this account just now.", { cause: error });
    throw error;
  }
}

/** The partial unique index lets one scan of an account be active. */
const isTaken = (error: unknown): boolean =>
  /UNIQUE constraint failed: scans\./.test(String((error as Error | undefined)?.message));

const scanStatements = (org: OrgContext, row: ScanRow): Statement[] => [
  org.db.insert(scans).values(row),
  org.db
    .update(accounts)
    .set({ scanSeq: row.seq })
    .where(and(eq(accounts.orgId, org.id), eq(accounts.id, row.accountId ?? ""))),
  org.db.sql(
    `INSERT INTO scan_tasks (org_id, scan_id, id, state, fence, attempts) VALUES (?1, ?2, 'plan', 'queued', 0, 0)`,
    org.id,
    row.id,
  ),
];
