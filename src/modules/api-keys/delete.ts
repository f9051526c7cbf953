import { refuseStale } from "#lib/fault";
import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { apiKeys } from "#db/schema";
import { getApiKey } from "./get.ts";
import { audited } from "./key.ts";
import { cleanUp, shutOut } from "./shut-out.ts";

/** Revokes a key and removes its row. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, UNAVAILABLE. */
export async function deleteApiKey(org: OrgContext, id: string, ifMatch: number | null): Promise<void> {
  const before = await getApiKey(org, id);
  refuseStale("API key", before.version, ifMatch);
  await shutOut(org, id);
  const entry = { action: "api_key.delete", target: { type: "api_key", id }, before: audited(before) } as const;
  await org.change(entry, [org.db.delete(apiKeys).where(and(eq(apiKeys.orgId, org.id), eq(apiKeys.id, id)))]);
  await cleanUp(org, before);
}
