import type { Found } from "#collectors/collector";
import type { CollectorId } from "#collectors/registry";
import type { OrgContext } from "#db/context";
import type { CollectorState } from "#db/values";
import { allCollectors, collectorOf, collectorsOf } from "./catalogue.ts";
import type { ScanRow } from "./claim.ts";
import { addTallies, failedPart, joined, stateAfter, worstOf } from "./coverage.ts";
import {
  addCounts,
  foundOf,
  noCounts,
  type CollectorPart,
  type TaskCounts,
  type TaskFacts,
  type TaskOutcome,
} from "./outcome.ts";
import { factRows } from "./fact-store.ts";
import { placeOf, type Work } from "./work.ts";

/** A task of a scan as its row has it. */
export interface TaskRow {
  readonly id: string;
  readonly state: string;
  readonly work: Work | null;
  readonly outcome: TaskOutcome | null;
}

/** One place of a scan: what all its tasks saw, put together. */
export interface PlaceOutcome {
  readonly place: string;
  readonly tasks: number;
  readonly failed: number;
  readonly collectors: ReadonlyMap<CollectorId, MergedPart>;
  readonly counts: TaskCounts;
  readonly rows: readonly TaskRow[];
}

export interface MergedPart extends CollectorPart {
  /** What each of several tasks saw; empty when one task saw it all and has swept up itself. */
  readonly packs: readonly string[];
}

/** Every task of a scan but those that are about no place. One round trip. */
export async function taskRows(org: OrgContext, scanId: string): Promise<TaskRow[]> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, state, work, outcome FROM scan_tasks WHERE org_id = ?1 AND scan_id = ?2 AND id <> 'wave2'`,
      org.id,
      scanId,
    ),
  ]);
  // safe: the statement's own columns; work and outcome are written by this room.
  return (rows as { id: string; state: string; work: string | null; outcome: string | null }[]).map((row) => ({
    id: row.id,
    state: row.state,
    work: row.work === null ? null : (JSON.parse(row.work) as Work),
    outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as TaskOutcome),
  }));
}

const givenUp = { code: "DEADLINE", remedy: "This region was not done in time: scan again." };

/** The tasks of a scan, place by place. A task that was given up left nothing: its collectors are `failed`. */
export function placesOf(tasks: readonly TaskRow[], services: readonly string[] | null): PlaceOutcome[] {
  const ofPlaces = Map.groupBy(
    tasks.filter(({ id }) => id !== "plan"),
    ({ id }) => placeOf(id),
  );
  return [...ofPlaces].map(([place, own]) => {
    const parts = own.map((task) => partsOf(task, place, services));
    const collectors = merged(parts);
    return {
      place,
      tasks: own.length,
      failed: own.filter(({ state }) => state !== "done").length,
      collectors,
      counts: own.reduce((sum, { outcome }) => addCounts(sum, outcome?.counts ?? {}), noCounts),
      rows: own,
    };
  });
}

type Parts = Readonly<Record<string, CollectorPart>>;

function partsOf({ outcome, work }: TaskRow, place: string, services: readonly string[] | null): Parts {
  if (outcome?.collectors) return outcome.collectors;
  const failed = collectorsOfWork(work, place, services).map((collector) => [
    collector.id,
    failedPart(collector, { place, ...givenUp }),
  ]);
  return Object.fromEntries(failed) as Parts;
}

/** The collectors a task has to do with. */
export function collectorsOfWork(
  work: Work | null,
  place: string,
  services: readonly string[] | null,
): readonly (typeof allCollectors)[number][] {
  if (work === null) return collectorsOf(place, services);
  const ids = new Set([...work.fresh, ...work.begun.map(({ collector }) => collector)]);
  return allCollectors.filter(({ id }) => ids.has(id));
}

function merged(parts: readonly Parts[]): Map<CollectorId, MergedPart> {
  const all = new Map<CollectorId, MergedPart>();
  for (const [id, part] of parts.flatMap((own) => Object.entries(own))) {
    // safe: outcomes are keyed by ids of collectors.
    const collector = id as CollectorId;
    const before = all.get(collector);
    const packs = [...(before?.packs ?? []), ...(part.seen === null ? [] : [part.seen])];
    all.set(collector, before ? { ...together(before, part), packs } : { ...part, packs });
  }
  return all;
}

const together = (a: CollectorPart, b: CollectorPart): CollectorPart => ({
  whole: a.whole && b.whole,
  state: worstOf([a.state, b.state]),
  errors: joined([...a.errors, ...b.errors]),
  tally: addTallies(a.tally, b.tally),
  calls: a.calls + b.calls,
  seen: null,
});

/** What the cross-service checks keep of a place; null where a list was not seen whole. A round trip for each row beside the tasks'. */
export async function factsOf(
  org: OrgContext,
  scanId: string,
  { rows, collectors }: Pick<PlaceOutcome, "rows" | "collectors">,
): Promise<Map<CollectorId, readonly Found[] | null>> {
  const found = new Map<string, Found[]>();
  const add = (facts: TaskFacts): void => {
    for (const [id, own] of Object.entries(facts)) {
      const known = found.get(id) ?? [];
      found.set(id, known);
      for (const fact of own) known.push(foundOf(fact));
    }
  };
  for (const { outcome } of rows) add(outcome?.facts ?? {});
  const beside = rows.map(({ id, outcome }) => ({ id, factRows: outcome?.factRows ?? 0 }));
  for await (const facts of factRows(org, scanId, beside)) add(facts);
  return new Map([...collectors].map(([id, part]) => [id, isKnown(id, part) ? (found.get(id) ?? []) : null]));
}

/** What an account may do without is not there where it is denied: nothing hangs on it. */
const isKnown = (id: CollectorId, { whole, state }: CollectorPart): boolean =>
  whole || (state === "skipped" && collectorOf(id).optional === true);

/** Coverage of a place after this scan: what was known before, with what the scan says of the collectors it ran. */
export const statesOf = (
  { collectors }: PlaceOutcome,
  before: Readonly<Record<string, CollectorState>>,
  when: { seq: number; now: Date },
): Record<string, CollectorState> =>
  Object.fromEntries([...collectors].map(([id, part]) => [id, stateAfter(before[id], part, when)]));

/** Coverage of a scan that runs: what its tasks that are done have seen. Place → collector → state. */
export async function coverageSoFar(
  org: OrgContext,
  scan: Pick<ScanRow, "id" | "seq">,
): Promise<Record<string, Record<string, CollectorState>>> {
  const done = (await taskRows(org, scan.id)).filter(({ outcome }) => outcome?.collectors);
  const when = { seq: scan.seq, now: org.now };
  return Object.fromEntries(placesOf(done, null).map((one) => [one.place, statesOf(one, {}, when)]));
}
