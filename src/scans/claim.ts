import type { InferSelectModel, SQLWrapper } from "drizzle-orm";
import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { accounts, organizations, scans, scanTasks } from "#db/schema";
import { usualPace, type AccountPace, type OrgSettings } from "#db/values";
import type { TaskCounts } from "./outcome.ts";
import { enabledRules, type RuleRow } from "./rules.ts";
import { suppressionsInForce, type Suppression } from "./suppression.ts";
import { placeOf, type Work } from "./work.ts";

export type ScanRow = InferSelectModel<typeof scans>;
export type AccountRow = InferSelectModel<typeof accounts>;

/** A task this invocation may work on until the lease ends. */
export interface ClaimedTask {
  readonly org: OrgContext;
  readonly scan: ScanRow;
  readonly account: AccountRow;
  readonly settings: OrgSettings;
  /** Those in force, in the order they were made. */
  readonly suppressions: readonly Suppression[];
  /** The 12 digits of every account of the organization. */
  readonly ownAccounts: ReadonlySet<string>;
  /** The organization's own, those that are enabled. */
  readonly rules: readonly RuleRow[];
  /** `plan`, a place (`global` or a region), a part of one (`eu-west-1.2`), or `wave2`. */
  readonly id: string;
  /** Where it looks; its id when that is no place. */
  readonly place: string;
  /** What it has to do; null: everything of its place. */
  readonly work: Work | null;
  readonly pace: Required<AccountPace>;
  readonly fence: number;
  readonly attempts: number;
  /** The tasks of the scan when this one was claimed. */
  readonly tasks: { readonly total: number; readonly done: number };
  /** What earlier holders had written when they stopped. */
  readonly countsBefore: TaskCounts | null;
}

/**
 * As long as a queue consumer may live (15 minutes): while it lives nobody else takes its task, and when it was killed the
 * task is free again after this.
 */
export const leaseMs = 15 * 60_000;

/** After so many claims a task is given up: what it should have seen is `failed` in the scan's coverage. */
export const attemptsMax = 5;

/** What the statements of a claim answer. */
type Answers = [
  Lease[],
  ScanRow[],
  AccountRow[],
  InferSelectModel<typeof organizations>[],
  [ClaimedTask["tasks"]],
  Suppression[],
  { awsAccountId: string }[],
  RuleRow[],
];

/** Takes a task: null when it is done, gone, or somebody else's. One round trip. */
export async function claimTask(org: OrgContext, scanId: string, taskId: string): Promise<ClaimedTask | null> {
  const thisScan = and(eq(scans.orgId, org.id), eq(scans.id, scanId));
  const itsAccount = org.db.select({ id: scans.accountId }).from(scans).where(thisScan);
  // safe: each statement answers its own columns.
  const [[lease], [scan], [account], [organization], [tasks], inForce, own, rules] = (await org.db.atomic([
    leaseStatement(org, scanId, taskId),
    org.db.select().from(scans).where(thisScan),
    accountStatement(org, itsAccount),
    org.db.select().from(organizations).where(eq(organizations.orgId, org.id)),
    taskCounts(org, scanId),
    suppressionsInForce(org),
    org.db.select({ awsAccountId: accounts.awsAccountId }).from(accounts).where(eq(accounts.orgId, org.id)),
    enabledRules(org),
  ])) as Answers;
  if (!lease || scan?.active !== 1 || !account || !organization) return null;
  const { outcome, work, ...numbers } = lease;
  return {
    org,
    scan,
    account,
    settings: organization.settings,
    suppressions: inForce,
    ownAccounts: new Set(own.map(({ awsAccountId }) => awsAccountId)),
    rules,
    id: taskId,
    place: placeOf(taskId),
    // safe: written by the task that handed it on.
    work: work === null ? null : (JSON.parse(work) as Work),
    pace: { ...usualPace, ...account.pace },
    ...numbers,
    tasks,
    countsBefore: outcome === null ? null : (JSON.parse(outcome) as { counts: TaskCounts }).counts,
  };
}

const accountStatement = (org: OrgContext, id: SQLWrapper): Statement =>
  org.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.orgId, org.id), eq(accounts.id, id)));

interface Lease {
  readonly fence: number;
  readonly attempts: number;
  readonly outcome: string | null;
  readonly work: string | null;
}

/** Refused while as many tasks of the scan run as its account allows: so no account keeps all consumers to itself. */
const leaseStatement = (org: OrgContext, scanId: string, taskId: string): Statement =>
  org.db.sql(
    `UPDATE scan_tasks SET state = 'running', fence = fence + 1, attempts = attempts + 1, lease_until = ?4
     WHERE org_id = ?1 AND scan_id = ?2 AND id = ?3 AND (state = 'queued' OR (state = 'running' AND lease_until <= ?5))
       AND (SELECT count(*) FROM scan_tasks AS t WHERE t.org_id = ?1 AND t.scan_id = ?2 AND t.id <> ?3 AND t.state = 'running' AND t.lease_until > ?5)
         < coalesce((SELECT a.pace ->> 'tasksAtOnce' FROM scans AS s JOIN accounts AS a ON a.org_id = ?1 AND a.id = s.account_id
                     WHERE s.org_id = ?1 AND s.id = ?2), ${usualPace.tasksAtOnce})
     RETURNING fence, attempts, outcome, work`,
    org.id,
    scanId,
    taskId,
    new Date(org.now.getTime() + leaseMs).toISOString(),
    org.now.toISOString(),
  );

const taskCounts = (org: OrgContext, scanId: string): Statement =>
  org.db.sql(
    `SELECT count(*) AS total, coalesce(sum(state IN ('done', 'failed')), 0) AS done FROM scan_tasks
     WHERE org_id = ?1 AND scan_id = ?2 AND id NOT IN ('plan', 'wave2')`,
    org.id,
    scanId,
  );

/** Thrown by a batch whose task was taken over, canceled or ended: the holder stops without a trace. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/**
 * The first statement of every batch of a task. It writes nothing, and fails the whole batch when the task is no longer
 * this holder's: "lease lost", which stands in for the missing row, is no JSON path, and SQLite says so.
 */
export const fence = ({ org, scan, id, fence: number }: ClaimedTask): Statement =>
  org.db.sql(
    `SELECT json_extract('{}', coalesce((SELECT '$' FROM scan_tasks WHERE org_id = ?1 AND scan_id = ?2 AND id = ?3 AND fence = ?4 AND state = 'running'), 'lease lost'))`,
    org.id,
    scan.id,
    id,
    number,
  );

/** One fenced batch. Throws `LeaseLost` when the fence refused it, and then nothing was written. */
export async function fenced(task: ClaimedTask, statements: readonly Statement[]): Promise<unknown[]> {
  try {
    const [, ...results] = await task.org.db.atomic([fence(task), ...statements]);
    return results;
  } catch (error) {
    if (isRefusal(error)) throw new LeaseLost(`Task ${task.id} of scan ${task.scan.id} is held by somebody else`);
    throw error;
  }
}

const isRefusal = (error: unknown): boolean => String((error as Error | undefined)?.message).includes("lease lost");

/** Gives a task back, so that another try need not wait for the lease to end. */
export async function releaseTask(task: ClaimedTask): Promise<void> {
  await task.org.db.atomic([
    task.org.db
      .update(scanTasks)
      .set({ state: "queued", leaseUntil: null })
      .where(
        and(
          eq(scanTasks.orgId, task.org.id),
          eq(scanTasks.scanId, task.scan.id),
          eq(scanTasks.id, task.id),
          eq(scanTasks.fence, task.fence),
          eq(scanTasks.state, "running"),
        ),
      ),
  ]);
}
