import type { Watch } from "#aws/client";
import type { Limiter } from "#aws/limiter";
import type { Cursor } from "#aws/pages";
import type { CollectContext, Found } from "#collectors/collector";
import { askedOf, isWanting, type Asked } from "#collectors/read";
import type { AnyCollector } from "./catalogue.ts";
import { gapOf, partOf, type Gap } from "./coverage.ts";
import type { Look, Looked } from "./look.ts";
import { packed } from "./seen.ts";
import { createSink, type Sink } from "./sink.ts";
import type { Left } from "./work.ts";

/** What of a collector one task has to do. */
export interface Unit {
  readonly collector: AnyCollector;
  /** `undefined`: from its beginning; null: no list, only items. */
  readonly from: Cursor | null | undefined;
  readonly items: readonly unknown[];
}

/** One collector under way. */
export interface Run {
  readonly look: Look;
  readonly unit: Unit;
  readonly describing: Limiter;
  readonly context: CollectContext;
  readonly sink: Sink;
  readonly gaps: Gap[];
  /** Things of which more is asked when all lists are through. */
  readonly waiting: Asked[];
  /** Listed, and left for another task. */
  readonly itemsLeft: unknown[];
  readonly progress: Progress;
}

interface Progress {
  /** AWS calls, without retries. */
  calls: number;
  describeCalls: number;
  described: number;
  /** Nothing was refused that would hide a resource. */
  whole: boolean;
  /** Where the list was left. */
  next: Cursor | null;
}

/** Where nothing was described yet, an item may cost so many calls. */
const callsPerItemGuess = 4;

/** `describing` limits what is described at once, by all runs of a task. */
export function newRun(look: Look, unit: Unit, describing: Limiter): Run {
  const gaps: Gap[] = [];
  const progress: Progress = { calls: 0, describeCalls: 0, described: 0, whole: true, next: null };
  const onGap = (error: unknown): void => void gaps.push(gapOf(error, unit.collector, look.place.region));
  const aws = look.session.caller(watchOf(look, unit, progress, onGap));
  const context = { aws, place: look.place, now: look.task.org.now };
  const sink = createSink(look, unit.collector);
  return { look, unit, describing, context, sink, gaps, waiting: [], itemsLeft: [], progress };
}

const watchOf = ({ budget }: Look, { from }: Unit, progress: Progress, onGap: (error: unknown) => void): Watch => ({
  onGap,
  onCall: () => (progress.calls += 1),
  walk: {
    from: from ?? undefined,
    leave(next) {
      if (budget.isSpent()) progress.next = next;
      return progress.next !== null;
    },
  },
});

/** Goes through a collector: to its end, or until the budget is spent. What goes wrong is a gap, not an error. */
export async function goThrough(run: Run): Promise<void> {
  const { collector, from, items } = run.unit;
  if (items.length > 0) await read(run, items);
  if (from === null) return;
  const pages = collector.list(run.context)[Symbol.asyncIterator]();
  const nextPage = async (): Promise<IteratorResult<readonly unknown[], unknown>> =>
    pages.next().catch((error: unknown) => {
      missed(run, error);
      return { done: true as const, value: undefined };
    });
  // The next page is on its way while what the last one listed is described.
  for (let page = await nextPage(); !page.done;) {
    const ahead = nextPage();
    await read(run, page.value);
    page = await ahead;
  }
}

/** Something could not be seen: nothing that is stored may be taken for gone. */
function missed({ context, progress }: Run, error: unknown): void {
  progress.whole = false;
  context.aws.gap(error);
}

/** What a list yielded: described, unless there is nothing to describe, and taken. */
async function read(run: Run, items: readonly unknown[]): Promise<void> {
  const { unit, progress, describing, look, itemsLeft } = run;
  // safe: without `describe` a list yields what was found.
  if (!unit.collector.describe) return take(run, items as readonly Found[]);
  const before = progress.calls;
  const found = await Promise.all(
    batchesOf(items, unit.collector.batch ?? 1).map((batch) =>
      describing.run(async () => {
        if (!look.budget.isSpent() || progress.described === 0) return describe(run, batch);
        itemsLeft.push(...batch);
        return [];
      }),
    ),
  );
  progress.describeCalls += progress.calls - before;
  return take(run, found.flat());
}

async function describe(run: Run, batch: readonly unknown[]): Promise<readonly Found[]> {
  run.progress.described += batch.length;
  try {
    // safe: a collector with `describe` is handed what its own list yielded.
    return ((await run.unit.collector.describe?.(run.context, batch as never)) ?? []) as readonly Found[];
  } catch (error) {
    missed(run, error);
    return [];
  }
}

/** Things that lack something wait for it; the others are done with. */
async function take({ unit, look, waiting, sink }: Run, found: readonly Found[]): Promise<void> {
  const whole: Found[] = [];
  for (const one of found) {
    const asked = askedOf(unit.collector, look.place, one);
    if (isWanting(asked)) {
      waiting.push(asked);
      look.budget.add(1);
    } else whole.push(one);
  }
  return sink.take(whole);
}

const batchesOf = <Item>(items: readonly Item[], size: number): (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

export function lookedOf({ unit, sink, gaps, progress, itemsLeft }: Run): Looked {
  const { collector } = unit;
  const { whole, calls, next } = progress;
  const isLeft = next !== null || itemsLeft.length > 0;
  const seen = isLeft || unit.from !== undefined ? packed(sink.seen) : null;
  const left: Left = {
    collector: collector.id,
    from: next,
    items: itemsLeft,
    callsPerItem: progress.described > 0 ? Math.max(1, progress.describeCalls / progress.described) : callsPerItemGuess,
    batch: collector.batch ?? 1,
  };
  return {
    collector,
    part: partOf(gaps, { whole, tally: sink.tally, calls, seen }, collector),
    seen: sink.seen,
    left: isLeft ? left : null,
  };
}
