import type { OrgContext } from "#db/context";
import type { InferSelectModel } from "drizzle-orm";
import { and, eq } from "drizzle-orm";
import { counters } from "#db/schema";

export type Counter = InferSelectModel<typeof counters>;

/** Everything counted of the resources; reads one row per group. */
export const countResources = (org: OrgContext): Promise<Counter[]> =>
  org.db
    .select()
    .from(counters)
    .where(and(eq(counters.orgId, org.id), eq(counters.subject, "resource")));

/** The regions, or the services, that have at least one resource; sorted. */
export async function presentValues(org: OrgContext, dimension: "region" | "service"): Promise<string[]> {
  const rows = await org.db
    .select({ value: counters.value, total: counters.total })
    .from(counters)
    .where(and(eq(counters.orgId, org.id), eq(counters.subject, "resource"), eq(counters.dimension, dimension)));
  return rows.flatMap(({ value, total }) => (total > 0 ? [value] : [])).toSorted();
}
