import { uncacheKey } from "#db/api-keys";
import type { OrgContext } from "#db/context";
import { Fault } from "#lib/fault";
import type { ApiKey } from "./key.ts";

/** From its return on no request with the key is admitted anywhere. Faults: UNAVAILABLE; then nothing is certain. */
export async function shutOut(org: OrgContext, keyId: string): Promise<void> {
  const revoke = (): Promise<void> => org.env.ORG_GATE.getByName(org.id).revoke(keyId);
  await revoke()
    .catch(revoke)
    .catch((cause: unknown) => {
      throw new Fault("UNAVAILABLE", "The key could not be shut out right now. Try again.", {
        cause,
        members: { retryAfterSeconds: 1 },
      });
    });
}

/** Removes what only speeds things up: caches, and sockets, of which the gate is asked again within five minutes anyway. */
export async function cleanUp(org: OrgContext, { id, hash }: Pick<ApiKey, "id" | "hash">): Promise<void> {
  const close = (): Promise<number> => org.env.SCAN_FEED.getByName(org.id).closeCredential(id);
  await Promise.allSettled([uncacheKey(org.env, hash), close().catch(close)]);
}
