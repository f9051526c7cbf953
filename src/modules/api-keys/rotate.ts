import { uncacheKey } from "#db/api-keys";
import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { Fault, refuseStale } from "#lib/fault";
import { audited, drawKey, insertKeyIf, keyAndAsker, refuseMore, type ApiKey, type NewApiKey } from "./key.ts";
import { cleanUp, shutOut } from "./shut-out.ts";

export interface Rotation extends Naming {
  /** Hours for which the old key still works; 0: not at all. */
  readonly graceHours: number;
}

/**
 * Replaces a key by a new one with its name, role, scopes and end. The old one ends after the grace, or earlier if it would
 * have anyway. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, FORBIDDEN, CONFLICT for a key that is revoked, expired or
 * was rotated before, UNAVAILABLE.
 */
export async function rotateApiKey(org: OrgContext, { id, graceHours, ifMatch }: Rotation): Promise<NewApiKey> {
  const { key: before, asker } = await keyAndAsker(org, id);
  refuseStale("API key", before.version, ifMatch);
  refuseMore(asker, before);
  refuseDead(before, org.now);
  const made = await drawKey(org, {
    name: before.name,
    role: before.role,
    scopes: before.scopes,
    expiresAt: before.expiresAt,
  });
  const end = new Date(org.now.getTime() + graceHours * 3_600_000).toISOString();
  const expiresAt = before.expiresAt !== null && before.expiresAt < end ? before.expiresAt : end;
  const after = { ...before, expiresAt, rotatedTo: made.row.id };
  const entry = {
    action: "api_key.rotate",
    target: { type: "api_key", id },
    before: audited(before),
    after: audited(after),
  } as const;
  const update = org.db.sql(
    `UPDATE api_keys SET expires_at = ?3, rotated_to = ?4, version = version + 1, updated_at = ?5
     WHERE org_id = ?1 AND id = ?2 AND version = ?6 RETURNING id`,
    org.id,
    id,
    expiresAt,
    made.row.id,
    org.now.toISOString(),
    before.version,
  );
  const isRotated = "SELECT 1 FROM api_keys WHERE org_id = ?1 AND id = ?11 AND rotated_to = ?2";
  const [changed] = await org.change(entry, [update, insertKeyIf(org, made.row, isRotated, id)], made);
  // safe: the statement answers the id of what it changed.
  if ((changed as unknown[]).length === 0) throw conflict("It was changed at the same moment. Read it again.");
  await endAfterGrace(org, before, graceHours);
  return made;
}

/** Copies of the old key in caches know its former end; none is believed for as long as the shortest grace lasts. */
async function endAfterGrace(org: OrgContext, before: ApiKey, graceHours: number): Promise<void> {
  if (graceHours > 0) {
    await uncacheKey(org.env, before.hash).catch(() => undefined);
    return;
  }
  await shutOut(org, before.id);
  await cleanUp(org, before);
}

const conflict = (detail: string): Fault => new Fault("CONFLICT", detail);

function refuseDead({ revokedAt, expiresAt, rotatedTo }: ApiKey, now: Date): void {
  if (revokedAt !== null) throw conflict("A revoked key cannot be rotated. Make a new one.");
  if (expiresAt !== null && expiresAt <= now.toISOString())
    throw conflict("An expired key cannot be rotated. Make a new one.");
  if (rotatedTo !== null) throw conflict("This key was rotated before. Rotate the one named in `rotatedTo`.");
}
