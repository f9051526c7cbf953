import type { Cursor } from "#aws/pages";
import { AwsFault } from "#aws/fault";
import { createLimiter, type Limiter } from "#aws/limiter";
import type { CollectContext, Found, Place } from "#collectors/collector";
import { figuresFor, type MetricQuery } from "#collectors/metrics";
import type { CollectorId } from "#collectors/registry";
import { tagsIn, type TagReader } from "#collectors/tags";
import type { Budget } from "./budget.ts";
import { allCollectors, type AnyCollector } from "./catalogue.ts";
import type { ClaimedTask } from "./claim.ts";
import { gapOf, partOf, type Gap } from "./coverage.ts";
import type { CollectorPart } from "./outcome.ts";
import { packed } from "./seen.ts";
import type { AwsSession } from "./session.ts";
import { createSink, type Sink } from "./sink.ts";
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
  readonly facts: readonly Found[];
  /** What another task has to go on with. */
  readonly left: Left | null;
}

export interface LookedAround {
  readonly looked: readonly Looked[];
  /** Not begun. */
  readonly fresh: readonly CollectorId[];
}

/** Collectors under way at once: enough to keep the six connections busy, few enough to stop in time. */
const collectorsAtOnce = 8;
const describedAtOnce = 6;
/** Where nothing was described yet, an item may cost so many calls. */
const callsPerItemGuess = 4;

/**
 * Runs the collectors of a task until all is seen or the budget is spent. Whatever is spent, each task gets further: a list
 * by a page at least, items by one.
 */
export async function lookAround(look: Look, work: Work): Promise<LookedAround> {
  const shared = { describing: createLimiter(describedAtOnce), tags: tagsOnce(look, work) };
  const units = [
    ...work.begun.map(unitOf),
    ...work.fresh.map((id) => unitOf({ collector: id, from: undefined, items: [] })),
  ];
  const fresh: CollectorId[] = [];
  const runs: Run[] = [];
  const next = async (): Promise<void> => {
    for (let unit = units.shift(); unit; unit = units.shift()) {
      const isFresh = unit.from === undefined;
      if (isFresh && runs.length > 0 && look.budget.isSpent()) fresh.push(unit.collector.id);
      else {
        const run = startRun(look, unit, shared);
        runs.push(run);
        await run.through();
        await look.onLooked(unit.collector);
      }
    }
  };
  await Promise.all(Array.from({ length: collectorsAtOnce }, next));
  await measure(look, runs);
  return { looked: runs.map((run) => run.looked()), fresh };
}

interface Unit {
  readonly collector: AnyCollector;
  /** `undefined`: from its beginning; null: no list, only items. */
  readonly from: Cursor | null | undefined;
  readonly items: readonly unknown[];
}

const byId: ReadonlyMap<string, AnyCollector> = new Map(allCollectors.map((collector) => [collector.id, collector]));

function unitOf({ collector: id, from, items }: { collector: CollectorId } & Omit<Unit, "collector">): Unit {
  const collector = byId.get(id);
  if (!collector) throw new RangeError(`There is no collector ${id}`);
  return { collector, from, items };
}

/** One collector under way. */
interface Run {
  readonly collector: AnyCollector;
  /** Things whose figures are asked for when all lists are through. */
  readonly waiting: { readonly found: Found; readonly queries: readonly MetricQuery[] }[];
  readonly sink: Sink;
  readonly gaps: Gap[];
  through(): Promise<void>;
  looked(): Looked;
}

interface Shared {
  readonly describing: Limiter;
  readonly tags: (onGap: (gap: Gap) => void) => Promise<TagReader>;
}

function startRun(look: Look, unit: Unit, shared: Shared): Run {
  const { collector } = unit;
  const { task, place, budget } = look;
  const gaps: Gap[] = [];
  const waiting: Run["waiting"] = [];
  const sink = createSink(look, collector);
  const state = { calls: 0, describeCalls: 0, described: 0, whole: true, next: null as Cursor | null };
  const itemsLeft: unknown[] = [];
  const aws = look.session.caller({
    onGap: (gap) => void gaps.push(gap),
    onCall: () => (state.calls += 1),
    walk: {
      from: unit.from ?? undefined,
      leave: (next) => {
        if (budget.isSpent()) state.next = next;
        return state.next !== null;
      },
    },
  });
  const context: CollectContext = {
    aws,
    place,
    now: task.org.now,
    tags: () => shared.tags((gap) => void gaps.push(gap)),
  };
  const failed = (error: unknown): void => {
    state.whole = false;
    gaps.push(gapOf(error, collector, place.region));
  };

  const take = async (found: readonly Found[]): Promise<void> => {
    const asked = found.map((one) => ({ found: one, queries: collector.measures?.queries(one, place) ?? [] }));
    waiting.push(...asked.filter(({ queries }) => queries.length > 0));
    await sink.take(asked.filter(({ queries }) => queries.length === 0).map((one) => one.found));
  };
  const describe = async (batch: readonly unknown[]): Promise<readonly Found[]> => {
    try {
      // safe: a collector with `describe` is handed what its own list yielded.
      return ((await collector.describe?.(context, batch as never)) ?? []) as readonly Found[];
    } catch (error) {
      failed(error);
      return [];
    } finally {
      state.described += batch.length;
    }
  };
  const read = async (items: readonly unknown[]): Promise<void> => {
    // safe: without `describe` a list yields what was found.
    if (!collector.describe) return take(items as readonly Found[]);
    const before = state.calls;
    const found = await Promise.all(
      batchesOf(items, collector.batch ?? 1).map((batch) =>
        shared.describing.run(async () => {
          if (!budget.isSpent() || state.described === 0) return describe(batch);
          itemsLeft.push(...batch);
          return [];
        }),
      ),
    );
    state.describeCalls += state.calls - before;
    return take(found.flat());
  };

  return {
    collector,
    waiting,
    sink,
    gaps,
    async through() {
      if (unit.items.length > 0) await read(unit.items);
      if (unit.from === null) return;
      const pages = collector.list(context)[Symbol.asyncIterator]();
      for (;;) {
        const page = await pages.next().catch((error: unknown) => {
          failed(error);
          return { done: true as const, value: undefined };
        });
        if (page.done) return;
        await read(page.value as readonly unknown[]);
      }
    },
    looked() {
      const isShared = unit.from !== undefined || state.next !== null || itemsLeft.length > 0;
      const hasLeft = state.next !== null || itemsLeft.length > 0;
      const callsPerItem = state.described > 0 ? Math.max(1, state.describeCalls / state.described) : callsPerItemGuess;
      const { whole, calls } = state;
      const seen = isShared ? packed(sink.seen) : null;
      return {
        collector,
        part: partOf(gaps, { whole, tally: sink.tally, calls, seen }),
        seen: sink.seen,
        facts: sink.facts,
        left: hasLeft
          ? { collector: collector.id, from: state.next, items: itemsLeft, callsPerItem, batch: collector.batch ?? 1 }
          : null,
      };
    },
  };
}

function batchesOf<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

/** Tags are read once for all collectors of a task that want them, when the first one does. */
function tagsOnce({ session }: Look, work: Work): Shared["tags"] {
  const ids = [...work.fresh, ...work.begun.map(({ collector }) => collector)];
  const types = [...new Set(ids.flatMap((id) => byId.get(id)?.tagTypes ?? []))];
  let reading: ReturnType<typeof tagsIn> | null = null;
  return async (onGap) => {
    reading ??= tagsIn(session.caller({}), types);
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
  const aws = session.caller({ onGap: (gap) => concerned.forEach(({ gaps }) => gaps.push(gap)) });
  const figures = await figuresFor(
    aws,
    waiting.map(({ queries }) => queries),
    task.org.now,
  );
  for (const run of concerned) {
    const own = waiting.flatMap((one, at) =>
      one.run === run ? [run.collector.measures?.with(one.found, figures[at] ?? []) ?? one.found] : [],
    );
    await run.sink.take(own as readonly Found[]);
  }
}
