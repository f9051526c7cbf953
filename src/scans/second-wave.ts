import { nudgeDeliveries } from "#db/outbox";
import type { CheckCounts, CollectorState, ScanSummary } from "#db/values";
import { releaseTask, type ClaimedTask } from "./claim.ts";
import { costsKept } from "./daily-costs.ts";
import { crossChangesOf, writeCrossChanges } from "./cross.ts";
import { endScan, type Ending } from "./end.ts";
import { addCounts, noCounts, type TaskCounts } from "./outcome.ts";
import type { Lists } from "./judge.ts";
import { factsOf, placesOf, statesOf, taskRows, type PlaceOutcome } from "./parts.ts";
import { rankRecommendations } from "./rank.ts";
import { keepRiskReductions } from "./risk-reduction.ts";
import { seenIn } from "./seen.ts";
import { createSliceWriter } from "./slice-writer.ts";
import type { StatesBefore } from "./slice.ts";
import { allStatesBefore, verdictsBefore, type VerdictsByPlace } from "./stored.ts";
import { goneOf } from "./sweep.ts";
import { joinedCounts } from "./verdict-counts.ts";
import { createViews } from "./views.ts";
import { wakeTasks } from "./wake.ts";

/** A Worker may ask D1 1,000 times: what is done by then stays, and another invocation goes on. */
const roundTripsMax = 500;

/**
 * The last task of a scan: what is gone of collectors that several tasks went along, checks that read across services, then
 * the end of the scan.
 */
export async function runSecondWave(task: ClaimedTask): Promise<void> {
  const { org, scan, account } = task;
  const [rows, before] = await Promise.all([taskRows(org, scan.id), allStatesBefore(task)]);
  const places = placesOf(rows, scan.services ?? account.services).toSorted(globalLast);
  const plan = rows.find(({ id }) => id === "plan");
  const global = places.find(isGlobal);
  const globalFacts: Lists = global ? await factsOf(org, scan.id, global) : new Map();
  const views = createViews(globalFacts, {
    everyRegion: scan.regions === null && account.regions === null,
    costs: await costsKept(task),
  });
  let counts = task.countsBefore ?? noCounts;
  for (const one of places) {
    const states = before.get(one.place) ?? {};
    counts = await sweep({ ...task, place: one.place }, one, states, counts);
    const facts = isGlobal(one) ? globalFacts : await factsOf(org, scan.id, one);
    const view = isGlobal(one) ? views.global() : views.region(one.place, facts);
    const changes = await crossChangesOf(task, one, facts, view);
    counts = await writeCrossChanges(task, one.place, changes, states, counts);
    if (org.db.meter.roundTrips > roundTripsMax) return goOnLater(task);
  }
  await rankRecommendations(org);
  await keepRiskReductions(org, account.id);
  const verdicts = await verdictsBefore(task);
  const ending = endingOf(task, places, { before, verdicts }, addCounts(counts, plan?.outcome?.counts ?? {}));
  await nudgeDeliveries(org, await endScan(task, ending));
}

const isGlobal = ({ place }: PlaceOutcome): boolean => place === "global";
/** What is global is judged from what is in every region. */
const globalLast = (a: PlaceOutcome, b: PlaceOutcome): number => Number(isGlobal(a)) - Number(isGlobal(b));

async function goOnLater(task: ClaimedTask): Promise<void> {
  await releaseTask(task);
  await wakeTasks(task.org, task.scan.id, [task.id]);
}

/** Takes out what is gone of collectors that several tasks went along to their end. */
async function sweep(
  task: ClaimedTask,
  { place, collectors }: PlaceOutcome,
  states: StatesBefore,
  counts: TaskCounts,
): Promise<TaskCounts> {
  const wasSeen = new Map(
    [...collectors].flatMap(([id, { whole, packs }]) =>
      whole && packs.length > 0 ? [[id, seenIn(packs)] as const] : [],
    ),
  );
  if (wasSeen.size === 0) return counts;
  const gone = (await Array.fromAsync(goneOf(task, place, wasSeen))).flat();
  return createSliceWriter(task, states, counts).finish(gone);
}

/** Written by the batch that made this task: its row, the scan's, and the entry of the scan's status. */
const waveWrites = 3;

function endingOf(
  task: ClaimedTask,
  places: readonly PlaceOutcome[],
  { before, verdicts }: { before: ReadonlyMap<string, StatesBefore>; verdicts: VerdictsByPlace },
  wave: TaskCounts,
): Ending {
  const when = { seq: task.scan.seq, now: task.org.now };
  const coverage = Object.fromEntries(
    places.map((one) => [one.place, statesOf(one, before.get(one.place) ?? {}, when)]),
  );
  const counts = places.reduce((sum, one) => addCounts(sum, one.counts), wave);
  const tasks = places.reduce((sum, one) => sum + one.tasks, 0);
  const failed = places.reduce((sum, one) => sum + one.failed, 0);
  const { rowsRead, rowsWritten } = task.org.db.meter;
  const summary: ScanSummary = {
    ...addCounts(counts, { rowsRead, rowsWritten: rowsWritten + waveWrites, queueMessages: tasks + 2 }),
    tasksTotal: tasks + 2,
    tasksDone: tasks - failed + 2,
    coverage,
  };
  const known = places.map((one) => ({
    place: one.place,
    states: { ...before.get(one.place), ...coverage[one.place] },
    verdicts: { ...verdicts.get(one.place), ...verdictsOf(one) },
  }));
  const now = new Map([...verdicts, ...known.map((one) => [one.place, one.verdicts] as const)]);
  return {
    ...verdictOf(Object.values(coverage), failed, task.scan.seq),
    summary,
    coverage: known,
    verdicts: {
      scan: joinedCounts(places.flatMap((one) => Object.values(verdictsOf(one)))),
      account: joinedCounts([...now.values()].flatMap((one) => Object.values(one))),
    },
  };
}

/** Collector → what the checks said of what it found. */
const verdictsOf = ({ collectors }: PlaceOutcome): Record<string, CheckCounts> =>
  Object.fromEntries([...collectors].map(([id, { tally }]) => [id, tally.checks]));

type States = Readonly<Record<string, CollectorState>>;

/** Complete: every collector saw all it was sent for. Error: none saw even its list. Else partial. */
function verdictOf(coverage: readonly States[], failed: number, seq: number): Pick<Ending, "status" | "errorMessage"> {
  const states = coverage.flatMap((place) => Object.values(place));
  const isSeen = ({ state }: CollectorState): boolean => state === "done" || state === "skipped";
  const isListed = ({ completeSeq }: CollectorState): boolean => completeSeq === seq;
  if (states.length > 0 && !states.some((state) => isSeen(state) || isListed(state)))
    return { status: "error", errorMessage: firstError(states) };
  return { status: failed === 0 && states.every(isSeen) ? "complete" : "partial", errorMessage: null };
}

function firstError(states: readonly CollectorState[]): string {
  const error = states.flatMap(({ errors }) => errors).at(0);
  return error ? `${error.code}: ${error.remedy}` : "Nothing could be read from this account.";
}
