import type { OrgContext } from "#db/context";
import { apiKeys } from "#db/schema";
import { Fault } from "#lib/fault";
import { audited, drawKey, keyAndAsker, refuseMore, type KeyGrant, type NewApiKey } from "./key.ts";

/** Makes a key; the answer is the only place where it can be read. Faults: INVALID_REQUEST for an end in the past; FORBIDDEN. */
export async function createApiKey(org: OrgContext, grant: KeyGrant): Promise<NewApiKey> {
  if (grant.expiresAt !== null && grant.expiresAt <= org.now.toISOString()) {
    throw new Fault("INVALID_REQUEST", "`expiresAt` has passed already.", {
      errors: [{ in: "body", pointer: "/expiresAt", message: "must lie in the future" }],
    });
  }
  refuseMore((await keyAndAsker(org, org.actor.id)).asker, grant);
  const made = await drawKey(org, grant);
  const entry = {
    action: "api_key.create",
    target: { type: "api_key", id: made.row.id },
    after: audited(made.row),
  } as const;
  await org.change(entry, [org.db.insert(apiKeys).values(made.row)], made);
  return made;
}
