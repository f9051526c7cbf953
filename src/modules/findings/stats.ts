import { and, eq, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { counters, findingStatuses, type FindingStatus } from "#db/schema";

export type Counter = InferSelectModel<typeof counters>;

/** What was counted of the findings, and of which statuses. */
export interface FindingCounts {
  readonly statuses: readonly FindingStatus[];
  readonly rows: readonly Counter[];
}

/** Everything counted of the findings; reads one row per group. */
export async function countFindings(
  org: OrgContext,
  statuses: readonly FindingStatus[] = findingStatuses,
): Promise<FindingCounts> {
  const rows = await org.db
    .select()
    .from(counters)
    .where(and(eq(counters.orgId, org.id), eq(counters.subject, "finding")));
  return { statuses, rows };
}
