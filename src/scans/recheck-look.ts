import type { AwsCaller } from "#aws/caller";
import type { CollectContext, Found } from "#collectors/collector";
import { askedOf, completed, isWanting } from "#collectors/read";
import { Fault } from "#lib/fault";
import type { AnyCollector } from "./catalogue.ts";
import { gapOf } from "./coverage.ts";
import { openSession, type AwsSession, type Visit } from "./session.ts";

/** AWS calls of one recheck, and how long it may take: somebody waits for the answer. */
const callsMax = 300;
const elapsedMaxMs = 25_000;

/** What came of looking: things, and whether nothing was refused that would hide one. */
export interface Sight {
  readonly found: readonly Found[];
  readonly whole: boolean;
}

/** Looks at a few things of an account, within bounds. */
export interface Looker {
  /** The thing with this native id; nothing where there is none, or where not all could be seen. */
  one(
    collector: AnyCollector,
    place: string,
    thing: { readonly nativeId: string; readonly name: string | null },
  ): Promise<Sight>;
  /** Everything a collector finds. */
  all(collector: AnyCollector, place: string): Promise<Sight>;
  enabledRegions(): Promise<readonly string[]>;
  /** Why something could not be read, as a sentence; null: nothing was refused. */
  reason(): string | null;
}

/** Faults of what it answers: RECHECK_TOO_LARGE; those of entering an account. */
export function createLooker(visit: Visit): Looker {
  const sessions = new Map<string, Promise<AwsSession>>();
  const gaps: string[] = [];
  const startedAt = Date.now();
  let calls = 0;
  let overrun: Fault | null = null;

  const guard = (): void => {
    calls += 1;
    if (calls <= callsMax && Date.now() - startedAt <= elapsedMaxMs) return;
    overrun ??= tooLarge();
    throw overrun;
  };
  const session = (place: string): Promise<AwsSession> => {
    const known = sessions.get(place) ?? openSession(visit, place);
    sessions.set(place, known);
    return known;
  };
  const contextIn = async (collector: AnyCollector, place: string): Promise<CollectContext> => {
    const { place: at, caller } = await session(place);
    const onGap = (error: unknown): void => void gaps.push(reasonOf(error, collector, place));
    return { aws: caller({ onGap, onCall: guard }), place: at, now: visit.org.now };
  };
  /** Where a list, or a thing in it, could not be read. */
  const missed = (context: CollectContext, error: unknown): void => {
    if (error instanceof Fault) throw error;
    context.aws.gap(error);
  };
  const bounded = async (looking: Promise<Sight>): Promise<Sight> => {
    const sight = await withinTime(looking, startedAt);
    if (overrun) throw overrun;
    return sight;
  };
  return {
    one: (collector, place, thing) =>
      bounded(contextIn(collector, place).then((context) => lookForOne({ collector, context, missed }, thing))),
    all: (collector, place) =>
      bounded(contextIn(collector, place).then((context) => lookAtAll({ collector, context, missed }))),
    enabledRegions: async () => (await session("global")).enabledRegions(),
    reason: () => gaps[0] ?? null,
  };
}

const tooLarge = (): Fault =>
  new Fault(
    "RECHECK_TOO_LARGE",
    "To judge this one thing more would have to be asked of AWS than fits an answer. Scan its service instead.",
  );

function reasonOf(error: unknown, collector: AnyCollector, place: string): string {
  const { service, iamAction, action, code, remedy } = gapOf(error, collector, place);
  return `${iamAction || `${service}:${action}`}: ${code}. ${remedy}`;
}

/** Whoever hangs is left behind. */
async function withinTime<Value>(work: Promise<Value>, startedAt: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLarge()), Math.max(0, startedAt + elapsedMaxMs - Date.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Looking {
  readonly collector: AnyCollector;
  readonly context: CollectContext;
  readonly missed: (context: CollectContext, error: unknown) => void;
}

async function lookAtAll(looking: Looking): Promise<Sight> {
  const { items, whole } = await listed(looking, () => false);
  const described = await describedAll(looking, items, () => false);
  return { found: await completedAll(looking, described.found), whole: whole && described.whole };
}

/** What is likely to be it is described first; only where nothing else is left is it known to be gone. */
async function lookForOne(
  looking: Looking,
  { nativeId, name }: { readonly nativeId: string; readonly name: string | null },
): Promise<Sight> {
  const isIt = (found: Found): boolean => found.nativeId === nativeId;
  const direct = !looking.collector.describe;
  // safe: without `describe` a list yields what was found.
  const { items, whole } = await listed(looking, (item) => direct && isIt(item as Found));
  const hints = [nativeId, nativeId.split(/[/:]/).at(-1) ?? nativeId, ...(name ? [name] : [])];
  const { likely = [], others = [] } = Object.groupBy(items, (item) => (isLikely(item, hints) ? "likely" : "others"));
  const described = await describedAll(looking, [...likely, ...others], isIt);
  const found = described.found.filter(isIt).slice(0, 1);
  return { found: await completedAll(looking, found), whole: whole && described.whole };
}

function isLikely(item: unknown, hints: readonly string[]): boolean {
  const text = JSON.stringify(item);
  return hints.some((hint) => text.includes(hint));
}

/** What a list yields, to its end or until what is looked for has come. */
async function listed(
  { collector, context, missed }: Looking,
  isEnough: (item: unknown) => boolean,
): Promise<{ items: unknown[]; whole: boolean }> {
  const items: unknown[] = [];
  try {
    for await (const page of collector.list(context)) {
      items.push(...page);
      if (page.some(isEnough)) break;
    }
    return { items, whole: true };
  } catch (error) {
    missed(context, error);
    return { items, whole: false };
  }
}

async function describedAll(
  { collector, context, missed }: Looking,
  items: readonly unknown[],
  isEnough: (found: Found) => boolean,
): Promise<Sight> {
  // safe: without `describe` a list yields what was found.
  if (!collector.describe) return { found: items as readonly Found[], whole: true };
  const size = collector.batch ?? 1;
  const found: Found[] = [];
  let whole = true;
  for (let start = 0; start < items.length && !found.some(isEnough); start += size) {
    try {
      // safe: a collector with `describe` is handed what its own list yielded.
      found.push(
        ...((await collector.describe(context, items.slice(start, start + size) as never)) as readonly Found[]),
      );
    } catch (error) {
      missed(context, error);
      whole = false;
    }
  }
  return { found, whole };
}

/** With tags and figures, each asked for all of them together. */
async function completedAll({ collector, context }: Looking, found: readonly Found[]): Promise<readonly Found[]> {
  const asked = found.map((one) => askedOf(collector, context.place, one));
  if (!asked.some(isWanting)) return found;
  const aws: AwsCaller = context.aws;
  return (await completed(asked, { tags: aws, figures: aws }, context.now)) as readonly Found[];
}
