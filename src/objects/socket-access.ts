import { allows } from "#db/access";
import { findApiKey, type Credential, type KeyRecord } from "#db/api-keys";
import { isWellFormedKey } from "#db/key-format";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import type { Connection } from "./connection.ts";

interface Lookup {
  readonly env: Env;
  readonly connection: Connection;
  readonly now: Date;
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * Whose key a socket has sent. A key nobody knows is paid for by the address it came from, not by the organization it was
 * sent to; for an address that has used its limit up the database is not asked. Faults: those of `findApiKey`; UNAUTHORIZED
 * for a key of another organization; MISSING_SCOPE; RATE_LIMITED.
 */
export async function identify(key: string, { env, connection, now, waitUntil }: Lookup): Promise<Credential> {
  const gate = env.ORG_GATE.getByName(connection.address);
  const asked = { group: "auth", nowMs: now.getTime() } as const;
  const refuse = (): never => {
    throw new Fault("RATE_LIMITED", "Too many unknown keys from this address.");
  };
  const beforeDatabase = async (): Promise<void> => {
    if (await gate.isIpDenied(asked)) refuse();
  };
  const credential = await findApiKey(env, key, { now, waitUntil, beforeDatabase }).catch(async (error: unknown) => {
    const unknown = error instanceof Fault && error.code === "UNAUTHORIZED" && isWellFormedKey(key);
    if (unknown && !(await gate.admitIp(asked)).admitted) refuse();
    throw error;
  });
  if (credential.orgId !== connection.orgId)
    throw new Fault("UNAUTHORIZED", "This key belongs to another organization.");
  if (!mayListen(credential)) {
    throw new Fault("MISSING_SCOPE", "This needs a key with the scope `scans:read`.");
  }
  return credential;
}

export const mayListen = ({ scopes }: KeyRecord): boolean => allows(scopes, "scans:read");

/** What a socket has to know of its credential. */
export const listeningOf = ({ keyId, shard, expiresAt, scopes }: KeyRecord) => ({
  credentialId: keyId,
  shard,
  expiresAt,
  findings: allows(scopes, "findings:read"),
});

/** One call for limits and revocation. Faults: KEY_REVOKED, RATE_LIMITED. */
export async function passGate(env: Env, { orgId, keyId }: Credential, now: Date): Promise<void> {
  const admission = await env.ORG_GATE.getByName(orgId).admit({
    credentialId: keyId,
    group: null,
    nowMs: now.getTime(),
  });
  if (admission.revoked) throw new Fault("KEY_REVOKED", "This key was revoked.");
  if (!admission.admitted) throw new Fault("RATE_LIMITED", "The limit is used up.");
}
