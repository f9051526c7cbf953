import { createBudget } from "./budget.ts";
import type { CollectorId } from "#collectors/registry";
import { collectorOf, collectorsOf } from "./catalogue.ts";
import type { ClaimedTask } from "./claim.ts";
import { endTask } from "./end-task.ts";
import { lookAround, type Looked } from "./look.ts";
import { addCounts, type TaskCounts } from "./outcome.ts";
import { createFactStore } from "./fact-store.ts";
import { createTeller } from "./progress.ts";
import { compiledRules } from "./rules.ts";
import { openSession, visitOf } from "./session.ts";
import { createSliceWriter } from "./slice-writer.ts";
import type { Gone, StatesBefore } from "./slice.ts";
import { callsBefore, statesBefore } from "./stored.ts";
import { goneOf } from "./sweep.ts";
import { shared, type Work } from "./work.ts";

/**
 * One task: everything of one account in one region (or of its global services), or the part of it that another task handed
 * on. Collects, judges, writes the difference in slices, and with its last batch leaves its outcome, the rest of its work as
 * further tasks and, when it was the last task, the second wave.
 */
export async function runPlaceTask(task: ClaimedTask): Promise<void> {
  const [session, before] = await Promise.all([openSession(visitOf(task), task.place), statesBefore(task)]);
  const all = task.work ?? wholePlace(task);
  const work = { ...all, fresh: all.fresh.filter((id) => isDue(task, before, id)) };
  const writer = createSliceWriter(task, before, task.countsBefore);
  const facts = createFactStore(task);
  const total = work.fresh.length + work.begun.length;
  const teller = createTeller(task, total);
  const { looked, fresh } = await lookAround(
    {
      task,
      place: session.place,
      session,
      writer,
      facts,
      rules: compiledRules(task.rules),
      budget: createBudget(task.org, task.pace.callsPerTask, () => session.counts().awsCalls),
      onLooked: ({ service }) => teller.looked(service),
    },
    work,
  );
  const told = teller.end();
  const counts = await writer.finish(await swept(task, looked));
  const begun = looked.flatMap(({ left }) => (left ? [left] : []));
  const { callsPerTask, tasksAtOnce } = task.pace;
  const rest = shared({ fresh, begun }, { callsMax: callsPerTask, tasksAtOnce, callsOf: callsBefore(before) });
  await endTask(
    task,
    {
      collectors: Object.fromEntries(looked.map(({ collector, part }) => [collector.id, part])),
      ...(await facts.end()),
      counts: addCounts(counts, { ...session.counts(), ...discovered(looked), ...spent(task, rest) }),
    },
    rest,
  );
  await told;
}

const wholePlace = ({ place, scan, account }: ClaimedTask): Work => ({
  fresh: collectorsOf(place, scan.services ?? account.services).map(({ id }) => id),
  begun: [],
});

const isDue = ({ org }: ClaimedTask, before: StatesBefore, id: CollectorId): boolean =>
  collectorOf(id).every === undefined || dayOf(before[id]?.completeAt ?? null) !== dayOf(org.now.toISOString());

const dayOf = (time: string | null): string | undefined => time?.slice(0, 10);

/** What is gone of the collectors this task alone has seen to their end; of the others the second wave knows. */
async function swept(task: ClaimedTask, looked: readonly Looked[]): Promise<Gone[]> {
  const whole = looked.filter(({ part }) => part.whole && part.seen === null);
  const wasSeen = new Map(whole.map(({ collector, seen }) => [collector.id as string, (id: string) => seen.has(id)]));
  return (await Array.fromAsync(goneOf(task, task.place, wasSeen))).flat();
}

const discovered = (looked: readonly Looked[]): Partial<TaskCounts> => ({
  resourcesDiscovered: looked.reduce((sum, { part }) => sum + part.tally.resources, 0),
});

/** Its last batch tells what the task cost before that is known itself: the rows of the task and of what it hands on. */
const spent = ({ org: { db } }: ClaimedTask, rest: readonly Work[]): Partial<TaskCounts> => ({
  rowsRead: db.meter.rowsRead,
  rowsWritten: db.meter.rowsWritten + 1 + rest.length,
});
