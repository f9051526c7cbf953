import type { OrgContext } from "#db/context";
import { notFound } from "#lib/fault";
import { getResource, type Resource } from "#modules/resources";
import { isCertificate } from "./certificate.ts";

/** One certificate by UUID or ARN. Fault: RESOURCE_NOT_FOUND, also where the resource is none. */
export async function getCertificate(org: OrgContext, ref: string): Promise<Resource> {
  const resource = await getResource(org, ref);
  if (!isCertificate(resource.row.resourceType)) throw notFound("certificate");
  return resource;
}
