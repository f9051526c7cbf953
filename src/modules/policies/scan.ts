import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { scans } from "#db/schema";
import { notFound } from "#lib/fault";

/** One scan: zero or one row. */
export const scanStatement = (org: OrgContext, id: string) =>
  org.db
    .select()
    .from(scans)
    .where(and(eq(scans.orgId, org.id), eq(scans.id, id)));

/** What a statement for a scan answered. Fault: RESOURCE_NOT_FOUND. */
export function requireScan(rows: unknown): void {
  if ((rows as unknown[]).length === 0) throw notFound("scan");
}
