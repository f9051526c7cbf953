import { AwsFault } from "#aws/fault";
import { nudgeDeliveries } from "#db/outbox";
import { Fault } from "#lib/fault";
import { collectorsOf } from "./catalogue.ts";
import { attemptsMax, fenced, LeaseLost, type ClaimedTask } from "./claim.ts";
import { failScan } from "./end.ts";
import { percentPlanned, tell } from "./progress.ts";
import { addCounts, noCounts, type TaskCounts } from "./outcome.ts";
import { openSession, visitOf } from "./session.ts";
import { allStatesBefore, callsBefore } from "./stored.ts";
import { wakeTasks } from "./wake.ts";
import { partIds, shared, type Work } from "./work.ts";

/**
 * The first task of a scan: are the credentials good, which regions are there, and so which tasks. Credentials that AWS
 * refuses end the scan in `error`; anything that may pass is left to the next try.
 */
export async function runPlan(task: ClaimedTask): Promise<void> {
  try {
    const session = await openSession(visitOf(task), "global");
    const places = placesOf(task, await session.enabledRegions());
    await writePlan(task, await tasksOf(task, places), session.counts());
  } catch (error) {
    const reason = finalReason(error, task.attempts);
    if (!reason) throw error;
    await nudgeDeliveries(task.org, await failScan(task, reason.remedy, reason.code));
  }
}

/** Why trying again will not help; null where it may. */
function finalReason(error: unknown, attempts: number): { code: string; remedy: string } | null {
  if (error instanceof Fault) return { code: error.code, remedy: error.detail };
  if (error instanceof AwsFault && (!isPassing(error) || attempts >= attemptsMax)) return error;
  return attempts >= attemptsMax && !(error instanceof LeaseLost)
    ? { code: "PLAN_FAILED", remedy: "Cloudglass could not begin with this account: scan again." }
    : null;
}

const isPassing = ({ kind }: AwsFault): boolean => kind === "throttled" || kind === "broken";

/** `global`, and the regions that are enabled, wanted by the account and asked for by the scan; only where there is something to ask. */
function placesOf(task: ClaimedTask, enabled: readonly string[]): string[] {
  const services = task.scan.services ?? task.account.services;
  const wanted = (region: string): boolean =>
    (task.account.regions?.includes(region) ?? true) && (task.scan.regions?.includes(region) ?? true);
  const global = task.scan.regions === null || task.scan.regions.includes("global");
  return [...(global ? ["global"] : []), ...enabled.filter(wanted)].filter(
    (place) => collectorsOf(place, services).length > 0,
  );
}

/** A task of the plan; null: everything of its place. */
interface Planned {
  readonly id: string;
  readonly work: Work | null;
}

/** How far a planned task is filled, so that a little more than last time need not be handed on. */
const filled = 0.8;

/** One task for each place, or as many as its calls of last time ask for; of each place the largest first. */
async function tasksOf(task: ClaimedTask, places: readonly string[]): Promise<Planned[]> {
  const before = await allStatesBefore(task);
  const planned = places.flatMap((place): (Planned & { readonly at: number })[] => {
    const fresh = collectorsOf(place, task.scan.services ?? task.account.services).map(({ id }) => id);
    const callsOf = callsBefore(before.get(place) ?? {});
    const { callsPerTask } = task.pace;
    const calls = fresh.reduce((sum, id) => sum + callsOf(id), 0);
    const cut = { callsMax: calls <= callsPerTask ? calls : callsPerTask * filled, tasksAtOnce: 1, callsOf };
    const works = shared({ fresh, begun: [] }, cut);
    if (works.length === 1) return [{ id: place, work: null, at: 0 }];
    return partIds(place, works.length).map((id, at) => ({ id, work: works[at] ?? null, at }));
  });
  return planned.toSorted((a, b) => a.at - b.at);
}

/** Written by the plan's batch beside its tasks: its own row, the scan's, and the entry of the scan's status. */
const planWrites = 3;

async function writePlan(task: ClaimedTask, planned: readonly Planned[], calls: Partial<TaskCounts>): Promise<void> {
  const tasks = planned.length > 0 ? planned : [{ id: "wave2", work: null }];
  const { org, scan } = task;
  const now = org.now.toISOString();
  const { rowsRead, rowsWritten } = org.db.meter;
  const counts = addCounts(noCounts, {
    ...calls,
    rowsRead,
    rowsWritten: rowsWritten + planWrites + tasks.length,
  });
  await fenced(task, [
    org.db.sql(
      `INSERT INTO scan_tasks (org_id, scan_id, id, state, fence, attempts, work)
       SELECT ?1, ?2, value ->> 'id', 'queued', 0, 0, value -> 'work' FROM json_each(?3) WHERE true ON CONFLICT DO NOTHING`,
      org.id,
      scan.id,
      JSON.stringify(tasks.map(({ id, work }) => (work ? { id, work } : { id }))),
    ),
    org.db.sql(
      `UPDATE scan_tasks SET state = 'done', lease_until = NULL, outcome = ?3 WHERE org_id = ?1 AND scan_id = ?2 AND id = 'plan'`,
      org.id,
      scan.id,
      JSON.stringify({ counts }),
    ),
    org.db.sql(
      `UPDATE scans SET status = 'running', started_at = coalesce(started_at, ?3), version = version + 1, updated_at = ?3
       WHERE org_id = ?1 AND id = ?2 AND active = 1`,
      org.id,
      scan.id,
      now,
    ),
  ]);
  await tellPlanned(task, planned.length);
  await wakeTasks(
    org,
    scan.id,
    tasks.map(({ id }) => id),
  );
}

const tellPlanned = ({ org, scan }: ClaimedTask, tasksTotal: number): Promise<void> =>
  tell(org, [
    {
      type: "progress",
      scanId: scan.id,
      percent: percentPlanned,
      step: "planned",
      ts: org.now.toISOString(),
      region: null,
      service: null,
      counts: { tasksTotal, tasksDone: 0 },
    },
  ]);
