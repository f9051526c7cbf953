import { checks } from "#checks/registry";
import type { SealedCheck } from "#checks/sealed";
import type { Collector } from "#collectors/collector";
import { collectors, type CollectorId } from "#collectors/registry";

/** A collector as the engine runs it: whatever it finds. */
export type AnyCollector = Collector & { readonly id: CollectorId };

// safe: the registry's keys are the collectors' ids (a test holds them together).
export const allCollectors: readonly AnyCollector[] = Object.values(collectors) as unknown as readonly AnyCollector[];
export const allChecks: readonly SealedCheck[] = checks;

/** Every service something is collected from, as callers may name it. */
export const knownServices: readonly string[] = [...new Set(allCollectors.map(({ service }) => service))].toSorted();

const byId = new Map(allCollectors.map((collector) => [collector.id, collector]));

/** A check that reads collectors of another service is judged when all tasks are done. */
export const isCross = (check: SealedCheck): boolean => check.condense !== undefined;

const judgesCollector = (check: SealedCheck, id: CollectorId): boolean =>
  check.resources === "every" || check.resources.includes(id);

const localByCollector = new Map(
  allCollectors.map(({ id }) => [id, allChecks.filter((check) => !isCross(check) && judgesCollector(check, id))]),
);

/** The checks judged in the task that runs this collector. */
export const localChecks = (id: CollectorId): readonly SealedCheck[] => localByCollector.get(id) ?? [];

export const crossChecks: readonly SealedCheck[] = allChecks.filter(isCross);

/** What a cross-service check keeps of each thing a collector finds. */
export function condensers(id: CollectorId): readonly NonNullable<SealedCheck["condense"]>[CollectorId][] {
  return crossChecks.flatMap((check) => (check.condense?.[id] ? [check.condense[id]] : []));
}

/** Collectors whose whole lists another's checks read: they go first and their findings are kept at hand. */
export const readByOthers: ReadonlySet<CollectorId> = new Set(
  allChecks.filter((check) => !isCross(check)).flatMap((check) => check.reads ?? []),
);

/** The collectors of a task. `services` null: all of them. */
export function collectorsOf(place: string, services: readonly string[] | null): readonly AnyCollector[] {
  const scope = place === "global" ? "global" : "regional";
  return allCollectors.filter((collector) => collector.scope === scope && (services?.includes(collector.service) ?? true));
}

export const collectorById = (id: string): AnyCollector | undefined => byId.get(id as CollectorId);
