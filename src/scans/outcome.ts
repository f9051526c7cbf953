import type { Found } from "#collectors/collector";
import type { CollectorState, ScanCounts } from "#db/values";

/** What a task leaves behind in its row for the end of the scan. */
export interface TaskOutcome {
  readonly coverage: Readonly<Record<string, CollectorState>>;
  readonly counts: TaskCounts;
  /** Collector → what the cross-service checks keep of what it found; null when the list was not whole. */
  readonly facts: Readonly<Record<string, readonly Found[] | null>>;
}

export type TaskCounts = ScanCounts;

export const noCounts: TaskCounts = {
  resourcesDiscovered: 0,
  resourcesAdded: 0,
  resourcesChanged: 0,
  resourcesRemoved: 0,
  findingsNew: 0,
  findingsReopened: 0,
  findingsResolved: 0,
  awsCalls: 0,
  stsCalls: 0,
  rowsRead: 0,
  rowsWritten: 0,
  queueMessages: 0,
};

/** Adds counts up, member by member. */
export function addCounts(a: TaskCounts, b: Partial<TaskCounts>): TaskCounts {
  const sum = { ...a };
  for (const [name, value] of Object.entries(b) as [keyof TaskCounts, number][]) sum[name] += value;
  return sum;
}
