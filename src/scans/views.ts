import type { Found } from "#collectors/collector";
import type { CollectorId } from "#collectors/registry";
import { absentFrom, collectorOf, crossChecks } from "./catalogue.ts";
import type { Lists } from "./judge.ts";

/**
 * What a cross-service check sees from each place. In a region: what was found there, and what is global. Globally: what is
 * global, and what was found in every region together, each thing with the region it lives in. Of what a region does not
 * offer there is nothing, and that is known. Of a region only what global checks read is held on to.
 */
export interface Views {
  /** Every region before `global`. */
  region(place: string, facts: Lists): Lists;
  global(): Lists;
}

export interface ViewOptions {
  /** The scan was sent to every region the account has; else nothing is known of all of them. */
  readonly everyRegion: boolean;
  /** What the account spent, from the days that are kept. */
  readonly costs: readonly Found[] | null;
}

/** Kinds of regional things that checks of global ones read. */
const readFromAfar: ReadonlySet<CollectorId> = new Set(
  crossChecks
    .filter(({ resources }) => resources !== "every" && resources.some((id) => collectorOf(id).scope === "global"))
    .flatMap(({ reads = [] }) => reads)
    .filter((id) => collectorOf(id).scope === "regional"),
);

export function createViews(global: Lists, { everyRegion, costs }: ViewOptions): Views {
  const shared = [...global].filter(([id]) => collectorOf(id).scope === "global");
  const joined = new Map<CollectorId, readonly Found[] | null>();
  return {
    region(place, facts) {
      if (everyRegion) for (const id of readFromAfar) join(joined, id, place, facts.get(id));
      return new Map([...absentFrom(place).map(({ id }) => [id, []] as const), ...shared, ...facts]);
    },
    global: () => new Map<CollectorId, readonly Found[] | null>([...joined, ...global, ["ce.costs", costs]]),
  };
}

/** Adds what a region has of a kind; null for good where one of them was not seen whole. */
function join(
  all: Map<CollectorId, readonly Found[] | null>,
  id: CollectorId,
  place: string,
  own: readonly Found[] | null | undefined,
): void {
  const known = all.get(id);
  if (own === undefined || known === null) return;
  const lived = own && own.map((found) => (found.region === undefined ? { ...found, region: place } : found));
  all.set(id, lived && [...(known ?? []), ...lived]);
}
