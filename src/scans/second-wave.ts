import type { Found } from "#collectors/collector";
import type { CollectorId } from "#collectors/registry";
import { nudgeDeliveries } from "#db/outbox";
import type { CollectorState, ScanSummary } from "#db/values";
import type { ClaimedTask } from "./claim.ts";
import { crossChangesOf, writeCrossChanges } from "./cross.ts";
import { statesOfFailure } from "./coverage.ts";
import { collectorsOf } from "./catalogue.ts";
import { endScan, type Ending } from "./end.ts";
import { addCounts, noCounts, type TaskCounts, type TaskOutcome } from "./outcome.ts";

/** A task that has ended, with what it left behind. */
export interface EndedTask {
  readonly id: string;
  readonly state: string;
  readonly outcome: TaskOutcome | null;
}

/** The last task of a scan: checks that read across services, then the end of the scan. */
export async function runSecondWave(task: ClaimedTask): Promise<void> {
  const ended = await endedTasks(task);
  const plan = ended.find(({ id }) => id === "plan");
  const tasks = ended.filter(({ id }) => id !== "plan").map((one) => withCoverage(task, one));
  let counts = task.countsBefore ?? noCounts;
  for (const one of tasks) {
    const changes = await crossChangesOf(task, one.id, factsOf(one));
    counts = await writeCrossChanges(task, one, changes, counts);
  }
  const eventIds = await endScan(task, endingOf(task, tasks, addCounts(counts, plan?.outcome?.counts ?? {})));
  await nudgeDeliveries(task.org, eventIds);
}

async function endedTasks({ org, scan }: ClaimedTask): Promise<EndedTask[]> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, state, outcome FROM scan_tasks WHERE org_id = ?1 AND scan_id = ?2 AND id <> 'wave2'`,
      org.id,
      scan.id,
    ),
  ]);
  // safe: the statement's own columns; a task's outcome is written by `endTask`.
  return (rows as { id: string; state: string; outcome: string | null }[]).map(({ id, state, outcome }) => ({
    id,
    state,
    outcome: outcome === null ? null : (JSON.parse(outcome) as TaskOutcome),
  }));
}

/** A task that was given up left nothing: its collectors are `failed`. */
function withCoverage({ org, scan, account }: ClaimedTask, ended: EndedTask): EndedTask {
  if (ended.outcome?.coverage) return ended;
  const coverage = statesOfFailure(
    collectorsOf(ended.id, scan.services ?? account.services),
    {},
    {
      place: ended.id,
      seq: scan.seq,
      now: org.now,
      code: "DEADLINE",
      remedy: "This region was not done in time: scan again.",
    },
  );
  return { ...ended, outcome: { coverage, counts: ended.outcome?.counts ?? noCounts, facts: {} } };
}

/** What the tasks kept for the cross-service checks; null where a list was not whole. */
const factsOf = ({ outcome }: EndedTask): ReadonlyMap<CollectorId, readonly Found[] | null> =>
  // safe: the keys are ids of collectors, written from the registry.
  new Map(Object.entries(outcome?.facts ?? {}) as [CollectorId, readonly Found[] | null][]);

/** Written by the batch that made this task: its row, the scan's, and the entry of the scan's status. */
const waveWrites = 3;

function endingOf(task: ClaimedTask, tasks: readonly EndedTask[], wave: TaskCounts): Ending {
  const coverage = Object.fromEntries(tasks.map(({ id, outcome }) => [id, outcome?.coverage ?? {}]));
  const counts = tasks.reduce((sum, { outcome }) => addCounts(sum, outcome?.counts ?? {}), wave);
  const { rowsRead, rowsWritten } = task.org.db.meter;
  const summary: ScanSummary = {
    ...addCounts(counts, { rowsRead, rowsWritten: rowsWritten + waveWrites, queueMessages: tasks.length + 2 }),
    tasksTotal: tasks.length + 2,
    tasksDone: tasks.filter(({ state }) => state === "done").length + 2,
    coverage,
  };
  return { ...verdictOf(tasks), summary };
}

/** Complete: every collector saw all it was sent for. Error: none saw anything. Else partial. */
function verdictOf(tasks: readonly EndedTask[]): Pick<Ending, "status" | "errorMessage"> {
  const states = tasks.flatMap(({ outcome }) => Object.values(outcome?.coverage ?? {}));
  const seen = states.some(({ state }) => state === "done" || state === "skipped");
  if (states.length > 0 && !seen) return { status: "error", errorMessage: firstError(states) };
  const all =
    tasks.every(({ state, outcome }) => state === "done" && outcome !== null) &&
    states.every(({ state }) => state === "done" || state === "skipped");
  return { status: all ? "complete" : "partial", errorMessage: null };
}

function firstError(states: readonly CollectorState[]): string {
  const error = states.flatMap(({ errors }) => errors).at(0);
  return error ? `${error.code}: ${error.remedy}` : "Nothing could be read from this account.";
}
