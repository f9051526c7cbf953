import { AwsFault } from "#aws/fault";
import { createLimiter } from "#aws/limiter";
import type { Found, Place } from "#collectors/collector";
import { figuresFor } from "#collectors/metrics";
import type { CollectorId } from "#collectors/registry";
import { tagsIn } from "#collectors/tags";
import type { Budget } from "./budget.ts";
import { collectorOf, type AnyCollector } from "./catalogue.ts";
import type { ClaimedTask } from "./claim.ts";
import type { CollectorPart, Fact } from "./outcome.ts";
import { goThrough, lookedOf, newRun, type Run, type Shared, type Unit } from "./run.ts";
import type { AwsSession } from "./session.ts";
import type { SliceWriter } from "./slice-writer.ts";
import type { Left, Work } from "./work.ts";

export interface Look {
  readonly task: ClaimedTask;
  readonly place: Place;
  readonly session: AwsSession;
  readonly writer: SliceWriter;
  readonly budget: Budget;
  /** Called when a collector is through. */
  readonly onLooked: (collector: AnyCollector) => Promise<void>;
}

/** What a collector came back with, its resources already judged, compared and handed on. */
export interface Looked {
  readonly collector: AnyCollector;
  readonly part: CollectorPart;
  /** Ids of the resources seen. */
  readonly seen: ReadonlySet<string>;
  /** What cross-service checks keep. */
  readonly facts: readonly Fact[];
  /** What another task has to go on with. */
  readonly left: Left | null;
}

export interface LookedAround {
  readonly looked: readonly Looked[];
  /** Not begun. */
  readonly fresh: readonly CollectorId[];
}

/** Collectors under way at once: enough to keep the six connections busy, few enough to stop in time. */
const collectorsAtOnce = 2;
const describedAtOnce = 6;

/**
 * Runs the collectors of a task until all is seen or the budget is spent. Whatever is spent, each task gets further: a list
 * by a page at least, items by one.
 */
export async function lookAround(look: Look, work: Work): Promise<LookedAround> {
  const shared: Shared = { describing: createLimiter(describedAtOnce), tags: tagsOnce(look, work) };
  const units = unitsOf(work);
  const fresh: CollectorId[] = [];
  const runs: Run[] = [];
  const next = async (): Promise<void> => {
    for (let unit = units.shift(); unit; unit = units.shift()) {
      if (unit.from === undefined && runs.length > 0 && look.budget.isSpent()) {
        fresh.push(unit.collector.id);
        continue;
      }
      const run = newRun(look, unit, shared);
      runs.push(run);
      await goThrough(run);
      await look.onLooked(unit.collector);
    }
  };
  await Promise.all(Array.from({ length: collectorsAtOnce }, next));
  await measure(look, runs);
  return { looked: runs.map(lookedOf), fresh };
}

const unitsOf = ({ begun, fresh }: Work): Unit[] => [
  ...begun.map(({ collector, from, items }) => ({ collector: collectorOf(collector), from, items })),
  ...fresh.map((id) => ({ collector: collectorOf(id), from: undefined, items: [] })),
];

/** Tags are read once for all collectors of a task that want them, when the first one does. */
function tagsOnce({ session }: Look, { begun, fresh }: Work): Shared["tags"] {
  const ids = [...fresh, ...begun.map(({ collector }) => collector)];
  const types = [...new Set(ids.flatMap((id) => collectorOf(id).tagTypes ?? []))];
  let reading: ReturnType<typeof tagsIn> | null = null;
  return async (onGap) => {
    reading ??= tagsIn(session.caller(), types);
    const tags = await reading;
    if (!(tags instanceof AwsFault)) return (arn) => tags.get(arn) ?? {};
    onGap(tags);
    return () => undefined;
  };
}

/** Asks for the figures of all that waits for some, together. */
async function measure({ session, task }: Look, runs: readonly Run[]): Promise<void> {
  const waiting = runs.flatMap((run) => run.waiting.map((one) => ({ run, ...one })));
  if (waiting.length === 0) return;
  const concerned = new Set(waiting.map(({ run }) => run));
  const aws = session.caller({
    onGap: (gap) => {
      for (const { gaps } of concerned) gaps.push(gap);
    },
  });
  const wanted = waiting.map(({ queries }) => queries);
  const figures = await figuresFor(aws, wanted, task.org.now);
  for (const run of concerned) {
    const { measures } = run.unit.collector;
    const own = waiting.flatMap(({ run: its, found }, at) =>
      its === run && measures ? [measures.with(found, figures[at] ?? [])] : [],
    );
    await run.sink.take(own as readonly Found[]);
  }
}
