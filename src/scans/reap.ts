import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import { directoryDatabase, newMeter } from "#db/database";
import { nudgeDeliveries } from "#db/outbox";
import { shards } from "#db/shards";
import { Fault } from "#lib/fault";
import { cancelScan } from "./cancel.ts";
import { claimTask } from "./claim.ts";
import { failScan } from "./end.ts";
import { secondWaveIfLast } from "./end-task.ts";
import { wakeTasks } from "./wake.ts";

interface Waiting {
  readonly orgId: string;
  readonly scanId: string;
  readonly taskId: string | null;
  readonly overdue: number;
}

/** So many tasks are woken in one tick, of all organizations together. */
const wokenMax = 1_000;

/**
 * The net under the queue: takes tasks from holders whose lease has ended (they may be dead), wakes all that wait (their
 * message may be lost), and ends scans that are past their deadline. Waking a task that is being worked on does nothing.
 */
export async function reapScans(env: Env, now: Date, waitUntil: (promise: Promise<unknown>) => void): Promise<void> {
  for (const [shard, d1] of shards(env).entries()) {
    const waiting = await waitingTasks(d1, now);
    for (const [scanId, tasks] of Map.groupBy(waiting, (task) => task.scanId)) {
      const [first] = tasks;
      if (!first) continue;
      const org = systemContext(env, { orgId: first.orgId, shard }, now, waitUntil);
      if (first.overdue) await endOverdue(org, scanId);
      else
        await wakeWaiting(
          org,
          scanId,
          tasks.flatMap(({ taskId }) => (taskId ? [taskId] : [])),
        );
    }
  }
}

/** From here on a holder whose lease has ended can write nothing more, whether or not somebody else has begun. */
async function wakeWaiting(org: OrgContext, scanId: string, taskIds: readonly string[]): Promise<void> {
  await org.db.atomic([
    org.db.sql(
      `UPDATE scan_tasks SET state = 'queued', lease_until = NULL
       WHERE org_id = ?1 AND scan_id = ?2 AND state = 'running' AND lease_until <= ?3`,
      org.id,
      scanId,
      org.now.toISOString(),
    ),
  ]);
  await wakeTasks(org, scanId, taskIds);
}

/** Reads the active scans by their partial index, and each one's tasks by their key. */
async function waitingTasks(d1: D1Database, now: Date): Promise<Waiting[]> {
  const db = directoryDatabase(d1, newMeter());
  const [rows] = await db.atomic([
    db.sql(
      `SELECT s.org_id AS orgId, s.id AS scanId, t.id AS taskId, s.deadline_at <= ?1 AS overdue
       FROM scans AS s LEFT JOIN scan_tasks AS t ON t.org_id = s.org_id AND t.scan_id = s.id
       WHERE s.active = 1 AND (s.deadline_at <= ?1 OR t.state = 'queued' OR (t.state = 'running' AND t.lease_until <= ?1))
       LIMIT ${wokenMax}`,
      now.toISOString(),
    ),
  ]);
  // safe: the statement's own columns.
  return rows as Waiting[];
}

/**
 * What is not done by the deadline is given up. A scan that was planned goes on to its second wave with what its tasks have
 * written, and ends `partial`; one that was not ends in `error`. Without its account nobody can claim its tasks: it is canceled, as
 * by disconnecting.
 */
async function endOverdue(org: OrgContext, scanId: string): Promise<void> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT s.status, EXISTS (SELECT 1 FROM accounts AS a WHERE a.org_id = ?1 AND a.id = s.account_id) AS connected
       FROM scans AS s WHERE s.org_id = ?1 AND s.id = ?2`,
      org.id,
      scanId,
    ),
  ]);
  // safe: the statement's own columns.
  const [scan] = rows as { status: string; connected: 0 | 1 }[];
  if (scan?.connected === 0) await cancelOnce(org, scanId);
  else if (scan?.status === "running") await giveUpTasks(org, scanId);
  else if (scan?.status === "analyzing") await wakeTasks(org, scanId, ["wave2"]);
  else if (scan) await endUnplanned(org, scanId);
}

async function cancelOnce(org: OrgContext, scanId: string): Promise<void> {
  try {
    await cancelScan(org, scanId);
  } catch (error) {
    // Somebody was faster.
    if (!(error instanceof Fault)) throw error;
  }
}

/** Takes the tasks from whoever holds them: a new fence number lets nobody write any more. */
async function giveUpTasks(org: OrgContext, scanId: string): Promise<void> {
  await org.db.atomic([
    org.db.sql(
      `UPDATE scan_tasks SET state = 'failed', fence = fence + 1, lease_until = NULL
       WHERE org_id = ?1 AND scan_id = ?2 AND state IN ('queued', 'running')`,
      org.id,
      scanId,
    ),
    ...secondWaveIfLast({ org, scan: { id: scanId } }),
  ]);
  await wakeTasks(org, scanId, ["wave2"]);
}

async function endUnplanned(org: OrgContext, scanId: string): Promise<void> {
  await org.db.atomic([
    org.db.sql(
      `INSERT INTO scan_tasks (org_id, scan_id, id, state, fence, attempts) VALUES (?1, ?2, 'overdue', 'queued', 0, 0) ON CONFLICT DO NOTHING`,
      org.id,
      scanId,
    ),
  ]);
  const task = await claimTask(org, scanId, "overdue");
  if (!task) return;
  await nudgeDeliveries(org, await failScan(task, "The scan was not done in time. Scan again.", "DEADLINE"));
}
