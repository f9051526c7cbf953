import { and, eq, type InferSelectModel, type SQL } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { counters, findingStatuses, type FindingStatus } from "#db/schema";

export type Counter = InferSelectModel<typeof counters>;

/** What was counted of the findings, and of which statuses. */
export interface FindingCounts {
  readonly statuses: readonly FindingStatus[];
  readonly rows: readonly Counter[];
  /** What the open ones would save a month, in cents; the same money counted once. */
  readonly savings: number;
}

/** Everything counted of the findings; reads one row per group, and one for the savings. */
export async function countFindings(
  org: OrgContext,
  statuses: readonly FindingStatus[] = findingStatuses,
): Promise<FindingCounts> {
  const { orgId, subject, dimension } = counters;
  const mine = eq(orgId, org.id);
  const counted = (what: SQL | undefined) => org.db.select().from(counters).where(what);
  const answers = await org.db.atomic([
    counted(and(mine, eq(subject, "finding"))),
    counted(and(mine, eq(subject, "saving"), eq(dimension, "all"))),
  ]);
  // safe: both statements answer rows of the table.
  const [rows = [], [saving] = []] = answers as Counter[][];
  return { statuses, rows, savings: saving?.open ?? 0 };
}
