import { findApiKey, type Credential } from "#db/api-keys";
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
 * Whose key a socket has sent. A key that no cache knows is paid for by the address it came from, not by the organization
 * it was sent to. Faults: those of `findApiKey`; UNAUTHORIZED for a key of another organization; MISSING_SCOPE; RATE_LIMITED.
 */
export async function identify(key: string, { env, connection, now, waitUntil }: Lookup): Promise<Credential> {
  const beforeDatabase = async (): Promise<void> => {
    const gate = env.ORG_GATE.getByName(connection.address);
    const { admitted } = await gate.admitIp({ group: "auth", nowMs: now.getTime() });
    if (!admitted) throw new Fault("RATE_LIMITED", "Too many unknown keys from this address.");
  };
  const credential = await findApiKey(env, key, { now, waitUntil, beforeDatabase });
  if (credential.orgId !== connection.orgId)
    throw new Fault("UNAUTHORIZED", "This key belongs to another organization.");
  if (!credential.scopes.includes("*") && !credential.scopes.includes("scans:read")) {
    throw new Fault("MISSING_SCOPE", "This needs a key with the scope `scans:read`.");
  }
  return credential;
}

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
