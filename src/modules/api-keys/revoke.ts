import { refuseStale } from "#lib/fault";
import { and, eq, isNull } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { apiKeys } from "#db/schema";
import { getApiKey } from "./get.ts";
import { audited, type ApiKey } from "./key.ts";
import { cleanUp, shutOut } from "./shut-out.ts";

/**
 * Revokes a key for ever; its next request is refused. The gate comes first, so that whatever fails after it leaves the key
 * dead. Again on a revoked key: the same answer. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, UNAVAILABLE.
 */
export async function revokeApiKey(org: OrgContext, id: string, ifMatch: number | null): Promise<ApiKey> {
  const before = await getApiKey(org, id);
  refuseStale("API key", before.version, ifMatch);
  await shutOut(org, id);
  if (before.revokedAt !== null) return before;
  const now = org.now.toISOString();
  const after: ApiKey = { ...before, revokedAt: now, version: before.version + 1, updatedAt: now };
  const entry = {
    action: "api_key.revoke",
    target: { type: "api_key", id },
    before: audited(before),
    after: audited(after),
  } as const;
  const update = org.db
    .update(apiKeys)
    .set({ revokedAt: now, version: after.version, updatedAt: now })
    .where(and(eq(apiKeys.orgId, org.id), eq(apiKeys.id, id), isNull(apiKeys.revokedAt)));
  await org.change(entry, [update], after);
  await cleanUp(org, before);
  return after;
}
