import { checks } from "#checks/registry";
import type { SealedCheck } from "#checks/sealed";
import { homeRegion, isOffered } from "#aws/regions";
import type { ServiceName } from "#aws/services";
import type { Collector, Found } from "#collectors/collector";
import { collectors, type CollectorId } from "#collectors/registry";

/** A collector as the engine runs it: whatever it finds. */
export type AnyCollector = Collector & { readonly id: CollectorId };

// safe: the registry's keys are the collectors' ids (a test holds them together).
export const allCollectors: readonly AnyCollector[] = Object.values(collectors) as unknown as readonly AnyCollector[];
export const allChecks: readonly SealedCheck[] = checks;

const byId: ReadonlyMap<CollectorId, AnyCollector> = new Map(allCollectors.map((one) => [one.id, one]));

/** Throws a `RangeError` for one that is no longer there: work may be older than the release that reads it. */
export function collectorOf(id: CollectorId): AnyCollector {
  const collector = byId.get(id);
  if (!collector) throw new RangeError(`There is no collector ${id}`);
  return collector;
}

const checksById: ReadonlyMap<string, SealedCheck> = new Map(allChecks.map((check) => [check.id, check]));

/** Undefined for one that is no longer there. */
export const checkOf = (id: string): SealedCheck | undefined => checksById.get(id);

/** A check that reads other things than the one it judges is asked when all tasks are done. */
const isCross = (check: SealedCheck): boolean => check.reads !== undefined;

const judgesCollector = (check: SealedCheck, id: CollectorId): boolean =>
  check.resources === "every" || check.resources.includes(id);

const localByCollector = new Map(
  allCollectors.map(({ id }) => [id, allChecks.filter((check) => !isCross(check) && judgesCollector(check, id))]),
);

/** The checks judged in the task that runs this collector. */
export const localChecks = (id: CollectorId): readonly SealedCheck[] => localByCollector.get(id) ?? [];

export const crossChecks: readonly SealedCheck[] = allChecks.filter(isCross);

const condensersByCollector = new Map(
  allCollectors.map(({ id }) => [
    id,
    // safe: a check's condenser for a collector is asked only about what that collector found.
    crossChecks.flatMap(
      ({ condense }) => (new Map(Object.entries(condense ?? {})).get(id) as Condense | undefined) ?? [],
    ),
  ]),
);

/** What the cross-service checks keep of each thing a collector finds. */
export const condensers = (id: CollectorId): readonly Condense[] => condensersByCollector.get(id) ?? [];

const crossByCollector = new Map(
  allCollectors.map(({ id }) => [id, crossChecks.filter((check) => judgesCollector(check, id))]),
);

/** The cross-service checks that judge what this collector finds. */
export const crossChecksOf = (id: CollectorId): readonly SealedCheck[] => crossByCollector.get(id) ?? [];

export const isSubject = (id: CollectorId): boolean => crossChecksOf(id).length > 0;

type Condense = (found: Found) => Readonly<Record<string, unknown>> | null;

const scopeOf = (place: string): AnyCollector["scope"] => (place === "global" ? "global" : "regional");

// safe: a collector's service is one of the table's.
const isThere = ({ service }: AnyCollector, place: string): boolean =>
  isOffered(service as ServiceName, place === "global" ? (homeRegion("aws") ?? place) : place);

/** The collectors of a task, as far as their services exist there. `services` null: all of them. */
export const collectorsOf = (place: string, services: readonly string[] | null): readonly AnyCollector[] =>
  allCollectors.filter(
    (one) => one.scope === scopeOf(place) && isThere(one, place) && (services?.includes(one.service) ?? true),
  );

/** Those that would belong to a task there, if AWS offered their services. */
export const absentFrom = (place: string): readonly AnyCollector[] =>
  allCollectors.filter((one) => one.scope === scopeOf(place) && !isThere(one, place));
