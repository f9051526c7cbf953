import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { fenced, type ClaimedTask } from "./claim.ts";
import type { TaskOutcome } from "./outcome.ts";
import { wakeTasks } from "./wake.ts";
import { partIds, type Work } from "./work.ts";

/** A task's last batch: its outcome and what it hands on. Wakes that, the second wave when it is due, or a task that waits for its turn. */
export async function endTask(
  task: ClaimedTask,
  outcome: TaskOutcome,
  rest: readonly Work[] = [],
  state: "done" | "failed" = "done",
): Promise<void> {
  const ids = partIds(task.id, rest.length);
  const results = await fenced(task, [
    doneRow(task, outcome, state),
    ...handedOn(task, ids, rest),
    ...secondWaveIfLast(task),
    nextInLine(task),
  ]);
  // safe: the last two statements answer these members.
  const [[due], [next]] = results.slice(-2) as [{ due: number }[], { id: string }[]];
  await wakeTasks(task.org, task.scan.id, due ? ["wave2"] : [...ids, ...(next ? [next.id] : [])]);
}

const doneRow = ({ org, scan, id }: ClaimedTask, outcome: TaskOutcome, state: "done" | "failed"): Statement =>
  org.db.sql(
    `UPDATE scan_tasks SET state = ?5, lease_until = NULL, outcome = ?4 WHERE org_id = ?1 AND scan_id = ?2 AND id = ?3`,
    org.id,
    scan.id,
    id,
    JSON.stringify(outcome),
    state,
  );

/** One statement each: what a task has to do may be long. */
const handedOn = ({ org, scan }: ClaimedTask, ids: readonly string[], rest: readonly Work[]): Statement[] =>
  rest.map((work, at) =>
    org.db.sql(
      `INSERT INTO scan_tasks (org_id, scan_id, id, state, fence, attempts, work) VALUES (?1, ?2, ?3, 'queued', 0, 0, ?4)`,
      org.id,
      scan.id,
      ids[at],
      JSON.stringify(work),
    ),
  );

/** Where more tasks wait than may run, each one that ends wakes another, whose own message found no room. */
const nextInLine = ({ org, scan, pace, id }: ClaimedTask): Statement =>
  org.db.sql(
    `SELECT id FROM scan_tasks WHERE org_id = ?1 AND scan_id = ?2 AND state = 'queued'
       AND (SELECT count(*) FROM scan_tasks WHERE org_id = ?1 AND scan_id = ?2 AND state IN ('queued', 'running')) >= ?3
       ORDER BY id > ?4 DESC, id LIMIT 1`,
    org.id,
    scan.id,
    pace.tasksAtOnce,
    id,
  );

/** Completion is derived: the second wave is made by whichever batch leaves no task unfinished. */
export function secondWaveIfLast({
  org,
  scan,
}: {
  readonly org: OrgContext;
  readonly scan: { readonly id: string };
}): Statement[] {
  const wave = `SELECT 1 FROM scan_tasks WHERE org_id = ?1 AND scan_id = ?2 AND id = 'wave2'`;
  return [
    org.db.sql(
      `INSERT INTO scan_tasks (org_id, scan_id, id, state, fence, attempts) SELECT ?1, ?2, 'wave2', 'queued', 0, 0
       WHERE NOT EXISTS (SELECT 1 FROM scan_tasks WHERE org_id = ?1 AND scan_id = ?2 AND state IN ('queued', 'running'))
       ON CONFLICT DO NOTHING`,
      org.id,
      scan.id,
    ),
    org.db.sql(
      `UPDATE scans SET status = 'analyzing', version = version + 1, updated_at = ?3
       WHERE org_id = ?1 AND id = ?2 AND active = 1 AND status = 'running' AND EXISTS (${wave})`,
      org.id,
      scan.id,
      org.now.toISOString(),
    ),
    org.db.sql(`SELECT 1 AS due WHERE EXISTS (${wave} AND state = 'queued')`, org.id, scan.id),
  ];
}
