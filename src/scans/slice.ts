import { recounted } from "#db/counters";
import { countHappened } from "#db/daily-stats";
import type { Statement } from "#db/database";
import { eventStatements, nudgeDeliveries } from "#db/outbox";
import type { CollectorState } from "#db/values";
import type { Change } from "./change.ts";
import { fenced, type ClaimedTask } from "./claim.ts";
import { edgeStatements } from "./edge-statements.ts";
import { findingStatements, transitionsOf, type FindingChanges } from "./finding-changes.ts";
import { findingEvents, happenedIn, type Transitions } from "./finding-events.ts";
import { addCounts, type TaskCounts } from "./outcome.ts";
import { tellFindings } from "./progress.ts";
import { keepVersions, removeResources, upsertResources } from "./resource-statements.ts";

/** A resource that is gone, and the findings it may have had. */
export interface Gone {
  readonly id: string;
  readonly collector: string;
  readonly findingIds: readonly string[];
}

/** A part of what a task found, written as one batch. */
export interface Slice {
  readonly changes: readonly Change[];
  readonly gone: readonly Gone[];
}

/** What was known of each collector of a place before this scan. */
export type StatesBefore = Readonly<Record<string, CollectorState>>;

/**
 * Writes one slice and answers the task's counts with it added. The counts stand in the task's row in the same batch, so
 * that a task taken over counts on where its last slice stood.
 */
export async function writeSlice(
  task: ClaimedTask,
  slice: Slice,
  states: StatesBefore,
  counts: TaskCounts,
): Promise<TaskCounts> {
  const changes = findingChangesOf(slice);
  const transitions = await transitionsOf(task, changes);
  const total = addCounts(counts, { ...resourceCounts(slice), ...findingCounts(transitions) });
  await writeCounted(
    task,
    total,
    [...resourceStatements(task, slice), ...findingStatements(task, changes, knownIn(states))],
    transitions,
  );
  return total;
}

/** What findings need to know of their collector: its complete runs before this scan, and the last one's time. */
export const knownIn =
  (states: StatesBefore) =>
  (collector: string): { runs: number; completeAt: string | null } => ({
    runs: states[collector]?.runs ?? 0,
    completeAt: states[collector]?.completeAt ?? null,
  });

/** One fenced batch with the task's counts and the events of what it changes; whoever is told, is told at once. */
export async function writeCounted(
  task: ClaimedTask,
  counts: TaskCounts,
  statements: readonly Statement[],
  transitions: Transitions,
): Promise<void> {
  const events = await findingEvents(task, transitions);
  await fenced(task, [
    keepCounts(task, counts),
    ...statements,
    ...countHappened(task.org, task.account.id, happenedIn(transitions)),
    ...eventStatements(task.org, ...events),
  ]);
  const eventIds = events.flatMap(({ id }) => (id ? [id] : []));
  await Promise.all([nudgeDeliveries(task.org, eventIds), tellFindings(task, transitions)]);
}

const keepCounts = ({ org, scan, id }: ClaimedTask, counts: TaskCounts): Statement =>
  org.db.sql(
    `UPDATE scan_tasks SET outcome = ?4 WHERE org_id = ?1 AND scan_id = ?2 AND id = ?3`,
    org.id,
    scan.id,
    id,
    JSON.stringify({ counts }),
  );

function findingChangesOf({ changes, gone }: Slice): FindingChanges {
  const ofResource = (ids: (change: Change) => readonly string[]): { id: string; collector: string }[] =>
    changes.flatMap((change) => ids(change).map((id) => ({ id, collector: change.resource.collector })));
  return {
    opens: changes.flatMap(({ opens }) => opens),
    resolves: [
      ...ofResource(({ resolves }) => resolves),
      ...gone.flatMap(({ collector, findingIds }) => findingIds.map((id) => ({ id, collector }))),
    ],
    unverified: ofResource(({ unverified }) => unverified),
  };
}

const resourceCounts = ({ changes, gone }: Slice): Partial<TaskCounts> => ({
  resourcesAdded: changes.filter(({ kind }) => kind === "added").length,
  resourcesChanged: changes.filter(({ kind }) => kind === "changed").length,
  resourcesRemoved: gone.length,
});

export const findingCounts = ({ opened, reopened, resolved }: Transitions): Partial<TaskCounts> => ({
  findingsNew: opened.length,
  findingsReopened: reopened.length,
  findingsResolved: resolved.length,
});

function resourceStatements(task: ClaimedTask, { changes, gone }: Slice): Statement[] {
  if (changes.length === 0 && gone.length === 0) return [];
  const idsOf = (kinds: readonly Change["kind"][]): string[] =>
    changes.filter(({ kind }) => kinds.includes(kind)).map(({ resource }) => resource.id);
  const goneIds = gone.map(({ id }) => id);
  const counted = [...idsOf(["added", "changed"]), ...goneIds];
  const statements = [
    keepVersions(task, JSON.stringify([...idsOf(["changed"]), ...goneIds])),
    ...upsertResources(
      task,
      changes.map(({ resource }) => resource),
    ),
    ...(goneIds.length > 0 ? [removeResources(task, JSON.stringify(goneIds))] : []),
  ];
  const edges = changes.flatMap(({ kind, resource: { id }, edges: own }) =>
    own ? [{ id, known: kind !== "added", edges: own }] : [],
  );
  return [
    ...(counted.length > 0 ? recounted(task.org, "resource", JSON.stringify(counted), statements) : statements),
    ...edgeStatements(task, edges, goneIds),
  ];
}
