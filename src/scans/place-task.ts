import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { CollectorState } from "#db/values";
import { collectorsOf } from "./catalogue.ts";
import { findingIdsOf, type StoredResource } from "./change.ts";
import { fenced, type ClaimedTask } from "./claim.ts";
import { stateAfter } from "./coverage.ts";
import { lookAround, type Looked } from "./look.ts";
import { addCounts, type TaskCounts, type TaskOutcome } from "./outcome.ts";
import { tellProgress } from "./progress.ts";
import { openSession } from "./session.ts";
import { createSliceWriter } from "./slice-writer.ts";
import type { Gone, StatesBefore } from "./slice.ts";
import { statesBefore, storedResources } from "./stored.ts";
import { wakeTasks } from "./wake.ts";

/**
 * One task: everything of one account in one region (or of its global services). Collects, judges, writes the difference in
 * slices, and with the last batch leaves its coverage, its outcome and, when it was the last task, the second wave.
 */
export async function runPlaceTask(task: ClaimedTask): Promise<void> {
  const collectors = collectorsOf(task.id, task.scan.services ?? task.account.services);
  const session = await openSession(task, task.id);
  const [stored, before] = await Promise.all([
    storedResources(
      task,
      collectors.map(({ id }) => id),
    ),
    statesBefore(task),
  ]);
  const writer = createSliceWriter(task, before, task.countsBefore);
  let through = 0;
  const looked = await lookAround(
    {
      task,
      place: session.place,
      session,
      stored,
      writer,
      onLooked: async ({ collector }) => {
        through += 1;
        await tellProgress(task, { service: collector.service, share: through / collectors.length });
      },
    },
    collectors,
  );
  const counts = await writer.finish(await goneOf(stored, looked));
  await complete(task, before, looked, addCounts(counts, { ...session.counts(), ...sumsOf(looked), ...spent(task) }));
}

/** What is stored and was not in a list that was seen whole. */
async function goneOf(stored: ReadonlyMap<string, StoredResource>, looked: readonly Looked[]): Promise<Gone[]> {
  const whole = new Map(looked.filter((one) => one.whole).map((one) => [one.collector.id as string, one.seen]));
  const gone = [...stored.values()].filter(({ id, collector }) => whole.get(collector)?.has(id) === false);
  return Promise.all(
    gone.map(async (resource) => ({
      id: resource.id,
      collector: resource.collector,
      findingIds: await findingIdsOf(resource),
    })),
  );
}

const sumsOf = (looked: readonly Looked[]): Partial<TaskCounts> => ({
  resourcesDiscovered: looked.reduce((sum, { tally }) => sum + tally.resources, 0),
});

/** Written by a task's last batch, which tells what the task cost before it is known itself: coverage and the task's row. */
const lastBatchWrites = 2;

const spent = ({ org }: ClaimedTask): Partial<TaskCounts> => ({
  rowsRead: org.db.meter.rowsRead,
  rowsWritten: org.db.meter.rowsWritten + lastBatchWrites,
});

async function complete(
  task: ClaimedTask,
  before: StatesBefore,
  looked: readonly Looked[],
  counts: TaskCounts,
): Promise<void> {
  const { seq } = task.scan;
  const coverage = Object.fromEntries(
    looked.map(({ collector, whole, gaps, tally }) => [
      collector.id,
      stateAfter(before[collector.id], gaps, { whole, tally, seq, now: task.org.now }),
    ]),
  );
  const facts = Object.fromEntries(looked.map((one) => [one.collector.id, one.facts]));
  await endTask(task, { ...before, ...coverage }, { coverage, counts, facts });
}

/** The task's last batch. Answers whether the second wave is due, and wakes it. */
export async function endTask(
  task: ClaimedTask,
  states: Readonly<Record<string, CollectorState>>,
  outcome: TaskOutcome,
  state: "done" | "failed" = "done",
): Promise<void> {
  const results = await fenced(task, [
    coverageRow(task, states),
    doneRow(task, outcome, state),
    ...secondWaveIfLast(task),
  ]);
  const [due] = results.at(-1) as { due: number }[];
  if (due) await wakeTasks(task.org, task.scan.id, ["wave2"]);
}

const coverageRow = (
  { org, account, scan, id }: ClaimedTask,
  states: Readonly<Record<string, CollectorState>>,
): Statement =>
  org.db.sql(
    `INSERT INTO coverage (org_id, account_id, region, scan_id, seq, collectors, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT (org_id, account_id, region) DO UPDATE SET
       scan_id = excluded.scan_id, seq = excluded.seq, collectors = excluded.collectors, updated_at = excluded.updated_at`,
    org.id,
    account.id,
    id,
    scan.id,
    scan.seq,
    JSON.stringify(states),
    org.now.toISOString(),
  );

const doneRow = ({ org, scan, id }: ClaimedTask, outcome: TaskOutcome, state: "done" | "failed"): Statement =>
  org.db.sql(
    `UPDATE scan_tasks SET state = ?5, lease_until = NULL, outcome = ?4 WHERE org_id = ?1 AND scan_id = ?2 AND id = ?3`,
    org.id,
    scan.id,
    id,
    JSON.stringify(outcome),
    state,
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
