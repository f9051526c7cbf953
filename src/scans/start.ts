import { and, eq, or, sql, type InferSelectModel, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { eventStatementsIfChanged, nudgeDeliveries } from "#db/outbox";
import { hasMovedOn, pin } from "#db/pin";
import { accounts, runs, scans } from "#db/schema";
import type { ScanSummary, SkippedAccount } from "#db/values";
import { Fault, notFound } from "#lib/fault";
import { newId } from "#lib/id";
import { jsonOrNull } from "#lib/json";
import type { AccountRow, ScanRow } from "./claim.ts";
import { noCounts } from "./outcome.ts";
import { wake } from "./wake.ts";

export interface StartRequest {
  /** UUIDs or 12 digits; null: every account of the organization. */
  readonly accountIds: readonly string[] | null;
  /** Null: what each account is set to. */
  readonly regions: readonly string[] | null;
  readonly services: readonly string[] | null;
  readonly trigger: "api" | "schedule";
}

export type Run = InferSelectModel<typeof runs> & {
  readonly scans: readonly ScanRow[];
  readonly skipped: readonly SkippedAccount[];
};

/** What a request for scans comes down to. */
export interface Choice {
  readonly ready: readonly AccountRow[];
  readonly skipped: readonly SkippedAccount[];
  /** As they were named. */
  readonly missing: readonly string[];
}

/** A run that was decided on. */
export interface Beginning extends Pick<StartRequest, "regions" | "services" | "trigger"> {
  readonly ready: readonly AccountRow[];
  readonly skipped: readonly SkippedAccount[];
  readonly schedule?: {
    readonly id: string;
    /** Derived from schedule and tick, so that a tick makes one run and no other. */
    readonly runId: string;
    /** Fails the batch where the tick is no longer to be started. */
    readonly fence: Statement;
    /** What becomes of the schedule in the same batch. */
    readonly moved: Statement;
  };
}

/** A scan that has not ended by then is ended by the reaper. */
const deadlineMs = 2 * 60 * 60_000;

export const emptySummary: ScanSummary = { ...noCounts, tasksTotal: 0, tasksDone: 0, coverage: {} };

/**
 * Starts a run: one scan for each account that is neither switched off nor being scanned. Faults: RESOURCE_NOT_FOUND for an account
 * that is not there; CONFLICT when there is no account at all, or all are switched off; SCAN_RUNNING when they are being scanned.
 */
export async function startScans(org: OrgContext, request: StartRequest): Promise<Run> {
  const choice = await chooseAccounts(org, request.accountIds);
  if (choice.missing.length > 0) throw notFound("account");
  if (choice.ready.length === 0) throw nothingReady(choice.skipped);
  return beginRun(org, { ...request, ...choice });
}

/**
 * Writes a run and wakes its scans. Fault: SCAN_RUNNING when somebody else started one of them at the same moment, or an account
 * is gone or disabled since it was chosen; a schedule's batch then fails like one that its fence refused.
 */
export async function beginRun(org: OrgContext, beginning: Beginning): Promise<Run> {
  const run = runRow(org, beginning);
  const rows = beginning.ready.map((account) => scanRow(org, run.id, account, beginning));
  const started: Run = { ...run, scans: rows, skipped: beginning.skipped };
  await write(org, started, beginning);
  const events = rows.map(({ id }) => id);
  await wake(
    org,
    rows.map(({ id }) => ({ scanId: id, taskId: "plan" })),
  );
  org.waitUntil(nudgeDeliveries(org, events));
  return started;
}

/** Why no account is ready. */
export function nothingReady(skipped: readonly SkippedAccount[]): Fault {
  const running = skipped.find(({ reason }) => reason === "running");
  if (running) {
    const { scanId } = running;
    const detail = `Scan ${scanId} of this account is still running. Wait for it, or cancel it.`;
    return new Fault("SCAN_RUNNING", detail, { members: { scanId } });
  }
  if (skipped.length === 0)
    return new Fault("CONFLICT", "There is no account to scan: connect one with POST /accounts.");
  return new Fault("CONFLICT", "Every account meant here is disabled: set `enabled` with PATCH /accounts/{id}.");
}

/** Which accounts can be scanned now, by UUIDs or 12 digits; null: of all. */
export async function chooseAccounts(org: OrgContext, ids: readonly string[] | null): Promise<Choice> {
  const mine = eq(accounts.orgId, org.id);
  const [found, active] = (await org.db.atomic([
    org.db
      .select()
      .from(accounts)
      .where(ids ? and(mine, or(isOneOf(accounts.id, ids), isOneOf(accounts.awsAccountId, ids))) : mine),
    org.db
      .select({ id: scans.id, accountId: scans.accountId })
      .from(scans)
      .where(and(eq(scans.orgId, org.id), areActive(org))),
  ])) as [AccountRow[], { id: string; accountId: string | null }[]];
  const known = new Set(found.flatMap(({ id, awsAccountId }) => [id, awsAccountId]));
  const running = new Map(active.flatMap(({ id, accountId }) => (accountId ? [[accountId, id]] : [])));
  const skipped = found.flatMap(({ id, enabled }): SkippedAccount[] => {
    if (!enabled) return [{ accountId: id, reason: "disabled" }];
    const scanId = running.get(id);
    return scanId ? [{ accountId: id, reason: "running", scanId }] : [];
  });
  const out = new Set(skipped.map(({ accountId }) => accountId));
  return {
    ready: found.filter(({ id }) => !out.has(id)),
    skipped,
    missing: (ids ?? []).filter((id) => !known.has(id)),
  };
}

/** Scans that have not ended, by the index that holds nothing else: of itself SQLite would read all there ever were. */
export const areActive = (org: OrgContext): SQL =>
  sql`${scans.id} IN (SELECT id FROM scans INDEXED BY scans_all_active WHERE active = 1 AND org_id = ${org.id})`;

/** One parameter however many values: D1 takes 100. */
const isOneOf = (column: SQLiteColumn, values: readonly string[]): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;

const runRow = (org: OrgContext, { trigger, schedule }: Beginning): InferSelectModel<typeof runs> => ({
  orgId: org.id,
  id: schedule?.runId ?? org.newId(),
  trigger,
  scheduleId: schedule?.id ?? null,
  createdBy: org.actor.type === "system" ? null : org.actor.id,
  createdAt: org.now.toISOString(),
});

function scanRow(org: OrgContext, runId: string, account: AccountRow, beginning: Beginning): ScanRow {
  const now = org.now.toISOString();
  return {
    orgId: org.id,
    id: newId(),
    runId,
    kind: "account",
    trigger: beginning.trigger,
    accountId: account.id,
    awsAccountId: account.awsAccountId,
    seq: account.scanSeq + 1,
    status: "queued",
    active: 1,
    regions: beginning.regions,
    services: beginning.services,
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

async function write(org: OrgContext, started: Run, { schedule }: Beginning): Promise<void> {
  const { scans: rows, skipped: _, ...run } = started;
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
        ...(schedule ? [schedule.moved] : []),
        ...scanStatements(org, rows),
      ],
      started,
      [...(schedule ? [schedule.fence] : []), pinAccounts(org, rows)],
    );
  } catch (error) {
    if (isTaken(error) || (!schedule && hasMovedOn(error)))
      throw new Fault(
        "SCAN_RUNNING",
        "One of these accounts was changed, or a scan of it started, just now. Try again.",
        {
          cause: error,
        },
      );
    throw error;
  }
}

/** The accounts are there, enabled, and nobody has started a scan of them since they were chosen. */
const pinAccounts = (org: OrgContext, rows: readonly ScanRow[]): Statement =>
  pin(
    org,
    `(SELECT count(*) FROM json_each(?2) AS s CROSS JOIN accounts AS a
       WHERE a.org_id = ?1 AND a.id = s.value ->> 0 AND a.enabled = 1 AND a.scan_seq + 1 = s.value ->> 1) = ?3`,
    JSON.stringify(rows.map(({ accountId, seq }) => [accountId, seq])),
    rows.length,
  );

/** The partial unique index lets one scan of an account be active. */
const isTaken = (error: unknown): boolean =>
  /UNIQUE constraint failed: scans\./.test(String((error as Error | undefined)?.message));

/** Three, however many accounts there are. What a run's scans have in common is taken of the first. */
function scanStatements(org: OrgContext, rows: readonly ScanRow[]): Statement[] {
  const [first] = rows;
  if (!first) return [];
  const apart = JSON.stringify(rows.map(({ id, accountId, awsAccountId, seq }) => [id, accountId, awsAccountId, seq]));
  return [
    org.db.sql(
      `INSERT INTO scans (org_id, id, run_id, kind, trigger, account_id, aws_account_id, seq, status, active, regions, services,
         summary, deadline_at, version, created_at, updated_at)
       SELECT ?1, s.value ->> 0, ?3, ?4, ?5, s.value ->> 1, s.value ->> 2, s.value ->> 3, ?6, 1, ?7, ?8, ?9, ?10, 1, ?11, ?11
       FROM json_each(?2) AS s`,
      org.id,
      apart,
      first.runId,
      first.kind,
      first.trigger,
      first.status,
      jsonOrNull(first.regions),
      jsonOrNull(first.services),
      JSON.stringify(first.summary),
      first.deadlineAt,
      first.createdAt,
    ),
    org.db.sql(
      `UPDATE accounts SET scan_seq = s.value ->> 3 FROM json_each(?2) AS s
       WHERE accounts.org_id = ?1 AND accounts.id = s.value ->> 1`,
      org.id,
      apart,
    ),
    org.db.sql(
      `INSERT INTO scan_tasks (org_id, scan_id, id, state, fence, attempts)
       SELECT ?1, s.value ->> 0, 'plan', 'queued', 0, 0 FROM json_each(?2) AS s`,
      org.id,
      apart,
    ),
  ];
}
