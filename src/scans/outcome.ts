import type { Found } from "#collectors/collector";
import type { CoverageError, CoverageState, ScanCounts } from "#db/values";
import type { Tally } from "./coverage.ts";

/** What a task leaves behind in its row for the end of the scan. */
export interface TaskOutcome {
  readonly counts: TaskCounts;
  /** Collector → how far it came; absent while the task is not done. */
  readonly collectors?: Readonly<Record<string, CollectorPart>>;
  /** What the cross-service checks keep, as far as no other row holds it. */
  readonly facts?: TaskFacts;
  /** How many rows of `scan_facts` hold more. */
  readonly factRows?: number;
}

/** Collector → what the cross-service checks keep of what it found. */
export type TaskFacts = Readonly<Record<string, readonly Fact[]>>;

/** What is kept of a thing. The ARN is left out where it is the native id, the tags where there are none. */
export type Fact = Omit<Found, "arn" | "tags"> & Partial<Pick<Found, "arn" | "tags">>;

export const factOf = ({ arn, tags, ...rest }: Found): Fact => ({
  ...rest,
  ...(arn === rest.nativeId ? {} : { arn }),
  ...(Object.keys(tags).length > 0 ? { tags } : {}),
});

export const foundOf = (fact: Fact): Found => ({ arn: fact.nativeId, tags: {}, ...fact });

/** What one task saw of one collector. */
export interface CollectorPart {
  /** All it was sent for was seen: nothing was refused that would hide a resource. */
  readonly whole: boolean;
  readonly state: CoverageState;
  readonly errors: readonly CoverageError[];
  readonly tally: Tally;
  /** AWS calls, without retries. */
  readonly calls: number;
  /** Ids of the resources seen, packed; null: no other task looked at the same collector in the same place. */
  readonly seen: string | null;
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
