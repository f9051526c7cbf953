import type { OrgContext } from "#db/context";
import { scans } from "#db/schema";
import { notFound } from "#lib/fault";
import type { ScanRow } from "#scans/claim";
import { isScan } from "./list.ts";

/** One scan. Fault: RESOURCE_NOT_FOUND. */
export async function getScan(org: OrgContext, id: string): Promise<ScanRow> {
  const [row] = await org.db.select().from(scans).where(isScan(org, id));
  if (!row) throw notFound("scan");
  return row;
}
