import type { Found } from "#collectors/collector";
import type { CollectorId } from "#collectors/registry";
import { absentFrom, collectorOf } from "./catalogue.ts";
import type { Lists } from "./judge.ts";
import type { PlaceOutcome } from "./parts.ts";

/**
 * What a cross-service check sees from each place. In a region: what was found there, and what is global. Globally: what is
 * global, and what was found in every region together, each thing with the region it lives in. Of what a region does not
 * offer there is nothing, and that is known.
 */
export interface Views {
  of(place: string): Lists;
}

export interface ViewOptions {
  /** The scan was sent to every region the account has; else nothing is known of all of them. */
  readonly everyRegion: boolean;
  /** What the account spent, from the days that are kept. */
  readonly costs: readonly Found[] | null;
}

export function viewsOf(
  places: readonly Pick<PlaceOutcome, "place" | "facts">[],
  { everyRegion, costs }: ViewOptions,
): Views {
  const global: Lists = places.find(({ place }) => place === "global")?.facts ?? new Map();
  const regions = places.filter(({ place }) => place !== "global");
  const joined = new Map<CollectorId, readonly Found[] | null>();
  if (everyRegion) {
    for (const id of new Set(regions.flatMap(({ facts }) => [...facts.keys()]))) joined.set(id, together(regions, id));
  }
  const globally = new Map<CollectorId, readonly Found[] | null>([...joined, ...global, ["ce.costs", costs]]);
  const regionally = new Map([...global].filter(([id]) => collectorOf(id).scope === "global"));
  const nothing = (place: string) => absentFrom(place).map(({ id }) => [id, []] as const);
  const views = new Map<string, Lists>(
    regions.map(({ place, facts }) => [place, new Map([...nothing(place), ...regionally, ...facts])]),
  );
  return { of: (place) => (place === "global" ? globally : (views.get(place) ?? new Map())) };
}

/** One list of all regions where there is such a thing; null where one of them was not seen whole. */
function together(regions: readonly Pick<PlaceOutcome, "place" | "facts">[], id: CollectorId): readonly Found[] | null {
  const all: Found[] = [];
  for (const { place, facts } of regions) {
    const own = facts.get(id);
    if (own === undefined) continue;
    if (own === null) return null;
    for (const found of own) all.push(found.region === undefined ? { ...found, region: place } : found);
  }
  return all;
}
