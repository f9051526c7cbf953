import type { OrgContext } from "#db/context";
import { getOrganization } from "#modules/organizations";
import { describeCheck, requireCheck, type DescribedCheck } from "./catalogue.ts";

/** One check. Faults: RESOURCE_NOT_FOUND, UNAVAILABLE. */
export async function getCheck(org: OrgContext, id: string): Promise<DescribedCheck> {
  const check = requireCheck(id);
  return describeCheck(org, check, await getOrganization(org));
}
