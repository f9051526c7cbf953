import type { Found } from "#collectors/collector";
import { condensers, isSubject, localChecks, type AnyCollector } from "./catalogue.ts";
import { changeOf } from "./change.ts";
import { resourceIdOf } from "./relations.ts";
import { createCostSink } from "./cost-sink.ts";
import { count, newTally, type Tally } from "./coverage.ts";
import { dated, judge, judgeSettings } from "./judge.ts";
import type { Look } from "./look.ts";
import { factOf, type Fact } from "./outcome.ts";
import { storedOf } from "./stored.ts";

/** Where a collector's things go: judged, compared with what is stored, and handed to the writer when anything is new. */
export interface Sink {
  readonly seen: ReadonlySet<string>;
  readonly tally: Tally;
  take(found: readonly Found[]): Promise<void>;
}

/** So many are compared at once. */
const pageMax = 500;

export function createSink(look: Look, collector: AnyCollector): Sink {
  if (collector.keeps === "dailyCosts") return createCostSink(look.task);
  return collector.keeps === "facts" ? createFactSink(look, collector) : createResourceSink(look, collector);
}

/** What is found is no resource of the account: checks read it, and that is all. */
function createFactSink({ facts }: Look, collector: AnyCollector): Sink {
  return {
    seen: new Set(),
    tally: newTally(),
    take: (found) => facts.add(collector.id, factsOf(found, collector)),
  };
}

function createResourceSink(look: Look, collector: AnyCollector): Sink {
  const seen = new Set<string>();
  const tally: Tally = newTally();

  const compare = async (page: readonly Found[]): Promise<void> => {
    const fresh = await freshOf(look, collector, page, seen);
    if (fresh.length === 0) return;
    const settings = await judgeSettings(look.task, look.place, collector);
    const stored = await storedOf(
      look.task,
      fresh.map(({ id }) => id),
    );
    for (const { id, found: seenThing } of fresh) {
      const found = dated(seenThing, localChecks(collector.id), settings);
      const own = look.rules({ collector, place: look.place, id });
      const judged = await judge(found, [...localChecks(collector.id), ...own], new Map(), settings);
      tally.resources += 1;
      count(tally, judged);
      look.budget.add(1);
      const change = await changeOf(look, collector, { id, found, judged }, stored.get(id));
      if (change) await look.writer.add(change);
    }
    const things = fresh.map(({ found }) => found);
    await look.facts.add(collector.id, factsOf(things, collector));
  };
  return {
    seen,
    tally,
    async take(found) {
      for (let start = 0; start < found.length; start += pageMax) await compare(found.slice(start, start + pageMax));
    },
  };
}

interface Named {
  readonly id: string;
  readonly found: Found;
}

/** With their ids, those that came before left out: AWS repeats things when lists change under way. */
async function freshOf(
  { task }: Look,
  { resourceType }: AnyCollector,
  page: readonly Found[],
  seen: Set<string>,
): Promise<Named[]> {
  const { awsAccountId } = task.account;
  const named = await Promise.all(
    page.map(async (found) => ({
      found,
      id: await resourceIdOf(task.org.id, awsAccountId, resourceType, found.nativeId),
    })),
  );
  return named.filter(({ id }) => {
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew;
  });
}

const factsOf = (found: readonly Found[], collector: AnyCollector): Fact[] =>
  found.map((one) => condensed(one, collector)).filter((fact) => fact !== null);

/** What the cross-service checks keep of a resource, together; null when none of them wants it. */
export function condensed(found: Found, collector: AnyCollector): Fact | null {
  const kept = condensers(collector.id)
    .map((condense) => condense(found))
    .filter((members) => members !== null);
  if (kept.length === 0) return null;
  const { nativeId, arn, name, state, createdAt, region, tags, tagsUnread } = found;
  return factOf({
    nativeId,
    arn,
    name,
    state,
    createdAt,
    ...(region === undefined ? {} : { region }),
    ...(isSubject(collector.id) ? { tags, ...(tagsUnread ? { tagsUnread } : {}) } : { tags: {} }),
    ...parted(found, Object.assign({}, ...kept) as Record<string, unknown>),
  });
}

/** Kept members, each where it came from. */
function parted(
  { observed = {} }: Found,
  kept: Readonly<Record<string, unknown>>,
): Pick<Found, "attributes" | "observed"> {
  const moves = (name: string): boolean => Object.hasOwn(observed, name);
  const only = (is: (name: string) => boolean): Record<string, unknown> =>
    Object.fromEntries(Object.entries(kept).filter(([name]) => is(name)));
  const seen = only(moves);
  return { attributes: only((name) => !moves(name)), ...(Object.keys(seen).length > 0 ? { observed: seen } : {}) };
}
