import type { AwsSession } from "./session.ts";
import type { CollectContext, Found, Place } from "#collectors/collector";
import { described, measured } from "#collectors/read";
import type { CollectorId } from "#collectors/registry";
import { condensers, localChecks, readByOthers, type AnyCollector } from "./catalogue.ts";
import { changeOf, resourceIdOf, type StoredResource } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import { gapOf, type Gap, type Tally } from "./coverage.ts";
import { judge, type JudgeSettings } from "./judge.ts";
import type { SliceWriter } from "./slice-writer.ts";

/** What a collector came back with, its resources already judged, compared and handed on. */
export interface Looked {
  readonly collector: AnyCollector;
  /** The list was seen to its end, so what is not in it is gone. */
  readonly whole: boolean;
  readonly gaps: readonly Gap[];
  readonly tally: Tally;
  /** Ids of the resources seen. */
  readonly seen: ReadonlySet<string>;
  /** What cross-service checks keep; null when the list was not whole. */
  readonly facts: readonly Found[] | null;
}

export interface Look {
  readonly task: ClaimedTask;
  readonly place: Place;
  readonly session: AwsSession;
  readonly stored: ReadonlyMap<string, StoredResource>;
  readonly writer: SliceWriter;
  /** Called when a collector is through. */
  readonly onLooked: (looked: Looked) => Promise<void>;
}

/**
 * Runs the collectors of a task. Those whose lists other checks read come first and are kept at hand; the rest is judged and
 * let go page by page, so that memory follows a page.
 */
export async function lookAround(look: Look, collectors: readonly AnyCollector[]): Promise<Looked[]> {
  const kept = new Map<CollectorId, Found[] | null>();
  const [first, rest] = [
    collectors.filter(({ id }) => readByOthers.has(id)),
    collectors.filter(({ id }) => !readByOthers.has(id)),
  ];
  const gathered = await Promise.all(first.map((collector) => gather(look, collector)));
  for (const { collector, found, gap } of gathered) kept.set(collector.id, gap ? null : found);
  const lookedFirst = await Promise.all(
    gathered.map(({ collector, found, gap, gaps }) => run(look, collector, kept, { pages: replay(found, gap), gaps })),
  );
  const lookedRest = await Promise.all(
    rest.map((collector) => {
      const { pages, gaps } = open(look, collector);
      return run(look, collector, kept, { pages, gaps });
    }),
  );
  return [...lookedFirst, ...lookedRest];
}

/** Pages to their end, or to the gap that ended them. */
type Pages = AsyncGenerator<readonly Found[], Gap | null>;

function open(look: Look, collector: AnyCollector): { pages: Pages; gaps: Gap[] } {
  const gaps: Gap[] = [];
  const aws = look.session.caller((gap) => void gaps.push(gap));
  const context = {
    aws,
    place: look.place,
    now: look.task.org.now,
    tags: () => Promise.reject(new Error("no tags yet")),
  };
  return { pages: pagesOf(collector, context), gaps };
}

async function* pagesOf(collector: AnyCollector, context: CollectContext): Pages {
  try {
    for await (const items of collector.list(context)) {
      yield (await measured(collector, context, await described(collector, context, items))) as readonly Found[];
    }
    return null;
  } catch (error) {
    return gapOf(error, collector, context.place.region);
  }
}

async function gather(
  look: Look,
  collector: AnyCollector,
): Promise<{ collector: AnyCollector; found: Found[]; gap: Gap | null; gaps: Gap[] }> {
  const { pages, gaps } = open(look, collector);
  const found: Found[] = [];
  for (;;) {
    const step = await pages.next();
    if (step.done) return { collector, found, gap: step.value, gaps };
    found.push(...step.value);
  }
}

async function* replay(found: readonly Found[], gap: Gap | null): Pages {
  yield found;
  return gap;
}

async function run(
  look: Look,
  collector: AnyCollector,
  kept: ReadonlyMap<CollectorId, readonly Found[] | null>,
  source: { pages: Pages; gaps: Gap[] },
): Promise<Looked> {
  const state: RunState = { seen: new Set(), tally: { resources: 0, pass: 0, fail: 0, unknown: 0 }, facts: [] };
  for (;;) {
    const step = await source.pages.next();
    if (!step.done) {
      for (const found of step.value) await take(look, collector, kept, found, state);
      continue;
    }
    const whole = step.value === null;
    const gaps = step.value ? [...source.gaps, step.value] : source.gaps;
    const looked = { collector, whole, gaps, tally: state.tally, seen: state.seen, facts: whole ? state.facts : null };
    await look.onLooked(looked);
    return looked;
  }
}

interface RunState {
  readonly seen: Set<string>;
  readonly tally: Tally;
  readonly facts: Found[];
}

/** One resource: judged, compared, and handed to the writer when anything about it is new. */
async function take(
  look: Look,
  collector: AnyCollector,
  kept: ReadonlyMap<CollectorId, readonly Found[] | null>,
  found: Found,
  state: RunState,
): Promise<void> {
  const { task, place, stored, writer } = look;
  const id = await resourceIdOf(task.org.id, task.account.awsAccountId, collector.resourceType, found.nativeId);
  if (state.seen.has(id)) return;
  state.seen.add(id);
  const judged = await judge(found, localChecks(collector.id), kept, judgeSettings(look));
  state.tally.resources += 1;
  for (const { stored: verdict } of judged) state.tally[verdict.status] += 1;
  keepFacts(state.facts, found, collector);
  const change = await changeOf(collector, place, { id, found, judged }, stored.get(id));
  if (change) await writer.add(change);
}

/** What the cross-service checks keep of a resource, together; none of them wants it: nothing. */
function keepFacts(facts: Found[], found: Found, collector: AnyCollector): void {
  const kept = condensers(collector.id)
    .map((condense) => condense(found))
    .filter((attributes) => attributes !== null);
  if (kept.length === 0) return;
  const { observed: _, ...rest } = found;
  facts.push({ ...rest, tags: {}, attributes: Object.assign({}, ...kept) as Record<string, unknown> });
}

export const judgeSettings = ({ task, place }: Pick<Look, "task" | "place">): JudgeSettings => ({
  now: task.org.now,
  place,
  allowedRegions: task.settings.allowedRegions,
  checkParams: task.settings.checkParams,
});
