import type { OrgContext } from "#db/context";
import { notFound } from "#lib/fault";
import { sightsIn } from "#modules/accounts";
import {
  resourceCoverageStatement,
  resourceOf,
  resourceStatement,
  type Resource,
  type ResourceRow,
} from "./resource.ts";

/** One resource by UUID or ARN. Fault: RESOURCE_NOT_FOUND. */
export async function getResource(org: OrgContext, ref: string): Promise<Resource> {
  const [found, covered] = await org.db.atomic([resourceStatement(org, ref), resourceCoverageStatement(org, ref)]);
  // safe: the statement answers rows of the table.
  const [row] = found as ResourceRow[];
  if (!row) throw notFound("resource");
  return resourceOf(row, sightsIn(covered));
}
